//! A row of the table: what it is about, and what each column takes of it. The fields of orders and disputes come from
//! their tables.

use std::borrow::Cow;

use arbiter_model::case::{OrderCases, is_also_of_dispute};
use arbiter_model::dispute::{Country, Dispute, Order, TrackingEvent};
use arbiter_model::docket::{Buyer, Docket};
use arbiter_model::fields::{ColumnKind, Field, FieldValue, Role};
use arbiter_model::final_decisions::{FinalDecision, Ruling};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{BETWEEN, runs};

/// A row of the table.
#[derive(Clone, Copy)]
pub(super) struct TableRow<'a> {
    pub cases: Option<&'a OrderCases>,
    pub dispute: Option<&'a Dispute>,
    /// The events, in the first row of the order.
    pub events: Option<&'a [TrackingEvent]>,
    /// The buyer's record, in the first row of the buyer.
    pub buyer: Option<&'a Buyer>,
    pub final_decision: Option<&'a FinalDecision>,
    pub ruling: Option<&'a Ruling>,
}

/// What a column takes of a row.
pub(super) type Of<'l, V> = Box<dyn Fn(&TableRow<'l>) -> Option<V> + Send + Sync + 'l>;

/// Columns of one kind, in their order.
pub(super) type Columns<'l, V> = Vec<(String, Of<'l, V>)>;

fn own<'l, V>(name: &str, of: impl Fn(&TableRow<'l>) -> Option<V> + Send + Sync + 'l) -> (String, Of<'l, V>) {
    (name.to_owned(), Box::new(of))
}

/// The dispute's fields of one kind, in the order in which they are read.
fn of_dispute<'l, V: 'l>(
    is_kept: fn(ColumnKind) -> bool,
    value: impl Fn(FieldValue<'l>) -> Option<V> + Copy + Send + Sync + 'l,
) -> Columns<'l, V> {
    let fields =
        Field::<Dispute>::in_reading_order().filter(|field| is_kept(field.column.kind) && is_kept_as_it_is(field));
    fields.map(|field| own(field.name(), move |line| value((field.get)(line.dispute?)))).collect()
}

/// The order's fields of one kind, in the order in which they are read.
fn of_order<'l, V: 'l>(
    is_kept: fn(ColumnKind) -> bool,
    value: impl Fn(FieldValue<'l>) -> Option<V> + Copy + Send + Sync + 'l,
) -> Columns<'l, V> {
    let fields =
        Field::<Order>::in_reading_order().filter(|field| is_kept(field.column.kind) && is_kept_as_it_is(field));
    fields.map(|field| own(&order_column(field), move |line| value((field.get)(line.order()?)))).collect()
}

/// The column of an order's field: both rows name a buyer.
pub(super) fn order_column(field: &Field<Order>) -> String {
    let owner = if is_also_of_dispute(field.name()) { "order_" } else { "" };
    format!("{owner}{}", field.name())
}

/// Whether the values of a kind are kept as texts.
pub(super) fn is_text(kind: ColumnKind) -> bool {
    use ColumnKind::{Code, Country, Currency, Decimal, OneOf, Text};
    matches!(kind, Text | Code | OneOf(_) | Currency | Country | Decimal)
}

/// Whether a field is kept under its own name: links and the columns of a row's keys are not.
pub(super) fn is_kept_as_it_is<E>(field: &Field<E>) -> bool {
    field.column.role != Role::Link && !["dispute_id", "order_id", "currency"].contains(&field.name())
}

pub(super) fn texts<'l>() -> Columns<'l, Cow<'l, str>> {
    let value = |value| match value {
        FieldValue::Text(text) => Some(Cow::Borrowed(text)),
        FieldValue::Number(number) => Some(number.to_string().into()),
        _ => None,
    };
    let (orders, kind) = (
        of_order(is_text, value),
        own("currency", |line| match (line.cases, line.final_decision) {
            (Some(cases), _) => Some(cases.order.currency.code().into()),
            (None, decision) => Some(decision?.currency.code().into()),
        }),
    );
    let mut columns: Columns<'l, Cow<'l, str>> = vec![
        own("dispute_id", |line| match (line.dispute, line.final_decision) {
            (Some(dispute), _) => Some((&*dispute.id).into()),
            (None, decision) => Some((&*decision?.dispute_id).into()),
        }),
        own("order_id", |line| match (line.cases, line.final_decision) {
            (Some(cases), _) => Some((&*cases.order.id).into()),
            (None, decision) => Some((&*decision?.order_id).into()),
        }),
    ];
    columns.extend(of_dispute(is_text, value));
    columns.push(own("not_exported", |line| Some(line.dispute?.exported.missing().join(";").into())));
    // The ids come before the currency that the order's other fields are in.
    let (ids, codes): (Vec<_>, Vec<_>) = orders.into_iter().partition(|(name, _)| name.ends_with("_id"));
    columns.extend(ids.into_iter().chain([kind]).chain(codes));
    columns.extend([
        own("events_status", |line| Some(joined(line.events?, |event, text| text.push_str(event.status.code())))),
        own("events_country", |line| {
            Some(joined(line.events?, |event, text| text.push_str(event.country.as_ref().map_or("", Country::code))))
        }),
        own("events_origin", |line| Some(runs::write(line.events?.iter().map(|event| event.origin)).into())),
        own("ruling_outcome", |line| Some(line.ruling?.outcome.code().into())),
        own("ruling_by", |line| Some((&*line.ruling?.by).into())),
        own("ruling_reason", |line| Some((&*line.ruling?.reason).into())),
        own("standing_facts", |line| Some((&*line.final_decision?.facts).into())),
        own("standing_currency_then", |line| Some(line.final_decision?.currency.code().into())),
        own("standing_order_id_then", |line| Some((&*line.final_decision?.order_id).into())),
    ]);
    columns
}

