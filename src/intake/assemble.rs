//! Puts what the three passes kept together: one file for each disputed order, and the buyers'
//! records. Here rows are held against each other: ids that come twice, disputes without an order.

use std::hash::BuildHasher;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::case::{BuyerRecord, CaseFile, Docket};
use crate::dispute::{Dispute, Id, Order, TrackingEvent};
use crate::instant::Instant;

use super::Intake;
use super::disputes::{DisputeDraft, DisputeRow};
use super::names::Named;
use super::orders::{OrderContent, OrderRow};
use super::reject::FieldFault;
use super::scan::Scan;
use super::tracking::EventRow;
use crate::exports::{Cause, Counted, ExportSummary, Exports, Reject};

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

    fn finish(mut self, file: ExportSummary) -> (Counted, Vec<Reject>) {
        self.rejects.sort_by_key(|reject| reject.line);
        (Counted { file, rejected: self.rejects.len() as u64, repeats: self.repeats }, self.rejects)
    }
}

/// The row that an id belongs to: the first that has it, whatever becomes of that row.
#[derive(Clone, Copy)]
struct Owner {
    line: u64,
    text_hash: u64,
}

/// What a row is to the owner of its id.
enum Claim {
    First,
    Repeat,
    Duplicate { of_line: u64 },
}

/// Claims an id for a row.
fn claim(owner: &mut Option<Owner>, line: u64, text_hash: u64) -> Claim {
    match owner {
        None => {
            *owner = Some(Owner { line, text_hash });
            Claim::First
        }
        Some(owner) if owner.text_hash == text_hash => Claim::Repeat,
        Some(owner) => Claim::Duplicate { of_line: owner.line },
    }
}

fn duplicate(column: &str, id: &str, of_line: u64) -> FieldFault {
    let expected = format!("an id of its own; line {of_line} has it first, with another text");
    FieldFault::new(Cause::DuplicateId, column, id.as_bytes(), expected)
}

/// The owners of ids. An empty id is a missing field, and claims nothing.
///
/// Nearly all ids come once. So first the hashes that come more than once are found, and only their
/// ids are kept and compared.
struct Owners {
    repeated_hashes: FxHashSet<u64>,
    of_repeated: FxHashMap<Id, Option<Owner>>,
}

impl Owners {
    /// Prepares for the ids of an export.
    fn among<'a>(ids: impl Iterator<Item = Option<&'a Id>>) -> Self {
        let mut hashes: Vec<u64> = ids.flatten().map(|id| FxBuildHasher.hash_one(id)).collect();
        hashes.par_sort_unstable();
        let repeated_hashes = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        Self { repeated_hashes, of_repeated: FxHashMap::default() }
    }

    fn claim(&mut self, id: Option<&Id>, line: u64, text_hash: u64) -> Claim {
        match id.filter(|id| self.repeated_hashes.contains(&FxBuildHasher.hash_one(id))) {
            Some(id) => claim(self.of_repeated.entry(id.clone()).or_default(), line, text_hash),
            None => Claim::First,
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
    mut orders: Scan<OrderRow>,
    mut tracking: Scan<EventRow>,
    mut disputes: Scan<DisputeRow>,
    named: &Named,
) -> Intake {
    let [orders_file, tracking_file, disputes_file] = file_names;
    let (orders_summary, tracking_summary) = (orders.summary.clone(), tracking.summary.clone());
    let disputes_summary = disputes.summary.clone();
    let mut order_sorting = Sorting::new(orders_file, std::mem::take(&mut orders.rejects));
    let mut event_sorting = Sorting::new(tracking_file, std::mem::take(&mut tracking.rejects));
    let ((known, paid), events) = rayon::join(
        || sort_orders(orders, named, &mut order_sorting),
        || sort_events(tracking, named.orders.len(), &mut event_sorting),
    );
    let (orders, mut rejects) = order_sorting.finish(orders_summary);
    let (tracking, more) = event_sorting.finish(tracking_summary);
    rejects.extend(more);

    let mut sorting = Sorting::new(disputes_file, std::mem::take(&mut disputes.rejects));
    let mut desk = Desk::new(known, paid, named);
    desk.sort_disputes(disputes, &mut sorting);
    let docket = desk.into_docket(events);
    let (disputes, more) = sorting.finish(disputes_summary);
    rejects.extend(more);
    Intake { docket, rejects, exports: Exports { orders, tracking, disputes } }
}

/// The named orders by their number, and when each named buyer's orders were paid.
fn sort_orders(mut rows: Scan<OrderRow>, named: &Named, sorting: &mut Sorting) -> (Vec<NamedOrder>, Vec<Vec<Instant>>) {
    let mut known: Vec<_> = (0..named.orders.len()).map(|_| NamedOrder::Unknown).collect();
    let mut paid = vec![Vec::new(); named.buyers.len()];
    let mut owners: Vec<Option<Owner>> = vec![None; named.orders.len()];
    let mut owners_of_others = Owners::among(rows.rows().filter(|row| row.order.is_none()).map(|row| row.id.as_ref()));
    for (line, row) in rows.take_rows() {
        let claim = match row.order {
            Some(order) => claim(&mut owners[order as usize], line, row.text_hash),
            None => owners_of_others.claim(row.id.as_ref(), line, row.text_hash),
        };
        match (claim, row.content) {
            (Claim::Repeat, _) => sorting.repeats += 1,
            (Claim::Duplicate { of_line }, _) => {
                sorting.reject(line, duplicate("order_id", row.id.as_deref().unwrap_or_default(), of_line));
            }
            (Claim::First, Err(fault)) => {
                sorting.reject(line, *fault);
                if let Some(order) = row.order {
                    known[order as usize] = NamedOrder::Rejected(line);
                }
            }
            (Claim::First, Ok(content)) => {
                if let Some(buyer) = row.buyer {
                    paid[buyer as usize].push(content.paid_at());
                }
                if let (Some(order), OrderContent::Disputed(content)) = (row.order, content) {
                    known[order as usize] = NamedOrder::Known(content);
                }
            }
        }
    }
    (known, paid)
}

/// An event with the hash of its row's text.
type HashedEvent = (u64, TrackingEvent);

/// Each named order's events in the order of the file, identical rows once.
fn sort_events(mut rows: Scan<EventRow>, named_orders: usize, sorting: &mut Sorting) -> Vec<Vec<HashedEvent>> {
    let mut counts = vec![0; named_orders];
    rows.rows().filter_map(|row| row.order).for_each(|order| counts[order as usize] += 1);
    let mut events: Vec<Vec<HashedEvent>> = counts.into_iter().map(Vec::with_capacity).collect();
    for (line, row) in rows.take_rows() {
        match (row.order, row.content) {
            (Some(order), Ok(event)) => {
                let events = &mut events[order as usize];
                match events.iter().any(|(text_hash, _)| *text_hash == row.text_hash) {
                    true => sorting.repeats += 1,
                    false => events.push((row.text_hash, event)),
                }
            }
            (_, Err(fault)) => sorting.reject(line, *fault),
            (None, Ok(_)) => {}
        }
    }
    events
}

/// Where disputes are put to their orders.
struct Desk<'a> {
    known: Vec<NamedOrder>,
    paid: Vec<Vec<Instant>>,
    named: &'a Named,
    /// For each named order the disputes about it, each with the number of its buyer.
    disputes: Vec<Vec<(Dispute, u32)>>,
    /// Named orders whose money a faulty row holds.
    held: Vec<bool>,
}

