//! Rows that are kept out of every decision, and why.

use std::sync::Arc;

use crate::dispute::coded;

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

/// The most characters of a value that are shown.
const SHOWN: usize = 120;

/// A value as a reject shows it.
pub fn shown(value: &[u8]) -> Box<str> {
    // Four bytes a character at most, so that a huge field is not read through.
    let start = &value[..value.len().min(SHOWN * 4)];
    let text = String::from_utf8_lossy(start);
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() || start.len() < value.len() {
        short.push('…');
    }
    short.into()
}

/// A fault found in a field, before it is known which row of which file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The column at fault; empty where it is the row as a whole.
    pub column: Box<str>,
    /// What stands there, shortened.
    pub value: Box<str>,
    /// What was expected instead.
    pub expected: Box<str>,
    /// The kind of fault.
    pub cause: Cause,
}

impl FieldFault {
    /// A fault of a column's value.
    pub fn new(cause: Cause, column: &str, value: &[u8], expected: impl Into<Box<str>>) -> Self {
        Self { column: column.into(), value: shown(value), expected: expected.into(), cause }
    }

    /// The fault as the reject of a row.
    pub fn in_row(self, file: &Arc<str>, line: u64) -> Reject {
        let Self { column, value, expected, cause } = self;
        Reject { file: file.clone(), line, column, value, expected, cause, holds_order: None }
    }
}
