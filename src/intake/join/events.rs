//! The parcel events of the orders that disputes name.

use arbiter_model::dispute::TrackingEvent;

use super::lists::{KnownTexts, lists_with_room};
use super::rejects::ExportRejects;
use crate::exports::{EventContent, EventRow};
use crate::scan::Scan;

/// Each named order's events in the order of the file, identical rows once.
pub(super) fn join_events(
    mut rows: Scan<EventRow>,
    named_orders: usize,
    first_file: u32,
    rejects: &mut ExportRejects,
) -> Vec<Vec<TrackingEvent>> {
    let mut events = lists_with_room(named_orders, rows.rows().filter_map(|row| row.order.get()));
    let mut known = KnownTexts::of(&events);
    for (place, row) in rows.take_rows() {
        match (row.content, row.order.get()) {
            (EventContent::Told { at, status, country }, Some(order)) => {
                let events = &mut events[order as usize];
                match known.is_repeat(order, events.len(), row.text_hash) {
                    true => rejects.repeats += 1,
                    false => events.push(TrackingEvent {
                        country,
                        origin: place.origin(first_file),
                        ..TrackingEvent::new(at, status)
                    }),
                }
            }
            (EventContent::Told { .. }, None) => {}
            (EventContent::Faulty(fault), _) => rejects.reject(place, *fault),
        }
    }
    events
}
