//! Parameters of stage 3: the platform's questions to the buyer.

use crate::parameters::node::parameters;
use crate::parameters::values::Days;

parameters! {
    /// The buyer's time to answer the platform.
    pub struct AwaitingBuyer {
        /// Days from the platform's question within which the buyer must answer.
        pub days: Days,
    }
}
