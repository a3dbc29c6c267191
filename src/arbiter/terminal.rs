//! What a run shows while it works, and at its end: bars and tables on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write, stdout};
use std::sync::Mutex;

use arbiter_intake::Progress;
use arbiter_model::exports::{ExportFile, Exports, Format, RejectGroup};
use arbiter_model::fault::{Fault, visible};
use arbiter_report::Summary;
use arbiter_report::whatif::Sheet;
use arbiter_runs::Published;
use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use indicatif::{ProgressBar, ProgressStyle};
use terminal_size::terminal_size;

/// A bar for the file that is being read, on a terminal.
#[derive(Default)]
pub struct Bars {
    current: Mutex<Option<ProgressBar>>,
}

/// Files below this size are read before anybody could see a bar.
const WORTH_A_BAR: u64 = 50_000_000;

impl Bars {
    /// Takes the bars away.
    pub fn finish(&self) {
        self.replace(None);
    }

    fn replace(&self, next: Option<ProgressBar>) {
        if let Ok(mut current) = self.current.lock() {
            if let Some(done) = current.take() {
                done.finish_and_clear();
            }
            *current = next;
        }
    }
}

impl Progress for Bars {
    fn begin(&self, file: &str, bytes: u64) {
        let style = ProgressStyle::with_template("{msg:16} {bar:40} {bytes} of {total_bytes}, {eta} left");
        let bar = style.ok().filter(|_| bytes >= WORTH_A_BAR).map(|style| {
            // Hides itself where standard error is no terminal.
            ProgressBar::new(bytes).with_style(style).with_message(file.to_owned())
        });
        self.replace(bar);
    }

    fn advance(&self, bytes: u64) {
        if let Ok(current) = self.current.lock()
            && let Some(bar) = &*current
        {
            bar.inc(bytes);
        }
    }
}

/// One table: its header and rows.
struct Shown<Name = &'static str> {
    header: Vec<Name>,
    rows: Vec<Vec<String>>,
}

/// Shows what a run did.
pub fn show(published: &Published) {
    let summary = &*published.summary;
    let state = if published.was_there { "unchanged since an earlier run" } else { "published" };
    let last = format!("{}: {state}\n", published.folder.display());
    let notes = summary.notes.iter().map(|note| format!("note: {}\n", visible(note))).collect::<String>();
    print_all(
        &[outcomes(summary), money(summary), payouts(summary), rejects(&summary.rejects)],
        &format!("{notes}{last}"),
    );
}

/// Shows why rows were rejected.
pub fn show_rejects(groups: &[RejectGroup]) {
    print_all(&[rejects(groups)], "");
}

/// Shows what exports are, and what is wrong with them.
pub fn show_exports(exports: &Exports, groups: &[RejectGroup]) {
    let absent = exports.files().filter(|file| !file.absent_columns.is_empty());
    let absent = absent.map(|file| format!("{}: has no columns {}", file.file, file.absent_columns.join(", ")));
    let notes = exports.notes().into_iter().chain(absent).map(|note| format!("note: {}\n", visible(&note)));
    print_all(&[files(exports), rejects(groups)], &notes.collect::<String>());
}

/// Shows the tables of an answer, and last what else is to be said.
pub fn show_sheets(sheets: Vec<Sheet>, last: &str) {
    for Sheet { title, header, rows } in sheets {
        let title = if title.is_empty() { title } else { format!("{}\n", visible(&title)) };
        let _ = print(&title);
        print_all(&[Shown { header, rows }], "");
    }
    let _ = print(last);
}

/// Prints a text as it is.
pub fn print(text: &str) -> Result<(), Fault> {
    // Whoever closed the pipe does not want to hear more.
    let _ = stdout().write_all(text.as_bytes());
    Ok(())
}

/// Tells people at standard error what went wrong, or what else they should know.
pub fn tell(message: &dyn std::fmt::Display) {
    // Whoever closed it, or filled its disk, misses the message; the exit code tells.
    let _ = writeln!(std::io::stderr(), "arbiter: {message}");
}

/// Tells people at standard error what they should know, and what to do.
pub fn advise(message: &str, hint: &str) {
    tell(&format!("{}\n  hint: {}", visible(message), visible(hint)));
}

