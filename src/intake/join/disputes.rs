//! Joins disputes to their orders.

use rayon::prelude::*;

use arbiter_model::case::{Buyer, OrderCases};
use arbiter_model::dispute::Dispute;
use arbiter_model::exports::Cause;
use arbiter_model::instant::Instant;

use super::duplicates::{FirstRows, Occurrence, duplicate_id};
use super::orders::DisputedOrder;
use super::rejects::ExportRejects;
use crate::columns::FieldFault;
use crate::csv::Fields;
use crate::exports::{DisputeColumn, DisputeRow, DisputedIds, read_dispute, read_dispute_ids};
use crate::scan::{Layout, RowPlace, Scan};

/// A row of disputes that has its id to itself.
pub(crate) struct UniqueDispute {
    place: RowPlace,
    /// Its number among the rows that were kept.
    number: u32,
    /// The order it names.
    order: Option<u32>,
    record: Box<[u8]>,
}

/// Sorts out the rows that repeat another's id. The others are left by their orders, those that name
/// none at the end, and within an order as in the export.
pub(crate) fn unique_disputes(
    mut rows: Scan<DisputeRow>,
    ids: &DisputedIds,
    rejects: &mut ExportRejects,
) -> Vec<UniqueDispute> {
    let mut first_rows = FirstRows::among(rows.rows().map(|row| row.id.as_ref()));
    let mut unique = Vec::with_capacity(ids.order_of_row.len());
    for (number, (place, row)) in rows.take_rows().enumerate() {
        match first_rows.occurrence(row.id.as_ref(), place, row.text_hash) {
            Occurrence::First => {
                let order = ids.order_of_row[number].get();
                unique.push(UniqueDispute { place, number: number as u32, order, record: row.record });
            }
            Occurrence::Repeat => rejects.repeats += 1,
            Occurrence::Duplicate { of } => {
                let first = rejects.describe_within(of, place);
                let fault = duplicate_id("dispute_id", row.id.as_deref().unwrap_or_default(), &first);
                rejects.reject_dispute(place, fault, row.id.as_deref().map(Into::into), None);
            }
        }
    }
    unique.par_sort_unstable_by_key(|row| (row.order.unwrap_or(u32::MAX), row.number));
    unique
}

/// What disputes are joined to.
pub(super) struct DisputeJoin<'a> {
    /// What the disputes name.
    pub(crate) ids: &'a DisputedIds,
    /// How the rows of disputes are to be read.
    pub(crate) layouts: &'a [Layout<DisputeColumn>],
    /// Where the rows of orders stand.
    pub(crate) orders: &'a ExportRejects,
    /// The place of the export's first file among the files of all exports.
    pub(crate) first_file: u32,
}

/// A row that is rejected, with the dispute it names and the order whose money it holds.
struct FaultyRow {
    place: RowPlace,
    fault: Box<FieldFault>,
    dispute: Option<Box<str>>,
    holds_order: Option<Box<str>>,
}

/// What came of the rows about one order.
pub(super) struct OrderDisputes {
    /// The number of the order, where the rows name one.
    order: Option<u32>,
    /// The disputes that can be decided, in the order of the export.
    disputes: Vec<Dispute>,
    /// For each of them, the number of who opened it among the named.
    disputants: Vec<u32>,
    /// The rows that are rejected.
    faults: Vec<FaultyRow>,
}

