//! Parameters of stage 4, for claims that the parcel did not reach the buyer.

use crate::parameters::node::parameters;
use crate::parameters::values::{Days, Part};

parameters! {
    /// A parcel that came, but late.
    pub struct DeliveredLate {
        /// Share of the price of the goods that the delay is worth.
        pub share: Part,
    }

    /// The least wait before a claim of non-receipt wins.
    pub struct NonReceipt {
        /// Days from shipment before which a claim of non-receipt is not won for want of the parcel; 0 for none.
        pub wait_days: Days,
    }

    /// A parcel that does not move.
    pub struct ParcelStalled {
        /// Days without an event after which a parcel counts as not coming.
        pub days: Days,
    }
}
