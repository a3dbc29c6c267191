//! Reads the table back.

use std::io::Cursor;

use polars_arrow::array::{BooleanArray, Int128Array, StaticArray, UInt64Array, Utf8ViewArray};
use polars_error::{PolarsError, PolarsResult, polars_err};
use polars_parquet::read::{infer_schema, read_metadata};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::case::{BuyerRecord, CaseFile, Docket};
use crate::decision::{COLUMNS, Outcome};
use crate::dispute::{
    Country, Dispute, Exported, Id, Order, Origin, Reason, SellerAnswer, SellerResponse, TrackingEvent, TrackingStatus,
    Video,
};
use crate::fault::{Fault, FaultKind};
use crate::instant::Instant;
use crate::money::{Currency, Money};
use crate::parquet::guarded;
use crate::register::{PersonsRuling, Register, Standing};

use super::column::{Instants, Lists, Table};
use super::{BESIDE, BETWEEN, Beside, SCALE, STANDING, Stored, runs};

/// Reads what [`write`](super::write()) wrote.
///
/// # Errors
///
/// The bytes are no such file, or one that was damaged.
pub fn read(name: &str, bytes: &[u8]) -> Result<Stored, Fault> {
    guarded(|| read_table(bytes)).map_err(|problem| {
        Fault::new(FaultKind::Input, format!("is not a docket that can be read: {problem}"))
            .at(name)
            .hint("give the docket.parquet of a run's folder; arbiter verify tells whether the folder is whole")
    })
}

fn read_table(bytes: &[u8]) -> PolarsResult<Stored> {
    let metadata = read_metadata(&mut Cursor::new(bytes))?;
    let kept = metadata.key_value_metadata().as_ref().and_then(|all| all.iter().find(|one| one.key == BESIDE));
    let beside = kept.and_then(|kept| kept.value.as_deref()).ok_or_else(|| missing("what stands beside the table"))?;
    let beside: Beside = serde_json::from_str(beside).map_err(|error| polars_err!(ComputeError: "{error}"))?;
    let schema = infer_schema(&metadata)?;
    let mut gathering = Gathering::default();
    for group in &metadata.row_groups {
        gathering.add(&Table::read(bytes, group, &schema)?)?;
    }
    let docket = Docket { sources: beside.sources.clone(), ..gathering.finish() };
    Ok(Stored { docket, beside })
}

fn missing(what: &str) -> PolarsError {
    polars_err!(ComputeError: "{what} is missing")
}

/// The docket as its rows are read.
#[derive(Default)]
struct Gathering {
    docket: Docket,
    files: FxHashMap<Id, u32>,
    buyers: FxHashMap<Id, u32>,
    standing: Vec<Standing>,
}

impl Gathering {
    fn add(&mut self, table: &Table) -> PolarsResult<()> {
        let (orders, disputes) = (OrderColumns::of(table)?, DisputeColumns::of(table)?);
        let standing = table.has("standing_facts").then(|| StandingColumns::of(table)).transpose()?;
        let rulings = table.has("ruling_outcome").then(|| RulingColumns::of(table)).transpose()?;
        let paid = table.instant_lists("buyer_orders_paid_at")?;
        for row in 0..table.rows {
            let currency = orders.currency(row)?;
            if let Some(standing) = &standing {
                self.standing.extend(standing.read(row, &disputes)?);
            }
            if disputes.place.get(row).is_none() {
                continue;
            }
            let dispute = disputes.read(row, currency)?;
            if let Some(rulings) = &rulings {
                self.docket.rulings.extend(rulings.read(row, currency, &dispute.id)?);
            }
            let buyer = self.buyer(&dispute.buyer_id, paid.of(row).map_while(|item| paid.items.get(item)));
            let file = self.file(row, currency, &orders)?;
            file.disputes.push(dispute);
            file.disputants.push(buyer);
        }
        Ok(())
    }

