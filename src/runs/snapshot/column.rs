//! Columns of the table, from values and back.

use std::borrow::Cow;
use std::io::Cursor;

use polars_arrow::array::{
    Array, BooleanArray, Int64Array, Int128Array, ListArray, MutableArray, MutableBinaryViewArray, MutableBooleanArray,
    MutableListArray, MutablePrimitiveArray, PrimitiveArray, StaticArray, UInt64Array, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_arrow::types::NativeType;
use polars_error::{PolarsError, PolarsResult, polars_err};
use polars_parquet::read::RowGroupMetadata;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use arbiter_intake::parquet_columns::{guarded, read_column};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;

use super::SCALE;

const PRECISION: usize = 38;

/// Nanoseconds that the table's timestamps cannot hold.
const FINER: u32 = 1000;

/// Items to expect of a list.
const USUAL_LIST: usize = 4;

/// Of what kind amounts are.
const AMOUNT: ArrowDataType = ArrowDataType::Decimal(PRECISION, SCALE as usize);

/// Of what kind timestamps are.
fn timestamp() -> ArrowDataType {
    ArrowDataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// A column of some rows.
pub(super) struct Column {
    pub name: String,
    pub values: Box<dyn Array>,
}

impl Column {
    pub(super) fn field(&self) -> Field {
        Field::new(self.name.as_str().into(), self.values.dtype().clone(), true)
    }
}

/// A column that is made value by value.
pub(super) trait Making {
    type Value<'v>;

    /// Adds a value, or nothing.
    fn push(&mut self, value: Option<Self::Value<'_>>);

    fn finish(self) -> Column;
}

pub(super) struct Texts {
    name: String,
    values: MutableBinaryViewArray<str>,
}

impl Texts {
    pub(super) fn new(name: &str, rows: usize) -> Self {
        Self { name: name.to_owned(), values: MutableBinaryViewArray::with_capacity(rows) }
    }
}

impl Making for Texts {
    type Value<'v> = Cow<'v, str>;

    fn push(&mut self, text: Option<Cow<'_, str>>) {
        self.values.push(text);
    }

    fn finish(self) -> Column {
        Column { name: self.name, values: self.values.freeze().boxed() }
    }
}

pub(super) struct Flags {
    name: String,
    values: MutableBooleanArray,
}

impl Flags {
    pub(super) fn new(name: &str, rows: usize) -> Self {
        Self { name: name.to_owned(), values: MutableBooleanArray::with_capacity(rows) }
    }
}

impl Making for Flags {
    type Value<'v> = bool;

    fn push(&mut self, flag: Option<bool>) {
        self.values.push(flag);
    }

    fn finish(self) -> Column {
        Column { name: self.name, values: BooleanArray::from(self.values).boxed() }
    }
}

/// A column of numbers that stand for values.
pub(super) struct Numbers<N: NativeType, V> {
    name: String,
    values: MutablePrimitiveArray<N>,
    number_of: fn(V) -> N,
}

impl<N: NativeType, V> Numbers<N, V> {
    fn new(name: String, kind: ArrowDataType, rows: usize, number_of: fn(V) -> N) -> Self {
        Self { name, values: MutablePrimitiveArray::with_capacity_from(rows, kind), number_of }
    }
}

impl<N: NativeType, V: 'static> Making for Numbers<N, V> {
    type Value<'v> = V;

    fn push(&mut self, value: Option<V>) {
        self.values.push(value.map(self.number_of));
    }

    fn finish(self) -> Column {
        Column { name: self.name, values: PrimitiveArray::from(self.values).boxed() }
    }
}

pub(super) fn numbers(name: &str, rows: usize) -> Numbers<u64, u64> {
    Numbers::new(name.to_owned(), ArrowDataType::UInt64, rows, |number| number)
}

pub(super) fn amounts(name: &str, rows: usize) -> Numbers<i128, Money> {
    Numbers::new(name.to_owned(), AMOUNT, rows, |amount| amount.units_at(SCALE))
}

pub(super) fn timestamps(name: &str, rows: usize) -> Numbers<i64, Instant> {
    Numbers::new(name.to_owned(), timestamp(), rows, microseconds)
}

/// What of instants is finer than the table's timestamps.
pub(super) fn finer(name: &str, rows: usize) -> Numbers<u64, Instant> {
    Numbers::new(finer_name(name), ArrowDataType::UInt64, rows, nanoseconds)
}

/// A column of lists of numbers that stand for instants.
pub(super) struct InstantLists<N: NativeType> {
    name: String,
    lists: MutableListArray<i64, MutablePrimitiveArray<N>>,
    number_of: fn(Instant) -> N,
}

impl<N: NativeType> InstantLists<N> {
    fn new(name: String, kind: ArrowDataType, rows: usize, number_of: fn(Instant) -> N) -> Self {
        let items = MutablePrimitiveArray::with_capacity_from(rows * USUAL_LIST, kind);
        Self { name, lists: MutableListArray::new_with_capacity(items, rows), number_of }
    }
}

impl<N: NativeType> Making for InstantLists<N> {
    type Value<'v> = Vec<Instant>;

    fn push(&mut self, list: Option<Vec<Instant>>) {
        let Some(list) = list else { return self.lists.push_null() };
        self.lists.mut_values().extend_values(list.into_iter().map(self.number_of));
        // There is no memory for as many items as would make this fail.
        let ended = self.lists.try_push_valid();
        debug_assert!(ended.is_ok());
    }

    fn finish(self) -> Column {
        Column { name: self.name, values: ListArray::from(self.lists).boxed() }
    }
}

pub(super) fn timestamp_lists(name: &str, rows: usize) -> InstantLists<i64> {
    InstantLists::new(name.to_owned(), timestamp(), rows, microseconds)
}

/// What of lists of instants is finer.
pub(super) fn finer_lists(name: &str, rows: usize) -> InstantLists<u64> {
    InstantLists::new(finer_name(name), ArrowDataType::UInt64, rows, nanoseconds)
}

pub(super) fn finer_name(name: &str) -> String {
    format!("{name}_ns")
}

/// Whether an instant is finer than the table's timestamps.
pub(super) fn is_finer(at: Instant) -> bool {
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
pub(super) struct Table {
    pub rows: usize,
    columns: FxHashMap<String, Box<dyn Array>>,
}

/// Instants of a column, with what is finer.
pub(super) struct Instants {
    microseconds: Int64Array,
    finer: Option<UInt64Array>,
}

impl Instants {
    pub(super) fn get(&self, row: usize) -> Option<Instant> {
        let finer = self.finer.as_ref().and_then(|finer| finer.get(row)).unwrap_or(0);
        instant(self.microseconds.get(row)?, finer)
    }
}

/// The items of a column of lists, and where each row's are among them.
pub(super) struct Lists<T> {
    pub items: T,
    ends: Vec<i64>,
}

impl<T> Lists<T> {
    pub(super) fn of(&self, row: usize) -> std::ops::Range<usize> {
        let end = |row: usize| self.ends.get(row).and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
        end(row)..end(row + 1)
    }
}

impl Table {
    /// Reads the rows of a group from the bytes of the file.
    pub(super) fn read(bytes: &[u8], group: &RowGroupMetadata, schema: &ArrowSchema) -> PolarsResult<Self> {
        let fields: Vec<&Field> = schema.iter_values().collect();
        let columns = fields.into_par_iter().map(|field| {
            let values = guarded(|| read_column(&mut Cursor::new(bytes), group, field))?;
            Ok((field.name.to_string(), values))
        });
        Ok(Self { rows: group.num_rows(), columns: columns.collect::<PolarsResult<_>>()? })
    }

    pub(super) fn texts(&self, name: &str) -> PolarsResult<Utf8ViewArray> {
        of_kind(name, self.column(name)?, &ArrowDataType::Utf8View)
    }

    pub(super) fn numbers(&self, name: &str) -> PolarsResult<UInt64Array> {
        of_kind(name, self.column(name)?, &ArrowDataType::UInt64)
    }

    pub(super) fn flags(&self, name: &str) -> PolarsResult<BooleanArray> {
        of_kind(name, self.column(name)?, &ArrowDataType::Boolean)
    }

    pub(super) fn amounts(&self, name: &str) -> PolarsResult<Int128Array> {
        of_kind(name, self.column(name)?, &AMOUNT)
    }

    pub(super) fn instants(&self, name: &str) -> PolarsResult<Instants> {
        let microseconds = of_kind(name, self.column(name)?, &timestamp())?;
        let finer = finer_name(name);
        let finer = self.has(&finer).then(|| self.numbers(&finer)).transpose()?;
        Ok(Instants { microseconds, finer })
    }

    pub(super) fn number_lists(&self, name: &str) -> PolarsResult<Lists<UInt64Array>> {
        self.lists(name, &ArrowDataType::UInt64)
    }

    pub(super) fn instant_lists(&self, name: &str) -> PolarsResult<Lists<Instants>> {
        let Lists { items: microseconds, ends } = self.lists(name, &timestamp())?;
        let finer = finer_name(name);
        let finer = self.has(&finer).then(|| self.number_lists(&finer)).transpose()?.map(|lists| lists.items);
        Ok(Lists { items: Instants { microseconds, finer }, ends })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.contains_key(name)
    }

    fn column(&self, name: &str) -> PolarsResult<&dyn Array> {
        self.columns.get(name).map(Box::as_ref).ok_or_else(|| polars_err!(col_not_found = name))
    }

    fn lists<A: Array + Clone>(&self, name: &str, kind: &ArrowDataType) -> PolarsResult<Lists<A>> {
        let column = self.column(name)?;
        let lists = column.as_any().downcast_ref::<ListArray<i64>>().ok_or_else(|| other_kind(name, column))?;
        let ends = lists.offsets().as_slice().to_vec();
        Ok(Lists { items: of_kind(name, lists.values().as_ref(), kind)?, ends })
    }
}

/// The values, where they are of the kind.
fn of_kind<A: Array + Clone>(name: &str, values: &dyn Array, kind: &ArrowDataType) -> PolarsResult<A> {
    let of_kind = values.as_any().downcast_ref::<A>().filter(|_| values.dtype() == kind);
    of_kind.cloned().ok_or_else(|| other_kind(name, values))
}

fn other_kind(name: &str, values: &dyn Array) -> PolarsError {
    polars_err!(ComputeError: "{name} is of the kind {:?}", values.dtype())
}
