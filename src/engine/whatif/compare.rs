//! Base against variants: what moves, by everything that people ask for.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use crate::decision::Decision;
use arbiter_model::fault::Fault;
use arbiter_model::money::{Currency, Money, Share};
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules as rules;

use super::attribution::{Attribution, attribute};
use super::bootstrap::{Interval, Resampling, intervals};
use super::sums::{money, units};
use super::{Baseline, Sums};

/// A named set of parameters.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name, for people.
    pub name: String,
    /// The parameters.
    pub policy: Policy,
}

/// A dispute that is decided otherwise.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Under the base.
    pub before: Decision,
    /// Under the variant.
    pub after: Decision,
}

/// A variant against the base.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The variant's name.
    pub variant: String,
    /// Each value that differs.
    pub changes: Vec<Changed>,
    /// How many disputes are decided.
    pub disputes: u64,
    /// How many of them otherwise.
    pub moved: u64,
    /// Disputes by old outcome, and within by new one, in the order of [`Outcome::ALL`].
    pub matrix: [[u64; OUTCOMES]; OUTCOMES],
    /// Money by currency.
    pub by_currency: Vec<GroupAwards>,
    /// By the rule that decides, in the order of precedence: what a dispute is awarded counts under its
    /// old rule before and under its new one after.
    pub by_rule: Vec<GroupAwards>,
    /// By the buyer's reason.
    pub by_reason: Vec<GroupAwards>,
    /// By the goods' category.
    pub by_category: Vec<GroupAwards>,
    /// By seller.
    pub by_seller: Vec<GroupAwards>,
    /// Buyers whose awards change, by how much.
    pub bands: Vec<ChangeBand>,
    /// Which of the changed parameters moved how much.
    pub attribution: Attribution,
    /// How certain totals are.
    pub intervals: Vec<Interval>,
    /// Every dispute that is decided otherwise, in the order of the export.
    #[serde(skip)]
    pub disputes_moved: Vec<Moved>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The parameter, as in [`Difference`](arbiter_policy::Difference).
    pub parameter: String,
    /// Its value under the base, as TOML; empty where there is none.
    pub before: String,
    /// The same under the variant.
    pub after: String,
}

/// How many outcomes there are.
const OUTCOMES: usize = Outcome::ALL.len();

/// The awards of one group in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupAwards {
    /// The group: a rule, a reason, a seller; empty where the orders name none.
    pub key: String,
    /// The currency.
    pub currency: &'static str,
    /// Disputes of it that are decided otherwise.
    pub moved: u64,
    /// All its awards under the base.
    pub before: Money,
    /// The same under the variant.
    pub after: Money,
    /// What that is more, or less where it is below zero.
    pub change: Money,
}

/// Buyers whose awards change by about so much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeBand {
    /// The change of all of a buyer's awards in one currency, by the price of the goods concerned.
    pub change: &'static str,
    /// Buyers who get more.
    pub winners: u64,
    /// Buyers who get less.
    pub losers: u64,
}

/// Where a band ends, below, and its name.
const BANDS: [(Option<&str>, &str); 5] = [
    (Some("0.1"), "below 10 % of the price"),
    (Some("0.25"), "10 to 25 %"),
    (Some("0.5"), "25 to 50 %"),
    (Some("1"), "50 to 100 %"),
    (None, "all of it or more"),
];

impl Moved {
    pub(super) fn of((before, after): (&Decision, &Decision)) -> Self {
        Self { before: before.clone(), after: after.clone() }
    }
}

/// Compares variants with the base: all are decided in one pass over the cases.
///
/// # Errors
///
/// An empty variant, which every call decides too, moved something: a defect of this program.
pub fn compare(baseline: &Baseline, variants: &[Variant], resampling: Resampling) -> Result<Vec<Comparison>, Fault> {
    let policies: Vec<&Policy> = variants.iter().map(|variant| &variant.policy).collect();
    let answer = baseline.decide(&baseline.base.and(&[])?, &policies)?;
    let decisions: Vec<&Decision> = answer.decisions().collect();
    let totals: Vec<FxHashMap<Key, i128>> =
        Dimension::ALL.par_iter().map(|dimension| dimension.totals(baseline, &decisions)).collect();
    let mut outcomes = [0; OUTCOMES];
    decisions.iter().for_each(|decision| outcomes[decision.outcome as usize] += 1);
    let base = Base { baseline: *baseline, disputes: decisions.len() as u64, outcomes, totals };
    let intervals = intervals(baseline, &decisions, &answer.moved, resampling);
    let compared = variants.iter().zip(answer.moved).zip(intervals);
    compared.map(|((variant, moved), intervals)| base.against(variant, moved, intervals)).collect()
}

/// By what awards are added up.
#[derive(Clone, Copy, Debug)]
enum Dimension {
    Currency,
    Rule,
    Reason,
    Category,
    Seller,
}

/// A group of awards.
type Key<'a> = (&'a str, Currency);

impl Dimension {
    const ALL: [Self; 5] = [Self::Currency, Self::Rule, Self::Reason, Self::Category, Self::Seller];

    fn key<'a>(self, baseline: &Baseline<'a>, decision: &Decision) -> Key<'a> {
        let case = decision.at.case(baseline.docket);
        let name = match self {
            Self::Currency => case.order.currency.code(),
            Self::Rule => decision.rule().code,
            Self::Reason => case.dispute.reason.code(),
            Self::Category => case.order.category.as_deref().unwrap_or_default(),
            Self::Seller => &case.order.seller_id,
        };
        (name, case.order.currency)
    }

    fn totals<'a>(self, baseline: &Baseline<'a>, decisions: &[&Decision]) -> FxHashMap<Key<'a>, i128> {
        let mut totals = FxHashMap::default();
        for decision in decisions.iter().filter(|decision| decision.award.is_positive()) {
            let key = self.key(baseline, decision);
            *totals.entry(key).or_default() += units(decision.award, key.1);
        }
        totals
    }
}

