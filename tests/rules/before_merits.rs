//! The carrier's word, and the platform's questions.

use arbiter_model::dispute::{Country, Reason, TrackingStatus};

use crate::common::{Night, plain};
use crate::{check, clock};

const PARCEL_REASONS: [Reason; 3] = [Reason::NotReceived, Reason::NotTrackable, Reason::WrongAddress];

#[test]
fn a_parcel_that_went_back_or_was_lost_is_paid_in_full() {
    for reason in PARCEL_REASONS {
        let night = plain(reason).requested("50.00").and_event("2026-04-20", TrackingStatus::Returned, "CN");
        check(
            Night::award,
            [
                ("returned, whatever was asked", night.clone(), "refund_full parcel_returned 120.00"),
                ("120.00 - 20.00 left", night.clone().refunded("20.00"), "refund_full parcel_returned 100.00"),
                (
                    "before a question to the buyer",
                    night.info_requested("2026-05-31"),
                    "refund_full parcel_returned 120.00",
                ),
                (
                    "lost",
                    plain(reason).and_event("2026-04-20", TrackingStatus::Lost, ""),
                    "refund_full parcel_returned 120.00",
                ),
                (
                    "delivered, then returned",
                    plain(reason).delivered("2026-04-19").and_event("2026-04-20", TrackingStatus::Returned, "CN"),
                    "refund_full parcel_returned 120.00",
                ),
                (
                    "delivered abroad, then lost",
                    plain(reason).and_event("2026-04-19", TrackingStatus::Delivered, "DE").and_event(
                        "2026-04-20",
                        TrackingStatus::Lost,
                        "DE",
                    ),
                    "refund_full parcel_returned 120.00",
                ),
            ],
        );
    }
}

#[test]
fn only_the_latest_parcel_event_says_that_the_parcel_went_back() {
    let lost = |when: &str| plain(Reason::NotReceived).and_event(when, TrackingStatus::Lost, "");
    let moves = |night: Night, when: &str| night.and_event(when, TrackingStatus::InTransit, "RU");
    let credited = lost("2026-04-20").and_event("2026-04-21", TrackingStatus::Credited, "");
    check(
        Night::rule,
        [
            (
                "lost, found a second later",
                moves(lost("2026-04-20"), "2026-04-20 00:00:01"),
                "refund_full not_delivered",
            ),
            (
                "of one instant the later row: found",
                moves(lost("2026-04-20"), "2026-04-20"),
                "refund_full not_delivered",
            ),
            (
                "of one instant the later row: lost",
                moves(plain(Reason::NotReceived), "2026-04-20").and_event("2026-04-20", TrackingStatus::Lost, ""),
                "refund_full parcel_returned",
            ),
            (
                "a later row of an earlier event",
                moves(lost("2026-04-20"), "2026-04-19 23:59:59"),
                "refund_full parcel_returned",
            ),
            (
                "a return is no parcel event",
                lost("2026-04-20").return_shipped("2026-04-21"),
                "refund_full parcel_returned",
            ),
            ("nor is a credit", credited, "refund_full parcel_returned"),
            ("the buyer has it", lost("2026-04-20").confirmed("2026-04-05"), "denied delivery_on_record"),
            (
                "not for goods reasons",
                plain(Reason::ColourMismatch).and_event("2026-04-20", TrackingStatus::Returned, "CN"),
                "refund_partial colour_mismatch",
            ),
        ],
    );
}

