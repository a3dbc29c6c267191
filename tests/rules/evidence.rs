//! What a buyer must show before the goods are judged.

use arbiter_model::dispute::{Reason, Video};

use crate::common::{Night, plain};
use crate::{check, clock};

/// The reasons that need a photo or a video.
const PICTURED: [Reason; 10] = [
    Reason::ColourMismatch,
    Reason::SizeMismatch,
    Reason::MinorMismatch,
    Reason::ShippingMethod,
    Reason::FakeCapacity,
    Reason::Defective,
    Reason::Damaged,
    Reason::WrongItem,
    Reason::Counterfeit,
    Reason::QuantityShort,
];

/// A case whose numbers are there: 40 of 64 GB, one of three units.
fn numbered(reason: Reason) -> Night {
    plain(reason).order(|order| order.quantity = 3).dispute(|dispute| {
        dispute.advertised_capacity = Some(64.into());
        dispute.measured_capacity = Some(40.into());
        dispute.quantity_received = Some(1);
    })
}

fn without_pictures(night: Night) -> Night {
    night.not_exported(|known| (known.photos, known.video) = (false, false)).evidence(0, Video::None)
}

#[test]
fn evidence_is_awaited_for_three_days_from_the_escalation_on() {
    let moments = [
        ("2026-04-25 00:00:00", "pending awaiting_evidence 2026-04-28"),
        ("2026-04-27 23:59:59", "pending awaiting_evidence 2026-04-28"),
        ("2026-04-28 00:00:00", "denied insufficient_evidence"),
        ("2026-04-28 00:00:01", "denied insufficient_evidence"),
    ];
    for reason in PICTURED {
        clock(&numbered(reason).evidence(0, Video::None), moments);
        clock(&numbered(reason).evidence(3, Video::Continuous).tampered(), moments);
    }
    clock(&plain(Reason::EmptyParcel), moments);
    clock(&plain(Reason::Customs), moments);
    let colour = plain(Reason::ColourMismatch).evidence(0, Video::None);
    clock(
        &colour.clone().escalated("2026-04-13"),
        [
            ("2026-04-15 23:59:59", "pending awaiting_evidence 2026-04-16"),
            ("2026-04-16 00:00:00", "denied insufficient_evidence"),
        ],
    );
    clock(
        &colour.set("awaiting_evidence.days=5"),
        [
            ("2026-04-29 23:59:59", "pending awaiting_evidence 2026-04-30"),
            ("2026-04-30 00:00:00", "denied insufficient_evidence"),
        ],
    );
}

#[test]
fn one_photo_or_any_video_shows_the_goods() {
    for reason in PICTURED {
        let shown = [(1, Video::None), (0, Video::Cut), (0, Video::Continuous), (2, Video::Cut)];
        for (photos, video) in shown {
            let rule = numbered(reason).evidence(photos, video).rule();
            assert!(rule.ends_with(reason.code()), "{reason} with {photos} photos, {video} video: {rule}");
        }
    }
}

#[test]
fn an_empty_parcel_takes_an_unbroken_video_and_customs_take_a_paper() {
    let empty = |photos, video| plain(Reason::EmptyParcel).evidence(photos, video);
    let customs = |documents| plain(Reason::Customs).dispute(|dispute| dispute.documents = documents);
    check(
        Night::award,
        [
            ("photos", empty(9, Video::None), "denied insufficient_evidence 0.00"),
            ("a cut video", empty(9, Video::Cut), "denied insufficient_evidence 0.00"),
            ("an unbroken video alone", empty(0, Video::Continuous), "refund_full empty_parcel 120.00"),
            ("no paper", customs(0).evidence(9, Video::Continuous), "denied insufficient_evidence 0.00"),
            ("one paper", customs(1).evidence(0, Video::None), "refund_full customs 120.00"),
            ("a paper, tampered with", customs(1).tampered(), "denied insufficient_evidence 0.00"),
        ],
    );
}

