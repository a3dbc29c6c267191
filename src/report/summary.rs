//! The night at a glance, and summary.json, which is just that.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use arbiter_engine::decision::{DecidedBy, Decision};
use arbiter_model::exports::{RejectGroup, group};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::money::{Currency, Money};
use arbiter_rules::{ELSEWHERE, Level, all};

use super::manifest::Counts;
use super::totals::{Group, KeyOf, OUTCOME, REASON, RULE, SELLER, totals};
use arbiter_model::VERSION;

use super::{Run, buyers, standing};

/// How many of a long list are shown.
pub(super) const SHOWN: usize = 10;

/// How many of the coming nights are listed.
const NIGHTS: i64 = 14;

/// A run at a glance.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The instant it was decided as of.
    pub as_of: String,
    /// The program's version.
    pub version: &'static str,
    /// Where every row of disputes.csv went.
    pub disputes: Counts,
    /// What is new tonight.
    pub tonight: ThisRun,
    /// By what becomes of the money.
    pub by_outcome: Vec<Totals>,
    /// By the rule that decided, in the order of precedence.
    pub by_rule: Vec<Totals>,
    /// By the buyer's reason.
    pub by_reason: Vec<Totals>,
    /// The books, by currency.
    pub by_currency: Vec<Books>,
    /// Pending disputes by the day on which they can be decided.
    pub deadlines: Deadlines,
    /// The sellers with the most refunds.
    pub sellers: Vec<SellerLine>,
    /// Buyers by level, and the most conspicuous ones.
    pub buyers: BuyerLines,
    /// Rejected rows by cause.
    pub rejects: Vec<RejectGroup>,
    /// Orders whose money waits because a row that names them was rejected.
    pub held_by_rejects: Vec<HeldOrder>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// What a run has that the night before had not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ThisRun {
    /// The run before it.
    pub previous: Option<String>,
    /// Disputes that were refunded or denied tonight.
    pub decided: u64,
    /// Of these, by a person.
    pub decided_by_people: u64,
    /// Decisions of earlier nights that stand, about disputes of tonight's export.
    pub standing: u64,
    /// The same, about disputes that tonight's export does not have.
    pub standing_elsewhere: u64,
    /// The money to pay, by currency.
    pub payouts: Vec<Payouts>,
    /// Disputes that are decided otherwise than the night before, by cause; one may have several.
    pub changes: BTreeMap<String, u64>,
    /// Decisions that stand although tonight's facts would decide otherwise.
    pub drift: u64,
}

/// The money to pay in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payouts {
    /// The currency.
    pub currency: &'static str,
    /// How many payments.
    pub payouts: u64,
    /// What they come to.
    pub amount: Money,
}

/// Disputes and money of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// The group: an outcome, a rule, a reason.
    pub key: String,
    /// How many disputes.
    pub disputes: u64,
    /// The money by currency, where any was awarded.
    pub money: Vec<Awarded>,
}

/// Awards in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Awarded {
    /// The currency.
    pub currency: &'static str,
    /// What buyers get.
    pub award: Money,
    /// What of it the guarantee fund pays.
    pub guarantee: Money,
}

/// The books of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Books {
    /// The currency.
    pub currency: &'static str,
    /// Orders with a decision.
    pub orders: u64,
    /// What the platform held of them.
    pub escrow: Money,
    /// What goes to buyers.
    pub award: Money,
    /// What goes to sellers.
    pub released: Money,
    /// What stays.
    pub held: Money,
    /// What the guarantee fund adds.
    pub guarantee: Money,
}

/// When pending disputes can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deadlines {
    /// Before the as-of's day.
    pub past: u64,
    /// By day in UTC, over the coming nights.
    pub coming: BTreeMap<String, u64>,
    /// After those.
    pub later: u64,
}

/// One seller's refunds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SellerLine {
    /// The seller.
    pub seller_id: String,
    /// Decided disputes.
    pub disputes: u64,
    /// Of these, with an award.
    pub refunds: u64,
    /// The awards by currency.
    pub money: Vec<Awarded>,
}

/// Buyers above level `none`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuyerLines {
    /// How many at each level.
    pub levels: BTreeMap<&'static str, u64>,
    /// The most conspicuous.
    pub first: Vec<BuyerLine>,
}

/// One conspicuous buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuyerLine {
    /// The buyer.
    pub buyer_id: String,
    /// The level.
    pub level: Level,
    /// Disputed orders.
    pub disputes: u64,
    /// Orders.
    pub orders: u64,
    /// The lower end of the rate's interval.
    pub lower: String,
}

