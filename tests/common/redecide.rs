//! Decides single cases again with one thing changed, by the names under which flips call it. Written apart
//! from the search for flips, to hold it to its word.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;

use arbiter_engine::decide::{Decisions, decide_docket};
use arbiter_engine::decision::Decision;
use arbiter_engine::explain::flip::{Flip, FlipKind};
use arbiter_model::case::{Case, OrderCases};
use arbiter_model::dispute::{Country, Id, Reason, SellerAnswer, SellerResponse, TrackingEvent, TrackingStatus, Video};
use arbiter_model::docket::Docket;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Currency, Money, Share};
use arbiter_model::outcome::Outcome;
use arbiter_policy::{Overlay, Policy};
use arbiter_rules::{self as rules, Evaluation};
use chrono_tz::Tz;
use rust_decimal::Decimal;

/// A docket that was decided.
pub struct Decided {
    pub docket: Docket,
    pub overlays: Vec<Overlay>,
    pub policy: Policy,
    pub as_of: Instant,
    pub decisions: Decisions,
    set: std::cell::RefCell<BTreeMap<String, Policy>>,
}

fn at(text: &str) -> Instant {
    Instant::parse(text, Tz::UTC).unwrap_or_else(|| panic!("{text} is no timestamp"))
}

fn money(text: &str, currency: Currency) -> Money {
    Amount::parse(text).unwrap().in_currency(currency).unwrap_or_else(|| panic!("{text} is no amount"))
}

fn code<T: Copy + ToString>(all: &[T], text: &str) -> T {
    all.iter().copied().find(|one| one.to_string() == text).unwrap_or_else(|| panic!("{text} is no code"))
}

impl Decided {
    pub fn of(docket: Docket, overlays: Vec<Overlay>, as_of: Instant) -> Self {
        let policy = Policy::with(&overlays).unwrap_or_else(|fault| panic!("{fault}"));
        let decisions = decide_docket(&docket, &policy, as_of);
        Self { docket, overlays, policy, as_of, decisions, set: Default::default() }
    }

    pub fn file(&self, decision: &Decision) -> &OrderCases {
        &self.docket.orders[decision.at.order as usize]
    }

    /// What a decision comes to as it is.
    pub fn base(&self, decision: &Decision) -> (Outcome, Money) {
        (decision.outcome, decision.award)
    }

    /// What it comes to with a fact or a parameter changed.
    pub fn with(&self, decision: &Decision, is_parameter: bool, name: &str, value: &str) -> (Outcome, Money) {
        match is_parameter {
            true => self.with_parameter(decision, name, value),
            false => self.with_fact(decision, name, value),
        }
    }

    fn with_parameter(&self, decision: &Decision, name: &str, value: &str) -> (Outcome, Money) {
        let setting = format!("{name}={value}");
        if !self.set.borrow().contains_key(&setting) {
            let overlays: Vec<_> = self.overlays.iter().cloned().chain([Overlay::from_argument(&setting)]).collect();
            let policy = Policy::with(&overlays).unwrap_or_else(|fault| panic!("{fault}"));
            self.set.borrow_mut().insert(setting.clone(), policy);
        }
        let set = self.set.borrow();
        let policy = &set[&setting];
        let file = self.file(decision);
        let disputant = file.disputants[decision.at.dispute as usize];
        let standing = self.decisions.buyers[disputant as usize];
        let level = standing.record.level(&policy.terms_of_run(self.as_of).serial_disputer);
        let case = file.case(decision.at.dispute as usize);
        let terms = policy.terms_for(&case, self.as_of);
        came_to(&Evaluation::new(case, terms, self.as_of, level, decision.awarded_before))
    }

    fn with_fact(&self, decision: &Decision, name: &str, value: &str) -> (Outcome, Money) {
        let mut file = self.file(decision).clone();
        change(&mut file, decision.at.dispute as usize, self.as_of, name, value);
        let dispute = &file.disputes[decision.at.dispute as usize];
        let case = Case { dispute, order: &file.order, events: &file.events };
        let terms = self.policy.terms_for(&case, self.as_of);
        came_to(&Evaluation::new(case, terms, self.as_of, decision.buyer_level, decision.awarded_before))
    }
}

