//! Decides a docket: every dispute, in parallel, in the order of the export.

use std::convert::Infallible;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ahead::make_ahead;
use crate::decision::{DecidedBy, Decision, DisputeIndex};
use arbiter_model::case::{Case, Docket, OrderCases};
use arbiter_model::dispute::{Dispute, Reason};
use arbiter_model::final_decisions::{FinalDecisions, Ruling};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, BuyerRecord, Evaluation, History, Level};

/// Orders that one thread decides at a time.
const FILES_AT_A_TIME: usize = 1024;

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

/// A person's ruling that cannot be put into effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRuling {
    /// Its number among the docket's rulings.
    pub number: u32,
    /// The column at fault.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// What was expected instead.
    pub expected: String,
}

/// A buyer's disputing, as of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyerRating {
    /// The counts.
    pub record: BuyerRecord,
    /// The level they reach.
    pub level: Level,
}

/// Decides one case by the rules alone, as the world stood at `as_of`: for somebody of whom nothing else is known, about
/// an order of which nothing was awarded before.
///
/// The same rules decide every run; see [`arbitrate`] for many cases, whose buyers have records and whose orders have
/// other disputes.
pub fn decide(case: &Case, policy: &Policy, as_of: Instant) -> Decision {
    let evaluation = evaluate(case, policy, as_of);
    Decision::of(&evaluation, rules::decide(&evaluation), DisputeIndex { order: 0, dispute: 0 })
}

/// The decision of [`decide`] in one sentence that a buyer or a seller could be shown.
pub fn explain(case: &Case, policy: &Policy, as_of: Instant) -> String {
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
pub fn arbitrate(docket: &Docket, policy: &Policy, as_of: Instant) -> Decisions {
    arbitrate_with(docket, &docket.rulings, policy, as_of)
}

/// The same with other rulings of people than the docket's.
pub fn arbitrate_with(docket: &Docket, rulings: &[Ruling], policy: &Policy, as_of: Instant) -> Decisions {
    let buyer_ratings = buyer_ratings(docket, policy, as_of);
    let made = rulings.iter().enumerate().filter(|(_, ruling)| ruling.at <= as_of);
    let court = Court {
        final_decisions: &docket.final_decisions,
        rulings,
        made: made.map(|(number, ruling)| (&*ruling.dispute_id, number as u32)).collect(),
        policy,
        as_of,
        buyer_ratings: &buyer_ratings,
    };
    let disputes: usize = docket.orders.iter().map(|cases| cases.disputes.len()).sum();
    let decisions = court.decide_files(&docket.orders, disputes);
    let refused = court.refused(docket, &decisions);
    Decisions { not_yet_open: (disputes - decisions.len()) as u64, made: decisions, refused, buyers: buyer_ratings }
}

/// Decides one order's disputes by the rules alone, as if nothing had been decided before.
pub(crate) fn decide_file(
    index: u32,
    cases: &OrderCases,
    policy: &Policy,
    as_of: Instant,
    buyer_ratings: &[BuyerRating],
) -> Vec<Decision> {
    decide_file_beside(&FinalDecisions::default(), index, cases, policy, as_of, buyer_ratings)
}

/// The same beside what stands of earlier nights.
pub(crate) fn decide_file_beside(
    final_decisions: &FinalDecisions,
    index: u32,
    cases: &OrderCases,
    policy: &Policy,
    as_of: Instant,
    buyer_ratings: &[BuyerRating],
) -> Vec<Decision> {
    Court { final_decisions, rulings: &[], made: FxHashMap::default(), policy, as_of, buyer_ratings }
        .decide_file(index, cases)
}

/// All that the cases of a run are decided with.
struct Court<'a> {
    final_decisions: &'a FinalDecisions,
    rulings: &'a [Ruling],
    /// The rulings that have been made by the as-of, by their disputes.
    made: FxHashMap<&'a str, u32>,
    policy: &'a Policy,
    as_of: Instant,
    buyer_ratings: &'a [BuyerRating],
}

