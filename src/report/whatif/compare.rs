//! Comparisons: tables, moved.csv and JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::cells::{Cells, write_table};
use arbiter_engine::decision::Decision;
use arbiter_engine::whatif::{Baseline, Comparison, GroupAwards, Interval, Moved, Variant};
use arbiter_model::instant::Instant;
use arbiter_model::outcome::Outcome;
use arbiter_policy::Policy;
use arbiter_rules as rules;

use super::{Sheet, outcome_codes, signed};

/// How many rows of a long table are shown.
const SHOWN: usize = 10;

/// The tables of a comparison.
pub fn comparison_sheets(comparison: &Comparison) -> Vec<Sheet> {
    let Comparison { variant, moved, disputes, .. } = comparison;
    let title = format!("{variant}: {moved} of {disputes} disputes are decided otherwise");
    let mut sheets = vec![changes(comparison, title), matrix(comparison)];
    sheets.push(lines("money", &comparison.by_currency, usize::MAX));
    sheets.push(lines("rule", &comparison.by_rule, usize::MAX));
    sheets.push(lines("reason", &comparison.by_reason, usize::MAX));
    sheets.push(lines("category", &comparison.by_category, SHOWN));
    sheets.push(lines("seller", &comparison.by_seller, SHOWN));
    sheets.extend([bands(comparison), shares(comparison), intervals(comparison)]);
    // The first is there even where nothing differs.
    let first = sheets.remove(0);
    std::iter::once(first).chain(sheets.into_iter().filter(|sheet| !sheet.rows.is_empty())).collect()
}

fn changes(comparison: &Comparison, title: String) -> Sheet {
    let mut sheet = Sheet::new(title, &["parameter", "before", "after"]);
    let value = |value: &str| if value.is_empty() { "none".to_owned() } else { value.to_owned() };
    for changed in &comparison.changes {
        sheet.row([changed.parameter.clone(), value(&changed.before), value(&changed.after)]);
    }
    sheet
}

/// Disputes by their outcome before, down, and after, across.
fn matrix(comparison: &Comparison) -> Sheet {
    let header: Vec<&str> = std::iter::once("outcome before").chain(Outcome::CODES.iter().copied()).collect();
    let mut sheet = Sheet::new("", &header);
    for (outcome, row) in Outcome::ALL.iter().zip(&comparison.matrix).filter(|_| comparison.moved > 0) {
        if row.iter().any(|count| *count > 0) {
            let counts = row.iter().map(|count| if *count == 0 { String::new() } else { count.to_string() });
            sheet.row(std::iter::once(outcome.code().to_owned()).chain(counts));
        }
    }
    sheet
}

fn lines(by: &str, lines: &[GroupAwards], most: usize) -> Sheet {
    let mut sheet = Sheet::new("", &[by, "currency", "moved", "before", "after", "change"]);
    for line in lines.iter().take(most) {
        let key = if line.key.is_empty() { "(none)" } else { &line.key };
        let amounts = [line.before.to_string(), line.after.to_string(), signed(line.change)];
        sheet.row([key.to_owned(), line.currency.to_owned(), line.moved.to_string()].into_iter().chain(amounts));
    }
    if by == "money" {
        sheet.header.remove(1);
        sheet.rows.iter_mut().for_each(|row| drop(row.remove(1)));
    }
    if lines.len() > most {
        sheet.row([format!("and {} more", lines.len() - most)].into_iter().chain((0..5).map(|_| String::new())));
    }
    sheet
}

fn bands(comparison: &Comparison) -> Sheet {
    let mut sheet = Sheet::new("", &["buyers whose awards change by", "get more", "get less"]);
    for band in comparison.bands.iter().filter(|band| band.winners + band.losers > 0) {
        sheet.row([band.change.to_owned(), band.winners.to_string(), band.losers.to_string()]);
    }
    sheet
}

fn shares(comparison: &Comparison) -> Sheet {
    let attribution = &comparison.attribution;
    let mut sheet = Sheet::new(attribution.note.clone().unwrap_or_default(), &["moved by", "currency", "change"]);
    // One part has moved everything there is.
    for part in attribution.parts.iter().filter(|_| attribution.parts.len() > 1) {
        for (currency, amount) in part.change.amounts().into_iter().filter(|(_, amount)| !amount.is_zero()) {
            sheet.row([part.part.clone(), currency.code().to_owned(), signed(amount)]);
        }
    }
    if let (true, Some(note)) = (sheet.rows.is_empty(), &attribution.note) {
        sheet.title.clear();
        sheet.row([note.clone(), String::new(), String::new()]);
    }
    sheet
}

