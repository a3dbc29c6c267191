//! The rulings of people: one row for each referred dispute that a person has decided. Read like any export, and held
//! against the disputes and what stands of them.

use rustc_hash::{FxHashMap, FxHashSet};

use arbiter_model::case::{Case, Docket, OrderCases};
use arbiter_model::dispute::{Id, Order, Origin};
use arbiter_model::exports::{Cause, Counted};
use arbiter_model::fault::Fault;
use arbiter_model::final_decisions::Ruling;
use arbiter_model::instant::Instant;
use arbiter_model::money::{Amount, Money};
use arbiter_model::outcome::Outcome;

use super::Intake;
use super::assemble::Sorting;
use super::bytes::Source;
use super::columns::{ExportMapping, FieldFault, Row, TextRow, columns, fineness};
use super::exports::Reading;
use super::owners::{Claim, Owners, duplicate};
use super::scan::{Export, KeepAll, Progress, RowPlace, Scan};

columns! {
    /// The columns of rulings.csv.
    RulingColumn of "rulings" {
        DisputeId = "dispute_id" needed Text,
        Outcome = "outcome" needed OneOf(&["refund_full", "refund_partial", "denied"]),
        Award = "award" needed Amount,
        By = "by" needed Text,
        At = "at" needed Timestamp,
        Reason = "reason" needed Text,
    }
}

use RulingColumn as C;

/// The outcomes that a person can rule.
const OUTCOMES: &[Outcome] = &[Outcome::RefundFull, Outcome::RefundPartial, Outcome::Denied];

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

/// Rulings that were read and not yet put to their disputes.
pub struct Rulings {
    rows: Scan<RulingRow>,
}

