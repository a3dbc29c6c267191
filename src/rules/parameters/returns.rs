//! Parameters of the return of the goods, which an award may await.

use crate::parameters::node::parameters;
use crate::parameters::values::{AmountByCurrency, Days, Part};

parameters! {
    /// The return of goods.
    pub struct Returns {
        /// Days within which the buyer must send the goods back.
        pub posting_days: Days,
        /// Days on the way after which a person looks for them.
        pub transit_days: Days,
        /// What posting a parcel back costs, by currency.
        pub posting_cost: AmountByCurrency,
        /// From this share of the price of the goods on, the postage is too dear and the return is waived.
        pub waived_from: Part,
    }
}
