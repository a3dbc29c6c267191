//! What a run's exports were: their files in numbers, and the rows that were kept out.
//!
//! Between intake, which finds this out, and the reports, which tell it; the two do not know each other.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::coded;
use crate::fault::{Fault, FaultKind, listed};

/// What the three exports were, and how many of their rows only repeat another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exports {
    /// How all of them were read.
    pub read_with: ReadWith,
    /// orders.csv
    pub orders: Counted,
    /// tracking.csv
    pub tracking: Counted,
    /// disputes.csv
    pub disputes: Counted,
    /// The rulings of people, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rulings: Option<Counted>,
}

/// How exports were read, as far as their files do not say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadWith {
    /// The time zone of timestamps without an offset, where a mapping names no other.
    pub timezone: String,
    /// BLAKE3 of the mapping, where there is one.
    pub mapping: Option<String>,
    /// The most lines that one quoted field may have.
    pub max_field_lines: u32,
}

/// One export in numbers: one file, or several that are read one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Its files.
    pub files: Vec<ExportFile>,
    /// Rows of all files, headers and blank lines apart.
    pub rows: u64,
    /// Rows that are kept out; in the big exports, of those that bear on a dispute.
    pub rejected: u64,
    /// Rows that repeat an earlier one word for word; in the big exports, of those that bear on a
    /// dispute.
    pub repeats: u64,
}

impl Exports {
    /// The three exports, and the rulings.
    pub fn all(&self) -> impl Iterator<Item = &Counted> {
        [&self.orders, &self.tracking, &self.disputes].into_iter().chain(&self.rulings)
    }

    /// Every file of every export.
    pub fn files(&self) -> impl Iterator<Item = &ExportFile> {
        self.all().flat_map(|export| &export.files)
    }

    /// What a reader should know about the files.
    pub fn notes(&self) -> Vec<String> {
        let unread = self.files().filter(|file| !file.unknown_columns.is_empty());
        let unread = unread.map(|file| format!("{}: columns not read: {}", file.file, listed(&file.unknown_columns)));
        let cut = self.files().filter(|file| file.may_be_cut);
        let cut = cut.map(|file| format!("{}: the last line has no line end; the file may have been cut", file.file));
        unread.chain(cut).collect()
    }

    /// Proves that every line of every file is in exactly one place.
    ///
    /// # Errors
    ///
    /// A line is lost or counted twice: a defect of this program.
    pub fn check_lines(&self) -> Result<(), Fault> {
        match self.files().find(|file| !file.lines.add_up()) {
            None => Ok(()),
            Some(file) => Err(Fault::new(FaultKind::Defect, format!("the lines do not add up: {:?}", file.lines))
                .at(&file.file)
                .hint("nothing was published; this is a defect of the program, please report it")),
        }
    }
}

impl Counted {
    /// Counts a row of one of the files as rejected that had been read as a record: what is wrong with it showed only
    /// later.
    pub fn reject_record(&mut self, file: &str) {
        self.rejected += 1;
        for known in self.files.iter_mut().filter(|known| known.file == file) {
            known.lines.rejected += 1;
            known.lines.records = known.lines.records.saturating_sub(1);
        }
    }
}

/// One file of an export in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// The file's name.
    pub file: String,
    /// Its size as it lies on disk.
    pub bytes: u64,
    /// BLAKE3 of these bytes.
    pub blake3: String,
    /// How it was read.
    #[serde(flatten)]
    pub format: Format,
    /// Rows, the header and blank lines apart.
    pub rows: u64,
    /// Where each of its lines went.
    pub lines: Lines,
    /// The last line has no line end, so that the file may have been cut.
    pub may_be_cut: bool,
    /// Columns that are not known to us, and not read.
    pub unknown_columns: Vec<String>,
    /// Columns that we know and the file does not have.
    pub absent_columns: Vec<Cow<'static, str>>,
}

/// How a file was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// `csv` or `parquet`.
    pub format: Cow<'static, str>,
    /// `gzip` or `zstd`, where the file is packed.
    pub compression: Option<Cow<'static, str>>,
    /// The encoding of its text.
    pub encoding: Cow<'static, str>,
    /// What stands between fields; nothing in Parquet.
    pub delimiter: Option<char>,
}

/// Where each line of a file went. `total` is the sum of the others; in Parquet a row is a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Lines of the file, counted by themselves.
    pub total: u64,
    /// The header, and what stands before it.
    pub header: u64,
    /// First lines of rows that were read, or sifted out because they bear on no dispute.
    pub records: u64,
    /// First lines of rejected rows.
    pub rejected: u64,
    /// Blank lines.
    pub blank: u64,
    /// Further lines of rows, inside quoted fields.
    pub inside_quotes: u64,
}

impl Lines {
    /// Whether every line is in exactly one place.
    pub fn add_up(self) -> bool {
        self.total == self.header + self.records + self.rejected + self.blank + self.inside_quotes
    }
}

