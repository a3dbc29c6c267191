//! The parameters that can be turned: every number by which a case is decided.

use arbiter_model::money::{Money, Share};
use arbiter_rules::{AmountByCurrency, Band, Count, Days, Hours, Part};

use super::search::Dial;
use super::stand::{Parameters, Stand};

/// What a step of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A day.
    Day,
    /// An hour.
    Hour,
    /// One.
    One,
    /// A ten-thousandth.
    TenThousandth,
    /// The currency's minor unit.
    Minor,
}

/// A parameter that is a number.
pub(super) struct Knob {
    /// Its dotted path.
    pub path: &'static str,
    /// What one step is.
    pub unit: Unit,
    /// Its value in steps; none where the case has none.
    pub get: fn(&Stand, &Parameters) -> Option<i64>,
    /// Gives it a value, in steps.
    pub set: fn(&mut Parameters, &Stand, i64),
    /// The least and the most, beside others it must not pass.
    pub range: fn(&Parameters) -> (i64, i64),
}

/// The most days and hours.
const MOST_DAYS: i64 = 36_500;
const MOST_HOURS: i64 = MOST_DAYS * 24;
/// Everything, in ten-thousandths.
const WHOLE: i64 = 10_000;
/// The most that counts and amounts are turned to.
const MOST: i64 = 1_000_000_000;

macro_rules! knob {
    ($path:literal, $unit:ident, $($field:ident).+, $read:expr, $make:expr, $range:expr) => {
        Knob {
            path: $path,
            unit: Unit::$unit,
            get: |_, p| Some($read(p.$($field).+)),
            set: |p, _, steps| p.$($field).+ = $make(steps),
            range: $range,
        }
    };
}
macro_rules! days {
    ($path:literal, $($field:ident).+) => {
        knob!($path, Day, $($field).+, |days: Days| i64::from(days.number()), |n| Days::new(n as u32), |_| (0, MOST_DAYS))
    };
}
macro_rules! part {
    ($path:literal, $($field:ident).+) => {
        knob!($path, TenThousandth, $($field).+, |part: Part| steps(part.into()), |n| Part::new(n as u64), |_| (0, WHOLE))
    };
}
macro_rules! count {
    ($path:literal, $($field:ident).+) => {
        knob!($path, One, $($field).+, |count: Count| count.number() as i64, |n| Count::new(n as u64), |_| (0, MOST))
    };
}
macro_rules! band {
    ($low:literal, $high:literal, $($field:ident).+) => {
        [
            Knob {
                path: $low,
                unit: Unit::TenThousandth,
                get: |_, p| Some(steps(p.$($field).+.low)),
                set: |p, _, n| p.$($field).+ = Band { low: share(n), ..p.$($field).+ },
                range: |p| (0, steps(p.$($field).+.high)),
            },
            Knob {
                path: $high,
                unit: Unit::TenThousandth,
                get: |_, p| Some(steps(p.$($field).+.high)),
                set: |p, _, n| p.$($field).+ = Band { high: share(n), ..p.$($field).+ },
                range: |p| (steps(p.$($field).+.low), WHOLE),
            },
        ]
    };
}

fn share(steps: i64) -> Share {
    Share::ten_thousandths(steps.unsigned_abs())
}

fn steps(share: Share) -> i64 {
    share.in_ten_thousandths() as i64
}

/// The numbers that come by themselves.
pub(super) const SINGLE: &[Knob] = &[
    days!("protection.days", terms.protection.days),
    knob!(
        "top_up.hours",
        Hour,
        terms.top_up.hours,
        |hours: Hours| i64::from(hours.number()),
        |n| Hours::new(n as u32),
        |_| (0, MOST_HOURS)
    ),
    days!("never_shipped.days", terms.never_shipped.days),
    days!("too_early.days", terms.too_early.days),
    days!("too_late.days", terms.too_late.days),
    days!("seller_silent.days", terms.seller_silent.days),
    days!("escalation.manual_days", terms.escalation.manual_days),
    days!("escalation.automatic_days", terms.escalation.automatic_days),
    days!("awaiting_buyer.days", terms.awaiting_buyer.days),
    part!("delivered_late.share", terms.delivered_late.share),
    days!("non_receipt.wait_days", terms.non_receipt.wait_days),
    days!("parcel_stalled.days", terms.parcel_stalled.days),
    days!("awaiting_evidence.days", terms.awaiting_evidence.days),
    part!("strength.photo", terms.strength.photo),
    part!("strength.cut_video", terms.strength.cut_video),
    part!("strength.continuous_video", terms.strength.continuous_video),
    part!("fake_capacity.share", terms.fake_capacity.share),
    part!("fake_capacity.tolerance", terms.fake_capacity.tolerance),
    part!("defective.share", terms.defective.share),
    part!("damaged.share", terms.damaged.share),
    part!("wrong_item.share", terms.wrong_item.share),
    part!("counterfeit.share", terms.counterfeit.share),
    knob!("double.share", TenThousandth, terms.double.share, steps, share, |_| (0, 99_999)),
    part!("double.strength", terms.double.strength),
    part!("empty_parcel.share", terms.empty_parcel.share),
    part!("customs.share", terms.customs.share),
    part!("ordered_by_mistake.share", terms.ordered_by_mistake.share),
    days!("returns.posting_days", terms.returns.posting_days),
    days!("returns.transit_days", terms.returns.transit_days),
    Knob {
        path: "returns.posting_cost",
        unit: Unit::Minor,
        get: |stand, p| {
            let currency = stand.original().order.currency;
            let cost = p.terms.returns.posting_cost.get(currency)?;
            i64::try_from(cost.units_at(currency.minor_digits())).ok()
        },
        set: |p, stand, n| {
            let currency = stand.original().order.currency;
            let cost = Money::from_units_at(n.into(), currency.minor_digits(), currency);
            AmountByCurrency::set(&mut p.terms.returns.posting_cost, currency, cost);
        },
        range: |_| (0, MOST),
    },
    part!("returns.waived_from", terms.returns.waived_from),
    count!("serial_disputer.blocked.disputes", serial.blocked.disputes),
    part!("serial_disputer.blocked.lower", serial.blocked.lower),
    count!("serial_disputer.blocked.contradicted", serial.blocked.contradicted),
];

