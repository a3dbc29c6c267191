//! The seller's deadline, and the escalation.

use arbiter_model::dispute::{Reason, TrackingStatus, Video};

use crate::common::{Night, accepted, at, countered, plain, rejected};
use crate::{check, clock};

// On the merits the colour pays 120.00 x (0.30 + 0.20 x 0.50) = 48.00; a silent seller pays all that was asked.
fn colour() -> Night {
    plain(Reason::ColourMismatch)
}

fn silent() -> Night {
    colour().unanswered()
}

#[test]
fn the_seller_has_until_five_days_after_the_start() {
    clock(
        &silent(),
        [
            ("2026-04-14 23:59:59", "pending negotiating 2026-04-15"),
            ("2026-04-15 00:00:00", "refund_full seller_silent"),
            ("2026-04-15 00:00:01", "refund_full seller_silent"),
        ],
    );
    clock(
        &silent().set("seller_silent.days=4"),
        [
            ("2026-04-13 23:59:59", "pending negotiating 2026-04-14"),
            ("2026-04-14 00:00:00", "refund_full seller_silent"),
        ],
    );
    // Shipped on 2026-04-08: T = 2026-04-13.
    clock(
        &silent().order(|order| order.shipped_at = Some(at("2026-04-08"))),
        [
            ("2026-04-17 23:59:59", "pending negotiating 2026-04-18"),
            ("2026-04-18 00:00:00", "refund_full seller_silent"),
            ("2026-04-18 00:00:01", "refund_full seller_silent"),
        ],
    );
}

#[test]
fn an_answer_at_the_deadline_is_in_time_and_a_later_one_does_not_undo_the_silence() {
    let answered = |when: &str| colour().answered(rejected(when)).as_of("2026-04-20");
    let offered = |when: &str| colour().answered(countered(when, "30.00")).as_of("2026-04-20");
    check(
        Night::rule_and_next,
        [
            ("rejected before L", answered("2026-04-14 23:59:59"), "pending negotiating 2026-04-25"),
            ("rejected at L", answered("2026-04-15 00:00:00"), "pending negotiating 2026-04-25"),
            ("rejected after L", answered("2026-04-15 00:00:01"), "refund_full seller_silent"),
            ("rejected before the dispute", answered("2026-04-09"), "pending negotiating 2026-04-25"),
            ("countered at L: 15 days from then", offered("2026-04-15 00:00:00"), "pending negotiating 2026-04-30"),
            ("countered after L", offered("2026-04-15 00:00:01"), "refund_full seller_silent"),
            (
                "countered after L, and taken",
                offered("2026-04-15 00:00:01").offer_taken("2026-04-16"),
                "refund_partial offer_accepted",
            ),
            (
                "a late acceptance is one",
                colour().answered(accepted("2026-04-16")).as_of("2026-04-20"),
                "refund_full seller_accepted",
            ),
            (
                "silence, until the late acceptance",
                colour().answered(accepted("2026-04-16")).as_of("2026-04-15 23:59:59"),
                "refund_full seller_silent",
            ),
        ],
    );
}

#[test]
fn a_silent_seller_pays_what_was_asked() {
    let double = plain(Reason::WrongItem).category("electronics").evidence(1, Video::Continuous).unanswered();
    check(
        Night::award,
        [
            ("nothing asked: the goods' price", silent(), "refund_full seller_silent 120.00"),
            ("50.00 asked", silent().requested("50.00"), "refund_partial seller_silent 50.00"),
            ("asked lowered to 120.00", silent().requested("200.00"), "refund_full seller_silent 120.00"),
            ("120.00 - 100.00 left", silent().refunded("100.00"), "refund_full seller_silent 20.00"),
            ("never double", double.requested("240.00"), "refund_full seller_silent 120.00"),
            ("no evidence is needed", silent().evidence(0, Video::None), "refund_full seller_silent 120.00"),
            (
                "before the carrier's word, and 50.00 where that would pay all",
                plain(Reason::NotReceived).unanswered().requested("50.00").and_event(
                    "2026-04-12",
                    TrackingStatus::Lost,
                    "RU",
                ),
                "refund_partial seller_silent 50.00",
            ),
            (
                "before a question to the buyer",
                silent().info_requested("2026-04-12"),
                "refund_full seller_silent 120.00",
            ),
            ("whatever the reason", plain(Reason::OrderedByMistake).unanswered(), "refund_full seller_silent 120.00"),
        ],
    );
}

#[test]
fn a_silent_seller_does_not_pay_for_tampered_evidence() {
    // No evidence, then: awaited until E + 3 days.
    clock(
        &silent().tampered(),
        [
            ("2026-04-14 23:59:59", "pending negotiating 2026-04-15"),
            ("2026-04-15 00:00:00", "pending negotiating 2026-04-25"),
            ("2026-04-25 00:00:00", "pending awaiting_evidence 2026-04-28"),
        ],
    );
}

#[test]
fn an_escalation_before_the_deadline_hands_a_silent_seller_to_the_platform() {
    let escalated = |when: &str| silent().escalated(when).as_of("2026-04-20");
    check(
        Night::award,
        [
            ("before T + 3 days", escalated("2026-04-11"), "refund_partial colour_mismatch 48.00"),
            ("before L", escalated("2026-04-14 23:59:59"), "refund_partial colour_mismatch 48.00"),
            ("at L", escalated("2026-04-15 00:00:00"), "refund_full seller_silent 120.00"),
            ("after L", escalated("2026-04-15 00:00:01"), "refund_full seller_silent 120.00"),
        ],
    );
    // T + 3 days is 2026-04-13, and comes before L.
    clock(
        &silent().escalated("2026-04-11"),
        [
            ("2026-04-12 23:59:59", "pending negotiating 2026-04-13"),
            ("2026-04-13 00:00:00", "refund_partial colour_mismatch"),
        ],
    );
    // With six days T + 6 days is 2026-04-16, which is after L.
    clock(
        &silent().escalated("2026-04-11").set("escalation.manual_days=6"),
        [
            ("2026-04-14 23:59:59", "pending negotiating 2026-04-15"),
            ("2026-04-15 00:00:00", "refund_full seller_silent"),
            ("2026-04-16 00:00:00", "refund_full seller_silent"),
        ],
    );
}

