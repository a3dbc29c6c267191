//! Writes the table.

use std::borrow::Cow;
use std::io::Write;

use polars_arrow::datatypes::{ArrowDataType, ArrowSchema};
use polars_error::{PolarsResult, polars_err};
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, Encoding, FileWriter, KeyValue, Page,
    ParquetType, StatisticsOptions, Version, WriteOptions, array_to_columns, compress, fallible_streaming_iterator,
    schema_to_metadata_key,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ahead::make_ahead;
use crate::case::{BuyerRecord, CaseFile, Docket};
use crate::decision::COLUMNS;
use crate::dispute::{Country, Dispute, Order, SellerAnswer, TrackingEvent};
use crate::instant::Instant;
use crate::money::Money;
use crate::register::{PersonsRuling, Standing};

use super::column::{
    Column, Flags, Making, Texts, amounts, finer, finer_lists, is_finer, numbers, timestamp_lists, timestamps,
};
use super::{BESIDE, BETWEEN, Beside, RULING, STANDING, runs};

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

/// A row of the table.
#[derive(Clone, Copy)]
struct Line<'a> {
    file: Option<&'a CaseFile>,
    dispute: Option<&'a Dispute>,
    /// The events, in the first row of the order.
    events: Option<&'a [TrackingEvent]>,
    /// The buyer's record, in the first row of the buyer.
    buyer: Option<&'a BuyerRecord>,
    standing: Option<&'a Standing>,
    ruling: Option<&'a PersonsRuling>,
}

type TextOf = for<'a> fn(&Line<'a>) -> Option<Cow<'a, str>>;
type InstantOf = fn(&Line) -> Option<Instant>;
type AmountOf = fn(&Line) -> Option<Money>;
type NumberOf = fn(&Line) -> Option<u64>;
type InstantsOf = fn(&Line) -> Option<Vec<Instant>>;
type FlagOf = fn(&Line) -> Option<bool>;

const TEXTS: &[(&str, TextOf)] = &[
    ("dispute_id", |line| match (line.dispute, line.standing) {
        (Some(dispute), _) => Some((&*dispute.id).into()),
        (None, standing) => Some((&*standing?.dispute_id).into()),
    }),
    ("order_id", |line| match (line.file, line.standing) {
        (Some(file), _) => Some((&*file.order.id).into()),
        (None, standing) => Some((&*standing?.order_id).into()),
    }),
    ("buyer_id", |line| Some((&*line.dispute?.buyer_id).into())),
    ("reason", |line| Some(line.dispute?.reason.code().into())),
    ("video", |line| Some(line.dispute?.video.code().into())),
    ("advertised_capacity_gb", |line| Some(line.dispute?.advertised_capacity?.to_string().into())),
    ("measured_capacity_gb", |line| Some(line.dispute?.measured_capacity?.to_string().into())),
    ("seller_response", |line| {
        Some(match line.dispute?.response?.answer {
            SellerAnswer::Accepted => "accepted".into(),
            SellerAnswer::Rejected => "rejected".into(),
            SellerAnswer::Countered { .. } => "countered".into(),
        })
    }),
    ("comment", |line| Some(line.dispute?.comment.as_deref()?.into())),
    ("not_exported", |line| Some(line.dispute?.exported.missing().join(";").into())),
    ("order_buyer_id", |line| Some((&*line.order()?.buyer_id).into())),
    ("seller_id", |line| Some((&*line.order()?.seller_id).into())),
    ("currency", |line| match (line.file, line.standing) {
        (Some(file), _) => Some(file.order.currency.code().into()),
        (None, standing) => Some(standing?.currency.code().into()),
    }),
    ("category", |line| Some(line.order()?.category.as_deref()?.into())),
    ("payment_method", |line| Some((&*line.order()?.payment_method).into())),
    ("wallet", |line| Some(line.order()?.wallet.as_deref()?.into())),
    ("destination_country", |line| Some(line.order()?.destination.as_ref()?.code().into())),
    ("events_status", |line| Some(joined(line.events?, |event, text| text.push_str(event.status.code())))),
    ("events_country", |line| {
        Some(joined(line.events?, |event, text| text.push_str(event.country.as_ref().map_or("", Country::code))))
    }),
    ("events_origin", |line| Some(runs::write(line.events?.iter().map(|event| event.origin)).into())),
    ("ruling_outcome", |line| Some(line.ruling?.outcome.code().into())),
    ("ruling_by", |line| Some((&*line.ruling?.by).into())),
    ("ruling_reason", |line| Some((&*line.ruling?.reason).into())),
    ("standing_facts", |line| Some((&*line.standing?.facts).into())),
    ("standing_currency_then", |line| Some(line.standing?.currency.code().into())),
    ("standing_order_id_then", |line| Some((&*line.standing?.order_id).into())),
];

