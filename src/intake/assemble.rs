//! Puts what the three passes kept together: one file for each disputed order, and the buyers'
//! records. Here rows are held against each other: ids that come twice, disputes without an order.

use std::ops::Range;
use std::sync::Arc;

use crate::dispute::{Origin, TrackingEvent, TrackingStatus};
use crate::exports::{Counted, ExportFile, Exports, ReadWith, Reject};
use crate::instant::Instant;

use super::Intake;
use super::desk::{self, Desk, NamedOrder};
use super::disputes::{DisputeColumn, DisputeRow};
use super::names::Named;
use super::orders::{OrderContent, OrderRow};
use super::owners::{Claim, Owner, Owners, claim, duplicate};
use super::reject::FieldFault;
use super::scan::{Layout, Place, Scan};
use super::tracking::EventRow;

/// The rejects of one export as they gather, and its repeats.
pub struct Sorting {
    files: Vec<SortedFile>,
    /// How many of its rows repeat another.
    pub repeats: u64,
}

struct SortedFile {
    name: Arc<str>,
    summary: ExportFile,
    rejects: Vec<Reject>,
}

impl Sorting {
    /// Begins with what the scan has found faulty already.
    fn of<K>(scan: &mut Scan<K>) -> Self {
        let files = std::mem::take(&mut scan.files).into_iter();
        let files =
            files.map(|summary| SortedFile { name: summary.file.as_str().into(), summary, rejects: Vec::new() });
        let mut sorting = Self { files: files.collect(), repeats: 0 };
        std::mem::take(&mut scan.faults).into_iter().for_each(|(place, fault)| sorting.reject(place, fault));
        sorting
    }

    /// Rejects a row.
    pub fn reject(&mut self, place: Place, fault: FieldFault) {
        self.reject_dispute(place, fault, None, None);
    }

    /// Rejects a row of disputes, with the dispute it names and the order whose money waits for it.
    pub fn reject_dispute(
        &mut self,
        place: Place,
        fault: FieldFault,
        dispute: Option<Box<str>>,
        holds_order: Option<Box<str>>,
    ) {
        if let Some(file) = self.files.get_mut(place.file as usize) {
            let reject = Reject { dispute, holds_order, ..fault.in_row(&file.name, place.line) };
            file.rejects.push(reject);
        }
    }

    /// A row's place as other rows of the export call it.
    pub fn seen_from(&self, place: Place, from: Place) -> String {
        match self.files.get(place.file as usize) {
            Some(file) if place.file != from.file => format!("line {} of {}", place.line, file.name),
            _ => format!("line {}", place.line),
        }
    }

    /// A row's place as rows of another export call it.
    pub fn whereabouts(&self, place: Place) -> String {
        let name = self.files.get(place.file as usize).map_or("the file", |file| &file.name);
        format!("line {} of {name}", place.line)
    }

    /// The names of the export's files.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|file| file.name.to_string())
    }

    fn finish(self) -> (Counted, Vec<Reject>) {
        let (mut counted, mut rejects) =
            (Counted { files: Vec::new(), rows: 0, rejected: 0, repeats: self.repeats }, Vec::new());
        for mut file in self.files {
            file.rejects.sort_by_key(|reject| reject.line);
            let rejected = file.rejects.len() as u64;
            file.summary.lines.rejected = rejected;
            file.summary.lines.records -= rejected;
            counted.rows += file.summary.rows;
            counted.rejected += rejected;
            counted.files.push(file.summary);
            rejects.append(&mut file.rejects);
        }
        (counted, rejects)
    }
}

/// Builds the docket.
pub fn assemble(
    mut orders: Scan<OrderRow>,
    mut tracking: Scan<EventRow>,
    mut disputes: Scan<DisputeRow>,
    layouts: &[Layout<DisputeColumn>],
    named: &Named,
    read_with: ReadWith,
) -> Intake {
    let (orders_files, tracking_files) = (orders.files.len() as u32, tracking.files.len() as u32);
    let mut order_sorting = Sorting::of(&mut orders);
    let mut event_sorting = Sorting::of(&mut tracking);
    let ((known, paid), events) = rayon::join(
        || sort_orders(orders, named, &mut order_sorting),
        || sort_events(tracking, named.orders.len(), orders_files, &mut event_sorting),
    );
    let mut dispute_sorting = Sorting::of(&mut disputes);
    let claims = desk::claims(disputes, named, &mut dispute_sorting);
    let desk = Desk { named, layouts, orders: &order_sorting, first_file: orders_files + tracking_files };
    let mut docket = desk.hear(claims, known, paid, &events, &mut dispute_sorting);
    docket.sources = [&order_sorting, &event_sorting, &dispute_sorting].into_iter().flat_map(Sorting::names).collect();

    let [orders, tracking, disputes] = [order_sorting, event_sorting, dispute_sorting].map(Sorting::finish);
    let exports = Exports { read_with, orders: orders.0, tracking: tracking.0, disputes: disputes.0 };
    let rejects = [orders.1, tracking.1, disputes.1].into_iter().flatten().collect();
    Intake { docket, rejects, exports }
}

