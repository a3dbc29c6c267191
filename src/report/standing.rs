//! standing.csv: decisions of earlier nights that stand about disputes which are not in decisions.csv, because tonight's
//! export has them no longer, or has rejected them. The columns are those of decisions.csv.

use std::io::{self, Write};

use rustc_hash::FxHashSet;

use arbiter_engine::decision::{COLUMNS, DecidedBy};
use arbiter_model::register::Standing;

use super::Night;
use super::cells::write_table;
use super::decisions::write_standing;

pub fn write(night: &Night, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, COLUMNS, &absent(night), |cells, standing| write_standing(standing, cells))
}

/// The decisions that stand about disputes which tonight has not.
pub(super) fn absent<'a>(night: &Night<'a>) -> Vec<&'a Standing> {
    let shown: FxHashSet<u32> = night
        .rulings
        .decisions
        .iter()
        .filter_map(|decision| match decision.by {
            DecidedBy::EarlierNight(number) => Some(number),
            DecidedBy::Rules | DecidedBy::Person(_) => None,
        })
        .collect();
    let all = night.docket.register.standing().iter().enumerate();
    all.filter(|(number, _)| !shown.contains(&(*number as u32))).map(|(_, standing)| standing).collect()
}