    /// The buyer's number; the first row of a buyer has the record.
    fn buyer(&mut self, id: &Id, orders_paid_at: impl Iterator<Item = Instant>) -> u32 {
        let buyers = &mut self.docket.buyers;
        *self.buyers.entry(id.clone()).or_insert_with(|| {
            buyers.push(BuyerRecord { id: id.clone(), orders_paid_at: orders_paid_at.collect() });
            buyers.len() as u32 - 1
        })
    }

    /// The order's file; the first row of an order has the events.
    fn file(&mut self, row: usize, currency: Currency, orders: &OrderColumns) -> PolarsResult<&mut CaseFile> {
        let id = text(&orders.id, row, "order_id")?;
        let number = match self.files.get(id) {
            Some(number) => *number,
            None => {
                let number = self.docket.files.len() as u32;
                self.docket.files.push(orders.read(row, currency)?);
                self.files.insert(id.into(), number);
                number
            }
        };
        self.docket.files.get_mut(number as usize).ok_or_else(|| missing("an order"))
    }

    fn finish(mut self) -> Docket {
        self.docket.files.iter_mut().for_each(CaseFile::sort_disputes);
        self.docket.rulings.sort_by_key(|ruling| (ruling.origin.file, ruling.origin.line));
        let mut register = Register::of(self.standing);
        register.follow(&self.docket.files);
        Docket { register, ..self.docket }
    }
}

fn text<'a>(column: &'a Utf8ViewArray, row: usize, name: &str) -> PolarsResult<&'a str> {
    column.get(row).ok_or_else(|| missing(name))
}

fn told(column: &Utf8ViewArray, row: usize) -> &str {
    column.get(row).unwrap_or_default()
}

fn maybe_id(column: &Utf8ViewArray, row: usize) -> Option<Id> {
    column.get(row).map(Id::from)
}

fn instant(column: &Instants, row: usize, name: &str) -> PolarsResult<Instant> {
    column.get(row).ok_or_else(|| missing(name))
}

fn number(column: &UInt64Array, row: usize) -> u64 {
    column.get(row).unwrap_or_default()
}

fn amount(column: &Int128Array, row: usize, currency: Currency) -> Option<Money> {
    column.get(row).map(|units| Money::from_units_at(units, SCALE, currency))
}

fn origin(files: &UInt64Array, lines: &UInt64Array, row: usize) -> Origin {
    Origin { file: number(files, row) as u32, line: number(lines, row) as u32 }
}

fn known<T>(value: Option<T>, name: &str, text: &str) -> PolarsResult<T> {
    value.ok_or_else(|| polars_err!(ComputeError: "{name} has {text:?}"))
}

fn capacity(column: &Utf8ViewArray, row: usize, name: &str) -> PolarsResult<Option<Decimal>> {
    column.get(row).map(|text| known(Decimal::from_str_exact(text).ok(), name, text)).transpose()
}

struct OrderColumns {
    id: Utf8ViewArray,
    buyer_id: Utf8ViewArray,
    seller_id: Utf8ViewArray,
    currency: Utf8ViewArray,
    amounts: [Int128Array; 3],
    codes: [Utf8ViewArray; 4],
    paid_at: Instants,
    dates: [Instants; 3],
    quantity: UInt64Array,
    file: UInt64Array,
    line: UInt64Array,
    held_by_reject: BooleanArray,
    events_at: Lists<Instants>,
    events_status: Utf8ViewArray,
    events_country: Utf8ViewArray,
    events_origin: Utf8ViewArray,
}

