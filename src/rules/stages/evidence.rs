//! Stage 4, for claims about the goods: what must be shown, and until when.

use rust_decimal::Decimal;

use arbiter_model::dispute::{Dispute, Reason, Video};
use arbiter_model::instant::Instant;

use crate::disposition::{Disposition, Queue};
use crate::evaluation::Evaluation;
use crate::named;
use crate::requirement::Requirement;
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::{Named, PLAIN, Relation, Tracer};
use crate::value::Value;
use crate::words::{listing, moment};

impl Requirement {
    fn is_something(self, t: &mut Tracer) -> bool {
        let nothing = Self::None;
        t.record(named::REQUIREMENT.of(self.name()), Relation::IsNot, PLAIN.of(nothing.name()), self != nothing)
    }

    fn is_shown(self, dispute: &Dispute, t: &mut Tracer) -> bool {
        let (photos, documents) = (named::PHOTOS.of(dispute.photos), named::DOCUMENTS.of(dispute.documents));
        let video = named::VIDEO.of(dispute.video);
        match self {
            Self::None => true,
            Self::PhotoOrVideo => {
                t.above(photos, PLAIN.of(0))
                    || t.record(video, Relation::IsNot, PLAIN.of(Video::None), dispute.video != Video::None)
            }
            Self::ContinuousVideo => t.same(video, Video::Continuous),
            Self::Document => t.above(documents, PLAIN.of(0)),
        }
    }

    fn is_exported(self, dispute: &Dispute) -> bool {
        match self {
            Self::None => true,
            Self::PhotoOrVideo => dispute.exported.photos || dispute.exported.video,
            Self::ContinuousVideo => dispute.exported.video,
            Self::Document => dispute.exported.documents,
        }
    }
}

/// Where a claim about the goods stands at the evidence gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The reason needs no evidence.
    None,
    /// The reason needs a number that the export has no column for.
    FactsNotExported,
    /// The reason needs something.
    Consulted {
        /// Everything is there, or the export has no column for it.
        met: bool,
        /// Photos, videos or papers were taken as given, because the export has no columns for them.
        unseen: bool,
    },
}

impl Gate {
    /// Brings a case before the gate.
    pub fn of(e: &Evaluation) -> Self {
        Self::recorded(e, &mut Tracer::off())
    }

    fn recorded(e: &Evaluation, t: &mut Tracer) -> Self {
        let (requirement, numbers) = (Requirement::of(e.judged_reason()), numbers(e));
        if !requirement.is_something(t) {
            return Self::None;
        }
        if !are_exported(&numbers, t) {
            return Self::FactsNotExported;
        }
        let dispute = e.case.dispute;
        let unseen = !requirement.is_exported(dispute) && !dispute.evidence_tampered;
        Self::Consulted { met: is_met(dispute, requirement, &numbers, t), unseen }
    }

    fn is_unmet(&self) -> bool {
        matches!(self, Self::Consulted { met: false, .. })
    }
}

/// A number that a reason needs.
struct Number {
    name: &'static str,
    column: Named,
    exported: bool,
    value: Option<Decimal>,
}

impl Number {
    fn is_exported(&self, t: &mut Tracer) -> bool {
        t.record(self.column.of(self.value), Relation::Exported, PLAIN.of(Value::Nothing), self.exported)
    }

    fn is_known(&self, t: &mut Tracer) -> bool {
        t.known(self.column.of(self.value)).is_some()
    }
}

/// Whether the export has columns for numbers that a claim needs.
fn are_exported(numbers: &[Number], t: &mut Tracer) -> bool {
    numbers.iter().all(|number| number.is_exported(t))
}

/// Whether everything is there that the claim needs, or the export has no column for it.
fn is_met(dispute: &Dispute, requirement: Requirement, numbers: &[Number], t: &mut Tracer) -> bool {
    t.is_not(named::TAMPERED.of(dispute.evidence_tampered))
        && (requirement.is_shown(dispute, t) || t.is_not(named::EVIDENCE_EXPORTED.of(requirement.is_exported(dispute))))
        && numbers.iter().all(|number| number.is_known(t))
}

