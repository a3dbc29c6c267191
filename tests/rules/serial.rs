//! Buyers who dispute too much, and what becomes of their awards.

use arbiter_model::dispute::{Reason, TrackingStatus, Video};

use crate::check;
use crate::common::{Night, accepted, at, countered, dispute, plain};

/// Another order with a dispute that nobody decides anything about.
fn other(number: usize) -> Night {
    let mut other = plain(Reason::Other);
    other.order.id = format!("Y-{number}").into();
    other.disputes[0].id = format!("YD-{number}").into();
    other
}

/// The dispute of a buyer who disputed five orders of five: 5 / (5 + 3.8416) = 0.57, `blocked`.
fn blocked(reason: Reason) -> Night {
    plain(reason).with_serial_buyer(4)
}

#[test]
fn the_level_rises_with_the_disputed_orders_and_their_share_in_all() {
    // The case itself, so many more disputed, so many undisputed orders.
    let record = |disputed: usize, undisputed: usize| {
        plain(Reason::Other).with_serial_buyer(disputed - 1).with_undisputed_orders(undisputed)
    };
    check(
        Night::level,
        [
            ("1 of 1: fewer than 3", record(1, 0), "none"),
            ("2 of 2: fewer than 3", record(2, 0), "none"),
            ("3 of 3: 0.44, fewer than 4", record(3, 0), "watch"),
            ("4 of 4: 0.51, fewer than 5", record(4, 0), "flagged"),
            ("5 of 5: 0.57", record(5, 0), "blocked"),
            ("5 of 6: 0.436", record(5, 1), "blocked"),
            ("5 of 7: 0.359", record(5, 2), "flagged"),
            ("4 of 7: 0.250", record(4, 3), "flagged"),
            ("4 of 8: 0.215", record(4, 4), "watch"),
            ("2 of 10", record(2, 8), "none"),
            ("3 of 10: 0.108", record(3, 7), "watch"),
            ("3 of 11: 0.097", record(3, 8), "none"),
            ("4 of 10: 0.168", record(4, 6), "watch"),
            ("5 of 10: 0.237", record(5, 5), "flagged"),
            ("6 of 10: 0.313", record(6, 4), "flagged"),
            ("7 of 10: 0.397", record(7, 3), "blocked"),
            ("5 of 65", record(5, 60), "none"),
        ],
    );
}

#[test]
fn levels_are_parameters() {
    check(
        Night::level,
        [
            ("6 to be blocked", blocked(Reason::Other).set("serial_disputer.blocked.disputes=6"), "flagged"),
            ("0.60 to be blocked", blocked(Reason::Other).set("serial_disputer.blocked.lower=0.60"), "flagged"),
            (
                "2 to be watched: 2 / (2 + 3.8416) = 0.34",
                plain(Reason::Other).with_serial_buyer(1).set("serial_disputer.watch.disputes=2"),
                "watch",
            ),
        ],
    );
}

#[test]
fn disputes_count_for_180_days() {
    // The fifth of five disputed orders: with it 5 of 5, without it 4 of 5, which is 0.38.
    let opened = |when: &str| plain(Reason::Other).with_serial_buyer(3).and_order(other(5).opened(when));
    check(
        Night::level,
        [
            ("a second before the window", opened("2025-12-02 23:59:59"), "flagged"),
            ("at its beginning", opened("2025-12-03 00:00:00"), "flagged"),
            ("a second after", opened("2025-12-03 00:00:01"), "blocked"),
            ("a second before the as-of", opened("2026-05-31 23:59:59"), "blocked"),
            ("at the as-of", opened("2026-06-01 00:00:00"), "blocked"),
            ("a second after the as-of", opened("2026-06-01 00:00:01"), "flagged"),
            (
                "a day longer by parameter",
                opened("2025-12-02 00:00:01").set("serial_disputer.window_days=181"),
                "blocked",
            ),
        ],
    );
}

#[test]
fn orders_count_for_180_days() {
    // With it 5 of 7, which is 0.359, without it 5 of 6, which is 0.436.
    let paid = |when: &str| {
        let mut night = blocked(Reason::Other).with_undisputed_orders(1);
        night.other_orders_paid_at.push(at(when));
        night
    };
    check(
        Night::level,
        [
            ("a second before the window", paid("2025-12-02 23:59:59"), "blocked"),
            ("at its beginning", paid("2025-12-03 00:00:00"), "blocked"),
            ("a second after", paid("2025-12-03 00:00:01"), "flagged"),
            ("a second before the as-of", paid("2026-05-31 23:59:59"), "flagged"),
            ("at the as-of", paid("2026-06-01 00:00:00"), "flagged"),
            ("a second after the as-of", paid("2026-06-01 00:00:01"), "blocked"),
        ],
    );
}

