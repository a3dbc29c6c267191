//! The kinds of values as leaves of the tree of parameters: how they are counted in steps, and from where to where.

use std::collections::BTreeMap;

use arbiter_model::money::{Currency, Money, Share};

use crate::parameters::node::ParameterNode;
use crate::parameters::values::{AmountByCurrency, Band, Codes, Count, DayRange, Days, Hours, MAX_DAYS, Part};

/// Declares how values that are one number are counted.
macro_rules! counted {
    ($($type:ty: $most:expr, |$of:ident| $steps:expr, |$number:ident| $made:expr;)+) => {
        $(impl ParameterNode for $type {
            fn steps(&self, _: Option<Currency>) -> Option<u64> {
                let $of = self;
                Some($steps)
            }

            fn set_steps(&mut self, steps: u64, _: Option<Currency>) -> bool {
                let $number = steps.min($most);
                *self = $made;
                true
            }

            fn range(&self) -> (u64, u64) {
                (0, $most)
            }
        })+
    };
}

/// The most that counts and amounts are searched up to.
const MOST: u64 = 1_000_000_000;

/// The largest share, in ten-thousandths.
const LARGEST_SHARE: u64 = 99_999;

counted! {
    Days: u64::from(MAX_DAYS), |days| u64::from(days.number()), |number| Self::new(number as u32);
    Hours: u64::from(MAX_DAYS) * 24, |hours| u64::from(hours.number()), |number| Self::new(number as u32);
    Count: MOST, |count| count.number(), |number| Self::new(number);
    Part: Share::FULL.in_ten_thousandths(), |part| Share::from(*part).in_ten_thousandths(), |number| Self::new(number);
    Share: LARGEST_SHARE, |share| share.in_ten_thousandths(), |number| Self::ten_thousandths(number);
}

/// Declares the ends of a `[low, high]`, which must not pass each other; with the steps of one and the most of them.
macro_rules! ends {
    ($($type:ty: |$end:ident| $steps:expr, $most:expr;)+) => {
        $(impl ParameterNode for $type {
            fn names(&self) -> &'static [&'static str] {
                &["low", "high"]
            }

            fn below(&self, name: &str) -> Option<&dyn ParameterNode> {
                match name {
                    "low" => Some(&self.low),
                    "high" => Some(&self.high),
                    _ => None,
                }
            }

            fn below_mut(&mut self, name: &str) -> Option<&mut dyn ParameterNode> {
                match name {
                    "low" => Some(&mut self.low),
                    "high" => Some(&mut self.high),
                    _ => None,
                }
            }

            fn range_below(&self, name: &str) -> (u64, u64) {
                let [low, high] = [self.low, self.high].map(|$end| $steps);
                if name == "low" { (0, high) } else { (low, $most) }
            }
        })+
    };
}

ends! {
    Band: |share| share.in_ten_thousandths(), Share::FULL.in_ten_thousandths();
    DayRange: |days| u64::from(days.number()), u64::from(MAX_DAYS);
}

impl ParameterNode for Codes {}

impl<V: ParameterNode> ParameterNode for BTreeMap<String, V> {
    fn below(&self, name: &str) -> Option<&dyn ParameterNode> {
        self.get(name).map(|value| value as &dyn ParameterNode)
    }

    fn below_mut(&mut self, name: &str) -> Option<&mut dyn ParameterNode> {
        self.get_mut(name).map(|value| value as &mut dyn ParameterNode)
    }
}

impl ParameterNode for AmountByCurrency {
    fn steps(&self, currency: Option<Currency>) -> Option<u64> {
        let currency = currency?;
        u64::try_from(self.get(currency)?.units_at(currency.minor_digits())).ok()
    }

    fn set_steps(&mut self, steps: u64, currency: Option<Currency>) -> bool {
        let Some(currency) = currency else { return false };
        self.set(currency, Money::from_units_at(steps.min(MOST).into(), currency.minor_digits(), currency));
        true
    }

    fn range(&self) -> (u64, u64) {
        (0, MOST)
    }
}