impl Court<'_> {
    /// Decides the disputes of all orders, so many at most; in the order of the export.
    fn decide_files(&self, orders: &[OrderCases], disputes: usize) -> Vec<Decision> {
        // Decisions are large: they are put where they stay as they come.
        let mut decisions = Vec::with_capacity(disputes);
        let decide = |start: usize, orders: &[OrderCases]| {
            let numbered = orders.iter().zip(start as u32..);
            numbered.flat_map(|(cases, index)| self.decide_file(index, cases)).collect::<Vec<_>>()
        };
        let Ok(()) = make_ahead(orders, FILES_AT_A_TIME, decide, |decided| {
            decisions.extend(decided);
            Ok::<_, Infallible>(())
        });
        decisions.par_sort_unstable_by_key(|decision| decision.place);
        decisions
    }

    /// Decides one order's disputes in turn: what the earlier ones are awarded, and what stands, the others have less
    /// of.
    fn decide_file(&self, index: u32, cases: &OrderCases) -> Vec<Decision> {
        let mut awarded_before = self.final_decisions.spent(&cases.order).unseen(cases);
        let mut decisions = Vec::with_capacity(cases.disputes.len());
        for (place, (case, disputant)) in cases.cases().zip(&cases.disputants).enumerate() {
            if case.dispute.opened_at > self.as_of {
                continue;
            }
            let at = DisputeIndex { order: index, dispute: place as u32 };
            let level = self.buyer_ratings[*disputant as usize].level;
            if let Some(number) = self.final_decisions.of_dispute(&case.dispute.id) {
                let standing = &self.final_decisions.all()[number as usize];
                decisions.push(Decision::standing(standing, number, cases, at, level));
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

/// Why a person's ruling cannot be put into effect, if so: the column, its value, and what was expected.
fn refusal(evaluation: &Evaluation, decision: &Decision, ruling: &Ruling) -> Option<(&'static str, String, String)> {
    let id = ruling.dispute_id.to_string();
    let is_withdrawn = decision.outcome == Outcome::Resumed;
    if decision.outcome != Outcome::Referred && (!ruling.was_referred || is_withdrawn) {
        let (outcome, rule) = (decision.outcome, decision.rule().code);
        return Some((
            "dispute_id",
            id,
            format!("a dispute that is referred; this one is {outcome} by the rule {rule}"),
        ));
    }
    let left = evaluation.left().at_least_zero();
    let award = ruling.award.unwrap_or(Money::zero(evaluation.case.order.currency));
    if award > left {
        let expected = format!("at most what is left of the price of the goods, {left}");
        return Some(("award", award.to_string(), expected));
    }
    let outcome = match (award.is_positive(), award >= left) {
        (false, _) => Outcome::Denied,
        (true, true) => Outcome::RefundFull,
        (true, false) => Outcome::RefundPartial,
    };
    (outcome != ruling.outcome).then(|| {
        ("outcome", ruling.outcome.to_string(), format!("{outcome}, as {award} of the {left} left is awarded"))
    })
}

/// Adds up each buyer's disputes and orders, and finds the level.
pub(crate) fn buyer_ratings(docket: &Docket, policy: &Policy, as_of: Instant) -> Vec<BuyerRating> {
    let terms = &policy.terms_of_run(as_of).serial_disputer;
    let mut records = vec![BuyerRecord::default(); docket.buyers.len()];
    let counted = docket.orders.par_iter().flat_map_iter(|cases| count_disputes(cases, policy, as_of));
    for (buyer, counts) in counted.collect::<Vec<_>>() {
        let record = &mut records[buyer as usize];
        record.disputed_orders += counts.disputed_orders;
        record.contradicted += counts.contradicted;
        record.burst += counts.burst;
    }
    let counted = docket.buyers.par_iter().zip(records);
    counted
        .map(|(buyer, mut record)| {
            let in_window = |at: &&Instant| terms.in_window(**at, as_of);
            let paid = buyer.orders_paid_at.iter().filter(in_window).count() as u64;
            record.orders = paid.max(record.disputed_orders);
            BuyerRating { record, level: record.level(terms) }
        })
        .collect()
}

/// What one order's disputes count for each of those who opened them: the orders as one, however many
/// disputes there are.
fn count_disputes(cases: &OrderCases, policy: &Policy, as_of: Instant) -> Vec<(u32, BuyerRecord)> {
    let terms = &policy.terms_of_run(as_of).serial_disputer;
    let mut records: Vec<(u32, BuyerRecord)> = Vec::with_capacity(1);
    for (dispute, disputant) in cases.disputes.iter().zip(&cases.disputants) {
        let known = records.iter().position(|(buyer, _)| buyer == disputant);
        let place = known.unwrap_or_else(|| {
            records.push((*disputant, BuyerRecord::default()));
            records.len() - 1
        });
        let record = &mut records[place].1;
        record.burst += u64::from(terms.in_burst(dispute.opened_at, as_of));
        if terms.in_window(dispute.opened_at, as_of) {
            record.disputed_orders = 1;
            record.contradicted = record.contradicted.max(u64::from(is_contradicted(cases, dispute, as_of)));
        }
    }
    records
}

/// Whether a buyer claims not to have received an own order that was received before.
pub(crate) fn is_contradicted(cases: &OrderCases, dispute: &Dispute, as_of: Instant) -> bool {
    let claims = dispute.reason == Reason::NotReceived && dispute.buyer_id == cases.order.buyer_id;
    let receipt = || History::read(&cases.order, &cases.events, as_of).receipt(&cases.order, as_of);
    claims && receipt().is_some_and(|at| at <= dispute.opened_at)
}