#[test]
fn there_are_at_least_as_many_orders_as_disputed_ones() {
    // Five disputes of the window, on orders all but one of which were paid before it: 5 of 5.
    let night = (1..5).fold(plain(Reason::Other), |night, number| {
        night.and_order(other(number).order(|order| order.paid_at = at("2025-11-01")))
    });
    assert_eq!(night.level(), "blocked");
}

#[test]
fn disputes_are_counted_by_order_and_for_who_opened_them() {
    let anothers_order = |number| other(number).order(|order| order.buyer_id = "zoe".into());
    let by_another = |number| other(number).dispute(|dispute| dispute.buyer_id = "zoe".into());
    let again = |number: usize| other(number).and_dispute(dispute(&format!("ZD-{number}"), Reason::Other));
    let night =
        |other: fn(usize) -> Night| (1..5).fold(plain(Reason::Other), |night, number| night.and_order(other(number)));
    check(
        Night::level,
        [
            ("five orders", night(other), "blocked"),
            ("four of them somebody else's: 5 of at least 5", night(anothers_order), "blocked"),
            ("four of them disputed by somebody else: 1 of 5", night(by_another), "none"),
            (
                "two disputes of one order are one: 4 of 4",
                plain(Reason::Other).and_order(again(1)).and_order(again(2)).and_order(other(3)),
                "flagged",
            ),
            ("withdrawn disputes count", night(|number| other(number).withdrawn("2026-04-12")), "blocked"),
            ("so do accepted ones", night(|number| other(number).answered(accepted("2026-04-12"))), "blocked"),
        ],
    );
}

#[test]
fn the_level_is_that_of_who_opened_the_dispute() {
    let theirs = plain(Reason::Other).order(|order| order.buyer_id = "zoe".into()).with_serial_buyer(4);
    assert_eq!(theirs.decide(), "referred buyer_mismatch 0.00 queue=security level=blocked");
    let mine = blocked(Reason::ColourMismatch).dispute(|dispute| dispute.buyer_id = "zoe".into());
    assert_eq!(mine.decide(), "referred buyer_mismatch 0.00 queue=security", "Zoe opened one");
}

#[test]
fn a_claim_of_non_receipt_against_a_receipt_counts_by_itself() {
    let claimed = |number, received: &str| {
        other(number).dispute(|dispute| dispute.reason = Reason::NotReceived).confirmed(received)
    };
    let false_claim = |number| claimed(number, "2026-04-10");
    // One more order each: at most 2 of 2 disputed, which is no level by itself.
    let with = |other: Night| plain(Reason::Other).and_order(other);
    let anothers = |night: Night| night.order(|order| order.buyer_id = "zoe".into());
    check(
        Night::level,
        [
            ("received a second before the dispute", with(claimed(1, "2026-04-09 23:59:59")), "watch"),
            ("received with the dispute", with(claimed(1, "2026-04-10 00:00:00")), "watch"),
            ("received a second after the dispute", with(claimed(1, "2026-04-10 00:00:01")), "none"),
            ("delivered", with(claimed(1, "2026-05-20").delivered("2026-04-05")), "watch"),
            (
                "another parcel reason",
                with(false_claim(1).dispute(|dispute| dispute.reason = Reason::NotTrackable)),
                "none",
            ),
            ("withdrawn", with(false_claim(1).withdrawn("2026-04-12")), "watch"),
            ("accepted", with(false_claim(1).answered(accepted("2026-04-11"))), "watch"),
            ("somebody else's order", with(anothers(false_claim(1))), "none"),
            ("the case itself", plain(Reason::NotReceived).delivered("2026-04-05"), "watch"),
            ("claimed before the window", with(claimed(1, "2025-11-01").opened("2025-12-03")), "none"),
            (
                "two, of many orders",
                with(false_claim(1)).and_order(false_claim(2)).with_undisputed_orders(60),
                "flagged",
            ),
            (
                "three, of many orders",
                with(false_claim(1)).and_order(false_claim(2)).and_order(false_claim(3)).with_undisputed_orders(60),
                "blocked",
            ),
            (
                "twice about one order is once",
                with(false_claim(1).and_dispute(dispute("ZD-1", Reason::NotReceived))).with_undisputed_orders(60),
                "watch",
            ),
        ],
    );
}

