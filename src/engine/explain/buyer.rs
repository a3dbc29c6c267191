//! The record of who opened the dispute: what counts towards the level, and the thresholds.

use serde::Serialize;

use crate::buyers::is_contradicted;
use crate::decision::Decision;
use arbiter_model::case::OrderCases;
use arbiter_model::instant::Instant;
use arbiter_rules::Level;

use super::Inquiry;

/// A buyer's record as of the run.
#[derive(Debug, Serialize)]
pub struct BuyerShown<'a> {
    /// Who.
    pub buyer_id: &'a str,
    /// The level the record reaches.
    pub level: Level,
    /// The window that counts begins after this instant and ends with the as-of.
    pub window_from: Instant,
    /// The days that count as a burst begin after this instant.
    pub burst_from: Instant,
    /// **k**: disputed orders in the window.
    pub disputed_orders: u64,
    /// **n**: orders paid in the window, at least k.
    pub orders: u64,
    /// k / n.
    pub rate: String,
    /// The lower end of the 95 % Wilson interval of k in n.
    pub lower: String,
    /// **c**: claims of non-receipt against a receipt on record.
    pub contradicted: u64,
    /// **b**: disputes in the burst's days.
    pub burst: u64,
    /// What each level takes, the highest first.
    pub thresholds: Vec<ThresholdShown>,
    /// The disputes of the window, in the order in which they were opened.
    pub disputes: Vec<CountedDispute<'a>>,
    /// When the orders were paid that count, disputed or not.
    pub orders_paid_at: Vec<Instant>,
}

/// What a level takes: so many disputes with so high a lower end, or so many contradicted claims alone, or
/// so many disputes in the burst's days alone.
#[derive(Debug, Serialize)]
pub struct ThresholdShown {
    /// The level.
    pub level: Level,
    /// Disputed orders, along with `lower`.
    pub disputes: u64,
    /// The lower end of the interval.
    pub lower: String,
    /// Contradicted claims that suffice alone.
    pub contradicted: u64,
    /// Disputes of a burst that suffice alone, where the level has such a threshold.
    pub burst: Option<u64>,
}

/// A dispute that counts.
#[derive(Debug, Serialize)]
pub struct CountedDispute<'a> {
    /// Its id.
    pub dispute_id: &'a str,
    /// Its order.
    pub order_id: &'a str,
    /// When it was opened.
    pub opened_at: Instant,
    /// Whether it claims that something was not received which was.
    pub contradicted: bool,
    /// Whether it is in the burst's days.
    pub burst: bool,
}

/// The record of who opened a dispute.
pub(super) fn record<'a>(inquiry: &Inquiry<'a>, decision: &Decision) -> BuyerShown<'a> {
    let disputant = inquiry.docket.orders[decision.at.order as usize].disputants[decision.at.dispute as usize];
    let (buyer, rating) = (&inquiry.docket.buyers[disputant as usize], inquiry.decisions.buyers[disputant as usize]);
    let terms = &inquiry.policy.terms_of_run(inquiry.as_of).serial_disputer;
    let record = rating.record;
    let in_window = |at: &&Instant| terms.in_window(**at, inquiry.as_of);
    BuyerShown {
        buyer_id: &buyer.id,
        level: rating.level,
        window_from: terms.window_days.before(inquiry.as_of),
        burst_from: terms.burst_days.before(inquiry.as_of),
        disputed_orders: record.disputed_orders,
        orders: record.orders,
        rate: record.rate().to_string(),
        lower: format!("{:.4}", record.lower()),
        contradicted: record.contradicted,
        burst: record.burst,
        thresholds: thresholds(inquiry),
        disputes: counted(inquiry, disputant),
        orders_paid_at: buyer.orders_paid_at.iter().filter(in_window).copied().collect(),
    }
}

fn thresholds(inquiry: &Inquiry) -> Vec<ThresholdShown> {
    let terms = &inquiry.policy.terms_of_run(inquiry.as_of).serial_disputer;
    let rate = |level, threshold: &arbiter_rules::Threshold| ThresholdShown {
        level,
        disputes: threshold.disputes.number(),
        lower: threshold.lower.to_string(),
        contradicted: threshold.contradicted.number(),
        burst: None,
    };
    let watch = &terms.watch;
    vec![
        rate(Level::Blocked, &terms.blocked),
        rate(Level::Flagged, &terms.flagged),
        ThresholdShown {
            level: Level::Watch,
            disputes: watch.disputes.number(),
            lower: watch.lower.to_string(),
            contradicted: watch.contradicted.number(),
            burst: Some(watch.burst.number()),
        },
    ]
}

fn counted<'a>(inquiry: &Inquiry<'a>, disputant: u32) -> Vec<CountedDispute<'a>> {
    let terms = &inquiry.policy.terms_of_run(inquiry.as_of).serial_disputer;
    let of_file = |cases: &'a OrderCases| {
        let own = cases.disputes.iter().zip(&cases.disputants).filter(move |(_, who)| **who == disputant);
        own.map(move |(dispute, _)| CountedDispute {
            dispute_id: &dispute.id,
            order_id: &cases.order.id,
            opened_at: dispute.opened_at,
            contradicted: is_contradicted(cases, dispute, inquiry.as_of),
            burst: terms.in_burst(dispute.opened_at, inquiry.as_of),
        })
    };
    let all = inquiry.docket.orders.iter().flat_map(of_file);
    let mut counted: Vec<_> =
        all.filter(|dispute| terms.in_window(dispute.opened_at, inquiry.as_of) || dispute.burst).collect();
    counted.sort_by_key(|dispute| (dispute.opened_at, dispute.dispute_id));
    counted
}
