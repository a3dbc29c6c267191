//! Puts what the three passes kept together: one file for each disputed order, and the buyers'
//! records. Here rows are held against each other: ids that come twice, disputes without an order.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::case::{BuyerRecord, CaseFile, Docket};
use crate::dispute::{Order, TrackingEvent};
use crate::instant::Instant;

use super::disputes::DisputeRow;
use super::names::Names;
use super::orders::{OrderContent, OrderRow};
use super::reject::{Cause, FieldFault, Reject};
use super::scan::Scan;
use super::tracking::EventRow;
use super::{Counted, Exports, Intake};

/// The rejects of one export as they gather, and its repeats.
struct Sorting {
    file: Arc<str>,
    rejects: Vec<Reject>,
    repeats: u64,
}

impl Sorting {
    fn new(file: Arc<str>, rejects: Vec<Reject>) -> Self {
        Self { file, rejects, repeats: 0 }
    }

    fn reject(&mut self, line: u64, fault: FieldFault) {
        self.rejects.push(fault.in_row(&self.file, line));
    }

    fn finish(mut self, file: super::ExportSummary) -> (Counted, Vec<Reject>) {
        self.rejects.sort_by_key(|reject| reject.line);
        (Counted { file, rejected: self.rejects.len() as u64, repeats: self.repeats }, self.rejects)
    }
}

/// The ids of an export, each with the line and the text of the row that has it first.
#[derive(Default)]
struct Ids(FxHashMap<Box<str>, (u64, u64)>);

/// What a row is to the ids before it.
enum Claim {
    First,
    Repeat,
    Duplicate(FieldFault),
}

impl Ids {
    /// An id belongs to the first row that has it, whatever becomes of that row. An empty id is a
    /// missing field, and no claim.
    fn claim(&mut self, column: &str, id: Option<Box<str>>, line: u64, text_hash: u64) -> Claim {
        let Some(id) = id else { return Claim::First };
        match self.0.entry(id) {
            Entry::Vacant(vacant) => {
                vacant.insert((line, text_hash));
                Claim::First
            }
            Entry::Occupied(first) if first.get().1 == text_hash => Claim::Repeat,
            Entry::Occupied(first) => {
                let expected = format!("an id of its own; line {} has it first, with another text", first.get().0);
                Claim::Duplicate(FieldFault::new(Cause::DuplicateId, column, first.key().as_bytes(), expected))
            }
        }
    }
}

/// What became of an order that disputes name.
enum NamedOrder {
    /// No row of the export has it.
    Unknown,
    /// Its row, at this line, is faulty.
    Rejected(u64),
    /// As its row tells it.
    Known(Box<Order>),
}

/// Builds the docket. The file names are those of orders, tracking and disputes.
pub fn assemble(
    file_names: [Arc<str>; 3],
    orders: Scan<OrderRow>,
    tracking: Scan<EventRow>,
    disputes: Scan<DisputeRow>,
    named_orders: &Names,
    named_buyers: &Names,
) -> Intake {
    let [orders_file, tracking_file, disputes_file] = file_names;
    let mut sorting = Sorting::new(orders_file, orders.rejects);
    let (known, paid) = sort_orders(orders.kept, named_orders, named_buyers, &mut sorting);
    let (orders, mut rejects) = sorting.finish(orders.summary);

    let mut sorting = Sorting::new(tracking_file, tracking.rejects);
    let mut events = sort_events(tracking.kept, named_orders, &mut sorting);
    let (tracking, more) = sorting.finish(tracking.summary);
    rejects.extend(more);

    let mut sorting = Sorting::new(disputes_file, disputes.rejects);
    let mut desk = Desk::new(known, paid, named_orders, named_buyers);
    desk.sort_disputes(disputes.kept, &mut sorting);
    let docket = desk.into_docket(&mut events);
    let (disputes, more) = sorting.finish(disputes.summary);
    rejects.extend(more);
    Intake { docket, rejects, exports: Exports { orders, tracking, disputes } }
}

/// The named orders by their number, and when each named buyer's orders were paid.
fn sort_orders(
    rows: Vec<(u64, OrderRow)>,
    named_orders: &Names,
    named_buyers: &Names,
    sorting: &mut Sorting,
) -> (Vec<NamedOrder>, Vec<Vec<Instant>>) {
    let mut known: Vec<_> = (0..named_orders.len()).map(|_| NamedOrder::Unknown).collect();
    let mut paid = vec![Vec::new(); named_buyers.len()];
    let mut ids = Ids::default();
    for (line, row) in rows {
        match ids.claim("order_id", row.id, line, row.text_hash) {
            Claim::First => {}
            Claim::Repeat => {
                sorting.repeats += 1;
                continue;
            }
            Claim::Duplicate(fault) => {
                sorting.reject(line, fault);
                continue;
            }
        }
        let content = match row.content {
            Ok(content) => content,
            Err(fault) => {
                sorting.reject(line, fault);
                if let Some(order) = row.order {
                    known[order as usize] = NamedOrder::Rejected(line);
                }
                continue;
            }
        };
        if let Some(buyer) = row.buyer {
            paid[buyer as usize].push(content.paid_at());
        }
        if let (Some(order), OrderContent::Disputed(content)) = (row.order, content) {
            known[order as usize] = NamedOrder::Known(content);
        }
    }
    (known, paid)
}

