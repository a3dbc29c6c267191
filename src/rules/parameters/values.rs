//! The kinds of values that parameters have: how each is read, written and described, and what it means.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::money::{Amount, Currency, Money, Share};

/// Describes a kind of value, for editors and for the page of parameters: `x-kind` is what it is,
/// `x-unit` what it counts, and `x-minimum` and `x-maximum` bound what TOML writes as a string.
#[macro_export]
macro_rules! described {
    ($type:ty, $($schema:tt)+) => {
        impl ::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!($($schema)+)
            }
        }
    };
}

/// The longest span a parameter may name: a hundred years of days.
pub(crate) const MAX_DAYS: u32 = 36_500;

/// How a share of up to 9.9999 is written.
const SHARE_PATTERN: &str = "^0*[0-9](\\.[0-9]{1,4}0*)?$";

/// How a share of up to 1.00 is written.
const PART_PATTERN: &str = "^0*(0(\\.[0-9]{1,4}0*)?|1(\\.0+)?)$";

/// How an amount is written: digits, and at most one point.
const AMOUNT_PATTERN: &str = "^[0-9]+(\\.[0-9]+)?$";

/// How a code is written: no capitals, blanks or hyphens.
pub const CODE_PATTERN: &str = "^[^A-Z\\s-]+$";

/// Reads a span of time in whole units, from 0 to `most`.
fn span<'de, D: Deserializer<'de>>(units: &str, most: u32, deserializer: D) -> Result<u32, D::Error> {
    let number = i64::deserialize(deserializer)?;
    let read = u32::try_from(number).ok().filter(|number| *number <= most);
    read.ok_or_else(|| D::Error::custom(format!("expected a whole number of {units} from 0 to {most}, not {number}")))
}

/// A number of days of 86,400 seconds, 0 to 36,500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Days(u32);

impl Days {
    /// None.
    pub const ZERO: Self = Self(0);

    /// So many days, or the most there can be.
    pub fn new(days: u32) -> Self {
        Self(days.min(MAX_DAYS))
    }

    /// How many.
    pub fn number(self) -> u32 {
        self.0
    }

    /// So many days after an instant.
    pub fn after(self, instant: Instant) -> Instant {
        instant.plus_seconds(i64::from(self.0) * SECONDS_PER_DAY)
    }

    /// So many days before an instant.
    pub fn before(self, instant: Instant) -> Instant {
        instant.plus_seconds(-i64::from(self.0) * SECONDS_PER_DAY)
    }
}

described!(Days, { "type": "integer", "minimum": 0, "maximum": MAX_DAYS, "x-kind": "days", "x-unit": "days" });

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        span("days", MAX_DAYS, deserializer).map(Self)
    }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            1 => f.write_str("1 day"),
            days => write!(f, "{days} days"),
        }
    }
}

/// A number of hours, 0 to 876,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hours(u32);

impl Hours {
    /// So many hours, or the most there can be.
    pub fn new(hours: u32) -> Self {
        Self(hours.min(MAX_DAYS * 24))
    }

    /// How many.
    pub fn number(self) -> u32 {
        self.0
    }

    /// So many hours after an instant.
    pub fn after(self, instant: Instant) -> Instant {
        instant.plus_seconds(i64::from(self.0) * 3600)
    }
}

described!(Hours, { "type": "integer", "minimum": 0, "maximum": MAX_DAYS * 24, "x-kind": "hours", "x-unit": "hours" });

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        span("hours", MAX_DAYS * 24, deserializer).map(Self)
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} hours", self.0)
    }
}

/// A number of things, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Count(u64);

impl Count {
    /// So many.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// How many.
    pub fn number(self) -> u64 {
        self.0
    }

    /// Whether so many are at least that many.
    pub(crate) fn is_reached_by(self, count: u64) -> bool {
        count >= self.0
    }
}

described!(Count, { "type": "integer", "minimum": 0, "x-kind": "count", "x-unit": "number" });

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = i64::deserialize(deserializer)?;
        let read = u64::try_from(count).map(Self);
        read.map_err(|_| D::Error::custom(format!("expected a whole number from 0, not {count}")))
    }
}

/// From so many days on, up to so many; written `[3, 10]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "[Days; 2]")]
pub struct DayRange {
    /// The earliest.
    pub low: Days,
    /// The latest; not below `low`.
    pub high: Days,
}

impl std::fmt::Display for DayRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.low.0, self.high)
    }
}

impl From<DayRange> for [Days; 2] {
    fn from(range: DayRange) -> Self {
        [range.low, range.high]
    }
}

described!(DayRange, {
    "type": "array",
    "items": { "type": "integer", "minimum": 0, "maximum": MAX_DAYS },
    "minItems": 2,
    "maxItems": 2,
    "x-kind": "day_range",
    "x-unit": "days"
});

impl<'de> Deserialize<'de> for DayRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [low, high] = pair::<Days, D>(deserializer)?;
        if low > high {
            return Err(D::Error::custom("expected [low, high] with low not above high"));
        }
        Ok(Self { low, high })
    }
}

/// Reads `[low, high]`.
fn pair<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<[T; 2], D::Error> {
    let ends = Vec::<T>::deserialize(deserializer)?;
    let count = ends.len();
    ends.try_into().map_err(|_| D::Error::custom(format!("expected [low, high], two values, not {count}")))
}

