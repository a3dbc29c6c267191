//! Decides one dispute, without files: `cargo run --example decide_one`.

#![allow(clippy::expect_used, reason = "an example may end where a constant is wrong")]

use arbiter_engine::{decide, explanation};
use arbiter_model::{Amount, Case, Currency, Dispute, Fault, Instant, Order, Reason, TrackingEvent, TrackingStatus};
use arbiter_policy::Policy;

fn at(text: &str) -> Instant {
    Instant::parse(text, chrono_tz::Tz::UTC).expect("a timestamp")
}

fn main() -> Result<(), Fault> {
    let usd = Currency::from_code("USD").expect("a currency");
    let price = Amount::parse("24.90").ok().and_then(|price| price.in_currency(usd)).expect("an amount");

    let mut order = Order::new("O-1", "anna", "shop", price, usd, at("2026-03-01"));
    order.shipped_at = Some(at("2026-03-02"));
    let events = [TrackingEvent::new(at("2026-03-09T12:00:00Z"), TrackingStatus::Lost)];

    let mut dispute = Dispute::new("D-1", "anna", at("2026-03-20"), Reason::NotReceived);
    // The platform was called in at once, so that nothing is left to negotiate by April.
    dispute.escalated_at = Some(at("2026-03-20"));

    let case = Case { order: &order, dispute: &dispute, events: &events };
    let (policy, as_of) = (Policy::standard()?, at("2026-04-01"));
    println!("{}", decide(&case, &policy, as_of));
    println!("{}", explanation(&case, &policy, as_of));
    Ok(())
}
