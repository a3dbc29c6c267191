//! People's rulings, held against what the rules decide.

use arbiter_model::final_decisions::Ruling;
use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;
use arbiter_rules::Evaluation;

use crate::decision::Decision;

/// A person's ruling that cannot be put into effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRuling {
    /// Its number among the docket's rulings.
    pub number: u32,
    /// The column at fault.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// What was expected instead.
    pub expected: String,
}

/// Why a person's ruling cannot be put into effect, if so: the column, its value, and what was expected.
pub(crate) fn refusal(
    evaluation: &Evaluation,
    decision: &Decision,
    ruling: &Ruling,
) -> Option<(&'static str, String, String)> {
    let id = ruling.dispute_id.to_string();
    let is_withdrawn = decision.outcome == Outcome::Resumed;
    if decision.outcome != Outcome::Referred && (!ruling.was_referred || is_withdrawn) {
        let (outcome, rule) = (decision.outcome, decision.rule().code);
        return Some((
            "dispute_id",
            id,
            format!("a dispute that is referred; this one is {outcome} by the rule {rule}"),
        ));
    }
    let left = evaluation.left().at_least_zero();
    let award = ruling.award.unwrap_or(Money::zero(evaluation.case.order.currency));
    if award > left {
        let expected = format!("at most what is left of the price of the goods, {left}");
        return Some(("award", award.to_string(), expected));
    }
    let outcome = match (award.is_positive(), award >= left) {
        (false, _) => Outcome::Denied,
        (true, true) => Outcome::RefundFull,
        (true, false) => Outcome::RefundPartial,
    };
    (outcome != ruling.outcome).then(|| {
        ("outcome", ruling.outcome.to_string(), format!("{outcome}, as {award} of the {left} left is awarded"))
    })
}
