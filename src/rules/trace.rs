//! What rules test, told while it is tested.
//!
//! A rule makes each comparison of its condition through a [`Tracer`], which hands back how the comparison
//! came out. [`decide`](super::decide) lends the rules one that is off, [`trace`](super::trace) one that keeps
//! what it is told: there is one way through the rules, and an explanation shows the very tests that decided.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use arbiter_model::dispute::{Country, Reason, Video};
use arbiter_model::fields::FieldValue;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Money, Share};

use crate::Rule;
use crate::finding::Finding;
use crate::parameters::{Codes, Count};
use crate::serial::Level;

/// What a rule speaks of, under the name by which explanations show it: a column of the exports, or a
/// date or amount that is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name: `opened_at`, `protection_end`.
    pub name: &'static str,
    /// The parameters that it is worked out with, by their dotted paths.
    pub parameters: &'static [&'static str],
}

/// A named thing with its value in one case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantity<T> {
    named: Named,
    value: T,
}

impl Named {
    /// A fact, or what is worked out from facts alone.
    pub(super) const fn fact(name: &'static str) -> Self {
        Self { name, parameters: &[] }
    }

    /// What is worked out with parameters.
    pub(super) const fn with(name: &'static str, parameters: &'static [&'static str]) -> Self {
        Self { name, parameters }
    }

    /// The thing with its value.
    pub(super) fn of<T>(self, value: T) -> Quantity<T> {
        Quantity { named: self, value }
    }
}

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

/// How the two sides of a test are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Is,
    /// `is not`
    IsNot,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// One of several codes.
    IsOneOf,
    /// Whether there is any; nothing stands on the other side.
    Known,
    /// Whether there is none.
    Unknown,
    /// Whether the export has a column for it.
    Exported,
    /// Nothing is compared: the rule stands last.
    Always,
}

impl Relation {
    /// How it is written between the sides.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::AtLeast => ">=",
            Self::Above => ">",
            Self::AtMost => "<=",
            Self::Below => "<",
            Self::IsOneOf => "is one of",
            Self::Known => "is known",
            Self::Unknown => "is not known",
            Self::Exported => "is exported",
            Self::Always => "always holds",
        }
    }
}

/// One side of a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side<'a> {
    /// What it is; no name where only a value stands there.
    pub named: Named,
    /// Its value in this case.
    pub value: Value<'a>,
}

/// One comparison that a rule made, and how it came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test<'a> {
    /// What was compared.
    pub left: Side<'a>,
    /// How.
    pub relation: Relation,
    /// With what; [`Value::Nothing`] where the relation needs nothing.
    pub right: Side<'a>,
    /// How it came out.
    pub holds: bool,
}

impl Test<'_> {
    /// The parameters that either side was worked out with.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.left.named.parameters.iter().chain(self.right.named.parameters).copied()
    }
}

/// A value of no name of its own.
pub(super) const PLAIN: Named = Named::fact("");

/// Where one rule's tests end among all, and whether it held.
#[derive(Clone, Copy, Debug)]
struct Mark {
    rule: &'static Rule,
    end: usize,
    held: bool,
}

/// What the rules tell their tests to.
#[derive(Debug, Default)]
pub struct Tracer<'a> {
    is_on: bool,
    tests: Vec<Test<'a>>,
    marks: Vec<Mark>,
}

impl<'a> Tracer<'a> {
    /// One that keeps nothing, and costs nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// One that keeps what it hears.
    pub fn on() -> Self {
        // Room for the tests of nearly every case, so that it grows once.
        Self { is_on: true, tests: Vec::with_capacity(64), marks: Vec::with_capacity(56) }
    }

    /// Tells of a test that was made, and hands back how it came out.
    #[inline]
    pub(super) fn record<L: Into<Value<'a>>, R: Into<Value<'a>>>(
        &mut self,
        left: Quantity<L>,
        relation: Relation,
        right: Quantity<R>,
        holds: bool,
    ) -> bool {
        if self.is_on {
            let left = Side { named: left.named, value: left.value.into() };
            let right = Side { named: right.named, value: right.value.into() };
            self.keep(Test { left, relation, right, holds });
        }
        holds
    }

