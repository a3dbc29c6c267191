//! The parameters that a decision used.

use arbiter_model::dispute::Video;
use arbiter_policy::ParameterValue;
use arbiter_rules::{AWAITING_RETURN, Evaluation, Finding, ReturnState, Trace, path};

use super::Inquiry;

/// The parameters of the tests that were made and of the rules that decided, each once, in the order in
/// which they were asked for.
pub(super) fn used(inquiry: &Inquiry, e: &Evaluation, trace: &Trace) -> Vec<ParameterValue> {
    let mut used: Vec<ParameterValue> = Vec::new();
    let tested = trace.tests().iter().flat_map(|test| test.parameters());
    for path in tested.chain(decided_by(&trace.finding)) {
        for held in inquiry.policy.values_for(path, &e.case, e.as_of) {
            if !used.iter().any(|known| known.parameter == held.parameter) && concerns(e, &held.parameter) {
                used.push(held);
            }
        }
    }
    used
}

/// The tables of parameters that the deciding rules read.
fn decided_by(finding: &Finding) -> impl Iterator<Item = &'static str> {
    let withheld = finding.withheld().map(|(rule, _)| rule.reads);
    let returned = matches!(finding.returned, ReturnState::Received | ReturnState::Waived);
    let returned = returned.then_some(AWAITING_RETURN.reads);
    let paid = finding.award().map(|_| &["refund"][..]);
    let all = [Some(finding.rule.reads), withheld, returned, paid];
    all.into_iter().flatten().flatten().copied()
}

/// Whether a parameter can concern the case: what goes by currency, payment method or evidence is shown for
/// the case's own.
pub(super) fn concerns(e: &Evaluation, parameter: &str) -> bool {
    let own = |table: &str, key: &str| parameter.strip_prefix(table).is_none_or(|entry| entry == key);
    let evidence = match e.case.dispute.video {
        Video::Continuous => "continuous_video",
        Video::Cut => "cut_video",
        Video::None => "photo",
    };
    let days = if e.terms.refund.route(e.case.order, e.as_of).to == "phone_balance" { "phone_days" } else { "days" };
    let is_refund_day = parameter.starts_with("refund.") && parameter.ends_with("days");
    if parameter == path!(protection.days) && e.case.order.protection_ends_at.is_some()
        || is_refund_day && !own("refund.", days)
        || !own("strength.", evidence)
    {
        return false;
    }
    own("returns.posting_cost.", e.case.order.currency.code())
        && own("refund.commission.", &e.case.order.payment_method)
}
