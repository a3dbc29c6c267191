//! The facts of a case, each row with the line it came from.

use serde::Serialize;

use arbiter_model::dispute::Origin;
use arbiter_model::fields::Entity;
use arbiter_model::instant::Instant;
use arbiter_rules::{Evaluation, Value};

use super::Inquiry;

/// One row of an export.
#[derive(Debug, Serialize)]
pub struct RowShown<'a> {
    /// The file; null where the facts were not read from one.
    pub file: Option<&'a str>,
    /// The line of the row's first character, from 1; in Parquet the row.
    pub line: Option<u32>,
    /// What it says, in the order of the columns.
    pub facts: Vec<FactShown<'a>>,
}

/// One fact.
#[derive(Debug, Serialize)]
pub struct FactShown<'a> {
    /// The column.
    pub name: &'static str,
    /// What stands there; null where nothing does.
    pub value: Value<'a>,
    /// Whether it is dated after the as-of, so that it counted for nothing.
    pub not_yet_happened: bool,
}

/// One event of the tracking history.
#[derive(Debug, Serialize)]
pub struct EventShown<'a> {
    /// The file; null where it was not read from one.
    pub file: Option<&'a str>,
    /// Its line.
    pub line: Option<u32>,
    /// When it happened.
    pub event_at: Instant,
    /// What happened.
    pub status: &'static str,
    /// Where.
    pub country: Option<String>,
    /// Whether it is dated after the as-of, so that it counted for nothing.
    pub not_yet_happened: bool,
}

impl<'a> Inquiry<'a> {
    fn file_and_line(&self, origin: Origin) -> (Option<&'a str>, Option<u32>) {
        let file = self.docket.sources.get(origin.file as usize).filter(|_| origin.line > 0);
        (file.map(String::as_str), file.map(|_| origin.line))
    }

    fn row(&self, origin: Origin, facts: Vec<(&'static str, Value<'a>)>) -> RowShown<'a> {
        let (file, line) = self.file_and_line(origin);
        let shown = |(name, value)| FactShown {
            name,
            value,
            not_yet_happened: matches!(value, Value::Instant(at) if at > self.as_of && name != "protection_ends_at"),
        };
        RowShown { file, line, facts: facts.into_iter().map(shown).collect() }
    }
}

/// The order's facts.
pub(super) fn order<'a>(inquiry: &Inquiry<'a>, e: &Evaluation<'a>) -> RowShown<'a> {
    inquiry.row(e.case.order.origin, facts(e.case.order))
}

/// The dispute's facts; the buyer's words apart, which decide nothing.
pub(super) fn dispute<'a>(inquiry: &Inquiry<'a>, e: &Evaluation<'a>) -> RowShown<'a> {
    inquiry.row(e.case.dispute.origin, facts(e.case.dispute))
}

fn facts<E: Entity>(row: &E) -> Vec<(&'static str, Value<'_>)> {
    let facts = E::FIELDS.iter().filter(|field| field.is_fact());
    facts.map(|field| (field.name(), (field.get)(row).into())).collect()
}

/// The order's tracking.
pub(super) fn tracking<'a>(inquiry: &Inquiry<'a>, e: &Evaluation<'a>) -> Vec<EventShown<'a>> {
    let shown = |event: &arbiter_model::dispute::TrackingEvent| {
        let (file, line) = inquiry.file_and_line(event.origin);
        EventShown {
            file,
            line,
            event_at: event.at,
            status: event.status.code(),
            country: event.country.map(|country| country.to_string()),
            not_yet_happened: event.at > e.as_of,
        }
    };
    e.case.events.iter().map(shown).collect()
}
