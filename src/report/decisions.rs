//! decisions.csv: one row for each dispute decided, in the order of the export.

use std::io::{self, Write};

use arbiter_engine::decision::{COLUMNS, DecidedBy, Decision};
use arbiter_model::final_decisions::FinalDecision;
use arbiter_rules::{AWAITING_RETURN, ReturnState};

use super::Run;
use super::cells::{Cells, write_table};

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, COLUMNS, &run.decisions.made, |cells, decision| write_row(run, cells, decision))
}

fn write_row(run: &Run, cells: &mut Cells, decision: &Decision) -> io::Result<()> {
    if let DecidedBy::EarlierRun(number) = decision.by {
        return write_final_decision(&run.docket.final_decisions.all()[number as usize], cells);
    }
    let case = decision.at.case(run.docket);
    let (dispute, order) = (case.dispute, case.order);
    cells.text(&dispute.id)?;
    cells.text(&order.id)?;
    cells.text(&dispute.buyer_id)?;
    cells.text(&order.seller_id)?;
    cells.own(dispute.reason.code())?;
    cells.value(dispute.opened_at)?;
    cells.own(decision.outcome.code())?;
    cells.own(decision.rule().code)?;
    cells.value(decision.award)?;
    cells.own(order.currency.code())?;
    cells.value(decision.award.share_of(order.goods_total))?;
    cells.value(decision.guarantee)?;
    cells.own(decision.route.map_or("", |route| route.to))?;
    cells.maybe(decision.route.map(|route| route.from))?;
    cells.maybe(decision.route.map(|route| route.by))?;
    cells.own(decision.returned().code())?;
    cells.maybe(decision.next_event_at())?;
    cells.own(decision.queue().map_or("", |queue| queue.code()))?;
    cells.own(decision.buyer_level.code())?;
    cells.value(decision.notes)?;
    cells.text(&run.explain(decision))?;
    let withheld = decision.withheld().map(|withheld| withheld.rule);
    let returned = matches!(decision.returned(), ReturnState::Received | ReturnState::Waived);
    let returned = returned.then_some(AWAITING_RETURN.code);
    let deciding = std::iter::once(decision.rule().code).chain(withheld).chain(returned);
    cells.own(&run.policy.versions_for(&case, run.as_of, deciding))?;
    cells.maybe(run.decided_at(decision))?;
    cells.end_row()
}

/// A decision that stands keeps its row as it was.
pub(super) fn write_final_decision(final_decision: &FinalDecision, cells: &mut Cells) -> io::Result<()> {
    final_decision.row.iter().try_for_each(|cell| cells.own(cell))?;
    cells.end_row()
}
