//! Columns of the table, from values and back.

use std::borrow::Cow;

use polars::prelude::*;

use arbiter_model::instant::Instant;
use arbiter_model::money::Money;

use super::SCALE;

const PRECISION: usize = 38;

/// Nanoseconds that the table's timestamps cannot hold.
const FINER: u32 = 1000;

/// Items to expect of a list.
const USUAL_LIST: usize = 4;

/// A column that is made value by value.
pub trait Making {
    type Value<'v>;

    /// Adds a value, or nothing.
    fn push(&mut self, value: Option<Self::Value<'_>>);

    fn finish(self) -> Column;
}

pub struct Texts(StringChunkedBuilder);

impl Texts {
    pub fn new(name: &str, rows: usize) -> Self {
        Self(StringChunkedBuilder::new(name.into(), rows))
    }
}

impl Making for Texts {
    type Value<'v> = Cow<'v, str>;

    fn push(&mut self, text: Option<Cow<'_, str>>) {
        self.0.append_option(text.as_deref());
    }

    fn finish(self) -> Column {
        self.0.finish().into_column()
    }
}

pub struct Flags(BooleanChunkedBuilder);

impl Flags {
    pub fn new(name: &str, rows: usize) -> Self {
        Self(BooleanChunkedBuilder::new(name.into(), rows))
    }
}

impl Making for Flags {
    type Value<'v> = bool;

    fn push(&mut self, flag: Option<bool>) {
        self.0.append_option(flag);
    }

    fn finish(self) -> Column {
        self.0.finish().into_column()
    }
}

/// A column of numbers that stand for values.
pub struct Numbers<T: PolarsNumericType, V> {
    builder: PrimitiveChunkedBuilder<T>,
    number_of: fn(V) -> T::Native,
    /// Says what the numbers are.
    typed: fn(ChunkedArray<T>) -> Column,
}

impl<T: PolarsNumericType, V: 'static> Making for Numbers<T, V> {
    type Value<'v> = V;

    fn push(&mut self, value: Option<V>) {
        self.builder.append_option(value.map(self.number_of));
    }

    fn finish(self) -> Column {
        (self.typed)(self.builder.finish())
    }
}

pub fn numbers(name: &str, rows: usize) -> Numbers<UInt64Type, u64> {
    let builder = PrimitiveChunkedBuilder::new(name.into(), rows);
    Numbers { builder, number_of: |number| number, typed: |numbers| numbers.into_column() }
}

pub fn amounts(name: &str, rows: usize) -> Numbers<Int128Type, Money> {
    let builder = PrimitiveChunkedBuilder::new(name.into(), rows);
    let typed = |units: Int128Chunked| units.into_decimal_unchecked(PRECISION, SCALE as usize).into_column();
    Numbers { builder, number_of: |amount| amount.units_at(SCALE), typed }
}

pub fn timestamps(name: &str, rows: usize) -> Numbers<Int64Type, Instant> {
    let builder = PrimitiveChunkedBuilder::new(name.into(), rows);
    let typed = |ticks: Int64Chunked| ticks.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column();
    Numbers { builder, number_of: microseconds, typed }
}

/// What of instants is finer than the table's timestamps.
pub fn finer(name: &str, rows: usize) -> Numbers<UInt64Type, Instant> {
    Numbers {
        builder: PrimitiveChunkedBuilder::new(finer_name(name).into(), rows),
        number_of: nanoseconds,
        typed: |numbers| numbers.into_column(),
    }
}

/// A column of lists of numbers that stand for instants.
pub struct InstantLists<T: PolarsNumericType> {
    builder: ListPrimitiveChunkedBuilder<T>,
    number_of: fn(Instant) -> T::Native,
}

impl<T: PolarsNumericType> Making for InstantLists<T> {
    type Value<'v> = Vec<Instant>;

    fn push(&mut self, list: Option<Vec<Instant>>) {
        match list {
            Some(list) => self.builder.append_values_iter(list.into_iter().map(self.number_of)),
            None => self.builder.append_null(),
        }
    }

    fn finish(mut self) -> Column {
        self.builder.finish().into_column()
    }
}

pub fn timestamp_lists(name: &str, rows: usize) -> InstantLists<Int64Type> {
    let kind = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
    let builder = ListPrimitiveChunkedBuilder::new(name.into(), rows, rows * USUAL_LIST, kind);
    InstantLists { builder, number_of: microseconds }
}

/// What of lists of instants is finer.
pub fn finer_lists(name: &str, rows: usize) -> InstantLists<UInt64Type> {
    let builder = ListPrimitiveChunkedBuilder::new(finer_name(name).into(), rows, rows * USUAL_LIST, DataType::UInt64);
    InstantLists { builder, number_of: nanoseconds }
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

fn nanoseconds(at: Instant) -> u64 {
    u64::from(at.unix().1 % FINER)
}

fn instant(microseconds: i64, nanoseconds: u64) -> Option<Instant> {
    let finer = u32::try_from(nanoseconds).ok()?;
    let fraction = microseconds.rem_euclid(1_000_000) as u32 * FINER;
    Instant::from_unix(microseconds.div_euclid(1_000_000), fraction.checked_add(finer)?)
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
