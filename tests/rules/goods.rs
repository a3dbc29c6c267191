//! The merits of goods that came, but not as ordered.

use arbiter_model::dispute::{Reason, Video};

use crate::check;
use crate::common::{Night, at, countered, dispute, money, plain};

const PHOTO: (u64, Video) = (1, Video::None);
const CUT: (u64, Video) = (1, Video::Cut);
const CONTINUOUS: (u64, Video) = (0, Video::Continuous);

fn shown(reason: Reason, (photos, video): (u64, Video)) -> Night {
    plain(reason).evidence(photos, video)
}

#[test]
fn the_better_the_evidence_the_higher_within_the_band() {
    use Reason::{ColourMismatch, MinorMismatch, ShippingMethod, SizeMismatch};
    check(
        Night::award,
        [
            // 120.00 x (0.30 + 0.20 x 0.50), x 0.75, x 1.00
            ("a photo", shown(ColourMismatch, PHOTO), "refund_partial colour_mismatch 48.00"),
            ("a cut video", shown(ColourMismatch, CUT), "refund_partial colour_mismatch 54.00"),
            ("an unbroken video", shown(ColourMismatch, CONTINUOUS), "refund_partial colour_mismatch 60.00"),
            (
                "ten photos are no video",
                shown(ColourMismatch, (10, Video::None)),
                "refund_partial colour_mismatch 48.00",
            ),
            // 120.00 x (0.40 + 0.30 x 0.50), x 0.75, x 1.00
            ("a photo", shown(SizeMismatch, PHOTO), "refund_partial size_mismatch 66.00"),
            ("a cut video", shown(SizeMismatch, CUT), "refund_partial size_mismatch 75.00"),
            ("an unbroken video", shown(SizeMismatch, CONTINUOUS), "refund_partial size_mismatch 84.00"),
            // 120.00 x (0.20 + 0.10 x 0.50), x 0.75, x 1.00
            ("a photo", shown(MinorMismatch, PHOTO), "refund_partial minor_mismatch 30.00"),
            ("a cut video", shown(MinorMismatch, CUT), "refund_partial minor_mismatch 33.00"),
            ("an unbroken video", shown(MinorMismatch, CONTINUOUS), "refund_partial minor_mismatch 36.00"),
            ("a photo", shown(ShippingMethod, PHOTO), "refund_partial shipping_method 30.00"),
            ("a cut video", shown(ShippingMethod, CUT), "refund_partial shipping_method 33.00"),
            ("an unbroken video", shown(ShippingMethod, CONTINUOUS), "refund_partial shipping_method 36.00"),
        ],
    );
}

#[test]
fn bands_and_strengths_are_parameters() {
    let colour = plain(Reason::ColourMismatch);
    check(
        Night::award,
        [
            // 120.00 x (0.20 + 0.20 x 0.50), 120.00 x (0.30 + 0.20 x 0.60)
            (
                "0.20-0.40",
                colour.clone().set("colour_mismatch.band=[\"0.20\", \"0.40\"]"),
                "refund_partial colour_mismatch 36.00",
            ),
            ("a photo 0.60", colour.set("strength.photo=0.60"), "refund_partial colour_mismatch 50.40"),
        ],
    );
}

#[test]
fn a_defect_is_paid_by_whether_the_item_can_still_be_used() {
    let usable = |evidence, usable| shown(Reason::Defective, evidence).dispute(|dispute| dispute.usable = usable);
    check(
        Night::award,
        [
            // 120.00 x (0.50 + 0.40 x 0.50), x 0.75, x 1.00
            ("usable, a photo", usable(PHOTO, Some(true)), "refund_partial defective 84.00"),
            ("usable, a cut video", usable(CUT, Some(true)), "refund_partial defective 96.00"),
            ("usable, an unbroken video", usable(CONTINUOUS, Some(true)), "refund_partial defective 108.00"),
            ("not usable", usable(PHOTO, Some(false)), "refund_full defective 120.00"),
            ("not known", usable(PHOTO, None), "refund_full defective 120.00"),
        ],
    );
}

#[test]
fn damage_is_paid_in_full_on_an_unbroken_video_only() {
    check(
        Night::award,
        [
            // 120.00 x (0.50 + 0.40 x 0.50), x 0.75
            ("a photo", shown(Reason::Damaged, PHOTO), "refund_partial damaged 84.00"),
            ("a cut video", shown(Reason::Damaged, CUT), "refund_partial damaged 96.00"),
            ("an unbroken video", shown(Reason::Damaged, CONTINUOUS), "refund_full damaged 120.00"),
        ],
    );
}