/// The bands, low and high.
pub(super) const BANDS: &[[Knob; 2]] = &[
    band!("colour_mismatch.band.low", "colour_mismatch.band.high", terms.colour_mismatch.band),
    band!("size_mismatch.band.low", "size_mismatch.band.high", terms.size_mismatch.band),
    band!("minor_mismatch.band.low", "minor_mismatch.band.high", terms.minor_mismatch.band),
    band!("shipping_method.band.low", "shipping_method.band.high", terms.shipping_method.band),
    band!("defective.band.low", "defective.band.high", terms.defective.band),
    band!("damaged.band.low", "damaged.band.high", terms.damaged.band),
];

/// Every number.
pub(super) fn knobs() -> impl Iterator<Item = &'static Knob> {
    SINGLE.iter().chain(BANDS.as_flattened())
}

/// A parameter of one case, ready to be turned.
pub(super) struct ParameterDial {
    pub knob: &'static Knob,
    pub now: i64,
    range: (i64, i64),
}

impl ParameterDial {
    /// Takes hold of a parameter; none where the case has none.
    pub fn of(knob: &'static Knob, stand: &Stand, parameters: &Parameters) -> Option<Self> {
        Some(Self { knob, now: (knob.get)(stand, parameters)?, range: (knob.range)(parameters) })
    }
}

impl Dial for ParameterDial {
    fn turn(&self, stand: &mut Stand, steps: i64) {
        let Some(mut changed) = stand.changed.take() else { return };
        (self.knob.set)(&mut changed, stand, self.now + steps);
        stand.changed = Some(changed);
    }

    fn reach(&self) -> (i64, i64) {
        let (low, high) = self.range;
        ((low - self.now).min(0), (high - self.now).max(0))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use arbiter_generate::{Plan, docket};
    use arbiter_model::instant::Instant;
    use arbiter_policy::{Kind, Policy, catalogue};

    /// What flips leave alone: what counts in a buyer's record, levels that stop nothing, and what follows
    /// from an outcome.
    fn is_left_alone(name: &str) -> bool {
        let records = ["window_days", "burst_days", "flagged.", "watch."].iter().any(|part| name.contains(part));
        name.starts_with("serial_disputer.") && records
            || name.starts_with("refund.")
            || name.starts_with("arbitration.")
    }

    #[test]
    fn every_number_among_the_parameters_can_be_turned() {
        let mut numbers: BTreeSet<String> = BTreeSet::new();
        for parameter in catalogue().parameters().filter(|parameter| !is_left_alone(&parameter.name())) {
            match parameter.kind {
                Kind::Codes => {}
                Kind::Band | Kind::DayRange => {
                    numbers.extend(["low", "high"].map(|end| format!("{}.{end}", parameter.name())));
                }
                _ => {
                    numbers.insert(parameter.name());
                }
            }
        }
        assert_eq!(knobs().map(|knob| knob.path.to_owned()).collect::<BTreeSet<_>>(), numbers);
    }

    #[test]
    fn a_turn_changes_what_it_names_and_nothing_else() {
        let as_of = Instant::parse("2026-06-01", chrono_tz::Tz::UTC).unwrap();
        let (docket, policy) = (docket(&Plan { orders: 200, seed: 1, as_of }), Policy::standard().unwrap());
        let decisions = crate::arbitrate::arbitrate(&docket, &policy, as_of);
        let in_usd = |decision: &&crate::decision::Decision| decision.at.case(&docket).order.currency.code() == "USD";
        let decision = decisions.made.iter().find(in_usd).unwrap();
        let stand = Stand::of(&docket, &policy, as_of, &decisions, decision);
        for knob in knobs() {
            let mut parameters = stand.parameters();
            let now = (knob.get)(&stand, &parameters).unwrap();
            let (low, high) = (knob.range)(&parameters);
            assert!((low..=high).contains(&now), "{}", knob.path);
            let other = if now < high { now + 1 } else { now - 1 };
            (knob.set)(&mut parameters, &stand, other);
            let turned: Vec<_> = knobs()
                .filter(|one| (one.get)(&stand, &parameters) != (one.get)(&stand, &stand.parameters()))
                .collect();
            assert_eq!(turned.iter().map(|knob| knob.path).collect::<Vec<_>>(), [knob.path]);
            assert_eq!((knob.get)(&stand, &parameters), Some(other), "{}", knob.path);
        }
    }
}
