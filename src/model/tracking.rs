//! What carriers tell of parcels.

use crate::coded;
use crate::fields::{Link, coded_fields, entity, needed, optional};
use crate::ids::{Country, Origin};
use crate::instant::Instant;
use crate::money::Currency;

entity! {
    /// One entry of a parcel's tracking history.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TrackingEvent of "tracking" {
        /// The order that the event is about.
        order_link: Link = needed("order_id").link();
        /// When it happened.
        at: Instant = needed("event_at");
        /// What happened.
        status: TrackingStatus = needed("status");
        /// The parcel's number; nothing is decided by it.
        number_link: Link = optional("tracking_no").link();
        /// Where it happened.
        country: Option<Country> = optional("country");
    }
    beside {
        /// Its row, of identical ones the first.
        origin: Origin,
    }
}

impl TrackingEvent {
    /// An event that happened nowhere in particular.
    pub fn new(at: Instant, status: TrackingStatus) -> Self {
        Self { at, status, ..Self::empty(Currency::NONE) }
    }
}

coded! {
    /// What happened to a parcel, on its way to the buyer or back.
    TrackingStatus {
        /// The carrier took it.
        Accepted = "accepted",
        /// On its way.
        InTransit = "in_transit",
        /// At customs.
        Customs = "customs",
        /// At the destination's post.
        Arrived = "arrived",
        /// With the courier.
        OutForDelivery = "out_for_delivery",
        /// Handed over.
        Delivered = "delivered",
        /// Went back to the sender, undelivered.
        Returned = "returned",
        /// Lost, says the carrier.
        Lost = "lost",
        /// The buyer sent the goods back.
        ReturnShipped = "return_shipped",
        /// The seller has the goods back.
        ReturnDelivered = "return_delivered",
        /// A top-up reached the phone.
        Credited = "credited",
    }
}

impl TrackingStatus {
    /// Whether this is about the parcel on its way to the buyer, rather than a top-up or a return.
    pub fn is_parcel(self) -> bool {
        !matches!(self, Self::Credited | Self::ReturnShipped | Self::ReturnDelivered)
    }
}

coded_fields!(TrackingStatus);
