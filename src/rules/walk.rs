//! The one way through the rules: the ladder down to the first rule that holds, then the reviews of its award.

use crate::disposition::{Disposition, Queue};
use crate::evaluation::Evaluation;
use crate::ladder::LADDER;
use crate::rule::Finding;
use crate::stages::{goods, returns, serial};
use crate::trace::{Record, Trace};

/// Decides one case: the first rule that holds, and what the reviews make of its award.
pub fn decide(evaluation: &Evaluation) -> Finding {
    walk(evaluation, &mut Record::off())
}

/// Decides one case, and keeps every test that was made on the way.
pub fn trace<'a>(evaluation: &Evaluation<'a>) -> Trace<'a> {
    let mut record = Record::on();
    let finding = walk(evaluation, &mut record);
    record.finish(finding)
}

/// The one way through the rules.
fn walk<'a>(evaluation: &Evaluation<'a>, record: &mut Record<'a>) -> Finding {
    let found = first_that_holds(evaluation, record);
    let returned = returns::review(evaluation, found, record);
    serial::review(evaluation, returned, record)
}

fn first_that_holds<'a>(evaluation: &Evaluation<'a>, record: &mut Record<'a>) -> Finding {
    let found = LADDER.iter().find_map(|rule| {
        let disposition = (rule.find)(evaluation, &mut record.tracer);
        record.close(rule, disposition.is_some());
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
