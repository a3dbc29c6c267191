//! Final decisions: those of earlier runs, which no later run changes.
//!
//! What was refunded or denied is not decided again, and above all not paid again. A run begins with
//! those of the run before it, and hands on its own.

use csv::StringRecord;
use rustc_hash::FxHashMap;

use crate::case::OrderCases;
use crate::dispute::{Id, Order};
use crate::instant::Instant;
use crate::money::{Currency, Money};
use crate::outcome::Outcome;

/// A decision that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalDecision {
    /// The dispute.
    pub dispute_id: Id,
    /// Its order, when it was decided.
    pub order_id: Id,
    /// What was decided: a refund or a denial.
    pub outcome: Outcome,
    /// The code of the rule that decided, which a later version of the program may not have.
    pub rule: Id,
    /// What the buyer was awarded.
    pub award: Money,
    /// What of it the guarantee fund pays.
    pub guarantee: Money,
    /// The currency of both.
    pub currency: Currency,
    /// When it was decided.
    pub decided_at: Instant,
    /// Goods money of the order that others had refunded by then.
    pub refunded_before: Money,
    /// The facts that it was decided on, see [`Case::facts`](crate::case::Case::facts).
    pub facts: Box<str>,
    /// Its row of decisions.csv, in the order of its columns.
    pub row: StringRecord,
}

/// Decisions that stand, by dispute and by order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FinalDecisions {
    all: Vec<FinalDecision>,
    by_dispute: FxHashMap<Id, u32>,
    by_order: FxHashMap<Id, Vec<u32>>,
}

/// The money that has left an order before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// What the decisions that stand award.
    pub awarded: Money,
    /// What of these awards the guarantee fund pays.
    pub guarantee: Money,
    /// Goods money that others than this program have refunded.
    pub by_others: Money,
}

impl FinalDecisions {
    /// Puts decisions together; of two about one dispute, the first stands.
    pub fn of(decisions: impl IntoIterator<Item = FinalDecision>) -> Self {
        let mut all: Vec<FinalDecision> = decisions.into_iter().collect();
        // Stable, so that of two the first stays first.
        all.sort_by(|left, right| left.dispute_id.as_bytes().cmp(right.dispute_id.as_bytes()));
        all.dedup_by(|later, first| later.dispute_id == first.dispute_id);
        let mut decisions = Self::default();
        for (number, decision) in all.iter().enumerate() {
            decisions.by_dispute.insert(decision.dispute_id.clone(), number as u32);
            decisions.by_order.entry(decision.order_id.clone()).or_default().push(number as u32);
        }
        Self { all, ..decisions }
    }

    /// Follows disputes that have another order tonight than when they were decided: what was paid for them was paid
    /// for that order.
    pub fn follow(&mut self, orders: &[OrderCases]) {
        if self.all.is_empty() {
            return;
        }
        for cases in orders {
            let numbers = cases.disputes.iter().filter_map(|dispute| self.by_dispute.get(&dispute.id).copied());
            for number in numbers.collect::<Vec<_>>() {
                let then = &self.all[number as usize].order_id;
                if *then != cases.order.id {
                    self.by_order.entry(then.clone()).or_default().retain(|known| *known != number);
                    self.by_order.entry(cases.order.id.clone()).or_default().push(number);
                }
            }
        }
    }

    /// A decision about an order that awards money in another currency than the order has tonight.
    pub fn in_another_currency(&self, order: &Order) -> Option<&FinalDecision> {
        let is_other = |final_decision: &&FinalDecision| {
            final_decision.currency != order.currency && final_decision.award.is_positive()
        };
        self.of_order(&order.id).find(is_other)
    }

    /// All of them, by dispute bytewise.
    pub fn all(&self) -> &[FinalDecision] {
        &self.all
    }

    /// The number of the decision of a dispute, where one stands.
    pub fn of_dispute(&self, dispute_id: &str) -> Option<u32> {
        self.by_dispute.get(dispute_id).copied()
    }

    /// The decisions about an order, of disputes that tonight's export has and of others.
    pub fn of_order(&self, order_id: &str) -> impl Iterator<Item = &FinalDecision> {
        self.by_order.get(order_id).into_iter().flatten().map(|number| &self.all[*number as usize])
    }

    /// What has left an order.
    ///
    /// What the export has as refunded holds our own awards once they were paid, or does not yet: so
    /// what others refunded is what it exceeds our awards by, and not less than when we decided.
    ///
    /// Awards in another currency than the order's cannot be counted; see
    /// [`in_another_currency`](Self::in_another_currency).
    pub fn spent(&self, order: &Order) -> Spent {
        let nothing = Money::zero(order.currency);
        let mut spent = Spent { awarded: nothing, guarantee: nothing, by_others: nothing };
        let mut decisions = self.of_order(&order.id).filter(|decision| decision.currency == order.currency).peekable();
        if decisions.peek().is_none() {
            return Spent { by_others: order.refunded_total, ..spent };
        }
        for decision in decisions {
            spent.awarded = spent.awarded + decision.award;
            spent.guarantee = spent.guarantee + decision.guarantee;
            if decision.award.is_positive() {
                spent.by_others = spent.by_others.max(decision.refunded_before);
            }
        }
        let beyond_ours = (order.refunded_total - spent.awarded).at_least_zero();
        spent.by_others = spent.by_others.max(beyond_ours).min(order.goods_total);
        spent
    }
}

impl Spent {
    /// What of it the export does not show yet: what a dispute of the order has less than the export says.
    pub fn unseen(&self, cases: &OrderCases) -> Money {
        self.by_others + self.awarded - cases.order.refunded_total
    }
}

/// What a person decided about a dispute that was referred.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The dispute.
    pub dispute_id: Id,
    /// A refund or a denial.
    pub outcome: Outcome,
    /// What the buyer is awarded; nothing at a denial.
    pub award: Option<Money>,
    /// Who decided.
    pub by: Box<str>,
    /// When.
    pub at: Instant,
    /// Why, for buyer and seller.
    pub reason: Box<str>,
    /// The night before had referred the dispute to a person.
    pub was_referred: bool,
    /// Its row.
    pub origin: crate::dispute::Origin,
}

impl Ruling {
    /// The ruling in a sentence for people.
    pub fn told(&self, award: Money, currency: Currency) -> String {
        let money = match award.is_positive() {
            true => format!("{award} {currency} is refunded"),
            false => "nothing is refunded".to_owned(),
        };
        format!("{} decided on {}, so {money}: {}", self.by, self.at.date(), self.reason)
    }
}