fn came_to(evaluation: &Evaluation) -> (Outcome, Money) {
    let finding = rules::decide(evaluation);
    let award = finding.award().map_or(Money::zero(evaluation.case.order.currency), |award| award.amount);
    (finding.outcome(evaluation), award)
}

/// Changes a fact of a file.
fn change(file: &mut OrderCases, dispute: usize, as_of: Instant, name: &str, value: &str) {
    let given = (value != "none").then_some(value);
    let date = given.and_then(|text| Instant::parse(text, Tz::UTC));
    let (order, dispute) = (&mut file.order, &mut file.disputes[dispute]);
    let currency = order.currency;
    match name {
        "paid_at" => order.paid_at = at(value),
        "shipped_at" => order.shipped_at = date,
        "protection_ends_at" => order.protection_ends_at = date,
        "confirmed_at" => order.confirmed_at = date,
        "goods_total" => order.goods_total = money(value, currency),
        "refunded_total" => order.refunded_total = money(value, currency),
        "quantity" => order.quantity = value.parse().unwrap(),
        "category" => order.category = given.map(Id::from),
        "destination_country" => order.destination = given.and_then(Country::from_code),
        "opened_at" => dispute.opened_at = at(value),
        "reason" => dispute.reason = code(Reason::ALL, value),
        "video" => dispute.video = code(Video::ALL, value),
        "requested_amount" => dispute.requested = Some(money(value, currency)),
        "photos" => dispute.photos = value.parse().unwrap(),
        "documents" => dispute.documents = value.parse().unwrap(),
        "quantity_received" => dispute.quantity_received = Some(value.parse().unwrap()),
        "advertised_capacity_gb" => dispute.advertised_capacity = Some(value.parse().unwrap()),
        "measured_capacity_gb" => dispute.measured_capacity = Some(value.parse().unwrap()),
        "evidence_tampered" => dispute.evidence_tampered = value == "yes",
        "wants_return" => dispute.wants_return = value == "yes",
        "usable" => dispute.usable = given.map(|value| value == "yes"),
        "buyer_id" => dispute.buyer_id = value.into(),
        "buyer_accepted_at" => dispute.buyer_accepted_at = date,
        "escalated_at" => dispute.escalated_at = date,
        "info_requested_at" => dispute.info_requested_at = date,
        "info_supplied_at" => dispute.info_supplied_at = date,
        "withdrawn_at" => dispute.withdrawn_at = date,
        "seller_responded_at" => dispute.seller_responded_at = Some(at(value)),
        "seller_offer" => {
            dispute.seller_offer = Some(money(value, currency));
        }
        "seller_response" => {
            // An answer that was not given is given at the as-of.
            let at = dispute.response().map_or(as_of, |response| response.at.min(as_of));
            dispute.set_response(given.map(|answer| SellerResponse {
                answer: if answer == "accepted" { SellerAnswer::Accepted } else { SellerAnswer::Rejected },
                at,
            }));
        }
        _ => change_tracking(file, name.strip_prefix("tracking.").unwrap_or_else(|| panic!("what is {name}?")), value),
    }
}

fn change_tracking(file: &mut OrderCases, name: &str, value: &str) {
    let (first, is_date) = (name.split('.').next().unwrap(), name.ends_with(".event_at"));
    match first.parse::<usize>() {
        Ok(number) if is_date => file.events[number - 1].at = at(value),
        Ok(number) => drop(file.events.remove(number - 1)),
        Err(_) => {
            let (status, country) = (code(TrackingStatus::ALL, first), file.order.destination);
            file.events.push(TrackingEvent { country, ..TrackingEvent::new(at(value), status) });
        }
    }
}

/// The steps in which a value is measured: seconds, days, minor units, ten-thousandths, ones, hundredths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Steps {
    Seconds,
    Whole,
    Minor(Currency),
    TenThousandths,
    Hundredths,
}

