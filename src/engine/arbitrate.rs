//! Decides a docket: every dispute, in parallel, in the order of the export.

use std::convert::Infallible;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ahead::make_ahead;
use crate::decision::{DecidedBy, Decision, DisputeIndex};
use arbiter_model::case::{Case, CaseFile, Docket};
use arbiter_model::dispute::{Dispute, Reason};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;
use arbiter_model::register::{PersonsRuling, Register};
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Hearing, History, Level, Tally};

/// Orders that one thread decides at a time.
const FILES_AT_A_TIME: usize = 1024;

/// What a run decides of a docket.
#[derive(Clone, Debug)]
pub struct Rulings {
    /// One for each dispute that is open by the as-of, in the order of the export.
    pub decisions: Vec<Decision>,
    /// Disputes that are not opened yet.
    pub not_yet_open: u64,
    /// People's rulings that cannot be put into effect.
    pub refused: Vec<RefusedRuling>,
    /// For each of the docket's buyers, what the disputing adds up to, and to which level.
    pub standings: Vec<Standing>,
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
pub struct Standing {
    /// The counts.
    pub tally: Tally,
    /// The level they reach.
    pub level: Level,
}

/// Decides every dispute of a docket as the world stood at `as_of`: what stands, stands; of the others, what people
/// ruled about those that are referred.
///
/// The result does not depend on the number of threads.
pub fn arbitrate(docket: &Docket, policy: &Policy, as_of: Instant) -> Rulings {
    arbitrate_with(docket, &docket.rulings, policy, as_of)
}

/// The same with other rulings of people than the docket's.
pub fn arbitrate_with(docket: &Docket, rulings: &[PersonsRuling], policy: &Policy, as_of: Instant) -> Rulings {
    let standings = standings(docket, policy, as_of);
    let made = rulings.iter().enumerate().filter(|(_, ruling)| ruling.at <= as_of);
    let court = Court {
        register: &docket.register,
        rulings,
        made: made.map(|(number, ruling)| (&*ruling.dispute_id, number as u32)).collect(),
        policy,
        as_of,
        standings: &standings,
    };
    let disputes: usize = docket.files.iter().map(|file| file.disputes.len()).sum();
    let decisions = court.decide_files(&docket.files, disputes);
    let refused = court.refused(docket, &decisions);
    Rulings { not_yet_open: (disputes - decisions.len()) as u64, decisions, refused, standings }
}

/// Decides one order's disputes by the rules alone, as if nothing had been decided before.
pub(crate) fn decide_file(
    index: u32,
    file: &CaseFile,
    policy: &Policy,
    as_of: Instant,
    standings: &[Standing],
) -> Vec<Decision> {
    decide_file_beside(&Register::default(), index, file, policy, as_of, standings)
}

/// The same beside what stands of earlier nights.
pub(crate) fn decide_file_beside(
    register: &Register,
    index: u32,
    file: &CaseFile,
    policy: &Policy,
    as_of: Instant,
    standings: &[Standing],
) -> Vec<Decision> {
    Court { register, rulings: &[], made: FxHashMap::default(), policy, as_of, standings }.decide_file(index, file)
}

/// All that the cases of a run are decided with.
struct Court<'a> {
    register: &'a Register,
    rulings: &'a [PersonsRuling],
    /// The rulings that have been made by the as-of, by their disputes.
    made: FxHashMap<&'a str, u32>,
    policy: &'a Policy,
    as_of: Instant,
    standings: &'a [Standing],
}

