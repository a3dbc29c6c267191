//! Pictures of sweeps, as SVG: curves with axes, units and the value in force; grids as heat tables.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use arbiter_engine::whatif::Sweep;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::money::{Currency, Money};
use arbiter_model::outcome::Outcome;

use super::sweep::{Swept, SweptGrid};

/// The width of a picture, and the height of each of its panels, in pixels.
const WIDTH: u32 = 900;
const PANEL: u32 = 320;

/// The room for names beside a panel.
const SIDE: u32 = 150;

const LINE: RGBColor = RGBColor(31, 89, 148);
const IN_FORCE: RGBColor = RGBColor(192, 57, 43);

/// Colours of the outcomes, in their order.
const OUTCOMES: [RGBColor; Outcome::ALL.len()] = [
    RGBColor(27, 120, 55),
    RGBColor(120, 170, 60),
    RGBColor(140, 81, 10),
    RGBColor(120, 120, 120),
    RGBColor(217, 154, 23),
    RGBColor(118, 42, 131),
];

/// The most values that a curve is drawn through: more could not be seen.
const MOST_DRAWN: u64 = 1000;

/// The most values that are dotted on a curve.
const MOST_DOTTED: usize = 40;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The picture of a curve: a panel of awards for each currency in which they change, and one of outcomes.
///
/// # Errors
///
/// The picture cannot be drawn.
pub fn picture_of_curve(swept: &Swept) -> Result<String, Fault> {
    let currencies = swept.moving();
    drawn(WIDTH, PANEL * (currencies.len() as u32 + 1), |root| {
        let panels = root.split_evenly((currencies.len() + 1, 1));
        for (panel, currency) in panels.iter().zip(&currencies) {
            draw_awards(panel, swept, *currency)?;
        }
        panels.last().map_or(Ok(()), |panel| draw_outcomes(panel, swept))
    })
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn drawn(width: u32, height: u32, draw: impl FnOnce(&Panel) -> Drawn) -> Result<String, Fault> {
    let mut picture = String::new();
    let result = {
        let root = SVGBackend::with_string(&mut picture, (width, height)).into_drawing_area();
        root.fill(&WHITE).and_then(|()| draw(&root)).and_then(|()| root.present())
    };
    let fault = |error: DrawingAreaErrorKind<_>| Fault::new(FaultKind::Output, format!("cannot be drawn: {error}"));
    result.map_err(fault).map(|()| picture)
}

/// The values that a curve is drawn through: all of them, or as many as can be seen.
fn values(sweep: &Sweep) -> impl Iterator<Item = u64> + use<> {
    let step = ((sweep.high - sweep.low) / MOST_DRAWN).max(1);
    let last = sweep.high;
    (sweep.low..last).step_by(step as usize).chain([last])
}

/// A span with some room above and below, never empty.
fn span(values: impl Iterator<Item = i128> + Clone) -> Range<i128> {
    let (low, high) = (values.clone().min().unwrap_or_default(), values.max().unwrap_or_default());
    let room = ((high - low) / 10).max(1);
    low - room..high + room
}

fn draw_awards(panel: &Panel, swept: &Swept, currency: Currency) -> Drawn {
    let units = |value: u64| {
        let amount = swept.curve.at(value).map(|point| point.awards.units(currency));
        (i128::from(value), amount.unwrap_or_default())
    };
    let points: Vec<(i128, i128)> = values(&swept.sweep).map(units).collect();
    let across = span(points.iter().map(|(_, units)| *units));
    let title = format!("Awards, {currency}");
    let amount = |units: &i128| Money::from_units_at(*units, currency.minor_digits(), currency).to_string();
    draw_panel(panel, swept, &title, currency.code(), across, &amount, &[(points, LINE, "")])
}

fn draw_outcomes(panel: &Panel, swept: &Swept) -> Drawn {
    let count = |value: u64, outcome: usize| {
        let count = swept.curve.at(value).map(|point| point.outcomes[outcome]);
        (i128::from(value), i128::from(count.unwrap_or_default()))
    };
    let line = |outcome: usize| {
        let points: Vec<_> = values(&swept.sweep).map(|value| count(value, outcome)).collect();
        (points, OUTCOMES[outcome], Outcome::CODES[outcome])
    };
    let lines: Vec<_> = (0..Outcome::ALL.len()).map(line).collect();
    let across = span(lines.iter().flat_map(|(points, ..)| points).map(|(_, count)| *count));
    let across = across.start.max(0)..across.end;
    draw_panel(panel, swept, "Disputes by outcome", "disputes", across, &ToString::to_string, &lines)
}

/// A line: its points, its colour, and its name where there are several.
type Line<'l> = (Vec<(i128, i128)>, RGBColor, &'l str);