/// An order whose money a rejected row holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldOrder {
    /// The order.
    pub order_id: String,
    /// The line of disputes.csv that was rejected.
    pub line: u64,
    /// What is held of it, where another dispute of the order was decided.
    pub held: Option<String>,
}

impl Summary {
    /// Adds up a run.
    pub fn of(run: &Run) -> Self {
        let keys: [KeyOf; 4] = [OUTCOME, RULE, REASON, SELLER];
        let mut groups = keys.par_iter().map(|key_of| totals(run, *key_of)).collect::<Vec<_>>().into_iter();
        let [by_outcome, by_rule, by_reason, by_seller] = keys.map(|_| groups.next().unwrap_or_default());
        let rules: Vec<_> = all().chain(ELSEWHERE).map(|rule| rule.code).collect();
        let mut by_rule = gather(&by_rule);
        by_rule.sort_by_key(|totals| rules.iter().position(|code| *code == totals.key));
        Self {
            as_of: run.as_of.exact(),
            version: VERSION,
            disputes: Counts::of(run),
            tonight: tonight(run),
            by_outcome: gather(&by_outcome),
            by_rule,
            by_reason: gather(&by_reason),
            by_currency: by_currency(run),
            deadlines: deadlines(run),
            sellers: sellers(&by_seller),
            buyers: buyer_lines(run),
            rejects: group(run.rejects),
            held_by_rejects: held_by_rejects(run),
            notes: notes(run),
        }
    }
}

impl Summary {
    /// Proves that every row of disputes.csv is in exactly one place.
    ///
    /// # Errors
    ///
    /// A row is lost or counted twice: a defect of this program.
    pub fn check_rows(&self) -> Result<(), Fault> {
        match self.disputes.add_up() {
            true => Ok(()),
            false => {
                Err(Fault::new(FaultKind::Defect, format!("the rows of disputes do not add up: {:?}", self.disputes))
                    .hint("nothing was published; this is a defect of the program, please report it"))
            }
        }
    }
}

fn tonight(run: &Run) -> ThisRun {
    let decisions = || run.decisions.made.iter();
    let count = |is: fn(&Decision) -> bool| decisions().filter(|decision| is(decision)).count() as u64;
    let mut payouts: FxHashMap<Currency, Payouts> = FxHashMap::default();
    for decision in run.payouts() {
        let currency = decision.at.case(run.docket).order.currency;
        let nothing = || Payouts { currency: currency.code(), payouts: 0, amount: Money::zero(currency) };
        let sum = payouts.entry(currency).or_insert_with(nothing);
        sum.payouts += 1;
        sum.amount = sum.amount + decision.award;
    }
    let before = run.record.before.as_ref();
    let mut changes = BTreeMap::new();
    for cause in before.iter().flat_map(|before| &before.changes).flat_map(|change| &change.causes) {
        *changes.entry(cause.clone()).or_default() += 1;
    }
    ThisRun {
        previous: before.map(|before| before.run.clone()),
        decided: count(Decision::is_new_and_final),
        decided_by_people: count(|decision| matches!(decision.by, DecidedBy::Person(_))),
        standing: count(|decision| matches!(decision.by, DecidedBy::EarlierRun(_))),
        standing_elsewhere: standing::absent(run).len() as u64,
        payouts: in_order_of_code(payouts),
        changes,
        drift: run.drift.len() as u64,
    }
}

/// Brings the currencies of each key together.
fn gather(groups: &[Group]) -> Vec<Totals> {
    let mut gathered: Vec<Totals> = Vec::new();
    for group in groups {
        if gathered.last().is_none_or(|last| last.key != group.key) {
            gathered.push(Totals { key: group.key.to_owned(), disputes: 0, money: Vec::new() });
        }
        if let Some(last) = gathered.last_mut() {
            last.disputes += group.disputes;
            if group.award.is_positive() {
                let Group { currency, award, guarantee, .. } = *group;
                last.money.push(Awarded { currency: currency.code(), award, guarantee });
            }
        }
    }
    gathered
}

fn by_currency(run: &Run) -> Vec<Books> {
    let mut books: FxHashMap<Currency, Books> = FxHashMap::default();
    for entry in &run.ledger.entries {
        let currency = run.docket.orders[entry.order as usize].order.currency;
        let sum = books.entry(currency).or_insert_with(|| empty_books(currency));
        sum.orders += 1;
        sum.escrow = sum.escrow + entry.escrow;
        sum.award = sum.award + entry.award;
        sum.released = sum.released + entry.released;
        sum.held = sum.held + entry.held;
        sum.guarantee = sum.guarantee + entry.guarantee;
    }
    in_order_of_code(books)
}

