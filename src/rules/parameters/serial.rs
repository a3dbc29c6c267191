//! Parameters of the last review: from where on a buyer is a serial disputer.

use arbiter_model::instant::Instant;

use crate::parameters::node::parameters;
use crate::parameters::search::{NO_CASE, RuleParameters, Search};
use crate::parameters::values::{Count, Days, Part};

/// What is known of them: they touch cases only through the level of a buyer, who is compared by himself.
pub(crate) const PARAMETERS: RuleParameters = RuleParameters {
    reach: NO_CASE,
    search: |name| match name {
        // They decide what is counted, rather than what counts are held against.
        "window_days" | "burst_days" => Search::EveryValue,
        _ => Search::Halves,
    },
    // What counts in a record is left alone, and so are levels that stop nothing.
    is_turned: |name| name.starts_with("blocked."),
    of_run: true,
    ..RuleParameters::new("")
};

parameters! {
    /// Who counts as a serial disputer.
    pub struct SerialDisputer {
        /// Days up to the as-of in which disputes and orders count.
        pub window_days: Days,
        /// Days up to the as-of in which disputes count as a burst.
        pub burst_days: Days,
        /// From here awards are stopped.
        pub blocked: Threshold,
        /// From here a buyer is conspicuous.
        pub flagged: Threshold,
        /// From here a buyer is worth a look.
        pub watch: WatchThreshold,
    }

    /// When a level is reached: by the rate of disputes, or by contradicted claims.
    pub struct Threshold {
        /// Disputed orders it takes, along with the rate.
        #[schemars(extend("x-unit" = "orders"))]
        pub disputes: Count,
        /// The lower end of the rate's interval it takes.
        #[schemars(extend("x-unit" = "share of the orders"))]
        pub lower: Part,
        /// Claims of non-receipt against a receipt on record that suffice alone.
        #[schemars(extend("x-unit" = "claims"))]
        pub contradicted: Count,
    }

    /// The lowest level, which a burst of disputes reaches too.
    pub struct WatchThreshold {
        /// Disputed orders it takes, along with the rate.
        #[schemars(extend("x-unit" = "orders"))]
        pub disputes: Count,
        /// The lower end of the rate's interval it takes.
        #[schemars(extend("x-unit" = "share of the orders"))]
        pub lower: Part,
        /// Claims of non-receipt against a receipt on record that suffice alone.
        #[schemars(extend("x-unit" = "claims"))]
        pub contradicted: Count,
        /// Disputes in the burst's days that suffice alone.
        #[schemars(extend("x-unit" = "disputes"))]
        pub burst: Count,
    }
}

impl SerialDisputer {
    /// Whether an instant lies in the window that ends with the as-of: after its start, up to it.
    pub fn in_window(&self, at: Instant, as_of: Instant) -> bool {
        at > self.window_days.before(as_of) && at <= as_of
    }

    /// Whether an instant lies in the days that count as a burst.
    pub fn in_burst(&self, at: Instant, as_of: Instant) -> bool {
        at > self.burst_days.before(as_of) && at <= as_of
    }
}
