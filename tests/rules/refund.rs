//! The way the money goes back, and the notes of an award.

use arbiter_model::dispute::{Reason, Video};

use crate::check;
use crate::common::{Night, accepted, at, countered, money, plain};

fn paid_with(method: &str, wallet: &str) -> Night {
    plain(Reason::NotReceived).order(|order| {
        order.payment_method = method.into();
        order.wallet = (!wallet.is_empty()).then(|| wallet.into());
    })
}

fn route(night: &Night) -> String {
    let line = night.decide();
    let start = line.find("to=").unwrap_or(line.len());
    line[start..].split(' ').take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn money_goes_back_the_way_it_came() {
    // As of 2026-06-01: 3-10 days are the 4th to the 11th, 7-10 days the 8th to the 11th.
    check(
        route,
        [
            ("a phone, qiwi", paid_with("mobile_beeline", "qiwi"), "to=qiwi_wallet 2026-06-04..2026-06-11"),
            ("a phone, alipay", paid_with("mobile_mts", "alipay"), "to=alipay_wallet 2026-06-04..2026-06-11"),
            ("a phone", paid_with("mobile_megafon", ""), "to=phone_balance 2026-06-08..2026-06-11"),
            ("a phone", paid_with("mobile_tele2", ""), "to=phone_balance 2026-06-08..2026-06-11"),
            ("any other operator's phone", paid_with("mobile_yota", ""), "to=phone_balance 2026-06-08..2026-06-11"),
            ("qiwi", paid_with("qiwi", ""), "to=qiwi_wallet 2026-06-04..2026-06-11"),
            ("webmoney", paid_with("webmoney", ""), "to=webmoney_wallet 2026-06-04..2026-06-11"),
            ("yandex", paid_with("yandex_money", ""), "to=yandex_money_wallet 2026-06-04..2026-06-11"),
            ("alipay", paid_with("alipay", ""), "to=alipay_wallet 2026-06-04..2026-06-11"),
            ("paypal", paid_with("paypal", ""), "to=paypal_wallet 2026-06-04..2026-06-11"),
            ("webmoney, whatever wallet", paid_with("webmoney", "qiwi"), "to=webmoney_wallet 2026-06-04..2026-06-11"),
            ("a card", paid_with("card", ""), "to=original_method 2026-06-04..2026-06-11"),
            ("a card, whatever wallet", paid_with("card", "qiwi"), "to=original_method 2026-06-04..2026-06-11"),
            ("western union", paid_with("western_union", ""), "to=original_method 2026-06-04..2026-06-11"),
            ("a bank", paid_with("bank_transfer", ""), "to=original_method 2026-06-04..2026-06-11"),
            ("unknown", paid_with("unknown", ""), "to=original_method 2026-06-04..2026-06-11"),
        ],
    );
}

#[test]
fn days_are_counted_from_the_as_of() {
    check(
        route,
        [
            (
                "late in the day",
                paid_with("card", "").as_of("2026-06-01 23:59:59"),
                "to=original_method 2026-06-04..2026-06-11",
            ),
            (
                "over a month's end",
                paid_with("mobile_mts", "").as_of("2026-06-25"),
                "to=phone_balance 2026-07-02..2026-07-05",
            ),
            (
                "other days",
                paid_with("card", "").set("refund.days=[5, 20]"),
                "to=original_method 2026-06-06..2026-06-21",
            ),
            (
                "other days for a phone",
                paid_with("mobile_mts", "").set("refund.phone_days=[1, 2]"),
                "to=phone_balance 2026-06-02..2026-06-03",
            ),
            ("no award, no way", paid_with("card", "").confirmed("2026-04-01"), ""),
        ],
    );
}

#[test]
fn an_operators_commission_does_not_come_back() {
    // Of 120.00 + 4.00 shipping: x 0.0390 = 4.836, x 0.0095 = 1.178, x 0.0195 = 2.418, x 0.0245 = 3.038
    let free = |night: Night| night.order(|order| order.shipping_fee = money("0.00", "USD"));
    check(
        Night::notes,
        [
            ("Beeline", paid_with("mobile_beeline", ""), "commission_lost=4.84;cashback_void"),
            ("MTS", paid_with("mobile_mts", ""), "commission_lost=1.18;cashback_void"),
            ("MegaFon", paid_with("mobile_megafon", ""), "commission_lost=2.42;cashback_void"),
            ("Tele2", paid_with("mobile_tele2", ""), "commission_lost=3.04;cashback_void"),
            ("another operator", paid_with("mobile_yota", ""), "cashback_void"),
            ("a card", paid_with("card", ""), "cashback_void"),
            ("whatever the wallet", paid_with("mobile_mts", "qiwi"), "commission_lost=1.18;cashback_void"),
            // 120.00 x 0.0390 = 4.68
            ("shipping was free", free(paid_with("mobile_beeline", "")), "commission_lost=4.68;cashback_void"),
            (
                "the whole of it, whatever the award",
                paid_with("mobile_beeline", "").requested("1.00").answered(accepted("2026-04-11")),
                "commission_lost=4.84;cashback_void",
            ),
            (
                "the whole of it, whatever went back before",
                paid_with("mobile_beeline", "").refunded("100.00"),
                "commission_lost=4.84;cashback_void",
            ),
            ("no award, no note", paid_with("mobile_beeline", "").confirmed("2026-04-01"), ""),
            (
                "a tenth by parameter: 12.40",
                paid_with("mobile_mts", "").set("refund.commission.mobile_mts=0.10"),
                "commission_lost=12.40;cashback_void",
            ),
        ],
    );
}

#[test]
fn the_notes_stand_in_their_order() {
    let goods = |reason| paid_with("mobile_mts", "").dispute(|dispute| dispute.reason = reason).requested("200.00");
    let bare = |night: Night| night.not_exported(|known| (known.photos, known.video) = (false, false));
    check(
        Night::notes,
        [
            (
                "all but two",
                bare(goods(Reason::ColourMismatch)).answered(countered("2026-04-11", "80.00")),
                "asked_lowered;evidence_not_exported;offer_is_floor;commission_lost=1.18;cashback_void",
            ),
            (
                // (20.00 + 4.00) x 0.0095 = 0.228
                "a waived return",
                bare(goods(Reason::WrongItem)).wants_return().order(|order| order.goods_total = money("20.00", "USD")),
                "asked_lowered;evidence_not_exported;return_waived;commission_lost=0.23;cashback_void",
            ),
            (
                "a mere award",
                plain(Reason::Damaged).evidence(1, Video::Continuous).order(|order| order.paid_at = at("2026-02-20")),
                "cashback_void",
            ),
            ("a denial", plain(Reason::OrderedByMistake), ""),
            ("a withdrawal", plain(Reason::NotReceived).withdrawn("2026-04-12"), ""),
        ],
    );
}
