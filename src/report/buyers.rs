//! buyers.csv: one row for each buyer above level `none`, by buyer id bytewise.

use std::collections::BTreeMap;
use std::io::{self, Write};

use arbiter_model::money::Money;
use arbiter_rules::Level;

use super::Run;
use super::cells::write_table;

const HEADER: &[&str] =
    &["buyer_id", "level", "orders", "disputes", "rate", "lower", "contradicted", "burst", "awarded"];

pub fn write(night: &Run, out: &mut dyn Write) -> io::Result<()> {
    let awarded = awarded(night);
    write_table(out, HEADER, &conspicuous(night), |cells, buyer| {
        let (record, standing) = (&night.docket.buyers[*buyer], night.decisions.buyers[*buyer]);
        cells.text(&record.id)?;
        cells.own(standing.level.code())?;
        cells.value(standing.record.orders)?;
        cells.value(standing.record.disputed_orders)?;
        cells.value(standing.record.rate())?;
        cells.value(format_args!("{:.4}", standing.record.lower()))?;
        cells.value(standing.record.contradicted)?;
        cells.value(standing.record.burst)?;
        let sums = awarded.get(buyer).into_iter().flatten();
        let sums: Vec<_> = sums.map(|(currency, amount)| format!("{currency} {amount}")).collect();
        cells.own(&sums.join(";"))?;
        cells.end_row()
    })
}

/// The buyers above level `none`, by their place in the docket, sorted by their ids.
pub(super) fn conspicuous(night: &Run) -> Vec<usize> {
    let mut buyers: Vec<usize> =
        (0..night.docket.buyers.len()).filter(|buyer| night.decisions.buyers[*buyer].level > Level::None).collect();
    buyers.sort_by_key(|buyer| night.docket.buyers[*buyer].id.as_bytes());
    buyers
}

/// What each conspicuous buyer's disputes were awarded, by currency.
fn awarded(night: &Run) -> BTreeMap<usize, BTreeMap<&'static str, Money>> {
    let mut awarded: BTreeMap<usize, BTreeMap<&'static str, Money>> = BTreeMap::new();
    for decision in night.decisions.made.iter().filter(|decision| decision.award.is_positive()) {
        let file = &night.docket.orders[decision.at.order as usize];
        let buyer = file.disputants[decision.at.dispute as usize] as usize;
        if decision.buyer_level > Level::None {
            let sums = awarded.entry(buyer).or_default();
            let sum = sums.entry(file.order.currency.code()).or_insert(Money::zero(file.order.currency));
            *sum = *sum + decision.award;
        }
    }
    awarded
}
