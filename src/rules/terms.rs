//! The parameters of the rules, as types. Each rule's own struct stands beside the rule; this is
//! what they are made of, and the collection of all of them that one dispute is decided under.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use arbiter_model::dispute::Reason;
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::money::{Amount, Currency, Money, Share};

use super::parameters::{EVERY_CASE, NO_CASE, ParameterNode, Reach, RuleParameters, Search, parameters};
use super::{admission, carrier, evidence, goods, parcel, refund, returns, serial, settlement};

/// Claims about a parcel that did not come.
const ABOUT_PARCELS: Reach = |case, _| case.dispute.reason.is_about_parcel();

/// The claims of some reasons.
macro_rules! claims {
    ($($reason:ident)|+) => {
        |case, _| matches!(case.dispute.reason, $(Reason::$reason)|+)
    };
}

/// Declares the collection of all parameters: for each table its struct, and what is known of it beyond its types.
macro_rules! terms {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* $table:ident: $type:ty = $known:expr;)+ }) => {
        parameters! {
            $(#[$meta])*
            pub struct $name { $($(#[$doc])* pub $table: $type,)+ }
        }

        impl $name {
            /// What is known of each table, in their order.
            pub const TABLES: &'static [RuleParameters] = &[$({
                let known: RuleParameters = $known;
                RuleParameters { name: stringify!($table), ..known }
            },)+];

            /// What is known of the table of a name.
            pub fn table(name: &str) -> Option<&'static RuleParameters> {
                Self::TABLES.iter().find(|table| table.name == name)
            }
        }
    };
}

/// Parameters that touch some cases, with numbers that are one side of a single comparison, or shares.
const fn halved(reach: Reach) -> RuleParameters {
    RuleParameters { reach, search: |_| Search::Halves, ..RuleParameters::new("") }
}

/// Parameters that move dates on which several comparisons hang.
const DATES: RuleParameters = RuleParameters { search: |_| Search::HalvesWithDates, ..RuleParameters::new("") };

terms! {
    /// Every parameter that a dispute is decided under, one field for each table of the policy file.
    ///
    /// Where the values come from is written beside them in `policy/standard.toml`.
    pub struct Terms {
        /// Buyer protection, where the export does not state its end.
        protection: admission::Protection = DATES;
        /// Top-ups of a phone's balance, for which nothing is sent.
        top_up: admission::TopUp = halved(|case, _| case.order.category.is_some());
        /// The seller's time to hand the parcel over.
        never_shipped: admission::NeverShipped = halved(|case, as_of| case.order.shipped_at.is_none_or(|at| at > as_of));
        /// The earliest dispute.
        too_early: admission::TooEarly = DATES;
        /// The latest dispute.
        too_late: admission::TooLate = halved(EVERY_CASE);
        /// The seller's time to answer.
        seller_silent: settlement::SellerSilent = DATES;
        /// When the platform is called in.
        escalation: settlement::Escalation = DATES;
        /// The buyer's time to answer the platform.
        awaiting_buyer: carrier::AwaitingBuyer = halved(|case, _| case.dispute.info_requested_at.is_some());
        /// A parcel that came, but late.
        delivered_late: parcel::DeliveredLate = halved(ABOUT_PARCELS);
        /// How long a parcel is waited for before a claim of non-receipt wins.
        non_receipt: parcel::NonReceipt = halved(ABOUT_PARCELS);
        /// A parcel that does not move.
        parcel_stalled: parcel::ParcelStalled = halved(ABOUT_PARCELS);
        /// The buyer's time to show what the claim needs.
        awaiting_evidence: evidence::AwaitingEvidence = halved(|case, _| evidence::Requirement::of(case.dispute.reason) != evidence::Requirement::None);
        /// How far evidence carries into a band of shares.
        strength: evidence::Strength = halved(claims!(ColourMismatch | SizeMismatch | MinorMismatch | ShippingMethod | Defective | Damaged | WrongItem | Counterfeit));
        /// Goods of another colour than the one ordered.
        colour_mismatch: goods::Banded = halved(claims!(ColourMismatch));
        /// Goods of another size than the one ordered.
        size_mismatch: goods::Banded = halved(claims!(SizeMismatch));
        /// Goods that differ a little from their description.
        minor_mismatch: goods::Banded = halved(claims!(MinorMismatch));
        /// A parcel that was sent by another way than agreed.
        shipping_method: goods::Banded = halved(claims!(ShippingMethod));
        /// Storage that holds less than it claims.
        fake_capacity: goods::FakeCapacity = halved(claims!(FakeCapacity));
        /// Goods that do not work.
        defective: goods::BandOrShare = halved(claims!(Defective));
        /// Goods that came damaged.
        damaged: goods::BandOrShare = halved(claims!(Damaged));
        /// Another item than the one ordered.
        wrong_item: goods::FixedShare = halved(claims!(WrongItem));
        /// An imitation.
        counterfeit: goods::FixedShare = halved(claims!(Counterfeit));
        /// More than the price of the goods, for wrong or false goods of some categories.
        double: goods::Double = halved(claims!(WrongItem | Counterfeit));
        /// A parcel with nothing in it.
        empty_parcel: goods::FixedShare = halved(claims!(EmptyParcel | QuantityShort));
        /// Goods that customs kept.
        customs: goods::FixedShare = halved(claims!(Customs));
        /// The buyer's mistake, made good by sending the goods back.
        ordered_by_mistake: goods::FixedShare = halved(claims!(OrderedByMistake));
        /// The return of the goods.
        returns: returns::Returns = halved(|case, _| case.dispute.wants_return);
        /// Who counts as a serial disputer.
        serial_disputer: serial::SerialDisputer = serial::PARAMETERS;
        /// How refunds travel.
        refund: refund::Refund = RuleParameters { is_turned: |_| false, ..halved(EVERY_CASE) };
        /// How long people take to decide; for reports, never for decisions.
        arbitration: settlement::Arbitration = RuleParameters { is_turned: |_| false, ..halved(NO_CASE) };
    }
}

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
const MAX_DAYS: u32 = 36_500;

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
    pub fn is_reached_by(self, count: u64) -> bool {
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
pub struct AnyShare;

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
    Days: u64::from(MAX_DAYS), |days| u64::from(days.0), |number| Self(number as u32);
    Hours: u64::from(MAX_DAYS) * 24, |hours| u64::from(hours.0), |number| Self(number as u32);
    Count: MOST, |count| count.0, |number| Self(number);
    Part: Share::FULL.in_ten_thousandths(), |part| part.0.in_ten_thousandths(), |number| Self::new(number);
    Share: LARGEST_SHARE, |share| share.in_ten_thousandths(), |number| Self::ten_thousandths(number);
}

/// The names of the ends of a `[low, high]`.
const ENDS: &[&str] = &["low", "high"];

impl ParameterNode for Band {
    fn names(&self) -> &'static [&'static str] {
        ENDS
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
        match name {
            "low" => (0, self.high.in_ten_thousandths()),
            _ => (self.low.in_ten_thousandths(), Share::FULL.in_ten_thousandths()),
        }
    }
}

impl ParameterNode for DayRange {
    fn names(&self) -> &'static [&'static str] {
        ENDS
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
        match name {
            "low" => (0, u64::from(self.high.0)),
            _ => (u64::from(self.low.0), u64::from(MAX_DAYS)),
        }
    }
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