#[test]
fn five_disputes_within_a_week_are_watched() {
    // One other order with five disputes, four on 2026-05-28: two disputed orders are no level by themselves.
    let opened = |when: &str| {
        let mut burst = other(1).opened(when);
        for number in 2..=5 {
            let mut more = dispute(&format!("YD-{number}"), Reason::Other);
            more.opened_at = at("2026-05-28");
            burst.disputes.push(more);
        }
        plain(Reason::Other).and_order(burst)
    };
    check(
        Night::level,
        [
            ("a second before the week", opened("2026-05-24 23:59:59"), "none"),
            ("at its beginning", opened("2026-05-25 00:00:00"), "none"),
            ("a second after", opened("2026-05-25 00:00:01"), "watch"),
            ("a second before the as-of", opened("2026-05-31 23:59:59"), "watch"),
            ("at the as-of", opened("2026-06-01 00:00:00"), "watch"),
            ("a second after the as-of", opened("2026-06-01 00:00:01"), "none"),
            ("a day longer by parameter", opened("2026-05-24 00:00:01").set("serial_disputer.burst_days=8"), "watch"),
            ("six by parameter", opened("2026-05-28").set("serial_disputer.watch.burst=6"), "none"),
        ],
    );
}

#[test]
fn awards_of_a_blocked_buyer_are_withheld() {
    let withheld = "referred serial_disputer 0.00 queue=security level=blocked withheld=";
    let late = blocked(Reason::NotReceived).delivered("2026-05-02");
    let abroad = blocked(Reason::NotReceived).and_event("2026-04-05", TrackingStatus::Delivered, "DE");
    let electronics = blocked(Reason::WrongItem).category("electronics").evidence(1, Video::Continuous);
    let cases = [
        ("a silent seller", blocked(Reason::ColourMismatch).unanswered(), "seller_silent:120.00"),
        ("delivered abroad", abroad, "delivered_elsewhere:120.00"),
        ("delivered late", late, "delivered_late:60.00"),
        ("stalled", blocked(Reason::NotReceived).as_of("2026-04-30"), "parcel_stalled:120.00"),
        ("not trackable", blocked(Reason::NotReceived).without_events(), "not_trackable:120.00"),
        ("not delivered", blocked(Reason::NotReceived), "not_delivered:120.00"),
        ("a colour", blocked(Reason::ColourMismatch), "colour_mismatch:48.00"),
        ("a part asked", blocked(Reason::ColourMismatch).requested("10.00"), "colour_mismatch:10.00"),
        ("lowered: a note only with an award", blocked(Reason::WrongItem).requested("200.00"), "wrong_item:120.00"),
        ("double", electronics.requested("240.00"), "wrong_item:240.00"),
        (
            "raised to the offer",
            blocked(Reason::ColourMismatch).answered(countered("2026-04-11", "80.00")),
            "colour_mismatch:80.00",
        ),
    ];
    for (what, night, rule) in cases {
        assert_eq!(night.decide(), format!("{withheld}{rule}"), "{what}");
    }
}

#[test]
fn returns_of_a_blocked_buyer_are_withheld_too() {
    let wrong = || blocked(Reason::WrongItem).wants_return();
    let awaited =
        "referred serial_disputer 0.00 return=awaited queue=security level=blocked withheld=wrong_item:120.00";
    check(
        Night::decide,
        [
            ("not posted yet", wrong().as_of("2026-04-26"), awaited),
            ("on its way", wrong().return_shipped("2026-05-04"), awaited),
            (
                "received",
                wrong().return_delivered("2026-05-20"),
                "referred serial_disputer 0.00 return=received queue=security level=blocked withheld=wrong_item:120.00",
            ),
            (
                "waived",
                wrong().priced("20.00", "USD"),
                "referred serial_disputer 0.00 return=waived queue=security level=blocked withheld=wrong_item:20.00",
            ),
            (
                "of a silent seller",
                wrong().unanswered().as_of("2026-04-16"),
                "referred serial_disputer 0.00 return=awaited queue=security level=blocked \
                 withheld=seller_silent:120.00",
            ),
        ],
    );
    check(
        Night::rule_and_next,
        [
            ("overdue, stays with complaints", wrong().return_shipped("2026-04-01"), "referred return_overdue"),
            ("never sent, stays denied", wrong(), "denied return_not_sent"),
            (
                "agreed by the seller, stays awaited",
                wrong().answered(accepted("2026-04-11")).as_of("2026-04-12"),
                "pending awaiting_return 2026-04-21",
            ),
        ],
    );
}

