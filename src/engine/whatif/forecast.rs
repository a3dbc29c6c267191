//! The calendar: which pending disputes decide themselves on which of the coming nights if nothing new
//! arrives, and the money then due.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::arbitrate::{Standing, decide_file_beside, standings};
use crate::decision::Decision;
use arbiter_model::case::{CaseFile, Docket};
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::outcome::Outcome;

use super::{Cases, Sums};

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
pub fn forecast(cases: &Cases, days: u32) -> Forecast {
    let at = |night: u32| cases.as_of.plus_seconds(i64::from(night) * SECONDS_PER_DAY);
    let mut waiting = waiting(cases);
    let mut forecast = Forecast {
        nights: Vec::new(),
        settled: Vec::new(),
        pending: waiting.iter().map(|file| file.pending.len() as u64).sum(),
        still_pending: 0,
    };
    let mut concerned = Concerned::of(cases, &waiting);
    for night in 1..=days {
        let (at, place) = (at(night), forecast.nights.len());
        let standings = concerned.standings(cases, at);
        let settle = |file: &mut Waiting| file.settle(cases, place, at, standings);
        let mut settled: Vec<Settled> = waiting.par_iter_mut().flat_map_iter(settle).collect();
        settled.sort_unstable_by_key(|settled| settled.then.place);
        waiting.retain(|file| !file.pending.is_empty());
        forecast.nights.push(NightAhead::of(cases, at, &settled));
        forecast.settled.extend(settled);
    }
    forecast.still_pending = waiting.iter().map(|file| file.pending.len() as u64).sum();
    forecast
}

impl NightAhead {
    fn of(cases: &Cases, at: Instant, settled: &[Settled]) -> Self {
        let mut night =
            Self { at, decided: settled.len() as u64, outcomes: Default::default(), awards: Sums::default() };
        for Settled { then, .. } in settled {
            night.outcomes[then.outcome as usize] += 1;
            if then.award.is_positive() {
                night.awards.add(then.at.case(cases.docket).order.currency, then.award);
            }
        }
        night
    }
}

/// A file with disputes that are pending.
struct Waiting<'a> {
    index: u32,
    file: &'a CaseFile,
    /// Their decisions today.
    pending: Vec<Decision>,
}

fn is_pending(decision: &Decision) -> bool {
    decision.outcome == Outcome::Pending
}

fn waiting<'a>(cases: &Cases<'a>) -> Vec<Waiting<'a>> {
    let standings = standings(cases.docket, cases.base, cases.as_of);
    let wait = |(index, file): (usize, &'a CaseFile)| {
        let decisions =
            decide_file_beside(&cases.docket.register, index as u32, file, cases.base, cases.as_of, &standings);
        let pending: Vec<Decision> = decisions.into_iter().filter(is_pending).collect();
        (!pending.is_empty()).then_some(Waiting { index: index as u32, file, pending })
    };
    cases.docket.files.par_iter().enumerate().filter_map(wait).collect()
}

/// The buyers whose levels bear on what is waiting, with all that their levels hang on: the other files
/// would be read on every night for nothing.
struct Concerned {
    /// The files that they dispute in, and their records.
    docket: Docket,
    /// For each buyer of that docket, the place in the whole one.
    places: Vec<u32>,
    /// For each buyer of the whole docket; only theirs are kept up to date.
    standings: Vec<Standing>,
}

impl Concerned {
    fn of(cases: &Cases, waiting: &[Waiting]) -> Self {
        let whole = cases.docket;
        let mut is_concerned = vec![false; whole.buyers.len()];
        let disputants = waiting.iter().flat_map(|waiting| &waiting.file.disputants);
        disputants.for_each(|buyer| is_concerned[*buyer as usize] = true);
        let bears = |file: &&CaseFile| file.disputants.iter().any(|buyer| is_concerned[*buyer as usize]);
        let mut files: Vec<CaseFile> = whole.files.par_iter().filter(bears).cloned().collect();
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut places = Vec::new();
        for buyer in files.iter_mut().flat_map(|file| &mut file.disputants) {
            *buyer = *numbers.entry(*buyer).or_insert_with(|| {
                places.push(*buyer);
                places.len() as u32 - 1
            });
        }
        let buyers = places.iter().map(|place| whole.buyers[*place as usize].clone()).collect();
        let standings = standings(whole, cases.base, cases.as_of);
        Self { docket: Docket { files, buyers, ..Docket::default() }, places, standings }
    }

    /// The standings at an instant.
    fn standings(&mut self, cases: &Cases, at: Instant) -> &[Standing] {
        for (place, standing) in self.places.iter().zip(standings(&self.docket, cases.base, at)) {
            self.standings[*place as usize] = standing;
        }
        &self.standings
    }
}

impl Waiting<'_> {
    /// Takes out what is decided at an instant.
    fn settle(&mut self, cases: &Cases, night: usize, at: Instant, standings: &[Standing]) -> Vec<Settled> {
        let decisions = decide_file_beside(&cases.docket.register, self.index, self.file, cases.base, at, standings);
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
