//! Cases to decide, built from a plain one by changing what matters.

#![allow(dead_code, reason = "each test binary uses its own part")]

use arbiter::case::{CaseFile, Docket};
use arbiter::dispute::{
    Country, Dispute, Exported, Order, Reason, SellerAnswer, SellerResponse, TrackingEvent, TrackingStatus, Video,
};
use arbiter::instant::Instant;
use arbiter::money::{Amount, Currency, Money};
use arbiter::policy::{Policy, Setting};
use chrono_tz::Tz;

/// An instant by its timestamp, in UTC.
pub fn at(text: &str) -> Instant {
    Instant::parse(text, Tz::UTC).unwrap_or_else(|| panic!("{text} is no timestamp"))
}

/// The as-of of all tables: 2026-06-01T00:00:00Z.
pub fn as_of() -> Instant {
    at("2026-06-01T00:00:00Z")
}

/// An amount of a currency.
pub fn money(amount: &str, currency: &str) -> Money {
    let currency = Currency::from_code(currency).expect("a currency");
    Amount::parse(amount).ok().and_then(|amount| amount.in_currency(currency)).expect("an amount")
}

/// One order with its events and disputes, to be changed and decided.
#[derive(Clone)]
pub struct Night {
    pub order: Order,
    pub events: Vec<TrackingEvent>,
    pub disputes: Vec<Dispute>,
    /// When the disputing buyer's other orders were paid.
    pub other_orders_paid_at: Vec<Instant>,
    /// Other disputed orders, for the buyers' records.
    pub others: Vec<CaseFile>,
    pub settings: Vec<String>,
    pub as_of: Instant,
}

/// A plain order of 120.00 USD for one unit of home goods: paid on 2026-03-01, shipped on 2026-03-02,
/// protected until 2026-05-01 (60 days later), to RU, with one parcel event in CN on 2026-03-03; and
/// one dispute of `reason`, opened on 2026-04-10, with a photo, rejected by the seller on 2026-04-11.
///
/// So T = O = 2026-04-10, L = 2026-04-15, E = 2026-04-25 (T + 15 days), all past by the as-of.
pub fn plain(reason: Reason) -> Night {
    let order = Order {
        id: "O-1".into(),
        buyer_id: "anna".into(),
        seller_id: "shop".into(),
        currency: Currency::from_code("USD").expect("a currency"),
        goods_total: money("120.00", "USD"),
        shipping_fee: money("4.00", "USD"),
        refunded_total: money("0.00", "USD"),
        paid_at: at("2026-03-01T00:00:00Z"),
        category: Some("home".into()),
        quantity: 1,
        payment_method: "card".into(),
        wallet: None,
        shipped_at: Some(at("2026-03-02T00:00:00Z")),
        protection_ends_at: None,
        confirmed_at: None,
        destination: Country::from_code("RU"),
    };
    let events = vec![event("2026-03-03T00:00:00Z", TrackingStatus::InTransit, "CN")];
    Night {
        order,
        events,
        disputes: vec![dispute("D-1", reason)],
        other_orders_paid_at: Vec::new(),
        others: Vec::new(),
        settings: Vec::new(),
        as_of: as_of(),
    }
}

/// The dispute of [`plain`].
pub fn dispute(id: &str, reason: Reason) -> Dispute {
    Dispute {
        id: id.into(),
        buyer_id: "anna".into(),
        opened_at: at("2026-04-10T00:00:00Z"),
        reason,
        requested: None,
        wants_return: false,
        photos: 1,
        video: Video::None,
        documents: 0,
        evidence_tampered: false,
        quantity_received: None,
        advertised_capacity: None,
        measured_capacity: None,
        usable: None,
        response: Some(rejected("2026-04-11T00:00:00Z")),
        buyer_accepted_at: None,
        escalated_at: None,
        info_requested_at: None,
        info_supplied_at: None,
        withdrawn_at: None,
        comment: None,
        exported: Exported {
            responses: true,
            photos: true,
            video: true,
            documents: true,
            quantity_received: true,
            advertised_capacity: true,
            measured_capacity: true,
        },
        place: 0,
    }
}

/// A tracking event; no country where it is empty.
pub fn event(when: &str, status: TrackingStatus, country: &str) -> TrackingEvent {
    TrackingEvent { at: at(when), status, country: Country::from_code(country) }
}

pub fn rejected(when: &str) -> SellerResponse {
    SellerResponse { answer: SellerAnswer::Rejected, at: at(when) }
}

pub fn accepted(when: &str) -> SellerResponse {
    SellerResponse { answer: SellerAnswer::Accepted, at: at(when) }
}

