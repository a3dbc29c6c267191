//! changes.csv: each dispute that is decided otherwise than the night before, and why.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use arbiter_model::run_record::{DecisionChange, SincePrevious, Verdict};

use super::Run;
use super::cells::{Cells, write_table};

const HEADER: &[&str] = &[
    "dispute_id",
    "order_id",
    "causes",
    "outcome_before",
    "rule_before",
    "award_before",
    "next_event_at_before",
    "outcome",
    "rule",
    "award",
    "next_event_at",
];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let changes = run.record.before.as_ref().map_or(&[][..], |SincePrevious { changes, .. }| changes);
    let mut tonight: FxHashMap<&str, Option<Verdict>> =
        changes.iter().map(|change| (&*change.dispute_id, None)).collect();
    for decision in &run.decisions.made {
        if let Some(verdict) = tonight.get_mut(&*decision.at.case(run.docket).dispute.id) {
            *verdict = Some(decision.verdict());
        }
    }
    write_table(out, HEADER, changes, |cells, DecisionChange { dispute_id, order_id, old, causes }| {
        cells.text(dispute_id)?;
        cells.text(order_id)?;
        cells.own(&causes.join(";"))?;
        write_verdict(cells, old.as_ref())?;
        write_verdict(cells, tonight.get(&**dispute_id).and_then(Option::as_ref))?;
        cells.end_row()
    })
}

fn write_verdict(cells: &mut Cells, verdict: Option<&Verdict>) -> io::Result<()> {
    let cell = |of: fn(&Verdict) -> &String| verdict.map_or("", |verdict| of(verdict));
    cells.own(cell(|verdict| &verdict.outcome))?;
    cells.own(cell(|verdict| &verdict.rule))?;
    cells.own(cell(|verdict| &verdict.award))?;
    cells.own(cell(|verdict| &verdict.next_event_at))
}