#[test]
fn a_parcel_delivered_in_another_country_is_paid_in_full() {
    let abroad = |reason| plain(reason).and_event("2026-04-05", TrackingStatus::Delivered, "DE");
    let nowhere = |night: Night| night.order(|order| order.destination = None);
    for reason in PARCEL_REASONS {
        let night = abroad(reason).requested("50.00");
        check(
            Night::award,
            [
                ("in DE instead of RU", night.clone(), "refund_full delivered_elsewhere 120.00"),
                ("120.00 - 20.00 left", night.clone().refunded("20.00"), "refund_full delivered_elsewhere 100.00"),
                ("before a question", night.info_requested("2026-05-31"), "refund_full delivered_elsewhere 120.00"),
            ],
        );
    }
    check(
        Night::rule,
        [
            (
                "long before the end of protection",
                abroad(Reason::NotReceived).as_of("2026-04-26"),
                "refund_full delivered_elsewhere",
            ),
            ("delivered at home too", abroad(Reason::NotReceived).delivered("2026-04-06"), "denied delivery_on_record"),
            ("confirmed", abroad(Reason::NotReceived).confirmed("2026-04-06"), "denied delivery_on_record"),
            ("the destination is not known", nowhere(abroad(Reason::NotReceived)), "denied delivery_on_record"),
            (
                "the event's country is not known",
                plain(Reason::NotReceived).and_event("2026-04-05", TrackingStatus::Delivered, ""),
                "denied delivery_on_record",
            ),
            (
                "to DE, as ordered",
                abroad(Reason::NotReceived).order(|order| order.destination = Country::from_code("de")),
                "denied delivery_on_record",
            ),
            (
                "other events abroad say nothing",
                plain(Reason::NotReceived).and_event("2026-04-05", TrackingStatus::OutForDelivery, "DE"),
                "refund_full not_delivered",
            ),
            ("not for goods reasons", abroad(Reason::ColourMismatch), "refund_partial colour_mismatch"),
        ],
    );
}

#[test]
fn the_buyer_has_three_days_to_answer_the_platform() {
    let asked = plain(Reason::ColourMismatch).info_requested("2026-05-10");
    clock(
        &asked,
        [
            ("2026-05-09 23:59:59", "refund_partial colour_mismatch"),
            ("2026-05-10 00:00:00", "pending awaiting_buyer 2026-05-13"),
            ("2026-05-12 23:59:59", "pending awaiting_buyer 2026-05-13"),
            ("2026-05-13 00:00:00", "denied buyer_unresponsive"),
            ("2026-05-13 00:00:01", "denied buyer_unresponsive"),
        ],
    );
    clock(
        &asked.clone().set("awaiting_buyer.days=4"),
        [("2026-05-13", "pending awaiting_buyer 2026-05-14"), ("2026-05-14", "denied buyer_unresponsive")],
    );
    check(
        Night::award,
        [
            (
                "supplied before the deadline",
                asked.clone().info_supplied("2026-05-12 23:59:59"),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "supplied at the deadline",
                asked.clone().info_supplied("2026-05-13 00:00:00"),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "supplied after the deadline",
                asked.clone().info_supplied("2026-05-13 00:00:01"),
                "denied buyer_unresponsive 0.00",
            ),
            (
                "supplied at the deadline, decided at the deadline",
                asked.clone().info_supplied("2026-05-13").as_of("2026-05-13"),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "not yet supplied",
                asked.info_supplied("2026-05-12").as_of("2026-05-11 23:59:59"),
                "pending awaiting_buyer 0.00",
            ),
            (
                "parcel reasons too",
                plain(Reason::NotReceived).info_requested("2026-05-10"),
                "denied buyer_unresponsive 0.00",
            ),
        ],
    );
}

#[test]
fn a_question_to_the_buyer_comes_after_the_negotiation_and_before_the_evidence() {
    let asked = plain(Reason::ColourMismatch).info_requested("2026-04-24").dispute(|dispute| dispute.photos = 0);
    clock(
        &asked,
        [
            ("2026-04-24 23:59:59", "pending negotiating 2026-04-25"),
            ("2026-04-25 00:00:00", "pending awaiting_buyer 2026-04-27"),
            ("2026-04-27 00:00:00", "denied buyer_unresponsive"),
        ],
    );
    // Supplied: the evidence is still awaited until E + 3 days.
    clock(
        &asked.info_supplied("2026-04-26"),
        [
            ("2026-04-25 23:59:59", "pending awaiting_buyer 2026-04-27"),
            ("2026-04-26 00:00:00", "pending awaiting_evidence 2026-04-28"),
        ],
    );
}
