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

pub fn write(night: &Run, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, HEADER, night.drift, |cells, drift| {
        let standing = &night.docket.final_decisions.all()[drift.number as usize];
        cells.text(&standing.dispute_id)?;
        cells.text(&standing.order_id)?;
        cells.value(standing.decided_at)?;
        cells.own(standing.outcome.code())?;
        cells.own(&standing.rule)?;
        cells.value(standing.award)?;
        cells.own(standing.currency.code())?;
        cells.own(drift.now.outcome.code())?;
        cells.own(drift.now.rule().code)?;
        cells.value(drift.now.award)?;
        cells.text(&drift.facts.join("; "))?;
        cells.text(&night.explain(&drift.now))?;
        cells.end_row()
    })
}
