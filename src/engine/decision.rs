//! Decisions: what a run says about each dispute.

use serde::Serialize;

use arbiter_model::case::{Case, OrderCases};
use arbiter_model::docket::Docket;
use arbiter_model::final_decisions::{FinalDecision, Ruling};
use arbiter_model::instant::Instant;
use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;
use arbiter_model::run_record::Verdict;
use arbiter_policy::Policy;
use arbiter_rules::{
    self as rules, Basis, Disposition, Evaluation, Finding, Gate, Level, Queue, ReturnState, Route, Rule, Stage,
};

/// The columns of decisions.csv.
pub const COLUMNS: &[&str] = &[
    "dispute_id",
    "order_id",
    "buyer_id",
    "seller_id",
    "reason",
    "opened_at",
    "outcome",
    "rule",
    "award",
    "currency",
    "share",
    "guarantee",
    "refund_to",
    "refund_from",
    "refund_by",
    "return",
    "next_event_at",
    "queue",
    "buyer_level",
    "notes",
    "explanation",
    "parameters",
    "decided_at",
];

/// Who made a decision, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// The rules, tonight.
    Rules,
    /// A person, whose ruling came in; its number among the docket's.
    Person(u32),
    /// An earlier night, and the decision stands; its number among the final ones.
    EarlierRun(u32),
}

/// What a reader of a decision should know beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// The buyer asked for more than counts.
    pub asked_lowered: bool,
    /// The evidence was found to be altered.
    pub evidence_tampered: bool,
    /// A requirement was met only because the export has no column for it.
    pub evidence_not_exported: bool,
    /// The seller's offer raised the award.
    pub offer_is_floor: bool,
    /// The goods would have to go back, but postage is too dear.
    pub return_waived: bool,
    /// What the mobile operator keeps.
    pub commission_lost: Option<Money>,
    /// The order's cashback is void.
    pub cashback_void: bool,
}

impl std::fmt::Display for Notes {
    /// The codes of `decisions.csv`, joined by `;`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let flags = [
            (self.asked_lowered, "asked_lowered"),
            (self.evidence_tampered, "evidence_tampered"),
            (self.evidence_not_exported, "evidence_not_exported"),
            (self.offer_is_floor, "offer_is_floor"),
            (self.return_waived, "return_waived"),
        ];
        let mut separator = "";
        for (_, code) in flags.iter().filter(|(holds, _)| *holds) {
            write!(f, "{separator}{code}")?;
            separator = ";";
        }
        if let Some(commission) = self.commission_lost {
            write!(f, "{separator}commission_lost={commission}")?;
            separator = ";";
        }
        match self.cashback_void {
            true => write!(f, "{separator}cashback_void"),
            false => Ok(()),
        }
    }
}

/// The decision of one dispute.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Which dispute: its order among the docket's, and its place there.
    pub at: DisputeIndex,
    /// The dispute's place in the export.
    pub place: u64,
    /// What the rules found.
    pub finding: Finding,
    /// Awards to other disputes of the same order which the rules had before them, as far as the export does not show
    /// them as refunded: of this run to earlier ones, and those that stand.
    pub awarded_before: Money,
    /// Who made it.
    pub by: DecidedBy,
    /// What becomes of the money.
    pub outcome: Outcome,
    /// What the buyer gets; zero where nothing.
    pub award: Money,
    /// What of it the guarantee fund pays, beyond the escrowed goods money.
    pub guarantee: Money,
    /// How it reaches the buyer; only with an award.
    pub route: Option<Route>,
    /// How conspicuous the buyer's disputing is.
    pub buyer_level: Level,
    /// What a reader should know beside it.
    pub notes: Notes,
}

/// An award that was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Withheld {
    /// The rule that would have paid.
    pub rule: &'static str,
    /// How much.
    pub award: Money,
}

/// Where a docket has a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisputeIndex {
    /// The index of the order among the docket's.
    pub order: u32,
    /// The index of the dispute in it.
    pub dispute: u32,
}

impl DisputeIndex {
    /// The case in the docket that it was taken from.
    pub fn case(self, docket: &Docket) -> Case<'_> {
        docket.orders[self.order as usize].case(self.dispute as usize)
    }
}

impl Decision {
    /// Puts a finding into effect.
    pub fn of(evaluation: &Evaluation, finding: Finding, at: DisputeIndex) -> Self {
        let order = evaluation.case.order;
        let paid = finding.award();
        let award = paid.map_or(Money::zero(order.currency), |award| award.amount);
        let terms = &evaluation.terms.refund;
        Self {
            at,
            place: evaluation.case.dispute.place,
            outcome: finding.outcome(evaluation),
            awarded_before: evaluation.awarded_before,
            by: DecidedBy::Rules,
            award,
            guarantee: guarantee(evaluation, award),
            route: paid.map(|_| terms.route(order, evaluation.as_of)),
            buyer_level: evaluation.buyer_level,
            notes: notes(evaluation, &finding),
            finding,
        }
    }

    /// What a person ruled, instead of the rules' decision about the same dispute.
    pub fn by_person(evaluation: &Evaluation, ruling: &Ruling, number: u32, at: DisputeIndex) -> Self {
        let amount = ruling.award.unwrap_or(Money::zero(evaluation.case.order.currency));
        let finding = Finding::made_elsewhere(&rules::HUMAN, amount);
        Self { by: DecidedBy::Person(number), ..Self::of(evaluation, finding, at) }
    }