    /// Apart, so that a rule that nobody listens to stays small.
    #[cold]
    #[inline(never)]
    fn keep(&mut self, test: Test<'a>) {
        self.tests.push(test);
    }

    /// Tells that a rule has been asked.
    #[inline]
    pub(super) fn close(&mut self, rule: &'static Rule, held: bool) {
        if self.is_on {
            self.marks.push(Mark { rule, end: self.tests.len(), held });
        }
    }

    #[inline]
    pub(super) fn at_least<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::AtLeast, b, a.value >= b.value)
    }

    #[inline]
    pub(super) fn above<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::Above, b, a.value > b.value)
    }

    #[inline]
    pub(super) fn at_most<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::AtMost, b, a.value <= b.value)
    }

    #[inline]
    pub(super) fn below<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::Below, b, a.value < b.value)
    }

    /// Whether two codes are the same.
    #[inline]
    pub(super) fn same<T: Copy + PartialEq + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: T) -> bool {
        self.record(a, Relation::Is, PLAIN.of(b), a.value == b)
    }

    /// Whether two ids differ.
    #[inline]
    pub(super) fn differs<T: Copy + PartialEq + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::IsNot, b, a.value != b.value)
    }

    /// Whether something is so.
    #[inline]
    pub(super) fn is(&mut self, what: Quantity<bool>) -> bool {
        self.record(what, Relation::Is, PLAIN.of(true), what.value)
    }

    /// Whether something is not so.
    #[inline]
    pub(super) fn is_not(&mut self, what: Quantity<bool>) -> bool {
        self.record(what, Relation::Is, PLAIN.of(false), !what.value)
    }

    /// What is known of something that may not be there.
    #[inline]
    pub(super) fn known<T: Copy + Into<Value<'a>>>(&mut self, what: Quantity<Option<T>>) -> Option<T> {
        self.record(what, Relation::Known, PLAIN.of(Value::Nothing), what.value.is_some());
        what.value
    }

    /// Whether something is not there.
    #[inline]
    pub(super) fn unknown<T: Copy + Into<Value<'a>>>(&mut self, what: Quantity<Option<T>>) -> bool {
        self.record(what, Relation::Unknown, PLAIN.of(Value::Nothing), what.value.is_none())
    }

    /// Whether a code is one of a parameter's.
    #[inline]
    pub(super) fn is_one_of(&mut self, code: Quantity<Option<&'a str>>, codes: Quantity<&'a Codes>) -> bool {
        self.record(code, Relation::IsOneOf, codes, codes.value.contain(code.value))
    }

    /// The last rule asks nothing.
    #[inline]
    pub(super) fn always(&mut self) {
        self.record(PLAIN.of(Value::Nothing), Relation::Always, PLAIN.of(Value::Nothing), true);
    }

    /// What was recorded while a finding was made.
    pub(super) fn finish(self, finding: Finding) -> Trace<'a> {
        Trace { finding, tests: self.tests, marks: self.marks }
    }
}

/// One rule that was asked.
#[derive(Clone, Copy, Debug)]
pub struct Step<'t, 'a> {
    /// The rule.
    pub rule: &'static Rule,
    /// The tests that it made, in their order: the first that settled it was the last to be made.
    pub tests: &'t [Test<'a>],
    /// Whether its condition held.
    pub held: bool,
}

/// How a finding came about: every rule that was asked, with its tests.
#[derive(Debug)]
pub struct Trace<'a> {
    /// What was found.
    pub finding: Finding,
    tests: Vec<Test<'a>>,
    marks: Vec<Mark>,
}

impl<'a> Trace<'a> {
    /// The rules that were asked, in their order: those of the ladder up to the first that held, then the
    /// reviews that its award came before.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_, 'a>> {
        let starts = std::iter::once(0).chain(self.marks.iter().map(|mark| mark.end));
        self.marks.iter().zip(starts).map(|(mark, start)| Step {
            rule: mark.rule,
            tests: &self.tests[start..mark.end],
            held: mark.held,
        })
    }

    /// All tests, in the order in which they were made.
    pub fn tests(&self) -> &[Test<'a>] {
        &self.tests
    }
}
