//! The parcel's journey: what the carrier reports of it, and when it is confirmed.

use arbiter_model::dispute::{Country, Order, TrackingEvent, TrackingStatus};
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};

use super::chance::Chance;
use super::market::TOP_UP;

/// How a journey ends.
#[derive(Clone, Copy)]
enum End {
    /// Handed over.
    Delivered,
    /// Handed over in another country.
    Elsewhere,
    /// Back to the sender.
    Returned,
    /// Lost, says the carrier.
    Lost,
    /// No further news.
    Silence,
    /// Never any news: the number leads nowhere.
    Untracked,
}

const ENDS: &[(u64, End)] = &[
    (890, End::Delivered),
    (6, End::Elsewhere),
    (9, End::Returned),
    (9, End::Lost),
    (56, End::Silence),
    (30, End::Untracked),
];

/// Days on the way: from, to, by hundredths.
const TRANSIT: &[(u64, (u64, u64))] = &[(15, (6, 12)), (50, (12, 28)), (27, (28, 48)), (8, (48, 80))];

/// Sends an order's parcel off and reports its way by the as-of.
pub(crate) fn travel(order: &mut Order, as_of: Instant, chance: &mut Chance) -> Vec<TrackingEvent> {
    let mut events = match order.category.as_deref() == Some(TOP_UP) {
        true => credit(order, chance),
        false => send(order, as_of, chance),
    };
    events.retain(|event| event.at <= as_of);
    order.confirmed_at = confirmation(&events, chance).filter(|at| *at <= as_of);
    events
}

/// A top-up reaches the phone within hours, or not at all.
fn credit(order: &Order, chance: &mut Chance) -> Vec<TrackingEvent> {
    if chance.per_mille(30) {
        return Vec::new();
    }
    let at = chance.seconds_after(order.paid_at, 60..20_000);
    vec![TrackingEvent::new(at, TrackingStatus::Credited)]
}

fn send(order: &mut Order, as_of: Instant, chance: &mut Chance) -> Vec<TrackingEvent> {
    if chance.per_mille(15) {
        return Vec::new();
    }
    let left = chance.seconds_after(order.paid_at, 20_000..700_000);
    if left > as_of {
        return Vec::new();
    }
    order.shipped_at = Some(left);
    let protection = chance.weighted(&[(300, None), (600, Some(60)), (100, Some(75))]);
    order.protection_ends_at = protection.map(|days: i64| left.plus_seconds(days * SECONDS_PER_DAY));
    let end = *chance.weighted(ENDS);
    let stops = stops(end, order.destination, chance);
    let &(least, most) = chance.weighted(TRANSIT);
    let transit = chance.between(least * 86_400..most * 86_400);
    let step = transit / (stops.len() as u64).max(1);
    let mut at = left;
    stops
        .into_iter()
        .map(|(status, country)| {
            at = chance.seconds_after(at, step / 2..step * 3 / 2 + 1);
            TrackingEvent { country, ..TrackingEvent::new(at, status) }
        })
        .collect()
}

/// What is reported on the way, and where.
fn stops(end: End, destination: Option<Country>, chance: &mut Chance) -> Vec<(TrackingStatus, Option<Country>)> {
    let china = Country::from_code("CN");
    let way = [
        (1000, TrackingStatus::Accepted, china),
        (850, TrackingStatus::InTransit, china),
        (500, TrackingStatus::InTransit, None),
        (450, TrackingStatus::Customs, destination),
        (750, TrackingStatus::Arrived, destination),
        (400, TrackingStatus::OutForDelivery, destination),
    ];
    let reported: Vec<_> = way.iter().filter(|(often, ..)| chance.per_mille(*often)).collect();
    let news = match end {
        End::Untracked => 0,
        End::Silence | End::Lost => 1 + chance.below(reported.len() as u64) as usize,
        _ => reported.len(),
    };
    let mut stops: Vec<_> = reported.iter().take(news).map(|(_, status, country)| (*status, *country)).collect();
    let last = match end {
        End::Delivered if chance.per_mille(60) => Some((TrackingStatus::Delivered, None)),
        End::Delivered => Some((TrackingStatus::Delivered, destination)),
        End::Elsewhere => Some((TrackingStatus::Delivered, Country::from_code("PL"))),
        End::Returned => Some((TrackingStatus::Returned, china)),
        End::Lost => Some((TrackingStatus::Lost, None)),
        End::Silence | End::Untracked => None,
    };
    stops.extend(last);
    stops
}

/// Some of those who got a parcel say so.
fn confirmation(events: &[TrackingEvent], chance: &mut Chance) -> Option<Instant> {
    let delivered = events.last().filter(|event| event.status == TrackingStatus::Delivered)?;
    chance.per_mille(450).then(|| chance.days_after(delivered.at, 0..9))
}
