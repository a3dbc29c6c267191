//! CSV tables that spreadsheets may open.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use arbiter_engine::ahead::make_ahead;

/// One row's cells after another, as CSV.
pub(crate) struct Cells {
    writer: csv::Writer<Vec<u8>>,
    scratch: String,
}

impl Cells {
    /// For so many rows.
    fn for_rows(rows: usize) -> Self {
        let mut builder = csv::WriterBuilder::new();
        let out = Vec::with_capacity(rows * USUAL_ROW_BYTES);
        Self { writer: builder.buffer_capacity(BUFFER_BYTES).from_writer(out), scratch: String::new() }
    }

    /// A text from outside. One that a spreadsheet would run as a formula gets a leading `'`.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        if !text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
            return self.own(text);
        }
        self.scratch.clear();
        self.scratch.push('\'');
        self.scratch.push_str(text);
        Ok(self.writer.write_field(&self.scratch)?)
    }

    /// A text of our own, such as a code.
    pub(crate) fn own(&mut self, text: &str) -> io::Result<()> {
        Ok(self.writer.write_field(text)?)
    }

    /// A number, date or other value of our own.
    pub(crate) fn value(&mut self, value: impl Display) -> io::Result<()> {
        self.scratch.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.scratch, "{value}");
        Ok(self.writer.write_field(&self.scratch)?)
    }

    /// The same, or an empty cell.
    pub(crate) fn maybe(&mut self, value: Option<impl Display>) -> io::Result<()> {
        match value {
            Some(value) => self.value(value),
            None => self.own(""),
        }
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self) -> io::Result<()> {
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }
}

/// Rows rendered by one thread at a time.
const CHUNK: usize = 2048;

/// Bytes to expect of a row. Longer ones find room too.
const USUAL_ROW_BYTES: usize = 256;

const BUFFER_BYTES: usize = 1 << 16;

/// Writes a table: a header, and a row for each item, rendered in parallel, in the items' order.
pub(crate) fn write_table<T: Sync>(
    out: &mut dyn Write,
    header: &[&str],
    items: &[T],
    write_row: impl Fn(&mut Cells, &T) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let mut cells = Cells::for_rows(1);
    cells.writer.write_record(header)?;
    out.write_all(&finish(cells)?)?;
    let render = |_, chunk: &[T]| {
        let mut cells = Cells::for_rows(chunk.len());
        chunk.iter().try_for_each(|item| write_row(&mut cells, item))?;
        finish(cells)
    };
    make_ahead(items, CHUNK, render, |rendered| out.write_all(&rendered?))
}

fn finish(cells: Cells) -> io::Result<Vec<u8>> {
    cells.writer.into_inner().map_err(|error| error.into_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_spreadsheet_would_run_is_disarmed() {
        let texts = ["=1+1", "+7 900", "-5", "@x", "\tx", "\rx", "\nx", "1-1", "'=", "", "a,\"b\""];
        let mut out = Vec::new();
        write_table(&mut out, &["text"], &texts, |cells, text| {
            cells.text(text)?;
            cells.value(-5)?;
            cells.end_row()
        })
        .unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