#[test]
fn either_side_can_escalate_from_three_days_after_the_start() {
    clock(
        &colour().escalated("2026-04-11"),
        [
            ("2026-04-10 23:59:59", "pending negotiating 2026-04-15"),
            ("2026-04-12 23:59:59", "pending negotiating 2026-04-13"),
            ("2026-04-13 00:00:00", "refund_partial colour_mismatch"),
            ("2026-04-13 00:00:01", "refund_partial colour_mismatch"),
        ],
    );
    clock(
        &colour().escalated("2026-04-20 12:00:00"),
        [
            ("2026-04-20 11:59:59", "pending negotiating 2026-04-25"),
            ("2026-04-20 12:00:00", "refund_partial colour_mismatch"),
            ("2026-04-20 12:00:01", "refund_partial colour_mismatch"),
        ],
    );
    clock(
        &colour().escalated("2026-04-11").set("escalation.manual_days=4"),
        [
            ("2026-04-13 23:59:59", "pending negotiating 2026-04-14"),
            ("2026-04-14 00:00:00", "refund_partial colour_mismatch"),
        ],
    );
}

#[test]
fn a_dispute_escalates_by_itself_after_15_days() {
    clock(
        &colour(),
        [
            ("2026-04-10 23:59:59", "pending negotiating 2026-04-15"),
            ("2026-04-11 00:00:00", "pending negotiating 2026-04-25"),
            ("2026-04-24 23:59:59", "pending negotiating 2026-04-25"),
            ("2026-04-25 00:00:00", "refund_partial colour_mismatch"),
            ("2026-04-25 00:00:01", "refund_partial colour_mismatch"),
        ],
    );
    clock(
        &colour().set("escalation.automatic_days=10"),
        [
            ("2026-04-19 23:59:59", "pending negotiating 2026-04-20"),
            ("2026-04-20 00:00:00", "refund_partial colour_mismatch"),
        ],
    );
    // A manual escalation after the automatic one changes nothing.
    clock(&colour().escalated("2026-04-26"), [("2026-04-25", "refund_partial colour_mismatch")]);
}

#[test]
fn a_counter_offer_moves_the_automatic_escalation() {
    clock(
        &colour().answered(countered("2026-04-14", "30.00")),
        [
            ("2026-04-13 23:59:59", "pending negotiating 2026-04-15"),
            ("2026-04-14 00:00:00", "pending negotiating 2026-04-29"),
            ("2026-04-28 23:59:59", "pending negotiating 2026-04-29"),
            ("2026-04-29 00:00:00", "refund_partial colour_mismatch"),
            ("2026-04-29 00:00:01", "refund_partial colour_mismatch"),
        ],
    );
    // Countered on 2026-04-11, before T = 2026-04-13: 15 days from T.
    clock(
        &colour().order(|order| order.shipped_at = Some(at("2026-04-08"))).answered(countered("2026-04-11", "30.00")),
        [
            ("2026-04-27 23:59:59", "pending negotiating 2026-04-28"),
            ("2026-04-28 00:00:00", "refund_partial colour_mismatch"),
        ],
    );
    // It does not move the manual one.
    clock(
        &colour().answered(countered("2026-04-14", "30.00")).escalated("2026-04-16"),
        [("2026-04-16", "refund_partial colour_mismatch")],
    );
}

#[test]
fn a_counter_offer_after_15_days_comes_too_late_to_move_the_escalation() {
    // The evidence is tampered with, so that the seller's silence until then pays nothing.
    let countered = |when: &str| colour().tampered().answered(countered(when, "30.00"));
    clock(&countered("2026-04-24 23:59:59"), [("2026-04-25", "pending negotiating 2026-05-09T23:59:59")]);
    clock(
        &countered("2026-04-25 00:00:00"),
        [
            ("2026-04-24 23:59:59", "pending negotiating 2026-04-25"),
            ("2026-04-25 00:00:00", "pending negotiating 2026-05-10"),
            ("2026-05-10 00:00:00", "pending awaiting_evidence 2026-05-13"),
        ],
    );
    clock(&countered("2026-04-25 00:00:01"), [("2026-04-25 00:00:01", "pending awaiting_evidence 2026-04-28")]);
}

#[test]
fn without_responses_the_arbitrator_hears_the_case_from_its_start() {
    let night = silent().not_exported(|known| known.responses = false);
    clock(&night, [("2026-04-10 00:00:00", "refund_partial colour_mismatch")]);
    // Shipped on 2026-04-08: T = E = 2026-04-13; evidence is awaited for three days.
    let early = night.order(|order| order.shipped_at = Some(at("2026-04-08"))).evidence(0, Video::None);
    clock(
        &early,
        [
            ("2026-04-12 23:59:59", "pending too_early 2026-04-13"),
            ("2026-04-13 00:00:00", "pending awaiting_evidence 2026-04-16"),
            ("2026-04-16 00:00:00", "denied insufficient_evidence"),
        ],
    );
    // A manual escalation does not count.
    clock(
        &early.escalated("2026-04-15"),
        [("2026-04-15", "pending awaiting_evidence 2026-04-16"), ("2026-04-16", "denied insufficient_evidence")],
    );
}
