//! Decisions that no rule of tonight's ladder makes: by people, and by rules that are gone.

use arbiter_model::money::Money;

use crate::disposition::{Award, Basis, Disposition, GoodsBack};
use crate::rule::{Finding, Rule, Stage};

/// A person decided a dispute that was referred.
pub const HUMAN: Rule = Rule {
    when: "a person's ruling came in about a dispute that was referred",
    outcome: "what the person ruled",
    ..Rule::at(Stage::Review, "human")
};

/// A rule of an earlier version of the program, whose decision stands.
pub const RETIRED: Rule = Rule {
    when: "a decision stands that was made by a rule which this version does not have",
    outcome: "what was decided",
    ..Rule::at(Stage::Review, "retired")
};

impl Finding {
    /// What was not found by the rules tonight: an award, or a denial.
    pub fn made_elsewhere(rule: &'static Rule, amount: Money) -> Self {
        let award = Award { amount, basis: Basis::AllOfLeft, goods_back: GoodsBack::Kept };
        let disposition = if amount.is_positive() { Disposition::Award(award) } else { Disposition::Deny };
        Self::of(rule, disposition)
    }
}
