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
use toml::{Table, Value};

use crate::arbitrate::{BuyerRating, buyer_ratings};
use crate::decision::{Decision, DisputeIndex};
use arbiter_model::case::{Case, OrderCases};
use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Currency, Money, Share};
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Award, Basis, Disposition, Evaluation, GoodsBack, Level, ReturnState, Terms};

use super::reach::Reach;
use super::scale::plain;
use super::{Baseline, Sweep, reach};

/// A parameter over its values; a value is counted from the first one, 0.
pub(super) struct SweptCases<'a> {
    baseline: Baseline<'a>,
    sweep: &'a Sweep,
    /// The parameters with the first value, and with the last.
    ends: &'a [Policy; 2],
    reach: Reach,
    method: Method,
    /// For each set of terms that the parameter reaches, by where it lies.
    families: FxHashMap<usize, Family<'a>>,
    levels: Levels<'a>,
    /// A value was refused between two that were taken: a defect.
    pub refused: AtomicBool,
}

/// How the values between two are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// By halves.
    Halves,
    /// By halves, with an eye on which dates come before which.
    HalvesWithDates,
    /// One by one.
    EveryValue,
}

impl Method {
    /// The method for a parameter, by its name.
    fn of(parameter: &str) -> Self {
        let rule = parameter.split('.').next().unwrap_or_default();
        match (rule, parameter) {
            ("protection" | "too_early" | "seller_silent" | "escalation", _) => Self::HalvesWithDates,
            (_, "serial_disputer.window_days" | "serial_disputer.burst_days") => Self::EveryValue,
            (
                "policy" | "top_up" | "never_shipped" | "too_late" | "awaiting_buyer" | "delivered_late"
                | "non_receipt" | "parcel_stalled" | "awaiting_evidence" | "strength" | "colour_mismatch"
                | "size_mismatch" | "minor_mismatch" | "shipping_method" | "fake_capacity" | "defective" | "damaged"
                | "wrong_item" | "counterfeit" | "double" | "empty_parcel" | "customs" | "ordered_by_mistake"
                | "returns" | "serial_disputer" | "refund" | "arbitration",
                _,
            ) => Self::Halves,
            _ => Self::EveryValue,
        }
    }
}

/// The terms of some cases under every value.
struct Family<'a> {
    first: &'a Terms,
    table: Table,
    terms: Vec<OnceLock<Terms>>,
}

/// The levels of buyers under every value.
enum Levels<'a> {
    /// The parameter does not touch them.
    Known(Vec<BuyerRating>),
    /// The parameter is a threshold that the same counts are held against.
    Threshold(Vec<BuyerRating>, Box<Family<'a>>),
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
struct Heard {
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

impl<'a> SweptCases<'a> {
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
            reach: reach::of(rule),
            method: Method::of(&name),
            families: FxHashMap::default(),
            levels: Levels::Known(Vec::new()),
            refused: AtomicBool::new(false),
        };
        swept.levels = match (rule, swept.method) {
            ("serial_disputer", Method::EveryValue) => swept.levels_at_every_value()?,
            ("serial_disputer", _) => {
                let buyer_ratings = buyer_ratings(baseline.docket, &ends[0], baseline.as_of);
                let [first, last] = [0, 1].map(|end: usize| ends[end].terms_of_run(baseline.as_of));
                // A version that is not in force has no say.
                match Family::of(first, swept.values()).filter(|_| first != last) {
                    Some(family) => Levels::Threshold(buyer_ratings, Box::new(family)),
                    None => Levels::Known(buyer_ratings),
                }
            }
            _ => Levels::Known(buyer_ratings(baseline.docket, &ends[0], baseline.as_of)),
        };
        swept.families = swept.families();
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
            let buyer_ratings = buyer_ratings(self.baseline.docket, &policy, self.baseline.as_of);
            Ok(buyer_ratings.iter().map(|standing| standing.level).collect())
        };
        (0..self.values()).map(level).collect::<Result<_, _>>().map(Levels::Each)
    }

    /// The terms of every case that the parameter reaches.
    fn families(&self) -> FxHashMap<usize, Family<'a>> {
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
        reached.filter_map(|(place, [first, _])| Some((place, Family::of(first, self.values())?))).collect()
    }

    /// The terms of a case under the first value.
    fn first_terms(&self, case: &Case) -> &'a Terms {
        self.ends[0].terms_for(case, self.baseline.as_of)
    }

    /// The terms of a case under every value, where the parameter reaches it: a segment may keep its own.
    fn family(&self, case: &Case) -> Option<&Family<'a>> {
        if !(self.reach)(case, self.baseline.as_of) {
            return None;
        }
        self.families.get(&place_of(self.first_terms(case)))
    }

    fn terms<'t>(&'t self, family: Option<&'t Family<'a>>, case: &Case, value: usize) -> &'t Terms {
        family.map_or_else(|| self.first_terms(case), |family| family.at(self, value))
    }

    fn level(&self, buyer: u32, value: usize) -> Level {
        let buyer = buyer as usize;
        match &self.levels {
            Levels::Known(buyer_ratings) => buyer_ratings[buyer].level,
            Levels::Threshold(buyer_ratings, family) => {
                buyer_ratings[buyer].record.level(&family.at(self, value).serial_disputer)
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
        let family = self.family(&case);
        let dispute = SweptDispute { swept: self, at, case, buyer, family, before };
        let mut pieces = Vec::new();
        let first = dispute.hear(low);
        if family.is_none() && self.level_is_known(buyer) {
            pieces.push(first.flat(low, high));
        } else if self.method == Method::EveryValue {
            pieces.push(first.flat(low, low));
            pieces.extend((low + 1..=high).map(|value| dispute.hear(value).flat(value, value)));
        } else {
            dispute.between((low, &first), (high, &dispute.hear(high)), &mut pieces);
        }
        pieces
    }
}

fn place_of(terms: &Terms) -> usize {
    std::ptr::from_ref(terms) as usize
}

impl<'a> Family<'a> {
    fn of(first: &'a Terms, values: usize) -> Option<Self> {
        let table = Table::try_from(first).ok()?;
        Some(Self { first, table, terms: (0..values).map(|_| OnceLock::new()).collect() })
    }

    fn at<'s>(&'s self, swept: &SweptCases, value: usize) -> &'s Terms {
        if value == 0 {
            return self.first;
        }
        self.terms[value].get_or_init(|| {
            let (mut table, sweep) = (self.table.clone(), swept.sweep);
            let text = sweep.scale.write(sweep.low + value as u64);
            let is_set = set(&mut table, &plain(&sweep.parameter), text);
            is_set.and_then(|()| table.try_into().ok()).unwrap_or_else(|| {
                swept.refused.store(true, Ordering::Relaxed);
                self.first.clone()
            })
        })
    }
}

