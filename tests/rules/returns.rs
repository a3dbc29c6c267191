//! Goods that go back before the money does.

use arbiter_model::dispute::{Reason, Video};

use crate::common::{Night, accepted, countered, plain};
use crate::{check, clock};

const AWAITED: &str = "pending awaiting_return 0.00";

/// Another item, of which 120.00 are paid once it is back; B = E = 2026-04-25.
fn wrong() -> Night {
    plain(Reason::WrongItem).wants_return()
}

#[test]
fn the_goods_must_be_posted_within_10_days() {
    clock(
        &wrong(),
        [
            ("2026-05-04 23:59:59", "pending awaiting_return 2026-05-05"),
            ("2026-05-05 00:00:00", "denied return_not_sent"),
            ("2026-05-05 00:00:01", "denied return_not_sent"),
        ],
    );
    clock(&wrong().set("returns.posting_days=15"), [("2026-05-05", "pending awaiting_return 2026-05-10")]);
    // What the platform asked for came on 2026-05-10: the days run from then.
    clock(
        &wrong().info_requested("2026-05-08").info_supplied("2026-05-10"),
        [
            ("2026-05-19 23:59:59", "pending awaiting_return 2026-05-20"),
            ("2026-05-20 00:00:00", "denied return_not_sent"),
            ("2026-05-20 00:00:01", "denied return_not_sent"),
        ],
    );
    // It came before the escalation: the days run from that.
    clock(
        &wrong().info_requested("2026-04-12").info_supplied("2026-04-13"),
        [("2026-05-04 23:59:59", "pending awaiting_return 2026-05-05"), ("2026-05-05", "denied return_not_sent")],
    );
}

#[test]
fn the_goods_have_60_days_to_travel_back() {
    let night = wrong().return_shipped("2026-05-04").return_shipped("2026-05-20");
    clock(
        &night,
        [
            ("2026-05-03 23:59:59", "pending awaiting_return 2026-05-05"),
            ("2026-05-04 00:00:00", "pending awaiting_return 2026-07-03"),
            ("2026-07-02 23:59:59", "pending awaiting_return 2026-07-03"),
            ("2026-07-03 00:00:00", "referred return_overdue"),
            ("2026-07-03 00:00:01", "referred return_overdue"),
        ],
    );
    clock(&night.set("returns.transit_days=61"), [("2026-07-03", "pending awaiting_return 2026-07-04")]);
    check(
        Night::rule_and_next,
        [
            // 2026-05-20 + 60 days
            ("posted late, but posted", wrong().return_shipped("2026-05-20"), "pending awaiting_return 2026-07-19"),
            ("posted before the dispute", wrong().return_shipped("2026-04-08"), "pending awaiting_return 2026-06-07"),
            (
                "the first posting counts, wherever it stands",
                wrong().return_shipped("2026-05-20").return_shipped("2026-05-04"),
                "pending awaiting_return 2026-07-03",
            ),
        ],
    );
}

#[test]
fn the_money_goes_back_when_the_goods_are_back() {
    check(
        Night::brief,
        [
            (
                "back",
                wrong().return_shipped("2026-05-04").return_delivered("2026-05-25"),
                "refund_full wrong_item 120.00 return=received notes=cashback_void",
            ),
            (
                "back, though overdue",
                wrong().return_shipped("2026-03-20").return_delivered("2026-05-31"),
                "refund_full wrong_item 120.00 return=received notes=cashback_void",
            ),
            (
                "back, though never seen on its way",
                wrong().return_delivered("2026-05-25"),
                "refund_full wrong_item 120.00 return=received notes=cashback_void",
            ),
            (
                "on its way",
                wrong().return_shipped("2026-05-04"),
                "pending awaiting_return 0.00 return=awaited next=2026-07-03T00:00:00Z withheld=wrong_item:120.00",
            ),
            (
                "overdue",
                wrong().return_shipped("2026-04-01"),
                "referred return_overdue 0.00 return=awaited queue=complaint withheld=wrong_item:120.00",
            ),
            ("never sent", wrong(), "denied return_not_sent 0.00 withheld=wrong_item:120.00"),
            (
                "no return offered: the return events say nothing",
                plain(Reason::WrongItem).return_shipped("2026-04-01"),
                "refund_full wrong_item 120.00 notes=cashback_void",
            ),
        ],
    );
}

