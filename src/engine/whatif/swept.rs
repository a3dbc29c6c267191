//! Cases under every value of one parameter: what is decided at one, and where between two of them it
//! changes.
//!
//! Between two values a case is searched by halves. That is sound because every number among the
//! parameters acts on a case, whose earlier awards and buyer's level are known, in one of few ways:
//!
//! - It is one side of a single comparison, as the days of most deadlines are, and the levels' thresholds:
//!   then the decision changes at one value at most.
//! - It is a share, or a strength: the award before reviews grows with it, and so do the conditions that
//!   hang on the award (all of what is left, more than nothing) and on the share (the full price). Where
//!   all of these are the same at two values, they are so between. Where the award is the share of the
//!   price itself at both, it is so between, and the share moves in equal steps.
//! - It moves dates that are compared with more than one other (protection, the start of a dispute, its
//!   escalation): each date grows with it, so where each comes before and after the same facts at two
//!   values, it does so between.
//!
//! A number for which nothing of this is known is decided at every value.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::buyers::{BuyerRating, rate_buyers};
use crate::decision::{Decision, DisputeIndex};
use arbiter_model::case::{Case, OrderCases};
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Currency, Money, Share};
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules::{
    self as rules, Award, Basis, Disposition, Evaluation, GoodsBack, Level, Reach, ReturnState, Search, Terms,
    at_path_mut,
};

use super::reach::reach_of;
use super::scale::plain;
use super::{Baseline, Sweep};

/// A parameter over its values; a value is counted from the first one, 0.
pub(super) struct SweptDocket<'a> {
    baseline: Baseline<'a>,
    sweep: &'a Sweep,
    /// The parameters with the first value, and with the last.
    ends: &'a [Policy; 2],
    reach: Reach,
    search: Search,
    /// For each set of terms that the parameter reaches, by where it lies.
    swept_terms: FxHashMap<usize, SweptTerms<'a>>,
    levels: Levels<'a>,
    /// A value was refused between two that were taken: a defect.
    pub refused: AtomicBool,
}

/// The name of a parameter within its rule: `band.high` of `colour_mismatch.band.high`.
fn inner_path(name: &str) -> &str {
    name.split_once('.').map_or("", |(_, inner)| inner)
}

/// The terms of some cases under every value.
struct SweptTerms<'a> {
    first: &'a Terms,
    terms: Vec<OnceLock<Terms>>,
}

/// The levels of buyers under every value.
enum Levels<'a> {
    /// The parameter does not touch them.
    Known(Vec<BuyerRating>),
    /// The parameter is a threshold that the same counts are held against.
    Threshold(Vec<BuyerRating>, Box<SweptTerms<'a>>),
    /// For each value, each buyer's.
    Each(Vec<Vec<Level>>),
}

/// What is decided of a dispute from one value to another, both included.
pub(super) enum Piece {
    /// The same at all of them.
    Flat { low: usize, high: usize, outcome: Outcome, award: Money },
    /// A share of the price that grows in equal steps, with one outcome.
    Slope { low: usize, high: usize, outcome: Outcome, shares: [Share; 2], goods: Money },
}

/// A dispute's decision at one value, with all that shows whether it is the same between two.
struct Evaluated {
    decision: Decision,
    /// The award before reviews.
    award: Option<Award>,
    dates: Option<[[u8; 2]; DATES]>,
}

/// All that decides, but for how much is awarded.
#[derive(PartialEq)]
struct Outline<'h> {
    outcome: Outcome,
    rule: &'static str,
    withheld: Option<&'static str>,
    returned: ReturnState,
    goods_are_kept: Option<bool>,
    is_doubled: Option<bool>,
    dates: &'h Option<[[u8; 2]; DATES]>,
}

/// How many dates are compared with facts.
const DATES: usize = 11;