pub(super) fn instants<'l>() -> Columns<'l, Instant> {
    let value = |value| match value {
        FieldValue::Instant(at) => Some(at),
        _ => None,
    };
    let mut columns = of_dispute(|kind| kind == ColumnKind::Timestamp, value);
    columns.extend(of_order(|kind| kind == ColumnKind::Timestamp, value));
    columns.extend([
        own("ruling_at", |line| Some(line.ruling?.at)),
        own("standing_since", |line| Some(line.final_decision?.decided_at)),
    ]);
    columns
}

pub(super) fn amounts<'l>() -> Columns<'l, Money> {
    let value = |value| match value {
        FieldValue::Money(amount) => Some(amount),
        _ => None,
    };
    let mut columns = of_dispute(|kind| kind == ColumnKind::Amount, value);
    columns.extend(of_order(|kind| kind == ColumnKind::Amount, value));
    columns.extend([
        own("ruling_award", |line| line.ruling?.award),
        own("standing_amount", |line| Some(line.final_decision?.award)),
        own("standing_from_guarantee", |line| Some(line.final_decision?.guarantee)),
        own("standing_refunded_before", |line| Some(line.final_decision?.refunded_before)),
    ]);
    columns
}

pub(super) fn numbers<'l>() -> Columns<'l, u64> {
    let value = |value| match value {
        FieldValue::Count(count) => Some(count),
        _ => None,
    };
    let mut columns = vec![own("place", |line| Some(line.dispute?.place))];
    columns.extend(of_dispute(|kind| kind == ColumnKind::Integer, value));
    columns.extend(of_order(|kind| kind == ColumnKind::Integer, value));
    columns.extend([
        own("dispute_file", |line| Some(line.dispute?.origin.file.into())),
        own("dispute_line", |line| Some(line.dispute?.origin.line.into())),
        own("order_file", |line| Some(line.order()?.origin.file.into())),
        own("order_line", |line| Some(line.order()?.origin.line.into())),
        own("ruling_file", |line| Some(line.ruling?.origin.file.into())),
        own("ruling_line", |line| Some(line.ruling?.origin.line.into())),
    ]);
    columns
}

pub(super) fn flags<'l>() -> Columns<'l, bool> {
    let value = |value| match value {
        FieldValue::Flag(flag) => Some(flag),
        _ => None,
    };
    let mut columns = of_dispute(|kind| kind == ColumnKind::Boolean, value);
    columns.extend(of_order(|kind| kind == ColumnKind::Boolean, value));
    columns.extend([
        own("held_by_reject", |line| Some(line.cases?.held_by_reject)),
        own("ruling_was_referred", |line| Some(line.ruling?.was_referred)),
    ]);
    columns
}

pub(super) fn lists<'l>() -> Columns<'l, Vec<Instant>> {
    vec![
        own("events_at", |line| Some(line.events?.iter().map(|event| event.at).collect())),
        own("buyer_orders_paid_at", |line| Some(line.buyer?.orders_paid_at.clone())),
    ]
}

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

impl<'a> TableRow<'a> {
    fn order(&self) -> Option<&'a Order> {
        self.cases.map(|cases| &*cases.order)
    }
}

/// The rows of the table, in their order.
pub(super) fn lines(docket: &Docket) -> Vec<TableRow<'_>> {
    let all = docket.orders.iter().enumerate();
    let mut disputes: Vec<(usize, usize)> =
        all.flat_map(|(order, cases)| (0..cases.disputes.len()).map(move |dispute| (order, dispute))).collect();
    disputes.par_sort_unstable_by_key(|(order, dispute)| docket.orders[*order].disputes[*dispute].place);
    let rulings: FxHashMap<&str, &Ruling> = docket.rulings.iter().map(|ruling| (&*ruling.dispute_id, ruling)).collect();
    let mut buyers_told = vec![false; docket.buyers.len()];
    let mut orders_told = vec![false; docket.orders.len()];
    let mut decisions_told = vec![false; docket.final_decisions.all().len()];
    let mut lines = Vec::with_capacity(disputes.len());
    for (number, place) in disputes {
        let cases = &docket.orders[number];
        let (dispute, buyer) = (&cases.disputes[place], cases.disputants[place] as usize);
        let leads = !std::mem::replace(&mut orders_told[number], true);
        let number = docket.final_decisions.of_dispute(&dispute.id).map(|number| number as usize);
        number.into_iter().for_each(|number| decisions_told[number] = true);
        lines.push(TableRow {
            cases: Some(cases),
            dispute: Some(dispute),
            events: leads.then_some(&cases.events),
            buyer: (!std::mem::replace(&mut buyers_told[buyer], true)).then_some(&docket.buyers[buyer]),
            final_decision: number.map(|number| &docket.final_decisions.all()[number]),
            ruling: rulings.get(&*dispute.id).copied(),
        });
    }
    let rest = docket.final_decisions.all().iter().zip(decisions_told).filter(|(_, told)| !told);
    lines.extend(rest.map(|(decision, _)| TableRow {
        cases: None,
        dispute: None,
        events: None,
        buyer: None,
        final_decision: Some(decision),
        ruling: None,
    }));
    lines
}