#[test]
fn some_reasons_need_no_evidence() {
    let bare = |reason| plain(reason).evidence(0, Video::None).tampered();
    check(
        Night::brief,
        [
            ("a mistake", bare(Reason::OrderedByMistake), "denied no_fault 0.00"),
            ("something else", bare(Reason::Other), "referred other 0.00 queue=complaint"),
            ("parcel reasons", bare(Reason::NotReceived), "refund_full not_delivered 120.00 notes=cashback_void"),
        ],
    );
}

#[test]
fn an_empty_number_is_missing_evidence() {
    let moments = [
        ("2026-04-27 23:59:59", "pending awaiting_evidence 2026-04-28"),
        ("2026-04-28 00:00:00", "denied insufficient_evidence"),
    ];
    let capacity = numbered(Reason::FakeCapacity);
    clock(&capacity.clone().dispute(|dispute| dispute.advertised_capacity = None), moments);
    clock(&capacity.dispute(|dispute| dispute.measured_capacity = None), moments);
    clock(&numbered(Reason::QuantityShort).dispute(|dispute| dispute.quantity_received = None), moments);
}

#[test]
fn tampered_evidence_counts_as_none() {
    let tampered = plain(Reason::ColourMismatch).evidence(5, Video::Continuous).tampered();
    check(
        Night::decide,
        [
            (
                "awaited",
                tampered.clone().as_of("2026-04-26"),
                "pending awaiting_evidence 0.00 next=2026-04-28T00:00:00Z notes=evidence_tampered",
            ),
            ("denied", tampered.clone(), "denied insufficient_evidence 0.00 notes=evidence_tampered"),
            (
                "not exported, and tampered with",
                without_pictures(tampered),
                "denied insufficient_evidence 0.00 notes=evidence_tampered",
            ),
            (
                "an unbroken video not exported, and tampered with",
                plain(Reason::EmptyParcel).not_exported(|known| known.video = false).tampered(),
                "denied insufficient_evidence 0.00 notes=evidence_tampered",
            ),
            (
                "papers not exported, and tampered with",
                plain(Reason::Customs).not_exported(|known| known.documents = false).tampered(),
                "denied insufficient_evidence 0.00 notes=evidence_tampered",
            ),
        ],
    );
}

#[test]
fn nobody_is_blamed_for_evidence_that_the_export_lacks() {
    let bare = |reason| plain(reason).evidence(0, Video::None);
    let without_video = |night: Night| night.not_exported(|known| known.video = false);
    let without_photos = |night: Night| night.not_exported(|known| known.photos = false);
    check(
        Night::award,
        [
            // 120.00 x (0.30 + 0.20 x 0.50)
            (
                "photos and videos",
                without_pictures(bare(Reason::ColourMismatch)),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "videos, and there is no photo",
                without_video(bare(Reason::ColourMismatch)),
                "denied insufficient_evidence 0.00",
            ),
            (
                "videos, and there is a photo",
                without_video(plain(Reason::ColourMismatch)),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "photos, and there is no video",
                without_photos(bare(Reason::ColourMismatch)),
                "denied insufficient_evidence 0.00",
            ),
            (
                "photos, and there is an unbroken video: 120.00 x 0.50",
                without_photos(bare(Reason::ColourMismatch).evidence(0, Video::Continuous)),
                "refund_partial colour_mismatch 60.00",
            ),
            (
                "videos, for an empty parcel",
                without_video(bare(Reason::EmptyParcel)),
                "refund_full empty_parcel 120.00",
            ),
            (
                "photos, for an empty parcel",
                without_photos(bare(Reason::EmptyParcel)),
                "denied insufficient_evidence 0.00",
            ),
            // 120.00 x (0.50 + 0.40 x 0.50)
            ("photos and videos, damaged", without_pictures(bare(Reason::Damaged)), "refund_partial damaged 84.00"),
            ("videos, damaged", without_video(plain(Reason::Damaged)), "refund_partial damaged 84.00"),
            (
                "papers",
                bare(Reason::Customs).not_exported(|known| known.documents = false),
                "refund_full customs 120.00",
            ),
            ("pictures, for customs", without_pictures(bare(Reason::Customs)), "denied insufficient_evidence 0.00"),
            (
                "papers, for a colour",
                bare(Reason::ColourMismatch).not_exported(|known| known.documents = false),
                "denied insufficient_evidence 0.00",
            ),
        ],
    );
}

