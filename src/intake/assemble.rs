//! Puts what the three passes kept together: one file for each disputed order, and the buyers'
//! records. Here rows are held against each other: ids that come twice, disputes without an order.

use std::sync::Arc;

use arbiter_model::case::Docket;
use arbiter_model::dispute::TrackingEvent;
use arbiter_model::exports::{Counted, ExportFile, Exports, ReadWith, Reject};
use arbiter_model::instant::Instant;

use super::Intake;
use super::columns::FieldFault;
use super::desk::{self, ClaimRow, Desk, HeardOrder, NamedOrder};
use super::exports::{DisputeColumn, DisputedIds, EventContent, EventRow, OrderContent, OrderRow};
use super::owners::{Claim, Owner, Owners, claim, duplicate};
use super::scan::{Layout, RowPlace, Scan};

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
    pub fn of<K>(scan: &mut Scan<K>) -> Self {
        let files = std::mem::take(&mut scan.files).into_iter();
        let files =
            files.map(|summary| SortedFile { name: summary.file.as_str().into(), summary, rejects: Vec::new() });
        let mut sorting = Self { files: files.collect(), repeats: 0 };
        std::mem::take(&mut scan.faults).into_iter().for_each(|(place, fault)| sorting.reject(place, fault));
        sorting
    }

    /// Rejects a row.
    pub fn reject(&mut self, place: RowPlace, fault: FieldFault) {
        self.reject_dispute(place, fault, None, None);
    }

    /// Rejects a row of disputes, with the dispute it names and the order whose money waits for it.
    pub fn reject_dispute(
        &mut self,
        place: RowPlace,
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
    pub fn seen_from(&self, place: RowPlace, from: RowPlace) -> String {
        match self.files.get(place.file as usize) {
            Some(file) if place.file != from.file => format!("line {} of {}", place.line, file.name),
            _ => format!("line {}", place.line),
        }
    }

    /// A row's place as rows of another export call it.
    pub fn whereabouts(&self, place: RowPlace) -> String {
        let name = self.files.get(place.file as usize).map_or("the file", |file| &file.name);
        format!("line {} of {name}", place.line)
    }

    /// The names of the export's files.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|file| file.name.to_string())
    }

    /// The export in numbers, and its rejected rows.
    pub fn finish(self) -> (Counted, Vec<Reject>) {
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

/// What was kept of one export, put together.
pub struct Sorted<T> {
    content: T,
    sorting: Sorting,
}

impl<T> Sorted<T> {
    /// Puts together what a scan has kept.
    pub fn of<K>(mut scan: Scan<K>, sort: impl FnOnce(Scan<K>, &mut Sorting) -> T) -> Self {
        let mut sorting = Sorting::of(&mut scan);
        Self { content: sort(scan, &mut sorting), sorting }
    }
}

/// The disputes put to their orders: all that can be known before the parcels are.
pub struct Heard {
    orders: Sorted<Sold>,
    disputes: Sorted<Vec<HeardOrder>>,
}

/// Puts the disputes to their orders.
pub fn hear(
    orders: Scan<OrderRow>,
    disputes: Sorted<Vec<ClaimRow>>,
    layouts: &[Layout<DisputeColumn>],
    named: &DisputedIds,
    first_file: u32,
) -> Heard {
    let orders = Sorted::of(orders, |rows, sorting| sort_orders(rows, named, sorting));
    let desk = Desk { named, layouts, orders: &orders.sorting, first_file };
    let content = desk.hear(disputes.content, &orders.content.known);
    Heard { orders, disputes: Sorted { content, sorting: disputes.sorting } }
}

/// Builds the docket.
pub fn assemble(heard: Heard, tracking: Scan<EventRow>, named: &DisputedIds, read_with: ReadWith) -> Intake {
    let Heard { orders, mut disputes } = heard;
    let (first_of_tracking, named_orders) = (orders.sorting.files.len() as u32, named.orders.len());
    let Sold { known, paid } = orders.content;
    let (mut tracking, (mut files, buyers)) = rayon::join(
        || Sorted::of(tracking, |rows, sorting| sort_events(rows, named_orders, first_of_tracking, sorting)),
        || desk::close(disputes.content, known, paid, &mut disputes.sorting),
    );
    for (order, file) in &mut files {
        file.events = std::mem::take(&mut tracking.content[*order as usize]);
    }
    let files = files.into_iter().map(|(_, file)| file).collect();
    let sortings = [orders.sorting, tracking.sorting, disputes.sorting];
    let sources = sortings.iter().flat_map(Sorting::names).collect();
    let docket = Docket { orders: files, buyers, sources, ..Docket::default() };

    let [orders, tracking, disputes] = sortings.map(Sorting::finish);
    let exports = Exports { read_with, orders: orders.0, tracking: tracking.0, disputes: disputes.0, rulings: None };
    let rejects = [orders.1, tracking.1, disputes.1].into_iter().flatten().collect();
    Intake { docket, rejects, exports }
}

/// What the orders export says about what disputes name.
pub struct Sold {
    /// The named orders by their number.
    pub known: Vec<NamedOrder>,
    /// When each named buyer's orders were paid, by the buyer's number.
    pub paid: Vec<Vec<Instant>>,
}

/// Each named order, and each named buyer's payments.
fn sort_orders(mut rows: Scan<OrderRow>, named: &DisputedIds, sorting: &mut Sorting) -> Sold {
    let mut known: Vec<_> = (0..named.orders.len()).map(|_| NamedOrder::Unknown).collect();
    let mut paid = room_for_each(named.buyers.len(), rows.rows().filter_map(|row| row.buyer.get()));
    let mut owners: Vec<Option<Owner>> = vec![None; named.orders.len()];
    let others = rows.rows().filter(|row| row.order.get().is_none());
    let mut owners_of_others = Owners::among(others.map(|row| row.id.as_ref()));
    for (place, row) in rows.take_rows() {
        let order = row.order.get().map(|order| order as usize);
        let claim = match order {
            Some(order) => claim(&mut owners[order], place, row.text_hash),
            None => owners_of_others.claim(row.id.as_ref(), place, row.text_hash),
        };
        match claim {
            Claim::First => {}
            Claim::Repeat => {
                sorting.repeats += 1;
                continue;
            }
            Claim::Duplicate { of } => {
                let first = sorting.seen_from(of, place);
                sorting.reject(place, duplicate("order_id", row.id.as_deref().unwrap_or_default(), &first));
                continue;
            }
        }
        let (paid_at, named) = match row.content {
            OrderContent::Undisputed(paid_at) => (Some(paid_at), NamedOrder::Unknown),
            OrderContent::Disputed(mut content) => {
                content.origin = place.origin(0);
                (Some(content.paid_at), NamedOrder::Known(content))
            }
            OrderContent::Faulty(fault) => {
                sorting.reject(place, *fault);
                (None, NamedOrder::Rejected(place))
            }
        };
        if let Some(order) = order {
            known[order] = named;
        }
        if let (Some(paid_at), Some(buyer)) = (paid_at, row.buyer.get()) {
            paid[buyer as usize].push(paid_at);
        }
    }
    Sold { known, paid }
}

/// Each named order's events in the order of the file, identical rows once.
fn sort_events(
    mut rows: Scan<EventRow>,
    named_orders: usize,
    first_file: u32,
    sorting: &mut Sorting,
) -> Vec<Vec<TrackingEvent>> {
    let mut events = room_for_each(named_orders, rows.rows().filter_map(|row| row.order.get()));
    let mut told = Told::of(&events);
    for (place, row) in rows.take_rows() {
        match (row.content, row.order.get()) {
            (EventContent::Told { at, status, country }, Some(order)) => {
                let events = &mut events[order as usize];
                match told.is_repeat(order, events.len(), row.text_hash) {
                    true => sorting.repeats += 1,
                    false => events.push(TrackingEvent { at, status, country, origin: place.origin(first_file) }),
                }
            }
            (EventContent::Told { .. }, None) => {}
            (EventContent::Faulty(fault), _) => sorting.reject(place, *fault),
        }
    }
    events
}

/// The text hashes of the events that lists have, in one list.
struct Told {
    text_hashes: Vec<u64>,
    /// Where those of each list begin.
    starts: Vec<usize>,
}

impl Told {
    /// Of lists that are still empty, and have room for all that comes.
    fn of<T>(lists: &[Vec<T>]) -> Self {
        let mut end = 0;
        let mut start = |list: &Vec<T>| {
            end += list.capacity();
            end - list.capacity()
        };
        let starts = lists.iter().map(&mut start).collect();
        Self { text_hashes: vec![0; end], starts }
    }

    /// Whether one of the first so many things of a list has a text; otherwise the next one has it.
    fn is_repeat(&mut self, list: u32, told: usize, text_hash: u64) -> bool {
        let start = self.starts[list as usize];
        let is_repeat = self.text_hashes[start..start + told].contains(&text_hash);
        if !is_repeat {
            self.text_hashes[start + told] = text_hash;
        }
        is_repeat
    }
}

/// A list for each of some numbers, with room for as many things as name it.
fn room_for_each<T>(count: usize, numbers: impl Iterator<Item = u32>) -> Vec<Vec<T>> {
    let mut counts = vec![0; count];
    numbers.for_each(|number| counts[number as usize] += 1);
    counts.into_iter().map(Vec::with_capacity).collect()
}