#[test]
fn what_the_seller_agreed_to_the_carrier_says_or_never_left_is_paid_all_the_same() {
    let offer = blocked(Reason::ColourMismatch).answered(countered("2026-04-11", "30.00")).offer_taken("2026-04-12");
    check(
        Night::award,
        [
            (
                "accepted",
                blocked(Reason::ColourMismatch).answered(accepted("2026-04-11")),
                "refund_full seller_accepted 120.00",
            ),
            ("an offer taken", offer, "refund_partial offer_accepted 30.00"),
            (
                "never credited",
                blocked(Reason::Other).category("mobile_top_up"),
                "refund_full top_up_not_credited 120.00",
            ),
            ("never shipped", blocked(Reason::NotReceived).unshipped(), "refund_full never_shipped 120.00"),
            (
                "went back",
                blocked(Reason::NotReceived).and_event("2026-04-20", TrackingStatus::Returned, "CN"),
                "refund_full parcel_returned 120.00",
            ),
            (
                "lost",
                blocked(Reason::NotReceived).and_event("2026-04-20", TrackingStatus::Lost, ""),
                "refund_full parcel_returned 120.00",
            ),
            (
                "flagged only: paid",
                plain(Reason::ColourMismatch).with_serial_buyer(3),
                "refund_partial colour_mismatch 48.00",
            ),
        ],
    );
    assert_eq!(plain(Reason::ColourMismatch).with_serial_buyer(3).level(), "flagged");
}

#[test]
fn what_is_not_an_award_stays_as_it_is_for_a_blocked_buyer() {
    check(
        Night::rule,
        [
            ("pending: negotiating", blocked(Reason::ColourMismatch).as_of("2026-04-20"), "pending negotiating"),
            (
                "pending: evidence",
                blocked(Reason::ColourMismatch).evidence(0, Video::None).as_of("2026-04-26"),
                "pending awaiting_evidence",
            ),
            (
                "pending: protection",
                blocked(Reason::NotReceived).without_events().as_of("2026-04-26"),
                "pending awaiting_protection_end",
            ),
            (
                "denied: no evidence",
                blocked(Reason::ColourMismatch).evidence(0, Video::None),
                "denied insufficient_evidence",
            ),
            ("denied: delivered", blocked(Reason::NotReceived).delivered("2026-04-05"), "denied delivery_on_record"),
            ("denied: rounds to 0", blocked(Reason::ColourMismatch).priced("1", "JPY"), "denied colour_mismatch"),
            (
                "referred: wrong address",
                blocked(Reason::WrongAddress).delivered("2026-04-05"),
                "referred wrong_address",
            ),
            ("referred: other", blocked(Reason::Other), "referred other"),
            (
                "resumed",
                blocked(Reason::ColourMismatch).withdrawn("2026-04-12").as_of("2026-04-26"),
                "resumed withdrawn",
            ),
        ],
    );
}

#[test]
fn what_is_withheld_is_not_taken_from_the_order() {
    let night = blocked(Reason::ColourMismatch).and_dispute({
        let mut second = dispute("D-2", Reason::WrongItem);
        second.opened_at = at("2026-04-11");
        second
    });
    let lines = night.decide_all();
    assert!(lines[0].ends_with("withheld=colour_mismatch:48.00"), "{lines:?}");
    assert!(lines[1].ends_with("withheld=wrong_item:120.00"), "{lines:?}");
}

#[test]
fn evidence_notes_stand_with_a_referral_too() {
    let night = blocked(Reason::ColourMismatch).not_exported(|known| (known.photos, known.video) = (false, false));
    assert_eq!(
        night.requested("200.00").decide(),
        "referred serial_disputer 0.00 queue=security level=blocked withheld=colour_mismatch:48.00 \
         notes=evidence_not_exported"
    );
}
