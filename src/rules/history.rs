//! What an order's tracking says, up to the as-of.

use arbiter_model::dispute::{Order, TrackingEvent, TrackingStatus};
use arbiter_model::instant::Instant;

/// An order's tracking events that have happened, by what the rules ask of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The earliest parcel event.
    pub first_parcel: Option<Instant>,
    /// The latest parcel event; of several at one instant the last in the export.
    pub latest_parcel: Option<TrackingEvent>,
    /// **D**: the earliest delivery in the destination country; a country missing on either side
    /// counts as the destination.
    pub delivered: Option<Instant>,
    /// The earliest delivery in another country.
    pub delivered_elsewhere: Option<TrackingEvent>,
    /// The earliest credit of a top-up.
    pub credited: Option<Instant>,
    /// When the buyer first sent the goods back.
    pub return_shipped: Option<Instant>,
    /// When the seller first had them back.
    pub return_delivered: Option<Instant>,
}

impl History {
    /// Reads an order's events, which stand in the export's order, up to `as_of`.
    pub fn read(order: &Order, events: &[TrackingEvent], as_of: Instant) -> Self {
        let mut history = Self::default();
        for event in events.iter().filter(|event| event.at <= as_of) {
            history.add(order, *event);
        }
        history
    }

    fn add(&mut self, order: &Order, event: TrackingEvent) {
        if event.status.is_parcel() {
            keep_earliest(&mut self.first_parcel, event.at);
            if self.latest_parcel.is_none_or(|latest| latest.at <= event.at) {
                self.latest_parcel = Some(event);
            }
        }
        match event.status {
            TrackingStatus::Delivered => self.add_delivery(order, event),
            TrackingStatus::Credited => keep_earliest(&mut self.credited, event.at),
            TrackingStatus::ReturnShipped => keep_earliest(&mut self.return_shipped, event.at),
            TrackingStatus::ReturnDelivered => keep_earliest(&mut self.return_delivered, event.at),
            _ => {}
        }
    }

    fn add_delivery(&mut self, order: &Order, event: TrackingEvent) {
        let elsewhere = matches!((event.country, order.destination), (Some(here), Some(there)) if here != there);
        if !elsewhere {
            keep_earliest(&mut self.delivered, event.at);
        } else if self.delivered_elsewhere.is_none_or(|known| event.at < known.at) {
            self.delivered_elsewhere = Some(event);
        }
    }

    /// **R**, the receipt: the earlier of the delivery and the buyer's confirmation.
    pub fn receipt(&self, order: &Order, as_of: Instant) -> Option<Instant> {
        let confirmed = order.confirmed_at.filter(|at| *at <= as_of);
        [self.delivered, confirmed].into_iter().flatten().min()
    }
}

fn keep_earliest(kept: &mut Option<Instant>, at: Instant) {
    *kept = Some(kept.map_or(at, |earlier| earlier.min(at)));
}