impl OrderColumns {
    fn of(table: &Table) -> PolarsResult<Self> {
        let (texts, amounts, instants) =
            (|name| table.texts(name), |name| table.amounts(name), |name| table.instants(name));
        Ok(Self {
            id: texts("order_id")?,
            buyer_id: texts("order_buyer_id")?,
            seller_id: texts("seller_id")?,
            currency: texts("currency")?,
            amounts: [amounts("goods_total")?, amounts("shipping_fee")?, amounts("refunded_total")?],
            codes: [texts("category")?, texts("payment_method")?, texts("wallet")?, texts("destination_country")?],
            paid_at: instants("paid_at")?,
            dates: [instants("shipped_at")?, instants("protection_ends_at")?, instants("confirmed_at")?],
            quantity: table.numbers("quantity")?,
            file: table.numbers("order_file")?,
            line: table.numbers("order_line")?,
            held_by_reject: table.flags("held_by_reject")?,
            events_at: table.instant_lists("events_at")?,
            events_status: texts("events_status")?,
            events_country: texts("events_country")?,
            events_origin: texts("events_origin")?,
        })
    }

    fn currency(&self, row: usize) -> PolarsResult<Currency> {
        let code = text(&self.currency, row, "currency")?;
        known(Currency::from_code(code), "currency", code)
    }

    fn read(&self, row: usize, currency: Currency) -> PolarsResult<CaseFile> {
        let [goods_total, shipping_fee, refunded_total] =
            [0, 1, 2].map(|column| amount(&self.amounts[column], row, currency).ok_or_else(|| missing("an amount")));
        let [category, payment_method, wallet, destination] =
            [0, 1, 2, 3].map(|column| maybe_id(&self.codes[column], row));
        let [shipped_at, protection_ends_at, confirmed_at] = [0, 1, 2].map(|column| self.dates[column].get(row));
        let order = Order {
            id: text(&self.id, row, "order_id")?.into(),
            buyer_id: text(&self.buyer_id, row, "order_buyer_id")?.into(),
            seller_id: text(&self.seller_id, row, "seller_id")?.into(),
            currency,
            goods_total: goods_total?,
            shipping_fee: shipping_fee?,
            refunded_total: refunded_total?,
            paid_at: instant(&self.paid_at, row, "paid_at")?,
            category,
            quantity: number(&self.quantity, row),
            payment_method: payment_method.ok_or_else(|| missing("payment_method"))?,
            wallet,
            shipped_at,
            protection_ends_at,
            confirmed_at,
            destination: destination.and_then(|code| Country::from_code(&code)),
            origin: origin(&self.file, &self.line, row),
        };
        let held_by_reject = self.held_by_reject.get(row).unwrap_or_default();
        let (order, events) = (Box::new(order), self.events(row)?);
        Ok(CaseFile { order, events, disputes: Vec::new(), disputants: Vec::new(), held_by_reject })
    }

    fn events(&self, row: usize) -> PolarsResult<Vec<TrackingEvent>> {
        let items = self.events_at.of(row);
        let mut statuses = told(&self.events_status, row).split(BETWEEN);
        let mut countries = told(&self.events_country, row).split(BETWEEN);
        let mut origins = runs::read(told(&self.events_origin, row));
        let mut events = Vec::with_capacity(items.len());
        for item in items {
            let status = statuses.next().ok_or_else(|| missing("events_status"))?;
            events.push(TrackingEvent {
                at: instant(&self.events_at.items, item, "events_at")?,
                status: known(TrackingStatus::from_code(status), "events_status", status)?,
                country: countries.next().and_then(Country::from_code),
                origin: origins.next().ok_or_else(|| missing("events_origin"))?,
            });
        }
        Ok(events)
    }
}

struct DisputeColumns {
    id: Utf8ViewArray,
    buyer_id: Utf8ViewArray,
    reason: Utf8ViewArray,
    video: Utf8ViewArray,
    capacities: [Utf8ViewArray; 2],
    answer: Utf8ViewArray,
    comment: Utf8ViewArray,
    not_exported: Utf8ViewArray,
    requested: Int128Array,
    offer: Int128Array,
    opened_at: Instants,
    responded_at: Instants,
    dates: [Instants; 5],
    place: UInt64Array,
    numbers: [UInt64Array; 3],
    file: UInt64Array,
    line: UInt64Array,
    flags: [BooleanArray; 3],
}

