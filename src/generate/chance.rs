//! Chance that repeats itself: the same seed draws the same lots.

use std::hash::BuildHasher;
use std::ops::Range;

use rustc_hash::FxBuildHasher;

use arbiter_model::instant::{Instant, SECONDS_PER_DAY};

/// A source of lots.
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    /// The lots of one thing of a kind, such as of one buyer.
    pub(crate) fn of(seed: u64, kind: &str, number: u64) -> Self {
        Self(fastrand::Rng::with_seed(FxBuildHasher.hash_one((seed, kind, number))))
    }

    /// Whether something happens that does so often in a thousand cases.
    pub(crate) fn per_mille(&mut self, often: u64) -> bool {
        self.below(1000) < often
    }

    /// A number from 0, below another; 0 where there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.between(0..end)
    }

    /// A number of a range; its start where it is empty.
    pub(crate) fn between(&mut self, range: Range<u64>) -> u64 {
        if range.is_empty() { range.start } else { self.0.u64(range) }
    }

    /// A number below another, the lower the likelier.
    pub(crate) fn low_of(&mut self, end: u64) -> u64 {
        let (one, other) = (self.below(end), self.below(end));
        one.min(other)
    }

    /// One of some values by their weights. There must be one.
    pub(crate) fn weighted<'a, T>(&mut self, values: &'a [(u64, T)]) -> &'a T {
        let mut lot = self.below(values.iter().map(|(weight, _)| weight).sum());
        let mut index = 0;
        while index + 1 < values.len() && lot >= values[index].0 {
            lot -= values[index].0;
            index += 1;
        }
        &values[index].1
    }

    /// One of some values. There must be one.
    pub(crate) fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }

    /// An instant so many days after another, to the second.
    pub(crate) fn days_after(&mut self, instant: Instant, days: Range<u64>) -> Instant {
        let day = SECONDS_PER_DAY as u64;
        self.seconds_after(instant, days.start * day..days.end * day)
    }

    /// An instant so many seconds after another.
    pub(crate) fn seconds_after(&mut self, instant: Instant, seconds: Range<u64>) -> Instant {
        instant.plus_seconds(self.between(seconds) as i64)
    }
}