/// One faulty row of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The export, by its file's name.
    #[serde(with = "shared_text")]
    pub file: Arc<str>,
    /// The line of the row's first character, from 1.
    pub line: u64,
    /// The column at fault; empty where it is the row as a whole.
    pub column: Box<str>,
    /// What stands there, shortened where it is long.
    pub value: Box<str>,
    /// What was expected instead.
    pub expected: Box<str>,
    /// The kind of fault.
    pub cause: Cause,
    /// The shortest way to mend it, where there is one that mends all rows like it.
    pub fix: Option<Box<str>>,
    /// The dispute that the row is about, for rows of disputes that could be told apart and name one.
    pub dispute: Option<Box<str>>,
    /// The order whose money waits because of it, for rows of disputes.
    pub holds_order: Option<Box<str>>,
}

/// A text that many rows share.
mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        Ok(String::deserialize(deserializer)?.into())
    }
}

/// Rejected rows of one cause in one column of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectGroup {
    /// The file.
    pub file: String,
    /// The cause.
    pub cause: &'static str,
    /// The column; empty where it is the row as a whole.
    pub column: String,
    /// How many rows.
    pub rows: u64,
    /// The first: line, value, and what was expected.
    pub first: String,
    /// The shortest way to mend them, often a line for the mapping.
    pub fix: Option<String>,
}

/// Rejected rows by file, cause and column, in the order in which each first occurs.
pub fn group(rejects: &[Reject]) -> Vec<RejectGroup> {
    let mut groups: Vec<(&Reject, u64)> = Vec::new();
    for reject in rejects {
        let is_like =
            |other: &Reject| other.cause == reject.cause && other.file == reject.file && other.column == reject.column;
        match groups.iter_mut().find(|(first, _)| is_like(first)) {
            Some((_, rows)) => *rows += 1,
            None => groups.push((reject, 1)),
        }
    }
    groups.into_iter().map(|(first, rows)| RejectGroup::of(first, rows)).collect()
}

impl RejectGroup {
    fn of(first: &Reject, rows: u64) -> Self {
        let column = if first.column.is_empty() { String::new() } else { format!("{} ", first.column) };
        let value = if first.value.is_empty() { "empty".to_owned() } else { format!("{:?}", first.value) };
        Self {
            file: first.file.to_string(),
            cause: first.cause.code(),
            column: first.column.to_string(),
            rows,
            first: format!("line {}: {column}{value}, expected {}", first.line, first.expected),
            fix: first.fix.as_deref().map(str::to_owned),
        }
    }
}

/// How many rejected rows of disputes a run puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxRejects {
    /// So many.
    Rows(u64),
    /// So many in a hundred.
    Percent(Decimal),
}

impl MaxRejects {
    /// Reads `1%`, `0.5%` or `20`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.strip_suffix('%') {
            Some(percent) if digits(percent) => {
                let percent = Decimal::from_str_exact(percent).ok()?;
                (percent <= Decimal::ONE_HUNDRED && percent.scale() <= 6).then_some(Self::Percent(percent))
            }
            Some(_) => None,
            None if digits(text) => text.parse().ok().map(Self::Rows),
            None => None,
        }
    }

    /// Whether so many rejected rows of so many are within the limit.
    pub fn allows(self, rejected: u64, rows: u64) -> bool {
        match self {
            Self::Rows(limit) => rejected <= limit,
            Self::Percent(percent) => Decimal::from(rejected) * Decimal::ONE_HUNDRED <= percent * Decimal::from(rows),
        }
    }
}

impl MaxRejects {
    /// Holds what was rejected of the disputes against the limit.
    ///
    /// # Errors
    ///
    /// More were.
    pub fn check(self, disputes: &Counted) -> Result<(), Fault> {
        let Counted { rejected, rows, .. } = disputes;
        match self.allows(*rejected, *rows) {
            true => Ok(()),
            false => {
                let problem =
                    format!("{rejected} of {rows} rows of disputes are rejected, more than --max-rejects {self}");
                Err(Fault::new(FaultKind::Rejects, problem))
            }
        }
    }
}

impl fmt::Display for MaxRejects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(limit) => write!(f, "{limit}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

coded! {
    /// The kinds of faults of rows.
    Cause {
        /// More or fewer fields than the header has.
        FieldCount = "field_count",
        /// A quoted field with text after its closing quote, or whose quote closes nowhere near.
        Quoting = "quoting",
        /// Bytes that are no text.
        Encoding = "encoding",
        /// A needed field is empty.
        Missing = "missing",
        /// A value that is not of its column's type.
        Type = "type",
        /// A code outside its column's list.
        UnknownCode = "unknown_code",
        /// An id that an earlier row has, with another text.
        DuplicateId = "duplicate_id",
        /// A dispute about an order that the orders export does not have.
        UnknownOrder = "unknown_order",
        /// A ruling about a dispute that the disputes export does not have.
        UnknownDispute = "unknown_dispute",
        /// A dispute about an order whose own row is faulty.
        RejectedOrder = "rejected_order",
        /// Fields that contradict each other.
        Contradiction = "contradiction",
    }
}
