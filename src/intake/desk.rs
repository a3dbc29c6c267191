//! The desk at which disputes are put to their orders.

use rayon::prelude::*;

use arbiter_model::case::{Buyer, OrderCases};
use arbiter_model::dispute::{Dispute, Order};
use arbiter_model::exports::Cause;
use arbiter_model::instant::Instant;

use super::assemble::Sorting;
use super::columns::FieldFault;
use super::csv::Fields;
use super::exports::{DisputeColumn, DisputeRow, DisputedIds, read_dispute, read_dispute_ids};
use super::owners::{Claim, Owners, duplicate};
use super::scan::{Layout, RowPlace, Scan};

/// What became of an order that disputes name.
pub enum NamedOrder {
    /// No row of the export has it.
    Unknown,
    /// Its row is faulty.
    Rejected(RowPlace),
    /// As its row tells it.
    Known(Box<Order>),
}

/// A row of disputes that has its id to itself.
pub struct ClaimRow {
    place: RowPlace,
    /// Its number among the rows that were kept.
    number: u32,
    /// The order it names.
    order: Option<u32>,
    record: Box<[u8]>,
}

/// Sorts out the rows that repeat another's id. The others are left by their orders, those that name
/// none at the end, and within an order as in the export.
pub fn claims(mut rows: Scan<DisputeRow>, named: &DisputedIds, sorting: &mut Sorting) -> Vec<ClaimRow> {
    let mut owners = Owners::among(rows.rows().map(|row| row.id.as_ref()));
    let mut claims = Vec::with_capacity(named.order_of_row.len());
    for (number, (place, row)) in rows.take_rows().enumerate() {
        match owners.claim(row.id.as_ref(), place, row.text_hash) {
            Claim::First => {
                let order = named.order_of_row[number].get();
                claims.push(ClaimRow { place, number: number as u32, order, record: row.record });
            }
            Claim::Repeat => sorting.repeats += 1,
            Claim::Duplicate { of } => {
                let first = sorting.seen_from(of, place);
                let fault = duplicate("dispute_id", row.id.as_deref().unwrap_or_default(), &first);
                sorting.reject_dispute(place, fault, row.id.as_deref().map(Into::into), None);
            }
        }
    }
    claims.par_sort_unstable_by_key(|claim| (claim.order.unwrap_or(u32::MAX), claim.number));
    claims
}

/// Where disputes are put to their orders.
pub struct Desk<'a> {
    /// What the disputes name.
    pub named: &'a DisputedIds,
    /// How the rows of disputes are to be read.
    pub layouts: &'a [Layout<DisputeColumn>],
    /// Where the orders stood.
    pub orders: &'a Sorting,
    /// The place of the export's first file among the files of all exports.
    pub first_file: u32,
}

/// A row that is rejected, with the dispute it names and the order whose money it holds.
struct FaultyRow {
    place: RowPlace,
    fault: Box<FieldFault>,
    dispute: Option<Box<str>>,
    holds_order: Option<Box<str>>,
}

/// What came of the rows about one order.
pub struct HeardOrder {
    /// The number of the order, where the rows name one.
    order: Option<u32>,
    /// The disputes that can be decided, in the order of the export.
    disputes: Vec<Dispute>,
    /// For each of them, the number of who opened it among the named.
    disputants: Vec<u32>,
    /// The rows that are rejected.
    faults: Vec<FaultyRow>,
}

