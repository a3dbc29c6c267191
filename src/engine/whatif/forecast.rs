//! The calendar: which pending disputes decide themselves on which of the coming nights if nothing new
//! arrives, and the money then due.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::buyers::{BuyerRating, rate_buyers};
use crate::decide::decide_order_after;
use crate::decision::Decision;
use arbiter_model::case::OrderCases;
use arbiter_model::docket::Docket;
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::outcome::Outcome;

use super::{Baseline, Sums};

/// The coming nights.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The first of them is a day after the as-of; those on which nothing is decided are there too.
    pub nights: Vec<NightAhead>,
    /// Every dispute that decides itself, by night, then in the order of the export.
    pub settled: Vec<Settled>,
    /// Disputes that are pending as of the as-of.
    pub pending: u64,
    /// Of these, those that are still pending after the last night.
    pub still_pending: u64,
}

/// One coming night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NightAhead {
    /// When it is.
    #[serde(serialize_with = "exact")]
    pub at: Instant,
    /// How many disputes are decided on it.
    pub decided: u64,
    /// Of these, how many with each outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// What is then due to buyers.
    pub awards: Sums,
}

fn exact<S: serde::Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.exact())
}

/// A dispute that decides itself.
#[derive(Clone, Debug)]
pub struct Settled {
    /// On which of the coming nights, from 0.
    pub night: usize,
    /// What is decided today: it is pending.
    pub today: Decision,
    /// What is decided then.
    pub then: Decision,
}

/// Decides the pending disputes anew on each of the coming nights, at the as-of's time of day.
///
/// A night decides as a run of that night would on the same facts: levels of buyers move as their windows
/// do, later facts of the exports have happened by then, and a dispute that is pending for another date
/// stays until it is not.
pub fn forecast(baseline: &Baseline, days: u32) -> Forecast {
    let at = |night: u32| baseline.as_of.plus_seconds(i64::from(night) * SECONDS_PER_DAY);
    let mut waiting = waiting(baseline);
    let mut forecast = Forecast {
        nights: Vec::new(),
        settled: Vec::new(),
        pending: waiting.iter().map(|cases| cases.pending.len() as u64).sum(),
        still_pending: 0,
    };
    let mut concerned = Concerned::of(baseline, &waiting);
    for night in 1..=days {
        let (at, place) = (at(night), forecast.nights.len());
        let buyer_ratings = concerned.buyer_ratings(baseline, at);
        let settle = |cases: &mut Waiting| cases.settle(baseline, place, at, buyer_ratings);
        let mut settled: Vec<Settled> = waiting.par_iter_mut().flat_map_iter(settle).collect();
        settled.sort_unstable_by_key(|settled| settled.then.place);
        waiting.retain(|cases| !cases.pending.is_empty());
        forecast.nights.push(NightAhead::of(baseline, at, &settled));
        forecast.settled.extend(settled);
    }
    forecast.still_pending = waiting.iter().map(|cases| cases.pending.len() as u64).sum();
    forecast
}

impl NightAhead {
    fn of(baseline: &Baseline, at: Instant, settled: &[Settled]) -> Self {
        let mut night =
            Self { at, decided: settled.len() as u64, outcomes: Default::default(), awards: Sums::default() };
        for Settled { then, .. } in settled {
            night.outcomes[then.outcome as usize] += 1;
            if then.award.is_positive() {
                night.awards.add(then.at.case(baseline.docket).order.currency, then.award);
            }
        }
        night
    }
}

/// A file with disputes that are pending.
struct Waiting<'a> {
    index: u32,
    cases: &'a OrderCases,
    /// Their decisions today.
    pending: Vec<Decision>,
}

fn is_pending(decision: &Decision) -> bool {
    decision.outcome == Outcome::Pending
}

fn waiting<'a>(baseline: &Baseline<'a>) -> Vec<Waiting<'a>> {
    let buyer_ratings = rate_buyers(baseline.docket, baseline.base, baseline.as_of);
    let wait = |(index, cases): (usize, &'a OrderCases)| {
        let decisions = decide_order_after(
            &baseline.docket.final_decisions,
            index as u32,
            cases,
            baseline.base,
            baseline.as_of,
            &buyer_ratings,
        );
        let pending: Vec<Decision> = decisions.into_iter().filter(is_pending).collect();
        (!pending.is_empty()).then_some(Waiting { index: index as u32, cases, pending })
    };
    baseline.docket.orders.par_iter().enumerate().filter_map(wait).collect()
}

/// The buyers whose levels bear on what is waiting, with all that their levels hang on: the other files
/// would be read on every night for nothing.
struct Concerned {
    /// The files that they dispute in, and their records.
    docket: Docket,
    /// For each buyer of that docket, the place in the whole one.
    places: Vec<u32>,
    /// For each buyer of the whole docket; only theirs are kept up to date.
    buyer_ratings: Vec<BuyerRating>,
}

impl Concerned {
    fn of(baseline: &Baseline, waiting: &[Waiting]) -> Self {
        let whole = baseline.docket;
        let mut is_concerned = vec![false; whole.buyers.len()];
        let disputants = waiting.iter().flat_map(|waiting| &waiting.cases.disputants);
        disputants.for_each(|buyer| is_concerned[*buyer as usize] = true);
        let bears = |cases: &&OrderCases| cases.disputants.iter().any(|buyer| is_concerned[*buyer as usize]);
        let mut orders: Vec<OrderCases> = whole.orders.par_iter().filter(bears).cloned().collect();
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut places = Vec::new();
        for buyer in orders.iter_mut().flat_map(|cases| &mut cases.disputants) {
            *buyer = *numbers.entry(*buyer).or_insert_with(|| {
                places.push(*buyer);
                places.len() as u32 - 1
            });
        }
        let buyers = places.iter().map(|place| whole.buyers[*place as usize].clone()).collect();
        let buyer_ratings = rate_buyers(whole, baseline.base, baseline.as_of);
        Self { docket: Docket { orders, buyers, ..Docket::default() }, places, buyer_ratings }
    }

    /// The buyer_ratings at an instant.
    fn buyer_ratings(&mut self, baseline: &Baseline, at: Instant) -> &[BuyerRating] {
        for (place, rating) in self.places.iter().zip(rate_buyers(&self.docket, baseline.base, at)) {
            self.buyer_ratings[*place as usize] = rating;
        }
        &self.buyer_ratings
    }
}

impl Waiting<'_> {
    /// Takes out what is decided at an instant.
    fn settle(
        &mut self,
        baseline: &Baseline,
        night: usize,
        at: Instant,
        buyer_ratings: &[BuyerRating],
    ) -> Vec<Settled> {
        let decisions = decide_order_after(
            &baseline.docket.final_decisions,
            self.index,
            self.cases,
            baseline.base,
            at,
            buyer_ratings,
        );
        let (mut settled, mut left) = (Vec::new(), Vec::new());
        for today in std::mem::take(&mut self.pending) {
            match decisions.iter().find(|then| then.at == today.at && !is_pending(then)) {
                Some(then) => settled.push(Settled { night, today, then: then.clone() }),
                None => left.push(today),
            }
        }
        self.pending = left;
        settled
    }
}