fn intervals(comparison: &Comparison) -> Sheet {
    let mut sheet = Sheet::new("", &["95 % of samples of buyers", "currency", "total", "from", "to"]);
    let changed: Vec<_> = comparison.by_currency.iter().filter(|line| !line.change.is_zero()).collect();
    let is_changed = |interval: &&Interval| changed.iter().any(|line| line.currency == interval.currency);
    for interval in comparison.intervals.iter().filter(is_changed) {
        let show = |amount| if interval.total == "change" { signed(amount) } else { amount.to_string() };
        let amounts = [interval.amount, interval.low, interval.high].map(show);
        sheet.row([interval.total.to_owned(), interval.currency.to_owned()].into_iter().chain(amounts));
    }
    sheet
}

const MOVED: &[&str] = &[
    "variant",
    "dispute_id",
    "order_id",
    "buyer_id",
    "seller_id",
    "reason",
    "currency",
    "outcome_before",
    "outcome_after",
    "rule_before",
    "rule_after",
    "award_before",
    "award_after",
    "change",
    "guarantee_before",
    "guarantee_after",
    "next_event_at_before",
    "next_event_at_after",
    "queue_before",
    "queue_after",
    "buyer_level_before",
    "buyer_level_after",
    "explanation_before",
    "explanation_after",
];

/// Writes moved.csv: every dispute that a variant decides otherwise, old and new side by side.
pub fn write_moved(
    baseline: &Baseline,
    variants: &[Variant],
    comparisons: &[Comparison],
    out: &mut dyn Write,
) -> io::Result<()> {
    let of_variant = |(variant, comparison)| move |moved| (variant, comparison, moved);
    let items: Vec<(&Variant, &Comparison, &Moved)> = variants
        .iter()
        .zip(comparisons)
        .flat_map(|(variant, comparison)| comparison.disputes_moved.iter().map(of_variant((variant, comparison))))
        .collect();
    write_table(out, MOVED, &items, |cells, (variant, _, moved)| write_row(baseline, variant, moved, cells))
}

fn write_row(baseline: &Baseline, variant: &Variant, moved: &Moved, cells: &mut Cells) -> io::Result<()> {
    let Moved { before, after } = moved;
    let case = before.at.case(baseline.docket);
    let (dispute, order) = (case.dispute, case.order);
    cells.text(&variant.name)?;
    for text in [&dispute.id, &order.id, &dispute.buyer_id, &order.seller_id] {
        cells.text(text)?;
    }
    cells.own(dispute.reason.code())?;
    cells.own(order.currency.code())?;
    both(moved, |decision| cells.own(decision.outcome.code()))?;
    both(moved, |decision| cells.own(decision.rule().code))?;
    both(moved, |decision| cells.value(decision.award))?;
    cells.value(after.award - before.award)?;
    both(moved, |decision| cells.value(decision.guarantee))?;
    both(moved, |decision| cells.maybe(decision.next_event_at()))?;
    both(moved, |decision| cells.own(decision.queue().map_or("", |queue| queue.code())))?;
    both(moved, |decision| cells.own(decision.buyer_level.code()))?;
    cells.text(&explained(before, baseline, baseline.base))?;
    cells.text(&explained(after, baseline, &variant.policy))?;
    cells.end_row()
}

fn both(moved: &Moved, mut write: impl FnMut(&Decision) -> io::Result<()>) -> io::Result<()> {
    write(&moved.before)?;
    write(&moved.after)
}

fn explained(decision: &Decision, baseline: &Baseline, policy: &Policy) -> String {
    rules::explain(&decision.evaluation(baseline.docket, policy, baseline.as_of), &decision.finding)
}

#[derive(Serialize)]
struct Document<'a> {
    as_of: String,
    outcomes: Vec<String>,
    comparisons: &'a [Comparison],
}

/// Writes comparisons as JSON.
pub fn write_comparisons_json(as_of: Instant, comparisons: &[Comparison], out: &mut dyn Write) -> io::Result<()> {
    let document = Document { as_of: as_of.exact(), outcomes: outcome_codes().collect(), comparisons };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
