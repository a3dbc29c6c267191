//! ledger.csv: one row for each order with a decision, by order id bytewise.

use std::io::{self, Write};

use super::Run;
use super::cells::write_table;

const HEADER: &[&str] = &["order_id", "currency", "escrow", "award", "released", "held", "guarantee", "disputes"];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, HEADER, &run.ledger.entries, |cells, entry| {
        let order = &run.docket.orders[entry.order as usize].order;
        cells.text(&order.id)?;
        cells.own(order.currency.code())?;
        for amount in [entry.escrow, entry.award, entry.released, entry.held, entry.guarantee] {
            cells.value(amount)?;
        }
        cells.value(entry.disputes)?;
        cells.end_row()
    })
}