/// What the base decides, added up.
struct Base<'a> {
    baseline: Baseline<'a>,
    disputes: u64,
    outcomes: [u64; OUTCOMES],
    /// For each dimension.
    totals: Vec<FxHashMap<Key<'a>, i128>>,
}

impl Base<'_> {
    fn against(&self, variant: &Variant, mut moved: Vec<Moved>, intervals: Vec<Interval>) -> Result<Comparison, Fault> {
        let [by_currency, mut by_rule, by_reason, by_category, by_seller] =
            Dimension::ALL.map(|dimension| self.lines(dimension, &moved));
        let order: Vec<_> = rules::all().map(|rule| rule.code).collect();
        by_rule.sort_by_key(|line| (line.currency, order.iter().position(|code| *code == line.key)));
        let bands = self.bands(&moved);
        let matrix = self.matrix(&moved);
        let mut change = Sums::default();
        for Moved { before, after } in &moved {
            let currency = before.at.case(self.baseline.docket).order.currency;
            change.add_units(currency, units(after.award, currency) - units(before.award, currency));
        }
        moved.sort_unstable_by_key(|moved| moved.before.place);
        Ok(Comparison {
            variant: variant.name.clone(),
            changes: changes(self.baseline.base, &variant.policy),
            disputes: self.disputes,
            moved: moved.len() as u64,
            matrix,
            by_currency,
            by_rule,
            by_reason,
            by_category,
            by_seller,
            bands,
            attribution: attribute(&self.baseline, &variant.policy, &change)?,
            intervals,
            disputes_moved: moved,
        })
    }

    fn matrix(&self, moved: &[Moved]) -> [[u64; OUTCOMES]; OUTCOMES] {
        let mut matrix = [[0; OUTCOMES]; OUTCOMES];
        (0..OUTCOMES).for_each(|outcome| matrix[outcome][outcome] = self.outcomes[outcome]);
        for Moved { before, after } in moved {
            matrix[before.outcome as usize][before.outcome as usize] -= 1;
            matrix[before.outcome as usize][after.outcome as usize] += 1;
        }
        matrix
    }

    /// The groups in which something moves, by currency; the largest change first.
    fn lines(&self, dimension: Dimension, moved: &[Moved]) -> Vec<GroupAwards> {
        let mut groups: FxHashMap<Key, (u64, i128)> = FxHashMap::default();
        for Moved { before, after } in moved {
            let keys = [before, after].map(|decision| dimension.key(&self.baseline, decision));
            let [old, new] = [before, after].map(|decision| units(decision.award, keys[0].1));
            groups.entry(keys[0]).or_default().0 += 1;
            groups.entry(keys[1]).or_default().0 += u64::from(keys[0] != keys[1]);
            groups.entry(keys[0]).or_default().1 -= old;
            groups.entry(keys[1]).or_default().1 += new;
        }
        let totals = &self.totals[dimension as usize];
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by_key(|((name, currency), (_, change))| (currency.code(), -change.abs(), *name));
        let line = |((name, currency), (moved, change)): (Key, (u64, i128))| {
            let before = totals.get(&(name, currency)).copied().unwrap_or_default();
            let [before, after, change] = [before, before + change, change].map(|units| money(units, currency));
            GroupAwards { key: name.to_owned(), currency: currency.code(), moved, before, after, change }
        };
        groups.into_iter().map(line).collect()
    }

    fn bands(&self, moved: &[Moved]) -> Vec<ChangeBand> {
        let mut bands = BANDS.map(|(_, change)| ChangeBand { change, winners: 0, losers: 0 });
        let limits = BANDS.map(|(limit, _)| limit.and_then(Share::parse));
        for ((_, code), (change, goods)) in self.buyers(moved) {
            let Some(currency) = Currency::from_code(code).filter(|_| change != 0) else { continue };
            let [size, goods] = [change.abs(), goods].map(|units| money(units, currency));
            let is_below = |limit: &Option<Share>| limit.is_none_or(|limit| !limit.is_covered_by(size, goods));
            let band = &mut bands[limits.iter().position(is_below).unwrap_or_default()];
            if change > 0 { band.winners += 1 } else { band.losers += 1 }
        }
        bands.into()
    }

    /// For each buyer and currency, by how much the awards change, and the price of the goods concerned.
    fn buyers(&self, moved: &[Moved]) -> BTreeMap<(u32, &'static str), (i128, i128)> {
        let mut buyers: BTreeMap<(u32, &'static str), (i128, i128)> = BTreeMap::new();
        let mut counted: FxHashSet<(u32, u32)> = FxHashSet::default();
        for Moved { before, after } in moved {
            let cases = &self.baseline.docket.orders[before.at.order as usize];
            let (currency, buyer) = (cases.order.currency, cases.disputants[before.at.dispute as usize]);
            let (change, goods) = buyers.entry((buyer, currency.code())).or_default();
            *change += units(after.award, currency) - units(before.award, currency);
            if counted.insert((buyer, before.at.order)) {
                *goods += units(cases.order.goods_total, currency);
            }
        }
        buyers
    }
}

fn changes(base: &Policy, variant: &Policy) -> Vec<Changed> {
    let differences = base.differences(variant).into_iter();
    let changed = differences.map(|difference| {
        let [before, after] = difference.values;
        Changed { parameter: difference.parameter, before, after }
    });
    changed.collect()
}