impl Court<'_> {
    /// Decides the disputes of all orders, so many at most; in the order of the export.
    fn decide_files(&self, files: &[CaseFile], disputes: usize) -> Vec<Decision> {
        // Decisions are large: they are put where they stay as they come.
        let mut decisions = Vec::with_capacity(disputes);
        let decide = |start: usize, files: &[CaseFile]| {
            let numbered = files.iter().zip(start as u32..);
            numbered.flat_map(|(file, index)| self.decide_file(index, file)).collect::<Vec<_>>()
        };
        let Ok(()) = make_ahead(files, FILES_AT_A_TIME, decide, |decided| {
            decisions.extend(decided);
            Ok::<_, Infallible>(())
        });
        decisions.par_sort_unstable_by_key(|decision| decision.place);
        decisions
    }

    /// Decides one order's disputes in turn: what the earlier ones are awarded, and what stands, the others have less
    /// of.
    fn decide_file(&self, index: u32, file: &CaseFile) -> Vec<Decision> {
        let mut awarded_before = self.register.spent(&file.order).unseen(file);
        let mut decisions = Vec::with_capacity(file.disputes.len());
        for (place, (case, disputant)) in file.cases().zip(&file.disputants).enumerate() {
            if case.dispute.opened_at > self.as_of {
                continue;
            }
            let at = DisputeIndex { file: index, dispute: place as u32 };
            let level = self.standings[*disputant as usize].level;
            if let Some(number) = self.register.of_dispute(&case.dispute.id) {
                let standing = &self.register.standing()[number as usize];
                decisions.push(Decision::standing(standing, number, file, at, level));
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
        let hearing = Hearing::open(case, self.policy.terms_for(&case, self.as_of), self.as_of, level, awarded_before);
        let decision = Decision::of(&hearing, rules::decide(&hearing), at);
        let Some(number) = self.made.get(&*case.dispute.id).copied() else { return decision };
        let ruling = &self.rulings[number as usize];
        match refusal(&hearing, &decision, ruling) {
            None => Decision::by_person(&hearing, ruling, number, at),
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
            let hearing = is_by_rules.then(|| decision.hearing(docket, self.policy, self.as_of))?;
            let (column, value, expected) = refusal(&hearing, decision, &self.rulings[number as usize])?;
            Some(RefusedRuling { number, column, value, expected })
        };
        let mut refused: Vec<RefusedRuling> = decisions.iter().filter_map(refused).collect();
        refused.sort_by_key(|refused| refused.number);
        refused
    }
}

/// Why a person's ruling cannot be put into effect, if so: the column, its value, and what was expected.
fn refusal(hearing: &Hearing, decision: &Decision, ruling: &PersonsRuling) -> Option<(&'static str, String, String)> {
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
    let left = hearing.left().at_least_zero();
    let award = ruling.award.unwrap_or(Money::zero(hearing.case.order.currency));
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
pub(crate) fn standings(docket: &Docket, policy: &Policy, as_of: Instant) -> Vec<Standing> {
    let terms = &policy.terms_of_run(as_of).serial_disputer;
    let mut tallies = vec![Tally::default(); docket.buyers.len()];
    let counted = docket.files.par_iter().flat_map_iter(|file| tally_file(file, policy, as_of));
    for (buyer, counts) in counted.collect::<Vec<_>>() {
        let tally = &mut tallies[buyer as usize];
        tally.disputed_orders += counts.disputed_orders;
        tally.contradicted += counts.contradicted;
        tally.burst += counts.burst;
    }
    let tallied = docket.buyers.par_iter().zip(tallies);
    tallied
        .map(|(buyer, mut tally)| {
            let in_window = |at: &&Instant| terms.in_window(**at, as_of);
            let paid = buyer.orders_paid_at.iter().filter(in_window).count() as u64;
            tally.orders = paid.max(tally.disputed_orders);
            Standing { tally, level: tally.level(terms) }
        })
        .collect()
}

/// What one order's disputes count for each of those who opened them: the orders as one, however many
/// disputes there are.
fn tally_file(file: &CaseFile, policy: &Policy, as_of: Instant) -> Vec<(u32, Tally)> {
    let terms = &policy.terms_of_run(as_of).serial_disputer;
    let mut tallies: Vec<(u32, Tally)> = Vec::with_capacity(1);
    for (dispute, disputant) in file.disputes.iter().zip(&file.disputants) {
        let known = tallies.iter().position(|(buyer, _)| buyer == disputant);
        let place = known.unwrap_or_else(|| {
            tallies.push((*disputant, Tally::default()));
            tallies.len() - 1
        });
        let tally = &mut tallies[place].1;
        tally.burst += u64::from(terms.in_burst(dispute.opened_at, as_of));
        if terms.in_window(dispute.opened_at, as_of) {
            tally.disputed_orders = 1;
            tally.contradicted = tally.contradicted.max(u64::from(is_contradicted(file, dispute, as_of)));
        }
    }
    tallies
}

/// Whether a buyer claims not to have received an own order that was received before.
pub(crate) fn is_contradicted(file: &CaseFile, dispute: &Dispute, as_of: Instant) -> bool {
    let claims = dispute.reason == Reason::NotReceived && dispute.buyer_id == file.order.buyer_id;
    let receipt = || History::read(&file.order, &file.events, as_of).receipt(&file.order, as_of);
    claims && receipt().is_some_and(|at| at <= dispute.opened_at)
}
