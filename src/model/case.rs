//! The docket: everything a run decides on, wherever it came from.
//!
//! Intake builds one from CSV exports; anything else that has the same facts can build one too.

use std::fmt::Write;

use crate::dispute::{Dispute, Id, Order, SellerAnswer, TrackingEvent};
use crate::final_decisions::{FinalDecisions, Ruling};
use crate::instant::Instant;

/// All that a run decides on: the disputed orders with their disputes, and the buyers' records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Docket {
    /// One file for each disputed order.
    pub orders: Vec<OrderCases>,
    /// The records of everybody who opened one of the disputes; see [`OrderCases::disputants`].
    pub buyers: Vec<Buyer>,
    /// The names of the files that the facts were read from, which their [`Origin`](crate::dispute::Origin)s count.
    pub sources: Vec<String>,
    /// The decisions of earlier nights that stand.
    pub final_decisions: FinalDecisions,
    /// What people decided about disputes that were referred to them.
    pub rulings: Vec<Ruling>,
}

/// One disputed order with its history and all its disputes. Disputes of one order share its money,
/// so they are decided together.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderCases {
    /// The order.
    pub order: Box<Order>,
    /// Its tracking events as they stand in the export, identical rows once.
    pub events: Vec<TrackingEvent>,
    /// Its disputes in the order in which they are decided: by `opened_at`, then by id bytewise.
    pub disputes: Vec<Dispute>,
    /// For each dispute, in the same order, the index in [`Docket::buyers`] of who opened it.
    pub disputants: Vec<u32>,
    /// A row of the export that names this order was faulty, so its money must wait.
    pub held_by_reject: bool,
}

/// What is known of a buyer beyond single disputes.
#[derive(Clone, Debug, PartialEq)]
pub struct Buyer {
    /// Who.
    pub id: Id,
    /// When each of the buyer's orders in the export was paid, disputed or not, ascending.
    pub orders_paid_at: Vec<Instant>,
}

/// One dispute with all the facts it is decided on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The dispute.
    pub dispute: &'a Dispute,
    /// The order it is about.
    pub order: &'a Order,
    /// The order's tracking events.
    pub events: &'a [TrackingEvent],
}

impl OrderCases {
    /// The cases of this file, in the order in which they are decided.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        (0..self.disputes.len()).map(|index| self.case(index))
    }

    /// The case of one of the disputes.
    pub fn case(&self, index: usize) -> Case<'_> {
        Case { dispute: &self.disputes[index], order: &self.order, events: &self.events }
    }

    /// Puts the disputes into the order in which they are decided.
    pub fn sort_disputes(&mut self) {
        if self.disputes.len() < 2 {
            return;
        }
        let mut pairs: Vec<_> = self.disputes.drain(..).zip(self.disputants.drain(..)).collect();
        pairs.sort_by(|(left, _), (right, _)| {
            (left.opened_at, left.id.as_bytes()).cmp(&(right.opened_at, right.id.as_bytes()))
        });
        for (dispute, disputant) in pairs {
            self.disputes.push(dispute);
            self.disputants.push(disputant);
        }
    }
}

impl Docket {
    /// The same cases as if nothing had been decided before: without the register and people's rulings, and with
    /// what others refunded as all that was refunded.
    pub fn anew(mut self) -> Self {
        for cases in &mut self.orders {
            cases.order.refunded_total = self.final_decisions.spent(&cases.order).by_others;
        }
        Self { final_decisions: FinalDecisions::default(), rulings: Vec::new(), ..self }
    }
}

/// Between the facts that [`Case::facts`] lists.
pub const FACT_END: char = '\u{1e}';

impl Case<'_> {
    /// The facts that the rules look at, each as `name: value`, in a fixed order; those that are not there are left
    /// out. Money already refunded is not among them: our own awards change it.
    pub fn facts(&self) -> String {
        let mut facts = String::with_capacity(512);
        let mut add = |name: &str, value: &dyn std::fmt::Display| {
            // Writing into a string cannot fail.
            let _ = write!(facts, "{name}: {value}{FACT_END}");
        };
        self.tell_order(&mut add);
        self.tell_dispute(&mut add);
        for event in self.events {
            let country = event.country.map(|country| format!(" in {country}")).unwrap_or_default();
            add(&format!("event {}", event.status), &format_args!("{}{country}", event.at.exact()));
        }
        facts
    }

    fn tell_order(&self, add: &mut impl FnMut(&str, &dyn std::fmt::Display)) {
        let order = self.order;
        add("order_id", &order.id);
        add("order's buyer_id", &order.buyer_id);
        add("seller_id", &order.seller_id);
        add("goods_total", &format_args!("{} {}", order.goods_total, order.currency));
        add("shipping_fee", &order.shipping_fee);
        add("paid_at", &order.paid_at.exact());
        add("quantity", &order.quantity);
        add("payment_method", &order.payment_method);
        let codes = [("category", &order.category), ("wallet", &order.wallet)];
        codes.iter().for_each(|(name, code)| code.iter().for_each(|code| add(name, code)));
        order.destination.iter().for_each(|country| add("destination_country", country));
        let dates = [
            ("shipped_at", order.shipped_at),
            ("protection_ends_at", order.protection_ends_at),
            ("confirmed_at", order.confirmed_at),
        ];
        dates.iter().for_each(|(name, at)| at.iter().for_each(|at| add(name, &at.exact())));
    }

    fn tell_dispute(&self, add: &mut impl FnMut(&str, &dyn std::fmt::Display)) {
        let dispute = self.dispute;
        add("buyer_id", &dispute.buyer_id);
        add("opened_at", &dispute.opened_at.exact());
        add("reason", &dispute.reason);
        dispute.requested.iter().for_each(|amount| add("requested_amount", amount));
        let flags = [("wants_return", dispute.wants_return), ("evidence_tampered", dispute.evidence_tampered)];
        flags.iter().filter(|(_, holds)| *holds).for_each(|(name, _)| add(name, &"yes"));
        add("photos", &dispute.photos);
        add("video", &dispute.video);
        add("documents", &dispute.documents);
        dispute.quantity_received.iter().for_each(|units| add("quantity_received", units));
        let capacities = [
            ("advertised_capacity_gb", dispute.advertised_capacity),
            ("measured_capacity_gb", dispute.measured_capacity),
        ];
        capacities.iter().for_each(|(name, size)| size.iter().for_each(|size| add(name, &size.normalize())));
        dispute.usable.iter().for_each(|usable| add("usable", usable));
        if let Some(response) = dispute.response {
            let answer = match response.answer {
                SellerAnswer::Accepted => "accepted".to_owned(),
                SellerAnswer::Rejected => "rejected".to_owned(),
                SellerAnswer::Countered { offer } => format!("countered with {offer}"),
            };
            add("seller_response", &format_args!("{answer} at {}", response.at.exact()));
        }
        let dates = [
            ("buyer_accepted_at", dispute.buyer_accepted_at),
            ("escalated_at", dispute.escalated_at),
            ("info_requested_at", dispute.info_requested_at),
            ("info_supplied_at", dispute.info_supplied_at),
            ("withdrawn_at", dispute.withdrawn_at),
        ];
        dates.iter().for_each(|(name, at)| at.iter().for_each(|at| add(name, &at.exact())));
        add("exported", &dispute.exported);
    }
}
