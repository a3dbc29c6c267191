//! The merits of a parcel that did not come, or not in time.

use arbiter_model::dispute::{Reason, TrackingStatus};

use crate::common::{Night, at, countered, money, plain, rejected};
use crate::{check, clock};

#[test]
fn a_parcel_delivered_to_somebody_else_is_looked_at_by_a_person() {
    let night = plain(Reason::WrongAddress).delivered("2026-04-05");
    check(
        Night::decide,
        [
            ("delivered before the dispute", night.clone(), "referred wrong_address 0.00 queue=complaint"),
            (
                "delivered after it",
                plain(Reason::WrongAddress).delivered("2026-04-20"),
                "referred wrong_address 0.00 queue=complaint",
            ),
            (
                "delivered after the end of protection",
                plain(Reason::WrongAddress).delivered("2026-05-20"),
                "referred wrong_address 0.00 queue=complaint",
            ),
            ("the buyer has it all the same", night.clone().confirmed("2026-04-06"), "denied delivery_on_record 0.00"),
        ],
    );
    check(
        Night::award,
        [
            ("never delivered", plain(Reason::WrongAddress), "refund_full not_delivered 120.00"),
            (
                "delivered to DE",
                plain(Reason::WrongAddress).and_event("2026-04-05", TrackingStatus::Delivered, "DE"),
                "refund_full delivered_elsewhere 120.00",
            ),
            (
                "confirmed, never delivered",
                plain(Reason::WrongAddress).confirmed("2026-04-12"),
                "denied delivered_in_time 0.00",
            ),
        ],
    );
}

#[test]
fn a_delivery_counts_by_whether_it_came_before_the_dispute_and_before_the_end_of_protection() {
    let table = [
        ("a second before the dispute", "2026-04-09 23:59:59", "denied delivery_on_record 0.00"),
        ("with the dispute", "2026-04-10 00:00:00", "denied delivery_on_record 0.00"),
        ("a second after the dispute", "2026-04-10 00:00:01", "denied delivered_in_time 0.00"),
        ("a second before the end of protection", "2026-04-30 23:59:59", "denied delivered_in_time 0.00"),
        ("at the end of protection", "2026-05-01 00:00:00", "denied delivered_in_time 0.00"),
        // 120.00 x 0.50 = 60.00
        ("a second after the end of protection", "2026-05-01 00:00:01", "refund_partial delivered_late 60.00"),
    ];
    for (what, when, expected) in table {
        for reason in [Reason::NotReceived, Reason::NotTrackable] {
            assert_eq!(plain(reason).delivered(when).award(), expected, "delivered {what}, {reason}");
            assert_eq!(plain(reason).confirmed(when).award(), expected, "confirmed {what}, {reason}");
            assert_eq!(plain(reason).without_events().confirmed(when).award(), expected, "no events, {what}, {reason}");
        }
    }
}

#[test]
fn the_earlier_of_delivery_and_confirmation_is_the_receipt() {
    let night = |delivered: &str, confirmed: &str| plain(Reason::NotReceived).delivered(delivered).confirmed(confirmed);
    check(
        Night::rule,
        [
            ("delivered first", night("2026-04-10", "2026-05-02"), "denied delivery_on_record"),
            ("confirmed first", night("2026-05-02", "2026-04-11"), "denied delivered_in_time"),
            ("both late", night("2026-05-03", "2026-05-02"), "refund_partial delivered_late"),
            (
                "the earliest of two deliveries",
                plain(Reason::NotReceived).delivered("2026-05-03").delivered("2026-04-12"),
                "denied delivered_in_time",
            ),
            (
                "of two deliveries the one at home",
                plain(Reason::NotReceived)
                    .and_event("2026-04-05", TrackingStatus::Delivered, "DE")
                    .delivered("2026-04-12"),
                "denied delivered_in_time",
            ),
        ],
    );
}

#[test]
fn a_late_delivery_gives_half_back() {
    let late = plain(Reason::NotReceived).delivered("2026-05-02");
    let yen = |goods| plain(Reason::NotReceived).delivered("2026-05-02").priced(goods, "JPY");
    check(
        Night::award,
        [
            ("120.00 x 0.50", late.clone(), "refund_partial delivered_late 60.00"),
            ("40.00 asked", late.clone().requested("40.00"), "refund_partial delivered_late 40.00"),
            ("60.00 asked", late.clone().requested("60.00"), "refund_partial delivered_late 60.00"),
            ("120.00 - 100.00 left", late.clone().refunded("100.00"), "refund_full delivered_late 20.00"),
            ("60.00 left", late.clone().refunded("60.00"), "refund_full delivered_late 60.00"),
            ("59.99 left", late.clone().refunded("60.01"), "refund_full delivered_late 59.99"),
            (
                "an offer is no floor for a parcel",
                late.clone().answered(countered("2026-04-11", "80.00")),
                "refund_partial delivered_late 60.00",
            ),
            (
                "40 % by parameter: 48.00",
                late.clone().set("delivered_late.share=0.40"),
                "refund_partial delivered_late 48.00",
            ),
            ("0.05 x 0.50 = 0.025", late.clone().priced("0.05", "USD"), "refund_partial delivered_late 0.03"),
            ("3 x 0.50 = 1.5", yen("3"), "refund_partial delivered_late 2"),
            ("1 x 0.50 = 0.5", yen("1"), "refund_full delivered_late 1"),
            (
                "opened and received after the end of protection",
                plain(Reason::NotReceived)
                    .opened("2026-05-02")
                    .answered(rejected("2026-05-03"))
                    .delivered("2026-05-05"),
                "refund_partial delivered_late 60.00",
            ),
        ],
    );
}

