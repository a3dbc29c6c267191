//! The last review: what a serial disputer is not paid without a person's look.

use crate::disposition::{Disposition, Queue};
use crate::evaluation::Evaluation;
use crate::level::Level;
use crate::named;
use crate::rule::{Finding, Rule, Stage};
use crate::tables;
use crate::trace::Record;
use crate::tracer::PLAIN;

/// An award to somebody who disputes too much.
pub const SERIAL_DISPUTER: Rule = Rule {
    when: "an award above 0, or one that awaits a return, by a rule that weighs the buyer's word, to a `blocked` buyer",
    outcome: "referred to `security`",
    reads: tables![serial_disputer],
    tell: |e, f| match f.withheld() {
        Some((rule, award)) => format!(
            "Under the rule {}, {} would be refunded, but the buyer's record of disputes is at level {}, so security looks into it first",
            rule.code,
            e.amount(award.amount),
            e.buyer_level
        ),
        None => String::new(),
    },
    ..Rule::at(Stage::Review, "serial_disputer")
};

/// Stops an award that a serial disputer would get by a rule that weighs the buyer's word.
pub(crate) fn review(e: &Evaluation, finding: Finding, record: &mut Record) -> Finding {
    // Of the findings that withhold an award, only one that awaits the return of the goods awaits anything.
    let awaits_return = matches!(finding.disposition, Disposition::Await { .. });
    let stopped = match (finding.award(), finding.withheld()) {
        (Some(award), _) => Some((finding.rule, award)),
        (None, Some(withheld)) if awaits_return => Some(withheld),
        _ => None,
    };
    let Some((rule, award)) = stopped else { return finding };
    let t = &mut record.tracer;
    let stops = t.is(named::WEIGHS_BUYERS_WORD.of(rule.scrutinised))
        && t.at_least(named::BUYER_LEVEL.of(e.buyer_level), PLAIN.of(Level::Blocked));
    record.close(&SERIAL_DISPUTER, stops);
    match stops {
        true => Finding {
            rule: &SERIAL_DISPUTER,
            disposition: Disposition::Refer { queue: Queue::Security },
            ..finding.withholding(rule, award)
        },
        false => finding,
    }
}