/// Two shares of the price of the goods, between which the strength of the evidence decides;
/// written `["0.30", "0.50"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "[Share; 2]")]
pub struct Band {
    /// With evidence of no strength.
    pub low: Share,
    /// With evidence of full strength; not below `low`.
    pub high: Share,
}

impl Band {
    /// `low + (high - low) x strength`
    pub fn at(self, strength: Share) -> Share {
        self.low.towards(self.high, strength)
    }
}

impl From<Band> for [Share; 2] {
    fn from(band: Band) -> Self {
        [band.low, band.high]
    }
}

described!(Band, {
    "type": "array",
    "items": { "type": "string", "pattern": PART_PATTERN },
    "minItems": 2,
    "maxItems": 2,
    "x-kind": "band",
    "x-unit": "share of the price",
    "x-minimum": "0.00",
    "x-maximum": "1.00"
});

impl<'de> Deserialize<'de> for Band {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [low, high] = pair::<Part, D>(deserializer)?.map(Share::from);
        if low > high {
            return Err(D::Error::custom(format!("expected [low, high] with low not above high, not [{low}, {high}]")));
        }
        Ok(Self { low, high })
    }
}

/// A share of at most everything: 0.00 to 1.00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Part(Share);

impl Part {
    /// A share of so many ten-thousandths, or everything.
    pub fn new(ten_thousandths: u64) -> Self {
        Self(Share::ten_thousandths(ten_thousandths).min(Share::FULL))
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Part> for Share {
    fn from(part: Part) -> Self {
        part.0
    }
}

described!(Part, {
    "type": "string",
    "pattern": PART_PATTERN,
    "x-kind": "part",
    "x-unit": "share of the price",
    "x-minimum": "0.00",
    "x-maximum": "1.00"
});

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = Share::deserialize(deserializer)?;
        if share > Share::FULL {
            return Err(D::Error::custom(format!("expected a share from \"0.00\" to \"1.00\", not {share}")));
        }
        Ok(Self(share))
    }
}

/// How a share of any size is described: 0.00 to 9.9999.
pub(crate) struct AnyShare;

described!(AnyShare, {
    "type": "string",
    "pattern": SHARE_PATTERN,
    "x-kind": "share",
    "x-unit": "share of the price",
    "x-minimum": "0.00",
    "x-maximum": "9.9999"
});

/// A set of codes, such as categories; compared in the exports' own normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Codes(Vec<String>);

impl Codes {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// All of them, in a row.
    pub fn listed(&self) -> String {
        self.0.join(", ")
    }

    /// Whether a code is one of them.
    pub fn contain(&self, code: Option<&str>) -> bool {
        code.is_some_and(|code| self.0.iter().any(|one| one == code))
    }
}

described!(Codes, {
    "type": "array",
    "items": { "type": "string", "pattern": CODE_PATTERN },
    "x-kind": "codes",
    "x-unit": "codes"
});

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let codes = Vec::<String>::deserialize(deserializer)?;
        let is_code = |code: &String| {
            !code.is_empty() && code.chars().all(|c| !c.is_uppercase() && !c.is_whitespace() && c != '-')
        };
        match codes.iter().find(|code| !is_code(code)) {
            Some(code) => Err(D::Error::custom(format!(
                "expected codes in lower case with underscores such as \"mobile_top_up\", not {code:?}"
            ))),
            None => Ok(Self(codes)),
        }
    }
}

/// An amount for each of some currencies; written `{ USD = "12.50" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountByCurrency(Vec<(Currency, Money)>);

impl AmountByCurrency {
    /// Puts another amount in a currency.
    pub fn set(&mut self, currency: Currency, amount: Money) {
        match self.0.iter_mut().find(|(one, _)| *one == currency) {
            Some((_, known)) => *known = amount,
            None => self.0.push((currency, amount)),
        }
    }

    /// The amount in a currency, where there is one.
    pub fn get(&self, currency: Currency) -> Option<Money> {
        self.0.iter().find(|(one, _)| *one == currency).map(|(_, amount)| *amount)
    }
}

impl Serialize for AmountByCurrency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(currency, amount)| (currency.code(), amount)))
    }
}

described!(AmountByCurrency, {
    "type": "object",
    "additionalProperties": {
        "type": "string",
        "pattern": AMOUNT_PATTERN,
        "x-kind": "amount",
        "x-unit": "amount of the currency",
        "x-minimum": "0"
    },
    "x-key": "ISO 4217 currency"
});

impl<'de> Deserialize<'de> for AmountByCurrency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amounts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let read = |(code, text): (String, String)| {
            let currency = Currency::from_code(&code)
                .ok_or_else(|| D::Error::custom(format!("expected an ISO 4217 currency such as USD, not {code:?}")))?;
            let amount = Amount::parse(&text).ok().and_then(|amount| amount.in_currency(currency));
            let amount = amount.ok_or_else(|| {
                D::Error::custom(format!("expected an amount of {code} as a string such as \"12.50\", not {text:?}"))
            })?;
            Ok((currency, amount))
        };
        amounts.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}