/// Reads the rulings of people.
///
/// # Errors
///
/// As for any export: a file is missing or unreadable, empty, or lacks a column.
pub fn read(sources: &[Source], reading: &Reading, progress: &dyn Progress) -> Result<Rulings, Fault> {
    let export = Export::open(sources, &reading.of(&ExportMapping::default()))?;
    Ok(Rulings { rows: export.scan(progress, &KeepAll(read_row))? })
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
    let outcome = row.listed(C::Outcome, OUTCOMES, Outcome::from_code)?;
    let outcome = outcome.ok_or_else(|| row.missing(C::Outcome, "refund_full, refund_partial or denied"))?;
    let award = row.amount(C::Award)?.filter(|award| !award.is_zero());
    match (outcome, award) {
        (Outcome::Denied, Some(_)) => {
            return Err(row.fault(Cause::Contradiction, C::Award, "nothing, or 0, beside denied"));
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

impl Rulings {
    /// The files in numbers, before it is known which rulings can be put into effect.
    pub fn counted(&self) -> Counted {
        let rows = self.rows.files.iter().map(|file| file.rows).sum();
        Counted { files: self.rows.files.clone(), rows, rejected: 0, repeats: 0 }
    }

    /// Puts the rulings to the disputes of a docket whose register is there. `referred` are the disputes that the
    /// night before had referred to a person.
    pub fn put_to(mut self, intake: &mut Intake, referred: &FxHashSet<&Id>) {
        let mut sorting = Sorting::of(&mut self.rows);
        let first_file = intake.docket.sources.len() as u32;
        let rulings = {
            let desk = RulingsDesk { docket: &intake.docket, cases: cases(&intake.docket), referred, first_file };
            desk.sort(self.rows, &mut sorting)
        };
        intake.docket.rulings = rulings;
        intake.docket.sources.extend(sorting.names());
        let (counted, rejects) = sorting.finish();
        intake.exports.rulings = Some(counted);
        intake.rejects.extend(rejects);
    }
}

fn cases(docket: &Docket) -> FxHashMap<&str, Case<'_>> {
    docket.orders.iter().flat_map(OrderCases::cases).map(|case| (&*case.dispute.id, case)).collect()
}

/// What rulings are held against.
struct RulingsDesk<'a> {
    docket: &'a Docket,
    cases: FxHashMap<&'a str, Case<'a>>,
    referred: &'a FxHashSet<&'a Id>,
    first_file: u32,
}

/// What a ruling comes to that is not put into effect.
enum Idle {
    /// It is already: the same stands.
    InEffect,
    /// It cannot be.
    Fault(FieldFault),
}

impl RulingsDesk<'_> {
    fn sort(&self, mut rows: Scan<RulingRow>, sorting: &mut Sorting) -> Vec<Ruling> {
        let mut owners = Owners::among(rows.rows().map(|row| row.dispute_id.as_ref()));
        let mut rulings = Vec::new();
        for (place, row) in rows.take_rows() {
            match owners.claim(row.dispute_id.as_ref(), place, row.text_hash) {
                Claim::Repeat => sorting.repeats += 1,
                Claim::Duplicate { of } => {
                    let first = sorting.seen_from(of, place);
                    let id = row.dispute_id.as_deref().unwrap_or_default();
                    sorting.reject(place, duplicate("dispute_id", id, &first));
                }
                Claim::First => {
                    match row.content.map_err(|fault| Idle::Fault(*fault)).and_then(|draft| self.rule(draft, place)) {
                        Ok(ruling) => rulings.push(ruling),
                        Err(Idle::InEffect) => sorting.repeats += 1,
                        Err(Idle::Fault(fault)) => sorting.reject(place, fault),
                    }
                }
            }
        }
        rulings
    }

    fn rule(&self, draft: RulingDraft, place: RowPlace) -> Result<Ruling, Idle> {
        let RulingDraft { dispute_id, outcome, award, by, at, reason } = draft;
        let dispute_id = self.meant(dispute_id)?;
        let standing = self.docket.final_decisions.of_dispute(&dispute_id);
        if let Some(standing) = standing.map(|number| &self.docket.final_decisions.all()[number as usize]) {
            let same_award = award.map_or(!standing.award.is_positive(), |award| {
                award.in_currency(standing.currency) == Some(standing.award)
            });
            if outcome == standing.outcome && same_award {
                return Err(Idle::InEffect);
            }
            let day = standing.decided_at.date();
            let expected =
                format!("a dispute that is open; {} of {day} stands, with {}", standing.outcome, standing.award);
            return Err(Idle::Fault(fault("dispute_id", &dispute_id, expected, Cause::Contradiction)));
        }
        let Some(Case { dispute, order, .. }) = self.cases.get(&*dispute_id) else {
            let expected = "a dispute of tonight's disputes export";
            return Err(Idle::Fault(fault("dispute_id", &dispute_id, expected.to_owned(), Cause::UnknownDispute)));
        };
        if at < dispute.opened_at {
            let expected = format!("a timestamp at or after the dispute's opened_at, {}", dispute.opened_at);
            return Err(Idle::Fault(fault("at", &at.to_string(), expected, Cause::Contradiction)));
        }
        let award = award.map(|award| self.in_currency(award, order)).transpose()?;
        let (was_referred, origin) = (self.referred.contains(&dispute_id), self.origin(place));
        Ok(Ruling { dispute_id, outcome, award, by, at, reason, was_referred, origin })
    }

    /// The dispute that an id means: itself, or as outputs write it for spreadsheets, with a `'` before it.
    fn meant(&self, id: Id) -> Result<Id, Idle> {
        let is_known = |id: &str| self.cases.contains_key(id) || self.docket.final_decisions.of_dispute(id).is_some();
        let Some(bare) = id.strip_prefix('\'').filter(|bare| is_known(bare)).map(Id::from) else { return Ok(id) };
        match is_known(&id) {
            false => Ok(bare),
            true => {
                let expected = "an id that outputs write in one way; two disputes look like this one there";
                Err(Idle::Fault(fault("dispute_id", &id, expected.to_owned(), Cause::Contradiction)))
            }
        }
    }

    fn in_currency(&self, award: Amount, order: &Order) -> Result<Money, Idle> {
        award
            .in_currency(order.currency)
            .ok_or_else(|| Idle::Fault(fault("award", &award.to_string(), fineness(order.currency), Cause::Type)))
    }

    fn origin(&self, place: RowPlace) -> Origin {
        place.origin(self.first_file)
    }
}

fn fault(column: &str, value: &str, expected: String, cause: Cause) -> FieldFault {
    FieldFault::new(cause, column, value.as_bytes(), expected)
}