impl<'a> SweptDocket<'a> {
    /// Prepares a sweep between two sets of parameters that are in order.
    ///
    /// # Errors
    ///
    /// None that values between those of parameters in order can cause.
    pub(super) fn of(baseline: Baseline<'a>, sweep: &'a Sweep, ends: &'a [Policy; 2]) -> Result<Self, Fault> {
        let name = plain(&sweep.parameter);
        let rule = name.split('.').next().unwrap_or_default();
        let mut swept = Self {
            baseline,
            sweep,
            ends,
            reach: reach_of(rule),
            search: Terms::table(rule).map_or(Search::EveryValue, |table| (table.search)(inner_path(&name))),
            swept_terms: FxHashMap::default(),
            levels: Levels::Known(Vec::new()),
            refused: AtomicBool::new(false),
        };
        swept.levels = match (rule, swept.search) {
            ("serial_disputer", Search::EveryValue) => swept.levels_at_every_value()?,
            ("serial_disputer", _) => {
                let buyer_ratings = rate_buyers(baseline.docket, &ends[0], baseline.as_of);
                let [first, last] = [0, 1].map(|end: usize| ends[end].terms_of_run(baseline.as_of));
                // A version that is not in force has no say.
                match first != last {
                    true => Levels::Threshold(buyer_ratings, Box::new(SweptTerms::of(first, swept.values()))),
                    false => Levels::Known(buyer_ratings),
                }
            }
            _ => Levels::Known(rate_buyers(baseline.docket, &ends[0], baseline.as_of)),
        };
        swept.swept_terms = swept.swept_terms();
        Ok(swept)
    }

    /// How many values there are.
    pub(super) fn values(&self) -> usize {
        (self.sweep.high - self.sweep.low) as usize + 1
    }

    /// The currency of a file's order.
    pub(super) fn currency(&self, cases: u32) -> Currency {
        self.baseline.docket.orders[cases as usize].order.currency
    }

    fn levels_at_every_value(&self) -> Result<Levels<'a>, Fault> {
        let level = |value: usize| -> Result<Vec<Level>, Fault> {
            let policy = self.sweep.at(self.baseline.base, self.sweep.low + value as u64)?;
            let buyer_ratings = rate_buyers(self.baseline.docket, &policy, self.baseline.as_of);
            Ok(buyer_ratings.iter().map(|rating| rating.level).collect())
        };
        (0..self.values()).map(level).collect::<Result<_, _>>().map(Levels::Each)
    }

    /// The terms of every case that the parameter reaches.
    fn swept_terms(&self) -> FxHashMap<usize, SweptTerms<'a>> {
        let gather = |mut found: FxHashMap<usize, [&'a Terms; 2]>, cases: &OrderCases| {
            for (_, case) in self.baseline.open_cases(cases).filter(|(_, case)| (self.reach)(case, self.baseline.as_of))
            {
                let first = self.first_terms(&case);
                found
                    .entry(place_of(first))
                    .or_insert_with(|| [first, self.ends[1].terms_for(&case, self.baseline.as_of)]);
            }
            found
        };
        let join = |mut left: FxHashMap<usize, [&'a Terms; 2]>, right| {
            left.extend(right);
            left
        };
        let found = self.baseline.docket.orders.par_iter().fold(FxHashMap::default, gather);
        let found = found.reduce(FxHashMap::default, join).into_iter();
        // Terms that are the same under the last value have a value of their own.
        let reached = found.filter(|(_, [first, last])| first != last);
        reached.map(|(place, [first, _])| (place, SweptTerms::of(first, self.values()))).collect()
    }

    /// The terms of a case under the first value.
    fn first_terms(&self, case: &Case) -> &'a Terms {
        self.ends[0].terms_for(case, self.baseline.as_of)
    }

    /// The terms of a case under every value, where the parameter reaches it: a segment may keep its own.
    fn terms_under(&self, case: &Case) -> Option<&SweptTerms<'a>> {
        if !(self.reach)(case, self.baseline.as_of) {
            return None;
        }
        self.swept_terms.get(&place_of(self.first_terms(case)))
    }

    fn terms<'t>(&'t self, terms_under: Option<&'t SweptTerms<'a>>, case: &Case, value: usize) -> &'t Terms {
        terms_under.map_or_else(|| self.first_terms(case), |terms_under| terms_under.at(self, value))
    }

    fn level(&self, buyer: u32, value: usize) -> Level {
        let buyer = buyer as usize;
        match &self.levels {
            Levels::Known(buyer_ratings) => buyer_ratings[buyer].level,
            Levels::Threshold(buyer_ratings, terms_under) => {
                buyer_ratings[buyer].record.level(&terms_under.at(self, value).serial_disputer)
            }
            Levels::Each(levels) => levels[value][buyer],
        }
    }

    /// Whether a buyer's level is the same under every value.
    fn level_is_known(&self, buyer: u32) -> bool {
        match &self.levels {
            Levels::Known(_) => true,
            Levels::Threshold(..) => self.level(buyer, 0) == self.level(buyer, self.values() - 1),
            Levels::Each(levels) => levels.iter().all(|levels| levels[buyer as usize] == self.level(buyer, 0)),
        }
    }

    /// What is decided of a dispute between two values, where its order's earlier disputes were awarded
    /// so much at all of them.
    pub(super) fn pieces(&self, at: DisputeIndex, low: usize, high: usize, before: Money) -> Vec<Piece> {
        let cases = &self.baseline.docket.orders[at.order as usize];
        let case = cases.case(at.dispute as usize);
        let buyer = cases.disputants[at.dispute as usize];
        let terms_under = self.terms_under(&case);
        let dispute = SweptDispute { swept: self, at, case, buyer, terms_under, before };
        let mut pieces = Vec::new();
        let first = dispute.evaluate(low);
        if terms_under.is_none() && self.level_is_known(buyer) {
            pieces.push(first.flat(low, high));
        } else if self.search == Search::EveryValue {
            pieces.push(first.flat(low, low));
            pieces.extend((low + 1..=high).map(|value| dispute.evaluate(value).flat(value, value)));
        } else {
            dispute.between((low, &first), (high, &dispute.evaluate(high)), &mut pieces);
        }
        pieces
    }
}

