//! Serial disputers: how often a buyer disputes, and what that stops.

use arbiter_model::coded;
use arbiter_model::money::{Share, TenThousandths};

use crate::evaluation::Evaluation;
use crate::finding::{Disposition, Finding, Queue};
use crate::named;
use crate::parameters::{Count, Part, SerialDisputer, Threshold, WatchThreshold};
use crate::tables;
use crate::trace::{PLAIN, Tracer};
use crate::{AWAITING_RETURN, Rule, Stage};

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

/// An award to somebody who disputes too much.
pub const SERIAL_DISPUTER: Rule = Rule {
    when: "an award above 0, or one that awaits a return, by a rule that weighs the buyer's word, to a `blocked` buyer",
    outcome: "referred to `security`",
    reads: tables![serial_disputer],
    tell: |h, f| match f.withheld() {
        Some((rule, award)) => format!(
            "Under the rule {}, {} would be refunded, but the buyer's record of disputes is at level {}, so security looks into it first",
            rule.code,
            h.amount(award.amount),
            h.buyer_level
        ),
        None => String::new(),
    },
    ..Rule::at(Stage::Review, "serial_disputer")
};

/// Stops an award that a serial disputer would get by a rule that weighs the buyer's word.
pub(super) fn review(h: &Evaluation, finding: Finding, t: &mut Tracer) -> Finding {
    let awaits_return = finding.rule.code == AWAITING_RETURN.code;
    let stopped = match (finding.award(), finding.withheld()) {
        (Some(award), _) => Some((finding.rule, award)),
        (None, Some(withheld)) if awaits_return => Some(withheld),
        _ => None,
    };
    let Some((rule, award)) = stopped else { return finding };
    let stops = t.is(named::WEIGHS_BUYERS_WORD.of(rule.scrutinised))
        && t.at_least(named::BUYER_LEVEL.of(h.buyer_level), PLAIN.of(Level::Blocked));
    t.close(&SERIAL_DISPUTER, stops);
    match stops {
        true => Finding {
            rule: &SERIAL_DISPUTER,
            disposition: Disposition::Refer { queue: Queue::Security },
            ..finding.withholding(rule, award)
        },
        false => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::*;

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
