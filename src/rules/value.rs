//! The values that rules compare, and how they are shown.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use arbiter_model::dispute::{Country, Reason, Video};
use arbiter_model::fields::FieldValue;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};

use crate::level::Level;
use crate::parameters::{Codes, Count};

/// A value that a rule compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not stated, or not happened.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A date.
    Instant(Instant),
    /// An amount, in the order's currency.
    Money(Money),
    /// A share.
    Share(Share),
    /// A number of things.
    Count(u64),
    /// Another number.
    Number(Decimal),
    /// A share of a number.
    Product {
        /// The number.
        of: Decimal,
        /// The share.
        share: Share,
        /// What it comes to.
        comes_to: Decimal,
    },
    /// A code or an id.
    Code(&'a str),
    /// A country.
    Country(Country),
    /// Codes of a parameter.
    Codes(&'a Codes),
    /// Codes that are no parameter.
    Listed(&'static [&'static str]),
}

macro_rules! values {
    ($($type:ty => |$value:ident| $made:expr),+ $(,)?) => {
        $(impl<'a> From<$type> for Value<'a> {
            fn from($value: $type) -> Self {
                $made
            }
        })+
    };
}

values! {
    bool => |flag| Self::Flag(flag),
    Instant => |instant| Self::Instant(instant),
    Money => |money| Self::Money(money),
    Share => |share| Self::Share(share),
    u64 => |count| Self::Count(count),
    Count => |count| Self::Count(count.number()),
    Decimal => |number| Self::Number(number),
    &'a str => |code| Self::Code(code),
    &'a Codes => |codes| Self::Codes(codes),
    &'static [&'static str] => |codes| Self::Listed(codes),
    Reason => |reason| Self::Code(reason.code()),
    Video => |video| Self::Code(video.code()),
    Level => |level| Self::Code(level.code()),
}

impl<'a> From<FieldValue<'a>> for Value<'a> {
    fn from(value: FieldValue<'a>) -> Self {
        match value {
            FieldValue::Nothing => Self::Nothing,
            FieldValue::Text(text) => Self::Code(text),
            FieldValue::Instant(at) => Self::Instant(at),
            FieldValue::Money(amount) => Self::Money(amount),
            FieldValue::Count(count) => Self::Count(count),
            FieldValue::Number(number) => Self::Number(number),
            FieldValue::Flag(flag) => Self::Flag(flag),
        }
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl fmt::Display for Value<'_> {
    /// As people read it: `2026-06-01T00:00:00Z`, `24.90`, `0.30`, `yes`, `colour_mismatch`, `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("none"),
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Instant(at) => f.write_str(&at.exact()),
            Self::Money(amount) => amount.fmt(f),
            Self::Share(share) => share.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Number(number) => number.normalize().fmt(f),
            Self::Product { of, share, comes_to } => {
                write!(f, "{} x {share} = {}", of.normalize(), comes_to.normalize())
            }
            Self::Code(code) => f.write_str(code),
            Self::Country(country) => country.fmt(f),
            Self::Codes(codes) => f.write_str(&codes.listed()),
            Self::Listed(codes) => f.write_str(&codes.join(", ")),
        }
    }
}

impl Serialize for Value<'_> {
    /// Numbers of things and flags as such, nothing as null, lists as lists, all else as text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Codes(codes) => codes.serialize(serializer),
            Self::Listed(codes) => codes.serialize(serializer),
            other => serializer.collect_str(other),
        }
    }
}
