//! Distance to flip: cases worked out by hand, for each kind of thing that can be changed.
//!
//! Most are the plain case with something changed: 120.00 USD of goods, shipped on 2026-03-02 (S), protected
//! until 2026-05-01 (P), last seen on 2026-03-03; disputed on 2026-04-10 (O and T) with a photo, rejected
//! by the seller on 2026-04-11; L = 2026-04-15, E = 2026-04-25, and A = 2026-06-01.

use crate::common::{Night, countered, dispute, plain};
use arbiter_engine::decide::decide_docket;
use arbiter_engine::explain::flip::{Flip, flips, nearest};
use arbiter_model::dispute::{Reason, TrackingStatus, Video};

fn all(night: &Night) -> Vec<Flip> {
    let (docket, policy) = (night.docket(), night.policy());
    let decisions = decide_docket(&docket, &policy, night.as_of);
    let decision = decisions.made.iter().find(|decision| decision.at.order == 0).expect("a decision");
    flips(&docket, &policy, night.as_of, &decisions, decision)
}

/// The flip of a fact or parameter, as it is told; `nothing` where none was found.
fn flip_of(night: &Night, name: &str) -> String {
    let found = all(night).into_iter().find(|flip| flip.name == name);
    found.map_or_else(|| "nothing".to_owned(), |flip| flip.to_string())
}

