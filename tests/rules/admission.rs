//! Who may dispute what, and when; and what the parties agreed on.

use arbiter_model::dispute::{Reason, TrackingStatus, Video};

use crate::common::{Night, accepted, at, countered, dispute, money, plain, rejected};
use crate::{check, clock};

fn top_up() -> Night {
    plain(Reason::NotReceived).unshipped().category("mobile_top_up").opened("2026-03-01 12:00:00")
}

#[test]
fn only_the_buyer_of_an_order_may_dispute_it() {
    let stranger = plain(Reason::NotReceived).order(|order| order.buyer_id = "zoe".into());
    check(
        Night::decide,
        [
            ("somebody else's order", stranger.clone(), "referred buyer_mismatch 0.00 queue=security"),
            (
                "nothing is left of it",
                stranger.clone().refunded("120.00"),
                "referred buyer_mismatch 0.00 queue=security",
            ),
            ("it is withdrawn", stranger.withdrawn("2026-04-12"), "referred buyer_mismatch 0.00 queue=security"),
        ],
    );
}

#[test]
fn nothing_is_paid_where_nothing_is_left() {
    let night = plain(Reason::NotReceived);
    check(
        Night::award,
        [
            ("120.00 of 120.00 refunded", night.clone().refunded("120.00"), "denied already_refunded 0.00"),
            ("119.99 of 120.00 refunded", night.clone().refunded("119.99"), "refund_full not_delivered 0.01"),
            (
                "refunded, then withdrawn",
                night.clone().refunded("120.00").withdrawn("2026-04-12"),
                "denied already_refunded 0.00",
            ),
            (
                "refunded, then accepted",
                night.refunded("120.00").answered(accepted("2026-04-11")),
                "denied already_refunded 0.00",
            ),
        ],
    );
}

#[test]
fn disputes_of_one_order_share_what_is_left() {
    let second = |id: &str, reason, opened: &str| {
        let mut second = dispute(id, reason);
        second.opened_at = at(opened);
        second
    };
    let colour = plain(Reason::ColourMismatch); // 120.00 x (0.30 + 0.20 x 0.50) = 48.00
    check(
        Night::awards,
        [
            (
                "120.00 - 48.00 = 72.00 for the second",
                colour.clone().and_dispute(second("D-2", Reason::WrongItem, "2026-04-11")),
                "refund_partial colour_mismatch 48.00; refund_full wrong_item 72.00",
            ),
            (
                "the one opened earlier comes first, wherever it stands",
                colour.clone().and_dispute(second("D-2", Reason::WrongItem, "2026-04-09 23:59:59")),
                "denied already_refunded 0.00; refund_full wrong_item 120.00",
            ),
            (
                "opened together: D-0 before D-1",
                colour.clone().and_dispute(second("D-0", Reason::WrongItem, "2026-04-10")),
                "denied already_refunded 0.00; refund_full wrong_item 120.00",
            ),
            (
                "opened together: by bytes, D-1 before D-10 before D-2",
                colour.clone().and_dispute(second("D-2", Reason::WrongItem, "2026-04-10")).and_dispute(second(
                    "D-10",
                    Reason::ColourMismatch,
                    "2026-04-10",
                )),
                // 120.00 - 48.00 - 48.00 = 24.00
                "refund_partial colour_mismatch 48.00; refund_full wrong_item 24.00; \
                 refund_partial colour_mismatch 48.00",
            ),
            (
                "what went back before the run, 60.00, is gone too: 60.00 - 48.00 = 12.00",
                colour.clone().refunded("60.00").and_dispute(second("D-2", Reason::WrongItem, "2026-04-11")),
                "refund_partial colour_mismatch 48.00; refund_full wrong_item 12.00",
            ),
            (
                "a pending one takes nothing",
                plain(Reason::NotReceived).info_requested("2026-05-31").and_dispute(second(
                    "D-2",
                    Reason::NotReceived,
                    "2026-04-11",
                )),
                "pending awaiting_buyer 0.00; refund_full not_delivered 120.00",
            ),
            (
                "a denied one takes nothing",
                plain(Reason::OrderedByMistake).and_dispute(second("D-2", Reason::ColourMismatch, "2026-04-11")),
                "denied no_fault 0.00; refund_partial colour_mismatch 48.00",
            ),
        ],
    );
}