const INSTANTS: &[(&str, InstantOf)] = &[
    ("opened_at", |line| Some(line.dispute?.opened_at)),
    ("seller_responded_at", |line| Some(line.dispute?.response?.at)),
    ("buyer_accepted_at", |line| line.dispute?.buyer_accepted_at),
    ("escalated_at", |line| line.dispute?.escalated_at),
    ("info_requested_at", |line| line.dispute?.info_requested_at),
    ("info_supplied_at", |line| line.dispute?.info_supplied_at),
    ("withdrawn_at", |line| line.dispute?.withdrawn_at),
    ("paid_at", |line| Some(line.order()?.paid_at)),
    ("shipped_at", |line| line.order()?.shipped_at),
    ("protection_ends_at", |line| line.order()?.protection_ends_at),
    ("confirmed_at", |line| line.order()?.confirmed_at),
    ("ruling_at", |line| Some(line.ruling?.at)),
    ("standing_since", |line| Some(line.standing?.decided_at)),
];

const AMOUNTS: &[(&str, AmountOf)] = &[
    ("requested_amount", |line| line.dispute?.requested),
    ("seller_offer", |line| match line.dispute?.response?.answer {
        SellerAnswer::Countered { offer } => Some(offer),
        SellerAnswer::Accepted | SellerAnswer::Rejected => None,
    }),
    ("goods_total", |line| Some(line.order()?.goods_total)),
    ("shipping_fee", |line| Some(line.order()?.shipping_fee)),
    ("refunded_total", |line| Some(line.order()?.refunded_total)),
    ("ruling_award", |line| line.ruling?.award),
    ("standing_amount", |line| Some(line.standing?.award)),
    ("standing_from_guarantee", |line| Some(line.standing?.guarantee)),
    ("standing_refunded_before", |line| Some(line.standing?.refunded_before)),
];

const NUMBERS: &[(&str, NumberOf)] = &[
    ("place", |line| Some(line.dispute?.place)),
    ("photos", |line| Some(line.dispute?.photos)),
    ("documents", |line| Some(line.dispute?.documents)),
    ("quantity_received", |line| line.dispute?.quantity_received),
    ("quantity", |line| Some(line.order()?.quantity)),
    ("dispute_file", |line| Some(line.dispute?.origin.file.into())),
    ("dispute_line", |line| Some(line.dispute?.origin.line.into())),
    ("order_file", |line| Some(line.order()?.origin.file.into())),
    ("order_line", |line| Some(line.order()?.origin.line.into())),
    ("ruling_file", |line| Some(line.ruling?.origin.file.into())),
    ("ruling_line", |line| Some(line.ruling?.origin.line.into())),
];

const FLAGS: &[(&str, FlagOf)] = &[
    ("wants_return", |line| Some(line.dispute?.wants_return)),
    ("evidence_tampered", |line| Some(line.dispute?.evidence_tampered)),
    ("usable", |line| line.dispute?.usable),
    ("held_by_reject", |line| Some(line.file?.held_by_reject)),
    ("ruling_was_referred", |line| Some(line.ruling?.was_referred)),
];

const INSTANT_LISTS: &[(&str, InstantsOf)] = &[
    ("events_at", |line| Some(line.events?.iter().map(|event| event.at).collect())),
    ("buyer_orders_paid_at", |line| Some(line.buyer?.orders_paid_at.clone())),
];

/// What the events say, in one text.
fn joined<'a>(events: &[TrackingEvent], tell: impl Fn(&TrackingEvent, &mut String)) -> Cow<'a, str> {
    let mut text = String::with_capacity(16 * events.len());
    for (place, event) in events.iter().enumerate() {
        if place > 0 {
            text.push(BETWEEN);
        }
        tell(event, &mut text);
    }
    text.into()
}

impl<'a> Line<'a> {
    fn order(&self) -> Option<&'a Order> {
        self.file.map(|file| &*file.order)
    }
}

/// Writes a docket as a table, and what stands beside it.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(docket: &Docket, beside: &Beside, out: &mut dyn Write) -> PolarsResult<()> {
    let lines = lines(docket);
    let kinds = Kinds::of(docket, &lines);
    let beside = serde_json::to_string(beside).map_err(|error| polars_err!(ComputeError: "{error}"))?;
    let fields = gather(&[], kinds).into_iter().map(|column| column.field());
    let schema: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
    let mut writer = FileWriter::try_new(out, schema, options(CompressionOptions::Uncompressed))?;
    let types = writer.parquet_schema().fields().to_vec();
    let pack = |_, lines: &[Line]| RowGroup::pack(lines.len(), &gather(lines, kinds), &types);
    make_ahead(&lines, ROWS_AT_A_TIME, pack, |group: PolarsResult<RowGroup>| group?.write(&mut writer))?;
    let beside = KeyValue { key: BESIDE.to_owned(), value: Some(beside) };
    let metadata = vec![schema_to_metadata_key(writer.schema()), beside];
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
    fn of(docket: &Docket, lines: &[Line]) -> Self {
        Self {
            is_fine: has_finer_instants(lines),
            stands: !docket.register.standing().is_empty(),
            is_ruled: !docket.rulings.is_empty(),
        }
    }

    fn has(self, column: &str) -> bool {
        (self.stands || !column.starts_with(STANDING)) && (self.is_ruled || !column.starts_with(RULING))
    }
}

