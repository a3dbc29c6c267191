//! Parquet: a table's rows as text with separators, so that whatever is true of a CSV export is true
//! of them. Numbers are written digit by digit as they are; nothing is rounded.

use std::io::{self, Read, Seek, Write};

use chrono::{DateTime, NaiveDate, TimeDelta};
use polars_arrow::array::{
    Array, BinaryArray, BinaryViewArray, BooleanArray, Float32Array, Float64Array, Int32Array, Int64Array, Int128Array,
    UInt32Array, UInt64Array, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, Field, TimeUnit};
use polars_error::{PolarsResult, polars_ensure};
use polars_parquet::read::{RowGroupMetadata, infer_schema, read_metadata};
use rust_decimal::Decimal;

use super::parquet_columns::{guarded, read_column};

/// What a Parquet file begins with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Between the fields of a row as it is written.
pub(crate) const DELIMITER: u8 = b',';

/// At the end of a row as it is written.
pub(crate) const TERMINATOR: u8 = b'\n';

/// Rows written at a time.
const ROWS_AT_A_TIME: usize = 4096;

/// What a Parquet file can be read from.
pub(super) trait Input: Read + Seek + Send {}

impl<I: Read + Seek + Send> Input for I {}

/// The rows of a Parquet file as text, its header first. In memory is one row group at a time.
pub(super) struct ParquetRows {
    input: Box<dyn Input>,
    /// The columns that can be read.
    fields: Vec<Field>,
    /// The names of the others, and of which kind they are.
    pub(crate) unread: Vec<(String, String)>,
    /// The row groups that are still to come.
    groups: std::vec::IntoIter<RowGroupMetadata>,
    /// The columns of the current one, and how many rows it has.
    columns: Vec<Box<dyn Array>>,
    rows: usize,
    next_row: usize,
    text: Vec<u8>,
    given: usize,
}

impl ParquetRows {
    /// Reads the file's schema.
    pub(super) fn open(mut input: Box<dyn Input>) -> Result<Self, String> {
        let (schema, groups) = guarded(|| {
            let metadata = read_metadata(&mut input)?;
            Ok((infer_schema(&metadata)?, metadata.row_groups))
        })
        .map_err(|error| error.to_string())?;
        let (fields, others): (Vec<Field>, Vec<Field>) =
            schema.into_iter_values().partition(|field| is_flat(field.dtype()));
        let unread = others.iter().map(|field| (field.name.to_string(), format!("{:?}", field.dtype())));
        let mut text = Vec::new();
        write_row(&mut text, fields.iter().map(|field| field.name.as_bytes()));
        Ok(Self {
            unread: unread.collect(),
            input,
            fields,
            groups: groups.into_iter(),
            columns: Vec::new(),
            rows: 0,
            next_row: 0,
            text,
            given: 0,
        })
    }

    /// Writes the next rows; `false` where there are none.
    fn write_some(&mut self) -> io::Result<bool> {
        while self.next_row == self.rows {
            let Some(group) = self.groups.next() else { return Ok(false) };
            self.columns.clear();
            if group.num_rows() > 0 {
                let columns = self.fields.iter().map(|field| read_flat(&mut self.input, &group, field));
                self.columns = guarded(|| columns.collect::<PolarsResult<_>>()).map_err(io::Error::other)?;
            }
            (self.rows, self.next_row) = (group.num_rows(), 0);
        }
        self.text.clear();
        self.given = 0;
        let end = self.rows.min(self.next_row + ROWS_AT_A_TIME);
        let mut cells = vec![Vec::new(); self.columns.len()];
        for row in self.next_row..end {
            for (cell, column) in cells.iter_mut().zip(&self.columns) {
                cell.clear();
                write_value(cell, column.as_ref(), row)?;
            }
            write_row(&mut self.text, cells.iter().map(Vec::as_slice));
        }
        self.next_row = end;
        Ok(true)
    }
}

impl Read for ParquetRows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() && !self.write_some()? {
            return Ok(0);
        }
        let read = buffer.len().min(self.text.len() - self.given);
        buffer[..read].copy_from_slice(&self.text[self.given..self.given + read]);
        self.given += read;
        Ok(read)
    }
}

/// Whether a column's values are single ones of the kinds that exports have.
fn is_flat(kind: &ArrowDataType) -> bool {
    use ArrowDataType as T;
    match kind {
        T::Null | T::Boolean | T::Int32 | T::Int64 | T::UInt32 | T::UInt64 | T::Float32 | T::Float64 => true,
        T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Binary | T::LargeBinary | T::BinaryView => true,
        T::Date32 | T::Timestamp(..) | T::Decimal(..) => true,
        T::Dictionary(_, values, _) => is_flat(values),
        _ => false,
    }
}

