//! Sweeps: the curve of one parameter, or a grid of two, as tables, CSV and JSON.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use crate::cells::{Cells, write_table};
use arbiter_engine::whatif::{Curve, Point, Sweep};
use arbiter_model::instant::Instant;
use arbiter_model::money::Currency;
use arbiter_model::outcome::Outcome;

use super::Sheet;

/// A sweep of one parameter.
#[derive(Clone, Debug)]
pub struct Swept {
    /// The parameter and its values.
    pub sweep: Sweep,
    /// The curve over them.
    pub curve: Curve,
    /// The value in force.
    pub current: Option<u64>,
}

/// A sweep of two parameters.
#[derive(Clone, Debug)]
pub struct SweptGrid {
    /// The second parameter, its values, and the one in force.
    pub second: (Sweep, Option<u64>),
    /// For each of its points, the sweep of the first.
    pub rows: Vec<Swept>,
}

impl Swept {
    /// The points that are shown.
    pub(super) fn points(&self) -> impl Iterator<Item = (u64, Point)> {
        self.sweep.points().filter_map(|value| Some((value, self.curve.at(value)?)))
    }

    /// The currencies in which awards change, by code.
    pub(super) fn moving(&self) -> Vec<Currency> {
        self.curve.currencies().filter(|currency| !self.curve.is_level(*currency)).collect()
    }

    fn is_current(&self, value: u64) -> bool {
        self.current == Some(value)
    }
}

impl SweptGrid {
    /// The rows of the grid, each with its value of the second parameter.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, &Swept)> {
        self.second.0.points().zip(&self.rows)
    }

    /// The currencies of all costs, by code.
    pub(super) fn currencies(&self) -> Vec<Currency> {
        let mut currencies: Vec<Currency> = self.rows.iter().flat_map(|row| row.curve.currencies()).collect();
        currencies.sort_unstable_by_key(|currency| currency.code());
        currencies.dedup();
        currencies
    }
}

impl SweptGrid {
    /// The currencies in which awards change, by code.
    pub(super) fn moving(&self) -> Vec<Currency> {
        let cells = || self.rows.iter().flat_map(|row| row.points().map(|(_, point)| point));
        let amounts = |currency| cells().map(move |point| point.awards.units(currency));
        let moves = |currency: &Currency| amounts(*currency).min() != amounts(*currency).max();
        self.currencies().into_iter().filter(moves).collect()
    }
}

/// What is to be said of currencies that are left out: `; awards in JPY do not change`.
fn told_level(all: impl Iterator<Item = Currency>, moving: &[Currency]) -> String {
    let level: Vec<_> = all.filter(|currency| !moving.contains(currency)).map(|currency| currency.code()).collect();
    if level.is_empty() { String::new() } else { format!("; awards in {} do not change", level.join(", ")) }
}

/// A curve as a table, the value in force marked; or a grid as one table for each currency.
pub fn sweep_sheets(swept: &[Swept], grid: Option<&SweptGrid>) -> Vec<Sheet> {
    let curves = swept.iter().map(curve_sheet);
    let grids = grid.into_iter().flat_map(|grid| {
        let moving = grid.moving();
        let level = told_level(grid.currencies().into_iter(), &moving);
        let mut sheets: Vec<Sheet> = moving.into_iter().map(|currency| grid_sheet(grid, currency)).collect();
        match sheets.first_mut() {
            Some(first) => first.title.push_str(&level),
            None => sheets.push(Sheet::new(level.trim_start_matches("; "), &[])),
        }
        sheets
    });
    curves.chain(grids).collect()
}

fn curve_sheet(swept: &Swept) -> Sheet {
    let Swept { sweep, curve, current } = swept;
    let now = match current {
        Some(value) => format!(", in force: {}", sweep.scale.text(*value)),
        None => String::new(),
    };
    let moving = swept.moving();
    let level = told_level(curve.currencies(), &moving);
    let mut sheet = Sheet::new(format!("{} ({}){now}{level}", sweep.parameter, sweep.unit), &[&sweep.parameter]);
    sheet.header.extend(moving.iter().map(|currency| format!("awards {currency}")));
    sheet.header.extend(Outcome::CODES.iter().map(|code| (*code).to_owned()));
    for (value, point) in swept.points() {
        let mark = if swept.is_current(value) { " *" } else { "" };
        let first = format!("{}{mark}", sweep.scale.text(value));
        let awards = moving.iter().map(|currency| point.awards.amount(*currency).to_string());
        let outcomes = point.outcomes.iter().map(ToString::to_string);
        sheet.row(std::iter::once(first).chain(awards).chain(outcomes));
    }
    sheet
}