impl Desk<'_> {
    /// Reads the rows and puts each to its order. A row's bytes are given up once it is read.
    pub fn hear(&self, mut claims: Vec<ClaimRow>, known: &[NamedOrder]) -> Vec<HeardOrder> {
        let about_orders = claims.par_chunk_by_mut(|left, right| left.order == right.order);
        about_orders.map(|rows| self.hear_order(rows, known)).collect()
    }

    /// Reads the rows about one order, or those that name none.
    fn hear_order(&self, rows: &mut [ClaimRow], known: &[NamedOrder]) -> HeardOrder {
        let order = rows.first().and_then(|row| row.order);
        let named = order.and_then(|number| known.get(number as usize)).unwrap_or(&NamedOrder::Unknown);
        let (disputes, disputants) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let mut heard = HeardOrder { order, disputes, disputants, faults: Vec::new() };
        let mut fields = Fields::default();
        for row in rows {
            match self.read(row, named, &mut fields) {
                Ok(dispute) => {
                    heard.disputes.push(dispute);
                    // A row that could be read names its buyer.
                    heard.disputants.push(self.named.buyer_of_row[row.number as usize].get().unwrap_or_default());
                }
                Err(fault) => heard.faults.push(self.faulty(row, fault, &mut fields)),
            }
            row.record = Box::default();
        }
        heard
    }

    fn faulty(&self, row: &ClaimRow, fault: Box<FieldFault>, fields: &mut Fields) -> FaultyRow {
        let layout = &self.layouts[row.place.file as usize];
        let id = layout.read(&row.record, fields, |row| read_dispute_ids(row).id);
        let holds_order = row.order.map(|order| self.named.orders.id(order).into());
        FaultyRow { place: row.place, fault, dispute: id.map(|id| id.as_str().into()), holds_order }
    }

    /// Reads a row and puts its dispute to the order.
    fn read(&self, row: &ClaimRow, order: &NamedOrder, fields: &mut Fields) -> Result<Dispute, Box<FieldFault>> {
        let layout = &self.layouts[row.place.file as usize];
        let draft = layout.read(&row.record, fields, read_dispute)?;
        let fault = |cause, expected: &str| {
            let id = row.order.map_or("", |order| self.named.orders.id(order));
            FieldFault::new(cause, "order_id", id.as_bytes(), expected)
        };
        match order {
            NamedOrder::Known(order) => Ok(draft.about(order, row.number.into(), row.place.origin(self.first_file))?),
            NamedOrder::Unknown => {
                let fix = "export the orders back to the oldest dispute; several files can be given".to_owned();
                Err(fault(Cause::UnknownOrder, "an order of the orders export").fix(Some(fix)).into())
            }
            NamedOrder::Rejected(place) => {
                let place = self.orders.whereabouts(*place);
                let expected = format!("an order that can be read; its own row, {place}, is rejected");
                Err(fault(Cause::RejectedOrder, &expected).into())
            }
        }
    }
}

/// Rejects the faulty rows. What is left: a file for each order with a dispute, with the order's number and still
/// without its events, and the records of those who opened the disputes.
pub fn close(
    heard: Vec<HeardOrder>,
    mut known: Vec<NamedOrder>,
    paid: Vec<Vec<Instant>>,
    sorting: &mut Sorting,
) -> (Vec<(u32, OrderCases)>, Vec<Buyer>) {
    let mut files = Vec::with_capacity(heard.len());
    for HeardOrder { order, disputes, disputants, faults } in heard {
        let held_by_reject = !faults.is_empty();
        for FaultyRow { place, fault, dispute, holds_order } in faults {
            sorting.reject_dispute(place, *fault, dispute, holds_order);
        }
        let Some(number) = order.filter(|_| !disputes.is_empty()) else { continue };
        // Only of orders that are known there are disputes.
        if let NamedOrder::Known(order) = std::mem::replace(&mut known[number as usize], NamedOrder::Unknown) {
            let mut file = OrderCases { order, events: Vec::new(), disputes, disputants, held_by_reject };
            file.sort_disputes();
            files.push((number, file));
        }
    }
    let buyers = number_buyers(files.iter_mut().map(|(_, file)| file), paid);
    (files, buyers)
}

/// Numbers those who opened the disputes that are left, in the order of the orders, and takes their
/// records.
fn number_buyers<'a>(files: impl Iterator<Item = &'a mut OrderCases>, mut paid: Vec<Vec<Instant>>) -> Vec<Buyer> {
    let mut numbers: Vec<Option<u32>> = vec![None; paid.len()];
    let mut buyers = Vec::new();
    for file in files {
        for (dispute, buyer) in file.disputes.iter().zip(&mut file.disputants) {
            *buyer = *numbers[*buyer as usize].get_or_insert_with(|| {
                let orders_paid_at = std::mem::take(&mut paid[*buyer as usize]);
                buyers.push(Buyer { id: dispute.buyer_id.clone(), orders_paid_at });
                buyers.len() as u32 - 1
            });
        }
    }
    buyers.par_iter_mut().for_each(|buyer| buyer.orders_paid_at.sort_unstable());
    buyers
}
