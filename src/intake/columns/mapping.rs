//! How one export of another form is to be read: where columns come from, and how values are written.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use arbiter_model::instant::Form;

use crate::bytes::Encoding;
use crate::values::ValueFormat;

/// Where one of our columns comes from; `T` identifies a column of the file: by its name, or by
/// its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnSource<T> {
    /// A column of the file.
    Field(T),
    /// Of several columns the first that is not empty.
    First(Vec<T>),
    /// The sum of several columns, empty ones apart.
    Sum(Vec<T>),
    /// Always this.
    Constant(String),
}

impl<T> ColumnSource<T> {
    /// The columns of the file that it is made of.
    pub(crate) fn fields(&self) -> Vec<&T> {
        match self {
            Self::Field(field) => vec![field],
            Self::First(fields) | Self::Sum(fields) => fields.iter().collect(),
            Self::Constant(_) => Vec::new(),
        }
    }

    /// The same with every column identified in another way.
    ///
    /// # Errors
    ///
    /// Those of `find`.
    pub(super) fn try_map<U, E>(&self, find: impl Fn(&T) -> Result<U, E>) -> Result<ColumnSource<U>, E> {
        let all = |fields: &[T]| fields.iter().map(&find).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Self::Field(field) => ColumnSource::Field(find(field)?),
            Self::First(fields) => ColumnSource::First(all(fields)?),
            Self::Sum(fields) => ColumnSource::Sum(all(fields)?),
            Self::Constant(text) => ColumnSource::Constant(text.clone()),
        })
    }
}

/// How one export is to be read. What it leaves out is detected, or as in the arbiter's own form.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExportMapping {
    /// The delimiter between fields.
    pub(crate) delimiter: Option<u8>,
    /// The encoding of the text.
    pub(crate) encoding: Option<Encoding>,
    /// The time zone of timestamps without an offset.
    pub(crate) zone: Option<Tz>,
    /// The forms of timestamps.
    pub(crate) timestamps: Vec<Form>,
    /// Between whole and fraction.
    pub(crate) decimal: Option<char>,
    /// Between groups of three digits.
    pub(crate) thousands: Option<char>,
    /// Texts that stand for an empty field.
    pub(crate) missing: Vec<String>,
    /// Where columns come from, by our name of each.
    pub(crate) sources: BTreeMap<&'static str, ColumnSource<String>>,
    /// For each of our columns, its words in normal form, and what they mean.
    pub(crate) aliases: BTreeMap<&'static str, BTreeMap<String, String>>,
}

impl ExportMapping {
    /// Where a column comes from, if not from the column of its own name.
    pub(crate) fn source(&self, column: &str) -> Option<&ColumnSource<String>> {
        self.sources.get(column)
    }

    /// How the export's values are written; `zone` is the run's time zone.
    pub(crate) fn value_format(&self, zone: Tz) -> ValueFormat {
        ValueFormat {
            zone: self.zone.unwrap_or(zone),
            timestamps: self.timestamps.clone(),
            decimal: self.decimal.unwrap_or('.'),
            thousands: self.thousands,
            missing: self.missing.clone(),
            aliases: self.aliases.clone(),
        }
    }
}