#[test]
fn the_table_says_which_goods_go_back() {
    let wanted = |reason| {
        plain(reason).wants_return().evidence(1, Video::Continuous).order(|order| order.quantity = 2).dispute(
            |dispute| {
                dispute.documents = 1;
                dispute.quantity_received = Some(1);
                dispute.advertised_capacity = Some(64.into());
                dispute.measured_capacity = Some(8.into());
            },
        )
    };
    let usable = |night: Night| night.dispute(|dispute| dispute.usable = Some(true));
    let not_sent = "denied return_not_sent 0.00";
    check(
        Night::award,
        [
            ("another item", wanted(Reason::WrongItem), not_sent),
            ("an imitation", wanted(Reason::Counterfeit), not_sent),
            ("a defect", wanted(Reason::Defective), not_sent),
            ("damage shown in full", wanted(Reason::Damaged), not_sent),
            ("a mistake", wanted(Reason::OrderedByMistake), not_sent),
            // 120.00 x 0.90
            ("usable all the same", usable(wanted(Reason::Defective)), "refund_partial defective 108.00"),
            // 108.00 are all of 120.00 - 12.00, but not at 1.00
            (
                "usable, 108.00 left",
                usable(wanted(Reason::Defective)).refunded("12.00"),
                "refund_full defective 108.00",
            ),
            // 120.00 x (0.50 + 0.40 x 0.50)
            ("damage on a photo", wanted(Reason::Damaged).evidence(1, Video::None), "refund_partial damaged 84.00"),
            (
                "84.00 left",
                wanted(Reason::Damaged).evidence(1, Video::None).refunded("36.00"),
                "refund_full damaged 84.00",
            ),
            ("a colour", wanted(Reason::ColourMismatch), "refund_partial colour_mismatch 60.00"),
            (
                "a colour, 60.00 left",
                wanted(Reason::ColourMismatch).refunded("60.00"),
                "refund_full colour_mismatch 60.00",
            ),
            ("a capacity", wanted(Reason::FakeCapacity), "refund_full fake_capacity 120.00"),
            (
                "a quantity, 60.00 left",
                wanted(Reason::QuantityShort).refunded("60.00"),
                "refund_full quantity_short 60.00",
            ),
            ("an empty parcel", wanted(Reason::EmptyParcel), "refund_full empty_parcel 120.00"),
            ("customs", wanted(Reason::Customs), "refund_full customs 120.00"),
            ("not received", wanted(Reason::NotReceived), "refund_full not_delivered 120.00"),
        ],
    );
}

#[test]
fn a_part_refund_keeps_the_goods() {
    check(
        Night::award,
        [
            ("119.99 asked of 120.00", wrong().requested("119.99"), "refund_partial wrong_item 119.99"),
            ("120.00 asked", wrong().requested("120.00"), "denied return_not_sent 0.00"),
            ("50.00 asked, 50.00 left", wrong().requested("50.00").refunded("70.00"), "denied return_not_sent 0.00"),
            (
                "49.99 asked, 50.00 left",
                wrong().requested("49.99").refunded("70.00"),
                "refund_partial wrong_item 49.99",
            ),
        ],
    );
    let double = wrong().category("electronics").evidence(1, Video::Continuous);
    check(
        Night::award,
        [
            ("all of a double award", double.clone().requested("240.00"), "denied return_not_sent 0.00"),
            ("a part of it, but all of the price", double.clone().requested("180.00"), "denied return_not_sent 0.00"),
            (
                "a double award, the goods back",
                double.clone().requested("180.00").return_delivered("2026-05-25"),
                "refund_full wrong_item 180.00",
            ),
            // 130.00 are above the 20.00 left.
            ("most of it refunded", double.requested("130.00").refunded("100.00"), "denied return_not_sent 0.00"),
        ],
    );
}

