//! What if: cases decided under other parameters, and what moves.
//!
//! ```text
//! docket ─┐
//! as-of ──┼─▶ decide: base and variants in one pass ─▶ what moved ─▶ compare, attribution, bootstrap
//! policies┘   sweep: each case's own breakpoints ────▶ an exact curve
//!             forecast: the coming nights ───────────▶ what decides itself, and the money due
//! ```
//!
//! Every question decides everything anew from the facts, as if nothing had been decided before. Nothing
//! here knows where the cases come from or how an answer is shown.

mod attribution;
mod bootstrap;
mod compare;
mod curve;
mod forecast;
mod reach;
mod scale;
mod sums;
mod sweep;
mod swept;

use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use toml::Table;

use crate::buyers::{BuyerRating, rate_buyers};
use crate::decide::decide_order;
use crate::decision::Decision;
use arbiter_model::case::{Case, Docket, OrderCases};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;
use arbiter_policy::{Policy, catalogue};
use arbiter_rules::Terms;

pub use arbiter_rules::Reach;
pub use attribution::{Attribution, MOST_PARTS, PartShare};
pub use bootstrap::{Interval, Resampling};
pub use compare::{ChangeBand, Changed, Comparison, GroupAwards, Moved, Variant, compare};
pub use curve::{Curve, Point};
pub use forecast::{Forecast, NightAhead, Settled, forecast};
pub use reach::reach_of;
pub use scale::Scale;
pub use sums::Sums;
pub use sweep::{MOST_POINTS, MOST_VALUES, Sweep};

/// What a question is asked of: cases, at an instant, and the parameters before anything is changed.
#[derive(Clone, Copy, Debug)]
pub struct Baseline<'a> {
    /// The cases.
    pub docket: &'a Docket,
    /// The instant they are decided as of.
    pub as_of: Instant,
    /// The parameters that others are compared with.
    pub base: &'a Policy,
}

/// What the base decides, and what moves under each other set of parameters.
struct Answer {
    /// In the order of the docket's files, in pieces.
    decisions: Vec<Vec<Decision>>,
    /// For each set of parameters, in the same order.
    moved: Vec<Vec<Moved>>,
}

impl Answer {
    fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().flatten()
    }
}

impl<'a> Baseline<'a> {
    /// Decides every case under the base and under each variant, in one pass. `control` is a set of
    /// parameters that must move nothing, for which nothing is skipped.
    ///
    /// # Errors
    ///
    /// The control moved something: a defect of this program.
    fn decide(&self, control: &Policy, variants: &[&Policy]) -> Result<Answer, Fault> {
        let base = rate_buyers(self.docket, self.base, self.as_of);
        let reach = reach::of_rules();
        let others: Vec<Other> = variants.iter().map(|policy| Other::of(self, policy, &base, &reach)).collect();
        let decide = |(number, orders): (usize, &[OrderCases])| {
            let mut pass = Pass::of(variants.len());
            for (place, cases) in orders.iter().enumerate() {
                let index = (number * self.chunk() + place) as u32;
                let before = decide_order(index, cases, self.base, self.as_of, &base);
                let again = decide_order(index, cases, control, self.as_of, &base);
                pass.moved_by_control |= moves(&before, &again).next().is_some();
                for (place, other) in others.iter().enumerate() {
                    if other.touches(cases, &mut pass.memories[place]) {
                        let after = decide_order(index, cases, other.policy, self.as_of, other.buyer_ratings(&base));
                        pass.moved[place].extend(moves(&before, &after).map(Moved::of));
                    }
                }
                pass.decisions.extend(before);
            }
            pass
        };
        let passes: Vec<_> = self.docket.orders.par_chunks(self.chunk()).enumerate().map(decide).collect();
        let mut answer = Answer { decisions: Vec::new(), moved: vec![Vec::new(); variants.len()] };
        for Pass { decisions, moved, moved_by_control, .. } in passes {
            if moved_by_control {
                return Err(Fault::new(FaultKind::Defect, "parameters that change nothing moved a decision")
                    .hint("nothing was shown; this is a defect of the program, please report it"));
            }
            answer.decisions.push(decisions);
            answer.moved.iter_mut().zip(moved).for_each(|(all, later)| all.extend(later));
        }
        Ok(answer)
    }

    /// How many files one thread takes at a time.
    fn chunk(&self) -> usize {
        self.docket.orders.len().div_ceil(8 * rayon::current_num_threads()).max(1)
    }

    /// The cases of a file that are open by the as-of.
    fn open_cases<'f>(&self, cases: &'f OrderCases) -> impl Iterator<Item = (usize, Case<'f>)> {
        let as_of = self.as_of;
        cases.cases().enumerate().filter(move |(_, case)| case.dispute.opened_at <= as_of)
    }
}

