//! What a run's exports were: their files in numbers, and the rows that were kept out.
//!
//! Between intake, which finds this out, and the reports, which tell it; the two do not know each other.

use std::sync::Arc;

use serde::Serialize;

use crate::dispute::coded;

/// What the three exports were, and how many of their rows only repeat another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exports {
    /// orders.csv
    pub orders: Counted,
    /// tracking.csv
    pub tracking: Counted,
    /// disputes.csv
    pub disputes: Counted,
}

/// One export in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The file.
    #[serde(flatten)]
    pub file: ExportSummary,
    /// Rows that are kept out; in the big exports, of those that bear on a dispute.
    pub rejected: u64,
    /// Rows that repeat an earlier one word for word; in the big exports, of those that bear on a
    /// dispute.
    pub repeats: u64,
}

/// An export's content in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportSummary {
    /// The file's name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its bytes.
    pub blake3: String,
    /// Rows, the header and blank lines apart.
    pub rows: u64,
    /// Columns that are not known to us, and not read.
    pub unknown_columns: Vec<String>,
}

/// One faulty row of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The export, by its file's name.
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
    /// The order whose money waits because of it, for rows of disputes.
    pub holds_order: Option<Box<str>>,
}

coded! {
    /// The kinds of faults of rows.
    Cause {
        /// More or fewer fields than the header has.
        FieldCount = "field_count",
        /// A quoted field with text after its closing quote.
        Quoting = "quoting",
        /// Bytes that are not UTF-8.
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
        /// A dispute about an order whose own row is faulty.
        RejectedOrder = "rejected_order",
        /// Fields that contradict each other.
        Contradiction = "contradiction",
    }
}
