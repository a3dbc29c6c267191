//! The facts that can be turned: dates, amounts and numbers.

use rust_decimal::Decimal;

use std::sync::LazyLock;

use arbiter_model::dispute::{Dispute, Order};
use arbiter_model::fields::{ColumnKind, ColumnSpec, Entity, Field, FieldValue, Presence, Role};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;

use super::search::Dial;
use super::variation::{Facts, Variation};

/// A column of the order's row or of the dispute's, whose value can be another.
#[derive(Clone, Copy)]
pub(super) enum TurnedField {
    OfOrder(&'static Field<Order>),
    OfDispute(&'static Field<Dispute>),
}

impl TurnedField {
    pub(super) fn column(self) -> &'static ColumnSpec {
        match self {
            Self::OfOrder(field) => &field.column,
            Self::OfDispute(field) => &field.column,
        }
    }

    pub(super) fn name(self) -> &'static str {
        self.column().name
    }

    /// Whether it can be missing.
    pub(super) fn is_optional(self) -> bool {
        self.column().presence != Presence::Needed && self.column().role == Role::Fact
    }

    pub(super) fn get(self, facts: &Facts) -> FieldValue<'_> {
        match self {
            Self::OfOrder(field) => (field.get)(&facts.order),
            Self::OfDispute(field) => (field.get)(&facts.dispute),
        }
    }

    pub(super) fn set(self, facts: &mut Facts, value: FieldValue<'_>) {
        match self {
            Self::OfOrder(field) => (field.set)(&mut facts.order, value),
            Self::OfDispute(field) => (field.set)(&mut facts.dispute, value),
        };
    }

    /// The date that stands there.
    pub(super) fn date(self, facts: &Facts) -> Option<Instant> {
        match self.get(facts) {
            FieldValue::Instant(at) => Some(at),
            _ => None,
        }
    }

    /// Puts another date there, or none.
    pub(super) fn set_date(self, facts: &mut Facts, at: Option<Instant>) {
        self.set(facts, at.map_or(FieldValue::Nothing, FieldValue::Instant));
    }
}

/// The columns of both rows that rules look at, of some kinds.
fn turned(is_of_kind: fn(ColumnKind) -> bool) -> Vec<TurnedField> {
    let is_turned =
        |column: &ColumnSpec| is_of_kind(column.kind) && matches!(column.role, Role::Fact | Role::Dependent);
    let orders = Order::FIELDS.iter().filter(|field| is_turned(&field.column)).map(TurnedField::OfOrder);
    let disputes = Dispute::FIELDS.iter().filter(|field| is_turned(&field.column)).map(TurnedField::OfDispute);
    orders.chain(disputes).collect()
}

/// Every date of a case, tracking apart.
pub(super) static DATES: LazyLock<Vec<TurnedField>> = LazyLock::new(|| turned(|kind| kind == ColumnKind::Timestamp));

/// Every amount and number of a case: amounts first, as a cent often decides.
pub(super) static NUMBERS: LazyLock<Vec<TurnedField>> = LazyLock::new(|| {
    let mut numbers = turned(ColumnKind::is_number);
    numbers.sort_by_key(|field| Step::of(field.column().kind));
    numbers
});

/// Ten years: further than that no date is moved.
const MOST_SECONDS: i64 = 3_653 * 86_400;

/// A date, to be moved by seconds.
pub(super) struct DateDial {
    pub set: DateSetter,
    /// Where it is.
    pub now: Instant,
    /// As the facts have it; the end of protection may be worked out.
    pub stated: Option<Instant>,
    /// How far it may be moved back: zero or less.
    least: i64,
    /// The most seconds later.
    pub most: i64,
}

/// Which date is moved.
#[derive(Clone, Copy)]
pub(super) enum DateSetter {
    /// One of [`DATES`].
    Of(TurnedField),
    /// That of a tracking event, by its place.
    Event(usize),
}

impl DateDial {
    /// A date of the case; the end of protection where it is, stated or not.
    pub(super) fn of(field: TurnedField, variation: &Variation) -> Option<Self> {
        let stated = field.date(&variation.facts);
        let worked_out = || variation.with_evaluation(|evaluation| evaluation.protection_end);
        let now = if field.name() == "protection_ends_at" { stated.or_else(worked_out)? } else { stated? };
        // A dispute that is opened after the as-of is not decided at all.
        let (paid_at, opened_at) = (variation.facts.order.paid_at, variation.facts.dispute.opened_at);
        // Nor is one read that was opened before its order was paid.
        let (least, most) = match field.name() {
            "opened_at" => (paid_at.seconds_since(now), variation.as_of().seconds_since(now)),
            "paid_at" => (-MOST_SECONDS, opened_at.seconds_since(now)),
            _ => (-MOST_SECONDS, MOST_SECONDS),
        };
        let (least, most) = (least.clamp(-MOST_SECONDS, 0), most.clamp(0, MOST_SECONDS));
        Some(Self { set: DateSetter::Of(field), now, stated, least, most })
    }

