//! The quarrel: who disputes an order, why, with what evidence, and how far it got.

use std::ops::Range;

use lean_string::ToLeanString;
use rust_decimal::Decimal;

use arbiter_model::dispute::{
    Dispute, Id, Order, Reason, SellerAnswer, SellerResponse, TrackingEvent, TrackingStatus, Video,
};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;

use super::chance::Chance;
use super::market::{Market, TOP_UP, Temper, part};
use super::words;

/// What is claimed of goods that came, by thousandths.
const ABOUT_GOODS: &[(u64, Reason)] = &[
    (150, Reason::ColourMismatch),
    (160, Reason::SizeMismatch),
    (100, Reason::MinorMismatch),
    (30, Reason::ShippingMethod),
    (35, Reason::FakeCapacity),
    (140, Reason::Defective),
    (95, Reason::Damaged),
    (70, Reason::WrongItem),
    (40, Reason::Counterfeit),
    (50, Reason::QuantityShort),
    (15, Reason::EmptyParcel),
    (20, Reason::Customs),
    (30, Reason::OrderedByMistake),
    (25, Reason::Other),
    (30, Reason::NotReceived),
    (10, Reason::WrongAddress),
];

/// What is claimed of a parcel that did not come.
const ABOUT_PARCELS: &[(u64, Reason)] = &[
    (780, Reason::NotReceived),
    (110, Reason::NotTrackable),
    (50, Reason::WrongAddress),
    (40, Reason::Customs),
    (20, Reason::Other),
];

/// The disputes opened about an order by the as-of, and the return parcels that follow from them.
pub(crate) fn quarrel(
    order: &Order,
    events: &mut Vec<TrackingEvent>,
    number: u64,
    market: &Market,
    as_of: Instant,
    chance: &mut Chance,
) -> Vec<Dispute> {
    let mut disputes = Vec::new();
    let received = events.iter().find(|event| event.status == TrackingStatus::Delivered).map(|event| event.at);
    if !chance.per_mille(readiness(market.temper(&order.buyer_id), received.is_some())) {
        return disputes;
    }
    let opened_at = opening(order, received, chance);
    let is_received = received.is_some_and(|at| at <= opened_at);
    let mut case = claim(order, format_args!("D-{number:08}").to_lean_string(), opened_at, is_received, chance);
    if chance.per_mille(2) {
        case.buyer_id = market.stranger(chance);
    }
    argue(&mut case, order, as_of, chance);
    send_back(&case, events, as_of, chance);
    if chance.per_mille(6) {
        let later = chance.days_after(case.opened_at, 1..12);
        let mut second = claim(order, format_args!("D-{number:08}-2").to_lean_string(), later, is_received, chance);
        argue(&mut second, order, as_of, chance);
        disputes.push(second);
    }
    disputes.insert(0, case);
    disputes.retain(|dispute| dispute.opened_at <= as_of);
    disputes
}

/// How many of a thousand orders a buyer disputes.
fn readiness(temper: Temper, is_received: bool) -> u64 {
    match (temper, is_received) {
        (Temper::Serial, _) => 700,
        (Temper::Choosy, true) => 215,
        (Temper::Choosy, false) => 450,
        (Temper::Easy, true) => 50,
        (Temper::Easy, false) => 275,
    }
}

fn opening(order: &Order, received: Option<Instant>, chance: &mut Chance) -> Instant {
    match (received, order.shipped_at) {
        (Some(at), _) => chance.seconds_after(at, 3_600..1_500_000),
        (None, Some(at)) => chance.days_after(at, 12..78),
        (None, None) if order.category.as_deref() == Some(TOP_UP) => {
            chance.seconds_after(order.paid_at, 3_600..200_000)
        }
        (None, None) => chance.days_after(order.paid_at, 6..30),
    }
}