#[track_caller]
fn check<const N: usize>(cases: [(&str, Night, &str, &str); N]) {
    let wrong = cases.iter().filter_map(|(what, night, name, expected)| {
        let found = flip_of(night, name);
        (found != *expected).then(|| format!("{what}\n  expected: {expected}\n  found:    {found}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {N} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A parcel that may still come: seen on 2026-04-20, decided on 2026-04-29, two days before P.
fn awaited() -> Night {
    plain(Reason::NotReceived).and_event("2026-04-20T00:00:00Z", TrackingStatus::InTransit, "CN").as_of("2026-04-29")
}

/// A dispute that stands before the arbitrator from its start, so that nothing is negotiated.
fn unanswerable(reason: Reason) -> Night {
    plain(reason).not_exported(|known| known.responses = false)
}

#[test]
fn dates_are_moved_to_the_second() {
    check([
        // P = 2026-05-01, A = 2026-04-29: at A it has passed, and nothing came, so all of left.
        ("protection", awaited(), "protection_ends_at", "protection ending 2 days earlier: refund_full 120.00"),
        // Shipped two days earlier, so P = S + 60 days is too.
        ("shipment", awaited(), "shipped_at", "shipped 2 days earlier: refund_full 120.00"),
        // A parcel is stalled when last seen by A - 21 d = 2026-04-08. Twelve days earlier would do; nearer is
        // a second past A, where it has not happened, and the parcel was last seen on 03-03.
        (
            "the latest event",
            awaited(),
            "tracking.2.event_at",
            "the event in_transit of 2026-04-20 9 days 1 s later: refund_full 120.00",
        ),
        // The seller answered on 04-11: in time as long as L = O + 5 d is not before it, so down to O = 04-06. A
        // second earlier the seller was silent.
        ("opening", awaited(), "opened_at", "opened 4 days 1 s earlier: refund_full 120.00"),
        // L = 04-15: an answer a second after it does not undo the silence.
        ("the answer", awaited(), "seller_responded_at", "the seller answering 4 days 1 s later: refund_full 120.00"),
        // A withdrawal on the day after A has not happened; a second into A it has. Shipped, and before P.
        (
            "a withdrawal to come",
            awaited().withdrawn("2026-04-30T00:00:00Z"),
            "withdrawn_at",
            "withdrawn 1 day earlier: denied",
        ),
    ]);
}

#[test]
fn what_is_received_at_the_deadline_is_in_time_and_a_second_later_is_not() {
    // Received on 2026-05-03, after O and after P = 05-01: half. Two days earlier it is in time.
    let late = plain(Reason::NotReceived).delivered("2026-05-03T00:00:00Z");
    check([
        ("delivery", late.clone(), "tracking.2.event_at", "the event delivered of 2026-05-03 2 days earlier: denied"),
        ("protection", late.clone(), "protection_ends_at", "protection ending 2 days later: denied"),
        ("days of protection", late.clone(), "protection.days", "`protection.days` at 62: denied"),
        // 120.00 x share must round to 0.00: below 0.005 / 120 = 0.0000416, so only at nothing.
        ("the share", late.clone(), "delivered_late.share", "`delivered_late.share` at 0.00: denied"),
        // 120.00 x 0.50 = 60.00 is all that is left once 60.00 have gone back.
        ("refunds", late.clone(), "refunded_total", "refunded_total at 60.00: refund_full 60.00"),
        // Nothing is not asked for, and less than the 60.00 stays a part.
        ("asked", late, "requested_amount", "nothing"),
    ]);
}

#[test]
fn days_of_parameters_are_turned_one_by_one() {
    // Shipped on 2026-05-27 12:00, disputed on 05-28 without an answer known; T = S + 5 d = 06-01 12:00 is
    // ahead of A. With 4 days it is 05-31 12:00, and the photo wins the band: 120.00 x 0.40 = 48.00.
    let early = unanswerable(Reason::ColourMismatch)
        .without_events()
        .order(|order| order.shipped_at = Some(crate::common::at("2026-05-27T12:00:00Z")))
        .opened("2026-05-28T00:00:00Z");
    // No answer; L = 2026-04-15 passed, so all that was asked. With 52 days L = O + 52 d = 2026-06-01 = A
    // has passed too; with 53 it has not, and E = T + 15 d has: before the arbitrator, 48.00.
    let silent = plain(Reason::ColourMismatch).unanswered();
    // A top-up paid on 2026-05-31 06:00 is awaited until 06-01 06:00; with 18 hours until A.
    let top_up = plain(Reason::NotReceived)
        .without_events()
        .category("mobile_top_up")
        .order(|order| order.paid_at = crate::common::at("2026-05-31T06:00:00Z"))
        .opened("2026-05-31T07:00:00Z");
    check([
        ("too early", early.clone(), "too_early.days", "`too_early.days` at 4: refund_partial 48.00"),
        ("shipped", early, "shipped_at", "shipped 12 h earlier: refund_partial 48.00"),
        ("silence", silent, "seller_silent.days", "`seller_silent.days` at 53: refund_partial 48.00"),
        ("hours", top_up.clone(), "top_up.hours", "`top_up.hours` at 18: refund_full 120.00"),
        ("paid", top_up, "paid_at", "paid 6 h earlier: refund_full 120.00"),
    ]);
}

#[test]
fn shares_are_turned_to_four_decimals() {
    // 10.00 x ceiling must round to 10.00: from 0.9995 (9.995, a half, away from zero).
    let film = plain(Reason::ColourMismatch).priced("10.00", "USD").evidence(0, Video::Continuous);
    // Photos are worth half of the band: 0.30 + (0.50 - 0.30) x 0.50; low is at most high, so at most 0.50.
    let photo = plain(Reason::ColourMismatch).priced("10.00", "USD");
    // Genuine from 64 x (1 - 0.10) = 57.6, just what was measured. With 0.0999: 64 x 0.9001 = 57.6064.
    let genuine = plain(Reason::FakeCapacity).dispute(|dispute| {
        dispute.advertised_capacity = Some("64".parse().unwrap());
        dispute.measured_capacity = Some("57.6".parse().unwrap());
    });
    check([
        (
            "the high end",
            film.clone(),
            "colour_mismatch.band.high",
            "`colour_mismatch.band.high` at 0.9995: refund_full 10.00",
        ),
        ("the low end does not count", film, "colour_mismatch.band.low", "nothing"),
        ("no band is wide enough for photos", photo, "colour_mismatch.band.high", "nothing"),
        (
            "tolerance",
            genuine.clone(),
            "fake_capacity.tolerance",
            "`fake_capacity.tolerance` at 0.0999: refund_full 120.00",
        ),
        ("measured", genuine.clone(), "measured_capacity_gb", "measured_capacity_gb at 57.59: refund_full 120.00"),
        // 64.01 x 0.90 = 57.609
        ("advertised", genuine, "advertised_capacity_gb", "advertised_capacity_gb at 64.01: refund_full 120.00"),
    ]);
}

#[test]
fn amounts_are_turned_to_the_minor_unit() {
    // 120.00 x 0.40 = 48.00, raised to the offer of 50.00.
    let offered = plain(Reason::ColourMismatch).answered(countered("2026-04-11T00:00:00Z", "50.00"));
    // Wanted back: 120.00 is left, posting 12.50 < 0.50 x 120.00, and nothing was sent: denied. Of a price of
    // 25.00 posting is the half, and the return is waived: 25.00.
    let unsent = plain(Reason::WrongItem).wants_return();
    // 1 yen is asked of 100, and granted: a part. No yen can be asked for, so only all of them change the outcome.
    let yen = plain(Reason::WrongItem)
        .priced("100", "JPY")
        .dispute(|dispute| dispute.requested = Some(crate::common::money("1", "JPY")));
    check([
        ("the offer as a floor", offered.clone(), "seller_offer", "seller_offer at 120.00: refund_full 120.00"),
        ("the price", offered, "goods_total", "goods_total at 50.00: refund_full 50.00"),
        ("dear postage by the price", unsent.clone(), "goods_total", "goods_total at 25.00: refund_full 25.00"),
        (
            "dear postage by the cost",
            unsent.clone(),
            "returns.posting_cost.USD",
            "`returns.posting_cost.USD` at 60.00: refund_full 120.00",
        ),
        // 12.50 / 120.00 = 0.104166...: not below 0.1041.
        (
            "dear postage by the limit",
            unsent.clone(),
            "returns.waived_from",
            "`returns.waived_from` at 0.1041: refund_full 120.00",
        ),
        // A part refund keeps the goods.
        ("what is asked", unsent, "requested_amount", "requested_amount at 119.99: refund_partial 119.99"),
        ("yen", yen, "requested_amount", "requested_amount at 100: refund_full 100"),
    ]);
}

/// A counter-offer moves the escalation as long as it comes before it, and not after.
#[test]
fn a_counter_offer_that_would_come_too_late_does_not_hide_one_that_would_not() {
    // Offered on 04-11, so E = 04-26, before A = 04-27: 0.40 of 120.00, raised to the offer. A day and a second
    // later E would be ahead. From T + 15 d = 04-25 on it would not move E at all, as now.
    let night = plain(Reason::ColourMismatch)
        .answered(countered("2026-04-11T00:00:00Z", "50.00"))
        .set("seller_silent.days=20")
        .as_of("2026-04-27");
    check([("the offer", night, "seller_responded_at", "the seller answering 1 day 1 s later: pending")]);
}

/// Between two prices other parameters hold; below and above them the same as now.
#[test]
fn a_segment_of_prices_is_found_although_what_lies_beyond_is_as_it_is_here() {
    let mut night = plain(Reason::ColourMismatch).priced("40.00", "USD");
    let text = "[[colour_mismatch]]\neffective_from = 2020-01-01\nreviewed_on = 2026-01-01\nsource = \"x\"\n\
        band = [\"1.00\", \"1.00\"]\n[[colour_mismatch.when]]\ncurrency = [\"USD\"]\n\
        goods_total = { from = \"10.00\", below = \"30.00\" }\nband = [\"0.30\", \"0.50\"]\n";
    night.settings.clear();
    let (docket, policy) = (
        night.docket(),
        arbiter_policy::Policy::with(&[arbiter_policy::Overlay::from_file("segment.toml", text)]).unwrap(),
    );
    let decisions = decide_docket(&docket, &policy, night.as_of);
    let found = flips(&docket, &policy, night.as_of, &decisions, &decisions.made[0]);
    let price = found.iter().find(|flip| flip.name == "goods_total").map(ToString::to_string);
    // All of any price, but 0.40 of 29.99, which is 11.996.
    assert_eq!(price.as_deref(), Some("goods_total at 29.99: refund_partial 12.00"));
}

#[test]
fn numbers_of_things_are_turned_one_by_one() {
    let short = |received| {
        plain(Reason::QuantityShort)
            .order(|order| order.quantity = 4)
            .dispute(|dispute| dispute.quantity_received = Some(received))
    };
    check([
        // One unit missing of four is a quarter; none is denied.
        ("units", short(3), "quantity_received", "quantity_received at 4: denied"),
        ("units ordered", short(3), "quantity", "quantity at 3: denied"),
        // With none received it is an empty parcel, for which a photo is not enough: E + 3 d = 04-28 passed.
        ("all missing", short(1), "quantity_received", "quantity_received at 0: denied"),
        ("photos", plain(Reason::ColourMismatch), "photos", "photos at 0: denied"),
        ("papers", plain(Reason::Customs), "documents", "documents at 1: refund_full 120.00"),
    ]);
}

#[test]
fn codes_are_tried_in_every_other_way() {
    let photo = plain(Reason::ColourMismatch);
    let twice = plain(Reason::WrongItem).priced("120.00", "USD").requested("240.00").evidence(1, Video::Continuous);
    check([
        // 0.30 + (0.50 - 0.30) x 1.00 = 0.50 of 120.00.
        ("a film", photo.clone(), "video", "a continuous video: up to 0.50 (60.00 instead of 48.00)"),
        ("altered", photo.clone(), "evidence_tampered", "evidence found to be tampered: denied"),
        ("usable", plain(Reason::Defective), "usable", "goods that can be used: refund_partial 84.00"),
        // The seller accepts on 04-11: what was asked.
        (
            "accepted",
            photo.clone(),
            "seller_response",
            "the claim accepted by the seller on 2026-04-11: refund_full 120.00",
        ),
        ("another account", photo.clone(), "buyer_id", "opened from another account than the order's: referred"),
        // P = 05-01 passed by A, so a withdrawal now is denied; on the day of the opening it is before E, but
        // P has passed all the same.
        ("withdrawn", photo, "withdrawn_at", "withdrawn at the as-of: denied"),
        // On a continuous video, electronics double.
        ("category", twice, "category", "category electronics: up to 2.00 (240.00 instead of 120.00)"),
    ]);
}

#[test]
fn events_are_added_and_taken_away() {
    let received = plain(Reason::NotReceived).delivered("2026-04-05T00:00:00Z");
    let unsent = plain(Reason::WrongItem).wants_return();
    check([
        // Received on 04-05, before O. Without it nothing came until P.
        ("taken away", received, "tracking.2", "without the event delivered of 2026-04-05: refund_full 120.00"),
        ("delivered", awaited(), "tracking.delivered", "an event delivered at the as-of: denied"),
        ("lost", awaited(), "tracking.lost", "an event lost at the as-of: refund_full 120.00"),
        ("sent back", unsent.clone(), "tracking.return_shipped", "an event return_shipped at the as-of: pending"),
        (
            "came back",
            unsent.clone(),
            "tracking.return_delivered",
            "an event return_delivered at the as-of: refund_full 120.00",
        ),
        ("kept", unsent, "wants_return", "goods not offered back: refund_full 120.00"),
    ]);
}

#[test]
fn the_thresholds_of_a_buyers_record_are_parameters_of_every_award_to_the_buyer() {
    // 6 of 6 orders disputed: lower = (1 + 0.3201 - 0.3201) / 1.6403 = 0.6097, which is below 0.6098.
    let blocked = plain(Reason::ColourMismatch).with_serial_buyer(5);
    let lower = "serial_disputer.blocked.lower";
    check([
        ("by the rate", blocked.clone(), lower, "`serial_disputer.blocked.lower` at 0.6097: refund_partial 48.00"),
        (
            "by the number",
            blocked,
            "serial_disputer.blocked.disputes",
            "`serial_disputer.blocked.disputes` at 7: refund_partial 48.00",
        ),
        // 1 of 1: lower = 0.2065, so the rate would have to be at most 0.2065 and the disputes 1: two changes.
        ("far from it", plain(Reason::ColourMismatch), lower, "nothing"),
        (
            "no claim contradicted",
            plain(Reason::ColourMismatch),
            "serial_disputer.blocked.contradicted",
            "`serial_disputer.blocked.contradicted` at 0: referred",
        ),
    ]);
}

#[test]
fn earlier_awards_stay_as_they_are() {
    // D-1 of 04-10 takes 120.00 x 0.40 = 48.00. D-2 of 04-11 for damage has 72.00 left, and a photo wins
    // 0.50 + (0.90 - 0.50) x 0.50 = 0.70: 84.00, so all of it. At another price g it is a part where
    // 0.70 x g < g - 48.00, from 160.02 on: 112.014 is 112.01, of 112.02. At 160.01 it is 112.007, of 112.01.
    let mut second = dispute("D-2", Reason::Damaged);
    second.opened_at = crate::common::at("2026-04-11");
    let night = plain(Reason::ColourMismatch).and_dispute(second);
    let (docket, policy) = (night.docket(), night.policy());
    let decisions = decide_docket(&docket, &policy, night.as_of);
    let decision = decisions.made.iter().find(|decision| decision.at.dispute == 1).unwrap();
    let found = flips(&docket, &policy, night.as_of, &decisions, decision);
    let price = found.iter().find(|flip| flip.name == "goods_total").map(ToString::to_string);
    assert_eq!(decision.award.to_string(), "72.00");
    assert_eq!(price.as_deref(), Some("goods_total at 160.02: refund_partial 112.01"));
}

#[test]
fn the_nearest_flip_weighs_least() {
    let (docket, policy, as_of) = (awaited().docket(), awaited().policy(), awaited().as_of);
    let decisions = decide_docket(&docket, &policy, as_of);
    let (fact, parameter) = nearest(&docket, &policy, as_of, &decisions, &decisions.made[0]);
    // Two days of shipment or of protection weigh 2/30; of parameters, 58 instead of 60 days of protection.
    assert_eq!(fact.map(|flip| flip.weight), Some(66_666));
    assert_eq!(parameter.map(|flip| flip.to_string()).as_deref(), Some("`protection.days` at 58: refund_full 120.00"));
}
