//! Cases to decide, built from a plain one by changing what matters.

#![allow(dead_code, reason = "each test binary uses its own part")]

use arbiter_model::case::OrderCases;
use arbiter_model::dispute::{
    Country, Dispute, Exported, Order, Reason, SellerAnswer, SellerResponse, TrackingEvent, TrackingStatus, Video,
};
use arbiter_model::docket::{Buyer, Docket};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Currency, Money};
use arbiter_policy::{Overlay, Policy};
use chrono_tz::Tz;

/// An instant by its timestamp, in UTC.
pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text, Tz::UTC).unwrap_or_else(|| panic!("{text} is no timestamp"))
}

/// The as-of of all tables: 2026-06-01T00:00:00Z.
pub(crate) fn as_of() -> Instant {
    at("2026-06-01T00:00:00Z")
}

/// An amount of a currency.
pub(crate) fn money(amount: &str, currency: &str) -> Money {
    let currency = Currency::from_code(currency).expect("a currency");
    Amount::parse(amount).ok().and_then(|amount| amount.in_currency(currency)).expect("an amount")
}

/// One order with its events and disputes, to be changed and decided.
#[derive(Clone)]
pub(crate) struct Night {
    pub order: Order,
    pub events: Vec<TrackingEvent>,
    pub disputes: Vec<Dispute>,
    /// When the buyer's orders that nobody disputed were paid.
    pub other_orders_paid_at: Vec<Instant>,
    /// Other disputed orders, for the buyers' records.
    pub others: Vec<OrderCases>,
    pub settings: Vec<String>,
    pub as_of: Instant,
}

