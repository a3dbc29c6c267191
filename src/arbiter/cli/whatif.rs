//! `arbiter compare`, `arbiter sweep` and `arbiter forecast`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arbiter_engine::whatif::{Baseline, Curve, Resampling, Sweep, Variant};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_policy::{Overlay, Policy};
use arbiter_report::whatif::{
    Swept, SweptGrid, comparison_sheets, forecast_sheets, picture_of_curve, picture_of_grid, sweep_sheets,
    write_breakpoints, write_comparisons_json, write_forecast_csv, write_forecast_json, write_moved, write_points,
    write_sweep_json,
};
use clap::Args;

use crate::terminal;

use super::cases::{CasesArgs, Loaded};
use super::policy::{PolicyArgs, named, read};

#[derive(Args)]
pub struct CompareArgs {
    #[command(flatten)]
    cases: CasesArgs,

    /// Another set of parameters, laid over the base: a profile, a policy file, or a value to set, or
    /// several of them with ; between; may be given several times
    ///
    /// For example --variant kinder=buyer and --variant 'tough=seller;too_early.days=8'.
    #[arg(long, value_name = "NAME=WHAT[;WHAT...]")]
    variant: Vec<String>,

    #[command(flatten)]
    policy: PolicyArgs,

    /// A profile that the base begins with
    #[arg(long, value_name = "NAME")]
    base_profile: Option<String>,

    /// Rule parameters of the base, as a TOML file; may be given several times
    #[arg(long, value_name = "FILE")]
    base_policy: Vec<PathBuf>,

    /// One rule parameter of the base to set; may be given several times
    #[arg(long, value_name = "RULE.PARAMETER=VALUE")]
    base_set: Vec<String>,

    /// How often buyers are drawn anew for the intervals of totals; 0 for no intervals
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    resamples: u32,

    /// Chooses the lots of these drawings; the same number draws the same
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Write every dispute that is decided otherwise to this file, old and new side by side, as CSV
    #[arg(long, value_name = "FILE")]
    moved: Option<PathBuf>,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

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

#[derive(Args)]
pub struct ForecastArgs {
    #[command(flatten)]
    cases: CasesArgs,

    /// How many coming nights
    #[arg(long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,

    #[command(flatten)]
    policy: PolicyArgs,

    /// Write every dispute that decides itself to this file, as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// Print the nights as JSON
    #[arg(long)]
    json: bool,
}

/// Does what `arbiter compare` says.
pub fn compare(args: &CompareArgs) -> Result<(), Fault> {
    let Loaded { docket, as_of, base, .. } = args.cases.load_anew()?;
    let base = base.and(&args.base()?)?;
    let variants = args.variants(&base)?;
    let cases = Baseline { docket: &docket, as_of, base: &base };
    let resampling = Resampling { resamples: args.resamples, seed: args.seed };
    let compare = || arbiter_engine::whatif::compare(&cases, &variants, resampling);
    let comparisons = args.cases.threads()?.install(compare)?;
    write_file(args.moved.as_deref(), |out| write_moved(&cases, &variants, &comparisons, out))?;
    match args.json {
        true => print_json(|out| write_comparisons_json(as_of, &comparisons, out)),
        false => {
            terminal::show_sheets(comparisons.iter().flat_map(comparison_sheets).collect(), "");
            Ok(())
        }
    }
}

impl CompareArgs {
    fn base(&self) -> Result<Vec<Overlay>, Fault> {
        let profile = self.base_profile.iter().map(|profile| Overlay::profile(profile));
        let files = self.base_policy.iter().map(|file| read(file));
        let set = self.base_set.iter().map(|argument| Ok(Overlay::from_argument(argument)));
        profile.chain(files).chain(set).collect()
    }

    /// What is to be compared: the options that a run has, as one variant, and those that have a name.
    fn variants(&self, base: &Policy) -> Result<Vec<Variant>, Fault> {
        let mut variants = Vec::new();
        let plain = self.policy.overlays()?;
        if !plain.is_empty() {
            variants.push(Variant { name: self.policy.name(), policy: base.and(&plain)? });
        }
        for given in &self.variant {
            let variant = variant(given, base)?;
            if variants.iter().any(|known: &Variant| known.name == variant.name) {
                let problem = format!("--variant {given}: there are two variants of the name {}", variant.name);
                return Err(Fault::new(FaultKind::Usage, problem).hint("give each a name of its own"));
            }
            variants.push(variant);
        }
        match variants.is_empty() {
            true => Err(Fault::new(FaultKind::Usage, "there is nothing to compare with").hint(
                "give other parameters with --profile, --policy or --set, or several sets with --variant NAME=WHAT",
            )),
            false => Ok(variants),
        }
    }
}

/// Reads `NAME=WHAT;WHAT`.
fn variant(given: &str, base: &Policy) -> Result<Variant, Fault> {
    let Some((name, what)) = given.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
        return Err(Fault::new(FaultKind::Usage, format!("--variant {given}: expected a name and what it is"))
            .hint("for example --variant 'tough=seller;too_early.days=8'"));
    };
    let what = what.split(';').map(str::trim).filter(|what| !what.is_empty());
    let overlays = what.map(|what| match what.contains('=') {
        true => Ok(Overlay::from_argument(what)),
        false => named(Path::new(what)),
    });
    let overlays = overlays.collect::<Result<Vec<_>, _>>()?;
    Ok(Variant { name: name.trim().to_owned(), policy: base.and(&overlays)? })
}

/// Does what `arbiter sweep` says.
pub fn sweep(args: &SweepArgs) -> Result<(), Fault> {
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

/// Does what `arbiter forecast` says.
pub fn forecast(args: &ForecastArgs) -> Result<(), Fault> {
    let Loaded { docket, as_of, base, .. } = args.cases.load_sound()?;
    let base = base.and(&args.policy.overlays()?)?;
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

/// Writes a file that was asked for.
fn write_file(file: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
    let Some(file) = file else { return Ok(()) };
    let written = File::create(file).map(BufWriter::new).and_then(|mut out| {
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| {
        Fault::new(FaultKind::Output, format!("cannot be written: {error}"))
            .at(file.display())
            .hint("check the folder, the free space, and the rights on it")
    })
}

fn print_json(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
    let mut text = Vec::new();
    write(&mut text).map_err(|error| Fault::new(FaultKind::Defect, error.to_string()))?;
    terminal::print(&String::from_utf8_lossy(&text))
}
