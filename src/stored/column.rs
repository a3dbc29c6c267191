//! Columns of the table, from values and back.

use std::borrow::Cow;

use polars::prelude::*;

use crate::instant::Instant;
use crate::money::Money;

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

pub struct Numbers(PrimitiveChunkedBuilder<UInt64Type>);

impl Numbers {
    pub fn new(name: &str, rows: usize) -> Self {
        Self(PrimitiveChunkedBuilder::new(name.into(), rows))
    }
}

impl Making for Numbers {
    type Value<'v> = u64;

    fn push(&mut self, number: Option<u64>) {
        self.0.append_option(number);
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

pub struct Amounts(PrimitiveChunkedBuilder<Int128Type>);

impl Amounts {
    pub fn new(name: &str, rows: usize) -> Self {
        Self(PrimitiveChunkedBuilder::new(name.into(), rows))
    }
}

impl Making for Amounts {
    type Value<'v> = Money;

    fn push(&mut self, amount: Option<Money>) {
        self.0.append_option(amount.map(|amount| amount.units_at(SCALE)));
    }

    fn finish(self) -> Column {
        self.0.finish().into_decimal_unchecked(PRECISION, SCALE as usize).into_column()
    }
}

pub struct Timestamps(PrimitiveChunkedBuilder<Int64Type>);

impl Timestamps {
    pub fn new(name: &str, rows: usize) -> Self {
        Self(PrimitiveChunkedBuilder::new(name.into(), rows))
    }
}

impl Making for Timestamps {
    type Value<'v> = Instant;

    fn push(&mut self, at: Option<Instant>) {
        self.0.append_option(at.map(microseconds));
    }

    fn finish(self) -> Column {
        self.0.finish().into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
    }
}

/// What of instants is finer than the table's timestamps.
pub struct Finer(Numbers);

impl Finer {
    pub fn new(name: &str, rows: usize) -> Self {
        Self(Numbers::new(&finer_name(name), rows))
    }
}

impl Making for Finer {
    type Value<'v> = Instant;

    fn push(&mut self, at: Option<Instant>) {
        self.0.push(at.map(|at| u64::from(nanoseconds(at))));
    }

    fn finish(self) -> Column {
        self.0.finish()
    }
}

/// Lists of timestamps.
pub struct TimestampLists(ListPrimitiveChunkedBuilder<Int64Type>);

impl TimestampLists {
    pub fn new(name: &str, rows: usize) -> Self {
        let datetime = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
        Self(ListPrimitiveChunkedBuilder::new(name.into(), rows, rows * USUAL_LIST, datetime))
    }
}

impl Making for TimestampLists {
    type Value<'v> = Vec<Instant>;

    fn push(&mut self, list: Option<Vec<Instant>>) {
        match list {
            Some(list) => self.0.append_values_iter(list.into_iter().map(microseconds)),
            None => self.0.append_null(),
        }
    }

    fn finish(mut self) -> Column {
        self.0.finish().into_column()
    }
}

/// What of lists of instants is finer.
pub struct FinerLists(ListPrimitiveChunkedBuilder<UInt64Type>);

impl FinerLists {
    pub fn new(name: &str, rows: usize) -> Self {
        let name = finer_name(name).into();
        Self(ListPrimitiveChunkedBuilder::new(name, rows, rows * USUAL_LIST, DataType::UInt64))
    }
}

impl Making for FinerLists {
    type Value<'v> = Vec<Instant>;

    fn push(&mut self, list: Option<Vec<Instant>>) {
        match list {
            Some(list) => self.0.append_values_iter(list.into_iter().map(|at| u64::from(nanoseconds(at)))),
            None => self.0.append_null(),
        }
    }

    fn finish(mut self) -> Column {
        self.0.finish().into_column()
    }
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
