//! Forecasts: the coming nights as a table and JSON, and every dispute that decides itself as CSV.

use std::io::{self, Write};

use serde::Serialize;

use crate::cells::{Cells, write_table};
use arbiter_engine::whatif::{Baseline, Forecast, NightAhead, Settled};
use arbiter_model::instant::Instant;
use arbiter_model::outcome::Outcome;
use arbiter_rules as rules;

use super::{Sheet, outcome_codes};

/// The nights on which something is decided, as a table.
pub fn forecast_sheets(forecast: &Forecast) -> Vec<Sheet> {
    let settled = forecast.pending - forecast.still_pending;
    let title = format!(
        "{} disputes are pending; {settled} of them decide themselves by {}, if nothing new arrives",
        forecast.pending,
        forecast.nights.last().map(|night| night.at.exact()).unwrap_or_default()
    );
    let decided = Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Pending);
    let header: Vec<&str> = ["night", "decided"].into_iter().chain(decided.clone().map(|one| one.code())).collect();
    let mut sheet = Sheet::new(title, &header);
    sheet.header.push("due".to_owned());
    for night in forecast.nights.iter().filter(|night| night.decided > 0) {
        let due: Vec<_> =
            night.awards.amounts().iter().map(|(currency, amount)| format!("{amount} {currency}")).collect();
        let outcomes = decided.clone().map(|outcome| night.outcomes[*outcome as usize].to_string());
        let cells = [night.at.exact(), night.decided.to_string()].into_iter().chain(outcomes);
        sheet.row(cells.chain([due.join(", ")]));
    }
    vec![sheet]
}

const SETTLED: &[&str] = &[
    "night",
    "dispute_id",
    "order_id",
    "buyer_id",
    "seller_id",
    "reason",
    "rule_now",
    "next_event_at",
    "outcome",
    "rule",
    "award",
    "currency",
    "guarantee",
    "queue",
    "explanation",
];

/// Writes every dispute that decides itself, by night, with what is decided then.
pub fn write_forecast_csv(baseline: &Baseline, forecast: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    write_table(out, SETTLED, &forecast.settled, |cells, settled| {
        write_row(baseline, forecast.nights[settled.night].at, settled, cells)
    })
}

fn write_row(baseline: &Baseline, night: Instant, settled: &Settled, cells: &mut Cells) -> io::Result<()> {
    let Settled { today, then, .. } = settled;
    let case = then.at.case(baseline.docket);
    let (dispute, order) = (case.dispute, case.order);
    cells.value(night.exact())?;
    for text in [&dispute.id, &order.id, &dispute.buyer_id, &order.seller_id] {
        cells.text(text)?;
    }
    cells.own(dispute.reason.code())?;
    cells.own(today.rule().code)?;
    cells.maybe(today.next_event_at())?;
    cells.own(then.outcome.code())?;
    cells.own(then.rule().code)?;
    cells.value(then.award)?;
    cells.own(order.currency.code())?;
    cells.value(then.guarantee)?;
    cells.own(then.queue().map_or("", |queue| queue.code()))?;
    cells.text(&rules::explain(&then.evaluation(baseline.docket, baseline.base, night), &then.finding))?;
    cells.end_row()
}

#[derive(Serialize)]
struct Document<'a> {
    as_of: String,
    outcomes: Vec<String>,
    pending: u64,
    still_pending: u64,
    nights: &'a [NightAhead],
}

/// Writes the nights as JSON, those on which nothing is decided included.
pub fn write_forecast_json(as_of: Instant, forecast: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        as_of: as_of.exact(),
        outcomes: outcome_codes().collect(),
        pending: forecast.pending,
        still_pending: forecast.still_pending,
        nights: &forecast.nights,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