#[test]
fn a_withdrawal_from_the_escalation_on_is_a_denial() {
    let night = plain(Reason::ColourMismatch).as_of("2026-04-26"); // protected until 2026-05-01, E = 2026-04-25
    let unshipped = night.clone().unshipped();
    let by_hand = night.clone().escalated("2026-04-12"); // before T + 3 days, so E = 2026-04-13
    let countered = night.clone().answered(countered("2026-04-12", "30.00")); // E = 2026-04-27
    check(
        Night::rule,
        [
            ("before E", night.clone().withdrawn("2026-04-24 23:59:59"), "resumed withdrawn"),
            ("at E", night.clone().withdrawn("2026-04-25"), "denied withdrawn_after_escalation"),
            ("after E", night.withdrawn("2026-04-25 00:00:01"), "denied withdrawn_after_escalation"),
            ("called in, before E", by_hand.clone().withdrawn("2026-04-12 23:59:59"), "resumed withdrawn"),
            ("called in, at E", by_hand.clone().withdrawn("2026-04-13"), "denied withdrawn_after_escalation"),
            ("called in, after E", by_hand.withdrawn("2026-04-13 00:00:01"), "denied withdrawn_after_escalation"),
            ("the counter-offer moved E", countered.withdrawn("2026-04-25"), "resumed withdrawn"),
            ("never shipped", unshipped.clone().withdrawn("2026-04-25"), "resumed withdrawn"),
            (
                "never shipped, but credited",
                unshipped.withdrawn("2026-04-25").and_event("2026-03-01", TrackingStatus::Credited, ""),
                "denied withdrawn_after_escalation",
            ),
        ],
    );
}

#[test]
fn without_responses_only_a_manual_escalation_stands_against_a_withdrawal() {
    let night = plain(Reason::ColourMismatch).not_exported(|known| known.responses = false).as_of("2026-04-26");
    let by_hand = night.clone().escalated("2026-04-12");
    check(
        Night::rule,
        [
            ("never called in", night.withdrawn("2026-04-25"), "resumed withdrawn"),
            ("before T + 3 days", by_hand.clone().withdrawn("2026-04-12 23:59:59"), "resumed withdrawn"),
            ("at T + 3 days", by_hand.clone().withdrawn("2026-04-13"), "denied withdrawn_after_escalation"),
            ("after T + 3 days", by_hand.withdrawn("2026-04-13 00:00:01"), "denied withdrawn_after_escalation"),
        ],
    );
}

#[test]
fn a_withdrawal_ends_the_order_where_its_protection_has_ended() {
    let night = plain(Reason::ColourMismatch).withdrawn("2026-04-20");
    clock(
        &night,
        [
            ("2026-04-30 23:59:59", "resumed withdrawn"),
            ("2026-05-01 00:00:00", "denied withdrawn_after_protection"),
            ("2026-05-01 00:00:01", "denied withdrawn_after_protection"),
        ],
    );
    let stated = |order: &mut arbiter_model::dispute::Order| order.protection_ends_at = Some(at("2026-04-22 12:00:00"));
    clock(
        &night.clone().order(stated),
        [("2026-04-22 11:59:59", "resumed withdrawn"), ("2026-04-22 12:00:00", "denied withdrawn_after_protection")],
    );
    // P is stated, but S is unknown.
    clock(&night.unshipped().order(stated), [("2026-05-15", "resumed withdrawn")]);
}

