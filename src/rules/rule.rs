//! A rule, the stage that it belongs to, and the finding that names it.

use arbiter_model::outcome::Outcome;

use crate::disposition::{Award, Disposition, ReturnState};
use crate::evaluation::Evaluation;
use crate::tracer::Tracer;

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
    pub(crate) const fn at(stage: Stage, code: &'static str) -> Self {
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

/// The rule that decided, what it found, and what the reviews made of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it found.
    pub disposition: Disposition,
    /// What became of the goods.
    pub returned: ReturnState,
    /// The award that a review stopped, and the rule that would have paid it. Few have one, and a night has many
    /// findings.
    pub(crate) withheld: Option<Box<(&'static Rule, Award)>>,
}

impl Finding {
    /// What a rule finds before any review.
    pub(crate) fn of(rule: &'static Rule, disposition: Disposition) -> Self {
        Self { rule, disposition, returned: ReturnState::No, withheld: None }
    }

    /// The same finding with an award stopped that a rule would have paid.
    pub(crate) fn withholding(self, rule: &'static Rule, award: Award) -> Self {
        Self { withheld: Some(Box::new((rule, award))), ..self }
    }

    /// The award that a review stopped, and the rule that would have paid it.
    pub fn withheld(&self) -> Option<(&'static Rule, Award)> {
        self.withheld.as_deref().copied()
    }

    /// What becomes of the order's money.
    pub fn outcome(&self, evaluation: &Evaluation) -> Outcome {
        match self.disposition {
            Disposition::Award(award) if !award.amount.is_positive() => Outcome::Denied,
            Disposition::Award(award) if award.amount >= evaluation.left() => Outcome::RefundFull,
            Disposition::Award(_) => Outcome::RefundPartial,
            Disposition::Deny => Outcome::Denied,
            Disposition::Resume => Outcome::Resumed,
            Disposition::Await { .. } => Outcome::Pending,
            Disposition::Refer { .. } => Outcome::Referred,
        }
    }

    /// The award, where there is one above zero.
    pub fn award(&self) -> Option<Award> {
        match self.disposition {
            Disposition::Award(award) if award.amount.is_positive() => Some(award),
            _ => None,
        }
    }
}
