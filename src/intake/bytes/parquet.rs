//! Parquet: a table's rows as text with separators, so that whatever is true of a CSV export is true
//! of them. Numbers are written digit by digit as they are; nothing is rounded.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeDelta};
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    AnyValue, ArrowDataType, Column, DataFrame, ParallelStrategy, ParquetReader, PolarsResult, SerReader, TimeUnit,
};
use rust_decimal::Decimal;

/// What a Parquet file begins with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Between the fields of a row as it is written.
pub(crate) const DELIMITER: u8 = b',';

/// At the end of a row as it is written.
pub(crate) const TERMINATOR: u8 = b'\n';

/// Rows written at a time.
const ROWS_AT_A_TIME: usize = 4096;

type Input = Box<dyn MmapBytesReader>;

/// The rows of a Parquet file as text, its header first. In memory is one row group at a time.
pub(super) struct ParquetRows {
    input: Input,
    /// The columns that can be read, by their place.
    projection: Vec<usize>,
    /// The names of the others, and of which kind they are.
    pub(crate) unread: Vec<(String, String)>,
    /// The rows of each row group that is still to come, and where it begins.
    groups: std::vec::IntoIter<(usize, usize)>,
    current: DataFrame,
    next_row: usize,
    text: Vec<u8>,
    given: usize,
}

impl ParquetRows {
    /// Reads the file's schema.
    pub(super) fn open(mut input: Input) -> Result<Self, String> {
        let (header, projection, unread, groups) = guarded(|| {
            let mut reader = ParquetReader::new(&mut input);
            let schema = reader.schema()?;
            let (mut header, mut projection, mut unread) = (Vec::new(), Vec::new(), Vec::new());
            for (place, (name, field)) in schema.iter().enumerate() {
                if is_flat(field.dtype()) {
                    header.push(name.to_string());
                    projection.push(place);
                } else {
                    unread.push((name.to_string(), format!("{:?}", field.dtype())));
                }
            }
            let metadata = reader.get_metadata()?;
            let groups = metadata.row_groups.iter().scan(0, |start, group| {
                let rows = group.num_rows();
                *start += rows;
                Some((*start - rows, rows))
            });
            Ok((header, projection, unread, groups.collect::<Vec<_>>()))
        })?;
        let mut text = Vec::new();
        write_row(&mut text, header.iter().map(|name| name.as_bytes()));
        let (current, groups) = (DataFrame::empty(), groups.into_iter());
        Ok(Self { input, projection, unread, groups, current, next_row: 0, text, given: 0 })
    }

    /// Writes the next rows; `false` where there are none.
    fn write_some(&mut self) -> Result<bool, String> {
        while self.next_row == self.current.height() {
            let Some(group) = self.groups.next() else { return Ok(false) };
            let (input, projection) = (&mut self.input, self.projection.clone());
            self.current = guarded(|| {
                let reader = ParquetReader::new(input).with_projection(Some(projection));
                reader.with_slice(Some(group)).read_parallel(ParallelStrategy::None).finish()
            })?;
            self.next_row = 0;
        }
        self.text.clear();
        self.given = 0;
        let end = self.current.height().min(self.next_row + ROWS_AT_A_TIME);
        let columns: Vec<&Column> = self.current.columns().iter().collect();
        let mut cells = vec![Vec::new(); columns.len()];
        for row in self.next_row..end {
            for (cell, column) in cells.iter_mut().zip(&columns) {
                cell.clear();
                let value = column.get(row).map_err(|error| error.to_string())?;
                write_value(cell, &value).map_err(|error| error.to_string())?;
            }
            write_row(&mut self.text, cells.iter().map(Vec::as_slice));
        }
        self.next_row = end;
        Ok(true)
    }
}

impl Read for ParquetRows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() && !self.write_some().map_err(io::Error::other)? {
            return Ok(0);
        }
        let read = buffer.len().min(self.text.len() - self.given);
        buffer[..read].copy_from_slice(&self.text[self.given..self.given + read]);
        self.given += read;
        Ok(read)
    }
}

thread_local! {
    /// Whether this thread reads what may make the library panic.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Panics of guarded threads are not told of: they become errors.
static QUIET: LazyLock<()> = LazyLock::new(|| {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !IS_GUARDED.get() {
            tell(panic);
        }
    }));
});

/// A damaged file is an error, even where the library takes it for impossible.
fn guarded<T>(read: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    LazyLock::force(&QUIET);
    IS_GUARDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    IS_GUARDED.set(false);
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged".to_owned()),
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

fn write_value(out: &mut Vec<u8>, value: &AnyValue) -> io::Result<()> {
    match value {
        AnyValue::Null => Ok(()),
        AnyValue::Boolean(truth) => write!(out, "{truth}"),
        AnyValue::Int32(number) => write!(out, "{number}"),
        AnyValue::Int64(number) => write!(out, "{number}"),
        AnyValue::UInt32(number) => write!(out, "{number}"),
        AnyValue::UInt64(number) => write!(out, "{number}"),
        // The shortest digits that are this number, never an exponent.
        AnyValue::Float32(number) => write!(out, "{number}"),
        AnyValue::Float64(number) => write!(out, "{number}"),
        AnyValue::Decimal(mantissa, _, scale) => match Decimal::try_from_i128_with_scale(*mantissa, *scale as u32) {
            Ok(number) => write!(out, "{number}"),
            Err(_) => write!(out, "{mantissa}e-{scale}"),
        },
        AnyValue::Date(days) => match NaiveDate::default().checked_add_signed(TimeDelta::days(i64::from(*days))) {
            Some(date) => write!(out, "{date}"),
            None => write!(out, "day {days}"),
        },
        AnyValue::Datetime(ticks, unit, zone) => write_instant(out, *ticks, *unit, zone.is_some()),
        AnyValue::DatetimeOwned(ticks, unit, zone) => write_instant(out, *ticks, *unit, zone.is_some()),
        AnyValue::Binary(bytes) => out.write_all(bytes),
        AnyValue::BinaryOwned(bytes) => out.write_all(bytes),
        other => match other.get_str() {
            Some(text) => out.write_all(text.as_bytes()),
            None => write!(out, "{other}"),
        },
    }
}

/// With a zone it is UTC; without, a clock that the run's time zone is asked about.
fn write_instant(out: &mut Vec<u8>, ticks: i64, unit: TimeUnit, has_zone: bool) -> io::Result<()> {
    let per_second = match unit {
        TimeUnit::Nanoseconds => 1_000_000_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
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
