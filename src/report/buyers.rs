//! buyers.csv: one row for each buyer above level `none`, by buyer id bytewise.

use std::collections::BTreeMap;
use std::io::{self, Write};

use arbiter_model::money::Money;
use arbiter_rules::Level;

use super::Run;
use super::cells::write_table;

const HEADER: &[&str] =
    &["buyer_id", "level", "orders", "disputes", "rate", "lower", "contradicted", "burst", "awarded"];

pub(crate) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let awarded = awarded(run);
    write_table(out, HEADER, &conspicuous(run), |cells, buyer| {
        let rating = run.decisions.buyers[*buyer];
        cells.text(&run.docket.buyers[*buyer].id)?;
        cells.own(rating.level.code())?;
        cells.value(rating.record.orders)?;
        cells.value(rating.record.disputed_orders)?;
        cells.value(rating.record.rate())?;
        cells.value(format_args!("{:.4}", rating.record.lower()))?;
        cells.value(rating.record.contradicted)?;
        cells.value(rating.record.burst)?;
        let sums = awarded.get(buyer).into_iter().flatten();
        let sums: Vec<_> = sums.map(|(currency, amount)| format!("{currency} {amount}")).collect();
        cells.own(&sums.join(";"))?;
        cells.end_row()
    })
}

/// The buyers above level `none`, by their place in the docket, sorted by their ids.
pub(super) fn conspicuous(run: &Run) -> Vec<usize> {
    let mut buyers: Vec<usize> =
        (0..run.docket.buyers.len()).filter(|buyer| run.decisions.buyers[*buyer].level > Level::None).collect();
    buyers.sort_by_key(|buyer| run.docket.buyers[*buyer].id.as_bytes());
    buyers
}

/// What each conspicuous buyer's disputes were awarded, by currency.
fn awarded(run: &Run) -> BTreeMap<usize, BTreeMap<&'static str, Money>> {
    let mut awarded: BTreeMap<usize, BTreeMap<&'static str, Money>> = BTreeMap::new();
    for decision in run.decisions.made.iter().filter(|decision| decision.award.is_positive()) {
        let file = &run.docket.orders[decision.at.order as usize];
        let buyer = file.disputants[decision.at.dispute as usize] as usize;
        if decision.buyer_level > Level::None {
            let sums = awarded.entry(buyer).or_default();
            let sum = sums.entry(file.order.currency.code()).or_insert(Money::zero(file.order.currency));
            *sum = *sum + decision.award;
        }
    }
    awarded
}
