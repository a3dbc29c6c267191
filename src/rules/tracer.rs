//! What rules test, told while it is tested.
//!
//! A rule makes each comparison of its condition through a [`Tracer`], which hands back how the comparison
//! came out. `decide` lends the rules one that is off, `trace` one that keeps
//! what it is told: there is one way through the rules, and an explanation shows the very tests that decided.

use crate::parameters::Codes;
use crate::value::Value;

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
pub(crate) struct Quantity<T> {
    named: Named,
    value: T,
}

impl Named {
    /// A fact, or what is worked out from facts alone.
    pub(crate) const fn fact(name: &'static str) -> Self {
        Self { name, parameters: &[] }
    }

    /// What is worked out with parameters.
    pub(crate) const fn with(name: &'static str, parameters: &'static [&'static str]) -> Self {
        Self { name, parameters }
    }

    /// The thing with its value.
    pub(crate) fn of<T>(self, value: T) -> Quantity<T> {
        Quantity { named: self, value }
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
pub(crate) const PLAIN: Named = Named::fact("");

/// What the rules tell their tests to.
#[derive(Debug, Default)]
pub struct Tracer<'a> {
    is_on: bool,
    tests: Vec<Test<'a>>,
}

impl<'a> Tracer<'a> {
    /// One that keeps nothing, and costs nothing.
    pub(crate) fn off() -> Self {
        Self::default()
    }

    /// One that keeps what it is told.
    pub(crate) fn on() -> Self {
        // Room for the tests of nearly every case, so that it grows once.
        Self { is_on: true, tests: Vec::with_capacity(64) }
    }

    /// Tells of a test that was made, and hands back how it came out.
    #[inline]
    pub(crate) fn record<L: Into<Value<'a>>, R: Into<Value<'a>>>(
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

    /// Whether it keeps what it is told.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// The tests that were kept, in the order in which they were made.
    pub(crate) fn tests(&self) -> &[Test<'a>] {
        &self.tests
    }

    #[inline]
    pub(crate) fn at_least<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::AtLeast, b, a.value >= b.value)
    }

    #[inline]
    pub(crate) fn above<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::Above, b, a.value > b.value)
    }

    #[inline]
    pub(crate) fn at_most<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::AtMost, b, a.value <= b.value)
    }

    #[inline]
    pub(crate) fn below<T: Copy + PartialOrd + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::Below, b, a.value < b.value)
    }

    /// Whether two codes are the same.
    #[inline]
    pub(crate) fn same<T: Copy + PartialEq + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: T) -> bool {
        self.record(a, Relation::Is, PLAIN.of(b), a.value == b)
    }

    /// Whether two ids differ.
    #[inline]
    pub(crate) fn differs<T: Copy + PartialEq + Into<Value<'a>>>(&mut self, a: Quantity<T>, b: Quantity<T>) -> bool {
        self.record(a, Relation::IsNot, b, a.value != b.value)
    }

    /// Whether something is so.
    #[inline]
    pub(crate) fn is(&mut self, what: Quantity<bool>) -> bool {
        self.record(what, Relation::Is, PLAIN.of(true), what.value)
    }

    /// Whether something is not so.
    #[inline]
    pub(crate) fn is_not(&mut self, what: Quantity<bool>) -> bool {
        self.record(what, Relation::Is, PLAIN.of(false), !what.value)
    }

    /// What is known of something that may not be there.
    #[inline]
    pub(crate) fn known<T: Copy + Into<Value<'a>>>(&mut self, what: Quantity<Option<T>>) -> Option<T> {
        self.record(what, Relation::Known, PLAIN.of(Value::Nothing), what.value.is_some());
        what.value
    }

    /// Whether something is not there.
    #[inline]
    pub(crate) fn unknown<T: Copy + Into<Value<'a>>>(&mut self, what: Quantity<Option<T>>) -> bool {
        self.record(what, Relation::Unknown, PLAIN.of(Value::Nothing), what.value.is_none())
    }

    /// Whether a code is one of a parameter's.
    #[inline]
    pub(crate) fn is_one_of(&mut self, code: Quantity<Option<&'a str>>, codes: Quantity<&'a Codes>) -> bool {
        self.record(code, Relation::IsOneOf, codes, codes.value.contain(code.value))
    }

    /// The last rule asks nothing.
    #[inline]
    pub(crate) fn always(&mut self) {
        self.record(PLAIN.of(Value::Nothing), Relation::Always, PLAIN.of(Value::Nothing), true);
    }
}
