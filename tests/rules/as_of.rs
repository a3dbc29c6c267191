//! A fact dated after the as-of has not happened, whichever it is.

use arbiter_model::dispute::{Reason, TrackingStatus};

use crate::common::{Night, accepted, at, countered, plain, rejected};

/// The instant of the fact.
const WHEN: &str = "2026-04-20 12:00:00";

/// Decides each case at the instant of its fact, and one second before.
fn compare<const N: usize>(cases: [(&str, Night, &str, &str); N]) {
    for (what, night, happened, not_yet) in cases {
        assert_eq!(night.clone().as_of(WHEN).rule_and_next(), happened, "{what}, as of its instant");
        assert_eq!(night.as_of("2026-04-20 11:59:59").rule_and_next(), not_yet, "{what}, a second before");
    }
}

#[test]
fn the_sellers_answers() {
    let colour = || plain(Reason::ColourMismatch);
    compare([
        (
            "the seller accepts",
            colour().answered(accepted(WHEN)).escalated("2026-04-12").tampered(),
            "refund_full seller_accepted",
            "denied insufficient_evidence",
        ),
        (
            "the seller rejects: the automatic escalation is what remains",
            colour().answered(rejected(WHEN)).set("seller_silent.days=12"),
            "pending negotiating 2026-04-25",
            "pending negotiating 2026-04-22",
        ),
        (
            "the seller offers",
            colour().answered(countered(WHEN, "80.00")).set("seller_silent.days=12"),
            "pending negotiating 2026-05-05T12:00:00",
            "pending negotiating 2026-04-22",
        ),
        (
            "the seller makes the offer that the buyer took",
            colour().answered(countered(WHEN, "80.00")).offer_taken("2026-04-19").set("seller_silent.days=12"),
            "refund_partial offer_accepted",
            "pending negotiating 2026-04-22",
        ),
    ]);
}

#[test]
fn the_buyers_and_the_platforms_acts() {
    let colour = || plain(Reason::ColourMismatch);
    compare([
        (
            "the buyer takes the offer",
            colour().answered(countered("2026-04-11", "80.00")).offer_taken(WHEN),
            "refund_partial offer_accepted",
            "pending negotiating 2026-04-26",
        ),
        (
            "either calls the platform in",
            colour().escalated(WHEN),
            "refund_partial colour_mismatch",
            "pending negotiating 2026-04-25",
        ),
        ("the buyer withdraws", colour().withdrawn(WHEN), "resumed withdrawn", "pending negotiating 2026-04-25"),
        (
            "the platform asks",
            colour().escalated("2026-04-12").info_requested(WHEN),
            "pending awaiting_buyer 2026-04-23T12:00:00",
            "refund_partial colour_mismatch",
        ),
        (
            "the buyer supplies",
            colour().escalated("2026-04-12").info_requested("2026-04-18").info_supplied(WHEN),
            "refund_partial colour_mismatch",
            "pending awaiting_buyer 2026-04-21",
        ),
        (
            "the buyer supplies, and the days for the return begin",
            plain(Reason::WrongItem)
                .wants_return()
                .escalated("2026-04-12")
                .info_requested("2026-04-18")
                .info_supplied(WHEN),
            "pending awaiting_return 2026-04-30T12:00:00",
            "pending awaiting_buyer 2026-04-21",
        ),
    ]);
}

#[test]
fn the_parcels_way() {
    let parcel = || plain(Reason::NotReceived).escalated("2026-04-12");
    let waiting = || parcel().without_events();
    let unshipped = || parcel().unshipped();
    let until_protection_ends = "pending awaiting_protection_end 2026-05-01";
    compare([
        (
            "the seller ships",
            unshipped().order(|order| order.shipped_at = Some(at(WHEN))),
            "pending too_early 2026-04-25T12:00:00",
            "refund_full never_shipped",
        ),
        (
            "the carrier takes it",
            unshipped().and_event(WHEN, TrackingStatus::Accepted, "CN"),
            "pending too_early 2026-04-25T12:00:00",
            "refund_full never_shipped",
        ),
        (
            "the buyer confirms what nobody saw leave",
            unshipped().confirmed(WHEN),
            "pending too_early 2026-04-25T12:00:00",
            "refund_full never_shipped",
        ),
        (
            "it moves",
            parcel().and_event(WHEN, TrackingStatus::Customs, "RU"),
            until_protection_ends,
            "refund_full parcel_stalled",
        ),
        ("it is delivered", waiting().delivered(WHEN), "denied delivered_in_time", until_protection_ends),
        ("it is confirmed", waiting().confirmed(WHEN), "denied delivered_in_time", until_protection_ends),
        (
            "it is delivered abroad",
            waiting().and_event(WHEN, TrackingStatus::Delivered, "DE"),
            "refund_full delivered_elsewhere",
            until_protection_ends,
        ),
        (
            "it is lost",
            waiting().and_event(WHEN, TrackingStatus::Lost, ""),
            "refund_full parcel_returned",
            until_protection_ends,
        ),
        (
            "it is lost, then found",
            waiting().and_event("2026-04-19", TrackingStatus::Lost, "").and_event(WHEN, TrackingStatus::Arrived, "RU"),
            until_protection_ends,
            "refund_full parcel_returned",
        ),
    ]);
}

#[test]
fn returns_and_credits() {
    let wrong = || plain(Reason::WrongItem).wants_return().escalated("2026-04-12"); // B = 2026-04-13
    compare([
        (
            "the goods are sent back",
            wrong().return_shipped(WHEN),
            "pending awaiting_return 2026-06-19T12:00:00",
            "pending awaiting_return 2026-04-23",
        ),
        (
            "the goods are back",
            wrong().return_delivered(WHEN),
            "refund_full wrong_item",
            "pending awaiting_return 2026-04-23",
        ),
        (
            "the phone is credited",
            plain(Reason::NotReceived).category("mobile_top_up").and_event(WHEN, TrackingStatus::Credited, ""),
            "denied top_up_credited",
            "refund_full top_up_not_credited",
        ),
    ]);
}

#[test]
fn a_receipt_after_the_as_of_keeps_a_late_dispute_open() {
    // P = 2026-03-25, so that R unknown closes on 2026-04-09, and a receipt on 2026-04-20 on 2026-05-05.
    let night = plain(Reason::ColourMismatch).order(|order| order.protection_ends_at = Some(at("2026-03-25")));
    compare([("received", night.confirmed(WHEN), "pending negotiating 2026-04-25", "denied too_late")]);
}

#[test]
fn contradicted_claims() {
    // A second order, claimed as not received on 2026-04-21 though received at the instant of the fact.
    let claimed = |received: &str| {
        let mut other = plain(Reason::NotReceived).opened("2026-04-21").confirmed(received);
        (other.order.id, other.disputes[0].id) = ("O-2".into(), "D-2".into());
        plain(Reason::Other).and_order(other).as_of("2026-04-21 12:00:00").level()
    };
    assert_eq!(claimed("2026-04-20 12:00:00"), "watch", "received before the claim");
    assert_eq!(claimed("2026-04-21 12:00:00"), "none", "received after it");
    assert_eq!(claimed("2026-04-21 12:00:01"), "none", "not yet received");
}
