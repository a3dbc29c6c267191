//! Decides a docket: every dispute, in parallel, in the order of the export.

use rayon::prelude::*;

use crate::case::{CaseFile, Docket};
use crate::decision::{Decision, DisputeIndex};
use crate::dispute::{Dispute, Reason};
use crate::instant::Instant;
use crate::money::Money;
use crate::policy::Policy;
use crate::rules::{self, Hearing, History, Level, Tally};

/// What a run decides of a docket.
#[derive(Clone, Debug)]
pub struct Rulings {
    /// One for each dispute that is open by the as-of, in the order of the export.
    pub decisions: Vec<Decision>,
    /// Disputes that are not opened yet.
    pub not_yet_open: u64,
    /// For each of the docket's buyers, what the disputing adds up to, and to which level.
    pub standings: Vec<Standing>,
}

/// A buyer's disputing, as of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The counts.
    pub tally: Tally,
    /// The level they reach.
    pub level: Level,
}

/// Decides every dispute of a docket as the world stood at `as_of`.
///
/// The result does not depend on the number of threads.
pub fn arbitrate(docket: &Docket, policy: &Policy, as_of: Instant) -> Rulings {
    let standings = standings(docket, policy, as_of);
    let mut decisions: Vec<Decision> = docket
        .files
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, file)| decide_file(index as u32, file, policy, as_of, &standings))
        .collect();
    decisions.par_sort_unstable_by_key(|decision| decision.place);
    let disputes: usize = docket.files.iter().map(|file| file.disputes.len()).sum();
    Rulings { not_yet_open: (disputes - decisions.len()) as u64, decisions, standings }
}

/// Decides one order's disputes in turn: what the earlier ones are awarded, the later ones have less of.
pub(crate) fn decide_file(
    index: u32,
    file: &CaseFile,
    policy: &Policy,
    as_of: Instant,
    standings: &[Standing],
) -> Vec<Decision> {
    let mut awarded_before = Money::zero(file.order.currency);
    let mut decisions = Vec::with_capacity(file.disputes.len());
    for (place, (case, disputant)) in file.cases().zip(&file.disputants).enumerate() {
        if case.dispute.opened_at > as_of {
            continue;
        }
        let level = standings[*disputant as usize].level;
        let hearing = Hearing::open(case, policy.terms_for(&case, as_of), as_of, level, awarded_before);
        let finding = rules::decide(&hearing);
        let at = DisputeIndex { file: index, dispute: place as u32 };
        let decision = Decision::of(&hearing, finding, at);
        awarded_before = awarded_before + decision.award;
        decisions.push(decision);
    }
    decisions
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
fn is_contradicted(file: &CaseFile, dispute: &Dispute, as_of: Instant) -> bool {
    let claims = dispute.reason == Reason::NotReceived && dispute.buyer_id == file.order.buyer_id;
    let receipt = || History::read(&file.order, &file.events, as_of).receipt(&file.order, as_of);
    claims && receipt().is_some_and(|at| at <= dispute.opened_at)
}
