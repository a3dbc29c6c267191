//! A curve: the cost and the outcomes of all cases under every value of one parameter.
//!
//! What each case does between its own breakpoints is laid into the differences from one value to the
//! next, so that the curve is exact at every value that the parameter can take, in about the time of one
//! pass over the cases.

use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::decision::DisputeIndex;
use arbiter_model::case::OrderCases;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::money::{Currency, Money};
use arbiter_model::outcome::Outcome;

use super::sums::{money, units};
use super::swept::{Piece, SweptDocket};
use super::{Baseline, Sums, Sweep};

/// The curve of a sweep.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The first value, on the sweep's scale.
    low: u64,
    outcomes: Vec<[i64; OUTCOMES]>,
    /// By code.
    cost: Vec<(Currency, Vec<i128>)>,
}

const OUTCOMES: usize = Outcome::ALL.len();

/// A curve at one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// How many disputes have each outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; OUTCOMES],
    /// What buyers are awarded, in every currency of the curve.
    pub awards: Sums,
}

impl Curve {
    /// Works out the curve of a sweep over cases.
    ///
    /// # Errors
    ///
    /// The parameter's own range, or a neighbour, refuses the first or the last value.
    pub fn of(baseline: &Baseline, sweep: &Sweep) -> Result<Self, Fault> {
        let ends = [sweep.at(baseline.base, sweep.low)?, sweep.at(baseline.base, sweep.high)?];
        let swept = SweptDocket::of(*baseline, sweep, &ends)?;
        let chunk = baseline.chunk();
        let add_up = |(number, orders): (usize, &[OrderCases])| {
            let mut differences = Differences::of(swept.values());
            for (place, cases) in orders.iter().enumerate() {
                let nothing = Money::zero(cases.order.currency);
                let open: Vec<u32> = baseline.open_cases(cases).map(|(dispute, _)| dispute as u32).collect();
                let walk = Walk { swept: &swept, index: (number * chunk + place) as u32, open: &open };
                walk.from(0, (0, swept.values() - 1), nothing, &mut differences);
            }
            differences
        };
        let all = baseline.docket.orders.par_chunks(chunk).enumerate().map(add_up);
        let all = all.reduce(|| Differences::of(swept.values()), Differences::join);
        match swept.refused.load(Ordering::Relaxed) {
            true => Err(Fault::new(FaultKind::Defect, format!("a value of {} was refused", sweep.parameter))),
            false => Ok(all.added_up(sweep.low)),
        }
    }

    /// The curve at a value of the sweep.
    pub fn at(&self, value: u64) -> Option<Point> {
        let place = usize::try_from(value.checked_sub(self.low)?).ok()?;
        let outcomes = self.outcomes.get(place)?.map(|count| u64::try_from(count).unwrap_or_default());
        let mut awards = Sums::default();
        self.cost.iter().for_each(|(currency, costs)| awards.add_units(*currency, costs[place]));
        Some(Point { outcomes, awards })
    }

    /// The values at which the curve is not what it is at the value before, the first included: between
    /// them it is level.
    pub fn breakpoints(&self) -> impl Iterator<Item = u64> {
        let differs = |place: usize| {
            place == 0
                || self.outcomes[place] != self.outcomes[place - 1]
                || self.cost.iter().any(|(_, costs)| costs[place] != costs[place - 1])
        };
        (0..self.outcomes.len()).filter(move |place| differs(*place)).map(|place| self.low + place as u64)
    }

    /// Whether the awards in a currency are the same at every value.
    pub fn is_level(&self, currency: Currency) -> bool {
        let costs = self.cost.iter().find(|(known, _)| *known == currency);
        costs.is_none_or(|(_, costs)| costs.windows(2).all(|pair| pair[0] == pair[1]))
    }

    /// The currencies of its costs, by code.
    pub fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.cost.iter().map(|(currency, _)| *currency)
    }
}

