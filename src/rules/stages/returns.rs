//! The return of the goods: an award that takes all that is left waits until the seller has them
//! back, where the buyer offered so.

use arbiter_model::instant::Instant;
use arbiter_model::money::Share;

use crate::disposition::{Award, Disposition, GoodsBack, Queue, ReturnState};
use crate::evaluation::Evaluation;
use crate::named;
use crate::rule::{Finding, Rule, Stage};
use crate::tables;
use crate::trace::Record;
use crate::tracer::{Relation, Tracer};
use crate::words::moment;

/// The goods are on their way back, or may still be sent.
pub const AWAITING_RETURN: Rule = Rule {
    when: "the award needs the goods back, and they are on their way for less than `returns.transit_days`, or may \
           still be sent within `returns.posting_days`",
    outcome: "pending until then",
    reads: tables![returns],
    tell: |e, f| {
        let won = withheld_text(e, f);
        let until = match f.disposition {
            Disposition::Await { until } => moment(until),
            _ => String::new(),
        };
        match e.history.return_shipped {
            Some(sent) => format!(
                "{won} as soon as the seller has the goods back, which were sent on {} and may be on the way until {until}",
                sent.date()
            ),
            None => format!("{won} once the goods are sent back, for which the buyer has until {until}"),
        }
    },
    ..Rule::at(Stage::Review, "awaiting_return")
};

/// The goods have been on their way back for too long.
pub const RETURN_OVERDUE: Rule = Rule {
    when: "they have been on their way for longer",
    outcome: "referred to `complaint`",
    reads: tables![returns],
    tell: |e, f| {
        let sent = e.history.return_shipped.map(|at| at.date().to_string()).unwrap_or_default();
        format!(
            "{} against the return of the goods, which were sent back on {sent} and have not arrived within {}, so a \
             person decides",
            withheld_text(e, f),
            e.terms.returns.transit_days
        )
    },
    ..Rule::at(Stage::Review, "return_overdue")
};

/// The goods were not sent back.
pub const RETURN_NOT_SENT: Rule = Rule {
    when: "they were not sent back in that time",
    outcome: "denied",
    reads: tables![returns],
    tell: |e, f| {
        let by = match f.withheld().map(|(_, award)| award.goods_back) {
            Some(GoodsBack::Sent { from, .. }) => moment(posting_deadline(e, from)),
            _ => String::new(),
        };
        format!(
            "{} against the return of the goods, which were not sent back by {by}, so nothing is refunded",
            withheld_text(e, f)
        )
    },
    ..Rule::at(Stage::Review, "return_not_sent")
};

fn withheld_text(e: &Evaluation, f: &Finding) -> String {
    match f.withheld() {
        Some((rule, award)) => {
            format!("Under the rule {}, {} is due to the buyer", rule.code, e.amount(award.amount))
        }
        None => "The claim is upheld".to_owned(),
    }
}

fn posting_deadline(e: &Evaluation, from: Instant) -> Instant {
    e.terms.returns.posting_days.after(from)
}

/// Sends an award through the return of the goods, where it needs one.
pub(crate) fn review(e: &Evaluation, finding: Finding, record: &mut Record) -> Finding {
    let Some(award) = finding.award() else { return finding };
    let GoodsBack::Sent { from, waivable } = award.goods_back else {
        record.tracer.is(named::GOODS_GO_BACK.of(false));
        record.close(&AWAITING_RETURN, false);
        return finding;
    };
    record.tracer.is(named::GOODS_GO_BACK.of(true));
    through_return(e, finding, award, (from, waivable), record)
}

fn through_return(
    e: &Evaluation,
    finding: Finding,
    award: Award,
    back: (Instant, bool),
    record: &mut Record,
) -> Finding {
    let (from, waivable) = back;
    let paying = finding.rule;
    let stopped =
        |rule, disposition, returned| Finding { returned, ..Finding::of(rule, disposition).withholding(paying, award) };
    if let Some(returned) = stands(e, waivable, &mut record.tracer) {
        record.close(&AWAITING_RETURN, false);
        return Finding { returned, ..finding };
    }
    let sent = record.tracer.known(named::RETURN_SHIPPED.of(e.history.return_shipped));
    let (named, deadline) = match sent {
        Some(sent) => (named::TRANSIT_DEADLINE, e.terms.returns.transit_days.after(sent)),
        None => (named::POSTING_DEADLINE, posting_deadline(e, from)),
    };
    let awaited = e.is_ahead(named.of(deadline), &mut record.tracer);
    record.close(&AWAITING_RETURN, awaited);
    if awaited {
        return stopped(&AWAITING_RETURN, Disposition::Await { until: deadline }, ReturnState::Awaited);
    }
    let overdue = record.tracer.known(named::RETURN_SHIPPED.of(sent)).is_some();
    record.close(&RETURN_OVERDUE, overdue);
    if overdue {
        return stopped(&RETURN_OVERDUE, Disposition::Refer { queue: Queue::Complaint }, ReturnState::Awaited);
    }
    record.tracer.unknown(named::RETURN_SHIPPED.of(sent));
    record.close(&RETURN_NOT_SENT, true);
    stopped(&RETURN_NOT_SENT, Disposition::Deny, ReturnState::No)
}

/// Whether an award stands although the goods would have to go back: they have, or need not.
fn stands(e: &Evaluation, waivable: bool, t: &mut Tracer) -> Option<ReturnState> {
    if t.known(named::RETURN_DELIVERED.of(e.history.return_delivered)).is_some() {
        return Some(ReturnState::Received);
    }
    let waived = t.is(named::RETURN_WAIVABLE.of(waivable)) && postage_is_too_dear(e, t);
    waived.then_some(ReturnState::Waived)
}

fn postage_is_too_dear(e: &Evaluation, t: &mut Tracer) -> bool {
    let returns = &e.terms.returns;
    let limit = Share::from(returns.waived_from);
    t.known(named::POSTING_COST.of(returns.posting_cost.get(e.case.order.currency))).is_some_and(|cost| {
        let share = named::POSTING_LIMIT.of(limit.of(e.goods()));
        // The limit is shown to the minor unit and compared unrounded.
        t.record(named::POSTING_COST.of(cost), Relation::AtLeast, share, limit.is_covered_by(cost, e.goods()))
    })
}