fn draw_panel(
    panel: &Panel,
    swept: &Swept,
    title: &str,
    unit: &str,
    across: Range<i128>,
    label: &dyn Fn(&i128) -> String,
    lines: &[Line],
) -> Drawn {
    let (plot, side) = panel.split_horizontally(WIDTH - SIDE);
    let Swept { sweep, current, .. } = swept;
    let along = i128::from(sweep.low)..i128::from(sweep.high.max(sweep.low + 1));
    let mut chart = ChartBuilder::on(&plot)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .margin_right(24)
        .x_label_area_size(44)
        .y_label_area_size(96)
        .build_cartesian_2d(along, across.clone())?;
    let value = |value: &i128| sweep.scale.text(u64::try_from(*value).unwrap_or_default());
    chart
        .configure_mesh()
        .x_desc(format!("{} ({})", sweep.parameter, sweep.unit))
        .y_desc(unit)
        .x_label_formatter(&value)
        .y_label_formatter(&label)
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .draw()?;
    let mut legend = Vec::new();
    if let Some(now) = current.filter(|now| (sweep.low..=sweep.high).contains(now)) {
        let now = i128::from(now);
        chart.draw_series(LineSeries::new([(now, across.start), (now, across.end)], IN_FORCE))?;
        legend.push((format!("in force: {}", value(&now)), IN_FORCE));
    }
    for (points, colour, name) in lines {
        let dots = if points.len() <= MOST_DOTTED { 3 } else { 0 };
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2).filled());
        chart.draw_series(line.point_size(dots))?;
        legend.extend((!name.is_empty()).then(|| ((*name).to_owned(), *colour)));
    }
    for (place, (name, colour)) in legend.into_iter().enumerate() {
        let y = 48 + 20 * place as i32;
        side.draw(&PathElement::new([(0, y), (18, y)], colour.stroke_width(2)))?;
        write(&side, name, (26, y), (HPos::Left, 12, BLACK))?;
    }
    Ok(())
}

/// The height of a row of a heat table, and the room for its labels.
const ROW: i32 = 30;
const LEFT: i32 = 110;
const TOP: i32 = 40;
const BOTTOM: i32 = 54;

/// The most columns whose cells have room for an amount.
const MOST_WRITTEN: usize = 12;

/// The picture of a grid: for each currency in which awards change a heat table, the darker the dearer, the cell in force framed.
///
/// # Errors
///
/// The picture cannot be drawn.
pub fn picture_of_grid(grid: &SweptGrid) -> Result<String, Fault> {
    let currencies = grid.moving();
    let height = TOP + ROW * grid.rows.len() as i32 + BOTTOM;
    drawn(WIDTH, height.unsigned_abs() * (currencies.len() as u32).max(1), |root| {
        let panels = root.split_evenly((currencies.len().max(1), 1));
        panels.iter().zip(currencies).try_for_each(|(panel, currency)| Heat::of(grid, currency).draw(panel))
    })
}

/// A heat table.
struct Heat<'g> {
    grid: &'g SweptGrid,
    currency: Currency,
    /// Awards in minor units, by row.
    cells: Vec<Vec<i128>>,
    columns: Vec<u64>,
}

