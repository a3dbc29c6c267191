//! The rows of the three exports, as the marketplace writes them.

use std::fmt::{Display, Write};

use csv::Writer;

use arbiter_model::dispute::{Dispute, Order, SellerAnswer, TrackingEvent};

use super::{Generated, Story};

const ORDERS: &[&str] = &[
    "order_id",
    "buyer_id",
    "seller_id",
    "category",
    "quantity",
    "currency",
    "goods_total",
    "shipping_fee",
    "refunded_total",
    "payment_method",
    "wallet",
    "paid_at",
    "shipped_at",
    "protection_ends_at",
    "confirmed_at",
    "destination_country",
];
const TRACKING: &[&str] = &["order_id", "event_at", "status", "country", "tracking_no"];
const DISPUTES: &[&str] = &[
    "dispute_id",
    "order_id",
    "buyer_id",
    "opened_at",
    "reason",
    "requested_amount",
    "wants_return",
    "photos",
    "video",
    "documents",
    "evidence_tampered",
    "quantity_received",
    "advertised_capacity_gb",
    "measured_capacity_gb",
    "usable",
    "seller_response",
    "seller_responded_at",
    "seller_offer",
    "buyer_accepted_at",
    "escalated_at",
    "info_requested_at",
    "info_supplied_at",
    "withdrawn_at",
    "comment",
];

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
pub struct Sheets([Sheet; 3]);

impl Sheets {
    /// The header rows alone.
    pub fn with_headers() -> Self {
        let mut sheets = Self::default();
        for (sheet, header) in sheets.0.iter_mut().zip([ORDERS, TRACKING, DISPUTES]) {
            header.iter().for_each(|name| sheet.text(name));
            sheet.end_row();
            sheet.rows = 0;
        }
        sheets.flushed()
    }

    /// Adds an order with all that became of it.
    pub fn add(&mut self, story: &Story) {
        let [orders, tracking, disputes] = &mut self.0;
        orders.order(&story.order);
        story.events.iter().for_each(|event| tracking.event(&story.order, event));
        story.disputes.iter().for_each(|dispute| disputes.dispute(&story.order, dispute));
    }

    /// With every byte in its place.
    pub fn flushed(mut self) -> Self {
        // Into memory, which takes everything.
        self.0.iter_mut().for_each(|sheet| _ = sheet.csv.flush());
        self
    }

    /// The rows' bytes: orders, tracking, disputes.
    pub fn bytes(&self) -> [&[u8]; 3] {
        self.0.each_ref().map(|sheet| sheet.csv.get_ref().as_slice())
    }

    /// How many rows there are.
    pub fn rows(&self) -> Generated {
        let [orders, events, disputes] = self.0.each_ref().map(|sheet| sheet.rows);
        Generated { orders, events, disputes }
    }
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

    fn truth(&mut self, holds: bool) {
        self.text(if holds { "yes" } else { "no" });
    }

    fn end_row(&mut self) {
        let _ = self.csv.write_record(None::<&[u8]>);
        self.rows += 1;
    }

    fn order(&mut self, order: &Order) {
        for text in [&order.id, &order.buyer_id, &order.seller_id] {
            self.text(text);
        }
        self.text(order.category.as_deref().unwrap_or_default());
        self.shown(order.quantity);
        self.text(order.currency.code());
        for amount in [order.goods_total, order.shipping_fee, order.refunded_total] {
            self.shown(amount);
        }
        self.text(&order.payment_method);
        self.text(order.wallet.as_deref().unwrap_or_default());
        self.shown(order.paid_at);
        for at in [order.shipped_at, order.protection_ends_at, order.confirmed_at] {
            self.maybe(at);
        }
        self.maybe(order.destination);
        self.end_row();
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

    fn dispute(&mut self, order: &Order, dispute: &Dispute) {
        for text in [&dispute.id, &order.id, &dispute.buyer_id] {
            self.text(text);
        }
        self.shown(dispute.opened_at);
        self.text(dispute.reason.code());
        self.maybe(dispute.requested);
        self.truth(dispute.wants_return);
        self.shown(dispute.photos);
        self.text(dispute.video.code());
        self.shown(dispute.documents);
        self.truth(dispute.evidence_tampered);
        self.maybe(dispute.quantity_received);
        self.maybe(dispute.advertised_capacity);
        self.maybe(dispute.measured_capacity);
        self.text(dispute.usable.map_or("", |usable| if usable { "yes" } else { "no" }));
        self.response(dispute);
        for at in [
            dispute.buyer_accepted_at,
            dispute.escalated_at,
            dispute.info_requested_at,
            dispute.info_supplied_at,
            dispute.withdrawn_at,
        ] {
            self.maybe(at);
        }
        self.text(dispute.comment.as_deref().unwrap_or_default());
        self.end_row();
    }

    fn response(&mut self, dispute: &Dispute) {
        let Some(response) = dispute.response else {
            self.text("none");
            self.text("");
            return self.text("");
        };
        let (code, offer) = match response.answer {
            SellerAnswer::Accepted => ("accepted", None),
            SellerAnswer::Rejected => ("rejected", None),
            SellerAnswer::Countered { offer } => ("countered", Some(offer)),
        };
        self.text(code);
        self.shown(response.at);
        self.maybe(offer);
    }
}
