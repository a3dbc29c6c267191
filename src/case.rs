//! The docket: everything a run decides on, wherever it came from.
//!
//! Intake builds one from CSV exports; anything else that has the same facts can build one too.

use crate::dispute::{Dispute, Id, Order, TrackingEvent};
use crate::instant::Instant;

/// All that a run decides on: the disputed orders with their disputes, and the buyers' records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Docket {
    /// One file for each disputed order.
    pub files: Vec<CaseFile>,
    /// The records of everybody who opened one of the disputes; see [`CaseFile::disputants`].
    pub buyers: Vec<BuyerRecord>,
    /// The names of the files that the facts were read from, which their [`Origin`](crate::dispute::Origin)s count.
    pub sources: Vec<String>,
}

/// One disputed order with its history and all its disputes. Disputes of one order share its money,
/// so they are decided together.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFile {
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
pub struct BuyerRecord {
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

impl CaseFile {
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