fn place_of(terms: &Terms) -> usize {
    std::ptr::from_ref(terms) as usize
}

impl<'a> SweptTerms<'a> {
    fn of(first: &'a Terms, values: usize) -> Self {
        Self { first, terms: (0..values).map(|_| OnceLock::new()).collect() }
    }

    fn at<'s>(&'s self, swept: &SweptDocket, value: usize) -> &'s Terms {
        if value == 0 {
            return self.first;
        }
        self.terms[value].get_or_init(|| {
            let (mut terms, sweep) = (self.first.clone(), swept.sweep);
            let found = at_path_mut(&mut terms, &plain(&sweep.parameter));
            let is_set =
                found.is_some_and(|(parameter, currency)| parameter.set_steps(sweep.low + value as u64, currency));
            if !is_set {
                swept.refused.store(true, Ordering::Relaxed);
            }
            terms
        })
    }
}

/// One dispute, whose order's earlier awards are known.
struct SweptDispute<'s, 'a> {
    swept: &'s SweptDocket<'a>,
    at: DisputeIndex,
    case: Case<'s>,
    buyer: u32,
    terms_under: Option<&'s SweptTerms<'a>>,
    before: Money,
}

impl SweptDispute<'_, '_> {
    fn evaluate(&self, value: usize) -> Evaluated {
        let terms = self.swept.terms(self.terms_under, &self.case, value);
        let level = self.swept.level(self.buyer, value);
        let evaluation = Evaluation::new(self.case, terms, self.swept.baseline.as_of, level, self.before);
        let finding = rules::decide(&evaluation);
        let award = match (finding.disposition, finding.withheld()) {
            (Disposition::Award(award), _) => Some(award),
            (_, withheld) => withheld.map(|(_, award)| award),
        };
        let with_dates = self.swept.search == Search::HalvesWithDates;
        let dates = with_dates.then(|| dates(&evaluation));
        Evaluated { decision: Decision::of(&evaluation, finding, self.at), award, dates }
    }

