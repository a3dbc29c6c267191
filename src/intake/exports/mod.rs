//! From rows to what the three exports say: their columns, what is kept of their rows, and the ids that decide on it.

mod bloom_filter;
mod disputed_ids;
mod disputes;
mod id_index;
mod mapping;
mod orders;
mod other_orders;
mod reading;
mod tracking;

pub use mapping::{DELIMITERS, Mapping, delimiter};
pub use reading::{MAX_FIELD_LINES, Reading, Sources};

pub(crate) use disputed_ids::DisputedIds;
pub(crate) use disputes::{DisputeColumn, DisputeRow, read as read_dispute, read_ids as read_dispute_ids};
pub(crate) use orders::{OrderColumn, OrderContent, OrderFilter, OrderRow};
pub(crate) use other_orders::OtherOrders;
pub(crate) use tracking::{EventContent, EventFilter, EventRow, TrackingColumn};
