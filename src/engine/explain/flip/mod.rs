//! Distance to flip: the smallest change of one fact or one parameter that changes the outcome.
//!
//! What is measured (dates, amounts, shares, numbers) is turned until the outcome is another one:
//! `refund_partial` becomes `refund_full`, `pending` becomes `denied`. What is chosen (a video, an answer, an
//! event) is tried in every other way that it can be; there, an award that differs counts as a flip too,
//! though one with another outcome goes before it. A flip changes the evaluation of its own case alone: the
//! buyer's record (but for parameters of it) and the awards to earlier disputes stay as they are.
//!
//! **How small a change is**: a month of thirty days, the whole price of the goods, a share of 1.00, one
//! of a number of things, and one code weigh the same, [`ONE`].

mod alternatives;
mod facts;
mod parameters;
mod search;
mod variation;

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::decide::Decisions;
use crate::decision::Decision;
use arbiter_model::case::Docket;
use arbiter_model::coded;
use arbiter_model::instant::{Instant, SECONDS_PER_DAY};
use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules::{self as rules, Step as RuleAsked, tables};

use alternatives::{Alternative, alternatives};
use facts::{DATES, DateDial, DateSetter, NUMBERS, NumberDial, Step};
use parameters::{ParameterDial, Unit, knobs};
use search::Dial;
use variation::{Evaluated, Variation, Verdict};

coded! {
    /// What kind of thing a flip changes, which says what its smallness is measured in.
    FlipKind {
        /// A date or a span of time.
        Time = "time",
        /// A share.
        Share = "share",
        /// An amount.
        Money = "money",
        /// A number of things, or of gigabytes.
        Number = "number",
        /// A code, or something that is there or is not.
        Code = "code",
    }
}

/// The weight of a month, of the whole price, of everything, of one thing, and of one code.
pub const ONE: u64 = 1_000_000;

/// The smallest change of one fact or one parameter that changes the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flip {
    /// What kind of thing is changed.
    pub kind: FlipKind,
    /// Whether it is a parameter; else it is a fact.
    pub is_parameter: bool,
    /// The column, such as `opened_at`, or the parameter's path. Of tracking: `tracking.3.event_at` is the date of
    /// the third event, `tracking.3` the event itself, `tracking.delivered` an event more.
    pub name: String,
    /// What it is now; `none` for what is not there.
    pub from: String,
    /// What it would be; of an event more its date.
    pub to: String,
    /// The change in words: `protection ending 2 days earlier`.
    pub change: String,
    /// What the dispute would come to, in words: `refund_full 24.90`, `up to 0.50`.
    pub result: String,
    /// What would become of the money.
    pub outcome: Outcome,
    /// What the buyer would get.
    pub award: Money,
    /// How big the change is; see [`ONE`].
    pub weight: u64,
}

impl Display for Flip {
    /// `protection ending 2 days earlier: refund_full 24.90`
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.change, self.result)
    }
}

/// A flip, as explanations show it.
#[derive(Debug, Serialize)]
pub struct FlipShown {
    /// `time`, `share`, `money`, `number` or `code`.
    pub kind: FlipKind,
    /// Whether a parameter is changed; else a fact.
    pub is_parameter: bool,
    /// The column or the parameter.
    pub name: String,
    /// What it is now.
    pub from: String,
    /// What it would be.
    pub to: String,
    /// What would become of the money.
    pub outcome: Outcome,
    /// What the buyer would get.
    pub award: String,
    /// The flip in words.
    pub text: String,
}

impl FlipShown {
    /// Shows a flip.
    pub fn of(flip: &Flip) -> Self {
        Self {
            kind: flip.kind,
            is_parameter: flip.is_parameter,
            name: flip.name.clone(),
            from: flip.from.clone(),
            to: flip.to.clone(),
            outcome: flip.outcome,
            award: flip.award.to_string(),
            text: flip.to_string(),
        }
    }
}

/// What is changed, and how far.
enum Turned {
    Date(DateDial, i64),
    Number(NumberDial, i64),
    Parameter(ParameterDial, i64),
    Alternative(Alternative),
}

/// A change that flips, before it is put into words.
struct Found {
    turned: Turned,
    verdict: Verdict,
    weight: u64,
}

