//! How answers to what-ifs are shown: tables, CSV, JSON and pictures.

mod compare;
mod forecast;
mod picture;
mod sweep;

pub use compare::{comparison_sheets, write_comparisons_json, write_moved};
pub use forecast::{forecast_sheets, write_forecast_csv, write_forecast_json};
pub use picture::{picture_of_curve, picture_of_grid};
pub use sweep::{Swept, SweptGrid, sweep_sheets, write_breakpoints, write_points, write_sweep_json};

use arbiter_model::money::Money;
use arbiter_model::outcome::Outcome;

/// A table for people, who see it on a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What stands above it; nothing where it is empty.
    pub title: String,
    /// The names of its columns.
    pub header: Vec<String>,
    /// Its rows, of as many cells.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    fn new(title: impl Into<String>, header: &[&str]) -> Self {
        Self { title: title.into(), header: header.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// The codes of all outcomes.
fn outcome_codes() -> impl Iterator<Item = String> {
    Outcome::CODES.iter().map(|code| (*code).to_owned())
}

/// An amount that is a difference: with its sign.
fn signed(amount: Money) -> String {
    if amount.is_positive() { format!("+{amount}") } else { amount.to_string() }
}
