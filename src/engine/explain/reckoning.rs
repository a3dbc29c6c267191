//! The arithmetic of an award, step by step.

use serde::Serialize;

use arbiter_model::money::{Money, Share};
use arbiter_rules::{Award, Basis, Evaluation, Finding, Worth};

/// One step of the arithmetic.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ReckoningLine {
    /// What is worked out.
    pub what: &'static str,
    /// How, in the case's numbers.
    pub working: String,
    /// What it comes to: a share or an amount.
    pub result: String,
}

/// The steps that lead to an award, or to the one that a review stopped; none where there is none.
pub(super) fn reckoning(e: &Evaluation, finding: &Finding) -> Vec<ReckoningLine> {
    let stopped = finding.withheld().map(|(_, award)| award);
    let Some(award) = finding.award().or(stopped) else { return Vec::new() };
    let mut lines = vec![left(e)];
    match award.basis {
        Basis::AllOfLeft => {}
        Basis::Asked => lines.push(asked(e)),
        Basis::Offer => lines.extend(e.offer().map(|offer| line("offer", "the seller's offer".into(), offer))),
        Basis::Share { ceiling, worth, doubled, raised_to_offer } => {
            lines.extend(ceiling_line(ceiling, worth));
            lines.push(by_share(e, ceiling));
            if doubled {
                lines.extend(doubled_limits(e, ceiling));
            } else {
                lines.push(asked(e));
            }
            if raised_to_offer {
                lines.extend(
                    e.offer().map(|offer| line("floor", "the seller's offer, at most asked and left".into(), offer)),
                );
            }
        }
    }
    lines.push(total(&award));
    lines.extend(guarantee(e, award.amount));
    lines
}

fn line(what: &'static str, working: String, result: impl ToString) -> ReckoningLine {
    ReckoningLine { what, working, result: result.to_string() }
}

fn left(e: &Evaluation) -> ReckoningLine {
    let order = e.case.order;
    let working = format!(
        "goods_total {} - refunded_total {} - awarded before {}",
        e.goods(),
        order.refunded_total,
        e.awarded_before
    );
    line("left", working, e.left())
}

fn asked(e: &Evaluation) -> ReckoningLine {
    let stated = if e.case.dispute.requested.is_some() { "requested_amount" } else { "nothing stated:" };
    line("asked", format!("{stated} {}, at most goods_total {}", e.requested(), e.goods()), e.asked())
}

fn ceiling_line(ceiling: Share, worth: Worth) -> Option<ReckoningLine> {
    match worth {
        Worth::Fixed => None,
        Worth::Band { band, strength } => {
            let working = format!("{} + ({} - {}) x strength {strength}", band.low, band.high, band.low);
            Some(line("ceiling", working, ceiling))
        }
        Worth::Units { missing, ordered } => {
            Some(line("ceiling", format!("{missing} of {ordered} units are missing"), ceiling))
        }
    }
}

fn by_share(e: &Evaluation, ceiling: Share) -> ReckoningLine {
    let amount = ceiling.of(e.goods());
    let exact = ceiling.exactly_of(e.goods());
    let rounded = if exact.is_some_and(|exact| exact.to_string() != amount.to_string()) {
        exact.map(|exact| format!(" = {exact}, halves away from zero")).unwrap_or_default()
    } else {
        String::new()
    };
    line("by_share", format!("goods_total {} x {ceiling}{rounded}", e.goods()), amount)
}

/// Under *double* what may be asked and what is left are measured from the doubled price.
fn doubled_limits(e: &Evaluation, ceiling: Share) -> [ReckoningLine; 2] {
    let doubled = ceiling.of(e.goods());
    let taken = e.goods() - e.left();
    [
        line("asked", format!("requested_amount {}, at most {doubled}", e.requested()), e.requested().min(doubled)),
        line("left_doubled", format!("{doubled} - refunded or awarded before {taken}"), doubled - taken),
    ]
}

fn total(award: &Award) -> ReckoningLine {
    let working = match award.basis {
        Basis::AllOfLeft => "all of left",
        Basis::Asked => "the least of asked and left",
        Basis::Offer => "the least of offer and left",
        Basis::Share { raised_to_offer: true, .. } => {
            "the floor, which is more than the least of by_share, asked and left"
        }
        Basis::Share { doubled: true, .. } => "the least of by_share, asked and left_doubled",
        Basis::Share { .. } => "the least of by_share, asked and left",
    };
    line("award", working.to_owned(), award.amount)
}

fn guarantee(e: &Evaluation, amount: Money) -> Option<ReckoningLine> {
    let beyond = (amount - e.left().at_least_zero()).at_least_zero();
    beyond.is_positive().then(|| line("guarantee", format!("award {amount} - left {}", e.left()), beyond))
}