#[test]
fn another_item_and_an_imitation_are_paid_in_full() {
    for (reason, expected) in
        [(Reason::WrongItem, "refund_full wrong_item 120.00"), (Reason::Counterfeit, "refund_full counterfeit 120.00")]
    {
        for evidence in [PHOTO, CUT, CONTINUOUS] {
            assert_eq!(shown(reason, evidence).award(), expected, "{evidence:?}");
        }
    }
}

#[test]
fn a_capacity_is_fake_when_it_is_a_tenth_below_what_was_advertised() {
    let measured = |advertised: &str, measured: &str| {
        plain(Reason::FakeCapacity).dispute(|dispute| {
            dispute.advertised_capacity = Some(advertised.parse().expect("a number"));
            dispute.measured_capacity = Some(measured.parse().expect("a number"));
        })
    };
    check(
        Night::award,
        [
            // 64 x (1 - 0.10) = 57.6
            ("57.59 of 64", measured("64", "57.59"), "refund_full fake_capacity 120.00"),
            ("57.6 of 64", measured("64", "57.6"), "denied capacity_genuine 0.00"),
            ("57.61 of 64", measured("64", "57.61"), "denied capacity_genuine 0.00"),
            ("59.6 of 64", measured("64", "59.6"), "denied capacity_genuine 0.00"),
            ("128 of 64", measured("64", "128"), "denied capacity_genuine 0.00"),
            ("8 of 2000", measured("2000", "8"), "refund_full fake_capacity 120.00"),
            // 64 x (1 - 0.20) = 51.2
            (
                "57.59 of 64, a fifth tolerated",
                measured("64", "57.59").set("fake_capacity.tolerance=0.20"),
                "denied capacity_genuine 0.00",
            ),
            ("40.00 asked", measured("64", "8").requested("40.00"), "refund_partial fake_capacity 40.00"),
        ],
    );
}

#[test]
fn missing_units_are_paid_by_their_number() {
    let short = |ordered, received| {
        plain(Reason::QuantityShort)
            .order(|order| order.quantity = ordered)
            .dispute(|dispute| dispute.quantity_received = Some(received))
    };
    check(
        Night::award,
        [
            ("120.00 x 2/5", short(5, 3), "refund_partial quantity_short 48.00"),
            ("120.00 x 1/5", short(5, 4), "refund_partial quantity_short 24.00"),
            ("120.00 x 4/5", short(5, 1), "refund_partial quantity_short 96.00"),
            ("100.00 x 1/3 = 33.333", short(3, 2).priced("100.00", "USD"), "refund_partial quantity_short 33.33"),
            ("100.00 x 2/3 = 66.667", short(3, 1).priced("100.00", "USD"), "refund_partial quantity_short 66.67"),
            ("100.00 x 1/7 = 14.286", short(7, 6).priced("100.00", "USD"), "refund_partial quantity_short 14.29"),
            ("1.00 x 1/8 = 0.125", short(8, 7).priced("1.00", "USD"), "refund_partial quantity_short 0.13"),
            ("none missing", short(5, 5), "denied quantity_complete 0.00"),
            ("more than ordered", short(5, 7), "denied quantity_complete 0.00"),
            ("one of one", short(1, 1), "denied quantity_complete 0.00"),
        ],
    );
}

#[test]
fn no_unit_at_all_is_an_empty_parcel() {
    let none = |evidence| {
        shown(Reason::QuantityShort, evidence)
            .order(|order| order.quantity = 5)
            .dispute(|dispute| dispute.quantity_received = Some(0))
    };
    check(
        Night::award,
        [
            ("a photo is not enough", none(PHOTO), "denied insufficient_evidence 0.00"),
            ("nor is a cut video", none(CUT), "denied insufficient_evidence 0.00"),
            ("nor is it before E + 3 days", none(CUT).as_of("2026-04-27 23:59:59"), "pending awaiting_evidence 0.00"),
            ("an unbroken video", none(CONTINUOUS), "refund_full empty_parcel 120.00"),
            (
                "an unbroken video, 40.00 asked",
                none(CONTINUOUS).requested("40.00"),
                "refund_partial empty_parcel 40.00",
            ),
            (
                "videos are not exported",
                none(PHOTO).not_exported(|known| known.video = false),
                "refund_full empty_parcel 120.00",
            ),
            (
                "nothing to send back",
                none(CONTINUOUS).wants_return().answered(countered("2026-04-11", "30.00")),
                "refund_full empty_parcel 120.00",
            ),
        ],
    );
}