    /// A decision of an earlier night that stands, about a dispute of tonight's docket.
    pub fn of_final(
        final_decision: &FinalDecision,
        number: u32,
        cases: &OrderCases,
        at: DisputeIndex,
        buyer_level: Level,
    ) -> Self {
        let rule = rules::with_code(&final_decision.rule).unwrap_or(&rules::RETIRED);
        Self {
            at,
            place: cases.disputes[at.dispute as usize].place,
            finding: Finding::made_elsewhere(rule, final_decision.award),
            awarded_before: Money::zero(cases.order.currency),
            by: DecidedBy::EarlierRun(number),
            outcome: final_decision.outcome,
            award: final_decision.award,
            guarantee: final_decision.guarantee,
            route: None,
            buyer_level,
            notes: Notes::default(),
        }
    }

    /// Whether it was made tonight, by rule or by a person, and ends the dispute.
    pub fn is_new_and_final(&self) -> bool {
        !matches!(self.by, DecidedBy::EarlierRun(_)) && self.outcome.is_final()
    }

    /// The rule that decided.
    pub fn rule(&self) -> &'static Rule {
        self.finding.rule
    }

    /// What becomes of the goods.
    pub fn returned(&self) -> ReturnState {
        self.finding.returned
    }

    /// Until when something is awaited.
    pub fn next_event_at(&self) -> Option<Instant> {
        match self.finding.disposition {
            Disposition::Await { until } => Some(until),
            _ => None,
        }
    }

    /// Who decides, where a person does.
    pub fn queue(&self) -> Option<Queue> {
        match self.finding.disposition {
            Disposition::Refer { queue } => Some(queue),
            _ => None,
        }
    }

    /// The rule that would have paid, and how much, where a review stopped an award.
    pub fn withheld(&self) -> Option<Withheld> {
        self.finding.withheld().map(|(rule, award)| Withheld { rule: rule.code, award: award.amount })
    }

    /// What it comes to, as decisions.csv shows it.
    pub fn verdict(&self) -> Verdict {
        Verdict {
            outcome: self.outcome.to_string(),
            rule: self.rule().code.to_owned(),
            award: self.award.to_string(),
            next_event_at: self.next_event_at().map(|at| at.to_string()).unwrap_or_default(),
        }
    }

    /// The evaluation that it was decided in, opened anew: to tell more of it than the decision holds.
    pub fn evaluation<'a>(&self, docket: &'a Docket, policy: &'a Policy, as_of: Instant) -> Evaluation<'a> {
        let case = self.at.case(docket);
        Evaluation::new(case, policy.terms_for(&case, as_of), as_of, self.buyer_level, self.awarded_before)
    }
}

impl std::fmt::Display for Decision {
    /// The decision in one line: outcome, rule, award, and whatever of the rest there is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.outcome, self.rule().code, self.award)?;
        if self.guarantee.is_positive() {
            write!(f, " guarantee={}", self.guarantee)?;
        }
        if let Some(Route { to, from, by }) = self.route {
            write!(f, " to={to} {from}..{by}")?;
        }
        if self.returned() != ReturnState::No {
            write!(f, " return={}", self.returned())?;
        }
        if let Some(at) = self.next_event_at() {
            write!(f, " next={at}")?;
        }
        if let Some(queue) = self.queue() {
            write!(f, " queue={queue}")?;
        }
        if self.buyer_level != Level::None {
            write!(f, " level={}", self.buyer_level)?;
        }
        if let Some(Withheld { rule, award }) = self.withheld() {
            write!(f, " withheld={rule}:{award}")?;
        }
        match self.notes == Notes::default() {
            true => Ok(()),
            false => write!(f, " notes={}", self.notes),
        }
    }
}

/// What an award takes beyond the escrowed goods money.
fn guarantee(evaluation: &Evaluation, award: Money) -> Money {
    (award - evaluation.left().at_least_zero()).at_least_zero()
}

fn notes(evaluation: &Evaluation, finding: &Finding) -> Notes {
    let gate = match finding_stage(finding) {
        Stage::GoodsMerits => Gate::of(evaluation),
        _ => Gate::None,
    };
    let consulted = matches!(gate, Gate::Consulted { .. });
    let mut notes = Notes {
        evidence_tampered: consulted && evaluation.case.dispute.evidence_tampered,
        evidence_not_exported: matches!(gate, Gate::Consulted { unseen: true, .. }),
        ..Notes::default()
    };
    if let Some(award) = finding.award() {
        let most = match award.basis {
            Basis::Asked | Basis::Share { doubled: false, .. } => Some(evaluation.goods()),
            Basis::Share { doubled: true, ceiling, .. } => Some(ceiling.of(evaluation.goods())),
            Basis::AllOfLeft | Basis::Offer => None,
        };
        notes.asked_lowered = most.is_some_and(|most| evaluation.requested() > most);
        notes.offer_is_floor = matches!(award.basis, Basis::Share { raised_to_offer: true, .. });
        notes.return_waived = finding.returned == ReturnState::Waived;
        notes.commission_lost = evaluation.terms.refund.commission_lost(evaluation.case.order);
        notes.cashback_void = true;
    }
    notes
}

/// The stage that was reached before any review.
fn finding_stage(finding: &Finding) -> Stage {
    finding.withheld().map_or(finding.rule, |(rule, _)| rule).stage
}
