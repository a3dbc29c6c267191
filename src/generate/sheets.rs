//! The rows of the three exports, as the marketplace writes them.

use std::fmt::{Display, Write};

use csv::Writer;

use arbiter_model::dispute::{Dispute, Order, TrackingEvent};
use arbiter_model::fields::{Entity, Field, FieldValue, Role};

use super::{Generated, Story};

/// The columns of tracking.csv; the parcel's number is made up of the order's.
const TRACKING: &[&str] = &["order_id", "event_at", "status", "country", "tracking_no"];

/// Rows of one export.
struct Sheet {
    csv: Writer<Vec<u8>>,
    rows: u64,
    /// The text of the cell that is being written.
    cell: String,
}

impl Default for Sheet {
    fn default() -> Self {
        let csv = Writer::from_writer(Vec::new());
        Self { csv, rows: 0, cell: String::new() }
    }
}

/// Rows of all three exports.
#[derive(Default)]
pub(crate) struct Sheets([Sheet; 3]);

impl Sheets {
    /// The header rows alone.
    pub(crate) fn with_headers() -> Self {
        let mut sheets = Self::default();
        let headers = [names::<Order>(), TRACKING.to_vec(), names::<Dispute>()];
        for (sheet, header) in sheets.0.iter_mut().zip(headers) {
            header.iter().for_each(|name| sheet.text(name));
            sheet.end_row();
            sheet.rows = 0;
        }
        sheets.flushed()
    }

    /// Adds an order with all that became of it.
    pub(crate) fn add(&mut self, story: &Story) {
        let [orders, tracking, disputes] = &mut self.0;
        orders.entity(&story.order, "");
        story.events.iter().for_each(|event| tracking.event(&story.order, event));
        story.disputes.iter().for_each(|dispute| disputes.entity(dispute, &story.order.id));
    }

    /// With every byte in its place.
    pub(crate) fn flushed(mut self) -> Self {
        // Into memory, which takes everything.
        self.0.iter_mut().for_each(|sheet| _ = sheet.csv.flush());
        self
    }

    /// The rows' bytes: orders, tracking, disputes.
    pub(crate) fn bytes(&self) -> [&[u8]; 3] {
        self.0.each_ref().map(|sheet| sheet.csv.get_ref().as_slice())
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> Generated {
        let [orders, events, disputes] = self.0.each_ref().map(|sheet| sheet.rows);
        Generated { orders, events, disputes }
    }
}

fn names<E: Entity>() -> Vec<&'static str> {
    E::FIELDS.iter().map(Field::name).collect()
}

impl Sheet {
    fn text(&mut self, text: &str) {
        // Into memory, which takes everything.
        let _ = self.csv.write_field(text);
    }

    fn shown(&mut self, value: impl Display) {
        self.cell.clear();
        let _ = write!(self.cell, "{value}");
        let _ = self.csv.write_field(&self.cell);
    }

    fn maybe(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.shown(value),
            None => self.text(""),
        }
    }

    fn end_row(&mut self) {
        let _ = self.csv.write_record(None::<&[u8]>);
        self.rows += 1;
    }

    fn event(&mut self, order: &Order, event: &TrackingEvent) {
        self.text(&order.id);
        self.shown(event.at);
        self.text(event.status.code());
        self.maybe(event.country);
        let number = order.id.rsplit('-').next().unwrap_or_default();
        self.shown(format_args!("LP{number}CN"));
        self.end_row();
    }

    /// The row of an entity; a link leads to `owner`.
    fn entity<E: Entity>(&mut self, entity: &E, owner: &str) {
        for field in E::FIELDS {
            match ((field.get)(entity), field.column.role) {
                (_, Role::Link) => self.text(owner),
                (FieldValue::Nothing, _) => self.text(field.column.nothing),
                (value, _) => self.shown(value),
            }
        }
        self.end_row();
    }
}
