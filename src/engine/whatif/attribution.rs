//! Which of several changed parameters moved how much of the money: Shapley's value, which does not hang
//! on the order in which they are changed.
//!
//! A parameter's share is what it adds to the parameters that were changed before it, on average over all
//! orders of changing them. All subsets are decided, of each order only those of parts that can touch it, so
//! that it is exact; in whole minor units the shares add up to the money that moved, because what rounding leaves goes to the largest remainders, of equal
//! ones to the first.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::buyers::{BuyerRating, rate_buyers};
use crate::decide::decide_order;
use arbiter_model::case::OrderCases;
use arbiter_model::fault::Fault;
use arbiter_policy::{MixturePart, Policy};

use super::reach::reach_of;
use super::sums::units;
use super::{Baseline, Sums};
use arbiter_rules::Reach;

/// The most parts of a change that are told apart: all their subsets are decided.
pub const MOST_PARTS: usize = 8;

/// The money that moved, by what moved it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attribution {
    /// Each part's share, in the order of the catalogue; empty where there are too many.
    pub parts: Vec<PartShare>,
    /// Why parts are whole rules, or why there are none.
    pub note: Option<String>,
}

/// One part's share in the money that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartShare {
    /// The parameter, or the rule.
    pub part: String,
    /// The money by currency; below zero where buyers get less for it.
    pub change: Sums,
}

/// Splits the money that a variant moves, all of which is `change`, into the shares of what it changes.
pub(super) fn attribute(baseline: &Baseline, variant: &Policy, change: &Sums) -> Result<Attribution, Fault> {
    let mut parts = baseline.base.parts(variant);
    let mut note = None;
    if parts.len() > MOST_PARTS {
        let values = parts.len();
        parts = MixturePart::by_rule(&parts);
        note = Some(format!("{values} values of {} rules differ, so each rule is one part", parts.len()));
    }
    if parts.len() > MOST_PARTS {
        let note = format!("{} rules differ; shares are told of at most {MOST_PARTS}", parts.len());
        return Ok(Attribution { parts: Vec::new(), note: Some(note) });
    }
    let by_subset = subsets(baseline, variant, &parts, change)?;
    let mut shares: Vec<PartShare> =
        parts.into_iter().map(|part| PartShare { part: part.name, change: Sums::default() }).collect();
    for currency in change.currencies() {
        let worth: Vec<i128> = by_subset.iter().map(|sums| sums.units(currency)).collect();
        for (share, units) in shares.iter_mut().zip(shapley(&worth)) {
            share.change.add_units(currency, units);
        }
    }
    Ok(Attribution { parts: shares, note })
}

/// What each subset of the parts moves; the bits of its place say which parts are in it.
fn subsets(baseline: &Baseline, variant: &Policy, parts: &[MixturePart], change: &Sums) -> Result<Vec<Sums>, Fault> {
    let count = 1_usize << parts.len();
    if parts.len() < 2 {
        // Nothing moves nothing, and what all of them move is known.
        return Ok([Sums::default(), change.clone()].into_iter().take(count).collect());
    }
    let moved = Mixtures::of(baseline, variant, parts)?.moved();
    let worth = |subset: usize| {
        let mut sums = Sums::default();
        moved.iter().for_each(|(reaching, moved)| sums.join(&moved[subset & reaching]));
        sums
    };
    Ok((0..count).map(worth).collect())
}

/// For each set of parts that reaches a file, what each subset moves of all such files; subsets with
/// others in them are nothing.
type MovedByReach = FxHashMap<usize, Vec<Sums>>;

/// The parameters of every subset of the parts.
struct Mixtures<'a> {
    baseline: &'a Baseline<'a>,
    policies: Vec<Policy>,
    /// The buyers' buyer_ratings under each of them; those that are equal once.
    buyer_ratings: Vec<Arc<Vec<BuyerRating>>>,
    /// For each part, which cases it can touch.
    reach: Vec<Reach>,
    /// The parts that can touch the levels of buyers.
    of_levels: usize,
    /// For each buyer, whether the level is another one under any of them.
    level_differs: Vec<bool>,
}