impl DisputeJoin<'_> {
    /// Reads the rows and joins each to its order. A row's bytes are given up once it is read.
    pub(super) fn join(&self, mut rows: Vec<UniqueDispute>, known: &[DisputedOrder]) -> Vec<OrderDisputes> {
        let about_orders = rows.par_chunk_by_mut(|left, right| left.order == right.order);
        about_orders.map(|rows| self.join_order(rows, known)).collect()
    }

    /// Reads the rows about one order, or those that name none.
    fn join_order(&self, rows: &mut [UniqueDispute], known: &[DisputedOrder]) -> OrderDisputes {
        let order = rows.first().and_then(|row| row.order);
        let named = order.and_then(|number| known.get(number as usize)).unwrap_or(&DisputedOrder::Unknown);
        let (disputes, disputants) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let mut joined = OrderDisputes { order, disputes, disputants, faults: Vec::new() };
        let mut fields = Fields::default();
        for row in rows {
            match self.read(row, named, &mut fields) {
                Ok(dispute) => {
                    joined.disputes.push(dispute);
                    // A row that could be read names its buyer.
                    joined.disputants.push(self.ids.buyer_of_row[row.number as usize].get().unwrap_or_default());
                }
                Err(fault) => joined.faults.push(self.faulty(row, fault, &mut fields)),
            }
            row.record = Box::default();
        }
        joined
    }

    fn faulty(&self, row: &UniqueDispute, fault: Box<FieldFault>, fields: &mut Fields) -> FaultyRow {
        let layout = &self.layouts[row.place.file as usize];
        let id = layout.read(&row.record, fields, |row| read_dispute_ids(row).id);
        let holds_order = row.order.map(|order| self.ids.orders.id(order).into());
        FaultyRow { place: row.place, fault, dispute: id.map(|id| id.as_str().into()), holds_order }
    }

    /// Reads a row and joins its dispute to the order.
    fn read(
        &self,
        row: &UniqueDispute,
        order: &DisputedOrder,
        fields: &mut Fields,
    ) -> Result<Dispute, Box<FieldFault>> {
        let layout = &self.layouts[row.place.file as usize];
        let draft = layout.read(&row.record, fields, read_dispute)?;
        let fault = |cause, expected: &str| {
            let id = row.order.map_or("", |order| self.ids.orders.id(order));
            FieldFault::new(cause, "order_id", id.as_bytes(), expected)
        };
        match order {
            DisputedOrder::Known(order) => {
                Ok(draft.about(order, row.number.into(), row.place.origin(self.first_file))?)
            }
            DisputedOrder::Unknown => {
                let fix = "export the orders as far back as the oldest dispute; several files can be given".to_owned();
                Err(fault(Cause::UnknownOrder, "an order found in the orders export").fix(Some(fix)).into())
            }
            DisputedOrder::Rejected(place) => {
                let place = self.orders.describe(*place);
                let expected = format!("a valid order; its row, {place}, is rejected");
                Err(fault(Cause::RejectedOrder, &expected).into())
            }
        }
    }
}

/// Rejects the faulty rows. What is left: the cases of each order with a dispute, with the order's number and still
/// without its events, and the records of those who opened the disputes.
pub(super) fn order_cases(
    joined: Vec<OrderDisputes>,
    mut known: Vec<DisputedOrder>,
    paid: Vec<Vec<Instant>>,
    rejects: &mut ExportRejects,
) -> (Vec<(u32, OrderCases)>, Vec<Buyer>) {
    let mut cases = Vec::with_capacity(joined.len());
    for OrderDisputes { order, disputes, disputants, faults } in joined {
        let held_by_reject = !faults.is_empty();
        for FaultyRow { place, fault, dispute, holds_order } in faults {
            rejects.reject_dispute(place, *fault, dispute, holds_order);
        }
        let Some(number) = order.filter(|_| !disputes.is_empty()) else { continue };
        // Only of orders that are known there are disputes.
        if let DisputedOrder::Known(order) = std::mem::replace(&mut known[number as usize], DisputedOrder::Unknown) {
            let mut order_cases = OrderCases { order, events: Vec::new(), disputes, disputants, held_by_reject };
            order_cases.sort_disputes();
            cases.push((number, order_cases));
        }
    }
    let buyers = number_buyers(cases.iter_mut().map(|(_, order_cases)| order_cases), paid);
    (cases, buyers)
}

/// Numbers those who opened the disputes that are left, in the order of the orders, and takes their
/// records.
fn number_buyers<'a>(cases: impl Iterator<Item = &'a mut OrderCases>, mut paid: Vec<Vec<Instant>>) -> Vec<Buyer> {
    let mut numbers: Vec<Option<u32>> = vec![None; paid.len()];
    let mut buyers = Vec::new();
    for order in cases {
        for (dispute, buyer) in order.disputes.iter().zip(&mut order.disputants) {
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