impl DisputeColumns {
    fn of(table: &Table) -> PolarsResult<Self> {
        let (texts, instants) = (|name| table.texts(name), |name| table.instants(name));
        let (numbers, flags) = (|name| table.numbers(name), |name| table.flags(name));
        Ok(Self {
            id: texts("dispute_id")?,
            buyer_id: texts("buyer_id")?,
            reason: texts("reason")?,
            video: texts("video")?,
            capacities: [texts("advertised_capacity_gb")?, texts("measured_capacity_gb")?],
            answer: texts("seller_response")?,
            comment: texts("comment")?,
            not_exported: texts("not_exported")?,
            requested: table.amounts("requested_amount")?,
            offer: table.amounts("seller_offer")?,
            opened_at: instants("opened_at")?,
            responded_at: instants("seller_responded_at")?,
            dates: [
                instants("buyer_accepted_at")?,
                instants("escalated_at")?,
                instants("info_requested_at")?,
                instants("info_supplied_at")?,
                instants("withdrawn_at")?,
            ],
            place: numbers("place")?,
            numbers: [numbers("photos")?, numbers("documents")?, numbers("quantity_received")?],
            file: numbers("dispute_file")?,
            line: numbers("dispute_line")?,
            flags: [flags("wants_return")?, flags("evidence_tampered")?, flags("usable")?],
        })
    }

    fn read(&self, row: usize, currency: Currency) -> PolarsResult<Dispute> {
        let reason = text(&self.reason, row, "reason")?;
        let video = text(&self.video, row, "video")?;
        let missing = text(&self.not_exported, row, "not_exported")?;
        let [buyer_accepted_at, escalated_at, info_requested_at, info_supplied_at, withdrawn_at] =
            [0, 1, 2, 3, 4].map(|column| self.dates[column].get(row));
        Ok(Dispute {
            id: text(&self.id, row, "dispute_id")?.into(),
            buyer_id: text(&self.buyer_id, row, "buyer_id")?.into(),
            opened_at: instant(&self.opened_at, row, "opened_at")?,
            reason: known(Reason::from_code(reason), "reason", reason)?,
            requested: amount(&self.requested, row, currency),
            wants_return: self.flags[0].get(row).unwrap_or_default(),
            photos: number(&self.numbers[0], row),
            video: known(Video::from_code(video), "video", video)?,
            documents: number(&self.numbers[1], row),
            evidence_tampered: self.flags[1].get(row).unwrap_or_default(),
            quantity_received: self.numbers[2].get(row),
            advertised_capacity: capacity(&self.capacities[0], row, "advertised_capacity_gb")?,
            measured_capacity: capacity(&self.capacities[1], row, "measured_capacity_gb")?,
            usable: self.flags[2].get(row),
            response: self.response(row, currency)?,
            buyer_accepted_at,
            escalated_at,
            info_requested_at,
            info_supplied_at,
            withdrawn_at,
            comment: self.comment.get(row).map(Box::from),
            exported: Exported::all_but(&missing.split(';').collect::<Vec<_>>()),
            place: number(&self.place, row),
            origin: origin(&self.file, &self.line, row),
        })
    }

    fn response(&self, row: usize, currency: Currency) -> PolarsResult<Option<SellerResponse>> {
        let Some(code) = self.answer.get(row) else { return Ok(None) };
        let answer = match code {
            "accepted" => Some(SellerAnswer::Accepted),
            "rejected" => Some(SellerAnswer::Rejected),
            _ => amount(&self.offer, row, currency).map(|offer| SellerAnswer::Countered { offer }),
        };
        let answer = known(answer, "seller_response", code)?;
        Ok(Some(SellerResponse { answer, at: instant(&self.responded_at, row, "seller_responded_at")? }))
    }
}

