//! How the files of one export are to be read.

use chrono_tz::Tz;

use crate::bytes::Encoding;
use crate::columns::ExportMapping;

/// How the files of one export are to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExportOptions<'a> {
    /// Where columns come from, and how values are written.
    pub(crate) mapping: &'a ExportMapping,
    /// The time zone of timestamps without an offset, where the mapping names no other.
    pub(crate) zone: Tz,
    /// The encoding of the text, where it is given.
    pub(crate) encoding: Option<Encoding>,
    /// The delimiter between fields, where it is given.
    pub(crate) delimiter: Option<u8>,
    /// The most lines that one quoted field may have.
    pub(crate) max_field_lines: u32,
}