/// Reads a column whose values are single ones. Those of a dictionary are read as what they stand for.
fn read_flat(input: &mut Box<dyn Input>, group: &RowGroupMetadata, field: &Field) -> PolarsResult<Box<dyn Array>> {
    let mut field = field.clone();
    match field.dtype {
        ArrowDataType::Dictionary(_, values, _) => field.dtype = *values,
        ArrowDataType::Decimal(precision, scale) => {
            polars_ensure!((1..=38).contains(&precision), InvalidOperation: "precision must be between 1 and 38");
            polars_ensure!(scale <= precision, InvalidOperation: "scale must be less than or equal to precision");
        }
        _ => {}
    }
    read_column(input, group, &field)
}

fn write_row<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'a [u8]>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(DELIMITER);
        }
        if cell.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
            out.push(b'"');
            cell.iter().for_each(|byte| match byte {
                b'"' => out.extend_from_slice(b"\"\""),
                byte => out.push(*byte),
            });
            out.push(b'"');
        } else {
            out.extend_from_slice(cell);
        }
    }
    out.push(TERMINATOR);
}

fn write_value(out: &mut Vec<u8>, column: &dyn Array, row: usize) -> io::Result<()> {
    use ArrowDataType as T;
    if column.is_null(row) {
        return Ok(());
    }
    match column.dtype() {
        T::Boolean => write!(out, "{}", array::<BooleanArray>(column)?.value(row)),
        T::Int32 => write!(out, "{}", array::<Int32Array>(column)?.value(row)),
        T::Int64 => write!(out, "{}", array::<Int64Array>(column)?.value(row)),
        T::UInt32 => write!(out, "{}", array::<UInt32Array>(column)?.value(row)),
        T::UInt64 => write!(out, "{}", array::<UInt64Array>(column)?.value(row)),
        // The shortest digits that are this number, never an exponent.
        T::Float32 => write!(out, "{}", array::<Float32Array>(column)?.value(row)),
        T::Float64 => write!(out, "{}", array::<Float64Array>(column)?.value(row)),
        T::Decimal(_, scale) => write_decimal(out, array::<Int128Array>(column)?.value(row), *scale as u32),
        T::Date32 => write_date(out, array::<Int32Array>(column)?.value(row)),
        T::Timestamp(unit, zone) => {
            let has_zone = zone.as_ref().is_some_and(|zone| !zone.is_empty());
            write_instant(out, array::<Int64Array>(column)?.value(row), *unit, has_zone)
        }
        T::Utf8View => out.write_all(array::<Utf8ViewArray>(column)?.value(row).as_bytes()),
        T::BinaryView => out.write_all(array::<BinaryViewArray>(column)?.value(row)),
        T::LargeBinary => out.write_all(array::<BinaryArray<i64>>(column)?.value(row)),
        other => Err(io::Error::other(format!("it has values of the kind {other:?}"))),
    }
}

/// The column as what its kind says it is.
fn array<A: Array>(column: &dyn Array) -> io::Result<&A> {
    column.as_any().downcast_ref().ok_or_else(|| io::Error::other("it is damaged"))
}

fn write_decimal(out: &mut Vec<u8>, mantissa: i128, scale: u32) -> io::Result<()> {
    match Decimal::try_from_i128_with_scale(mantissa, scale) {
        Ok(number) => write!(out, "{number}"),
        Err(_) => write!(out, "{mantissa}e-{scale}"),
    }
}

fn write_date(out: &mut Vec<u8>, days: i32) -> io::Result<()> {
    match NaiveDate::default().checked_add_signed(TimeDelta::days(i64::from(days))) {
        Some(date) => write!(out, "{date}"),
        None => write!(out, "day {days}"),
    }
}

/// With a zone it is UTC; without, a clock that the run's time zone is asked about.
fn write_instant(out: &mut Vec<u8>, ticks: i64, unit: TimeUnit, has_zone: bool) -> io::Result<()> {
    let per_second = match unit {
        TimeUnit::Nanosecond => 1_000_000_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Second => 1,
    };
    let (seconds, rest) = (ticks.div_euclid(per_second), ticks.rem_euclid(per_second));
    let nanoseconds = (rest * (1_000_000_000 / per_second)) as u32;
    match DateTime::from_timestamp(seconds, nanoseconds) {
        Some(instant) => {
            let zone = if has_zone { "Z" } else { "" };
            write!(out, "{}{zone}", instant.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f"))
        }
        None => write!(out, "second {seconds}"),
    }
}
