//! Reads the table back.

use std::io::Cursor;

use polars_arrow::array::{BooleanArray, Int128Array, StaticArray, UInt64Array, Utf8ViewArray};
use polars_error::{PolarsError, PolarsResult, polars_err};
use polars_parquet::read::{infer_schema, read_metadata};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use arbiter_engine::decision::COLUMNS;
use arbiter_intake::parquet_columns::guarded;
use arbiter_model::case::OrderCases;
use arbiter_model::dispute::{
    AnswerCode, Country, Dispute, Exported, Id, Order, Origin, Reason, TrackingEvent, TrackingStatus,
};
use arbiter_model::docket::{Buyer, Docket};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::fields::{ColumnKind, Entity, Field, FieldValue, Presence};
use arbiter_model::final_decisions::{FinalDecision, FinalDecisions, Ruling};
use arbiter_model::instant::Instant;
use arbiter_model::money::{Currency, Money};
use arbiter_model::outcome::Outcome;
use arbiter_model::run_record::RunRecord;

use super::column::{Instants, Lists, Table};
use super::row::{is_kept_as_it_is, order_column};
use super::{BETWEEN, RECORD, SCALE, STANDING, Snapshot, runs};

/// Reads what [`write`](super::write()) wrote.
///
/// # Errors
///
/// The bytes are no such file, or one that was damaged.
pub fn read(name: &str, bytes: &[u8]) -> Result<Snapshot, Fault> {
    guarded(|| read_table(bytes)).map_err(|problem| {
        Fault::new(FaultKind::Input, format!("is not a docket that can be read: {problem}"))
            .at(name)
            .hint("give the docket.parquet of a run's folder; arbiter verify tells whether the folder is whole")
    })
}

fn read_table(bytes: &[u8]) -> PolarsResult<Snapshot> {
    let metadata = read_metadata(&mut Cursor::new(bytes))?;
    let kept = metadata.key_value_metadata().as_ref().and_then(|all| all.iter().find(|one| one.key == RECORD));
    let record = kept
        .and_then(|kept| kept.value.as_deref())
        .ok_or_else(|| missing("the record of the run, beside the table,"))?;
    let record: RunRecord = serde_json::from_str(record).map_err(|error| polars_err!(ComputeError: "{error}"))?;
    let schema = infer_schema(&metadata)?;
    let mut gathering = Gathering::default();
    for group in &metadata.row_groups {
        gathering.add(&Table::read(bytes, group, &schema)?)?;
    }
    let docket = Docket { sources: record.sources.clone(), ..gathering.finish() };
    Ok(Snapshot { docket, record })
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
    standing: Vec<FinalDecision>,
}

impl Gathering {
    fn add(&mut self, table: &Table) -> PolarsResult<()> {
        let (orders, disputes) = (OrderColumns::of(table)?, DisputeColumns::of(table)?);
        let standing = table.has("standing_facts").then(|| FinalDecisionColumns::of(table)).transpose()?;
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
            buyers.push(Buyer { id: id.clone(), orders_paid_at: orders_paid_at.collect() });
            buyers.len() as u32 - 1
        })
    }

    /// The order's cases; the first row of an order has the events.
    fn file(&mut self, row: usize, currency: Currency, orders: &OrderColumns) -> PolarsResult<&mut OrderCases> {
        let id = text(&orders.id, row, "order_id")?;
        let number = match self.files.get(id) {
            Some(number) => *number,
            None => {
                let number = self.docket.orders.len() as u32;
                self.docket.orders.push(orders.read(row, currency)?);
                self.files.insert(id.into(), number);
                number
            }
        };
        self.docket.orders.get_mut(number as usize).ok_or_else(|| missing("an order"))
    }

    fn finish(mut self) -> Docket {
        self.docket.orders.iter_mut().for_each(OrderCases::sort_disputes);
        self.docket.rulings.sort_by_key(|ruling| (ruling.origin.file, ruling.origin.line));
        let mut final_decisions = FinalDecisions::of(self.standing);
        final_decisions.follow(&self.docket.orders);
        Docket { final_decisions, ..self.docket }
    }
}

