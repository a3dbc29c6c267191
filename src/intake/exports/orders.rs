//! orders.csv: one row for each order. Read field by field are those that a dispute names, and those
//! of buyers who dispute.

use arbiter_model::dispute::{Id, Order};
use arbiter_model::fields::{ColumnKind, FieldValue, Presence};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Currency, Money};

use super::disputed_ids::DisputedIds;
use super::id_index::IdNumber;
use crate::columns::{Column, FieldFault, Row, TextRow, columns_of};
use crate::scan::{RowFilter, fields_of};
use arbiter_model::exports::Cause;

columns_of! {
    /// The columns of orders.csv.
    OrderColumn of Order {
        ORDER_ID = "order_id",
        BUYER_ID = "buyer_id",
        SELLER_ID = "seller_id",
        CURRENCY = "currency",
        GOODS_TOTAL = "goods_total",
        PAID_AT = "paid_at",
    }
}

use OrderColumn as C;

/// A row of orders.csv that bears on a dispute.
pub(crate) struct OrderRow {
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
pub(crate) enum OrderContent {
    /// All of one that is disputed.
    Disputed(Box<Order>),
    /// When one was paid that only counts for its buyer.
    Undisputed(Instant),
    /// Nothing that can be read; the first fault.
    Faulty(Box<FieldFault>),
}

/// Keeps the orders that disputes name, and those of buyers who dispute.
pub(crate) struct OrderFilter<'a>(pub &'a DisputedIds);

impl RowFilter<OrderColumn> for OrderFilter<'_> {
    type Kept = OrderRow;

    fn filter(&self, rows: &[Row<OrderColumn>], keep: &mut impl FnMut(usize, OrderRow)) {
        let orders = self.0.orders.look_up(&fields_of(rows, C::ORDER_ID)[..rows.len()]);
        let buyers = self.0.buyers.look_up(&fields_of(rows, C::BUYER_ID)[..rows.len()]);
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
        id: row.kept(C::ORDER_ID),
        order: order.into(),
        buyer: buyer.into(),
        text_hash: row.text_hash(),
        content: content.unwrap_or_else(|fault| OrderContent::Faulty(Box::new(fault))),
    }
}

fn content(row: &TextRow<OrderColumn>, is_disputed: bool) -> Result<OrderContent, FieldFault> {
    let id = row.needed_text(C::ORDER_ID)?;
    let buyer_id = row.needed_text(C::BUYER_ID)?;
    let seller_id = row.needed_text(C::SELLER_ID)?;
    let currency = row.needed_currency(C::CURRENCY)?;
    let goods_total = row.money(C::GOODS_TOTAL, &C::GOODS_TOTAL.field().column, currency)?;
    let goods_total = goods_total.ok_or_else(|| row.missing(C::GOODS_TOTAL, "an amount above 0"))?;
    let paid_at = row.needed_timestamp(C::PAID_AT)?;
    // Of an order that is not disputed, only the faults of the other fields are asked for.
    let mut order = is_disputed.then(|| Box::new(Order::new(id, buyer_id, seller_id, goods_total, currency, paid_at)));
    for column in C::ALL.iter().filter(|column| column.field().column.presence != Presence::Needed) {
        match column.field().column.kind {
            ColumnKind::Amount => read_amount(row, *column, currency, goods_total, order.as_deref_mut())?,
            // Any code may stand there.
            ColumnKind::Code if !is_disputed => {}
            _ => row.put(*column, column.field(), order.as_deref_mut())?,
        }
    }
    // Where it stands is known once all rows are put together.
    Ok(order.map_or(OrderContent::Undisputed(paid_at), OrderContent::Disputed))
}

/// Reads an amount that may be missing, and holds it against its limit.
fn read_amount(
    row: &TextRow<OrderColumn>,
    column: OrderColumn,
    currency: Currency,
    goods_total: Money,
    order: Option<&mut Order>,
) -> Result<(), FieldFault> {
    let field = column.field();
    let Some(amount) = row.money(column, &field.column, currency)? else { return Ok(()) };
    let limit = field.column.at_most.filter(|limit| *limit == C::GOODS_TOTAL.field().column.name);
    if let Some(name) = limit.filter(|_| amount > goods_total) {
        return Err(row.fault(Cause::Contradiction, column, format!("at most the {name} of {goods_total}")));
    }
    if let Some(order) = order {
        (field.set)(order, FieldValue::Money(amount));
    }
    Ok(())
}