    fn between(&self, (low, first): (usize, &Evaluated), (high, last): (usize, &Evaluated), pieces: &mut Vec<Piece>) {
        if low == high || first.is_same_up_to(last) {
            return pieces.push(first.flat(low, high));
        }
        if let Some(slope) = first.slope_to(last, low, high, self.case.order.goods_total) {
            return pieces.push(slope);
        }
        if high - low == 1 {
            return pieces.extend([first.flat(low, low), last.flat(high, high)]);
        }
        let middle = low.midpoint(high);
        self.between((low, first), (middle, &self.evaluate(middle)), pieces);
        self.between((middle + 1, &self.evaluate(middle + 1)), (high, last), pieces);
    }
}

impl Evaluated {
    fn flat(&self, low: usize, high: usize) -> Piece {
        Piece::Flat { low, high, outcome: self.decision.outcome, award: self.decision.award }
    }

    fn outline(&self) -> Outline<'_> {
        let Decision { finding, outcome, .. } = &self.decision;
        Outline {
            outcome: *outcome,
            rule: finding.rule.code,
            withheld: finding.withheld().map(|(rule, _)| rule.code),
            returned: finding.returned,
            goods_are_kept: self.award.map(|award| award.goods_back == GoodsBack::Kept),
            is_doubled: self.award.map(|award| matches!(award.basis, Basis::Share { doubled: true, .. })),
            dates: &self.dates,
        }
    }

    /// Whether the same is decided at all values up to another's.
    fn is_same_up_to(&self, other: &Self) -> bool {
        let is_paid = self.decision.award.is_positive();
        let amounts = [self, other].map(|evaluated| evaluated.award.map(|award| award.amount));
        let withheld = self.decision.finding.withheld().is_some() && !is_paid;
        self.outline() == other.outline() && (withheld || amounts[0] == amounts[1])
    }

    /// The slope up to another value's award, where both are the share of the price itself.
    fn slope_to(&self, other: &Self, low: usize, high: usize, goods: Money) -> Option<Piece> {
        let share = |evaluated: &Self| match evaluated.award?.basis {
            Basis::Share { ceiling, .. } if evaluated.decision.award == ceiling.of(goods) => Some(ceiling),
            _ => None,
        };
        let shares = [share(self)?, share(other)?];
        let steps = (high - low) as u64;
        let is_even = self.outline() == other.outline() && shares[0].stepwise_of(shares[1], steps, goods).is_some();
        is_even.then_some(Piece::Slope { low, high, outcome: self.decision.outcome, shares, goods })
    }
}

/// For each date that a parameter may move, how many facts come before it, and how many not after.
///
/// These are all comparisons that the rules make with dates that more than one comparison hangs on.
fn dates(e: &Evaluation) -> [[u8; 2]; DATES] {
    let (terms, dispute) = (e.terms, e.case.dispute);
    let response = e.response.map(|response| response.at);
    let facts = [
        Some(e.as_of),
        Some(dispute.opened_at),
        response,
        dispute.escalated_at,
        dispute.withdrawn_at,
        dispute.info_supplied_at,
        e.receipt,
    ];
    let count = |date: Option<Instant>| match date {
        None => [u8::MAX; 2],
        Some(date) => {
            let facts = || facts.iter().flatten();
            [facts().filter(|fact| **fact < date).count() as u8, facts().filter(|fact| **fact <= date).count() as u8]
        }
    };
    let posting = |date: Instant| terms.returns.posting_days.after(date);
    let manual_first = e.manual_escalation.is_some_and(|manual| manual < e.answer_deadline);
    [
        count(Some(e.start)),
        count(Some(terms.escalation.automatic_days.after(e.start))),
        count(e.protection_end),
        count(e.protection_end.map(|end| terms.too_late.days.after(end))),
        count(Some(e.answer_deadline)),
        count(Some(posting(e.answer_deadline))),
        count(e.manual_escalation),
        count(Some(e.escalation)),
        count(Some(terms.awaiting_evidence.days.after(e.escalation))),
        count(Some(posting(e.escalation))),
        [u8::from(manual_first); 2],
    ]
}
