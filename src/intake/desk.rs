//! The desk at which disputes are put to their orders.

use rayon::prelude::*;

use crate::case::{BuyerRecord, CaseFile, Docket};
use crate::dispute::{Dispute, Order};
use crate::exports::Cause;
use crate::instant::Instant;

use super::assemble::{HashedEvent, Sorting};
use super::disputes::{DisputeDraft, DisputeRow};
use super::names::Named;
use super::owners::{Claim, Owners, duplicate};
use super::reject::FieldFault;
use super::scan::{Place, Scan};

/// What became of an order that disputes name.
pub enum NamedOrder {
    /// No row of the export has it.
    Unknown,
    /// Its row is faulty.
    Rejected(Place),
    /// As its row tells it.
    Known(Box<Order>),
}

/// Where disputes are put to their orders.
pub struct Desk<'a> {
    known: Vec<NamedOrder>,
    paid: Vec<Vec<Instant>>,
    named: &'a Named,
    /// For each named order the disputes about it, each with the number of its buyer.
    disputes: Vec<Vec<(Dispute, u32)>>,
    /// Named orders whose money a faulty row holds.
    held: Vec<bool>,
}

impl<'a> Desk<'a> {
    /// Opens the desk with the orders that disputes name, and when each buyer's orders were paid.
    pub fn new(known: Vec<NamedOrder>, paid: Vec<Vec<Instant>>, named: &'a Named) -> Self {
        let orders = known.len();
        Self { known, paid, named, disputes: vec![Vec::new(); orders], held: vec![false; orders] }
    }

    /// Puts each dispute to its order.
    pub fn sort_disputes(&mut self, mut rows: Scan<DisputeRow>, sorting: &mut Sorting, orders: &Sorting) {
        let mut owners = Owners::among(rows.rows().map(|row| row.id.as_ref()));
        for (number, (place, row)) in rows.take_rows().enumerate() {
            match owners.claim(row.id.as_ref(), place, row.text_hash) {
                Claim::First => self.sort_dispute(row, place, number, sorting, orders),
                Claim::Repeat => sorting.repeats += 1,
                Claim::Duplicate { of } => {
                    let first = sorting.seen_from(of, place);
                    sorting.reject(place, duplicate("dispute_id", row.id.as_deref().unwrap_or_default(), &first));
                }
            }
        }
    }

    fn sort_dispute(&mut self, row: DisputeRow, place: Place, number: usize, sorting: &mut Sorting, orders: &Sorting) {
        let order = self.named.order_of_row[number];
        let order_id = row.order_id;
        let put = row.content.and_then(|draft| self.put(*draft, order_id.as_deref(), number, orders));
        let Err(fault) = put else { return };
        if let Some(order) = order {
            self.held[order as usize] = true;
        }
        sorting.reject_holding(place, *fault, order_id.map(|id| id.as_str().into()));
    }

    /// Puts a row's dispute to its order.
    fn put(
        &mut self,
        draft: DisputeDraft,
        order_id: Option<&str>,
        number: usize,
        orders: &Sorting,
    ) -> Result<(), Box<FieldFault>> {
        let id = order_id.unwrap_or_default().as_bytes();
        let fault = |cause, expected: &str| Box::new(FieldFault::new(cause, "order_id", id, expected));
        let order_number = self.named.order_of_row[number].ok_or_else(|| fault(Cause::UnknownOrder, "an order"))?;
        let order = match &self.known[order_number as usize] {
            NamedOrder::Known(order) => order,
            NamedOrder::Unknown => {
                let fix = "export the orders back to the oldest dispute; several files can be given".to_owned();
                let fault = FieldFault::new(Cause::UnknownOrder, "order_id", id, "an order of the orders export");
                return Err(Box::new(fault.fix(Some(fix))));
            }
            NamedOrder::Rejected(place) => {
                let place = orders.whereabouts(*place);
                let expected = format!("an order that can be read; its own row, {place}, is rejected");
                return Err(fault(Cause::RejectedOrder, &expected));
            }
        };
        let dispute = draft.about(order, number as u64).map_err(Box::new)?;
        // A row that could be read names its buyer.
        let buyer = self.named.buyer_of_row[number].unwrap_or_default();
        let disputes = &mut self.disputes[order_number as usize];
        // Most orders have one dispute; room for the usual four would cost more than all the rest.
        disputes.reserve_exact(1);
        disputes.push((dispute, buyer));
        Ok(())
    }

    /// Closes the desk: a file for each order with a dispute, and the records of those who opened them.
    pub fn into_docket(mut self, events: Vec<Vec<HashedEvent>>) -> Docket {
        let buyers = self.number_buyers();
        let orders = self.known.into_par_iter().zip(self.disputes).zip(self.held).zip(events);
        let files = orders.filter_map(|(((order, disputes), held_by_reject), events)| match order {
            NamedOrder::Known(order) if !disputes.is_empty() => {
                let (disputes, disputants) = disputes.into_iter().unzip();
                let events = events.into_iter().map(|(_, event)| event).collect();
                let mut file = CaseFile { order, events, disputes, disputants, held_by_reject };
                file.sort_disputes();
                Some(file)
            }
            _ => None,
        });
        Docket { files: files.collect(), buyers }
    }

    /// Numbers those who opened the disputes that are left, in the order of the orders, and takes
    /// their records.
    fn number_buyers(&mut self) -> Vec<BuyerRecord> {
        let mut numbers: Vec<Option<u32>> = vec![None; self.paid.len()];
        let mut buyers = Vec::new();
        for (dispute, buyer) in self.disputes.iter_mut().flatten() {
            *buyer = *numbers[*buyer as usize].get_or_insert_with(|| {
                let orders_paid_at = std::mem::take(&mut self.paid[*buyer as usize]);
                buyers.push(BuyerRecord { id: dispute.buyer_id.clone(), orders_paid_at });
                buyers.len() as u32 - 1
            });
        }
        buyers.par_iter_mut().for_each(|buyer| buyer.orders_paid_at.sort_unstable());
        buyers
    }
}
