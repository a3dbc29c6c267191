//! `arbiter sweep`: the curve of a parameter, or a grid of two.

use std::path::PathBuf;

use arbiter_engine::whatif::{Baseline, Curve, Sweep};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_report::whatif::{
    Swept, SweptGrid, picture_of_curve, picture_of_grid, sweep_sheets, write_breakpoints, write_points,
    write_sweep_json,
};
use clap::Args;

use crate::terminal;

use super::arguments::{CasesArgs, Loaded, PolicyArgs};
use super::output::{print_json, write_file};

#[derive(Args)]
pub struct SweepArgs {
    /// The parameter, such as too_early.days or colour_mismatch.band.high
    #[arg(value_name = "PARAMETER")]
    parameter: String,

    /// Its first and its last value, such as 0.40..0.60
    #[arg(value_name = "RANGE")]
    range: String,

    /// The word by
    #[arg(value_name = "by", value_parser = ["by"], hide_possible_values = true)]
    by: String,

    /// From one point that is shown to the next, such as 0.01
    #[arg(value_name = "STEP")]
    step: String,

    #[command(flatten)]
    cases: CasesArgs,

    /// A second parameter, for a grid of both
    #[arg(long, num_args = 4, value_names = ["PARAMETER", "RANGE", "by", "STEP"])]
    and: Option<Vec<String>>,

    #[command(flatten)]
    policy: PolicyArgs,

    /// Write the points to this file, as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// Write every value at which the curve changes to this file, as CSV: exact at all values between
    #[arg(long, value_name = "FILE", conflicts_with = "and")]
    exact: Option<PathBuf>,

    /// Write a picture to this file, as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Does what `arbiter sweep` says.
pub fn run(args: &SweepArgs) -> Result<(), Fault> {
    let first = Sweep::parse(&args.parameter, &args.range, &args.step)?;
    let second = args.and.as_deref().map(second).transpose()?;
    let Loaded { docket, as_of, base, .. } = args.cases.load_anew()?;
    let base = base.and(&args.policy.overlays()?)?;
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

fn second(words: &[String]) -> Result<Sweep, Fault> {
    match words {
        [parameter, range, by, step] if by == "by" => Sweep::parse(parameter, range, step),
        _ => Err(Fault::new(FaultKind::Usage, format!("--and {}: expected PARAMETER RANGE by STEP", words.join(" ")))
            .hint("for example --and too_early.days 3..10 by 1")),
    }
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
