//! Where the three exports are, and how they are to be read.

use chrono_tz::Tz;

use arbiter_model::exports::ReadWith;

use super::mapping::Mapping;
use crate::bytes::{Encoding, Source};
use crate::columns::ExportMapping;
use crate::scan::ExportOptions;

/// The most lines of a quoted field, where no other number is given.
pub const MAX_FIELD_LINES: u32 = 10;

/// Where the three exports are, each in one file or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// orders.csv
    pub orders: Vec<Source>,
    /// tracking.csv
    pub tracking: Vec<Source>,
    /// disputes.csv
    pub disputes: Vec<Source>,
}

/// How the exports are to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The time zone of timestamps without an offset, where the mapping names no other.
    pub zone: Tz,
    /// How exports of another form are read.
    pub mapping: Mapping,
    /// The encoding of all files, whatever the mapping says.
    pub encoding: Option<Encoding>,
    /// The delimiter between fields of all files, whatever the mapping says.
    pub delimiter: Option<u8>,
    /// The most lines that one quoted field may have.
    pub max_field_lines: u32,
}

impl Reading {
    /// Exports of the arbiter's own form, in a time zone.
    pub fn standard(zone: Tz) -> Self {
        let mapping = Mapping::default();
        Self { zone, mapping, encoding: None, delimiter: None, max_field_lines: MAX_FIELD_LINES }
    }

    /// How the files of one export are read.
    pub(crate) fn of<'a>(&self, mapping: &'a ExportMapping) -> ExportOptions<'a> {
        ExportOptions {
            mapping,
            zone: self.zone,
            encoding: self.encoding.or(mapping.encoding),
            delimiter: self.delimiter.or(mapping.delimiter),
            max_field_lines: self.max_field_lines,
        }
    }

    /// What outputs say of it.
    pub(crate) fn summary(&self) -> ReadWith {
        ReadWith {
            timezone: self.zone.name().to_owned(),
            mapping: self.mapping.blake3.clone(),
            max_field_lines: self.max_field_lines,
        }
    }
}
