//! The run before: what it decided, and on what.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use rustc_hash::{FxHashMap, FxHashSet};

use arbiter_engine::decision::COLUMNS;
use arbiter_model::case::{Case, OrderCases};
use arbiter_model::dispute::Id;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::final_decisions::{FinalDecision, FinalDecisions};
use arbiter_model::instant::Instant;
use arbiter_model::outcome::Outcome;
use arbiter_model::run_record::Verdict;
use arbiter_policy::Policy;

use crate::snapshot::Snapshot;
use crate::stored_run::StoredRun;

/// A published run, read back.
#[derive(Debug)]
pub(crate) struct PreviousRun {
    /// The name of its folder.
    pub name: String,
    /// What it decided on.
    pub snapshot: Snapshot,
    /// The parameters it decided by.
    pub policy: Policy,
    /// Its decisions: for each the place of its dispute in the docket, and its row.
    decisions: Vec<(usize, usize, StringRecord)>,
}

/// How to go on where a run cannot be taken up.
const DAMAGED: &str = "restore it, or start from another run: --previous FOLDER";

impl PreviousRun {
    /// Reads a run's folder. What is read of it is held against its manifest.
    ///
    /// # Errors
    ///
    /// The folder is none of a run, or was changed after it was published.
    pub(crate) fn read(folder: &Path) -> Result<Self, Fault> {
        let (run, manifest) = StoredRun::published(folder).map_err(|fault| fault.hint(DAMAGED))?;
        let rows = run.file("decisions.csv").map_err(|fault| fault.hint(DAMAGED))?;
        let decisions = decisions(&run.snapshot, &rows).map_err(|problem| {
            Fault::new(FaultKind::Input, problem).at(folder.join("decisions.csv").display()).hint(DAMAGED)
        })?;
        let StoredRun { snapshot, policy, .. } = run;
        Ok(Self { name: manifest.name, snapshot, policy, decisions })
    }

    fn file(&self, number: usize) -> &OrderCases {
        &self.snapshot.docket.orders[number]
    }

    /// Its decisions that stand from then on, and those that stood before.
    pub(crate) fn final_decisions(&self) -> FinalDecisions {
        let before = self.snapshot.docket.final_decisions.all().iter().cloned();
        let new = self.decisions.iter().filter_map(|(file, dispute, row)| self.final_decision(*file, *dispute, row));
        FinalDecisions::of(before.chain(new))
    }

    fn final_decision(&self, file: usize, dispute: usize, row: &StringRecord) -> Option<FinalDecision> {
        let (file, case) = (self.file(file), self.file(file).case(dispute));
        let outcome = Outcome::from_code(cell(row, "outcome")).filter(|outcome| outcome.is_final())?;
        let currency = file.order.currency;
        let amount = |name| arbiter_model::money::Amount::parse(cell(row, name)).ok()?.in_currency(currency);
        // The table cuts fractions of a second.
        let as_of = self.snapshot.record.as_of;
        let decided_at = Instant::parse(cell(row, "decided_at"), chrono_tz::Tz::UTC);
        let decided_at = decided_at.filter(|at| at.to_string() != as_of.to_string());
        Some(FinalDecision {
            dispute_id: case.dispute.id.clone(),
            order_id: file.order.id.clone(),
            outcome,
            rule: cell(row, "rule").into(),
            award: amount("award")?,
            guarantee: amount("guarantee")?,
            currency,
            decided_at: decided_at.unwrap_or(as_of),
            refunded_before: self.snapshot.docket.final_decisions.spent(&file.order).by_others,
            facts: case.facts().into(),
            row: row.clone(),
        })
    }

    /// The disputes that it referred to a person.
    pub(crate) fn referred(&self) -> FxHashSet<&Id> {
        let referred = self.decisions.iter().filter(|(.., row)| cell(row, "outcome") == Outcome::Referred.code());
        referred.map(|(file, dispute, _)| &self.file(*file).disputes[*dispute].id).collect()
    }

    /// What it said of each dispute that it decided.
    pub(crate) fn verdicts(&self) -> FxHashMap<&str, Verdict> {
        let verdict = |(file, dispute, row): &(usize, usize, StringRecord)| {
            (&*self.file(*file).disputes[*dispute].id, verdict(row))
        };
        self.decisions.iter().map(verdict).collect()
    }

    /// The disputes that it left open, with what it said of them.
    pub(crate) fn undecided(&self) -> impl Iterator<Item = (Case<'_>, Verdict)> {
        let is_open = |row| Outcome::from_code(cell(row, "outcome")).is_some_and(|outcome| !outcome.is_final());
        let open = self.decisions.iter().filter(move |(.., row)| is_open(row));
        open.map(|(file, dispute, row)| (self.file(*file).case(*dispute), verdict(row)))
    }
}

fn cell<'a>(row: &'a StringRecord, name: &str) -> &'a str {
    COLUMNS.iter().position(|column| *column == name).and_then(|place| row.get(place)).unwrap_or_default()
}

fn verdict(row: &StringRecord) -> Verdict {
    let text = |name| cell(row, name).to_owned();
    Verdict { outcome: text("outcome"), rule: text("rule"), award: text("award"), next_event_at: text("next_event_at") }
}

/// Puts the rows of decisions.csv to the disputes of the docket, which are in the same order. By their order and not
/// by their ids, because the table's ids are written for spreadsheets.
fn decisions(snapshot: &Snapshot, table: &[u8]) -> Result<Vec<(usize, usize, StringRecord)>, String> {
    let as_of = snapshot.record.as_of;
    let files = snapshot.docket.orders.iter().enumerate();
    let disputes = files.flat_map(|(file, content)| {
        content.disputes.iter().enumerate().map(move |(number, dispute)| (dispute, file, number))
    });
    let mut decided: Vec<_> = disputes.filter(|(dispute, ..)| dispute.opened_at <= as_of).collect();
    decided.sort_unstable_by_key(|(dispute, ..)| dispute.place);
    let mut reader = ReaderBuilder::new().from_reader(table);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let places: Vec<_> = COLUMNS.iter().map(|name| headers.iter().position(|header| header == *name)).collect();
    let mut rows = Vec::with_capacity(decided.len());
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let cells = places.iter().map(|place| place.and_then(|place| row.get(place)).unwrap_or_default());
        rows.push(cells.collect::<StringRecord>());
    }
    if rows.len() != decided.len() {
        return Err(format!("has {} rows, and its docket has {} open disputes", rows.len(), decided.len()));
    }
    Ok(decided.into_iter().zip(rows).map(|((_, file, number), row)| (file, number, row)).collect())
}
