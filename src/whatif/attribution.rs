//! Which of several changed parameters moved how much of the money: Shapley's value, which does not hang
//! on the order in which they are changed.
//!
//! A parameter's share is what it adds to the parameters that were changed before it, on average over all
//! orders of changing them. All subsets are decided, so that it is exact; in whole minor units the shares
//! add up to the money that moved, because what rounding leaves goes to the largest remainders, of equal
//! ones to the first.

use rayon::prelude::*;
use serde::Serialize;

use crate::case::CaseFile;
use crate::decision::Decision;
use crate::fault::Fault;
use crate::policy::{Part, Policy};

use super::sums::units;
use super::{Cases, Sums, Tally};

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

impl Tally for Sums {
    fn add(&mut self, file: &CaseFile, before: &Decision, after: &Decision) {
        let currency = file.order.currency;
        self.add_units(currency, units(after.award, currency) - units(before.award, currency));
    }

    fn join(&mut self, later: Self) {
        Sums::join(self, &later);
    }
}

/// Splits the money that a variant moves, all of which is `change`, into the shares of what it changes.
pub(super) fn attribute(cases: &Cases, variant: &Policy, change: &Sums) -> Result<Attribution, Fault> {
    let mut parts = cases.base.parts(variant);
    let mut note = None;
    if parts.len() > MOST_PARTS {
        let values = parts.len();
        parts = Part::by_rule(&parts);
        note = Some(format!("{values} values of {} rules differ, so each rule is one part", parts.len()));
    }
    if parts.len() > MOST_PARTS {
        let note = format!("{} rules differ; shares are told of at most {MOST_PARTS}", parts.len());
        return Ok(Attribution { parts: Vec::new(), note: Some(note) });
    }
    let by_subset = subsets(cases, variant, &parts, change)?;
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
fn subsets(cases: &Cases, variant: &Policy, parts: &[Part], change: &Sums) -> Result<Vec<Sums>, Fault> {
    let all = (1_usize << parts.len()) - 1;
    // Nothing moves nothing, and what all of them move is known.
    let between: Vec<usize> = (1..all).collect();
    let mix = |subset: &usize| {
        let chosen = parts.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1);
        cases.base.mixed(variant, chosen.map(|(_, part)| part))
    };
    let policies = between.par_iter().map(mix).collect::<Result<Vec<_>, _>>()?;
    let moved = match policies.is_empty() {
        true => Vec::new(),
        false => cases.decide::<Sums>(None, &policies.iter().collect::<Vec<_>>())?.moved,
    };
    let mut by_subset = vec![Sums::default()];
    by_subset.extend(moved);
    by_subset.resize(all + 1, change.clone());
    Ok(by_subset)
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
