//! summary.md: the night at a glance, to be read.

use std::io::{self, Write};

use super::Summary;
use super::manifest::Counts;
use super::summary::{Awarded, Books, BuyerLine, BuyerLines, Deadlines, SHOWN, SellerLine, ThisRun, Totals};
use arbiter_model::exports::RejectGroup;
use arbiter_model::run_record::CAUSES;

/// Writes summary.md.
pub(crate) fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Disputes decided as of {}\n", summary.as_of)?;
    write_counts(summary, out)?;
    write_tonight(&summary.tonight, out)?;
    write_totals(out, "By outcome", "outcome", &summary.by_outcome)?;
    write_books(summary, out)?;
    write_totals(out, "By rule", "rule", &summary.by_rule)?;
    write_totals(out, "By reason", "reason", &summary.by_reason)?;
    write_deadlines(&summary.deadlines, out)?;
    write_sellers(&summary.sellers, out)?;
    write_buyers(&summary.buyers, out)?;
    write_rejects(summary, out)?;
    if !summary.notes.is_empty() {
        writeln!(out, "## Notes\n")?;
        for note in &summary.notes {
            writeln!(out, "- {}", escaped(note))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "Decided by arbiter {}; `manifest.json` lists inputs, parameters and files.", summary.version)
}

fn write_counts(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let Counts { rows, decided, rejected, repeats, not_yet_open } = summary.disputes;
    writeln!(
        out,
        "{rows} rows of disputes: {decided} decided, {rejected} rejected, {repeats} repeating another row, \
         {not_yet_open} not yet open.\n"
    )
}

fn write_tonight(tonight: &ThisRun, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Tonight\n")?;
    let by_people = match tonight.decided_by_people {
        0 => String::new(),
        people => format!(", {people} of them by a person"),
    };
    writeln!(out, "- refunded or denied tonight: {}{by_people}", tonight.decided)?;
    match tonight.payouts.is_empty() {
        true => writeln!(out, "- to pay: nothing")?,
        false => {
            let sums = tonight.payouts.iter();
            let sums = sums.map(|sum| {
                let payouts = if sum.payouts == 1 { "payout" } else { "payouts" };
                format!("{} {} in {} {payouts}", sum.amount, sum.currency, sum.payouts)
            });
            writeln!(out, "- to pay: {}", sums.collect::<Vec<_>>().join(", "))?;
        }
    }
    let Some(previous) = &tonight.previous else {
        return writeln!(out, "- the night before: none, so nothing stands yet\n");
    };
    writeln!(out, "- the night before: {}", escaped(previous))?;
    writeln!(out, "- decisions of earlier nights that stand: {}", tonight.standing)?;
    if tonight.standing_elsewhere > 0 {
        let number = tonight.standing_elsewhere;
        writeln!(out, "- the same, of disputes that are not in tonight's export: {number}, in `standing.csv`")?;
    }
    if tonight.drift > 0 {
        writeln!(out, "- of these, tonight's facts would decide otherwise: {}, in `drift.csv`", tonight.drift)?;
    }
    for (cause, meaning) in CAUSES {
        if let Some(number) = tonight.changes.get(*cause) {
            writeln!(out, "- decided otherwise than the night before, `{cause}` ({meaning}): {number}")?;
        }
    }
    writeln!(out)
}

/// A text that Markdown would not take for its own in a table.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' => escaped.extend(['\\', letter]),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn money_cell(money: &[Awarded]) -> String {
    let amounts: Vec<_> = money
        .iter()
        .map(|awarded| match awarded.guarantee.is_positive() {
            true => {
                format!("{} {} ({} of it from the guarantee fund)", awarded.award, awarded.currency, awarded.guarantee)
            }
            false => format!("{} {}", awarded.award, awarded.currency),
        })
        .collect();
    amounts.join(", ")
}

fn write_totals(out: &mut dyn Write, title: &str, key: &str, totals: &[Totals]) -> io::Result<()> {
    writeln!(out, "## {title}\n\n| {key} | disputes | awarded |\n| --- | ---: | --- |")?;
    for line in totals {
        writeln!(out, "| `{}` | {} | {} |", line.key, line.disputes, money_cell(&line.money))?;
    }
    writeln!(out)
}

fn write_books(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Books\n")?;
    writeln!(out, "| currency | orders | escrow | awarded | released | held | guarantee |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for Books { currency, orders, escrow, award, released, held, guarantee } in &summary.by_currency {
        writeln!(out, "| {currency} | {orders} | {escrow} | {award} | {released} | {held} | {guarantee} |")?;
    }
    writeln!(out)
}

fn write_deadlines(deadlines: &Deadlines, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Deadlines of the coming nights\n\n| day (UTC) | pending disputes |\n| --- | ---: |")?;
    if deadlines.past > 0 {
        writeln!(out, "| before | {} |", deadlines.past)?;
    }
    for (day, disputes) in &deadlines.coming {
        writeln!(out, "| {day} | {disputes} |")?;
    }
    if deadlines.later > 0 {
        writeln!(out, "| later | {} |", deadlines.later)?;
    }
    writeln!(out)
}

fn write_sellers(sellers: &[SellerLine], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Sellers with the most refunds\n")?;
    writeln!(out, "| seller | disputes | refunds | awarded |\n| --- | ---: | ---: | --- |")?;
    for seller in sellers {
        let (name, money) = (escaped(&seller.seller_id), money_cell(&seller.money));
        writeln!(out, "| {name} | {} | {} | {money} |", seller.disputes, seller.refunds)?;
    }
    writeln!(out)
}

fn write_buyers(buyers: &BuyerLines, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Buyers who dispute often\n")?;
    let levels: Vec<_> = buyers.levels.iter().map(|(level, count)| format!("{count} {level}")).collect();
    match levels.is_empty() {
        true => return writeln!(out, "None.\n"),
        false => writeln!(out, "{}.\n", levels.join(", "))?,
    }
    writeln!(out, "| buyer | level | disputed orders | orders | lower |\n| --- | --- | ---: | ---: | ---: |")?;
    for BuyerLine { buyer_id, level, disputes, orders, lower } in &buyers.first {
        writeln!(out, "| {} | {level} | {disputes} | {orders} | {lower} |", escaped(buyer_id))?;
    }
    writeln!(out)
}

fn write_rejects(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Rejected rows\n")?;
    if summary.rejects.is_empty() {
        return writeln!(out, "None.\n");
    }
    writeln!(out, "| file | cause | rows | the first | to mend |\n| --- | --- | ---: | --- | --- |")?;
    for RejectGroup { file, cause, rows, first, fix, .. } in &summary.rejects {
        let (file, first, fix) = (escaped(file), escaped(first), escaped(fix.as_deref().unwrap_or_default()));
        writeln!(out, "| {file} | `{cause}` | {rows} | {first} | {fix} |")?;
    }
    writeln!(out)?;
    if summary.held_by_rejects.is_empty() {
        return Ok(());
    }
    writeln!(out, "Money of these orders waits until the rows that name them are mended:\n")?;
    for order in summary.held_by_rejects.iter().take(SHOWN) {
        let held = order.held.as_deref().unwrap_or("no other dispute of it was decided");
        writeln!(out, "- {} (line {}): {held}", escaped(&order.order_id), order.line)?;
    }
    if summary.held_by_rejects.len() > SHOWN {
        writeln!(out, "- and {} more, in `summary.json`", summary.held_by_rejects.len() - SHOWN)?;
    }
    writeln!(out)
}