/// A plain order of 120.00 USD for one unit of home goods: paid on 2026-03-01, shipped on 2026-03-02,
/// protected until 2026-05-01 (60 days later), to RU, with one parcel event in CN on 2026-03-03; and
/// one dispute of `reason`, opened on 2026-04-10, with a photo, rejected by the seller on 2026-04-11.
///
/// So T = O = 2026-04-10, L = 2026-04-15, E = 2026-04-25 (T + 15 days), all past by the as-of.
pub(crate) fn plain(reason: Reason) -> Night {
    let usd = Currency::from_code("USD").expect("a currency");
    let order = Order {
        shipping_fee: money("4.00", "USD"),
        category: Some("home".into()),
        payment_method: "card".into(),
        shipped_at: Some(at("2026-03-02T00:00:00Z")),
        destination: Country::from_code("RU"),
        ..Order::new("O-1", "anna", "shop", money("120.00", "USD"), usd, at("2026-03-01T00:00:00Z"))
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
pub(crate) fn dispute(id: &str, reason: Reason) -> Dispute {
    let mut dispute = Dispute::new(id, "anna", at("2026-04-10T00:00:00Z"), reason);
    dispute.photos = 1;
    dispute.set_response(Some(rejected("2026-04-11T00:00:00Z")));
    dispute
}

/// A tracking event; no country where it is empty.
pub(crate) fn event(when: &str, status: TrackingStatus, country: &str) -> TrackingEvent {
    TrackingEvent { country: Country::from_code(country), ..TrackingEvent::new(at(when), status) }
}

pub(crate) fn rejected(when: &str) -> SellerResponse {
    SellerResponse { answer: SellerAnswer::Rejected, at: at(when) }
}

pub(crate) fn accepted(when: &str) -> SellerResponse {
    SellerResponse { answer: SellerAnswer::Accepted, at: at(when) }
}

pub(crate) fn countered(when: &str, offer: &str) -> SellerResponse {
    SellerResponse { answer: SellerAnswer::Countered { offer: money(offer, "USD") }, at: at(when) }
}

impl Night {
    /// Changes the order.
    pub(crate) fn order(mut self, change: impl FnOnce(&mut Order)) -> Self {
        change(&mut self.order);
        self
    }

    /// Changes the (first) dispute.
    pub(crate) fn dispute(mut self, change: impl FnOnce(&mut Dispute)) -> Self {
        change(&mut self.disputes[0]);
        self
    }

    /// Adds a second, third ... dispute of the same order.
    pub(crate) fn and_dispute(mut self, dispute: Dispute) -> Self {
        self.disputes.push(dispute);
        self
    }

    /// Adds a tracking event.
    pub(crate) fn and_event(mut self, when: &str, status: TrackingStatus, country: &str) -> Self {
        self.events.push(event(when, status, country));
        self
    }

    /// Takes all tracking events away.
    pub(crate) fn without_events(mut self) -> Self {
        self.events.clear();
        self
    }

    /// Sets a parameter: `too_early.days=6`.
    pub(crate) fn set(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }

    /// Decides as of another instant.
    #[allow(clippy::wrong_self_convention, reason = "it is called what the command line calls it")]
    pub(crate) fn as_of(mut self, when: &str) -> Self {
        self.as_of = at(when);
        self
    }

    /// Gives the buyer so many other orders, all paid and disputed in the window.
    pub(crate) fn with_serial_buyer(mut self, disputed_orders: usize) -> Self {
        for number in 0..disputed_orders {
            let mut other = plain(Reason::Other);
            other.order.id = format!("X-{number}").into();
            other.disputes[0].id = format!("XD-{number}").into();
            self = self.and_order(other);
        }
        self
    }

    /// Adds another order with its disputes, for the buyers' records.
    pub(crate) fn and_order(mut self, other: Self) -> Self {
        self.others.push(other.file());
        self
    }

    /// Gives the buyer so many other orders, paid when the plain one was, that nobody disputed.
    pub(crate) fn with_undisputed_orders(mut self, orders: usize) -> Self {
        self.other_orders_paid_at.extend(vec![at("2026-03-01"); orders]);
        self
    }

    /// Gives the order another price and currency, without shipping fee or refunds.
    pub(crate) fn priced(mut self, goods: &str, currency: &str) -> Self {
        let order = &mut self.order;
        order.currency = Currency::from_code(currency).expect("a currency");
        (order.goods_total, order.shipping_fee) = (money(goods, currency), money("0", currency));
        order.refunded_total = money("0", currency);
        self
    }

    /// So much of the goods money, in USD, went back before this run.
    pub(crate) fn refunded(self, amount: &str) -> Self {
        self.order(|order| order.refunded_total = money(amount, "USD"))
    }

    /// Neither the seller nor the carrier says that the parcel left.
    pub(crate) fn unshipped(self) -> Self {
        self.without_events().order(|order| order.shipped_at = None)
    }

    /// The parcel was delivered in the destination country.
    pub(crate) fn delivered(self, when: &str) -> Self {
        self.and_event(when, TrackingStatus::Delivered, "RU")
    }

    /// The buyer confirmed receipt.
    pub(crate) fn confirmed(self, when: &str) -> Self {
        self.order(|order| order.confirmed_at = Some(at(when)))
    }

    /// The order is of this category.
    pub(crate) fn category(self, category: &str) -> Self {
        self.order(|order| order.category = Some(category.into()))
    }

    /// The (first) dispute was opened then.
    pub(crate) fn opened(self, when: &str) -> Self {
        self.dispute(|dispute| dispute.opened_at = at(when))
    }

    /// The buyer asks for so much, in USD.
    pub(crate) fn requested(self, amount: &str) -> Self {
        self.dispute(|dispute| dispute.requested = Some(money(amount, "USD")))
    }

    /// The seller's answer is another one.
    pub(crate) fn answered(self, response: SellerResponse) -> Self {
        self.dispute(|dispute| dispute.set_response(Some(response)))
    }

    /// The seller never answered.
    pub(crate) fn unanswered(self) -> Self {
        self.dispute(|dispute| dispute.set_response(None))
    }

    /// The buyer took the seller's offer.
    pub(crate) fn offer_taken(self, when: &str) -> Self {
        self.dispute(|dispute| dispute.buyer_accepted_at = Some(at(when)))
    }

    /// Either side called the platform in.
    pub(crate) fn escalated(self, when: &str) -> Self {
        self.dispute(|dispute| dispute.escalated_at = Some(at(when)))
    }

    /// The platform asked the buyer for more.
    pub(crate) fn info_requested(self, when: &str) -> Self {
        self.dispute(|dispute| dispute.info_requested_at = Some(at(when)))
    }

    /// The buyer supplied what the platform asked for.
    pub(crate) fn info_supplied(self, when: &str) -> Self {
        self.dispute(|dispute| dispute.info_supplied_at = Some(at(when)))
    }

    /// The buyer withdrew the dispute.
    pub(crate) fn withdrawn(self, when: &str) -> Self {
        self.dispute(|dispute| dispute.withdrawn_at = Some(at(when)))
    }

    /// The buyer offers to send the goods back.
    pub(crate) fn wants_return(self) -> Self {
        self.dispute(|dispute| dispute.wants_return = true)
    }

    /// The buyer sent the goods back.
    pub(crate) fn return_shipped(self, when: &str) -> Self {
        self.and_event(when, TrackingStatus::ReturnShipped, "RU")
    }

    /// The seller has the goods back.
    pub(crate) fn return_delivered(self, when: &str) -> Self {
        self.and_event(when, TrackingStatus::ReturnDelivered, "CN")
    }

    /// The buyer attached so many photos, and this video.
    pub(crate) fn evidence(self, photos: u64, video: Video) -> Self {
        self.dispute(|dispute| (dispute.photos, dispute.video) = (photos, video))
    }

    /// The evidence was found to be made up or altered.
    pub(crate) fn tampered(self) -> Self {
        self.dispute(|dispute| dispute.evidence_tampered = true)
    }

    /// The export has no column for something: `|known| known.video = false`.
    pub(crate) fn not_exported(self, change: impl FnOnce(&mut Exported)) -> Self {
        self.dispute(|dispute| change(&mut dispute.exported))
    }

    fn file(&self) -> OrderCases {
        let disputants = vec![0; self.disputes.len()];
        let (order, events, disputes) = (Box::new(self.order.clone()), self.events.clone(), self.disputes.clone());
        let mut file = OrderCases { order, events, disputes, disputants, held_by_reject: false };
        for (place, dispute) in file.disputes.iter_mut().enumerate() {
            dispute.place = place as u64;
        }
        file.sort_disputes();
        file
    }

    /// The docket of this night, with a record of everybody who opened a dispute.
    pub(crate) fn docket(&self) -> Docket {
        let mut files = vec![self.file()];
        files.extend(self.others.iter().cloned().map(|mut file| {
            file.disputes.iter_mut().for_each(|dispute| dispute.place += 1000);
            file
        }));
        let mut buyers: Vec<Buyer> = Vec::new();
        for file in &mut files {
            for (dispute, disputant) in file.disputes.iter().zip(&mut file.disputants) {
                let known = buyers.iter().position(|buyer| buyer.id == dispute.buyer_id);
                *disputant = known.unwrap_or(buyers.len()) as u32;
                if known.is_none() {
                    buyers.push(Buyer { id: dispute.buyer_id.clone(), orders_paid_at: Vec::new() });
                }
            }
        }
        for buyer in &mut buyers {
            let disputed = files.iter().filter(|file| file.order.buyer_id == buyer.id).map(|file| file.order.paid_at);
            buyer.orders_paid_at = disputed.collect();
            if buyer.id == self.disputes[0].buyer_id {
                buyer.orders_paid_at.extend(&self.other_orders_paid_at);
            }
            buyer.orders_paid_at.sort_unstable();
        }
        Docket { orders: files, buyers, ..Docket::default() }
    }

    /// The parameters of this night.
    pub(crate) fn policy(&self) -> Policy {
        let overlays: Vec<_> = self.settings.iter().map(|text| Overlay::from_argument(text)).collect();
        Policy::with(&overlays).unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// The decisions of the order's disputes, each in one line, in the order in which they were added:
    /// outcome, rule, award, and whatever of the rest is not empty or `no`:
    /// `pending too_early 0.00 next=2026-06-02T00:00:00Z`,
    /// `refund_full wrong_item 240.00 guarantee=120.00 to=original_method 2026-06-04..2026-06-11 notes=cashback_void`,
    /// `referred serial_disputer 0.00 return=awaited queue=security level=blocked
    /// withheld=seller_silent:120.00`.
    pub(crate) fn decide_all(&self) -> Vec<String> {
        let (docket, policy) = (self.docket(), self.policy());
        let decisions = arbiter_engine::decide::decide_docket(&docket, &policy, self.as_of);
        decisions.made.iter().filter(|decision| decision.at.order == 0).map(ToString::to_string).collect()
    }

    /// The decision of the only dispute; see [`decide_all`](Self::decide_all).
    pub(crate) fn decide(&self) -> String {
        let [only] = self.decide_all().try_into().expect("one decision");
        only
    }

    /// Outcome and rule alone: `pending too_early`.
    pub(crate) fn rule(&self) -> String {
        self.decide().split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// Outcome, rule and award: `refund_full not_delivered 120.00`.
    pub(crate) fn award(&self) -> String {
        self.decide().split(' ').take(3).collect::<Vec<_>>().join(" ")
    }

    /// Outcome, rule and award of each of the order's disputes, in the order in which they were added:
    /// `refund_partial colour_mismatch 48.00; refund_full damaged 72.00`.
    pub(crate) fn awards(&self) -> String {
        let lines = self.decide_all();
        let short = lines.iter().map(|line| line.splitn(4, ' ').take(3).collect::<Vec<_>>().join(" "));
        short.collect::<Vec<_>>().join("; ")
    }

    /// The decision without the way of the money: `refund_full wrong_item 20.00 return=received`.
    pub(crate) fn brief(&self) -> String {
        let (line, route) = (self.decide(), format!(" to={} ", self.field("to")));
        let Some((before, after)) = line.split_once(&route) else { return line };
        let after = after.split_once(' ').map(|(_dates, after)| after);
        after.map_or_else(|| before.to_owned(), |after| format!("{before} {after}"))
    }

    /// Outcome and rule, and where there is one the next event: `pending too_early 2026-06-02`, with
    /// the time of day unless it is midnight.
    pub(crate) fn rule_and_next(&self) -> String {
        let next = self.field("next");
        format!("{} {}", self.rule(), next.trim_end_matches('Z').trim_end_matches("T00:00:00")).trim_end().to_owned()
    }

    /// One of the named parts of the decision, empty where it is missing: `field("queue")`.
    pub(crate) fn field(&self, name: &str) -> String {
        let line = self.decide();
        let part = line.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        part.unwrap_or_default().to_owned()
    }

    /// The notes of the only dispute, joined as they are written.
    pub(crate) fn notes(&self) -> String {
        self.field("notes")
    }

    /// The level of the buyer, `none` included.
    pub(crate) fn level(&self) -> String {
        Some(self.field("level")).filter(|level| !level.is_empty()).unwrap_or_else(|| "none".to_owned())
    }

    /// The explanation of the only dispute.
    pub(crate) fn explanation(&self) -> String {
        let (docket, policy) = (self.docket(), self.policy());
        let decisions = arbiter_engine::decide::decide_docket(&docket, &policy, self.as_of);
        let decision = decisions.made.iter().find(|decision| decision.at.order == 0).expect("a decision");
        arbiter_rules::explain(&decision.evaluation(&docket, &policy, self.as_of), &decision.finding)
    }
}