#[test]
fn a_parcel_that_has_not_moved_for_21_days_is_lost() {
    let night = plain(Reason::NotReceived).and_event("2026-04-08", TrackingStatus::Customs, "RU");
    clock(
        &night,
        [
            ("2026-04-28 23:59:59", "pending awaiting_protection_end 2026-05-01"),
            ("2026-04-29 00:00:00", "refund_full parcel_stalled"),
            ("2026-04-29 00:00:01", "refund_full parcel_stalled"),
            ("2026-04-30 23:59:59", "refund_full parcel_stalled"),
            ("2026-05-01 00:00:00", "refund_full not_delivered"),
        ],
    );
    clock(&night.clone().set("parcel_stalled.days=20"), [("2026-04-28", "refund_full parcel_stalled")]);
    let night = night.as_of("2026-04-29");
    check(
        Night::award,
        [
            ("all of it, whatever was asked", night.clone().requested("50.00"), "refund_full parcel_stalled 120.00"),
            ("120.00 - 20.00 left", night.clone().refunded("20.00"), "refund_full parcel_stalled 100.00"),
            (
                "the latest event moves, wherever it stands",
                plain(Reason::NotReceived)
                    .without_events()
                    .and_event("2026-04-09", TrackingStatus::Customs, "RU")
                    .and_event("2026-03-03", TrackingStatus::Accepted, "CN")
                    .as_of("2026-04-29"),
                "pending awaiting_protection_end 0.00",
            ),
            (
                "a return and a credit are no movement",
                night.return_shipped("2026-04-27").and_event("2026-04-27", TrackingStatus::Credited, ""),
                "refund_full parcel_stalled 120.00",
            ),
            (
                "no event at all is no standstill",
                plain(Reason::NotReceived).without_events().as_of("2026-04-29"),
                "pending awaiting_protection_end 0.00",
            ),
        ],
    );
}

#[test]
fn a_parcel_may_come_until_the_end_of_protection() {
    let moving = plain(Reason::NotReceived).and_event("2026-04-20", TrackingStatus::Customs, "RU");
    clock(
        &moving,
        [
            ("2026-04-30 23:59:59", "pending awaiting_protection_end 2026-05-01"),
            ("2026-05-01 00:00:00", "refund_full not_delivered"),
            ("2026-05-01 00:00:01", "refund_full not_delivered"),
        ],
    );
    for reason in [Reason::NotReceived, Reason::NotTrackable, Reason::WrongAddress] {
        clock(
            &plain(reason).without_events(),
            [
                ("2026-04-30 23:59:59", "pending awaiting_protection_end 2026-05-01"),
                ("2026-05-01 00:00:00", "refund_full not_trackable"),
                ("2026-05-01 00:00:01", "refund_full not_trackable"),
            ],
        );
    }
    // An extended protection counts, and so does another parameter.
    let extended = moving.clone().order(|order| order.protection_ends_at = Some(at("2026-05-03 08:00:00")));
    clock(
        &extended,
        [
            ("2026-05-03 07:59:59", "pending awaiting_protection_end 2026-05-03T08:00:00"),
            ("2026-05-03 08:00:00", "refund_full not_delivered"),
        ],
    );
    clock(
        &moving.set("protection.days=61"),
        [("2026-05-01", "pending awaiting_protection_end 2026-05-02"), ("2026-05-02", "refund_full not_delivered")],
    );
}

#[test]
fn goods_that_never_came_are_paid_in_full_whatever_was_asked() {
    let asked = |reason| plain(reason).requested("50.00");
    check(
        Night::brief,
        [
            ("not delivered", asked(Reason::NotReceived), "refund_full not_delivered 120.00 notes=cashback_void"),
            (
                "not trackable",
                asked(Reason::NotTrackable).without_events(),
                "refund_full not_trackable 120.00 notes=cashback_void",
            ),
            (
                "the reason not_trackable, but there is an event",
                asked(Reason::NotTrackable),
                "refund_full not_delivered 120.00 notes=cashback_void",
            ),
            (
                "200.00 asked: nobody looks at that",
                plain(Reason::NotReceived).dispute(|dispute| dispute.requested = Some(money("200.00", "USD"))),
                "refund_full not_delivered 120.00 notes=cashback_void",
            ),
            (
                "120.00 - 20.00 left",
                asked(Reason::NotReceived).refunded("20.00"),
                "refund_full not_delivered 100.00 notes=cashback_void",
            ),
        ],
    );
}
