//! orders.csv: one row for each order. Read field by field are those that a dispute names, and those
//! of buyers who dispute.

use arbiter_model::dispute::{Id, Order, Origin};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Currency, Money};

use super::disputed_ids::DisputedIds;
use super::id_index::IdNumber;
use crate::columns::{FieldFault, Row, TextRow, columns};
use crate::scan::{RowFilter, fields_of};
use arbiter_model::exports::Cause;

columns! {
    /// The columns of orders.csv.
    OrderColumn of "orders" {
        OrderId = "order_id" needed Text,
        BuyerId = "buyer_id" needed Text,
        SellerId = "seller_id" needed Text,
        Currency = "currency" needed Currency,
        GoodsTotal = "goods_total" needed Amount,
        PaidAt = "paid_at" needed Timestamp,
        Category = "category" optional Code,
        Quantity = "quantity" optional Integer,
        ShippingFee = "shipping_fee" optional Amount,
        RefundedTotal = "refunded_total" optional Amount,
        PaymentMethod = "payment_method" optional Code,
        Wallet = "wallet" optional Code,
        ShippedAt = "shipped_at" needed Timestamp,
        ProtectionEndsAt = "protection_ends_at" optional Timestamp,
        ConfirmedAt = "confirmed_at" optional Timestamp,
        DestinationCountry = "destination_country" optional Country,
    }
}

use OrderColumn as C;

/// A row of orders.csv that bears on a dispute.
pub struct OrderRow {
    /// Its id; `None` where the field is empty or no text.
    pub id: Option<Id>,
    /// The number of the order among those that disputes name.
    pub order: IdNumber,
    /// The number of its buyer among those that dispute.
    pub buyer: IdNumber,
    /// A hash of its text.
    pub text_hash: u64,
    /// What it says.
    pub content: OrderContent,
}

/// What is kept of an order.
pub enum OrderContent {
    /// All of one that is disputed.
    Disputed(Box<Order>),
    /// When one was paid that only counts for its buyer.
    Undisputed(Instant),
    /// Nothing that can be read; the first fault.
    Faulty(Box<FieldFault>),
}

/// Keeps the orders that disputes name, and those of buyers who dispute.
pub struct OrderFilter<'a>(pub &'a DisputedIds);

impl RowFilter<OrderColumn> for OrderFilter<'_> {
    type Kept = OrderRow;

    fn filter(&self, rows: &[Row<OrderColumn>], keep: &mut impl FnMut(usize, OrderRow)) {
        let orders = self.0.orders.look_up(&fields_of(rows, C::OrderId)[..rows.len()]);
        let buyers = self.0.buyers.look_up(&fields_of(rows, C::BuyerId)[..rows.len()]);
        for (place, row) in rows.iter().enumerate() {
            let (order, buyer) = (orders.number(place), buyers.number(place));
            if order.is_some() || buyer.is_some() {
                keep(place, read(row, order, buyer));
            }
        }
    }
}

/// Reads a row that bears on a dispute.
fn read(row: &Row<OrderColumn>, order: Option<u32>, buyer: Option<u32>) -> OrderRow {
    let content = row.as_text().and_then(|row| content(&row, order.is_some()));
    OrderRow {
        id: row.kept(C::OrderId),
        order: order.into(),
        buyer: buyer.into(),
        text_hash: row.text_hash(),
        content: content.unwrap_or_else(|fault| OrderContent::Faulty(Box::new(fault))),
    }
}

fn content(row: &TextRow<OrderColumn>, is_disputed: bool) -> Result<OrderContent, FieldFault> {
    let id = row.needed_text(C::OrderId)?;
    let buyer_id = row.needed_text(C::BuyerId)?;
    let seller_id = row.needed_text(C::SellerId)?;
    let currency = row.needed_currency(C::Currency)?;
    let goods_total = goods_total(row, currency)?;
    let paid_at = row.needed_timestamp(C::PaidAt)?;
    let quantity = match row.integer(C::Quantity)? {
        Some(0) => return Err(row.fault(Cause::Type, C::Quantity, "a whole number of at least 1")),
        quantity => quantity.unwrap_or(1),
    };
    let nothing = Money::zero(currency);
    let shipping_fee = money(row, C::ShippingFee, currency)?.unwrap_or(nothing);
    let refunded_total = money(row, C::RefundedTotal, currency)?.unwrap_or(nothing);
    if refunded_total > goods_total {
        let expected = format!("at most the goods_total of {goods_total}");
        return Err(row.fault(Cause::Contradiction, C::RefundedTotal, expected));
    }
    let shipped_at = row.timestamp(C::ShippedAt)?;
    let protection_ends_at = row.timestamp(C::ProtectionEndsAt)?;
    let confirmed_at = row.timestamp(C::ConfirmedAt)?;
    let destination = row.country(C::DestinationCountry)?;
    if !is_disputed {
        return Ok(OrderContent::Undisputed(paid_at));
    }
    Ok(OrderContent::Disputed(Box::new(Order {
        id: id.into(),
        buyer_id: buyer_id.into(),
        seller_id: seller_id.into(),
        currency,
        goods_total,
        shipping_fee,
        refunded_total,
        paid_at,
        category: row.code(C::Category),
        quantity,
        payment_method: row.code(C::PaymentMethod).unwrap_or_else(|| "unknown".into()),
        wallet: row.code(C::Wallet),
        shipped_at,
        protection_ends_at,
        confirmed_at,
        destination,
        // Where it stands is known once all rows are put together.
        origin: Origin::default(),
    })))
}

fn goods_total(row: &TextRow<OrderColumn>, currency: Currency) -> Result<Money, FieldFault> {
    let amount = row.positive_amount(C::GoodsTotal)?;
    let amount = amount.ok_or_else(|| row.missing(C::GoodsTotal, "an amount above 0"))?;
    amount.in_currency(currency).ok_or_else(|| row.too_fine(C::GoodsTotal, currency))
}

fn money(row: &TextRow<OrderColumn>, column: OrderColumn, currency: Currency) -> Result<Option<Money>, FieldFault> {
    match row.amount(column)? {
        None => Ok(None),
        Some(amount) => amount.in_currency(currency).map(Some).ok_or_else(|| row.too_fine(column, currency)),
    }
}