impl<'a> Desk<'a> {
    fn new(known: Vec<NamedOrder>, paid: Vec<Vec<Instant>>, named: &'a Named) -> Self {
        let orders = known.len();
        Self { known, paid, named, disputes: vec![Vec::new(); orders], held: vec![false; orders] }
    }

    fn sort_disputes(&mut self, mut rows: Scan<DisputeRow>, sorting: &mut Sorting) {
        let mut owners = Owners::among(rows.rows().map(|row| row.id.as_ref()));
        for (place, (line, row)) in rows.take_rows().enumerate() {
            match owners.claim(row.id.as_ref(), line, row.text_hash) {
                Claim::First => self.sort_dispute(row, line, place as u64, sorting),
                Claim::Repeat => sorting.repeats += 1,
                Claim::Duplicate { of_line } => {
                    sorting.reject(line, duplicate("dispute_id", row.id.as_deref().unwrap_or_default(), of_line));
                }
            }
        }
    }

    fn sort_dispute(&mut self, row: DisputeRow, line: u64, place: u64, sorting: &mut Sorting) {
        let order = self.named.order_of_row[place as usize];
        let order_id = row.order_id;
        let put = row.content.and_then(|draft| self.put(*draft, order_id.as_deref(), order, place));
        let Err(fault) = put else { return };
        if let Some(order) = order {
            self.held[order as usize] = true;
        }
        let holds_order = order_id.map(|id| id.as_str().into());
        sorting.rejects.push(Reject { holds_order, ..fault.in_row(&sorting.file, line) });
    }

    /// Puts a row's dispute to its order.
    fn put(
        &mut self,
        draft: DisputeDraft,
        order_id: Option<&str>,
        order: Option<u32>,
        place: u64,
    ) -> Result<(), Box<FieldFault>> {
        let id = order_id.unwrap_or_default().as_bytes();
        let fault = |cause, expected: &str| Box::new(FieldFault::new(cause, "order_id", id, expected));
        let number = order.ok_or_else(|| fault(Cause::UnknownOrder, "an order"))?;
        let order = match &self.known[number as usize] {
            NamedOrder::Known(order) => order,
            NamedOrder::Unknown => return Err(fault(Cause::UnknownOrder, "an order of the orders export")),
            NamedOrder::Rejected(line) => {
                let expected =
                    format!("an order that can be read; its own row, line {line} of the orders, is rejected");
                return Err(fault(Cause::RejectedOrder, &expected));
            }
        };
        let dispute = draft.about(order, place).map_err(Box::new)?;
        // A row that could be read names its buyer.
        let buyer = self.named.buyer_of_row[place as usize].unwrap_or_default();
        let disputes = &mut self.disputes[number as usize];
        // Most orders have one dispute; room for the usual four would cost more than all the rest.
        disputes.reserve_exact(1);
        disputes.push((dispute, buyer));
        Ok(())
    }

    fn into_docket(mut self, events: Vec<Vec<HashedEvent>>) -> Docket {
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