impl<'g> Heat<'g> {
    fn of(grid: &'g SweptGrid, currency: Currency) -> Self {
        let awards = |row: &Swept| row.points().map(|(_, point)| point.awards.units(currency)).collect();
        let columns = grid.rows.first().map(|row| row.sweep.points().collect()).unwrap_or_default();
        Self { grid, currency, cells: grid.rows.iter().map(awards).collect(), columns }
    }

    fn width(&self) -> i32 {
        (WIDTH as i32 - LEFT - 24) / (self.columns.len() as i32).max(1)
    }

    /// The corners of a cell.
    fn corners(&self, row: usize, column: usize) -> [(i32, i32); 2] {
        let (x, y) = (LEFT + self.width() * column as i32, TOP + ROW * row as i32);
        [(x, y), (x + self.width(), y + ROW)]
    }

    fn draw(&self, panel: &Panel) -> Drawn {
        let Some(first) = self.grid.rows.first() else { return Ok(()) };
        let second = &self.grid.second.0;
        let bottom = TOP + ROW * self.cells.len() as i32;
        let title = format!("Awards, {}: {} ({}) down", self.currency, second.parameter, second.unit);
        write(panel, title, (LEFT, TOP / 2), (HPos::Left, 16, BLACK))?;
        for (row, cells) in self.cells.iter().enumerate() {
            for (column, units) in cells.iter().enumerate() {
                self.draw_cell(panel, (row, column), *units)?;
            }
        }
        for (row, value) in second.points().enumerate() {
            let [(x, y), _] = self.corners(row, 0);
            write(panel, second.scale.text(value), (x - 8, y + ROW / 2), (HPos::Right, 12, BLACK))?;
        }
        // As many labels as there is room for.
        let every = (60 / self.width().max(1)).max(1) as usize;
        for (column, value) in self.columns.iter().enumerate().step_by(every) {
            let x = self.corners(0, column)[0].0 + self.width() / 2;
            write(panel, first.sweep.scale.text(*value), (x, bottom + 12), (HPos::Center, 12, BLACK))?;
        }
        let along = format!("{} ({})", first.sweep.parameter, first.sweep.unit);
        write(panel, along, (LEFT, bottom + 36), (HPos::Left, 14, BLACK))?;
        self.frame_in_force(panel, first)
    }

    fn draw_cell(&self, panel: &Panel, (row, column): (usize, usize), units: i128) -> Drawn {
        let all = || self.cells.iter().flatten().copied();
        let (low, high) = (all().min().unwrap_or_default(), all().max().unwrap_or_default());
        // From nearly white to the colour of lines, in 256 steps.
        let depth = (units - low) * 255 / (high - low).max(1);
        let shade =
            |light: u8, dark: u8| (i128::from(light) + (i128::from(dark) - i128::from(light)) * depth / 255) as u8;
        let colour = RGBColor(shade(240, LINE.0), shade(245, LINE.1), shade(250, LINE.2));
        let corners = self.corners(row, column);
        panel.draw(&Rectangle::new(corners, colour.filled()))?;
        if self.columns.len() > MOST_WRITTEN {
            return Ok(());
        }
        let amount = Money::from_units_at(units, self.currency.minor_digits(), self.currency);
        let middle = (corners[0].0 + self.width() / 2, corners[0].1 + ROW / 2);
        let ink = if depth > 128 { WHITE } else { BLACK };
        write(panel, amount.to_string(), middle, (HPos::Center, 11, ink))
    }

    fn frame_in_force(&self, panel: &Panel, first: &Swept) -> Drawn {
        let row = self.grid.second.0.points().position(|value| Some(value) == self.grid.second.1);
        let column = self.columns.iter().position(|value| Some(*value) == first.current);
        let (Some(row), Some(column)) = (row, column) else { return Ok(()) };
        panel.draw(&Rectangle::new(self.corners(row, column), IN_FORCE.stroke_width(3)))
    }
}

fn write(panel: &Panel, text: String, at: (i32, i32), (from, size, ink): (HPos, i32, RGBColor)) -> Drawn {
    let style = ("sans-serif", size).into_font().color(&ink).pos(Pos::new(from, VPos::Center));
    panel.draw(&Text::new(text, at, style))
}
