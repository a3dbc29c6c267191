//! The rules: how one dispute is decided.
//!
//! [`LADDER`] is the registry and its order is the precedence: the first rule whose condition holds
//! decides. An award then passes the reviews: the goods may have to go back first, and a serial
//! disputer is not paid without a person's look.
//!
//! This module is pure. A rule sees a [`Evaluation`] — the case, its parameters and the as-of — and
//! nothing else. It makes the comparisons of its condition through an [`Tracer`], by the names of
//! `named.rs`, so that they can be shown; there is one way through the rules, listened to or not. To add
//! one, write it in its stage's file with its condition, outcome and explanation, and put it into the
//! ladder at its place.

mod admission;
mod carrier;
mod elsewhere;
mod evaluation;
mod evidence;
mod finding;
mod goods;
mod history;
mod named;
mod parameters;
mod parcel;
mod requirement;
mod returns;
mod serial;
mod settlement;
mod trace;
mod words;

pub use elsewhere::{HUMAN, RETIRED};
pub use evaluation::Evaluation;
pub use evidence::Gate;
pub use finding::{Award, Basis, Disposition, Finding, GoodsBack, Queue, ReturnState, Worth};
pub use history::History;
pub use parameters::{
    AmountByCurrency, Band, CODE_PATTERN, Codes, Count, DayRange, Days, EVERY_CASE, Hours, NO_CASE, ParameterNode,
    Part, Reach, Route, RuleParameters, Search, SerialDisputer, Terms, Threshold, at_path, at_path_mut, range_at_path,
};
pub use requirement::Requirement;
pub use returns::{AWAITING_RETURN, RETURN_NOT_SENT, RETURN_OVERDUE};
pub use serial::{BuyerRecord, Level, SERIAL_DISPUTER};
pub use trace::{Named, Relation, Side, Step, Test, Trace, Tracer, Value};

/// One rule: its public code, when it holds, what follows, and how that is told to people.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Public and stable: it stands in every output, in the parameters and in the fixtures.
    pub code: &'static str,
    /// The stage it belongs to.
    pub stage: Stage,
    /// Its condition in words, for the documentation.
    pub when: &'static str,
    /// What it awards or orders in words, for the documentation.
    pub outcome: &'static str,
    /// The tables of parameters that its condition and its outcome rest on, its own first.
    pub reads: &'static [&'static str],
    /// Whether it weighs the buyer's word, so that its awards are not paid to serial disputers.
    pub scrutinised: bool,
    /// Finds what becomes of the dispute where the rule's condition holds, and tells each test of it.
    /// Never, for the rules that only a review applies.
    pub find: for<'a> fn(&Evaluation<'a>, &mut Tracer<'a>) -> Option<Disposition>,
    /// The decision in a sentence for people, in the case's own facts, without its full stop.
    pub tell: fn(&Evaluation, &Finding) -> String,
}

impl Rule {
    /// A rule that never holds and says nothing, to build the others on.
    const fn at(stage: Stage, code: &'static str) -> Self {
        Self {
            code,
            stage,
            when: "",
            outcome: "",
            reads: &[],
            scrutinised: false,
            find: |_, _| None,
            tell: |_, _| String::new(),
        }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

/// The stages of a dispute, in the order in which they are passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// May it be judged at all, and have the parties agreed?
    Admission,
    /// What silence settles, and the time to negotiate.
    Settlement,
    /// The carrier's own word, and unanswered questions.
    BeforeMerits,
    /// Did the parcel reach the buyer?
    ParcelMerits,
    /// Are the goods what was ordered?
    GoodsMerits,
    /// What an award still passes before it is paid.
    Review,
}

impl Stage {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admission => "Admission and agreement",
            Self::Settlement => "Settled between the parties",
            Self::BeforeMerits => "Before the merits",
            Self::ParcelMerits => "The merits: parcels",
            Self::GoodsMerits => "The merits: goods",
            Self::Review => "What an award still passes",
        }
    }
}