    /// The date of an event.
    pub(super) fn of_event(place: usize, variation: &Variation) -> Self {
        let at = variation.facts.events[place].at;
        Self { set: DateSetter::Event(place), now: at, stated: Some(at), least: -MOST_SECONDS, most: MOST_SECONDS }
    }
}

impl Dial for DateDial {
    fn turn(&self, variation: &mut Variation, steps: i64) {
        let at = if steps == 0 { self.stated } else { Some(self.now.plus_seconds(steps)) };
        match (self.set, at) {
            (DateSetter::Of(field), at) => field.set_date(&mut variation.facts, at),
            (DateSetter::Event(place), Some(at)) => variation.facts.events[place].at = at,
            (DateSetter::Event(_), None) => {}
        }
    }

    fn reach(&self) -> (i64, i64) {
        (self.least, self.most)
    }
}

/// What a step of a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The currency's minor unit.
    Minor,
    /// One.
    One,
    /// A hundredth of a gigabyte.
    Hundredth,
}

impl Step {
    fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Amount => Self::Minor,
            ColumnKind::Integer => Self::One,
            _ => Self::Hundredth,
        }
    }
}

/// How many times the price of the goods an amount is turned up to.
const MOST_TIMES: i64 = 10;
/// The most of a number of things.
const MOST_THINGS: i64 = 1_000;
/// The most of another number, in hundredths.
const MOST_HUNDREDTHS: i64 = 100_000_000;

fn units(amount: Money, facts: &Facts) -> Option<i64> {
    i64::try_from(amount.units_at(facts.order.currency.minor_digits())).ok()
}

fn hundredths(number: Decimal) -> Option<i64> {
    let hundredths = number.checked_mul(Decimal::ONE_HUNDRED)?;
    // Numbers that are finer are left alone.
    hundredths.is_integer().then(|| i64::try_from(hundredths.trunc().normalize().mantissa()).ok())?
}

/// The value of a number in its steps.
fn in_steps(value: FieldValue, facts: &Facts) -> Option<i64> {
    match value {
        FieldValue::Money(amount) => units(amount, facts),
        FieldValue::Count(count) => i64::try_from(count).ok(),
        FieldValue::Number(number) => hundredths(number),
        _ => None,
    }
}

/// The most that amounts of a case are turned to.
fn most_amount(facts: &Facts) -> i64 {
    let goods = units(facts.order.goods_total, facts).unwrap_or(i64::MAX / MOST_TIMES);
    let asked = facts.dispute.requested.and_then(|asked| units(asked, facts)).unwrap_or(0);
    goods.max(asked).saturating_mul(MOST_TIMES)
}

/// A number of one case, ready to be turned.
pub(super) struct NumberDial {
    pub field: TurnedField,
    pub now: i64,
    range: (i64, i64),
}

impl NumberDial {
    /// Takes hold of a number; none where the case has none. Who asks for nothing stated asks for the price.
    pub(super) fn of(field: TurnedField, variation: &Variation) -> Option<Self> {
        let facts = &variation.facts;
        let now = match (field.get(facts), field.name()) {
            (FieldValue::Nothing, "requested_amount") => units(facts.order.goods_total, facts)?,
            (value, _) => in_steps(value, facts)?,
        };
        Some(Self { field, now, range: range(field, now, facts) })
    }

    /// What is counted.
    pub(super) fn step(&self) -> Step {
        Step::of(self.field.column().kind)
    }
}

/// The least and the most of a number: what the export may have there.
fn range(field: TurnedField, now: i64, facts: &Facts) -> (i64, i64) {
    let column = field.column();
    let of_column = |name: &str| {
        let found = NUMBERS.iter().find(|other| other.name() == name)?;
        in_steps(found.get(facts), facts)
    };
    match column.kind {
        ColumnKind::Amount => {
            // No amount that another column limits is above it, nor the other below that.
            let below = NUMBERS.iter().filter(|other| other.column().at_most == Some(column.name));
            let least = below.filter_map(|other| in_steps(other.get(facts), facts)).max().unwrap_or(0);
            let most = column.at_most.and_then(of_column).unwrap_or_else(|| most_amount(facts));
            (least.max(i64::from(column.is_positive)), most)
        }
        ColumnKind::Integer => (column.least as i64, now.max(MOST_THINGS)),
        _ => (1, MOST_HUNDREDTHS),
    }
}

impl Dial for NumberDial {
    fn turn(&self, variation: &mut Variation, steps: i64) {
        let (facts, now) = (&mut variation.facts, self.now + steps);
        let currency = facts.order.currency;
        let value = match self.step() {
            Step::Minor => FieldValue::Money(Money::from_units_at(now.into(), currency.minor_digits(), currency)),
            Step::One => FieldValue::Count(now.unsigned_abs()),
            Step::Hundredth => FieldValue::Number(Decimal::new(now, 2)),
        };
        self.field.set(facts, value);
    }

    fn reach(&self) -> (i64, i64) {
        let (low, high) = self.range;
        ((low - self.now).min(0), (high - self.now).max(0))
    }
}