#[test]
fn an_empty_parcel_and_customs_are_paid_in_full() {
    let customs = plain(Reason::Customs).dispute(|dispute| dispute.documents = 1);
    let empty = shown(Reason::EmptyParcel, CONTINUOUS);
    check(
        Night::award,
        [
            ("an empty parcel", empty.clone(), "refund_full empty_parcel 120.00"),
            ("an empty parcel, 40.00 asked", empty.requested("40.00"), "refund_partial empty_parcel 40.00"),
            ("customs", customs.clone(), "refund_full customs 120.00"),
            ("customs, 120.00 - 100.00 left", customs.refunded("100.00"), "refund_full customs 20.00"),
        ],
    );
}

#[test]
fn a_mistake_of_the_buyer_is_nobodys_fault_and_the_rest_is_for_a_person() {
    check(
        Night::decide,
        [
            ("a mistake, goods kept", plain(Reason::OrderedByMistake), "denied no_fault 0.00"),
            ("something else", plain(Reason::Other), "referred other 0.00 queue=complaint"),
            (
                "something else, with a return",
                plain(Reason::Other).wants_return(),
                "referred other 0.00 queue=complaint",
            ),
        ],
    );
}

#[test]
fn an_award_is_at_most_what_was_asked_and_what_is_left() {
    let colour = plain(Reason::ColourMismatch); // 48.00
    check(
        Night::award,
        [
            ("47.99 asked", colour.clone().requested("47.99"), "refund_partial colour_mismatch 47.99"),
            ("48.01 asked", colour.clone().requested("48.01"), "refund_partial colour_mismatch 48.00"),
            ("48.01 left", colour.clone().refunded("71.99"), "refund_partial colour_mismatch 48.00"),
            ("48.00 left", colour.clone().refunded("72.00"), "refund_full colour_mismatch 48.00"),
            ("47.99 left", colour.clone().refunded("72.01"), "refund_full colour_mismatch 47.99"),
            (
                "10.00 asked, 20.00 left",
                colour.refunded("100.00").requested("10.00"),
                "refund_partial colour_mismatch 10.00",
            ),
        ],
    );
}

#[test]
fn more_than_the_price_asked_is_lowered_and_noted() {
    let asked = |reason| plain(reason).requested("120.01");
    check(
        Night::notes,
        [
            ("a colour", asked(Reason::ColourMismatch), "asked_lowered;cashback_void"),
            ("the price itself", plain(Reason::ColourMismatch).requested("120.00"), "cashback_void"),
            ("a late parcel", asked(Reason::NotReceived).delivered("2026-05-02"), "asked_lowered;cashback_void"),
            ("a silent seller", asked(Reason::NotReceived).unanswered(), "asked_lowered;cashback_void"),
            ("a lost parcel: all of left, whatever was asked", asked(Reason::NotReceived), "cashback_void"),
            (
                "a taken offer",
                asked(Reason::Damaged).answered(countered("2026-04-11", "9.00")).offer_taken("2026-04-12"),
                "cashback_void",
            ),
            ("no award, no note", asked(Reason::OrderedByMistake), ""),
        ],
    );
}

#[test]
fn amounts_are_rounded_once_to_the_minor_unit_and_nothing_is_a_denial() {
    let priced = |reason, goods, currency| plain(reason).priced(goods, currency);
    check(
        Night::award,
        [
            ("1 x 0.40 = 0.4", priced(Reason::ColourMismatch, "1", "JPY"), "denied colour_mismatch 0"),
            ("1 x 0.55", priced(Reason::SizeMismatch, "1", "JPY"), "refund_full size_mismatch 1"),
            ("2 x 0.25 = 0.5", priced(Reason::MinorMismatch, "2", "JPY"), "refund_partial minor_mismatch 1"),
            ("1 x 0.25", priced(Reason::MinorMismatch, "1", "JPY"), "denied minor_mismatch 0"),
            ("6 x 0.25 = 1.5", priced(Reason::ShippingMethod, "6", "JPY"), "refund_partial shipping_method 2"),
            ("10 x 0.25 = 2.5", priced(Reason::ShippingMethod, "10", "JPY"), "refund_partial shipping_method 3"),
            (
                "10.001 x 0.40 = 4.0004",
                priced(Reason::ColourMismatch, "10.001", "KWD"),
                "refund_partial colour_mismatch 4.000",
            ),
            ("0.01 x 0.40 = 0.004", priced(Reason::ColourMismatch, "0.01", "USD"), "denied colour_mismatch 0.00"),
            ("0.02 x 0.25 = 0.005", priced(Reason::MinorMismatch, "0.02", "USD"), "refund_partial minor_mismatch 0.01"),
        ],
    );
}