/// What there is for each currency, by the currency's code.
fn in_order_of_code<T>(of_currency: FxHashMap<Currency, T>) -> Vec<T> {
    let mut sums: Vec<_> = of_currency.into_iter().collect();
    sums.sort_by_key(|(currency, _)| currency.code());
    sums.into_iter().map(|(_, sum)| sum).collect()
}

fn empty_books(currency: Currency) -> Books {
    let [escrow, award, released, held, guarantee] = [Money::zero(currency); 5];
    Books { currency: currency.code(), orders: 0, escrow, award, released, held, guarantee }
}

fn deadlines(run: &Run) -> Deadlines {
    let mut deadlines = Deadlines::default();
    let today = run.as_of.date();
    for at in run.decisions.made.iter().filter_map(|decision| decision.next_event_at()) {
        match (at.date() - today).num_days() {
            ..0 => deadlines.past += 1,
            0..NIGHTS => *deadlines.coming.entry(at.date().to_string()).or_default() += 1,
            NIGHTS.. => deadlines.later += 1,
        }
    }
    deadlines
}

/// The sellers with the most refunds; of equals the first by id.
fn sellers(groups: &[Group]) -> Vec<SellerLine> {
    let refunds = |groups: &[Group]| groups.iter().map(|group| group.refunds).sum::<u64>();
    let by_seller = groups.chunk_by(|left, right| left.key == right.key);
    let mut sellers: Vec<_> = by_seller.filter(|groups| refunds(groups) > 0).collect();
    // Stable, and sorted by id before.
    sellers.sort_by_key(|groups| Reverse(refunds(groups)));
    let line = |groups: &[Group]| {
        let refunds = refunds(groups);
        let of_seller = |Totals { key, disputes, money }| SellerLine { seller_id: key, disputes, refunds, money };
        gather(groups).into_iter().map(of_seller).collect::<Vec<_>>()
    };
    sellers.into_iter().take(SHOWN).flat_map(line).collect()
}

fn buyer_lines(run: &Run) -> BuyerLines {
    let mut conspicuous = buyers::conspicuous(run);
    let mut levels = BTreeMap::new();
    for buyer in &conspicuous {
        *levels.entry(run.decisions.buyers[*buyer].level.code()).or_default() += 1;
    }
    // Stable, and sorted by id before: of equals the first by id.
    conspicuous.sort_by(|left, right| {
        let rank = |buyer: &usize| (run.decisions.buyers[*buyer].level, run.decisions.buyers[*buyer].record.lower());
        let ((left_level, left_lower), (right_level, right_lower)) = (rank(left), rank(right));
        right_level.cmp(&left_level).then_with(|| right_lower.total_cmp(&left_lower))
    });
    let first = conspicuous.into_iter().take(SHOWN).map(|buyer| buyer_line(run, buyer)).collect();
    BuyerLines { levels, first }
}

fn buyer_line(run: &Run, buyer: usize) -> BuyerLine {
    let rating = run.decisions.buyers[buyer];
    BuyerLine {
        buyer_id: run.docket.buyers[buyer].id.to_string(),
        level: rating.level,
        disputes: rating.record.disputed_orders,
        orders: rating.record.orders,
        lower: format!("{:.4}", rating.record.lower()),
    }
}

fn held_by_rejects(run: &Run) -> Vec<HeldOrder> {
    let held: BTreeMap<&str, String> = run
        .ledger
        .entries
        .iter()
        .filter(|entry| run.docket.orders[entry.order as usize].held_by_reject)
        .map(|entry| {
            let order = &run.docket.orders[entry.order as usize].order;
            (&*order.id, format!("{} {}", entry.held, order.currency))
        })
        .collect();
    let mut orders: Vec<HeldOrder> = Vec::new();
    for reject in run.rejects {
        let Some(order_id) = &reject.holds_order else { continue };
        let held = held.get(&**order_id).cloned();
        orders.push(HeldOrder { order_id: order_id.to_string(), line: reject.line, held });
    }
    orders
}

fn notes(run: &Run) -> Vec<String> {
    let changed = run
        .policy
        .changed()
        .iter()
        .map(|change| format!("parameter {} = {}, set by {}", change.parameter, change.value, change.set_by));
    run.exports.notes().into_iter().chain(changed).chain(run.policy.overdue_reviews(run.as_of)).collect()
}

/// Writes summary.json.
pub(crate) fn write_json(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, summary)?;
    out.write_all(b"\n")
}
