//! The rulings of people: one row for each referred dispute that a person has decided. Read like any export, and
//! joined to the disputes and their final decisions.

use rustc_hash::{FxHashMap, FxHashSet};

use arbiter_model::case::{Case, Docket, OrderCases};
use arbiter_model::dispute::{Id, Order, Origin};
use arbiter_model::exports::{Cause, Counted};
use arbiter_model::fault::Fault;
use arbiter_model::final_decisions::Ruling;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Money};
use arbiter_model::outcome::Outcome;

use super::assembly::Intake;
use super::duplicates::{FirstRows, Occurrence, duplicate_id};
use super::rejects::ExportRejects;
use crate::bytes::Source;
use crate::columns::{ExportMapping, FieldFault, Row, TextRow, columns, fineness};
use crate::exports::Reading;
use crate::scan::{Export, KeepAll, Progress, RowPlace, Scan};

columns! {
    /// The columns of rulings.csv.
    RulingColumn of "rulings" {
        DisputeId = "dispute_id" needed Text,
        Outcome = "outcome" needed OneOf(OUTCOMES),
        Award = "award" needed Amount,
        By = "by" needed Text,
        At = "at" needed Timestamp,
        Reason = "reason" needed Text,
    }
}

use RulingColumn as C;

/// The outcomes that a person can rule.
const OUTCOMES: &[&str] = &["refund_full", "refund_partial", "denied"];

struct RulingRow {
    dispute_id: Option<Id>,
    text_hash: u64,
    content: Result<RulingDraft, Box<FieldFault>>,
}

/// A ruling as its own row tells it; its amount waits for the order's currency.
struct RulingDraft {
    dispute_id: Id,
    outcome: Outcome,
    award: Option<Amount>,
    by: Box<str>,
    at: Instant,
    reason: Box<str>,
}

/// Rulings that were read and not yet joined to their disputes.
pub struct RulingsExport {
    rows: Scan<RulingRow>,
}

/// Reads the rulings of people.
///
/// # Errors
///
/// As for any export: a file is missing or unreadable, empty, or lacks a column.
pub fn read(sources: &[Source], reading: &Reading, progress: &dyn Progress) -> Result<RulingsExport, Fault> {
    let export = Export::open(sources, &reading.of(&ExportMapping::default()))?;
    Ok(RulingsExport { rows: export.scan(progress, &KeepAll(read_row))? })
}

fn read_row(row: &Row<RulingColumn>) -> RulingRow {
    RulingRow {
        dispute_id: row.kept(C::DisputeId),
        text_hash: row.text_hash(),
        content: row.as_text().and_then(|row| draft(&row)).map_err(Box::new),
    }
}

fn draft(row: &TextRow<RulingColumn>) -> Result<RulingDraft, FieldFault> {
    let dispute_id = row.needed_text(C::DisputeId)?.into();
    let outcome = row.listed(C::Outcome, OUTCOMES)?.and_then(Outcome::from_code);
    let outcome = outcome.ok_or_else(|| row.missing(C::Outcome, "refund_full, refund_partial or denied"))?;
    let award = row.amount(C::Award)?.filter(|award| !award.is_zero());
    match (outcome, award) {
        (Outcome::Denied, Some(_)) => {
            return Err(row.fault(Cause::Contradiction, C::Award, "an empty field, or 0, beside denied"));
        }
        (Outcome::RefundFull | Outcome::RefundPartial, None) => {
            return Err(row.fault(Cause::Contradiction, C::Award, "an amount above 0 beside a refund"));
        }
        _ => {}
    }
    Ok(RulingDraft {
        dispute_id,
        outcome,
        award,
        by: row.needed_text(C::By)?.into(),
        at: row.needed_timestamp(C::At)?,
        reason: row.needed_text(C::Reason)?.into(),
    })
}

impl RulingsExport {
    /// The files in numbers, before it is known which rulings can be put into effect.
    pub fn counted(&self) -> Counted {
        let rows = self.rows.files.iter().map(|file| file.rows).sum();
        Counted { files: self.rows.files.clone(), rows, rejected: 0, repeats: 0 }
    }

    /// Joins the rulings to the disputes of a docket whose final decisions are known. `referred` are the disputes that
    /// the night before had referred to a person.
    pub fn join(mut self, intake: &mut Intake, referred: &FxHashSet<&Id>) {
        let mut rejects = ExportRejects::of(&mut self.rows);
        let first_file = intake.docket.sources.len() as u32;
        let rulings = {
            let join = RulingJoin { docket: &intake.docket, cases: cases(&intake.docket), referred, first_file };
            join.join(self.rows, &mut rejects)
        };
        intake.docket.rulings = rulings;
        intake.docket.sources.extend(rejects.names());
        let (counted, rejects) = rejects.finish();
        intake.exports.rulings = Some(counted);
        intake.rejects.extend(rejects);
    }
}

