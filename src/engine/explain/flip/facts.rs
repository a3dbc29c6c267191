//! The facts that can be turned: dates, amounts and numbers.

use rust_decimal::Decimal;

use arbiter_model::dispute::{SellerAnswer, SellerResponse};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;

use super::search::Dial;
use super::stand::{Facts, Stand};

/// A date of the exports.
pub(super) struct DateFact {
    /// Its column.
    pub name: &'static str,
    /// How a change of it is told: `protection ending`.
    pub phrase: &'static str,
    /// The date, where it is stated.
    pub get: fn(&Facts) -> Option<Instant>,
    /// Another one, or none.
    pub set: fn(&mut Facts, Option<Instant>),
    /// Whether it can be missing.
    pub optional: bool,
}

macro_rules! optional_date {
    ($name:literal, $phrase:literal, $row:ident.$field:ident) => {
        DateFact {
            name: $name,
            phrase: $phrase,
            get: |facts| facts.$row.$field,
            set: |facts, at| facts.$row.$field = at,
            optional: true,
        }
    };
}

macro_rules! needed_date {
    ($name:literal, $phrase:literal, $row:ident.$field:ident) => {
        DateFact {
            name: $name,
            phrase: $phrase,
            get: |facts| Some(facts.$row.$field),
            set: |facts, at| facts.$row.$field = at.unwrap_or(facts.$row.$field),
            optional: false,
        }
    };
}

/// Every date of a case, tracking apart.
pub(super) const DATES: &[DateFact] = &[
    needed_date!("paid_at", "paid", order.paid_at),
    optional_date!("shipped_at", "shipped", order.shipped_at),
    optional_date!("protection_ends_at", "protection ending", order.protection_ends_at),
    optional_date!("confirmed_at", "receipt confirmed", order.confirmed_at),
    needed_date!("opened_at", "opened", dispute.opened_at),
    DateFact {
        name: "seller_responded_at",
        phrase: "the seller answering",
        get: |facts| facts.dispute.response.map(|response| response.at),
        set: |facts, at| {
            facts.dispute.response =
                facts.dispute.response.zip(at).map(|(response, at)| SellerResponse { at, ..response });
        },
        optional: false,
    },
    optional_date!("buyer_accepted_at", "the buyer taking the offer", dispute.buyer_accepted_at),
    optional_date!("escalated_at", "escalated", dispute.escalated_at),
    optional_date!("info_requested_at", "the platform asking", dispute.info_requested_at),
    optional_date!("info_supplied_at", "the buyer supplying what was asked", dispute.info_supplied_at),
    optional_date!("withdrawn_at", "withdrawn", dispute.withdrawn_at),
];

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
    Of(&'static DateFact),
    /// That of a tracking event, by its place.
    Event(usize),
}

impl DateDial {
    /// A date of the case; the end of protection where it is, stated or not.
    pub fn of(fact: &'static DateFact, stand: &Stand) -> Option<Self> {
        let stated = (fact.get)(&stand.facts);
        let worked_out = || stand.with_evaluation(|evaluation| evaluation.protection_end);
        let now = if fact.name == "protection_ends_at" { stated.or_else(worked_out)? } else { stated? };
        // A dispute that is opened after the as-of is not decided at all.
        let (paid_at, opened_at) = (stand.facts.order.paid_at, stand.facts.dispute.opened_at);
        // Nor is one read that was opened before its order was paid.
        let (least, most) = match fact.name {
            "opened_at" => (paid_at.seconds_since(now), stand.as_of().seconds_since(now)),
            "paid_at" => (-MOST_SECONDS, opened_at.seconds_since(now)),
            _ => (-MOST_SECONDS, MOST_SECONDS),
        };
        let (least, most) = (least.clamp(-MOST_SECONDS, 0), most.clamp(0, MOST_SECONDS));
        Some(Self { set: DateSetter::Of(fact), now, stated, least, most })
    }

    /// The date of an event.
    pub fn of_event(place: usize, stand: &Stand) -> Self {
        let at = stand.facts.events[place].at;
        Self { set: DateSetter::Event(place), now: at, stated: Some(at), least: -MOST_SECONDS, most: MOST_SECONDS }
    }
}

impl Dial for DateDial {
    fn turn(&self, stand: &mut Stand, steps: i64) {
        let at = if steps == 0 { self.stated } else { Some(self.now.plus_seconds(steps)) };
        match (self.set, at) {
            (DateSetter::Of(fact), at) => (fact.set)(&mut stand.facts, at),
            (DateSetter::Event(place), Some(at)) => stand.facts.events[place].at = at,
            (DateSetter::Event(_), None) => {}
        }
    }

    fn reach(&self) -> (i64, i64) {
        (self.least, self.most)
    }
}

/// An amount or a number of the exports, in steps of its own.
pub(super) struct NumberFact {
    /// Its column.
    pub name: &'static str,
    /// What a step is.
    pub step: Step,
    /// Its value in steps, where it has one.
    pub get: fn(&Facts) -> Option<i64>,
    /// Another one.
    pub set: fn(&mut Facts, i64),
    /// The least and the most.
    pub range: fn(&Facts) -> (i64, i64),
}

/// What a step of a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The currency's minor unit.
    Minor,
    /// One.
    One,
    /// A hundredth of a gigabyte.
    Hundredth,
}