/// The named orders by their number, and when each named buyer's orders were paid.
fn sort_orders(mut rows: Scan<OrderRow>, named: &Named, sorting: &mut Sorting) -> (Vec<NamedOrder>, Vec<Vec<Instant>>) {
    let mut known: Vec<_> = (0..named.orders.len()).map(|_| NamedOrder::Unknown).collect();
    let mut paid = vec![Vec::new(); named.buyers.len()];
    let mut owners: Vec<Option<Owner>> = vec![None; named.orders.len()];
    let mut owners_of_others = Owners::among(rows.rows().filter(|row| row.order.is_none()).map(|row| row.id.as_ref()));
    for (place, row) in rows.take_rows() {
        let claim = match row.order {
            Some(order) => claim(&mut owners[order as usize], place, row.text_hash),
            None => owners_of_others.claim(row.id.as_ref(), place, row.text_hash),
        };
        match (claim, row.content) {
            (Claim::Repeat, _) => sorting.repeats += 1,
            (Claim::Duplicate { of }, _) => {
                let first = sorting.seen_from(of, place);
                sorting.reject(place, duplicate("order_id", row.id.as_deref().unwrap_or_default(), &first));
            }
            (Claim::First, Err(fault)) => {
                sorting.reject(place, *fault);
                if let Some(order) = row.order {
                    known[order as usize] = NamedOrder::Rejected(place);
                }
            }
            (Claim::First, Ok(content)) => {
                if let Some(buyer) = row.buyer {
                    paid[buyer as usize].push(content.paid_at());
                }
                if let (Some(order), OrderContent::Disputed(mut content)) = (row.order, content) {
                    content.origin = place.origin(0);
                    known[order as usize] = NamedOrder::Known(content);
                }
            }
        }
    }
    (known, paid)
}

/// The events of all named orders, order by order.
pub struct Events {
    /// Each with the hash of its row's text.
    rows: Vec<(u64, TrackingEvent)>,
    /// Where the events of each order are among the rows.
    places: Vec<Range<usize>>,
}

impl Events {
    /// An order's events in the order of the file.
    pub fn of(&self, order: u32) -> Vec<TrackingEvent> {
        self.rows[self.places[order as usize].clone()].iter().map(|(_, event)| *event).collect()
    }
}

/// Each named order's events in the order of the file, identical rows once.
fn sort_events(mut rows: Scan<EventRow>, named_orders: usize, first_file: u32, sorting: &mut Sorting) -> Events {
    let mut counts = vec![0; named_orders];
    rows.rows().filter_map(|row| row.order).for_each(|order| counts[order as usize] += 1);
    let mut end = 0;
    let place = |count: usize| {
        let start = end;
        end += count;
        start..start
    };
    let mut places: Vec<Range<usize>> = counts.into_iter().map(place).collect();
    let origin = Origin::default();
    let nothing = TrackingEvent { at: Instant::EPOCH, status: TrackingStatus::Accepted, country: None, origin };
    let mut events = vec![(0, nothing); end];
    for (place, row) in rows.take_rows() {
        match (row.order, row.content) {
            (Some(order), Ok(event)) => {
                let known = &mut places[order as usize];
                match events[known.clone()].iter().any(|(text_hash, _)| *text_hash == row.text_hash) {
                    true => sorting.repeats += 1,
                    false => {
                        let origin = place.origin(first_file);
                        events[known.end] = (row.text_hash, TrackingEvent { origin, ..event });
                        known.end += 1;
                    }
                }
            }
            (_, Err(fault)) => sorting.reject(place, *fault),
            (None, Ok(_)) => {}
        }
    }
    Events { rows: events, places }
}
