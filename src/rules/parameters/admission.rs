//! Parameters of stage 1: protection, top-ups, dispatch, and when a dispute may be opened.

use crate::parameters::node::parameters;
use crate::parameters::values::{Codes, Days, Hours};

parameters! {
    /// Buyer protection, where the export does not state its end.
    pub struct Protection {
        /// Days from shipment to the end of buyer protection.
        pub days: Days,
    }

    /// Top-ups of a phone's balance.
    pub struct TopUp {
        /// The categories that are top-ups: nothing is sent, and a `credited` event is their delivery.
        pub categories: Codes,
        /// Hours from payment within which a top-up must be credited.
        pub hours: Hours,
    }

    /// The seller's time to hand the parcel over.
    pub struct NeverShipped {
        /// Days from payment within which the order must be shipped.
        pub days: Days,
    }

    /// The earliest dispute.
    pub struct TooEarly {
        /// Days from shipment before which a dispute waits.
        pub days: Days,
    }

    /// The latest dispute.
    pub struct TooLate {
        /// Days from receipt, or from the end of protection, within which a dispute must be opened.
        pub days: Days,
    }
}