fn print_all<Name: AsRef<str>>(tables: &[Shown<Name>], last: &str) {
    let mut text = String::new();
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        text.push_str(&if stdout().is_terminal() { drawn(table) } else { plain(table) });
    }
    text.push_str(last);
    let _ = stdout().write_all(text.as_bytes());
}

fn files(exports: &Exports) -> Shown {
    let row = |file: &ExportFile| {
        let Format { format, compression, encoding, delimiter } = &file.format;
        let delimiter = delimiter.map(|sign| format!(" with {sign:?}")).unwrap_or_default();
        let packed = compression.as_ref().map(|packing| format!(", {packing}")).unwrap_or_default();
        let read_as = format!("{format}{delimiter}, {encoding}{packed}");
        let counts = [file.rows, file.lines.rejected, file.lines.total];
        let counts = counts.iter().map(ToString::to_string);
        [file.file.clone(), read_as].into_iter().chain(counts).collect()
    };
    Shown { header: vec!["export", "read as", "rows", "rejected", "lines"], rows: exports.files().map(row).collect() }
}

fn outcomes(summary: &Summary) -> Shown {
    let mut rows: Vec<_> =
        summary.by_outcome.iter().map(|line| vec![line.key.clone(), line.disputes.to_string()]).collect();
    let counts = summary.disputes;
    let rest = [("rejected", counts.rejected), ("repeats", counts.repeats), ("not_yet_open", counts.not_yet_open)];
    let rest = rest.iter().filter(|(_, count)| *count > 0);
    rows.extend(rest.map(|(name, count)| vec![(*name).to_owned(), count.to_string()]));
    Shown { header: vec!["disputes", "number"], rows }
}

fn money(summary: &Summary) -> Shown {
    let row = |books: &arbiter_report::Books| {
        let amounts = [books.escrow, books.award, books.released, books.held, books.guarantee];
        let amounts = amounts.iter().map(ToString::to_string);
        std::iter::once(books.currency.to_owned()).chain(amounts).collect()
    };
    Shown {
        header: vec!["money", "escrow", "awarded", "released", "held", "guarantee"],
        rows: summary.by_currency.iter().map(row).collect(),
    }
}

fn payouts(summary: &Summary) -> Shown {
    let row =
        |sum: &arbiter_report::Payouts| vec![sum.currency.to_owned(), sum.payouts.to_string(), sum.amount.to_string()];
    Shown { header: vec!["to pay", "payouts", "amount"], rows: summary.tonight.payouts.iter().map(row).collect() }
}

fn rejects(groups: &[RejectGroup]) -> Shown {
    let row = |group: &RejectGroup| {
        let fix = group.fix.clone().unwrap_or_default();
        vec![group.file.clone(), group.rows.to_string(), group.cause.to_owned(), group.first.clone(), fix]
    };
    Shown { header: vec!["rejects", "rows", "cause", "the first", "to mend"], rows: groups.iter().map(row).collect() }
}

fn drawn<Name: AsRef<str>>(shown: &Shown<Name>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .remove_style(TableComponent::HorizontalLines)
        .remove_style(TableComponent::MiddleIntersections)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(shown.header.iter().map(|name| visible(name.as_ref())).collect::<Vec<_>>());
    // Some terminals do not know how wide they are, and say so by a nought.
    let width = terminal_size().map(|(width, _)| width.0).filter(|width| *width >= 40);
    table.set_width(width.unwrap_or(100));
    for row in &shown.rows {
        let cells = row.iter().map(|cell| {
            let is_number = cell.chars().all(|letter| letter.is_ascii_digit() || ".+-".contains(letter));
            let alignment = if is_number { CellAlignment::Right } else { CellAlignment::Left };
            comfy_table::Cell::new(visible(cell)).set_alignment(alignment)
        });
        table.add_row(cells);
    }
    format!("{table}\n\n")
}

fn plain<Name: AsRef<str>>(shown: &Shown<Name>) -> String {
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&shown.header).skip(1).filter(|(cell, _)| !cell.is_empty());
        let cells: Vec<_> = cells.map(|(cell, name)| format!("{} {}", name.as_ref(), visible(cell))).collect();
        let value = format!("{} {}: {}", shown.header[0].as_ref(), visible(&row[0]), cells.join(", "));
        format!("{}\n", value.trim_end_matches([' ', ':']))
    };
    shown.rows.iter().map(line).collect()
}
