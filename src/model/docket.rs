//! The docket: everything a run decides on, wherever it came from.
//!
//! Intake builds one from CSV exports; anything else that has the same facts can build one too.

use crate::case::OrderCases;
use crate::final_decisions::{FinalDecisions, Ruling};
use crate::ids::Id;
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

/// What is known of a buyer beyond single disputes.
#[derive(Clone, Debug, PartialEq)]
pub struct Buyer {
    /// Who.
    pub id: Id,
    /// When each of the buyer's orders in the export was paid, disputed or not, ascending.
    pub orders_paid_at: Vec<Instant>,
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