pub fn countered(when: &str, offer: &str) -> SellerResponse {
    SellerResponse { answer: SellerAnswer::Countered { offer: money(offer, "USD") }, at: at(when) }
}

impl Night {
    /// Changes the order.
    pub fn order(mut self, change: impl FnOnce(&mut Order)) -> Self {
        change(&mut self.order);
        self
    }

    /// Changes the (first) dispute.
    pub fn dispute(mut self, change: impl FnOnce(&mut Dispute)) -> Self {
        change(&mut self.disputes[0]);
        self
    }

    /// Adds a second, third ... dispute of the same order.
    pub fn and_dispute(mut self, dispute: Dispute) -> Self {
        self.disputes.push(dispute);
        self
    }

    /// Adds a tracking event.
    pub fn and_event(mut self, when: &str, status: TrackingStatus, country: &str) -> Self {
        self.events.push(event(when, status, country));
        self
    }

    /// Takes all tracking events away.
    pub fn without_events(mut self) -> Self {
        self.events.clear();
        self
    }

    /// Sets a parameter: `too_early.days=6`.
    pub fn set(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }

    /// Decides as of another instant.
    pub fn as_of(mut self, when: &str) -> Self {
        self.as_of = at(when);
        self
    }

    /// Gives the buyer so many other orders, all paid and disputed in the window.
    pub fn with_serial_buyer(mut self, disputed_orders: usize) -> Self {
        for number in 0..disputed_orders {
            let mut other = plain(Reason::Other);
            other.order.id = format!("X-{number}").into();
            other.disputes[0].id = format!("XD-{number}").into();
            self.other_orders_paid_at.push(other.order.paid_at);
            self.others.push(other.file());
        }
        self
    }

    fn file(&self) -> CaseFile {
        let disputants = vec![0; self.disputes.len()];
        let (order, events, disputes) = (Box::new(self.order.clone()), self.events.clone(), self.disputes.clone());
        let mut file = CaseFile { order, events, disputes, disputants, held_by_reject: false };
        for (place, dispute) in file.disputes.iter_mut().enumerate() {
            dispute.place = place as u64;
        }
        file.sort_disputes();
        file
    }

    /// The docket of this night.
    pub fn docket(&self) -> Docket {
        let mut orders_paid_at = self.other_orders_paid_at.clone();
        orders_paid_at.push(self.order.paid_at);
        orders_paid_at.sort_unstable();
        let buyer = arbiter::case::BuyerRecord { id: "anna".into(), orders_paid_at };
        let mut files = vec![self.file()];
        files.extend(self.others.iter().cloned().map(|mut file| {
            file.disputes.iter_mut().for_each(|dispute| dispute.place += 1000);
            file
        }));
        Docket { files, buyers: vec![buyer] }
    }

    /// The parameters of this night.
    pub fn policy(&self) -> Policy {
        let settings: Vec<_> =
            self.settings.iter().map(|text| Setting::from_argument(text).expect("a setting")).collect();
        Policy::with(&settings).unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// The decisions of the order's disputes, each in one line, in the order in which they were added:
    /// outcome, rule, award, and whatever of the rest is not empty or `no`:
    /// `pending too_early 0.00 next=2026-06-02T00:00:00Z`,
    /// `refund_full wrong_item 240.00 guarantee=120.00 to=original_method 2026-06-04..2026-06-11 notes=cashback_void`,
    /// `referred serial_disputer 0.00 return=awaited queue=security level=blocked
    /// withheld=seller_silent:120.00`.
    pub fn decide_all(&self) -> Vec<String> {
        let (docket, policy) = (self.docket(), self.policy());
        let rulings = arbiter::arbitrate::arbitrate(&docket, &policy, self.as_of);
        rulings.decisions.iter().filter(|decision| decision.at.file == 0).map(ToString::to_string).collect()
    }

    /// The decision of the only dispute; see [`decide_all`](Self::decide_all).
    pub fn decide(&self) -> String {
        let [only] = self.decide_all().try_into().expect("one decision");
        only
    }

    /// Outcome and rule alone: `pending too_early`.
    pub fn rule(&self) -> String {
        self.decide().split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// Outcome, rule and award: `refund_full not_delivered 120.00`.
    pub fn award(&self) -> String {
        self.decide().split(' ').take(3).collect::<Vec<_>>().join(" ")
    }

    /// The explanation of the only dispute.
    pub fn explanation(&self) -> String {
        let (docket, policy) = (self.docket(), self.policy());
        let rulings = arbiter::arbitrate::arbitrate(&docket, &policy, self.as_of);
        let decision = rulings.decisions.iter().find(|decision| decision.at.file == 0).expect("a decision");
        decision.explanation.clone()
    }
}