/// The smallest flip of every fact and every parameter of one decision: by kind, in the order of
/// [`FlipKind`], the smallest first, and of the same weight those with another outcome.
pub fn flips(
    docket: &Docket,
    policy: &Policy,
    as_of: Instant,
    decisions: &Decisions,
    decision: &Decision,
) -> Vec<Flip> {
    let mut search = Search::of(docket, policy, as_of, decisions, decision);
    let mut found = search.facts(u64::MAX);
    found.extend(search.parameters(u64::MAX));
    let mut flips: Vec<Flip> = found.iter().map(|found| search.flip(found)).collect();
    let is_same = |flip: &Flip| flip.outcome == decision.outcome;
    flips.sort_by(|a, b| (a.kind, a.weight, is_same(a), &a.name).cmp(&(b.kind, b.weight, is_same(b), &b.name)));
    flips
}

/// The smallest flip of a fact, and of a parameter, of one decision; none where nothing that is tried
/// changes the outcome.
pub fn nearest(
    docket: &Docket,
    policy: &Policy,
    as_of: Instant,
    decisions: &Decisions,
    decision: &Decision,
) -> (Option<Flip>, Option<Flip>) {
    let mut search = Search::of(docket, policy, as_of, decisions, decision);
    search.only_nearest = true;
    let facts = search.facts(u64::MAX);
    let parameters = search.parameters(u64::MAX);
    let smallest = |found: Vec<Found>| found.into_iter().min_by_key(|found| found.weight);
    let [fact, parameter] = [facts, parameters].map(smallest);
    (fact.map(|found| search.flip(&found)), parameter.map(|found| search.flip(&found)))
}

/// The search for the flips of one decision.
struct Search<'a> {
    variation: Variation<'a>,
    base: Evaluated,
    /// The tables of parameters that the rules asked for on the way.
    read: Vec<&'static str>,
    /// Only the smallest of all is wanted, so that the search need not go further than the best so far.
    only_nearest: bool,
}

/// The parameters of the dates and of the strength that every evaluation has.
const OF_EVERY_EVALUATION: [&str; 5] = *tables![too_early, protection, escalation, seller_silent, strength];

impl<'a> Search<'a> {
    fn of(docket: &'a Docket, policy: &'a Policy, as_of: Instant, decisions: &Decisions, decision: &Decision) -> Self {
        let variation = Variation::of(docket, policy, as_of, decisions, decision);
        let (base, read) = variation.with_evaluation(|evaluation| {
            let trace = rules::trace(evaluation);
            let asked = trace.steps().flat_map(|RuleAsked { rule, .. }| rule.reads.iter().copied());
            let mut read: Vec<&str> = asked.chain(OF_EVERY_EVALUATION).collect();
            read.sort_unstable();
            read.dedup();
            (variation.evaluated(evaluation, &trace), read)
        });
        Self { variation, base, read, only_nearest: false }
    }

    /// The nearest flip of a dial of which so many steps weigh [`ONE`].
    fn turn(&mut self, dial: &dyn Dial, measure: u64, best: &mut u64) -> Option<(i64, Verdict, u64)> {
        let (steps, verdict) = search::nearest(&mut self.variation, &self.base, dial, steps_within(*best, measure))?;
        let weight = weight_of(steps, measure);
        if self.only_nearest {
            *best = (*best).min(weight);
        }
        Some((steps, verdict, weight))
    }

    /// The flips of facts; where only the nearest is wanted, those no bigger than the best before them.
    fn facts(&mut self, mut best: u64) -> Vec<Found> {
        let mut found = Vec::new();
        // Amounts first: where a cent decides, nothing else need be looked at far away.
        for dial in NUMBERS.iter().filter_map(|field| NumberDial::of(*field, &self.variation)).collect::<Vec<_>>() {
            let measure = self.measure(dial.step());
            if let Some((steps, verdict, weight)) = self.turn(&dial, measure, &mut best) {
                found.push(Found { turned: Turned::Number(dial, steps), verdict, weight });
            }
            self.variation.reset_facts();
        }
        let dates = DATES.iter().filter_map(|field| DateDial::of(*field, &self.variation)).collect::<Vec<_>>();
        let events = (0..self.variation.facts.events.len()).map(|place| DateDial::of_event(place, &self.variation));
        for dial in dates.into_iter().chain(events.collect::<Vec<_>>()) {
            if let Some((steps, verdict, weight)) = self.turn(&dial, MONTH, &mut best) {
                found.push(Found { turned: Turned::Date(dial, steps), verdict, weight });
            }
        }
        if best > ONE {
            found.extend(self.codes());
        }
        found
    }