#[test]
fn a_missing_number_column_is_for_a_person() {
    let capacity = numbered(Reason::FakeCapacity);
    let quantity = numbered(Reason::QuantityShort).not_exported(|known| known.quantity_received = false);
    let referred = "referred facts_not_exported 0.00 queue=complaint";
    check(
        Night::decide,
        [
            ("advertised", capacity.clone().not_exported(|known| known.advertised_capacity = false), referred),
            ("measured", capacity.clone().not_exported(|known| known.measured_capacity = false), referred),
            ("quantity", quantity.clone(), referred),
            ("before the gate: no pictures", quantity.clone().evidence(0, Video::None), referred),
            ("before the gate: tampered with", quantity.clone().tampered(), referred),
            ("at once", quantity.clone().as_of("2026-04-25"), referred),
        ],
    );
    check(
        Night::award,
        [
            (
                "a column that the reason does not need",
                plain(Reason::ColourMismatch).not_exported(|known| known.quantity_received = false),
                "refund_partial colour_mismatch 48.00",
            ),
            (
                "a capacity for a quantity: 120.00 x 2/3",
                numbered(Reason::QuantityShort).not_exported(|known| known.measured_capacity = false),
                "refund_partial quantity_short 80.00",
            ),
            ("an agreement needs no numbers", quantity.clone().unanswered(), "refund_full seller_silent 120.00"),
            ("a question comes first", quantity.info_requested("2026-05-31"), "pending awaiting_buyer 0.00"),
        ],
    );
}

#[test]
fn the_notes_say_where_the_export_lacked_the_evidence() {
    let bare = |reason| plain(reason).evidence(0, Video::None);
    let stated = "evidence_not_exported;cashback_void";
    check(
        Night::notes,
        [
            ("pictures", without_pictures(bare(Reason::ColourMismatch)), stated),
            ("an unbroken video", bare(Reason::EmptyParcel).not_exported(|known| known.video = false), stated),
            ("papers", bare(Reason::Customs).not_exported(|known| known.documents = false), stated),
            ("met by a photo", plain(Reason::Damaged).not_exported(|known| known.video = false), "cashback_void"),
            (
                "met by a paper",
                without_pictures(bare(Reason::Customs).dispute(|dispute| dispute.documents = 1)),
                "cashback_void",
            ),
            (
                "in a denial too",
                without_pictures(
                    numbered(Reason::QuantityShort).dispute(|dispute| dispute.quantity_received = Some(3)),
                ),
                "evidence_not_exported",
            ),
            ("no gate, no note", without_pictures(plain(Reason::NotReceived)), "cashback_void"),
            ("no gate for a mistake", without_pictures(plain(Reason::OrderedByMistake)), ""),
            (
                "a settlement asks for no evidence",
                without_pictures(plain(Reason::Damaged)).unanswered(),
                "cashback_void",
            ),
        ],
    );
}

#[test]
fn the_explanation_names_what_is_missing() {
    let bare = |reason| numbered(reason).evidence(0, Video::None).as_of("2026-04-26");
    let cases = [
        (bare(Reason::ColourMismatch), "photo"),
        (bare(Reason::EmptyParcel), "video"),
        (bare(Reason::Customs), "paper"),
        (
            bare(Reason::FakeCapacity).evidence(1, Video::None).dispute(|dispute| dispute.measured_capacity = None),
            "capacity",
        ),
        (
            bare(Reason::QuantityShort).evidence(1, Video::None).dispute(|dispute| dispute.quantity_received = None),
            "units",
        ),
    ];
    for (night, missing) in cases {
        let explanation = night.explanation();
        assert_eq!(night.rule(), "pending awaiting_evidence", "{missing}");
        assert!(explanation.contains(missing), "{missing} is not in: {explanation}");
    }
}