/// The rows of the table, in their order.
fn lines(docket: &Docket) -> Vec<Line<'_>> {
    let all = docket.files.iter().enumerate();
    let mut disputes: Vec<(usize, usize)> =
        all.flat_map(|(file, content)| (0..content.disputes.len()).map(move |dispute| (file, dispute))).collect();
    disputes.par_sort_unstable_by_key(|(file, dispute)| docket.files[*file].disputes[*dispute].place);
    let rulings: FxHashMap<&str, &PersonsRuling> =
        docket.rulings.iter().map(|ruling| (&*ruling.dispute_id, ruling)).collect();
    let mut buyers_told = vec![false; docket.buyers.len()];
    let mut orders_told = vec![false; docket.files.len()];
    let mut standing_told = vec![false; docket.register.standing().len()];
    let mut lines = Vec::with_capacity(disputes.len());
    for (number, place) in disputes {
        let file = &docket.files[number];
        let (dispute, buyer) = (&file.disputes[place], file.disputants[place] as usize);
        let leads = !std::mem::replace(&mut orders_told[number], true);
        let number = docket.register.of_dispute(&dispute.id).map(|number| number as usize);
        number.into_iter().for_each(|number| standing_told[number] = true);
        lines.push(Line {
            file: Some(file),
            dispute: Some(dispute),
            events: leads.then_some(&file.events),
            buyer: (!std::mem::replace(&mut buyers_told[buyer], true)).then_some(&docket.buyers[buyer]),
            standing: number.map(|number| &docket.register.standing()[number]),
            ruling: rulings.get(&*dispute.id).copied(),
        });
    }
    let rest = docket.register.standing().iter().zip(standing_told).filter(|(_, told)| !told);
    lines.extend(rest.map(|(standing, _)| Line {
        file: None,
        dispute: None,
        events: None,
        buyer: None,
        standing: Some(standing),
        ruling: None,
    }));
    lines
}

fn has_finer_instants(lines: &[Line]) -> bool {
    lines.par_iter().any(|line| {
        INSTANTS.iter().filter_map(|(_, of)| of(line)).any(is_finer)
            || line.events.is_some_and(|events| events.iter().any(|event| is_finer(event.at)))
            || line.buyer.is_some_and(|buyer| buyer.orders_paid_at.iter().copied().any(is_finer))
    })
}

/// A column that takes what it has of some rows after the others.
trait Gather<'l> {
    fn gather(&mut self, lines: &[Line<'l>]);

    fn finish(self: Box<Self>) -> Column;
}

/// A column, and what it has of a row.
struct Gathering<M, F> {
    column: M,
    of: F,
}

impl<'l, M: Making, F: Fn(&Line<'l>) -> Option<M::Value<'l>>> Gather<'l> for Gathering<M, F> {
    fn gather(&mut self, lines: &[Line<'l>]) {
        lines.iter().for_each(|line| self.column.push((self.of)(line)));
    }

    fn finish(self: Box<Self>) -> Column {
        self.column.finish()
    }
}

/// Rows that all columns take from before they go on: their facts stay in a core's cache so long.
const GATHERED_AT_A_TIME: usize = 256;

/// The columns of some rows.
fn gather(lines: &[Line], kinds: Kinds) -> Vec<Column> {
    let mut columns = columns(lines.len(), kinds);
    for lines in lines.chunks(GATHERED_AT_A_TIME) {
        columns.iter_mut().for_each(|column| column.gather(lines));
    }
    columns.into_iter().map(|column| column.finish()).collect()
}

/// The columns to make of so many rows, in their order.
fn columns<'l>(rows: usize, kinds: Kinds) -> Vec<Box<dyn Gather<'l> + 'l>> {
    let mut columns: Vec<Box<dyn Gather<'l> + 'l>> = Vec::new();
    for &(name, of) in TEXTS.iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: Texts::new(name, rows), of }));
    }
    for &(name, of) in INSTANTS.iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: timestamps(name, rows), of }));
        if kinds.is_fine {
            columns.push(Box::new(Gathering { column: finer(name, rows), of }));
        }
    }
    for &(name, of) in AMOUNTS.iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: amounts(name, rows), of }));
    }
    for &(name, of) in NUMBERS.iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: numbers(name, rows), of }));
    }
    for &(name, of) in FLAGS.iter().filter(|(name, _)| kinds.has(name)) {
        columns.push(Box::new(Gathering { column: Flags::new(name, rows), of }));
    }
    for (cell, name) in COLUMNS.iter().enumerate().filter(|_| kinds.stands) {
        let of = move |line: &Line<'l>| Some(line.standing?.row.get(cell).unwrap_or_default().into());
        columns.push(Box::new(Gathering { column: Texts::new(&format!("{STANDING}{name}"), rows), of }));
    }
    for &(name, of) in INSTANT_LISTS {
        columns.push(Box::new(Gathering { column: timestamp_lists(name, rows), of }));
        if kinds.is_fine {
            columns.push(Box::new(Gathering { column: finer_lists(name, rows), of }));
        }
    }
    columns
}