fn numbers(e: &Evaluation) -> Vec<Number> {
    let dispute = e.case.dispute;
    match e.judged_reason() {
        Reason::QuantityShort => vec![Number {
            name: "the number of units received",
            column: named::UNITS_RECEIVED,
            exported: dispute.exported.quantity_received,
            value: dispute.quantity_received.map(Decimal::from),
        }],
        Reason::FakeCapacity => vec![
            Number {
                name: "the advertised capacity",
                column: named::ADVERTISED,
                exported: dispute.exported.advertised_capacity,
                value: dispute.advertised_capacity,
            },
            Number {
                name: "the measured capacity",
                column: named::MEASURED,
                exported: dispute.exported.measured_capacity,
                value: dispute.measured_capacity,
            },
        ],
        _ => Vec::new(),
    }
}

/// What the claim needs and has not shown, named for people.
fn missing(e: &Evaluation) -> Vec<&'static str> {
    let dispute = e.case.dispute;
    let requirement = Requirement::of(e.judged_reason());
    let shown = requirement.is_shown(dispute, &mut Tracer::off()) || !requirement.is_exported(dispute);
    let evidence = (!shown || dispute.evidence_tampered).then_some(requirement.name());
    let numbers = numbers(e).into_iter().filter(|number| number.value.is_none()).map(|number| number.name);
    evidence.into_iter().chain(numbers).collect()
}

fn missing_text(e: &Evaluation) -> String {
    let tampered = match e.case.dispute.evidence_tampered {
        true => " (what was shown was found to be altered)",
        false => "",
    };
    format!("{}{tampered}", listing(&missing(e)))
}

fn evidence_deadline(e: &Evaluation) -> Instant {
    e.terms.awaiting_evidence.days.after(e.escalation)
}

/// A number that decides the claim is not in the export.
pub(crate) const FACTS_NOT_EXPORTED: Rule = Rule {
    when: "the reason needs a number for which the export has no column",
    outcome: "referred to `complaint`",
    find: |e, t| {
        let needs_something = Requirement::of(e.judged_reason()).is_something(t);
        (needs_something && !are_exported(&numbers(e), t)).then_some(Disposition::Refer { queue: Queue::Complaint })
    },
    tell: |e, _| {
        let names: Vec<_> = numbers(e).iter().filter(|number| !number.exported).map(|number| number.name).collect();
        format!(
            "Whether the claim of {} holds depends on {}, which the export does not carry, so a person decides",
            e.opened(),
            listing(&names)
        )
    },
    ..Rule::at(Stage::GoodsMerits, "facts_not_exported")
};

/// The buyer may still show what is missing.
pub(crate) const AWAITING_EVIDENCE: Rule = Rule {
    when: "what the reason requires is missing, up to `awaiting_evidence.days` after the escalation",
    outcome: "pending until then",
    reads: tables![awaiting_evidence, escalation],
    find: |e, t| {
        let until = evidence_deadline(e);
        let awaited = Gate::recorded(e, t).is_unmet() && e.is_ahead(named::EVIDENCE_DEADLINE.of(until), t);
        awaited.then_some(Disposition::Await { until })
    },
    tell: |e, _| {
        format!(
            "The claim needs {}, which the buyer may supply until {}",
            missing_text(e),
            moment(evidence_deadline(e))
        )
    },
    ..Rule::at(Stage::GoodsMerits, "awaiting_evidence")
};

/// The buyer did not show it.
pub(crate) const INSUFFICIENT_EVIDENCE: Rule = Rule {
    when: "what the reason requires is missing after that",
    outcome: "denied",
    reads: tables![awaiting_evidence, escalation],
    find: |e, t| Gate::recorded(e, t).is_unmet().then_some(Disposition::Deny),
    tell: |e, _| {
        format!(
            "The claim needs {}, which was not there by {} ({} after the case came to the platform on {}), so it is denied",
            missing_text(e),
            moment(evidence_deadline(e)),
            e.terms.awaiting_evidence.days,
            e.escalation.date()
        )
    },
    ..Rule::at(Stage::GoodsMerits, "insufficient_evidence")
};