#[test]
fn an_offer_is_a_floor_under_the_award() {
    let offer = |offer: &str| plain(Reason::ColourMismatch).answered(countered("2026-04-11", offer)); // 48.00
    check(
        Night::brief,
        [
            (
                "80.00 offered",
                offer("80.00"),
                "refund_partial colour_mismatch 80.00 notes=offer_is_floor;cashback_void",
            ),
            (
                "48.01 offered",
                offer("48.01"),
                "refund_partial colour_mismatch 48.01 notes=offer_is_floor;cashback_void",
            ),
            ("48.00 offered", offer("48.00"), "refund_partial colour_mismatch 48.00 notes=cashback_void"),
            ("30.00 offered", offer("30.00"), "refund_partial colour_mismatch 48.00 notes=cashback_void"),
        ],
    );
    check(
        Night::award,
        [
            ("60.00 asked", offer("80.00").requested("60.00"), "refund_partial colour_mismatch 60.00"),
            ("40.00 asked", offer("80.00").requested("40.00"), "refund_partial colour_mismatch 40.00"),
            ("120.00 - 50.00 left", offer("80.00").refunded("50.00"), "refund_full colour_mismatch 70.00"),
            (
                "200.00 offered and asked: lowered",
                offer("200.00").requested("200.00"),
                "refund_full colour_mismatch 120.00",
            ),
            (
                "responses not exported",
                offer("80.00").not_exported(|known| known.responses = false),
                "refund_partial colour_mismatch 48.00",
            ),
        ],
    );
}

#[test]
fn an_offer_does_not_undo_a_denial() {
    let offered = |reason| {
        plain(reason).answered(countered("2026-04-11", "80.00")).dispute(|dispute| {
            dispute.quantity_received = Some(1);
            dispute.advertised_capacity = Some(64.into());
            dispute.measured_capacity = Some(64.into());
        })
    };
    check(
        Night::decide,
        [
            ("nothing is missing", offered(Reason::QuantityShort), "denied quantity_complete 0.00"),
            ("the capacity is genuine", offered(Reason::FakeCapacity), "denied capacity_genuine 0.00"),
            ("a mistake", offered(Reason::OrderedByMistake), "denied no_fault 0.00"),
            ("no evidence", offered(Reason::Damaged).evidence(0, Video::None), "denied insufficient_evidence 0.00"),
            ("delivered", offered(Reason::NotReceived).confirmed("2026-04-12"), "denied delivered_in_time 0.00"),
            ("for a person", offered(Reason::Other), "referred other 0.00 queue=complaint"),
        ],
    );
}

/// 120.00 of electronics, 240.00 asked for another item, shown in an unbroken video.
fn double() -> Night {
    shown(Reason::WrongItem, CONTINUOUS).category("electronics").requested("240.00")
}

#[test]
fn another_item_of_a_dear_category_is_paid_double_on_an_unbroken_video() {
    let imitation = double().category("jewellery").dispute(|dispute| dispute.reason = Reason::Counterfeit);
    check(
        Night::brief,
        [
            ("2 x 120.00", double(), "refund_full wrong_item 240.00 guarantee=120.00 notes=cashback_void"),
            ("jewellery", imitation, "refund_full counterfeit 240.00 guarantee=120.00 notes=cashback_void"),
            (
                "180.00 asked, 60.00 above the price",
                double().requested("180.00"),
                "refund_full wrong_item 180.00 guarantee=60.00 notes=cashback_void",
            ),
            (
                "120.01 asked",
                double().requested("120.01"),
                "refund_full wrong_item 120.01 guarantee=0.01 notes=cashback_void",
            ),
            (
                "300.00 asked, lowered to 240.00",
                double().requested("300.00"),
                "refund_full wrong_item 240.00 guarantee=120.00 notes=asked_lowered;cashback_void",
            ),
            (
                "one and a half by parameter: 180.00",
                double().set("double.share=1.50"),
                "refund_full wrong_item 180.00 guarantee=60.00 notes=asked_lowered;cashback_void",
            ),
        ],
    );
}