fn text<'a>(column: &'a Utf8ViewArray, row: usize, name: &str) -> PolarsResult<&'a str> {
    column.get(row).ok_or_else(|| missing(name))
}

fn told(column: &Utf8ViewArray, row: usize) -> &str {
    column.get(row).unwrap_or_default()
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

/// The values of a field's column.
enum FieldColumn {
    Text(Utf8ViewArray),
    Instant(Instants),
    Amount(Int128Array),
    Count(UInt64Array),
    Flag(BooleanArray),
}

impl FieldColumn {
    fn of(table: &Table, name: &str, kind: ColumnKind) -> PolarsResult<Self> {
        Ok(match kind {
            ColumnKind::Timestamp => Self::Instant(table.instants(name)?),
            ColumnKind::Amount => Self::Amount(table.amounts(name)?),
            ColumnKind::Integer => Self::Count(table.numbers(name)?),
            ColumnKind::Boolean => Self::Flag(table.flags(name)?),
            _ => Self::Text(table.texts(name)?),
        })
    }

    fn get(&self, row: usize, currency: Currency) -> FieldValue<'_> {
        let value = match self {
            Self::Text(texts) => texts.get(row).map(FieldValue::Text),
            Self::Instant(instants) => instants.get(row).map(FieldValue::Instant),
            Self::Amount(amounts) => amount(amounts, row, currency).map(FieldValue::Money),
            Self::Count(numbers) => numbers.get(row).map(FieldValue::Count),
            Self::Flag(flags) => flags.get(row).map(FieldValue::Flag),
        };
        value.unwrap_or(FieldValue::Nothing)
    }
}

/// The columns of an entity's fields.
struct FieldColumns<E: 'static>(Vec<(&'static Field<E>, FieldColumn)>);

impl<E: Entity> FieldColumns<E> {
    fn of(table: &Table, name_of: impl Fn(&Field<E>) -> String) -> PolarsResult<Self> {
        // A docket of an earlier version lacks the columns that have come since; its runs knew nothing of them.
        let is_there = |field: &&Field<E>| field.column.presence == Presence::Needed || table.has(&name_of(field));
        let kept = E::FIELDS.iter().filter(|field| is_kept_as_it_is(field)).filter(is_there);
        let column =
            |field: &'static Field<E>| Ok((field, FieldColumn::of(table, &name_of(field), field.column.kind)?));
        kept.map(column).collect::<PolarsResult<_>>().map(Self)
    }

    /// Puts what a row has into an entity; what it has not stays as it is.
    fn fill(&self, entity: &mut E, row: usize, currency: Currency) -> PolarsResult<()> {
        for (field, column) in &self.0 {
            let value = match (column.get(row, currency), field.column.kind) {
                (FieldValue::Nothing, _) if field.column.presence == Presence::Needed => {
                    return Err(missing(field.name()));
                }
                (FieldValue::Nothing, _) => continue,
                (FieldValue::Text(text), ColumnKind::Decimal) => {
                    FieldValue::Number(known(Decimal::from_str_exact(text).ok(), field.name(), text)?)
                }
                (value, _) => value,
            };
            if !(field.set)(entity, value) {
                return known(None, field.name(), &value.to_string());
            }
        }
        Ok(())
    }
}