/// What the buyer claims and shows.
fn claim(order: &Order, id: Id, opened_at: Instant, is_received: bool, chance: &mut Chance) -> Dispute {
    let reason = *chance.weighted(if is_received { ABOUT_GOODS } else { ABOUT_PARCELS });
    let is_capacity = reason == Reason::FakeCapacity;
    let advertised = is_capacity.then(|| Decimal::from(chance.one_of(&[16_u64, 32, 64, 128, 256])));
    let measured = advertised.map(|advertised| match chance.per_mille(200) {
        true => advertised * Decimal::new(93, 2),
        false => Decimal::new(chance.between(30..160) as i64, 1),
    });
    Dispute {
        requested: requested(order, chance),
        wants_return: chance.per_mille(150),
        photos: if chance.per_mille(780) { 1 + chance.low_of(6) } else { 0 },
        video: *chance.weighted(&[(620, Video::None), (200, Video::Cut), (180, Video::Continuous)]),
        documents: if chance.per_mille(if reason == Reason::Customs { 600 } else { 40 }) { 1 } else { 0 },
        evidence_tampered: chance.per_mille(7),
        quantity_received: (reason == Reason::QuantityShort).then(|| chance.below(order.quantity + 1)),
        advertised_capacity: advertised,
        measured_capacity: measured,
        usable: (reason == Reason::Defective).then(|| chance.per_mille(550)),
        comment: chance.per_mille(800).then(|| chance.one_of(words::about(reason)).into()),
        ..Dispute::new(id, order.buyer_id.clone(), opened_at, reason)
    }
}

fn requested(order: &Order, chance: &mut Chance) -> Option<Money> {
    match chance.below(100) {
        0..45 => None,
        45..65 => Some(order.goods_total),
        65..95 => Some(part(chance, order.goods_total, order.currency, 10..95)),
        _ => Some(part(chance, order.goods_total, order.currency, 150..210)),
    }
}

/// What both sides and the platform did next, as far as it has happened.
fn argue(case: &mut Dispute, order: &Order, as_of: Instant, chance: &mut Chance) {
    let next = |often: u64, from: Option<Instant>, seconds: Range<u64>, chance: &mut Chance| {
        let at = from.filter(|_| chance.per_mille(often)).map(|from| chance.seconds_after(from, seconds));
        at.filter(|at| *at <= as_of)
    };
    const DAY: u64 = 86_400;
    let opened = Some(case.opened_at);
    let answered = next(820, opened, 3_600..5 * DAY, chance);
    case.set_response(answered.map(|at| SellerResponse { answer: answer(order, chance), at }));
    let offered =
        answered.filter(|_| case.response().is_some_and(|r| matches!(r.answer, SellerAnswer::Countered { .. })));
    case.buyer_accepted_at = next(300, offered, 3_600..4 * DAY, chance);
    case.escalated_at = next(280, opened, DAY..13 * DAY, chance);
    case.info_requested_at = next(60, opened, 4 * DAY..18 * DAY, chance);
    case.info_supplied_at = next(700, case.info_requested_at, 3_600..5 * DAY, chance);
    case.withdrawn_at = next(40, opened, 3_600..25 * DAY, chance);
}

fn answer(order: &Order, chance: &mut Chance) -> SellerAnswer {
    match chance.below(100) {
        0..25 => SellerAnswer::Accepted,
        25..62 => SellerAnswer::Rejected,
        _ => SellerAnswer::Countered { offer: part(chance, order.goods_total, order.currency, 8..85) },
    }
}

/// Most who offered the goods back, and whose claim was accepted or came before the platform, send
/// them.
fn send_back(case: &Dispute, events: &mut Vec<TrackingEvent>, as_of: Instant, chance: &mut Chance) {
    if !case.wants_return || !chance.per_mille(650) {
        return;
    }
    let accepted =
        case.response().filter(|response| response.answer == SellerAnswer::Accepted).map(|response| response.at);
    let from = accepted.or(case.escalated_at).unwrap_or_else(|| chance.days_after(case.opened_at, 12..18));
    let posted = chance.seconds_after(from, 30_000..1_000_000);
    let arrived = chance.days_after(posted, 14..45);
    let way = [(TrackingStatus::ReturnShipped, posted), (TrackingStatus::ReturnDelivered, arrived)];
    events.extend(way.map(|(status, at)| TrackingEvent::new(at, status)));
    events.retain(|event| event.at <= as_of);
}
