//! `arbiter sweep`: the curve of a parameter, or a grid of two.

use std::path::PathBuf;

use arbiter_engine::whatif::{Baseline, Curve, Scale, Sweep};
use arbiter_model::fault::Fault;
use arbiter_report::whatif::{
    Swept, SweptGrid, picture_of_curve, picture_of_grid, sweep_sheets, write_breakpoints, write_points,
    write_sweep_json,
};
use clap::Args;

use crate::terminal;

use super::arguments::{CasesArgs, Loaded, heading};
use super::output::{print_json, write_file};

#[derive(Args)]
pub struct SweepArgs {
    /// Parameter, such as too_early.days or colour_mismatch.band.high
    #[arg(value_name = "PARAMETER")]
    parameter: String,

    /// First and last value, such as 0.40..0.60
    #[arg(value_name = "FROM..TO")]
    range: String,

    /// Step from one point to the next, such as 0.05 [default: 1, or 0.01 for a share]
    ///
    /// Steps say which values are shown. Between them the curve is known as exactly: see --exact.
    #[arg(long, value_name = "STEP")]
    step: Option<String>,

    #[command(flatten)]
    cases: CasesArgs,

    /// Second parameter with its first and last value, for a grid of both
    #[arg(long, num_args = 2, value_names = ["PARAMETER", "FROM..TO"])]
    and: Option<Vec<String>>,

    /// Step of the second parameter; as --step
    #[arg(long, value_name = "STEP", requires = "and")]
    and_step: Option<String>,

    /// Write the points to this file, as CSV
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    csv: Option<PathBuf>,

    /// Write every value at which the curve changes to this file, as CSV
    #[arg(long, value_name = "FILE", conflicts_with = "and", help_heading = heading::OUTPUT, hide_short_help = true)]
    exact: Option<PathBuf>,

    /// Write a picture to this file, as SVG
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    svg: Option<PathBuf>,

    /// Print everything as JSON
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
}

/// Does what `arbiter sweep` says.
pub fn run(args: &SweepArgs) -> Result<(), Fault> {
    let first = asked(&args.parameter, &args.range, args.step.as_deref())?;
    let second = match args.and.as_deref() {
        Some([parameter, range]) => Some(asked(parameter, range, args.and_step.as_deref())?),
        // Clap takes two values, no more and no less.
        _ => None,
    };
    let Loaded { docket, as_of, base, .. } = args.cases.load_anew()?;
    let base = base.and(&args.cases.policy.overlays()?)?;
    let cases = Baseline { docket: &docket, as_of, base: &base };
    let (curves, grid) = args.cases.threads()?.install(|| match &second {
        None => Ok((vec![swept(&cases, &first)?], None)),
        Some(second) => Ok((Vec::new(), Some(swept_grid(&cases, &first, second)?))),
    })?;
    let grid = grid.as_ref();
    write_file(args.csv.as_deref(), |out| write_points(&curves, grid, out))?;
    write_file(args.exact.as_deref(), |out| curves.iter().try_for_each(|curve| write_breakpoints(curve, out)))?;
    if let Some(file) = &args.svg {
        let pictures = curves.iter().map(picture_of_curve).chain(grid.map(picture_of_grid));
        let picture = pictures.collect::<Result<String, _>>()?;
        write_file(Some(file), |out| out.write_all(picture.as_bytes()))?;
    }
    match args.json {
        true => print_json(|out| write_sweep_json(as_of, &curves, grid, out)),
        false => {
            terminal::show_sheets(sweep_sheets(&curves, grid), "");
            Ok(())
        }
    }
}

/// Reads which values of a parameter are asked about.
fn asked(parameter: &str, range: &str, step: Option<&str>) -> Result<Sweep, Fault> {
    // The parameter is an argument here, and not one to set.
    let scale = Scale::of(parameter).map_err(|fault| Fault { place: None, ..fault })?;
    let usual = match scale {
        Scale::Whole | Scale::Amount(_) => "1",
        Scale::Share => "0.01",
    };
    Sweep::parse(parameter, range, step.unwrap_or(usual))
}

fn swept(cases: &Baseline, sweep: &Sweep) -> Result<Swept, Fault> {
    let current = sweep.current(cases.base, cases.as_of);
    Ok(Swept { curve: Curve::of(cases, sweep)?, current, sweep: sweep.clone() })
}

fn swept_grid(cases: &Baseline, first: &Sweep, second: &Sweep) -> Result<SweptGrid, Fault> {
    let current = first.current(cases.base, cases.as_of);
    let row = |value: u64| {
        let base = second.at(cases.base, value)?;
        Ok(Swept { current, ..swept(&Baseline { base: &base, ..*cases }, first)? })
    };
    let rows = second.points().map(row).collect::<Result<_, _>>()?;
    Ok(SweptGrid { second: (second.clone(), second.current(cases.base, cases.as_of)), rows })
}