#[test]
fn goods_ordered_by_mistake_always_go_back() {
    let mistake = plain(Reason::OrderedByMistake).wants_return();
    clock(
        &mistake,
        [
            ("2026-05-04 23:59:59", "pending awaiting_return 2026-05-05"),
            ("2026-05-05 00:00:00", "denied return_not_sent"),
        ],
    );
    check(
        Night::award,
        [
            ("back", mistake.clone().return_delivered("2026-05-25"), "refund_full ordered_by_mistake 120.00"),
            ("on its way", mistake.clone().return_shipped("2026-05-04"), AWAITED),
            ("a part asked", mistake.clone().requested("50.00"), "denied return_not_sent 0.00"),
            (
                "a part asked, the goods back",
                mistake.clone().requested("50.00").return_delivered("2026-05-25"),
                "refund_partial ordered_by_mistake 50.00",
            ),
            ("posting is dear", mistake.clone().priced("20.00", "USD"), "denied return_not_sent 0.00"),
            ("posting is dear, on its way", mistake.priced("20.00", "USD").return_shipped("2026-05-04"), AWAITED),
            (
                "not wanted: the return says nothing",
                plain(Reason::OrderedByMistake).return_delivered("2026-05-25"),
                "denied no_fault 0.00",
            ),
        ],
    );
}

#[test]
fn a_return_is_waived_where_the_post_costs_half_the_goods() {
    let priced = |goods, currency| wrong().priced(goods, currency);
    let refused = "denied return_not_sent 0.00";
    check(
        Night::award,
        [
            // 12.50 / 0.50 = 25.00, 1000 / 0.50 = 2000, 6000 / 0.50 = 12000
            ("25.00 USD", priced("25.00", "USD"), "refund_full wrong_item 25.00"),
            ("25.01 USD", priced("25.01", "USD"), refused),
            ("1.00 USD", priced("1.00", "USD"), "refund_full wrong_item 1.00"),
            ("2000.00 RUB", priced("2000.00", "RUB"), "refund_full wrong_item 2000.00"),
            ("2000.01 RUB", priced("2000.01", "RUB"), refused),
            ("12000.00 KZT", priced("12000.00", "KZT"), "refund_full wrong_item 12000.00"),
            ("12000.01 KZT", priced("12000.01", "KZT"), refused),
            ("1.00 EUR: nobody knows what posting costs", priced("1.00", "EUR"), refused),
            // 12.50 / 0.25 = 50.00
            (
                "50.00 USD, from a quarter",
                priced("50.00", "USD").set("returns.waived_from=0.25"),
                "refund_full wrong_item 50.00",
            ),
            ("the price counts, not what is left", wrong().refunded("100.00"), refused),
        ],
    );
}

#[test]
fn a_waived_return_is_noted_unless_the_goods_are_back() {
    let cheap = wrong().priced("20.00", "USD");
    check(
        Night::brief,
        [
            (
                "at once",
                cheap.clone().as_of("2026-04-25"),
                "refund_full wrong_item 20.00 return=waived notes=return_waived;cashback_void",
            ),
            (
                "on its way all the same",
                cheap.clone().return_shipped("2026-05-04"),
                "refund_full wrong_item 20.00 return=waived notes=return_waived;cashback_void",
            ),
            (
                "back all the same",
                cheap.return_delivered("2026-05-25"),
                "refund_full wrong_item 20.00 return=received notes=cashback_void",
            ),
        ],
    );
}

#[test]
fn what_the_seller_accepted_is_paid_when_the_goods_are_back() {
    let night = plain(Reason::ColourMismatch).wants_return().answered(accepted("2026-04-11"));
    clock(
        &night,
        [
            ("2026-04-20 23:59:59", "pending awaiting_return 2026-04-21"),
            ("2026-04-21 00:00:00", "denied return_not_sent"),
            ("2026-04-21 00:00:01", "denied return_not_sent"),
        ],
    );
    check(
        Night::award,
        [
            ("back", night.clone().return_delivered("2026-05-25"), "refund_full seller_accepted 120.00"),
            ("on its way", night.clone().return_shipped("2026-05-04"), AWAITED),
            ("overdue", night.clone().return_shipped("2026-04-01"), "referred return_overdue 0.00"),
            ("a part asked: goods kept", night.clone().requested("50.00"), "refund_partial seller_accepted 50.00"),
            (
                "50.00 asked, 50.00 left",
                night.clone().requested("50.00").refunded("70.00"),
                "denied return_not_sent 0.00",
            ),
            ("never waived", night.clone().priced("20.00", "USD"), "denied return_not_sent 0.00"),
            (
                "accepted late: ten days from then",
                night.clone().answered(accepted("2026-04-30")).as_of("2026-05-09 23:59:59"),
                AWAITED,
            ),
            (
                "what the buyer supplied later does not matter",
                night.info_requested("2026-04-18").info_supplied("2026-04-20").as_of("2026-04-21"),
                "denied return_not_sent 0.00",
            ),
        ],
    );
}