/// Sets the value at a dotted path of a table; the ends of a `[low, high]` have names.
fn set(table: &mut Table, path: &str, value: Value) -> Option<()> {
    let (rule, path) = path.split_once('.')?;
    let mut slot = table.get_mut(rule)?;
    for name in path.split('.') {
        slot = match slot {
            Value::Array(ends) => ends.get_mut(["low", "high"].iter().position(|end| *end == name)?)?,
            Value::Table(inner) => inner.entry(name.to_owned()).or_insert_with(|| value.clone()),
            _ => return None,
        };
    }
    *slot = value;
    Some(())
}

/// One dispute, whose order's earlier awards are known.
struct SweptDispute<'s, 'a> {
    swept: &'s SweptCases<'a>,
    at: DisputeIndex,
    case: Case<'s>,
    buyer: u32,
    family: Option<&'s Family<'a>>,
    before: Money,
}

impl SweptDispute<'_, '_> {
    fn hear(&self, value: usize) -> Heard {
        let terms = self.swept.terms(self.family, &self.case, value);
        let level = self.swept.level(self.buyer, value);
        let evaluation = Evaluation::new(self.case, terms, self.swept.baseline.as_of, level, self.before);
        let finding = rules::decide(&evaluation);
        let award = match (finding.disposition, finding.withheld()) {
            (Disposition::Award(award), _) => Some(award),
            (_, withheld) => withheld.map(|(_, award)| award),
        };
        let with_dates = self.swept.method == Method::HalvesWithDates;
        let dates = with_dates.then(|| dates(&evaluation));
        Heard { decision: Decision::of(&evaluation, finding, self.at), award, dates }
    }

    fn between(&self, (low, first): (usize, &Heard), (high, last): (usize, &Heard), pieces: &mut Vec<Piece>) {
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
        self.between((low, first), (middle, &self.hear(middle)), pieces);
        self.between((middle + 1, &self.hear(middle + 1)), (high, last), pieces);
    }
}

impl Heard {
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
        let amounts = [self, other].map(|heard| heard.award.map(|award| award.amount));
        let withheld = self.decision.finding.withheld().is_some() && !is_paid;
        self.outline() == other.outline() && (withheld || amounts[0] == amounts[1])
    }

    /// The slope up to another value's award, where both are the share of the price itself.
    fn slope_to(&self, other: &Self, low: usize, high: usize, goods: Money) -> Option<Piece> {
        let share = |heard: &Self| match heard.award?.basis {
            Basis::Share { ceiling, .. } if heard.decision.award == ceiling.of(goods) => Some(ceiling),
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
fn dates(h: &Evaluation) -> [[u8; 2]; DATES] {
    let (terms, dispute) = (h.terms, h.case.dispute);
    let response = h.response.map(|response| response.at);
    let facts = [
        Some(h.as_of),
        Some(dispute.opened_at),
        response,
        dispute.escalated_at,
        dispute.withdrawn_at,
        dispute.info_supplied_at,
        h.receipt,
    ];
    let count = |date: Option<Instant>| match date {
        None => [u8::MAX; 2],
        Some(date) => {
            let facts = || facts.iter().flatten();
            [facts().filter(|fact| **fact < date).count() as u8, facts().filter(|fact| **fact <= date).count() as u8]
        }
    };
    let posting = |date: Instant| terms.returns.posting_days.after(date);
    let manual_first = h.manual_escalation.is_some_and(|manual| manual < h.answer_deadline);
    [
        count(Some(h.start)),
        count(Some(terms.escalation.automatic_days.after(h.start))),
        count(h.protection_end),
        count(h.protection_end.map(|end| terms.too_late.days.after(end))),
        count(Some(h.answer_deadline)),
        count(Some(posting(h.answer_deadline))),
        count(h.manual_escalation),
        count(Some(h.escalation)),
        count(Some(terms.awaiting_evidence.days.after(h.escalation))),
        count(Some(posting(h.escalation))),
        [u8::from(manual_first); 2],
    ]
}