/// How many times the price of the goods an amount is turned up to.
const MOST_TIMES: i64 = 10;
/// The most of a number of things.
const MOST_THINGS: i64 = 1_000;

fn units(amount: Money, facts: &Facts) -> Option<i64> {
    i64::try_from(amount.units_at(facts.order.currency.minor_digits())).ok()
}

fn amount(units: i64, facts: &Facts) -> Money {
    let currency = facts.order.currency;
    Money::from_units_at(units.into(), currency.minor_digits(), currency)
}

fn goods(facts: &Facts) -> i64 {
    units(facts.order.goods_total, facts).unwrap_or(i64::MAX / MOST_TIMES)
}

fn most(facts: &Facts) -> i64 {
    let asked = facts.dispute.requested.and_then(|asked| units(asked, facts)).unwrap_or(0);
    goods(facts).max(asked).saturating_mul(MOST_TIMES)
}

fn offer(facts: &Facts) -> Option<Money> {
    facts.dispute.response.and_then(|response| response.answer.offer())
}

fn hundredths(capacity: Option<Decimal>) -> Option<i64> {
    let hundredths = capacity?.checked_mul(Decimal::ONE_HUNDRED)?;
    // Capacities that are finer are left alone.
    hundredths.is_integer().then(|| i64::try_from(hundredths.trunc().normalize().mantissa()).ok())?
}

/// Every amount and number of a case.
pub(super) const NUMBERS: &[NumberFact] = &[
    NumberFact {
        name: "goods_total",
        step: Step::Minor,
        get: |facts| units(facts.order.goods_total, facts),
        set: |facts, n| facts.order.goods_total = amount(n, facts),
        range: |facts| (units(facts.order.refunded_total, facts).unwrap_or(1).max(1), most(facts)),
    },
    NumberFact {
        name: "refunded_total",
        step: Step::Minor,
        get: |facts| units(facts.order.refunded_total, facts),
        set: |facts, n| facts.order.refunded_total = amount(n, facts),
        range: |facts| (0, goods(facts)),
    },
    NumberFact {
        name: "requested_amount",
        step: Step::Minor,
        get: |facts| units(facts.dispute.requested.unwrap_or(facts.order.goods_total), facts),
        set: |facts, n| facts.dispute.requested = Some(amount(n, facts)),
        // Nothing is not asked for: the reader takes no such row.
        range: |facts| (1, most(facts)),
    },
    NumberFact {
        name: "seller_offer",
        step: Step::Minor,
        get: |facts| units(offer(facts)?, facts),
        set: |facts, n| {
            let answer = SellerAnswer::Countered { offer: amount(n, facts) };
            facts.dispute.response = facts.dispute.response.map(|response| SellerResponse { answer, ..response });
        },
        range: |facts| (1, most(facts)),
    },
    NumberFact {
        name: "photos",
        step: Step::One,
        get: |facts| i64::try_from(facts.dispute.photos).ok(),
        set: |facts, n| facts.dispute.photos = n.unsigned_abs(),
        range: |_| (0, MOST_THINGS),
    },
    NumberFact {
        name: "documents",
        step: Step::One,
        get: |facts| i64::try_from(facts.dispute.documents).ok(),
        set: |facts, n| facts.dispute.documents = n.unsigned_abs(),
        range: |_| (0, MOST_THINGS),
    },
    NumberFact {
        name: "quantity",
        step: Step::One,
        get: |facts| i64::try_from(facts.order.quantity).ok(),
        set: |facts, n| facts.order.quantity = n.unsigned_abs(),
        range: |facts| (1, i64::try_from(facts.order.quantity).unwrap_or(MOST_THINGS).max(MOST_THINGS)),
    },
    NumberFact {
        name: "quantity_received",
        step: Step::One,
        get: |facts| i64::try_from(facts.dispute.quantity_received?).ok(),
        set: |facts, n| facts.dispute.quantity_received = Some(n.unsigned_abs()),
        range: |facts| (0, i64::try_from(facts.order.quantity).unwrap_or(MOST_THINGS)),
    },
    NumberFact {
        name: "advertised_capacity_gb",
        step: Step::Hundredth,
        get: |facts| hundredths(facts.dispute.advertised_capacity),
        set: |facts, n| facts.dispute.advertised_capacity = Some(Decimal::new(n, 2)),
        range: |_| (1, 100_000_000),
    },
    NumberFact {
        name: "measured_capacity_gb",
        step: Step::Hundredth,
        get: |facts| hundredths(facts.dispute.measured_capacity),
        set: |facts, n| facts.dispute.measured_capacity = Some(Decimal::new(n, 2)),
        range: |_| (1, 100_000_000),
    },
];

/// A number of one case, ready to be turned.
pub(super) struct NumberDial {
    pub fact: &'static NumberFact,
    pub now: i64,
    range: (i64, i64),
}

impl NumberDial {
    /// Takes hold of a number; none where the case has none.
    pub fn of(fact: &'static NumberFact, stand: &Stand) -> Option<Self> {
        Some(Self { fact, now: (fact.get)(&stand.facts)?, range: (fact.range)(&stand.facts) })
    }
}

impl Dial for NumberDial {
    fn turn(&self, stand: &mut Stand, steps: i64) {
        (self.fact.set)(&mut stand.facts, self.now + steps);
    }

    fn reach(&self) -> (i64, i64) {
        let (low, high) = self.range;
        ((low - self.now).min(0), (high - self.now).max(0))
    }
}