#[test]
fn what_the_seller_accepted_is_paid() {
    let night = plain(Reason::ColourMismatch).answered(accepted("2026-04-11"));
    let double = plain(Reason::WrongItem)
        .category("electronics")
        .evidence(1, Video::Continuous)
        .requested("240.00")
        .answered(accepted("2026-04-11"));
    check(
        Night::award,
        [
            ("nothing asked: the goods' price", night.clone(), "refund_full seller_accepted 120.00"),
            ("50.00 asked", night.clone().requested("50.00"), "refund_partial seller_accepted 50.00"),
            ("asked lowered to 120.00", night.clone().requested("200.00"), "refund_full seller_accepted 120.00"),
            ("120.00 - 100.00 left", night.clone().refunded("100.00"), "refund_full seller_accepted 20.00"),
            (
                "50.00 asked, 50.00 left",
                night.clone().requested("50.00").refunded("70.00"),
                "refund_full seller_accepted 50.00",
            ),
            ("never double", double, "refund_full seller_accepted 120.00"),
            ("at once", night.clone().as_of("2026-04-11"), "refund_full seller_accepted 120.00"),
            ("never shipped", night.clone().unshipped(), "refund_full seller_accepted 120.00"),
            ("a top-up", night.clone().category("mobile_top_up"), "refund_full seller_accepted 120.00"),
            ("opened too late", night.clone().opened("2026-05-20"), "refund_full seller_accepted 120.00"),
            (
                "opened too early: T = 2026-04-13",
                night.clone().order(|order| order.shipped_at = Some(at("2026-04-08"))).as_of("2026-04-11"),
                "refund_full seller_accepted 120.00",
            ),
            ("withdrawn first", night.clone().withdrawn("2026-04-20"), "denied withdrawn_after_protection 0.00"),
            (
                "responses not exported: 48.00 on the merits",
                night.not_exported(|known| known.responses = false),
                "refund_partial colour_mismatch 48.00",
            ),
        ],
    );
}

#[test]
fn an_offer_that_the_buyer_takes_is_paid() {
    let night = plain(Reason::ColourMismatch).answered(countered("2026-04-11", "30.00")).offer_taken("2026-04-12");
    let offer = |offer: &str| night.clone().answered(countered("2026-04-11", offer));
    check(
        Night::award,
        [
            ("30.00 offered", night.clone(), "refund_partial offer_accepted 30.00"),
            ("more than asked", night.clone().requested("20.00"), "refund_partial offer_accepted 30.00"),
            ("120.00 - 100.00 left", night.clone().refunded("100.00"), "refund_full offer_accepted 20.00"),
            ("500.00 offered, 120.00 left", offer("500.00"), "refund_full offer_accepted 120.00"),
            ("120.00 offered", offer("120.00"), "refund_full offer_accepted 120.00"),
            (
                "a late offer",
                night.clone().answered(countered("2026-04-20", "30.00")),
                "refund_partial offer_accepted 30.00",
            ),
            (
                "nothing was offered: 48.00 on the merits",
                night.clone().answered(rejected("2026-04-11")),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "responses not exported: 48.00 on the merits",
                night.clone().not_exported(|known| known.responses = false),
                "refund_partial colour_mismatch 48.00",
            ),
        ],
    );
}

#[test]
fn a_top_up_has_24_hours_to_be_credited() {
    let moments = [
        ("2026-03-01 23:59:59", "pending awaiting_credit 2026-03-02"),
        ("2026-03-02 00:00:00", "refund_full top_up_not_credited"),
        ("2026-03-02 00:00:01", "refund_full top_up_not_credited"),
    ];
    clock(&top_up(), moments);
    clock(&top_up().dispute(|dispute| dispute.reason = Reason::WrongItem), moments);
    clock(&top_up().set("top_up.hours=12"), [("2026-03-01 12:00:00", "refund_full top_up_not_credited")]);
}

#[test]
fn a_top_up_is_all_or_nothing() {
    let credited = |night: Night, when| night.and_event(when, TrackingStatus::Credited, "");
    let shipped = plain(Reason::Damaged).category("mobile_top_up");
    check(
        Night::award,
        [
            ("not credited, whatever was asked", top_up().requested("50.00"), "refund_full top_up_not_credited 120.00"),
            ("120.00 - 20.00 left", top_up().refunded("20.00"), "refund_full top_up_not_credited 100.00"),
            ("credited", credited(top_up(), "2026-03-01 08:00:00"), "denied top_up_credited 0.00"),
            ("credited late", credited(top_up(), "2026-05-31"), "denied top_up_credited 0.00"),
            ("shipped, whatever that means", shipped.clone(), "refund_full top_up_not_credited 120.00"),
            ("shipped and credited", credited(shipped, "2026-03-01"), "denied top_up_credited 0.00"),
            (
                "credited, but no top-up",
                credited(plain(Reason::NotReceived), "2026-03-01"),
                "refund_full not_delivered 120.00",
            ),
        ],
    );
}

