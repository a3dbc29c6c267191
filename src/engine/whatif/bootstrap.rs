//! How certain totals are: one night is a sample of buyers, so buyers are drawn anew, with replacement, as
//! many as there are, again and again; the middle 95 % of the totals that come out are the interval.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::decision::Decision;
use arbiter_model::money::{Currency, Money};

use super::moved::Moved;
use super::sums::{money, units};
use super::{Baseline, Sums};

/// How often buyers are drawn, and by which lots.
#[derive(Clone, Copy, Debug)]
pub struct Resampling {
    /// How often; intervals are left out where it is 0.
    pub resamples: u32,
    /// Chooses the lots; the same number draws the same.
    pub seed: u64,
}

/// A total with the interval it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// What is added up: `awards before`, `awards after` or `change`.
    pub total: &'static str,
    /// The currency.
    pub currency: &'static str,
    /// The total of the cases as they are.
    pub amount: Money,
    /// Below it lie a fortieth of the totals that were drawn.
    pub low: Money,
    /// Above it lie a fortieth of them.
    pub high: Money,
}

/// One buyer's awards in a currency, by the currency's place, in minor units.
struct Entry {
    buyer: u32,
    currency: usize,
    units: i128,
}

/// The intervals of each variant's totals. They do not depend on the number of threads.
pub(super) fn intervals(
    baseline: &Baseline,
    decisions: &[&Decision],
    moved: &[Vec<Moved>],
    resampling: Resampling,
) -> Vec<Vec<Interval>> {
    let currencies = currencies(baseline, decisions, moved);
    if resampling.resamples == 0 || currencies.is_empty() {
        return moved.iter().map(|_| Vec::new()).collect();
    }
    let mut sets = vec![entries(baseline, &currencies, decisions.iter().map(|decision| (None, *decision)))];
    sets.extend(
        moved
            .iter()
            .map(|moved| entries(baseline, &currencies, moved.iter().map(|moved| (Some(&moved.before), &moved.after)))),
    );
    let drawn = draw(baseline.docket.buyers.len(), &sets, currencies.len(), resampling);
    let totals: Vec<Vec<i128>> = sets.iter().map(|entries| add_up(entries, currencies.len(), |_| 1)).collect();
    (1..sets.len()).map(|set| told(&currencies, &totals, &drawn, set)).collect()
}

/// The currencies in which anything is awarded, by code.
fn currencies(baseline: &Baseline, decisions: &[&Decision], moved: &[Vec<Moved>]) -> Vec<Currency> {
    let mut sums = Sums::default();
    let after = moved.iter().flatten().map(|moved| &moved.after);
    for decision in decisions.iter().copied().chain(after).filter(|decision| decision.award.is_positive()) {
        sums.add_units(decision.at.case(baseline.docket).order.currency, 0);
    }
    sums.currencies()
}

/// What each buyer gets, or gets more than before, by buyer.
fn entries<'d>(
    baseline: &Baseline,
    currencies: &[Currency],
    decisions: impl Iterator<Item = (Option<&'d Decision>, &'d Decision)>,
) -> Vec<Entry> {
    let mut sums: FxHashMap<(u32, usize), i128> = FxHashMap::default();
    for (before, after) in decisions {
        let cases = &baseline.docket.orders[after.at.order as usize];
        let currency = cases.order.currency;
        let change = units(after.award, currency) - before.map_or(0, |before| units(before.award, currency));
        if let Some(place) = currencies.iter().position(|known| *known == currency).filter(|_| change != 0) {
            *sums.entry((cases.disputants[after.at.dispute as usize], place)).or_default() += change;
        }
    }
    let mut entries: Vec<Entry> =
        sums.into_iter().map(|((buyer, currency), units)| Entry { buyer, currency, units }).collect();
    entries.sort_unstable_by_key(|entry| (entry.buyer, entry.currency));
    entries
}

fn add_up(entries: &[Entry], currencies: usize, times: impl Fn(u32) -> u32) -> Vec<i128> {
    let mut totals = vec![0; currencies];
    for entry in entries {
        totals[entry.currency] += entry.units * i128::from(times(entry.buyer));
    }
    totals
}

/// For each drawing, the totals of each set of entries by currency.
fn draw(buyers: usize, sets: &[Vec<Entry>], currencies: usize, resampling: Resampling) -> Vec<Vec<Vec<i128>>> {
    let mut lots = fastrand::Rng::with_seed(resampling.seed);
    let seeds: Vec<u64> = (0..resampling.resamples).map(|_| lots.u64(..)).collect();
    let one = |times: &mut Vec<u32>, seed: &u64| {
        let mut lots = fastrand::Rng::with_seed(*seed);
        times.clear();
        times.resize(buyers, 0);
        for _ in 0..buyers {
            let drawn = &mut times[lots.u32(..buyers as u32) as usize];
            *drawn += 1;
        }
        sets.iter().map(|entries| add_up(entries, currencies, |buyer| times[buyer as usize])).collect()
    };
    seeds.par_iter().map_init(Vec::new, one).collect()
}

/// The intervals of one variant: of the base's totals, of its own, and of what changes.
fn told(currencies: &[Currency], totals: &[Vec<i128>], drawn: &[Vec<Vec<i128>>], set: usize) -> Vec<Interval> {
    let mut intervals = Vec::new();
    for (place, currency) in currencies.iter().enumerate() {
        let kinds: [(&'static str, [i128; 2]); 3] =
            [("awards before", [1, 0]), ("awards after", [1, 1]), ("change", [0, 1])];
        for (total, [base, change]) in kinds {
            let of = |sets: &[Vec<i128>]| base * sets[0][place] + change * sets[set][place];
            let mut sorted: Vec<i128> = drawn.iter().map(|sets| of(sets)).collect();
            sorted.sort_unstable();
            let outside = sorted.len() / 40;
            let [amount, low, high] =
                [of(totals), sorted[outside], sorted[sorted.len() - 1 - outside]].map(|units| money(units, *currency));
            intervals.push(Interval { total, currency: currency.code(), amount, low, high });
        }
    }
    intervals
}
