//! The kinds of values that parameters have: what each takes, and what is said where it is not that.

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use arbiter_rules::{AmountByCurrency, Band, Codes, Count, DayRange, Days, Hours, Part};

use super::general::{GovernedBy, Months};
use arbiter_model::coded;
use arbiter_model::money::Share;

coded! {
    /// A kind of value.
    Kind {
        /// A number of days.
        Days = "days",
        /// A number of hours.
        Hours = "hours",
        /// A number of calendar months.
        Months = "months",
        /// A number of things.
        Count = "count",
        /// A share of any size.
        Share = "share",
        /// A share of at most everything.
        Part = "part",
        /// Two such shares, `[low, high]`.
        Band = "band",
        /// Two numbers of days, `[low, high]`.
        DayRange = "day_range",
        /// A set of codes.
        Codes = "codes",
        /// An amount of one currency.
        Amount = "amount",
        /// The date that chooses versions.
        GovernedBy = "governed_by",
    }
}

/// How a kind is written in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// `5`
    Whole,
    /// `"0.30"`
    Text,
    /// `["0.30", "0.50"]`
    Texts,
    /// `[3, 10]`
    Wholes,
}

impl Kind {
    /// How it is written.
    pub(crate) fn written(self) -> Written {
        match self {
            Self::Days | Self::Hours | Self::Months | Self::Count => Written::Whole,
            Self::Share | Self::Part | Self::Amount | Self::GovernedBy => Written::Text,
            Self::Band | Self::Codes => Written::Texts,
            Self::DayRange => Written::Wholes,
        }
    }

    /// A value of it, as TOML.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Days | Self::Hours | Self::Months | Self::Count => "5",
            Self::Share | Self::Part => "\"0.30\"",
            Self::Band => "[\"0.30\", \"0.50\"]",
            Self::DayRange => "[3, 10]",
            Self::Codes => "[\"electronics\", \"jewellery\"]",
            Self::Amount => "\"12.50\"",
            Self::GovernedBy => "\"opened_at\"",
        }
    }

    /// The kind of each end, where it is `[low, high]`.
    pub fn ends(self) -> Option<Self> {
        match self {
            Self::Band => Some(Self::Part),
            Self::DayRange => Some(Self::Days),
            _ => None,
        }
    }

    /// Whether a value is one of this kind; `key` is the name of an entry that its writer chose.
    pub(crate) fn takes(self, key: Option<&str>, value: &Value) -> bool {
        self.read(key, value).is_some()
    }

    /// A value of this kind in the one way in which we write it: `"0.3"` as `"0.30"`. None where it is
    /// no value of this kind.
    pub(crate) fn read(self, key: Option<&str>, value: &Value) -> Option<Value> {
        match self {
            Self::Days => through::<Days>(value),
            Self::Hours => through::<Hours>(value),
            Self::Months => through::<Months>(value),
            Self::Count => through::<Count>(value),
            Self::Share => through::<Share>(value),
            Self::Part => through::<Part>(value),
            Self::Band => through::<Band>(value),
            Self::DayRange => through::<DayRange>(value),
            Self::Codes => through::<Codes>(value),
            Self::GovernedBy => through::<GovernedBy>(value),
            Self::Amount => {
                let entry = Value::Table(Table::from_iter([(key?.to_owned(), value.clone())]));
                through::<AmountByCurrency>(&entry)?.get(key?).cloned()
            }
        }
    }
}

/// A value as its type writes it.
fn through<T: DeserializeOwned + Serialize>(value: &Value) -> Option<Value> {
    Value::try_from(value.clone().try_into::<T>().ok()?).ok()
}