#[test]
fn an_order_must_be_shipped_within_14_days_of_its_payment() {
    let night = plain(Reason::NotReceived).unshipped().opened("2026-03-10").answered(rejected("2026-03-11"));
    clock(
        &night,
        [
            ("2026-03-14 23:59:59", "pending awaiting_dispatch 2026-03-15"),
            ("2026-03-15 00:00:00", "refund_full never_shipped"),
            ("2026-03-15 00:00:01", "refund_full never_shipped"),
        ],
    );
    clock(&night.clone().set("never_shipped.days=20"), [("2026-03-15", "pending awaiting_dispatch 2026-03-21")]);
    check(
        Night::award,
        [
            ("all of it, whatever was asked", night.clone().requested("50.00"), "refund_full never_shipped 120.00"),
            ("120.00 - 20.00 left", night.clone().refunded("20.00"), "refund_full never_shipped 100.00"),
            ("goods reasons too", plain(Reason::ColourMismatch).unshipped(), "refund_full never_shipped 120.00"),
            (
                "a return or a credit is no shipment",
                night.clone().return_shipped("2026-03-05").and_event("2026-03-05", TrackingStatus::Credited, ""),
                "refund_full never_shipped 120.00",
            ),
            (
                "a parcel event is one",
                night.clone().and_event("2026-03-20", TrackingStatus::Accepted, "CN"),
                "refund_full not_delivered 120.00", // P = 2026-03-20 + 60 days = 2026-05-19
            ),
            (
                "a confirmation is one",
                night.confirmed("2026-03-12"), // R = 2026-03-12, after the dispute, before P
                "denied delivered_in_time 0.00",
            ),
        ],
    );
}

#[test]
fn a_dispute_opened_too_early_waits_until_five_days_after_shipment() {
    let shipped = plain(Reason::ColourMismatch).order(|order| order.shipped_at = Some(at("2026-04-08")));
    let by_event = plain(Reason::ColourMismatch).unshipped().and_event("2026-04-08", TrackingStatus::Accepted, "CN");
    let by_receipt = plain(Reason::ColourMismatch).unshipped().confirmed("2026-04-08");
    for night in [&shipped, &by_event, &by_receipt] {
        // T = 2026-04-08 + 5 days, E = T + 15 days.
        clock(
            night,
            [
                ("2026-04-12 23:59:59", "pending too_early 2026-04-13"),
                ("2026-04-13 00:00:00", "pending negotiating 2026-04-28"),
                ("2026-04-13 00:00:01", "pending negotiating 2026-04-28"),
            ],
        );
    }
    clock(
        &shipped.set("too_early.days=6"),
        [("2026-04-13", "pending too_early 2026-04-14"), ("2026-04-14", "pending negotiating 2026-04-29")],
    );
}

#[test]
fn a_shipment_is_dated_by_the_seller_before_the_carrier_before_the_buyer() {
    let night = |shipped: &str, event: &str, confirmed: &str| {
        plain(Reason::ColourMismatch)
            .order(|order| order.shipped_at = (!shipped.is_empty()).then(|| at(shipped)))
            .without_events()
            .and_event(event, TrackingStatus::InTransit, "CN")
            .and_event("2026-04-10", TrackingStatus::Arrived, "RU")
            .confirmed(confirmed)
            .as_of("2026-04-11")
    };
    check(
        Night::rule_and_next,
        [
            ("04-09 by the seller", night("2026-04-09", "2026-04-07", "2026-04-06"), "pending too_early 2026-04-14"),
            ("04-08 by the carrier", night("", "2026-04-08", "2026-04-06"), "pending too_early 2026-04-13"),
            (
                "the earliest event, wherever it stands",
                night("", "2026-04-09", "2026-04-06").and_event("2026-04-08", TrackingStatus::Accepted, "CN"),
                "pending too_early 2026-04-13",
            ),
        ],
    );
}

