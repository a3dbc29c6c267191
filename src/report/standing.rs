//! standing.csv: decisions of earlier nights that stand about disputes which are not in decisions.csv, because tonight's
//! export has them no longer, or has rejected them. The columns are those of decisions.csv.

use std::io::{self, Write};

use rustc_hash::FxHashSet;

use arbiter_engine::decision::{COLUMNS, DecidedBy};
use arbiter_model::final_decisions::FinalDecision;

use super::Run;
use super::cells::write_table;
use super::decisions::write_final_decision;

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, COLUMNS, &absent(run), |cells, final_decision| write_final_decision(final_decision, cells))
}

/// The decisions that stand about disputes which tonight has not.
pub(super) fn absent<'a>(run: &Run<'a>) -> Vec<&'a FinalDecision> {
    let shown: FxHashSet<u32> = run
        .decisions
        .made
        .iter()
        .filter_map(|decision| match decision.by {
            DecidedBy::EarlierRun(number) => Some(number),
            DecidedBy::Rules | DecidedBy::Person(_) => None,
        })
        .collect();
    let all = run.docket.final_decisions.all().iter().enumerate();
    all.filter(|(number, _)| !shown.contains(&(*number as u32))).map(|(_, final_decision)| final_decision).collect()
}
