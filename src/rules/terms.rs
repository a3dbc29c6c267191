//! The parameters of the rules, as types. Each rule's own struct stands beside the rule; this is
//! what they are made of, and the collection of all of them that one dispute is decided under.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::instant::{Instant, SECONDS_PER_DAY};
use crate::money::{Amount, Currency, Money, Share};

use super::{admission, carrier, evidence, goods, parcel, refund, returns, serial, settlement};

/// Every parameter that a dispute is decided under, one field for each table of the policy file.
///
/// Where the values come from is written beside them in `policy/standard.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field's type documents it")]
pub struct Terms {
    pub protection: admission::Protection,
    pub top_up: admission::TopUp,
    pub never_shipped: admission::NeverShipped,
    pub too_early: admission::TooEarly,
    pub too_late: admission::TooLate,
    pub seller_silent: settlement::SellerSilent,
    pub escalation: settlement::Escalation,
    pub awaiting_buyer: carrier::AwaitingBuyer,
    pub delivered_late: parcel::DeliveredLate,
    pub parcel_stalled: parcel::ParcelStalled,
    pub awaiting_evidence: evidence::AwaitingEvidence,
    pub strength: evidence::Strength,
    pub colour_mismatch: goods::Banded,
    pub size_mismatch: goods::Banded,
    pub minor_mismatch: goods::Banded,
    pub shipping_method: goods::Banded,
    pub fake_capacity: goods::FakeCapacity,
    pub defective: goods::BandOrShare,
    pub damaged: goods::BandOrShare,
    pub wrong_item: goods::FixedShare,
    pub counterfeit: goods::FixedShare,
    pub double: goods::Double,
    pub empty_parcel: goods::FixedShare,
    pub customs: goods::FixedShare,
    pub ordered_by_mistake: goods::FixedShare,
    pub returns: returns::Returns,
    pub serial_disputer: serial::SerialDisputer,
    pub refund: refund::Refund,
    pub arbitration: settlement::Arbitration,
}

/// The longest span a parameter may name: a hundred years of days.
const MAX_DAYS: u32 = 36_500;

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
    /// So many days after an instant.
    pub fn after(self, instant: Instant) -> Instant {
        instant.plus_seconds(i64::from(self.0) * SECONDS_PER_DAY)
    }

    /// So many days before an instant.
    pub fn before(self, instant: Instant) -> Instant {
        instant.plus_seconds(-i64::from(self.0) * SECONDS_PER_DAY)
    }
}

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
    /// So many hours after an instant.
    pub fn after(self, instant: Instant) -> Instant {
        instant.plus_seconds(i64::from(self.0) * 3600)
    }
}

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
    /// Whether so many are at least that many.
    pub fn is_reached_by(self, count: u64) -> bool {
        count >= self.0
    }
}

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

impl From<Part> for Share {
    fn from(part: Part) -> Self {
        part.0
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = Share::deserialize(deserializer)?;
        if share > Share::FULL {
            return Err(D::Error::custom(format!("expected a share from \"0.00\" to \"1.00\", not {share}")));
        }
        Ok(Self(share))
    }
}

/// A set of codes, such as categories; compared in the exports' own normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Codes(Vec<String>);

impl Codes {
    /// Whether a code is one of them.
    pub fn contain(&self, code: Option<&str>) -> bool {
        code.is_some_and(|code| self.0.iter().any(|one| one == code))
    }
}

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