impl Steps {
    pub fn of(flip: &Flip, currency: Currency) -> Option<Self> {
        match flip.kind {
            FlipKind::Time if flip.is_parameter => Some(Self::Whole),
            FlipKind::Time => Some(Self::Seconds),
            FlipKind::Share => Some(Self::TenThousandths),
            FlipKind::Money => Some(Self::Minor(currency)),
            FlipKind::Number if flip.name.ends_with("_gb") => Some(Self::Hundredths),
            FlipKind::Number => Some(Self::Whole),
            FlipKind::Code => None,
        }
    }

    /// The value so many steps from another.
    pub fn moved(self, from: &str, steps: i64) -> String {
        let decimal = |digits: u32| {
            let from: Decimal = from.parse().unwrap();
            (from + Decimal::new(steps, digits)).to_string()
        };
        match self {
            Self::Seconds => at(from).plus_seconds(steps).exact(),
            Self::Whole => (from.parse::<i64>().unwrap() + steps).to_string(),
            Self::Minor(currency) => decimal(currency.minor_digits()),
            Self::TenThousandths => decimal(4),
            Self::Hundredths => decimal(2),
        }
    }

    /// How many steps lie between two values.
    pub fn between(self, from: &str, to: &str) -> i64 {
        let decimal = |digits: u32| {
            let span = to.parse::<Decimal>().unwrap() - from.parse::<Decimal>().unwrap();
            i64::try_from((span * Decimal::from(10_i64.pow(digits))).trunc().normalize().mantissa()).unwrap()
        };
        match self {
            Self::Seconds => at(to).seconds_since(at(from)),
            Self::Whole => decimal(0),
            Self::Minor(currency) => decimal(currency.minor_digits()),
            Self::TenThousandths => decimal(4),
            Self::Hundredths => decimal(2),
        }
    }
}

/// Whether a value is one that a fact or parameter can have.
pub fn is_possible(decided: &Decided, decision: &Decision, is_parameter: bool, name: &str, value: &str) -> bool {
    let file = decided.file(decision);
    let currency = file.order.currency;
    if is_parameter {
        let number: Decimal = value.parse().unwrap();
        let is_share = value.contains('.') && !name.starts_with("returns.posting_cost");
        let other = |end: &str, of: &str| {
            let path = name.replace(end, of);
            let case = decision.at.case(&decided.docket);
            let held = decided.policy.values_for(path.rsplit_once('.').unwrap().0, &case, decided.as_of);
            let ends = held[0].value.as_array().unwrap();
            let end = if of == ".low" { &ends[0] } else { &ends[1] };
            Share::parse(end.as_str().unwrap()).unwrap()
        };
        let most = if name == "double.share" { Decimal::TEN } else { Decimal::ONE };
        let in_order = match Share::parse(value) {
            Some(share) if name.ends_with(".band.low") => share <= other(".low", ".high"),
            Some(share) if name.ends_with(".band.high") => share >= other(".high", ".low"),
            _ => true,
        };
        return !number.is_sign_negative() && (!is_share || number <= most) && in_order;
    }
    match name {
        "opened_at" => at(value) <= decided.as_of && at(value) >= file.order.paid_at,
        "paid_at" => at(value) <= decision.at.case(&decided.docket).dispute.opened_at,
        "goods_total" => {
            !value.starts_with('-') && money(value, currency) >= file.order.refunded_total.max(money_unit(currency))
        }
        "refunded_total" => !value.starts_with('-') && money(value, currency) <= file.order.goods_total,
        "seller_offer" | "requested_amount" => !value.starts_with('-') && money(value, currency).is_positive(),
        "photos" | "documents" | "quantity_received" => !value.starts_with('-'),
        "quantity" => value.parse::<i64>().unwrap() > 0,
        name if name.ends_with("_gb") => value.parse::<Decimal>().unwrap() > Decimal::ZERO,
        _ => true,
    }
}

fn money_unit(currency: Currency) -> Money {
    Money::from_units_at(1, currency.minor_digits(), currency)
}
