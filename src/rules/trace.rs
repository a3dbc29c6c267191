//! Which rules were asked on the way to a finding, and with which tests.

use crate::rule::{Finding, Rule};
use crate::tracer::{Test, Tracer};

/// Where one rule's tests end among all, and whether it held.
#[derive(Clone, Copy, Debug)]
struct Mark {
    rule: &'static Rule,
    end: usize,
    held: bool,
}

/// The rules that are asked, as they are asked, over the tracer that records their tests.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// What the rules tell their tests to.
    pub(crate) tracer: Tracer<'a>,
    marks: Vec<Mark>,
}

impl<'a> Record<'a> {
    /// One that keeps nothing, and costs nothing.
    pub(crate) fn off() -> Self {
        Self { tracer: Tracer::off(), marks: Vec::new() }
    }

    /// One that keeps every rule and test.
    pub(crate) fn on() -> Self {
        // Room for every rule, so that it does not grow.
        Self { tracer: Tracer::on(), marks: Vec::with_capacity(56) }
    }

    /// Tells that a rule has been asked: the tests since the rule before were its own.
    #[inline]
    pub(crate) fn close(&mut self, rule: &'static Rule, held: bool) {
        if self.tracer.is_on() {
            self.marks.push(Mark { rule, end: self.tracer.tests().len(), held });
        }
    }

    /// What was recorded while a finding was made.
    pub(crate) fn finish(self, finding: Finding) -> Trace<'a> {
        Trace { finding, record: self }
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
    record: Record<'a>,
}

impl<'a> Trace<'a> {
    /// The rules that were asked, in their order: those of the ladder up to the first that held, then the
    /// reviews that its award came before.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_, 'a>> {
        let marks = &self.record.marks;
        let starts = std::iter::once(0).chain(marks.iter().map(|mark| mark.end));
        marks.iter().zip(starts).map(|(mark, start)| Step {
            rule: mark.rule,
            tests: &self.tests()[start..mark.end],
            held: mark.held,
        })
    }

    /// All tests, in the order in which they were made.
    pub fn tests(&self) -> &[Test<'a>] {
        self.record.tracer.tests()
    }
}
