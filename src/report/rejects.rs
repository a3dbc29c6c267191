//! rejects.csv: one row for each row that was kept out.

use std::io::{self, Write};

use super::Run;
use super::cells::write_table;
use arbiter_model::exports::Reject;

const HEADER: &[&str] = &["file", "line", "column", "value", "expected"];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    write_rejects(run.rejects, out)
}

/// Writes the rejected rows.
pub fn write_rejects(rejects: &[Reject], out: &mut dyn Write) -> io::Result<()> {
    write_table(out, HEADER, rejects, |cells, reject| {
        cells.text(&reject.file)?;
        cells.value(reject.line)?;
        cells.text(&reject.column)?;
        cells.text(&reject.value)?;
        cells.text(&reject.expected)?;
        cells.end_row()
    })
}