/// Each named order's events in the order of the file, identical rows once.
fn sort_events(rows: Vec<(u64, EventRow)>, named_orders: &Names, sorting: &mut Sorting) -> Vec<Vec<TrackingEvent>> {
    let mut events: Vec<Vec<TrackingEvent>> = vec![Vec::new(); named_orders.len()];
    let mut texts: Vec<Vec<u64>> = vec![Vec::new(); named_orders.len()];
    for (line, row) in rows {
        match (row.order, row.content) {
            (Some(order), Ok(_)) if texts[order as usize].contains(&row.text_hash) => sorting.repeats += 1,
            (Some(order), Ok(event)) => {
                texts[order as usize].push(row.text_hash);
                events[order as usize].push(event);
            }
            (_, Err(fault)) => sorting.reject(line, fault),
            (None, Ok(_)) => {}
        }
    }
    events
}

/// Where disputes are put to their orders.
struct Desk<'a> {
    known: Vec<NamedOrder>,
    paid: Vec<Vec<Instant>>,
    named_orders: &'a Names,
    named_buyers: &'a Names,
    /// For each named order the disputes about it, each with the number of its buyer.
    disputes: Vec<Vec<(crate::dispute::Dispute, u32)>>,
    /// Named orders whose money a faulty row holds.
    held: Vec<bool>,
}

impl<'a> Desk<'a> {
    fn new(known: Vec<NamedOrder>, paid: Vec<Vec<Instant>>, named_orders: &'a Names, named_buyers: &'a Names) -> Self {
        let orders = known.len();
        Self { known, paid, named_orders, named_buyers, disputes: vec![Vec::new(); orders], held: vec![false; orders] }
    }

    fn sort_disputes(&mut self, rows: Vec<(u64, DisputeRow)>, sorting: &mut Sorting) {
        let mut ids = Ids::default();
        for (place, (line, mut row)) in rows.into_iter().enumerate() {
            match ids.claim("dispute_id", row.id.take(), line, row.text_hash) {
                Claim::First => {}
                Claim::Repeat => {
                    sorting.repeats += 1;
                    continue;
                }
                Claim::Duplicate(fault) => {
                    sorting.reject(line, fault);
                    continue;
                }
            }
            let order_id = row.order_id.clone();
            let order = order_id.as_deref().and_then(|id| self.named_orders.number(id.as_bytes()));
            if let Err(fault) = self.put(row, order, place as u64) {
                sorting.rejects.push(Reject { holds_order: order_id, ..fault.in_row(&sorting.file, line) });
                if let Some(order) = order {
                    self.held[order as usize] = true;
                }
            }
        }
    }

    /// Puts a row's dispute to its order.
    fn put(&mut self, row: DisputeRow, order: Option<u32>, place: u64) -> Result<(), FieldFault> {
        let draft = row.content?;
        let order_id = row.order_id.unwrap_or_default();
        let fault = |cause, expected: String| FieldFault::new(cause, "order_id", order_id.as_bytes(), expected);
        let number = order.ok_or_else(|| fault(Cause::UnknownOrder, "an order".to_owned()))?;
        let order = match &self.known[number as usize] {
            NamedOrder::Known(order) => order,
            NamedOrder::Unknown => {
                return Err(fault(Cause::UnknownOrder, "an order of the orders export".to_owned()));
            }
            NamedOrder::Rejected(line) => {
                let expected = format!("an order that can be read; its own row, line {line} of the orders, is rejected");
                return Err(fault(Cause::RejectedOrder, expected));
            }
        };
        let dispute = draft.about(order, place)?;
        let buyer = self.named_buyers.number(dispute.buyer_id.as_bytes());
        let buyer = buyer.unwrap_or_default();
        self.disputes[number as usize].push((dispute, buyer));
        Ok(())
    }

    fn into_docket(self, events: &mut [Vec<TrackingEvent>]) -> Docket {
        let mut docket = Docket::default();
        let mut buyer_numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut paid = self.paid;
        let orders = self.known.into_iter().zip(self.disputes).zip(self.held).zip(events);
        for (((order, disputes), held_by_reject), events) in orders {
            let NamedOrder::Known(order) = order else { continue };
            if disputes.is_empty() {
                continue;
            }
            let mut number_of = |buyer: u32, id: &str| {
                *buyer_numbers.entry(buyer).or_insert_with(|| {
                    let mut orders_paid_at = std::mem::take(&mut paid[buyer as usize]);
                    orders_paid_at.sort_unstable();
                    docket.buyers.push(BuyerRecord { id: id.into(), orders_paid_at });
                    docket.buyers.len() as u32 - 1
                })
            };
            let disputants = disputes.iter().map(|(dispute, buyer)| number_of(*buyer, &dispute.buyer_id)).collect();
            let disputes = disputes.into_iter().map(|(dispute, _)| dispute).collect();
            let events = std::mem::take(events);
            let mut file = CaseFile { order: *order, events, disputes, disputants, held_by_reject };
            file.sort_disputes();
            docket.files.push(file);
        }
        docket
    }
}
