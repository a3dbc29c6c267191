//! tracking.csv: one row for each parcel event. Read field by field are those of disputed orders, and
//! of the other orders of buyers who dispute: of these only the faults are of interest.

use arbiter_model::dispute::{Country, TrackingEvent, TrackingStatus};
use arbiter_model::instant::Instant;

use super::id_index::{IdIndex, IdNumber};
use super::other_orders::OtherOrders;
use crate::columns::{FieldFault, Row, TextRow, columns_of};
use crate::scan::{BATCH_ROWS, RowFilter, fields_of};

columns_of! {
    /// The columns of tracking.csv.
    TrackingColumn of TrackingEvent {
        ORDER_ID = "order_id",
        EVENT_AT = "event_at",
        STATUS = "status",
        COUNTRY = "country",
    }
}

use TrackingColumn as C;

/// A row of tracking.csv that bears on a dispute.
pub(crate) struct EventRow {
    /// The number of the order among those that disputes name; `None` where the row names none of them.
    pub order: IdNumber,
    /// A hash of its text: identical rows count once.
    pub text_hash: u64,
    /// What it says.
    pub content: EventContent,
}

/// What a row tells of a parcel.
pub(crate) enum EventContent {
    /// An event, all but where it stands.
    Told {
        /// When it happened.
        at: Instant,
        /// What happened.
        status: TrackingStatus,
        /// Where it happened.
        country: Option<Country>,
    },
    /// Nothing that can be read; the first fault.
    Faulty(Box<FieldFault>),
}

/// Keeps the events of disputed orders, the faulty ones of other orders of buyers who dispute, and those that name no
/// order at all: they might be about a disputed one.
pub(crate) struct EventFilter<'a> {
    /// The orders that disputes name.
    pub disputed: &'a IdIndex,
    /// The other orders of those who dispute.
    pub others: &'a OtherOrders,
}

impl RowFilter<TrackingColumn> for EventFilter<'_> {
    type Kept = EventRow;

    fn filter(&self, rows: &[Row<TrackingColumn>], keep: &mut impl FnMut(usize, EventRow)) {
        // Exports mostly have an order's events together: such rows are looked up as one.
        let (mut ids, mut group_of, mut groups) = (fields_of(rows, C::ORDER_ID), [0; BATCH_ROWS], 0);
        for place in 0..rows.len() {
            let id = ids[place];
            groups += usize::from(groups == 0 || ids[groups - 1] != id);
            ids[groups - 1] = id;
            group_of[place] = groups - 1;
        }
        let disputed = self.disputed.look_up(&ids[..groups]);
        let mut is_asked = [false; BATCH_ROWS];
        for (group, is_asked) in is_asked.iter_mut().enumerate().take(groups) {
            *is_asked = ids[group].is_empty() | self.others.may_have(&disputed, group);
        }
        for (place, (row, group)) in rows.iter().zip(group_of).enumerate() {
            let order = disputed.number(group);
            if order.is_some() || is_asked[group] && !is_surely_faultless(row) {
                read(row, order, self.others).into_iter().for_each(|row| keep(place, row));
            }
        }
    }
}

/// Whether a row is surely without fault: a quick yes for nearly all, since of other orders only the faults are asked.
fn is_surely_faultless(row: &Row<TrackingColumn>) -> bool {
    let is_country = |text: &str| text.is_empty() || Country::from_code(text).is_some();
    let (id, at, status) = (row.known(C::ORDER_ID), row.known(C::EVENT_AT), row.known(C::STATUS));
    id.is_some_and(|id| !id.is_empty())
        && at.is_some_and(|at| Instant::is_surely_one(at.as_bytes()))
        && status.is_some_and(|status| TrackingStatus::from_code(status).is_some())
        && (!row.header().has(C::COUNTRY) || row.known(C::COUNTRY).is_some_and(is_country))
}

/// Reads a row that bears on a dispute, or might.
fn read(row: &Row<TrackingColumn>, order: Option<u32>, others: &OtherOrders) -> Option<EventRow> {
    let content = row.as_text().and_then(|row| content(&row));
    let content = content.unwrap_or_else(|fault| EventContent::Faulty(Box::new(fault)));
    let is_about_other = || {
        let id = row.bytes(C::ORDER_ID);
        id.is_empty() || others.have(id)
    };
    let is_kept = order.is_some() || matches!(content, EventContent::Faulty(_)) && is_about_other();
    is_kept.then(|| EventRow { order: order.into(), text_hash: row.text_hash(), content })
}

fn content(row: &TextRow<TrackingColumn>) -> Result<EventContent, FieldFault> {
    row.needed_text(C::ORDER_ID)?;
    let at = row.needed_timestamp(C::EVENT_AT)?;
    let status = row.listed(C::STATUS, TrackingStatus::CODES)?.and_then(TrackingStatus::from_code);
    let status = status.ok_or_else(|| row.missing(C::STATUS, "a status such as in_transit"))?;
    let country = row.country(C::COUNTRY)?;
    Ok(EventContent::Told { at, status, country })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::bytes::Encoding;
    use crate::columns::{ExportMapping, Header};
    use crate::csv::{RecordFields, Separators};
    use crate::values::ValueFormat;

    /// Whether a row is surely without fault, and whether it is, with or without the optional columns.
    fn both_ways(line: &str, names: &[&str], is_text: bool) -> (bool, bool) {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let (mapping, values) = (ExportMapping::default(), ValueFormat::standard(Tz::UTC));
        let header = Header::<TrackingColumn>::new("", b',', names, &mapping, Encoding::UTF8, values).unwrap();
        let mut separators = Separators::default();
        assert!(separators.find(line.as_bytes(), b',', b'\n'));
        let ends = separators.lines().next().unwrap();
        let row =
            Row::new(&header, line.as_bytes(), RecordFields::At { start: 0, ends }).known_as(is_text.then_some(line));
        (is_surely_faultless(&row), row.as_text().and_then(|row| content(&row)).is_ok())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_quick_yes_is_a_yes(
            id in prop::sample::select(vec!["O-1", "", " ", "ж"]),
            at in prop::sample::select(vec![
                "2026-03-01T08:00:00Z", "2026-02-29T08:00:00Z", "2026-03-31T08:00:00Z", "0000-01-01T00:00:00Z",
                "2026-13-01T08:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T08:00:60Z", "2026-03-01", "2026-03-0/T08:00:00Z", "",
            ]),
            status in prop::sample::select(vec!["delivered", "in_transit", "Delivered", "gone", "", " lost"]),
            country in prop::sample::select(vec!["", "BR", "br", "B1", "BRA", "ж"]),
            has_country: bool,
            is_text: bool,
        ) {
            let (line, names) = match has_country {
                true => (format!("{id},{at},{status},{country}"), &["order_id", "event_at", "status", "country"][..]),
                false => (format!("{id},{at},{status}"), &["order_id", "event_at", "status"][..]),
            };
            let (surely, really) = both_ways(&line, names, is_text);
            prop_assert!(!surely || really, "{}", line);
            // It is of use: what is as our own exports write it gets the yes.
            let is_usual = id == "O-1" && at == "2026-03-01T08:00:00Z" && status == "delivered" && country.len() % 2 == 0;
            if is_usual && is_text && matches!(country, "" | "BR" | "br") {
                prop_assert!(surely, "{}", line);
            }
        }
    }
}