/// Every rule that decides on its own, in the order of precedence. The last one always holds.
pub const LADDER: &[Rule] = &[
    admission::BUYER_MISMATCH,
    admission::ALREADY_REFUNDED,
    admission::WITHDRAWN_AFTER_ESCALATION,
    admission::WITHDRAWN_AFTER_PROTECTION,
    admission::WITHDRAWN,
    admission::SELLER_ACCEPTED,
    admission::OFFER_ACCEPTED,
    admission::TOP_UP_CREDITED,
    admission::TOP_UP_NOT_CREDITED,
    admission::AWAITING_CREDIT,
    admission::NEVER_SHIPPED,
    admission::AWAITING_DISPATCH,
    admission::TOO_EARLY,
    admission::TOO_LATE,
    settlement::SELLER_SILENT,
    settlement::NEGOTIATING,
    carrier::PARCEL_RETURNED,
    carrier::DELIVERED_ELSEWHERE,
    carrier::AWAITING_BUYER,
    carrier::BUYER_UNRESPONSIVE,
    parcel::WRONG_ADDRESS,
    parcel::DELIVERY_ON_RECORD,
    parcel::DELIVERED_IN_TIME,
    parcel::DELIVERED_LATE,
    parcel::PARCEL_STALLED,
    parcel::AWAITING_PROTECTION_END,
    parcel::NOT_TRACKABLE,
    parcel::NOT_DELIVERED,
    evidence::FACTS_NOT_EXPORTED,
    evidence::AWAITING_EVIDENCE,
    evidence::INSUFFICIENT_EVIDENCE,
    goods::COLOUR_MISMATCH,
    goods::SIZE_MISMATCH,
    goods::MINOR_MISMATCH,
    goods::SHIPPING_METHOD,
    goods::CAPACITY_GENUINE,
    goods::FAKE_CAPACITY,
    goods::DEFECTIVE,
    goods::DAMAGED,
    goods::WRONG_ITEM,
    goods::COUNTERFEIT,
    goods::QUANTITY_COMPLETE,
    goods::QUANTITY_SHORT,
    goods::EMPTY_PARCEL,
    goods::CUSTOMS,
    goods::NO_FAULT,
    goods::ORDERED_BY_MISTAKE,
    goods::OTHER,
];

/// The rules that an award may still fall under, in the order in which they are applied.
pub const REVIEWS: &[Rule] = &[AWAITING_RETURN, RETURN_OVERDUE, RETURN_NOT_SENT, SERIAL_DISPUTER];

/// Every rule there is, in order of precedence.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    LADDER.iter().chain(REVIEWS)
}

/// Decisions that are not found by walking the rules, but stand in outputs all the same.
pub const ELSEWHERE: &[Rule] = &[HUMAN, RETIRED];

/// The rule with a code, among those that decisions may name.
pub fn with_code(code: &str) -> Option<&'static Rule> {
    all().chain(ELSEWHERE).find(|rule| rule.code == code)
}

/// Decides one case: the first rule that holds, and what the reviews make of its award.
pub fn decide(evaluation: &Evaluation) -> Finding {
    walk(evaluation, &mut Tracer::off())
}

/// Decides one case, and keeps every test that was made on the way.
pub fn trace<'a>(evaluation: &Evaluation<'a>) -> Trace<'a> {
    let mut tracer = Tracer::on();
    let finding = walk(evaluation, &mut tracer);
    tracer.finish(finding)
}

/// The one way through the rules.
fn walk<'a>(evaluation: &Evaluation<'a>, tracer: &mut Tracer<'a>) -> Finding {
    let found = first_that_holds(evaluation, tracer);
    let returned = returns::review(evaluation, found, tracer);
    serial::review(evaluation, returned, tracer)
}

fn first_that_holds<'a>(evaluation: &Evaluation<'a>, tracer: &mut Tracer<'a>) -> Finding {
    let found = LADDER.iter().find_map(|rule| {
        let disposition = (rule.find)(evaluation, tracer);
        tracer.close(rule, disposition.is_some());
        Some((rule, disposition?))
    });
    // `OTHER` always holds; a ladder without it would send what it cannot judge to a person.
    let (rule, disposition) = found.unwrap_or((&goods::OTHER, Disposition::Refer { queue: Queue::Complaint }));
    Finding::of(rule, disposition)
}

/// The decision in one sentence for people, in the case's own facts.
pub fn explain(evaluation: &Evaluation, finding: &Finding) -> String {
    let told = (finding.rule.tell)(evaluation, finding);
    let returned = if finding.award().is_some() { evaluation.return_clause(finding) } else { String::new() };
    format!("{told}{returned}.")
}
