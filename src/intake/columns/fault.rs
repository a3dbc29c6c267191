//! Faults of rows, as they are found.

use std::sync::Arc;

use arbiter_model::exports::{Cause, Reject};

/// The most characters of a value that are shown.
const SHOWN: usize = 120;

/// A value as a reject shows it.
fn shown(value: &[u8]) -> Box<str> {
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
pub(crate) struct FieldFault {
    /// The column; empty where the fault is of the whole row.
    pub(crate) column: Box<str>,
    /// The value, shortened.
    pub(crate) value: Box<str>,
    /// What was expected instead.
    pub(crate) expected: Box<str>,
    /// The kind of fault.
    pub(crate) cause: Cause,
    /// The shortest way to fix all faults like it.
    pub(crate) fix: Option<Box<str>>,
}

impl FieldFault {
    /// A fault of a column's value.
    pub(crate) fn new(cause: Cause, column: &str, value: &[u8], expected: impl Into<Box<str>>) -> Self {
        Self { column: column.into(), value: shown(value), expected: expected.into(), cause, fix: None }
    }

    /// The fault of a record whose quotes are not closed as they should be.
    pub(crate) fn quoting(record: &[u8], expected: impl Into<Box<str>>) -> Self {
        let fix = "close the quote, or double it where it is part of the text; --max-field-lines sets how many lines a \
                   field may have";
        Self { fix: Some(fix.into()), ..Self::new(Cause::Quoting, "", record, expected) }
    }

    /// Adds the shortest way to fix all faults like it.
    pub(crate) fn fix(mut self, fix: Option<String>) -> Self {
        self.fix = fix.map(Into::into);
        self
    }

    /// The fault as the reject of a row.
    pub(crate) fn in_row(self, file: &Arc<str>, line: u64) -> Reject {
        let Self { column, value, expected, cause, fix } = self;
        Reject { file: file.clone(), line, column, value, expected, cause, fix, dispute: None, holds_order: None }
    }
}
