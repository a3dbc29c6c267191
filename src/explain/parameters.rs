//! The parameters that a decision used.

use crate::policy::Held;
use crate::rules::{AWAITING_RETURN, Finding, Hearing, ReturnState, Trace};

use super::Inquiry;

/// The parameters of the tests that were made and of the rules that decided, each once, in the order in
/// which they were asked for.
pub(super) fn used(inquiry: &Inquiry, h: &Hearing, trace: &Trace) -> Vec<Held> {
    let mut used: Vec<Held> = Vec::new();
    let tested = trace.tests().iter().flat_map(|test| test.parameters());
    for path in tested.chain(decided_by(&trace.finding)) {
        for held in inquiry.policy.held(path, &h.case, h.as_of) {
            if !used.iter().any(|known| known.parameter == held.parameter) && concerns(h, &held.parameter) {
                used.push(held);
            }
        }
    }
    used
}

/// The tables of parameters that the deciding rules read.
fn decided_by(finding: &Finding) -> impl Iterator<Item = &'static str> {
    let withheld = finding.withheld.map(|(rule, _)| rule.reads);
    let returned = matches!(finding.returned, ReturnState::Received | ReturnState::Waived);
    let returned = returned.then_some(AWAITING_RETURN.reads);
    let paid = finding.award().map(|_| &["refund"][..]);
    let all = [Some(finding.rule.reads), withheld, returned, paid];
    all.into_iter().flatten().flatten().copied()
}

/// Whether a parameter can concern the case: what goes by currency or payment method is shown for the
/// order's own.
fn concerns(h: &Hearing, parameter: &str) -> bool {
    let own = |table: &str, key: &str| parameter.strip_prefix(table).is_none_or(|entry| entry == key);
    own("returns.posting_cost.", h.case.order.currency.code())
        && own("refund.commission.", &h.case.order.payment_method)
}