#[test]
fn without_one_of_its_conditions_nothing_is_paid_double() {
    let once = "refund_full wrong_item 120.00 notes=asked_lowered;cashback_void";
    let bare = "refund_full wrong_item 120.00 notes=cashback_void";
    let damaged = "refund_full damaged 120.00 notes=asked_lowered;cashback_void";
    check(
        Night::brief,
        [
            ("another category", double().category("home"), once),
            ("no category", double().order(|order| order.category = None), once),
            ("another reason", double().dispute(|dispute| dispute.reason = Reason::Damaged), damaged),
            ("a cut video", double().evidence(1, Video::Cut), once),
            ("a photo", double().evidence(1, Video::None), once),
            ("videos not exported", double().evidence(1, Video::None).not_exported(|known| known.video = false), once),
            ("the price asked", double().requested("120.00"), bare),
            ("nothing asked", double().dispute(|dispute| dispute.requested = None), bare),
            ("tampered with", double().tampered(), "denied insufficient_evidence 0.00 notes=evidence_tampered"),
        ],
    );
    // Where a cut video is enough by parameter.
    assert_eq!(double().evidence(1, Video::Cut).set("double.strength=0.75").field("guarantee"), "120.00");
}

#[test]
fn what_is_left_of_the_double_price_limits_a_double_award() {
    let brief = |night: &Night| format!("{} {}", night.award(), night.field("guarantee")).trim_end().to_owned();
    let table = [
        // 240.00 - 100.00 = 140.00 may be paid, 120.00 - 100.00 = 20.00 of it from the escrow.
        ("100.00 refunded", double().refunded("100.00"), "refund_full wrong_item 140.00 120.00"),
        ("119.99 refunded", double().refunded("119.99"), "refund_full wrong_item 120.01 120.00"),
        (
            "130.00 asked, 100.00 refunded",
            double().requested("130.00").refunded("100.00"),
            "refund_full wrong_item 130.00 110.00",
        ),
        (
            "an offer of 200.00 does not add",
            double().requested("180.00").answered(countered("2026-04-11", "200.00")),
            "refund_full wrong_item 180.00 60.00",
        ),
        // The price alone was asked: not double, so 120.00 - 100.00 = 20.00 are left.
        (
            "120.00 asked, 100.00 refunded",
            double().requested("120.00").refunded("100.00"),
            "refund_full wrong_item 20.00",
        ),
        ("120.00 refunded", double().refunded("120.00"), "denied already_refunded 0.00"),
    ];
    for (what, night, expected) in table {
        assert_eq!(brief(&night), expected, "{what}");
    }
}

#[test]
fn the_floor_of_a_double_award_is_measured_from_the_double_price_too() {
    // A share of 1.50 and 180.00 asked at most would be the ceiling; the offer cannot pass what was asked.
    let offered = double().set("double.share=1.50").answered(countered("2026-04-11", "240.00"));
    assert_eq!(offered.award(), "refund_full wrong_item 180.00");
    // 60.00 refunded: 180.00 - 60.00 = 120.00 left of the one and a half, 60.00 of it in the escrow.
    assert_eq!(offered.refunded("60.00").award(), "refund_full wrong_item 120.00");
}

#[test]
fn a_double_award_shares_the_order_with_other_disputes() {
    let later = |reason, requested: Option<&str>| {
        let mut later = dispute("D-2", reason);
        later.opened_at = at("2026-04-11");
        later.requested = requested.map(|amount| money(amount, "USD"));
        later.video = Video::Continuous;
        later
    };
    let colour = plain(Reason::ColourMismatch).category("electronics"); // 48.00
    let second = colour.and_dispute(later(Reason::WrongItem, Some("240.00")));
    // 240.00 - 48.00 = 192.00, 120.00 - 48.00 = 72.00 of it from the escrow.
    assert_eq!(second.awards(), "refund_partial colour_mismatch 48.00; refund_full wrong_item 192.00");
    assert!(second.decide_all()[1].contains("guarantee=120.00"), "{:?}", second.decide_all());
    let first = double().and_dispute(later(Reason::Counterfeit, Some("240.00")));
    assert_eq!(first.awards(), "refund_full wrong_item 240.00; denied already_refunded 0.00");
}