impl<'a> Mixtures<'a> {
    fn of(baseline: &'a Baseline<'a>, variant: &Policy, parts: &[MixturePart]) -> Result<Self, Fault> {
        let mix = |subset: usize| {
            let chosen = parts.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1);
            baseline.base.mixed(variant, chosen.map(|(_, part)| part))
        };
        let policies = (0..1_usize << parts.len()).into_par_iter().map(mix).collect::<Result<Vec<_>, _>>()?;
        let buyer_ratings = all_ratings(baseline, &policies);
        let level_differs = |buyer: usize| {
            let level = |buyer_ratings: &Arc<Vec<BuyerRating>>| buyer_ratings[buyer].level;
            buyer_ratings
                .iter()
                .any(|one| !Arc::ptr_eq(one, &buyer_ratings[0]) && level(one) != level(&buyer_ratings[0]))
        };
        let level_differs = (0..baseline.docket.buyers.len()).into_par_iter().map(level_differs).collect();
        let of_levels = |place: &usize| parts[*place].rule() == "serial_disputer";
        let of_levels = (0..parts.len()).filter(of_levels).map(|place| 1 << place).sum();
        let reach = parts.iter().map(|part| reach_of(part.rule())).collect();
        Ok(Self { baseline, policies, buyer_ratings, reach, of_levels, level_differs })
    }

    /// Decides each file under all subsets of the parts that reach it.
    fn moved(&self) -> MovedByReach {
        let chunk = self.baseline.chunk();
        let decide = |(number, orders): (usize, &[OrderCases])| {
            let mut moved = MovedByReach::default();
            for (place, cases) in orders.iter().enumerate() {
                self.add((number * chunk + place) as u32, cases, &mut moved);
            }
            moved
        };
        let join = |mut left: MovedByReach, right: MovedByReach| {
            for (reaching, sums) in right {
                match left.entry(reaching) {
                    Entry::Occupied(mut known) => {
                        known.get_mut().iter_mut().zip(&sums).for_each(|(sum, more)| sum.join(more))
                    }
                    Entry::Vacant(free) => drop(free.insert(sums)),
                }
            }
            left
        };
        self.baseline.docket.orders.par_chunks(chunk).enumerate().map(decide).reduce(MovedByReach::default, join)
    }

    fn add(&self, index: u32, cases: &OrderCases, moved: &mut MovedByReach) {
        let reaching = self.reaching(cases);
        if reaching == 0 {
            return;
        }
        let currency = cases.order.currency;
        let awards = |subset: usize| -> i128 {
            let buyer_ratings = &self.buyer_ratings[subset];
            let decisions = decide_order(index, cases, &self.policies[subset], self.baseline.as_of, buyer_ratings);
            decisions.iter().map(|decision| units(decision.award, currency)).sum()
        };
        let before = awards(0);
        let sums = moved.entry(reaching).or_insert_with(|| vec![Sums::default(); reaching + 1]);
        for subset in (1..=reaching).filter(|subset| subset & !reaching == 0) {
            let change = awards(subset) - before;
            if change != 0 {
                sums[subset].add_units(currency, change);
            }
        }
    }

    /// The parts that can touch a file.
    fn reaching(&self, cases: &OrderCases) -> usize {
        let level_differs = cases.disputants.iter().any(|buyer| self.level_differs[*buyer as usize]);
        let mut reaching = if level_differs { self.of_levels } else { 0 };
        for (_, case) in self.baseline.open_cases(cases) {
            for (place, reach) in self.reach.iter().enumerate() {
                reaching |= usize::from(reach(&case, self.baseline.as_of)) << place;
            }
        }
        reaching
    }
}

/// The buyer_ratings under each set of parameters, those that cannot differ worked out once.
fn all_ratings(baseline: &Baseline, policies: &[Policy]) -> Vec<Arc<Vec<BuyerRating>>> {
    let terms = |policy: &'_ Policy| policy.terms_of_run(baseline.as_of).serial_disputer.clone();
    let mut all: Vec<Arc<Vec<BuyerRating>>> = Vec::with_capacity(policies.len());
    for policy in policies {
        let same = policies.iter().take(all.len()).position(|known| terms(known) == terms(policy));
        all.push(match same {
            Some(known) => Arc::clone(&all[known]),
            None => Arc::new(rate_buyers(baseline.docket, policy, baseline.as_of)),
        });
    }
    all
}

/// Each part's share of what all parts are worth together, in minor units.
fn shapley(worth: &[i128]) -> Vec<i128> {
    let count = worth.len().trailing_zeros() as usize;
    let factorial = |number: usize| (1..=number as i128).product::<i128>();
    let orders = factorial(count);
    // In how many orders exactly these parts come before one part.
    let weight = |before: usize| factorial(before) * factorial(count - 1 - before);
    let numerator = |part: usize| -> i128 {
        let without = (0..worth.len()).filter(|subset| subset >> part & 1 == 0);
        without.map(|subset| weight(subset.count_ones() as usize) * (worth[subset | 1 << part] - worth[subset])).sum()
    };
    let numerators: Vec<i128> = (0..count).map(numerator).collect();
    let mut shares: Vec<i128> = numerators.iter().map(|numerator| numerator.div_euclid(orders)).collect();
    let left = worth.last().copied().unwrap_or_default() - shares.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..count).collect();
    by_remainder.sort_by_key(|part| std::cmp::Reverse(numerators[*part].rem_euclid(orders)));
    by_remainder.into_iter().take(left as usize).for_each(|part| shares[part] += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alone the first part is worth 1.00, the second 2.00, together 5.00. Of the two orders the first adds
    /// 1.00 in one and 5.00 - 2.00 = 3.00 in the other: 2.00 on average; the second 4.00 and 2.00: 3.00.
    #[test]
    fn what_parts_are_worth_together_is_split_evenly() {
        assert_eq!(shapley(&[0, 100, 200, 500]), [200, 300]);
    }

    /// Three parts that are worth 0.01 together and nothing otherwise have a third of a cent each: the cent
    /// goes to the first. A loss of a cent is -0.0033 each: rounded down -0.01 each, and two get one back.
    #[test]
    fn the_last_cent_goes_to_the_largest_remainder() {
        assert_eq!(shapley(&[0, 0, 0, 0, 0, 0, 0, 1]), [1, 0, 0]);
        assert_eq!(shapley(&[0, 0, 0, 0, 0, 0, 0, -1]), [0, 0, -1]);
    }

    /// A part that adds nothing to any subset has no share, whatever the others are worth.
    #[test]
    fn a_part_that_moves_nothing_has_no_share() {
        assert_eq!(shapley(&[0, 0, 300, 300]), [0, 300]);
    }
}