/// Awards by both parameters: a row for each value of the second.
fn grid_sheet(grid: &SweptGrid, currency: Currency) -> Sheet {
    let (second, current) = &grid.second;
    let Some(first) = grid.rows.first() else { return Sheet::new("", &[]) };
    let title = format!("awards {currency} by {} (down) and {} (across)", second.parameter, first.sweep.parameter);
    let mut sheet = Sheet::new(title, &[&second.parameter]);
    let marked = |text: String, is_current: bool| if is_current { format!("{text} *") } else { text };
    let column = |value| marked(first.sweep.scale.text(value), first.is_current(value));
    sheet.header.extend(first.sweep.points().map(column));
    for (value, row) in grid.rows() {
        let name = marked(second.scale.text(value), *current == Some(value));
        let amounts = row.points().map(|(_, point)| point.awards.amount(currency).to_string());
        sheet.row(std::iter::once(name).chain(amounts));
    }
    sheet
}

/// Writes the points that are shown as CSV; of a grid the second parameter's value stands in front.
pub fn write_points(swept: &[Swept], grid: Option<&SweptGrid>, out: &mut dyn Write) -> io::Result<()> {
    match (swept, grid) {
        (_, Some(grid)) => {
            let items: Vec<_> =
                grid.rows().flat_map(|(value, row)| row.points().map(move |point| (value, row, point))).collect();
            let (second, first) = (&grid.second.0, grid.rows.first().map(|row| row.sweep.parameter.as_str()));
            let lead = [second.parameter.as_str(), first.unwrap_or_default(), "in_force"];
            write_table(out, &header(&lead, &grid.currencies()), &items, |cells, (value, row, (at, point))| {
                cells.value(second.scale.text(*value))?;
                let in_force = row.is_current(*at) && grid.second.1 == Some(*value);
                write_point(cells, &row.sweep, (*at, point), in_force, &grid.currencies())
            })
        }
        ([swept, ..], None) => write_values(swept, swept.sweep.points(), out),
        ([], None) => Ok(()),
    }
}

/// Writes every value at which the curve of a sweep changes, with what it is from there on: exact at all
/// values in between.
pub fn write_breakpoints(swept: &Swept, out: &mut dyn Write) -> io::Result<()> {
    write_values(swept, swept.curve.breakpoints(), out)
}

fn write_values(swept: &Swept, values: impl Iterator<Item = u64>, out: &mut dyn Write) -> io::Result<()> {
    let currencies: Vec<Currency> = swept.curve.currencies().collect();
    let items: Vec<(u64, Point)> = values.filter_map(|value| Some((value, swept.curve.at(value)?))).collect();
    write_table(out, &header(&[&swept.sweep.parameter, "in_force"], &currencies), &items, |cells, (value, point)| {
        write_point(cells, &swept.sweep, (*value, point), swept.is_current(*value), &currencies)
    })
}

/// The names of the columns: what stands in front, awards by currency, and disputes by outcome.
fn header<'h>(lead: &[&'h str], currencies: &[Currency]) -> Vec<&'h str> {
    let currencies = currencies.iter().map(|currency| currency.code());
    lead.iter().copied().chain(currencies).chain(Outcome::CODES.iter().copied()).collect()
}

fn write_point(
    cells: &mut Cells,
    sweep: &Sweep,
    (value, point): (u64, &Point),
    in_force: bool,
    currencies: &[Currency],
) -> io::Result<()> {
    cells.value(sweep.scale.text(value))?;
    cells.own(if in_force { "yes" } else { "no" })?;
    currencies.iter().try_for_each(|currency| cells.value(point.awards.amount(*currency)))?;
    point.outcomes.iter().try_for_each(|count| cells.value(count))?;
    cells.end_row()
}

/// Writes a sweep as JSON: a curve, or a grid as one curve for each value of the second parameter.
pub fn write_sweep_json(
    as_of: Instant,
    swept: &[Swept],
    grid: Option<&SweptGrid>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut document = Map::new();
    document.insert("as_of".to_owned(), json!(as_of.exact()));
    match grid {
        None => document.extend(swept.first().map(curve_json).unwrap_or_default()),
        Some(grid) => {
            let (second, current) = &grid.second;
            document.insert("parameter".to_owned(), json!(second.parameter));
            document.insert("unit".to_owned(), json!(second.unit));
            document.insert("in_force".to_owned(), json!(current.map(|value| second.scale.text(value))));
            let row = |(value, row): (u64, &Swept)| {
                let mut curve = Map::from_iter([("value".to_owned(), json!(second.scale.text(value)))]);
                curve.extend(curve_json(row));
                Json::Object(curve)
            };
            document.insert("curves".to_owned(), grid.rows().map(row).collect());
        }
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn curve_json(swept: &Swept) -> Map<String, Json> {
    let Swept { sweep, current, .. } = swept;
    let point = |(value, point): (u64, Point)| {
        let outcomes = Outcome::CODES.iter().zip(point.outcomes);
        let outcomes: Map<String, Json> = outcomes.map(|(code, count)| ((*code).to_owned(), json!(count))).collect();
        json!({ "value": sweep.scale.text(value), "awards": point.awards, "outcomes": outcomes })
    };
    Map::from_iter([
        ("parameter".to_owned(), json!(sweep.parameter)),
        ("unit".to_owned(), json!(sweep.unit)),
        ("in_force".to_owned(), json!(current.map(|value| sweep.scale.text(value)))),
        ("points".to_owned(), swept.points().map(point).collect()),
    ])
}