/// One order's disputes in turn: what the earlier ones are awarded, the later ones have less of.
struct Walk<'w, 'a> {
    swept: &'w SweptDocket<'a>,
    index: u32,
    /// The disputes that are open by the as-of.
    open: &'w [u32],
}

impl Walk<'_, '_> {
    /// Lays down a dispute and all after it, between two values.
    fn from(&self, place: usize, (low, high): (usize, usize), before: Money, differences: &mut Differences) {
        let Some(dispute) = self.open.get(place) else { return };
        let at = DisputeIndex { order: self.index, dispute: *dispute };
        let currency = self.swept.currency(self.index);
        let is_last = place + 1 == self.open.len();
        for piece in self.swept.pieces(at, low, high, before) {
            match piece {
                Piece::Flat { low, high, outcome, award } => {
                    differences.flat((low, high), outcome, currency, units(award, currency));
                    self.from(place + 1, (low, high), before + award, differences);
                }
                Piece::Slope { low, high, outcome, shares: [first, last], goods } => {
                    let awards = first.stepwise_of(last, (high - low) as u64, goods).into_iter().flatten();
                    match is_last {
                        true => differences.slope((low, high), outcome, currency, awards),
                        false => (low..=high).zip(awards).for_each(|(value, units)| {
                            differences.flat((value, value), outcome, currency, units);
                            self.from(place + 1, (value, value), before + money(units, currency), differences);
                        }),
                    }
                }
            }
        }
    }
}

/// By how much a curve differs from one value to the next.
struct Differences {
    outcomes: Vec<[i64; OUTCOMES]>,
    cost: Vec<(Currency, Vec<i128>)>,
}

impl Differences {
    fn of(values: usize) -> Self {
        // One more, after the last value.
        Self { outcomes: vec![[0; OUTCOMES]; values + 1], cost: Vec::new() }
    }

    fn cost(&mut self, currency: Currency) -> &mut Vec<i128> {
        let known = self.cost.iter().position(|(known, _)| *known == currency);
        let place = known.unwrap_or_else(|| {
            self.cost.push((currency, vec![0; self.outcomes.len()]));
            self.cost.len() - 1
        });
        &mut self.cost[place].1
    }

    fn flat(&mut self, (low, high): (usize, usize), outcome: Outcome, currency: Currency, units: i128) {
        self.outcomes[low][outcome as usize] += 1;
        self.outcomes[high + 1][outcome as usize] -= 1;
        if units != 0 {
            let cost = self.cost(currency);
            cost[low] += units;
            cost[high + 1] -= units;
        }
    }

    fn slope(
        &mut self,
        (low, high): (usize, usize),
        outcome: Outcome,
        currency: Currency,
        awards: impl Iterator<Item = i128>,
    ) {
        self.flat((low, high), outcome, currency, 0);
        let cost = self.cost(currency);
        let mut before = 0;
        for (value, units) in (low..=high).zip(awards) {
            cost[value] += units - before;
            before = units;
        }
        cost[high + 1] -= before;
    }

    fn join(mut self, other: Self) -> Self {
        for (sum, more) in self.outcomes.iter_mut().zip(other.outcomes) {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        for (currency, costs) in other.cost {
            self.cost(currency).iter_mut().zip(costs).for_each(|(sum, more)| *sum += more);
        }
        self
    }

    fn added_up(self, low: u64) -> Curve {
        let Self { mut outcomes, mut cost } = self;
        let mut so_far = [0; OUTCOMES];
        for counts in &mut outcomes {
            so_far.iter_mut().zip(*counts).for_each(|(sum, more)| *sum += more);
            *counts = so_far;
        }
        outcomes.pop();
        for (_, costs) in &mut cost {
            (1..costs.len()).for_each(|value| costs[value] += costs[value - 1]);
            costs.pop();
        }
        cost.sort_unstable_by_key(|(currency, _)| currency.code());
        Curve { low, outcomes, cost }
    }
}
