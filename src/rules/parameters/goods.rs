//! Parameters of stage 4, for claims about the goods: the shares of their price that claims are worth.

use arbiter_model::money::Share;

use crate::parameters::node::parameters;
use crate::parameters::values::{AnyShare, Band, Codes, Part};

parameters! {
    /// A claim whose worth lies in a band, by the strength of the evidence.
    pub struct Banded {
        /// Lowest and highest share of the price of the goods.
        pub band: Band,
    }

    /// A claim that is worth one share.
    pub struct FixedShare {
        /// Share of the price of the goods.
        pub share: Part,
    }

    /// A claim that is worth one share in its plain case, and lies in a band otherwise.
    pub struct BandOrShare {
        /// Lowest and highest share of the price of the goods, in the lesser case.
        pub band: Band,
        /// Share of the price of the goods in the plain case.
        pub share: Part,
    }

    /// Storage that holds less than it claims.
    pub struct FakeCapacity {
        /// Share of the price of the goods.
        pub share: Part,
        /// How far below the advertised capacity a genuine one may measure, as a share of it.
        #[schemars(extend("x-unit" = "share of the capacity"))]
        pub tolerance: Part,
    }

    /// More than the price of the goods, for the wrong or false goods of some categories.
    pub struct Double {
        /// The categories it is for.
        pub categories: Codes,
        /// Share of the price of the goods, above 1.00 in effect.
        #[schemars(with = "AnyShare")]
        pub share: Share,
        /// The strength of evidence it takes.
        #[schemars(extend("x-unit" = "strength"))]
        pub strength: Part,
    }
}
