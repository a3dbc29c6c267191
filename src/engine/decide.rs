//! Decides a docket: every dispute, in parallel, in the order of the export.

use std::convert::Infallible;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ahead::make_ahead;
use crate::buyers::{BuyerRating, rate_buyers};
use crate::decision::{DecidedBy, Decision, DisputeIndex};
use crate::rulings::{RefusedRuling, refusal};
use arbiter_model::case::{Case, Docket, OrderCases};
use arbiter_model::final_decisions::{FinalDecisions, Ruling};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Evaluation, Level};

/// Orders that one thread decides at a time.
const ORDERS_AT_A_TIME: usize = 1024;

/// What a run decides of a docket.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// One for each dispute that is open by the as-of, in the order of the export.
    pub made: Vec<Decision>,
    /// Disputes that are not opened yet.
    pub not_yet_open: u64,
    /// People's rulings that cannot be put into effect.
    pub refused: Vec<RefusedRuling>,
    /// For each of the docket's buyers, what the disputing adds up to, and to which level.
    pub buyers: Vec<BuyerRating>,
}

/// Decides one case by the rules alone, as the world stood at `as_of`: for somebody of whom nothing else is known, about
/// an order of which nothing was awarded before.
///
/// The same rules decide every run; see [`decide_docket`] for many cases, whose buyers have records and whose orders have
/// other disputes.
pub fn decide(case: &Case, policy: &Policy, as_of: Instant) -> Decision {
    let evaluation = evaluate(case, policy, as_of);
    Decision::of(&evaluation, rules::decide(&evaluation), DisputeIndex { order: 0, dispute: 0 })
}

/// The decision of [`decide`] in one sentence that a buyer or a seller could be shown.
pub fn explanation(case: &Case, policy: &Policy, as_of: Instant) -> String {
    let evaluation = evaluate(case, policy, as_of);
    rules::explain(&evaluation, &rules::decide(&evaluation))
}

fn evaluate<'a>(case: &Case<'a>, policy: &'a Policy, as_of: Instant) -> Evaluation<'a> {
    let nothing = Money::zero(case.order.currency);
    Evaluation::new(*case, policy.terms_for(case, as_of), as_of, Level::None, nothing)
}

/// Decides every dispute of a docket as the world stood at `as_of`: what stands, stands; of the others, what people
/// ruled about those that are referred.
///
/// The result does not depend on the number of threads.
pub fn decide_docket(docket: &Docket, policy: &Policy, as_of: Instant) -> Decisions {
    decide_docket_with(docket, &docket.rulings, policy, as_of)
}

/// The same with other rulings of people than the docket's.
pub fn decide_docket_with(docket: &Docket, rulings: &[Ruling], policy: &Policy, as_of: Instant) -> Decisions {
    let buyer_ratings = rate_buyers(docket, policy, as_of);
    let made = rulings.iter().enumerate().filter(|(_, ruling)| ruling.at <= as_of);
    let deciding = Deciding {
        final_decisions: &docket.final_decisions,
        rulings,
        made: made.map(|(number, ruling)| (&*ruling.dispute_id, number as u32)).collect(),
        policy,
        as_of,
        buyer_ratings: &buyer_ratings,
    };
    let disputes: usize = docket.orders.iter().map(|cases| cases.disputes.len()).sum();
    let decisions = deciding.decide_orders(&docket.orders, disputes);
    let refused = deciding.refused(docket, &decisions);
    Decisions { not_yet_open: (disputes - decisions.len()) as u64, made: decisions, refused, buyers: buyer_ratings }
}

/// Decides one order's disputes by the rules alone, as if nothing had been decided before.
pub(crate) fn decide_order(
    index: u32,
    cases: &OrderCases,
    policy: &Policy,
    as_of: Instant,
    buyer_ratings: &[BuyerRating],
) -> Vec<Decision> {
    decide_order_after(&FinalDecisions::default(), index, cases, policy, as_of, buyer_ratings)
}

