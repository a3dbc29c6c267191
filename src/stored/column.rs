//! Columns of the table, from values and back.

use std::borrow::Cow;

use polars::prelude::*;

use crate::instant::Instant;
use crate::money::Money;

use super::SCALE;

const PRECISION: usize = 38;

/// Nanoseconds that the table's timestamps cannot hold.
const FINER: u32 = 1000;

pub fn timestamp() -> DataType {
    DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
}

pub fn texts<'a>(name: &str, values: impl Iterator<Item = Option<Cow<'a, str>>>) -> Column {
    StringChunked::from_iter_options(name.into(), values).into_column()
}

pub fn numbers(name: &str, values: impl Iterator<Item = Option<u64>>) -> Column {
    UInt64Chunked::from_iter_options(name.into(), values).into_column()
}

pub fn flags(name: &str, values: impl Iterator<Item = Option<bool>>) -> Column {
    BooleanChunked::from_iter_options(name.into(), values).into_column()
}

pub fn amounts(name: &str, values: impl Iterator<Item = Option<Money>>) -> Column {
    let units = values.map(|amount| amount.map(|amount| amount.units_at(SCALE)));
    Int128Chunked::from_iter_options(name.into(), units).into_decimal_unchecked(PRECISION, SCALE as usize).into_column()
}

pub fn instants(name: &str, values: impl Iterator<Item = Option<Instant>>) -> Column {
    let microseconds = values.map(|at| at.map(microseconds));
    let column = Int64Chunked::from_iter_options(name.into(), microseconds);
    column.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
}

/// What of instants is finer than the table's timestamps.
pub fn finer(name: &str, values: impl Iterator<Item = Option<Instant>>) -> Column {
    numbers(&finer_name(name), values.map(|at| at.map(|at| u64::from(nanoseconds(at)))))
}

pub fn finer_name(name: &str) -> String {
    format!("{name}_ns")
}

/// Whether an instant is finer than the table's timestamps.
pub fn is_finer(at: Instant) -> bool {
    nanoseconds(at) > 0
}

fn microseconds(at: Instant) -> i64 {
    let (seconds, nanoseconds) = at.unix();
    seconds * 1_000_000 + i64::from(nanoseconds / FINER)
}

fn nanoseconds(at: Instant) -> u32 {
    at.unix().1 % FINER
}

fn instant(microseconds: i64, nanoseconds: u64) -> Option<Instant> {
    let finer = u32::try_from(nanoseconds).ok()?;
    let fraction = microseconds.rem_euclid(1_000_000) as u32 * FINER;
    Instant::from_unix(microseconds.div_euclid(1_000_000), fraction.checked_add(finer)?)
}

/// A column of lists: for each row the items, or nothing.
pub fn number_lists<'a, T: Copy + Into<u64> + 'a>(name: &str, rows: impl Iterator<Item = Option<Vec<T>>>) -> Column {
    let mut builder = ListPrimitiveChunkedBuilder::<UInt64Type>::new(name.into(), 0, 0, DataType::UInt64);
    for row in rows {
        let numbers: Option<Vec<u64>> = row.map(|row| row.into_iter().map(Into::into).collect());
        builder.append_opt_slice(numbers.as_deref());
    }
    builder.finish().into_column()
}

pub fn instant_lists(name: &str, rows: impl Iterator<Item = Option<Vec<Instant>>>) -> Column {
    let mut builder = ListPrimitiveChunkedBuilder::<Int64Type>::new(name.into(), 0, 0, timestamp());
    for row in rows {
        let instants: Option<Vec<i64>> = row.map(|row| row.into_iter().map(microseconds).collect());
        builder.append_opt_slice(instants.as_deref());
    }
    builder.finish().into_column()
}

pub fn finer_lists(name: &str, rows: impl Iterator<Item = Option<Vec<Instant>>>) -> Column {
    number_lists(&finer_name(name), rows.map(|row| row.map(|row| row.into_iter().map(nanoseconds).collect::<Vec<_>>())))
}

/// A part of the table as it is read.
pub struct Table(pub DataFrame);

/// Instants of a column, with what is finer.
pub struct Instants {
    microseconds: Int64Chunked,
    finer: Option<UInt64Chunked>,
}

impl Instants {
    pub fn get(&self, row: usize) -> Option<Instant> {
        let finer = self.finer.as_ref().and_then(|finer| finer.get(row)).unwrap_or(0);
        instant(self.microseconds.get(row)?, finer)
    }
}

/// The items of a column of lists, and where each row's are among them.
pub struct Lists<T> {
    pub items: T,
    ends: Vec<i64>,
}

impl<T> Lists<T> {
    pub fn of(&self, row: usize) -> std::ops::Range<usize> {
        let end = |row: usize| self.ends.get(row).and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
        end(row)..end(row + 1)
    }
}

impl Table {
    pub fn texts(&self, name: &str) -> PolarsResult<StringChunked> {
        Ok(self.0.column(name)?.str()?.rechunk().into_owned())
    }

    pub fn numbers(&self, name: &str) -> PolarsResult<UInt64Chunked> {
        Ok(self.0.column(name)?.u64()?.rechunk().into_owned())
    }

    pub fn flags(&self, name: &str) -> PolarsResult<BooleanChunked> {
        Ok(self.0.column(name)?.bool()?.rechunk().into_owned())
    }

    pub fn amounts(&self, name: &str) -> PolarsResult<Int128Chunked> {
        Ok(self.0.column(name)?.decimal()?.physical().rechunk().into_owned())
    }

    pub fn instants(&self, name: &str) -> PolarsResult<Instants> {
        let microseconds = self.0.column(name)?.datetime()?.physical().rechunk().into_owned();
        let finer = finer_name(name);
        let finer = self.has(&finer).then(|| self.numbers(&finer)).transpose()?;
        Ok(Instants { microseconds, finer })
    }

    pub fn number_lists(&self, name: &str) -> PolarsResult<Lists<UInt64Chunked>> {
        let (items, ends) = self.lists(name)?;
        Ok(Lists { items: items.u64()?.clone(), ends })
    }

    pub fn instant_lists(&self, name: &str) -> PolarsResult<Lists<Instants>> {
        let (items, ends) = self.lists(name)?;
        let finer = finer_name(name);
        let finer = self.has(&finer).then(|| self.number_lists(&finer)).transpose()?.map(|lists| lists.items);
        Ok(Lists { items: Instants { microseconds: items.datetime()?.physical().clone(), finer }, ends })
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.schema().contains(name)
    }

    fn lists(&self, name: &str) -> PolarsResult<(Series, Vec<i64>)> {
        let column = self.0.column(name)?.list()?.rechunk().into_owned();
        let ends = column.downcast_as_array().offsets().as_slice().to_vec();
        Ok((column.get_inner().rechunk(), ends))
    }
}
