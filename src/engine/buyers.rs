//! Buyers' records and levels, as of a run: who disputes how often.

use rayon::prelude::*;

use arbiter_model::case::{Docket, OrderCases};
use arbiter_model::dispute::{Dispute, Reason};
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;
use arbiter_rules::{BuyerRecord, History, Level};

/// A buyer's disputing, as of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyerRating {
    /// The counts.
    pub record: BuyerRecord,
    /// The level they reach.
    pub level: Level,
}

/// Adds up each buyer's disputes and orders, and finds the level.
pub(crate) fn rate_buyers(docket: &Docket, policy: &Policy, as_of: Instant) -> Vec<BuyerRating> {
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