struct OrderColumns {
    id: Utf8ViewArray,
    currency: Utf8ViewArray,
    paid_at: Instants,
    fields: FieldColumns<Order>,
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
        Ok(Self {
            id: table.texts("order_id")?,
            currency: table.texts("currency")?,
            paid_at: table.instants("paid_at")?,
            fields: FieldColumns::of(table, order_column)?,
            file: table.numbers("order_file")?,
            line: table.numbers("order_line")?,
            held_by_reject: table.flags("held_by_reject")?,
            events_at: table.instant_lists("events_at")?,
            events_status: table.texts("events_status")?,
            events_country: table.texts("events_country")?,
            events_origin: table.texts("events_origin")?,
        })
    }

    fn currency(&self, row: usize) -> PolarsResult<Currency> {
        let code = text(&self.currency, row, "currency")?;
        known(Currency::from_code(code), "currency", code)
    }

    fn read(&self, row: usize, currency: Currency) -> PolarsResult<OrderCases> {
        let (id, paid_at) = (text(&self.id, row, "order_id")?, instant(&self.paid_at, row, "paid_at")?);
        let mut order = Order::new(id, "", "", Money::zero(currency), currency, paid_at);
        self.fields.fill(&mut order, row, currency)?;
        order.origin = origin(&self.file, &self.line, row);
        let held_by_reject = self.held_by_reject.get(row).unwrap_or_default();
        let (order, events) = (Box::new(order), self.events(row)?);
        Ok(OrderCases { order, events, disputes: Vec::new(), disputants: Vec::new(), held_by_reject })
    }

    fn events(&self, row: usize) -> PolarsResult<Vec<TrackingEvent>> {
        let items = self.events_at.of(row);
        let mut statuses = told(&self.events_status, row).split(BETWEEN);
        let mut countries = told(&self.events_country, row).split(BETWEEN);
        let mut origins = runs::read(told(&self.events_origin, row));
        let mut events = Vec::with_capacity(items.len());
        for item in items {
            let status = statuses.next().ok_or_else(|| missing("events_status"))?;
            let status = known(TrackingStatus::from_code(status), "events_status", status)?;
            events.push(TrackingEvent {
                country: countries.next().and_then(Country::from_code),
                origin: origins.next().ok_or_else(|| missing("events_origin"))?,
                ..TrackingEvent::new(instant(&self.events_at.items, item, "events_at")?, status)
            });
        }
        Ok(events)
    }
}

struct DisputeColumns {
    id: Utf8ViewArray,
    opened_at: Instants,
    fields: FieldColumns<Dispute>,
    not_exported: Utf8ViewArray,
    place: UInt64Array,
    file: UInt64Array,
    line: UInt64Array,
}

impl DisputeColumns {
    fn of(table: &Table) -> PolarsResult<Self> {
        Ok(Self {
            id: table.texts("dispute_id")?,
            opened_at: table.instants("opened_at")?,
            fields: FieldColumns::of(table, |field| field.name().to_owned())?,
            not_exported: table.texts("not_exported")?,
            place: table.numbers("place")?,
            file: table.numbers("dispute_file")?,
            line: table.numbers("dispute_line")?,
        })
    }

    fn read(&self, row: usize, currency: Currency) -> PolarsResult<Dispute> {
        let (id, opened_at) = (text(&self.id, row, "dispute_id")?, instant(&self.opened_at, row, "opened_at")?);
        let mut dispute = Dispute::new(id, "", opened_at, Reason::Other);
        self.fields.fill(&mut dispute, row, currency)?;
        if dispute.seller_response != AnswerCode::None && dispute.response().is_none() {
            return Err(missing("the date or the offer of a seller_response"));
        }
        let missing = text(&self.not_exported, row, "not_exported")?;
        dispute.exported = Exported::all_but(&missing.split(';').collect::<Vec<_>>());
        dispute.place = number(&self.place, row);
        dispute.origin = origin(&self.file, &self.line, row);
        Ok(dispute)
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

    fn read(&self, row: usize, currency: Currency, dispute_id: &Id) -> PolarsResult<Option<Ruling>> {
        let Some(outcome) = self.outcome.get(row) else { return Ok(None) };
        Ok(Some(Ruling {
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

struct FinalDecisionColumns {
    cells: Vec<Utf8ViewArray>,
    facts: Utf8ViewArray,
    order_id: Utf8ViewArray,
    currency: Utf8ViewArray,
    award: Int128Array,
    guarantee: Int128Array,
    refunded_before: Int128Array,
    since: Instants,
}

impl FinalDecisionColumns {
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

    fn read(&self, row: usize, disputes: &DisputeColumns) -> PolarsResult<Option<FinalDecision>> {
        let Some(code) = self.currency.get(row) else { return Ok(None) };
        let currency = known(Currency::from_code(code), "standing_currency_then", code)?;
        let sum = |column| amount(column, row, currency).ok_or_else(|| missing("an amount that stands"));
        let outcome = self.cell("outcome", row).unwrap_or_default();
        Ok(Some(FinalDecision {
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
