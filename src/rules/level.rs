//! How often a buyer disputes, and the level that it comes to.

use arbiter_model::coded;
use arbiter_model::money::{Share, TenThousandths};

use crate::parameters::{Count, Part, SerialDisputer, Threshold, WatchThreshold};

coded! {
    /// How conspicuous a buyer's disputing is.
    Level {
        /// Not at all.
        None = "none",
        /// Worth a look.
        Watch = "watch",
        /// Conspicuous.
        Flagged = "flagged",
        /// Awards are stopped.
        Blocked = "blocked",
    }
}

/// What a buyer's disputing adds up to, as of one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BuyerRecord {
    /// **k**: orders with a dispute opened in the window.
    pub disputed_orders: u64,
    /// **n**: orders paid in the window, at least k.
    pub orders: u64,
    /// **c**: own orders with a claim of non-receipt in the window that were received before it.
    pub contradicted: u64,
    /// **b**: disputes opened in the last few days.
    pub burst: u64,
}

/// z of a 95 % interval.
const Z: f64 = 1.96;

impl BuyerRecord {
    /// The lower end of the 95 % Wilson interval of k in n: the rate that the record proves. One
    /// dispute on one order says little, nine on ten say much.
    pub fn lower(&self) -> f64 {
        if self.orders == 0 {
            return 0.0;
        }
        let (k, n) = (self.disputed_orders as f64, self.orders as f64);
        let rate = k / n;
        let centre = rate + Z * Z / (2.0 * n);
        let spread = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((centre - spread) / (1.0 + Z * Z / n)).max(0.0)
    }

    /// `k / n` to four decimals.
    pub fn rate(&self) -> TenThousandths {
        TenThousandths::ratio(self.disputed_orders.into(), self.orders.into())
    }

    /// The highest level that applies.
    pub fn level(&self, terms: &SerialDisputer) -> Level {
        let lower = self.lower();
        let reaches = |disputes: Count, least: Part, contradicted: Count| {
            let proven = lower >= Share::from(least).as_f64();
            (disputes.is_reached_by(self.disputed_orders) && proven) || contradicted.is_reached_by(self.contradicted)
        };
        let Threshold { disputes, lower: least, contradicted } = terms.blocked;
        if reaches(disputes, least, contradicted) {
            return Level::Blocked;
        }
        let Threshold { disputes, lower: least, contradicted } = terms.flagged;
        if reaches(disputes, least, contradicted) {
            return Level::Flagged;
        }
        let WatchThreshold { disputes, lower: least, contradicted, burst } = terms.watch;
        if reaches(disputes, least, contradicted) || burst.is_reached_by(self.burst) {
            return Level::Watch;
        }
        Level::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// lower = (p + z²/2n - z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    #[test]
    fn the_interval_is_wilsons() {
        let lower = |disputed_orders, orders| BuyerRecord { disputed_orders, orders, ..BuyerRecord::default() }.lower();
        // 1 of 1: (1 + 1.9208 - 1.96 x 0.98) / 4.8416 = 0.2065
        assert!((lower(1, 1) - 0.206_5).abs() < 0.000_05);
        // 9 of 10: (0.9 + 0.19208 - 1.96 x √(0.009 + 0.009604)) / 1.38416 = (1.09208 - 0.26734) / 1.38416 = 0.5958
        assert!((lower(9, 10) - 0.595_8).abs() < 0.000_05);
        assert!(lower(0, 10).abs() < 1e-12);
        assert!(lower(0, 0).abs() < 1e-12);
    }
}
