//! Writes the table.

use std::io::Write;
use std::sync::Arc;

use polars_arrow::datatypes::{ArrowDataType, ArrowSchema};
use polars_error::{PolarsResult, polars_err};
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, Encoding, FileWriter, KeyValue, Page,
    ParquetType, StatisticsOptions, Version, WriteOptions, array_to_columns, compress, fallible_streaming_iterator,
    schema_to_metadata_key,
};
use rayon::prelude::*;

use arbiter_engine::ahead::make_ahead;
use arbiter_engine::decision::COLUMNS;
use arbiter_model::docket::Docket;
use arbiter_model::run_record::RunRecord;

use super::column::{
    Column, Flags, Making, Texts, amounts, finer, finer_lists, is_finer, numbers, timestamp_lists, timestamps,
};
use super::row::{self, TableRow, lines};
use super::{RECORD, RULING, STANDING};

/// Rows that are written at a time, as one row group.
const ROWS_AT_A_TIME: usize = 8_192;

/// Columns whose values are mostly others in each row, beside instants.
const DISTINCT: &[&str] = &[
    "dispute_id",
    "order_id",
    "buyer_id",
    "order_buyer_id",
    "seller_id",
    "standing_dispute_id",
    "standing_order_id",
    "standing_buyer_id",
    "standing_seller_id",
    "place",
    "dispute_line",
    "order_line",
];

/// Writes a docket as a table, and the record of the run beside it.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(docket: &Docket, record: &RunRecord, out: &mut dyn Write) -> PolarsResult<()> {
    let lines = lines(docket);
    let kinds = Kinds::of(docket, &lines);
    let record = serde_json::to_string(record).map_err(|error| polars_err!(ComputeError: "{error}"))?;
    let fields = gather(&[], kinds).into_iter().map(|column| column.field());
    let schema: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
    let mut writer = FileWriter::try_new(out, schema, options(CompressionOptions::Uncompressed))?;
    let types = writer.parquet_schema().fields().to_vec();
    let pack = |_, lines: &[TableRow]| RowGroup::pack(lines.len(), &gather(lines, kinds), &types);
    make_ahead(&lines, ROWS_AT_A_TIME, pack, |group: PolarsResult<RowGroup>| group?.write(&mut writer))?;
    let record = KeyValue { key: RECORD.to_owned(), value: Some(record) };
    let metadata = vec![schema_to_metadata_key(writer.schema()), record];
    writer.end(Some(metadata)).map(|_| ())
}

/// Some rows as they stand in the file. To make them is most of the work, so that it is done before they are written,
/// several at a time.
struct RowGroup {
    rows: u64,
    /// The pages of each column.
    columns: Vec<Vec<CompressedPage>>,
}

impl RowGroup {
    fn pack(rows: usize, columns: &[Column], types: &[ParquetType]) -> PolarsResult<Self> {
        let mut packed = Vec::with_capacity(types.len());
        for (column, kind) in columns.iter().zip(types) {
            packed.extend(pack_column(column, kind)?);
        }
        Ok(Self { rows: rows as u64, columns: packed })
    }

    fn write<W: Write>(&self, writer: &mut FileWriter<W>) -> PolarsResult<()> {
        let columns = self.columns.iter().map(|pages| {
            let pages = pages.iter().map(PolarsResult::Ok);
            Ok(DynStreamingIterator::new(fallible_streaming_iterator::convert(pages)))
        });
        writer.write(self.rows, DynIter::new(columns))
    }
}

/// How a column is written.
struct Packing {
    encoding: Encoding,
    compression: CompressionOptions,
}

impl Packing {
    /// Texts that mostly repeat are written once for all, numbers of few values too. Looking for repeats in other
    /// columns costs much and finds little, and timestamps hardly get shorter.
    fn of(column: &Column) -> Self {
        let is_instant = matches!(column.values.dtype(), ArrowDataType::Timestamp(..) | ArrowDataType::LargeList(_));
        let is_distinct = is_instant || DISTINCT.contains(&column.name.as_str());
        Self {
            encoding: if is_distinct { Encoding::Plain } else { Encoding::RleDictionary },
            compression: if is_instant { CompressionOptions::Uncompressed } else { CompressionOptions::Snappy },
        }
    }
}

/// The pages of a column that is in one piece.
fn pack_column(column: &Column, kind: &ParquetType) -> PolarsResult<Vec<Vec<CompressedPage>>> {
    let Packing { encoding, compression } = Packing::of(column);
    let leaves = array_to_columns(&column.values, kind.clone(), options(compression), &[encoding])?;
    let pack = |page: PolarsResult<Page>| Ok(compress(page?, Vec::new(), compression)?);
    leaves.into_iter().map(|pages| pages.map(pack).collect()).collect()
}

