//! Joins what the three passes kept: the cases of each disputed order, and the records of buyers.

use arbiter_model::case::Docket;
use arbiter_model::exports::{Exports, ReadWith, Reject};

use super::disputes::{DisputeJoin, OrderDisputes, UniqueDispute, order_cases};
use super::events::join_events;
use super::orders::{JoinedOrders, join_orders};
use super::rejects::{ExportRejects, WithRejects};
use crate::exports::{DisputeColumn, DisputedIds, EventRow, OrderRow};
use crate::scan::{Layout, Scan};

/// All that was read.
#[derive(Debug)]
pub struct Intake {
    /// What can be decided on.
    pub docket: Docket,
    /// What was kept out, by export (orders, tracking, disputes), file and line.
    pub rejects: Vec<Reject>,
    /// What the exports were.
    pub exports: Exports,
}

/// The disputes joined to their orders: all that can be known before the parcels are.
pub(crate) struct JoinedDisputes {
    orders: WithRejects<JoinedOrders>,
    disputes: WithRejects<Vec<OrderDisputes>>,
}

/// Joins the disputes to their orders.
pub(crate) fn join_disputes(
    orders: Scan<OrderRow>,
    disputes: WithRejects<Vec<UniqueDispute>>,
    layouts: &[Layout<DisputeColumn>],
    ids: &DisputedIds,
    first_file: u32,
) -> JoinedDisputes {
    let orders = WithRejects::of(orders, |rows, rejects| join_orders(rows, ids, rejects));
    let join = DisputeJoin { ids, layouts, orders: &orders.rejects, first_file };
    let content = join.join(disputes.content, &orders.content.known);
    JoinedDisputes { orders, disputes: WithRejects { content, rejects: disputes.rejects } }
}

/// Builds the docket.
pub(crate) fn assemble(
    joined: JoinedDisputes,
    tracking: Scan<EventRow>,
    ids: &DisputedIds,
    read_with: ReadWith,
) -> Intake {
    let JoinedDisputes { orders, mut disputes } = joined;
    let (first_of_tracking, disputed_orders) = (orders.rejects.file_count(), ids.orders.len());
    let JoinedOrders { known, paid } = orders.content;
    let (mut tracking, (mut cases, buyers)) = rayon::join(
        || WithRejects::of(tracking, |rows, rejects| join_events(rows, disputed_orders, first_of_tracking, rejects)),
        || order_cases(disputes.content, known, paid, &mut disputes.rejects),
    );
    for (order, cases) in &mut cases {
        cases.events = std::mem::take(&mut tracking.content[*order as usize]);
    }
    let cases = cases.into_iter().map(|(_, cases)| cases).collect();
    let rejects = [orders.rejects, tracking.rejects, disputes.rejects];
    let sources = rejects.iter().flat_map(ExportRejects::names).collect();
    let docket = Docket { orders: cases, buyers, sources, ..Docket::default() };

    let [orders, tracking, disputes] = rejects.map(ExportRejects::finish);
    let exports = Exports { read_with, orders: orders.0, tracking: tracking.0, disputes: disputes.0, rulings: None };
    let rejects = [orders.1, tracking.1, disputes.1].into_iter().flatten().collect();
    Intake { docket, rejects, exports }
}