/// The same beside what stands of earlier nights.
pub(crate) fn decide_order_after(
    final_decisions: &FinalDecisions,
    index: u32,
    cases: &OrderCases,
    policy: &Policy,
    as_of: Instant,
    buyer_ratings: &[BuyerRating],
) -> Vec<Decision> {
    Deciding { final_decisions, rulings: &[], made: FxHashMap::default(), policy, as_of, buyer_ratings }
        .decide_order(index, cases)
}

/// All that the cases of a run are decided with.
struct Deciding<'a> {
    final_decisions: &'a FinalDecisions,
    rulings: &'a [Ruling],
    /// The rulings that have been made by the as-of, by their disputes.
    made: FxHashMap<&'a str, u32>,
    policy: &'a Policy,
    as_of: Instant,
    buyer_ratings: &'a [BuyerRating],
}

impl Deciding<'_> {
    /// Decides the disputes of all orders, so many at most; in the order of the export.
    fn decide_orders(&self, orders: &[OrderCases], disputes: usize) -> Vec<Decision> {
        // Decisions are large: they are put where they stay as they come.
        let mut decisions = Vec::with_capacity(disputes);
        let decide = |start: usize, orders: &[OrderCases]| {
            let numbered = orders.iter().zip(start as u32..);
            numbered.flat_map(|(cases, index)| self.decide_order(index, cases)).collect::<Vec<_>>()
        };
        let Ok(()) = make_ahead(orders, ORDERS_AT_A_TIME, decide, |decided| {
            decisions.extend(decided);
            Ok::<_, Infallible>(())
        });
        decisions.par_sort_unstable_by_key(|decision| decision.place);
        decisions
    }

    /// Decides one order's disputes in turn: what the earlier ones are awarded, and what stands, the others have less
    /// of.
    fn decide_order(&self, index: u32, cases: &OrderCases) -> Vec<Decision> {
        let mut awarded_before = self.final_decisions.spent(&cases.order).unseen(cases);
        let mut decisions = Vec::with_capacity(cases.disputes.len());
        for (place, (case, disputant)) in cases.cases().zip(&cases.disputants).enumerate() {
            if case.dispute.opened_at > self.as_of {
                continue;
            }
            let at = DisputeIndex { order: index, dispute: place as u32 };
            let level = self.buyer_ratings[*disputant as usize].level;
            if let Some(number) = self.final_decisions.of_dispute(&case.dispute.id) {
                let final_decision = &self.final_decisions.all()[number as usize];
                decisions.push(Decision::of_final(final_decision, number, cases, at, level));
                continue;
            }
            let decision = self.decide(case, at, level, awarded_before);
            awarded_before = awarded_before + decision.award;
            decisions.push(decision);
        }
        decisions
    }

    /// Decides a dispute: by the rules, or as a person ruled where they refer it.
    fn decide(&self, case: Case, at: DisputeIndex, level: Level, awarded_before: Money) -> Decision {
        let evaluation =
            Evaluation::new(case, self.policy.terms_for(&case, self.as_of), self.as_of, level, awarded_before);
        let decision = Decision::of(&evaluation, rules::decide(&evaluation), at);
        let Some(number) = self.made.get(&*case.dispute.id).copied() else { return decision };
        let ruling = &self.rulings[number as usize];
        match refusal(&evaluation, &decision, ruling) {
            None => Decision::by_person(&evaluation, ruling, number, at),
            Some(_) => decision,
        }
    }

    /// The rulings that were made and are not in effect, in their order.
    fn refused(&self, docket: &Docket, decisions: &[Decision]) -> Vec<RefusedRuling> {
        if self.made.is_empty() {
            return Vec::new();
        }
        let refused = |decision: &Decision| {
            let number = *self.made.get(&*decision.at.case(docket).dispute.id)?;
            let is_by_rules = decision.by == DecidedBy::Rules;
            let evaluation = is_by_rules.then(|| decision.evaluation(docket, self.policy, self.as_of))?;
            let (column, value, expected) = refusal(&evaluation, decision, &self.rulings[number as usize])?;
            Some(RefusedRuling { number, column, value, expected })
        };
        let mut refused: Vec<RefusedRuling> = decisions.iter().filter_map(refused).collect();
        refused.sort_by_key(|refused| refused.number);
        refused
    }
}