#[test]
fn a_silent_seller_pays_when_the_goods_are_back() {
    let night = plain(Reason::ColourMismatch).wants_return().unanswered(); // L = 2026-04-15
    clock(
        &night,
        [
            ("2026-04-15 00:00:00", "pending awaiting_return 2026-04-25"),
            ("2026-04-24 23:59:59", "pending awaiting_return 2026-04-25"),
            ("2026-04-25 00:00:00", "denied return_not_sent"),
            ("2026-04-25 00:00:01", "denied return_not_sent"),
        ],
    );
    check(
        Night::award,
        [
            ("back", night.clone().return_delivered("2026-05-25"), "refund_full seller_silent 120.00"),
            ("a part asked: goods kept", night.clone().requested("50.00"), "refund_partial seller_silent 50.00"),
            ("never waived", night.clone().priced("20.00", "USD"), "denied return_not_sent 0.00"),
            ("on its way", night.return_shipped("2026-05-04"), AWAITED),
        ],
    );
}

#[test]
fn where_there_is_nothing_to_send_back_a_wanted_return_counts_for_nothing() {
    let agreed = |reason| plain(reason).wants_return().answered(accepted("2026-04-11"));
    let silent = |reason| plain(reason).wants_return().unanswered();
    let none_received = |night: Night| night.dispute(|dispute| dispute.quantity_received = Some(0));
    check(
        Night::award,
        [
            ("not received, accepted", agreed(Reason::NotReceived), "refund_full seller_accepted 120.00"),
            ("not received, silent", silent(Reason::NotReceived), "refund_full seller_silent 120.00"),
            ("not trackable, accepted", agreed(Reason::NotTrackable), "refund_full seller_accepted 120.00"),
            ("wrong address, accepted", agreed(Reason::WrongAddress), "refund_full seller_accepted 120.00"),
            ("an empty parcel, accepted", agreed(Reason::EmptyParcel), "refund_full seller_accepted 120.00"),
            ("an empty parcel, silent", silent(Reason::EmptyParcel), "refund_full seller_silent 120.00"),
            (
                "no unit came, accepted",
                none_received(agreed(Reason::QuantityShort)),
                "refund_full seller_accepted 120.00",
            ),
            ("no unit came, silent", none_received(silent(Reason::QuantityShort)), "refund_full seller_silent 120.00"),
            ("some units came", agreed(Reason::QuantityShort), "denied return_not_sent 0.00"),
            (
                "a top-up, accepted",
                agreed(Reason::WrongItem).category("mobile_top_up"),
                "refund_full seller_accepted 120.00",
            ),
            ("a top-up, not credited", wrong().category("mobile_top_up"), "refund_full top_up_not_credited 120.00"),
            ("never shipped, accepted", agreed(Reason::WrongItem).unshipped(), "refund_full seller_accepted 120.00"),
            ("never shipped", wrong().unshipped(), "refund_full never_shipped 120.00"),
        ],
    );
}

#[test]
fn a_taken_offer_keeps_the_goods() {
    let taken = |offer: &str| wrong().answered(countered("2026-04-11", offer)).offer_taken("2026-04-12");
    check(
        Night::award,
        [
            ("a part", taken("30.00"), "refund_partial offer_accepted 30.00"),
            ("all of it", taken("120.00"), "refund_full offer_accepted 120.00"),
        ],
    );
}
