//! Distance to flip, for every decision: the smallest change of one fact, and of one parameter, that changes its
//! outcome, as columns beside it.

use std::io::{self, Write};

use arbiter_engine::decide::Decisions;
use arbiter_engine::decision::DecidedBy;
use arbiter_engine::explain::flip;
use arbiter_model::case::Docket;
use arbiter_model::instant::Instant;
use arbiter_policy::Policy;

use super::cells::write_table;

const HEADER: &[&str] = &[
    "dispute_id",
    "order_id",
    "reason",
    "outcome",
    "rule",
    "award",
    "currency",
    "next_event_at",
    "flip_fact",
    "flip_parameter",
];

/// Writes a row for each decision, in the order of the export.
///
/// # Errors
///
/// They cannot be written.
pub fn write_flips(
    docket: &Docket,
    policy: &Policy,
    as_of: Instant,
    decisions: &Decisions,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_table(out, HEADER, &decisions.made, |cells, decision| {
        let case = decision.at.case(docket);
        // What stands, or was ruled by a person, is changed by no fact.
        let is_by_rules = decision.by == DecidedBy::Rules;
        let nearest = is_by_rules.then(|| flip::nearest(docket, policy, as_of, decisions, decision));
        let (fact, parameter) = nearest.unwrap_or_default();
        cells.text(&case.dispute.id)?;
        cells.text(&case.order.id)?;
        cells.own(case.dispute.reason.code())?;
        cells.own(decision.outcome.code())?;
        cells.own(decision.rule().code)?;
        cells.value(decision.award)?;
        cells.own(case.order.currency.code())?;
        cells.maybe(decision.next_event_at())?;
        cells.maybe(fact)?;
        cells.maybe(parameter)?;
        cells.end_row()
    })
}