#[test]
fn a_dispute_may_be_opened_until_the_closing_date() {
    let opened =
        |night: &Night, when: &str| night.clone().opened(when).answered(rejected(when)).as_of("2026-07-01").rule();
    let goods = plain(Reason::ColourMismatch);
    let stated = |order: &mut arbiter_model::dispute::Order| order.protection_ends_at = Some(at("2026-05-04"));
    let tables = [
        ("R unknown: P + 15 days", goods.clone(), "2026-05-15 23:59:59", "2026-05-16 00:00:00", "2026-05-16 00:00:01"),
        (
            "R = 04-01, R + 15 days = 04-16: P",
            goods.clone().delivered("2026-04-01"),
            "2026-04-30 23:59:59",
            "2026-05-01 00:00:00",
            "2026-05-01 00:00:01",
        ),
        (
            "R = 04-25: R + 15 days",
            goods.clone().delivered("2026-04-25"),
            "2026-05-09 23:59:59",
            "2026-05-10 00:00:00",
            "2026-05-10 00:00:01",
        ),
        (
            "confirmed on 04-24, before the delivery of 04-25",
            goods.clone().delivered("2026-04-25").confirmed("2026-04-24"),
            "2026-05-08 23:59:59",
            "2026-05-09 00:00:00",
            "2026-05-09 00:00:01",
        ),
        ("P stated", goods.order(stated), "2026-05-18 23:59:59", "2026-05-19 00:00:00", "2026-05-19 00:00:01"),
    ];
    for (what, night, before, on, after) in tables {
        assert_eq!(opened(&night, before), "refund_partial colour_mismatch", "{what}: {before}");
        assert_eq!(opened(&night, on), "refund_partial colour_mismatch", "{what}: {on}");
        assert_eq!(opened(&night, after), "denied too_late", "{what}: {after}");
    }
}

#[test]
fn the_closing_date_follows_its_parameters() {
    let night = plain(Reason::ColourMismatch).opened("2026-05-16 00:00:01").answered(rejected("2026-05-17"));
    check(
        Night::rule,
        [
            ("16 days after P", night.clone().set("too_late.days=16"), "refund_partial colour_mismatch"),
            ("protected for 61 days", night.clone().set("protection.days=61"), "refund_partial colour_mismatch"),
            ("as it is", night, "denied too_late"),
        ],
    );
}

#[test]
fn of_several_rules_the_first_decides() {
    let late = plain(Reason::ColourMismatch).opened("2026-05-20").unanswered();
    let credited = top_up().and_event("2026-03-01", TrackingStatus::Credited, "");
    check(
        Night::award,
        [
            ("too late, and the seller silent", late, "denied too_late 0.00"),
            (
                "never shipped, and the seller silent",
                plain(Reason::NotReceived).unshipped().unanswered(),
                "refund_full never_shipped 120.00",
            ),
            (
                "a credited top-up, and an offer taken",
                credited.answered(countered("2026-04-11", "30.00")).offer_taken("2026-04-12"),
                "refund_partial offer_accepted 30.00",
            ),
            (
                "withdrawn after the escalation and after the protection",
                plain(Reason::ColourMismatch).withdrawn("2026-05-20"),
                "denied withdrawn_after_escalation 0.00",
            ),
        ],
    );
    // P = 2026-03-20, so that the dispute closed on 2026-04-04; T = 2026-04-13.
    let early_and_late = plain(Reason::ColourMismatch).order(|order| {
        (order.shipped_at, order.protection_ends_at) = (Some(at("2026-04-08")), Some(at("2026-03-20")));
    });
    clock(
        &early_and_late,
        [("2026-04-12 23:59:59", "pending too_early 2026-04-13"), ("2026-04-13 00:00:00", "denied too_late")],
    );
}

#[test]
fn a_dispute_is_decided_from_the_instant_it_is_opened() {
    let night = plain(Reason::NotReceived).answered(rejected("2026-04-10"));
    assert!(night.clone().as_of("2026-04-09 23:59:59").decide_all().is_empty(), "not yet open");
    clock(&night, [("2026-04-10 00:00:00", "pending negotiating 2026-04-25")]);
    let night = night.and_dispute({
        let mut later = dispute("D-2", Reason::ColourMismatch);
        (later.opened_at, later.requested) = (at("2026-06-01 00:00:01"), Some(money("10.00", "USD")));
        later
    });
    assert_eq!(night.awards(), "refund_full not_delivered 120.00", "the second opens a second after the as-of");
}