    /// How many steps of a number weigh [`ONE`].
    fn measure(&self, step: Step) -> u64 {
        let case = self.variation.original();
        match step {
            Step::Minor => minor_units(case.order.goods_total, case.order.currency.minor_digits()),
            Step::One => 1,
            Step::Hundredth => 100,
        }
    }

    /// The best alternative of everything that is chosen: one with another outcome, else the one with the
    /// award that differs most.
    fn codes(&mut self) -> Vec<Found> {
        let mut found: Vec<(String, (bool, Money), Found)> = Vec::new();
        for alternative in alternatives(&self.variation) {
            alternative.apply(&mut self.variation);
            let verdict = self.variation.decide();
            self.variation.reset_facts();
            if verdict == self.base.verdict {
                continue;
            }
            let before = self.base.verdict;
            let (less, more) = (before.award.min(verdict.award), before.award.max(verdict.award));
            let rank = (verdict.outcome != before.outcome, more - less);
            let name = alternative.name();
            let one = Found { turned: Turned::Alternative(alternative), verdict, weight: ONE };
            match found.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, best, kept)) if !best.0 && rank > *best => (*best, *kept) = (rank, one),
                Some(_) => {}
                None => found.push((name, rank, one)),
            }
        }
        // Those with another outcome first.
        found.sort_by_key(|(_, (is_other, _), _)| !is_other);
        found.into_iter().map(|(_, _, found)| found).collect()
    }

    /// The flips of parameters; where only the nearest is wanted, those no bigger than the best before them.
    fn parameters(&mut self, mut best: u64) -> Vec<Found> {
        let parameters = self.variation.parameters();
        let asked = |path: &str| self.read.iter().any(|table| path.split('.').next() == Some(table));
        let knobs: Vec<_> = knobs().filter(|knob| asked(&knob.path)).collect();
        let mut found = Vec::new();
        for knob in knobs {
            let Some(dial) = ParameterDial::of(knob, &self.variation, &parameters) else { continue };
            self.variation.changed.get_or_insert_with(|| parameters.clone());
            let measure = knob.unit.measure(self.measure(Step::Minor));
            if let Some((steps, verdict, weight)) = self.turn(&dial, measure, &mut best) {
                found.push(Found { turned: Turned::Parameter(dial, steps), verdict, weight });
            }
        }
        self.variation.changed = None;
        found
    }
}

fn minor_units(amount: Money, digits: u32) -> u64 {
    u64::try_from(amount.units_at(digits)).unwrap_or(u64::MAX).max(1)
}

/// The weight of so many steps of which `measure` weigh [`ONE`].
fn weight_of(steps: i64, measure: u64) -> u64 {
    let weight = u128::from(steps.unsigned_abs()) * u128::from(ONE) / u128::from(measure);
    u64::try_from(weight).unwrap_or(u64::MAX)
}

/// The most steps that weigh no more than `weight`.
fn steps_within(weight: u64, measure: u64) -> i64 {
    let beyond = (u128::from(weight) + 1) * u128::from(measure);
    i64::try_from(beyond.div_ceil(u128::from(ONE)) - 1).unwrap_or(i64::MAX)
}

const MONTH: u64 = 30 * SECONDS_PER_DAY as u64;

impl Unit {
    /// How many steps weigh [`ONE`], where the price of the goods is so many minor units.
    fn measure(self, price: u64) -> u64 {
        match self {
            Self::Day => 30,
            Self::Hour => 30 * 24,
            Self::One => 1,
            Self::TenThousandth => 10_000,
            Self::Minor => price,
        }
    }

    fn kind(self) -> FlipKind {
        match self {
            Self::Day | Self::Hour => FlipKind::Time,
            Self::One => FlipKind::Number,
            Self::TenThousandth => FlipKind::Share,
            Self::Minor => FlipKind::Money,
        }
    }
}

