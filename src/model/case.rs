//! The docket: everything a run decides on, wherever it came from.
//!
//! Intake builds one from CSV exports; anything else that has the same facts can build one too.

use std::fmt::Write;

use crate::dispute::Dispute;
use crate::fields::{Entity, Field};
use crate::final_decisions::{FinalDecisions, Ruling};
use crate::ids::Id;
use crate::instant::Instant;
use crate::order::Order;
use crate::tracking::TrackingEvent;

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
    /// The same cases as if nothing had been decided before: without final decisions and people's rulings, and with
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

/// Whether a column of orders is one of disputes too, links apart.
pub fn is_also_of_dispute(column: &str) -> bool {
    Field::<Dispute>::named(column).is_some_and(Field::is_fact)
}

impl Case<'_> {
    /// The facts that the rules look at, each as `name: value`, in a fixed order; those that are not there are left
    /// out. Money already refunded is not among them: our own awards change it.
    pub fn facts(&self) -> String {
        let mut facts = String::with_capacity(512);
        let mut add = |name: &str, value: &dyn std::fmt::Display| {
            // Writing into a string cannot fail.
            let _ = write!(facts, "{name}: {value}{FACT_END}");
        };
        for field in Order::FIELDS {
            // Both rows name a buyer.
            let owner = if is_also_of_dispute(field.name()) { "order's " } else { "" };
            field.tell(self.order).iter().for_each(|told| add(&format!("{owner}{}", field.name()), told));
        }
        for field in Dispute::FIELDS {
            field.tell(self.dispute).iter().for_each(|told| add(field.name(), told));
        }
        add("exported", &self.dispute.exported);
        for event in self.events {
            let country = event.country.map(|country| format!(" in {country}")).unwrap_or_default();
            add(&format!("event {}", event.status), &format_args!("{}{country}", event.at.exact()));
        }
        facts
    }
}