struct RulingColumns {
    outcome: Utf8ViewArray,
    by: Utf8ViewArray,
    reason: Utf8ViewArray,
    at: Instants,
    award: Int128Array,
    was_referred: BooleanArray,
    file: UInt64Array,
    line: UInt64Array,
}

impl RulingColumns {
    fn of(table: &Table) -> PolarsResult<Self> {
        Ok(Self {
            outcome: table.texts("ruling_outcome")?,
            by: table.texts("ruling_by")?,
            reason: table.texts("ruling_reason")?,
            at: table.instants("ruling_at")?,
            award: table.amounts("ruling_award")?,
            was_referred: table.flags("ruling_was_referred")?,
            file: table.numbers("ruling_file")?,
            line: table.numbers("ruling_line")?,
        })
    }

    fn read(&self, row: usize, currency: Currency, dispute_id: &Id) -> PolarsResult<Option<PersonsRuling>> {
        let Some(outcome) = self.outcome.get(row) else { return Ok(None) };
        Ok(Some(PersonsRuling {
            dispute_id: dispute_id.clone(),
            outcome: known(Outcome::from_code(outcome), "ruling_outcome", outcome)?,
            award: amount(&self.award, row, currency),
            by: text(&self.by, row, "ruling_by")?.into(),
            at: instant(&self.at, row, "ruling_at")?,
            reason: text(&self.reason, row, "ruling_reason")?.into(),
            was_referred: self.was_referred.get(row).unwrap_or_default(),
            origin: origin(&self.file, &self.line, row),
        }))
    }
}

struct StandingColumns {
    cells: Vec<Utf8ViewArray>,
    facts: Utf8ViewArray,
    order_id: Utf8ViewArray,
    currency: Utf8ViewArray,
    award: Int128Array,
    guarantee: Int128Array,
    refunded_before: Int128Array,
    since: Instants,
}

impl StandingColumns {
    fn of(table: &Table) -> PolarsResult<Self> {
        let cells = COLUMNS.iter().map(|name| table.texts(&format!("{STANDING}{name}")));
        Ok(Self {
            cells: cells.collect::<PolarsResult<_>>()?,
            facts: table.texts("standing_facts")?,
            order_id: table.texts("standing_order_id_then")?,
            currency: table.texts("standing_currency_then")?,
            award: table.amounts("standing_amount")?,
            guarantee: table.amounts("standing_from_guarantee")?,
            refunded_before: table.amounts("standing_refunded_before")?,
            since: table.instants("standing_since")?,
        })
    }

    fn cell(&self, name: &str, row: usize) -> Option<&str> {
        self.cells.get(COLUMNS.iter().position(|column| *column == name)?)?.get(row)
    }

    fn read(&self, row: usize, disputes: &DisputeColumns) -> PolarsResult<Option<Standing>> {
        let Some(code) = self.currency.get(row) else { return Ok(None) };
        let currency = known(Currency::from_code(code), "standing_currency_then", code)?;
        let sum = |column| amount(column, row, currency).ok_or_else(|| missing("an amount that stands"));
        let outcome = self.cell("outcome", row).unwrap_or_default();
        Ok(Some(Standing {
            dispute_id: text(&disputes.id, row, "dispute_id")?.into(),
            order_id: text(&self.order_id, row, "standing_order_id_then")?.into(),
            outcome: known(Outcome::from_code(outcome), "standing_outcome", outcome)?,
            rule: self.cell("rule", row).unwrap_or_default().into(),
            award: sum(&self.award)?,
            guarantee: sum(&self.guarantee)?,
            currency,
            decided_at: instant(&self.since, row, "standing_since")?,
            refunded_before: sum(&self.refunded_before)?,
            facts: text(&self.facts, row, "standing_facts")?.into(),
            row: self.cells.iter().map(|cell| cell.get(row).unwrap_or_default()).collect(),
        }))
    }
}