/// One pass over some files.
struct Pass {
    decisions: Vec<Decision>,
    /// For each variant.
    moved: Vec<Vec<Moved>>,
    moved_by_control: bool,
    /// For each variant, the terms that met last, with the rules that differ: nearly always those that meet
    /// next.
    memories: Vec<Memory>,
}

impl Pass {
    fn of(variants: usize) -> Self {
        Self {
            decisions: Vec::new(),
            moved: vec![Vec::new(); variants],
            moved_by_control: false,
            memories: vec![None; variants],
        }
    }
}

/// The disputes of a file that are decided otherwise.
fn moves<'d>(before: &'d [Decision], after: &'d [Decision]) -> impl Iterator<Item = (&'d Decision, &'d Decision)> {
    before.iter().zip(after).filter(|(before, after)| !is_same(before, after))
}

/// Whether two decisions of a dispute are the same to everybody concerned; their explanations may differ.
fn is_same(left: &Decision, right: &Decision) -> bool {
    left.outcome == right.outcome
        && left.rule().code == right.rule().code
        && left.award == right.award
        && left.guarantee == right.guarantee
        && left.route == right.route
        && left.buyer_level == right.buyer_level
        && left.notes == right.notes
        && left.returned() == right.returned()
        && left.next_event_at() == right.next_event_at()
        && left.queue() == right.queue()
        && left.withheld() == right.withheld()
}

/// A set of parameters beside the base.
struct Other<'a> {
    baseline: Baseline<'a>,
    policy: &'a Policy,
    /// The buyers' buyer_ratings, where they may differ from the base's, with whether each does.
    buyer_ratings: Option<(Vec<BuyerRating>, Vec<bool>)>,
    reach: &'a [Reach],
    /// For each pair of terms that has met, the rules that differ.
    differing: Mutex<FxHashMap<Pair, Arc<[usize]>>>,
}

/// Where two sets of terms lie.
type Pair = [usize; 2];

/// Terms that have met, and the rules that differ.
type Memory = Option<(Pair, Arc<[usize]>)>;

impl<'a> Other<'a> {
    fn of(baseline: &Baseline<'a>, policy: &'a Policy, base: &[BuyerRating], reach: &'a [Reach]) -> Self {
        let of_run = [baseline.base, policy].map(|policy| &policy.terms_of_run(baseline.as_of).serial_disputer);
        let buyer_ratings = (of_run[0] != of_run[1]).then(|| {
            let buyer_ratings = rate_buyers(baseline.docket, policy, baseline.as_of);
            let differ = buyer_ratings.iter().zip(base).map(|(left, right)| left.level != right.level).collect();
            (buyer_ratings, differ)
        });
        Self { baseline: *baseline, policy, buyer_ratings, reach, differing: Mutex::default() }
    }

    fn buyer_ratings<'s>(&'s self, base: &'s [BuyerRating]) -> &'s [BuyerRating] {
        self.buyer_ratings.as_ref().map_or(base, |(buyer_ratings, _)| buyer_ratings)
    }

    /// Whether the file may be decided otherwise under these parameters.
    fn touches(&self, cases: &OrderCases, memory: &mut Memory) -> bool {
        let level_differs =
            |buyer: &u32| self.buyer_ratings.as_ref().is_some_and(|(_, differ)| differ[*buyer as usize]);
        cases.disputants.iter().any(level_differs)
            || self.baseline.open_cases(cases).any(|(_, case)| self.touches_case(&case, memory))
    }

    fn touches_case(&self, case: &Case, memory: &mut Memory) -> bool {
        let terms = [self.baseline.base, self.policy].map(|policy| policy.terms_for(case, self.baseline.as_of));
        let pair = terms.map(|terms| std::ptr::from_ref(terms) as usize);
        let known = memory.take().filter(|(known, _)| *known == pair);
        let (_, differing) = memory.insert(known.unwrap_or_else(|| (pair, self.differing(pair, terms))));
        differing.iter().any(|rule| self.reach[*rule](case, self.baseline.as_of))
    }

    fn differing(&self, pair: Pair, terms: [&Terms; 2]) -> Arc<[usize]> {
        // A poisoned lock has lost nothing but the memory of it.
        let Ok(mut known) = self.differing.lock() else { return differing_rules(terms).into() };
        match known.entry(pair) {
            Entry::Occupied(found) => Arc::clone(found.get()),
            Entry::Vacant(free) => Arc::clone(free.insert(differing_rules(terms).into())),
        }
    }
}

/// The rules of which the parameters differ, by their places in the catalogue.
fn differing_rules(terms: [&Terms; 2]) -> Vec<usize> {
    if terms[0] == terms[1] {
        return Vec::new();
    }
    let rules = &catalogue().rules;
    let [Ok(left), Ok(right)] = terms.map(Table::try_from) else { return (0..rules.len()).collect() };
    (0..rules.len()).filter(|rule| left.get(&rules[*rule].name) != right.get(&rules[*rule].name)).collect()
}
