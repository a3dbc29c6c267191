//! `arbiter forecast`: what decides itself on the coming nights.

use std::path::PathBuf;

use arbiter_engine::whatif::Baseline;
use arbiter_model::fault::Fault;
use arbiter_report::whatif::{forecast_sheets, write_forecast_csv, write_forecast_json};
use clap::Args;

use crate::terminal;

use super::arguments::{CasesArgs, Loaded, heading};
use super::output::{print_json, write_file};

#[derive(Args)]
pub struct ForecastArgs {
    #[command(flatten)]
    cases: CasesArgs,

    /// Number of coming nights
    #[arg(long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,

    /// Write every dispute that decides itself to this file, as CSV
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    csv: Option<PathBuf>,

    /// Print the nights as JSON
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
}

/// Does what `arbiter forecast` says.
pub fn run(args: &ForecastArgs) -> Result<(), Fault> {
    let Loaded { docket, as_of, base, .. } = args.cases.load_sound()?;
    let base = base.and(&args.cases.policy.overlays()?)?;
    let cases = Baseline { docket: &docket, as_of, base: &base };
    let forecast = args.cases.threads()?.install(|| arbiter_engine::whatif::forecast(&cases, args.days));
    write_file(args.csv.as_deref(), |out| write_forecast_csv(&cases, &forecast, out))?;
    match args.json {
        true => print_json(|out| write_forecast_json(as_of, &forecast, out)),
        false => {
            terminal::show_sheets(forecast_sheets(&forecast), "");
            Ok(())
        }
    }
}