fn options(compression: CompressionOptions) -> WriteOptions {
    WriteOptions { statistics: StatisticsOptions::empty(), version: Version::V1, compression, data_page_size: None }
}

/// The kinds of columns that not every table needs.
#[derive(Clone, Copy)]
struct Kinds {
    /// Instants finer than microseconds.
    is_fine: bool,
    /// Decisions that stand.
    stands: bool,
    /// Rulings of people.
    is_ruled: bool,
}

impl Kinds {
    fn of(docket: &Docket, lines: &[TableRow]) -> Self {
        Self {
            is_fine: has_finer_instants(lines),
            stands: !docket.final_decisions.all().is_empty(),
            is_ruled: !docket.rulings.is_empty(),
        }
    }

    fn has(self, column: &str) -> bool {
        (self.stands || !column.starts_with(STANDING)) && (self.is_ruled || !column.starts_with(RULING))
    }
}

fn has_finer_instants(lines: &[TableRow]) -> bool {
    let instants = row::instants();
    lines.par_iter().any(|line| {
        instants.iter().filter_map(|(_, of)| of(line)).any(is_finer)
            || line.events.is_some_and(|events| events.iter().any(|event| is_finer(event.at)))
            || line.buyer.is_some_and(|buyer| buyer.orders_paid_at.iter().copied().any(is_finer))
    })
}

/// A column that takes what it has of some rows after the others.
trait Gather<'l> {
    fn gather(&mut self, lines: &[TableRow<'l>]);

    fn finish(self: Box<Self>) -> Column;
}

/// A column, and what it has of a row.
struct Gathering<M, F> {
    column: M,
    of: F,
}

impl<'l, M: Making, F: Fn(&TableRow<'l>) -> Option<M::Value<'l>>> Gather<'l> for Gathering<M, F> {
    fn gather(&mut self, lines: &[TableRow<'l>]) {
        lines.iter().for_each(|line| self.column.push((self.of)(line)));
    }

    fn finish(self: Box<Self>) -> Column {
        self.column.finish()
    }
}

/// Rows that all columns take from before they go on: their facts stay in a core's cache so long.
const GATHERED_AT_A_TIME: usize = 256;

/// The columns of some rows.
fn gather(lines: &[TableRow], kinds: Kinds) -> Vec<Column> {
    let mut columns = columns(lines.len(), kinds);
    for lines in lines.chunks(GATHERED_AT_A_TIME) {
        columns.iter_mut().for_each(|column| column.gather(lines));
    }
    columns.into_iter().map(|column| column.finish()).collect()
}

/// The columns to make of so many rows, in their order.
fn columns<'l>(rows: usize, kinds: Kinds) -> Vec<Box<dyn Gather<'l> + 'l>> {
    let mut columns: Vec<Box<dyn Gather<'l> + 'l>> = Vec::new();
    for (name, of) in row::texts().into_iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: Texts::new(&name, rows), of }));
    }
    for (name, of) in row::instants().into_iter().filter(|(name, _)| kinds.has(name)) {
        if kinds.is_fine {
            // Read twice, as what is finer is a column of its own.
            let of = Arc::new(of);
            let again = of.clone();
            columns
                .push(Box::new(Gathering { column: timestamps(&name, rows), of: move |line: &TableRow<'l>| of(line) }));
            columns
                .push(Box::new(Gathering { column: finer(&name, rows), of: move |line: &TableRow<'l>| again(line) }));
        } else {
            columns.push(Box::new(Gathering { column: timestamps(&name, rows), of }));
        }
    }
    for (name, of) in row::amounts().into_iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: amounts(&name, rows), of }));
    }
    for (name, of) in row::numbers().into_iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: numbers(&name, rows), of }));
    }
    for (name, of) in row::flags().into_iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: Flags::new(&name, rows), of }));
    }
    for (cell, name) in COLUMNS.iter().enumerate().filter(|_| kinds.stands) {
        let of = move |line: &TableRow<'l>| Some(line.final_decision?.row.get(cell).unwrap_or_default().into());
        columns.push(Box::new(Gathering { column: Texts::new(&format!("{STANDING}{name}"), rows), of }));
    }
    for (name, of) in row::lists() {
        let of = Arc::new(of);
        let again = of.clone();
        columns.push(Box::new(Gathering {
            column: timestamp_lists(&name, rows),
            of: move |line: &TableRow<'l>| of(line),
        }));
        if kinds.is_fine {
            columns.push(Box::new(Gathering {
                column: finer_lists(&name, rows),
                of: move |line: &TableRow<'l>| again(line),
            }));
        }
    }
    columns
}