fn cases(docket: &Docket) -> FxHashMap<&str, Case<'_>> {
    docket.orders.iter().flat_map(OrderCases::cases).map(|case| (&*case.dispute.id, case)).collect()
}

/// What rulings are joined to.
struct RulingJoin<'a> {
    docket: &'a Docket,
    cases: FxHashMap<&'a str, Case<'a>>,
    referred: &'a FxHashSet<&'a Id>,
    first_file: u32,
}

/// Why a ruling is not put into effect.
enum NoEffect {
    /// The same decision is final already.
    AlreadyInEffect,
    /// It is rejected.
    Fault(FieldFault),
}

impl RulingJoin<'_> {
    fn join(&self, mut rows: Scan<RulingRow>, rejects: &mut ExportRejects) -> Vec<Ruling> {
        let mut first_rows = FirstRows::among(rows.rows().map(|row| row.dispute_id.as_ref()));
        let mut rulings = Vec::new();
        for (place, row) in rows.take_rows() {
            match first_rows.occurrence(row.dispute_id.as_ref(), place, row.text_hash) {
                Occurrence::Repeat => rejects.repeats += 1,
                Occurrence::Duplicate { of } => {
                    let first = rejects.describe_within(of, place);
                    let id = row.dispute_id.as_deref().unwrap_or_default();
                    rejects.reject(place, duplicate_id("dispute_id", id, &first));
                }
                Occurrence::First => {
                    match row.content.map_err(|fault| NoEffect::Fault(*fault)).and_then(|draft| self.rule(draft, place))
                    {
                        Ok(ruling) => rulings.push(ruling),
                        Err(NoEffect::AlreadyInEffect) => rejects.repeats += 1,
                        Err(NoEffect::Fault(fault)) => rejects.reject(place, fault),
                    }
                }
            }
        }
        rulings
    }

    fn rule(&self, draft: RulingDraft, place: RowPlace) -> Result<Ruling, NoEffect> {
        let RulingDraft { dispute_id, outcome, award, by, at, reason } = draft;
        let dispute_id = self.meant(dispute_id)?;
        let standing = self.docket.final_decisions.of_dispute(&dispute_id);
        if let Some(standing) = standing.map(|number| &self.docket.final_decisions.all()[number as usize]) {
            let same_award = award.map_or(!standing.award.is_positive(), |award| {
                award.in_currency(standing.currency) == Some(standing.award)
            });
            if outcome == standing.outcome && same_award {
                return Err(NoEffect::AlreadyInEffect);
            }
            let day = standing.decided_at.date();
            let expected = format!("an open dispute; {} of {day} is final, with {}", standing.outcome, standing.award);
            return Err(NoEffect::Fault(fault("dispute_id", &dispute_id, expected, Cause::Contradiction)));
        }
        let Some(Case { dispute, order, .. }) = self.cases.get(&*dispute_id) else {
            let expected = "a dispute found in the disputes export of this run";
            return Err(NoEffect::Fault(fault("dispute_id", &dispute_id, expected.to_owned(), Cause::UnknownDispute)));
        };
        if at < dispute.opened_at {
            let expected = format!("a timestamp at or after the dispute's opened_at, {}", dispute.opened_at);
            return Err(NoEffect::Fault(fault("at", &at.to_string(), expected, Cause::Contradiction)));
        }
        let award = award.map(|award| self.in_currency(award, order)).transpose()?;
        let (was_referred, origin) = (self.referred.contains(&dispute_id), self.origin(place));
        Ok(Ruling { dispute_id, outcome, award, by, at, reason, was_referred, origin })
    }

    /// The dispute that an id means: itself, or as outputs write it for spreadsheets, with a `'` before it.
    fn meant(&self, id: Id) -> Result<Id, NoEffect> {
        let is_known = |id: &str| self.cases.contains_key(id) || self.docket.final_decisions.of_dispute(id).is_some();
        let Some(bare) = id.strip_prefix('\'').filter(|bare| is_known(bare)).map(Id::from) else { return Ok(id) };
        match is_known(&id) {
            false => Ok(bare),
            true => {
                let expected = "an unambiguous id; outputs write the ids of two disputes like this";
                Err(NoEffect::Fault(fault("dispute_id", &id, expected.to_owned(), Cause::Contradiction)))
            }
        }
    }

    fn in_currency(&self, award: Amount, order: &Order) -> Result<Money, NoEffect> {
        award
            .in_currency(order.currency)
            .ok_or_else(|| NoEffect::Fault(fault("award", &award.to_string(), fineness(order.currency), Cause::Type)))
    }

    fn origin(&self, place: RowPlace) -> Origin {
        place.origin(self.first_file)
    }
}

fn fault(column: &str, value: &str, expected: String, cause: Cause) -> FieldFault {
    FieldFault::new(cause, column, value.as_bytes(), expected)
}