/// Flips in words.
impl Search<'_> {
    fn flip(&self, found: &Found) -> Flip {
        let (kind, name, from, to, change) = match &found.turned {
            Turned::Date(dial, steps) => self.date_in_words(dial, *steps),
            Turned::Number(dial, steps) => self.number_in_words(dial, *steps),
            Turned::Parameter(dial, steps) => self.parameter_in_words(dial, *steps),
            Turned::Alternative(other) => (
                FlipKind::Code,
                other.name(),
                other.present(&self.variation),
                other.value(),
                other.phrase(&self.variation),
            ),
        };
        Flip {
            kind,
            is_parameter: matches!(found.turned, Turned::Parameter(..)),
            name,
            from,
            to,
            change,
            result: self.result(found.verdict),
            outcome: found.verdict.outcome,
            award: found.verdict.award,
            weight: found.weight,
        }
    }

    fn date_in_words(&self, dial: &DateDial, steps: i64) -> (FlipKind, String, String, String, String) {
        let (name, phrase) = match dial.set {
            DateSetter::Of(field) => (field.name().to_owned(), field.column().phrase.to_owned()),
            DateSetter::Event(place) => {
                let event = self.variation.original().events[place];
                (
                    format!("tracking.{}.event_at", place + 1),
                    format!("the event {} of {}", event.status, event.at.date()),
                )
            }
        };
        let direction = if steps < 0 { "earlier" } else { "later" };
        let change = format!("{phrase} {} {direction}", duration(steps.unsigned_abs()));
        (FlipKind::Time, name, dial.now.exact(), dial.now.plus_seconds(steps).exact(), change)
    }

    fn number_in_words(&self, dial: &NumberDial, steps: i64) -> (FlipKind, String, String, String, String) {
        let currency = self.variation.original().order.currency;
        let text = |value: i64| match dial.step() {
            Step::Minor => Money::from_units_at(value.into(), currency.minor_digits(), currency).to_string(),
            Step::One => value.to_string(),
            Step::Hundredth => rust_decimal::Decimal::new(value, 2).normalize().to_string(),
        };
        let kind = if dial.step() == Step::Minor { FlipKind::Money } else { FlipKind::Number };
        let (from, to) = (text(dial.now), text(dial.now + steps));
        let change = format!("{} at {to}", dial.field.name());
        (kind, dial.field.name().to_owned(), from, to, change)
    }

    fn parameter_in_words(&self, dial: &ParameterDial, steps: i64) -> (FlipKind, String, String, String, String) {
        let currency = self.variation.original().order.currency;
        let unit = dial.knob.unit;
        let text = |value: i64| match unit {
            Unit::Day | Unit::Hour | Unit::One => value.to_string(),
            Unit::TenThousandth => arbiter_model::money::Share::ten_thousandths(value.unsigned_abs()).to_string(),
            Unit::Minor => Money::from_units_at(value.into(), currency.minor_digits(), currency).to_string(),
        };
        let name = match unit {
            Unit::Minor => format!("{}.{currency}", dial.knob.path),
            _ => dial.knob.path.clone(),
        };
        let (from, to) = (text(dial.now), text(dial.now + steps));
        let change = format!("`{name}` at {to}");
        (unit.kind(), name, from, to, change)
    }

    /// What the dispute would come to: another outcome with its award, or the share that the award would be.
    fn result(&self, verdict: Verdict) -> String {
        let base = self.base.verdict;
        let goods = self.variation.original().order.goods_total;
        let amount = if verdict.award.is_positive() { format!(" {}", verdict.award) } else { String::new() };
        if verdict.outcome != base.outcome {
            return format!("{}{amount}", verdict.outcome);
        }
        let direction = if verdict.award > base.award { "up" } else { "down" };
        format!("{direction} to {} ({} instead of {})", two_digits(verdict.award, goods), verdict.award, base.award)
    }
}

/// The share that an award is of the price of the goods, without the zeros that say nothing: `0.50`.
fn two_digits(award: Money, goods: Money) -> String {
    let share = award.share_of(goods).to_string();
    share.strip_suffix("00").map_or(share.clone(), str::to_owned)
}

/// A span of time, exactly: `2 days`, `1 day 3 h 20 min 1 s`.
fn duration(seconds: u64) -> String {
    let (days, rest) = (seconds / SECONDS_PER_DAY as u64, seconds % SECONDS_PER_DAY as u64);
    let days = match days {
        0 => None,
        1 => Some("1 day".to_owned()),
        _ => Some(format!("{days} days")),
    };
    let small = [(rest / 3600, "h"), (rest % 3600 / 60, "min"), (rest % 60, "s")];
    let small = small.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}"));
    days.into_iter().chain(small).collect::<Vec<_>>().join(" ")
}
