//! drift.csv: decisions that stand although tonight's facts would decide otherwise, for a person.

use std::io::{self, Write};

use super::Run;
use super::cells::write_table;

const HEADER: &[&str] = &[
    "dispute_id",
    "order_id",
    "decided_at",
    "outcome",
    "rule",
    "award",
    "currency",
    "outcome_now",
    "rule_now",
    "award_now",
    "facts",
    "explanation_now",
];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, HEADER, run.drift, |cells, drift| {
        let final_decision = &run.docket.final_decisions.all()[drift.number as usize];
        cells.text(&final_decision.dispute_id)?;
        cells.text(&final_decision.order_id)?;
        cells.value(final_decision.decided_at)?;
        cells.own(final_decision.outcome.code())?;
        cells.own(&final_decision.rule)?;
        cells.value(final_decision.award)?;
        cells.own(final_decision.currency.code())?;
        cells.own(drift.now.outcome.code())?;
        cells.own(drift.now.rule().code)?;
        cells.value(drift.now.award)?;
        cells.text(&drift.facts.join("; "))?;
        cells.text(&run.explain(&drift.now))?;
        cells.end_row()
    })
}
