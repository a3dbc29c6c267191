//! `arbiter compare`: parameters held against others.

use std::path::{Path, PathBuf};

use arbiter_engine::whatif::{Baseline, Resampling, Variant};
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_policy::{Overlay, Policy};
use arbiter_report::whatif::{comparison_sheets, write_comparisons_json, write_moved};
use clap::Args;

use crate::terminal;

use super::arguments::{CasesArgs, Loaded, heading, named, read};
use super::output::{print_json, write_file};

#[derive(Args)]
pub struct CompareArgs {
    #[command(flatten)]
    cases: CasesArgs,

    /// Variant: a name, and a profile, a policy file or a value to set, or several of them with ; between;
    /// can be repeated
    ///
    /// Laid over the base. For example --variant kinder=buyer and --variant 'tough=seller;too_early.days=8'.
    #[arg(long, value_name = "NAME=WHAT[;WHAT...]", help_heading = heading::PARAMETERS)]
    variant: Vec<String>,

    /// Profile of the base
    #[arg(long, value_name = "NAME", help_heading = heading::PARAMETERS, hide_short_help = true)]
    base_profile: Option<String>,

    /// Policy file (TOML) of the base; can be repeated
    #[arg(long, value_name = "FILE", help_heading = heading::PARAMETERS, hide_short_help = true)]
    base_policy: Vec<PathBuf>,

    /// Set one parameter of the base; can be repeated
    #[arg(long, value_name = "RULE.PARAMETER=VALUE", help_heading = heading::PARAMETERS, hide_short_help = true)]
    base_set: Vec<String>,

    /// Number of bootstrap samples for the intervals of totals, each of as many buyers as there are; 0 for none
    #[arg(
        long, value_name = "NUMBER", hide_short_help = true,
        default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=1_000_000),
    )]
    resamples: u32,

    /// Seed of these samples; the same number draws the same
    #[arg(long, value_name = "NUMBER", default_value_t = 1, hide_short_help = true)]
    seed: u64,

    /// Write every dispute that is decided differently to this file, old and new side by side, as CSV
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    moved: Option<PathBuf>,

    /// Print everything as JSON
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
}

/// Does what `arbiter compare` says.
pub fn run(args: &CompareArgs) -> Result<(), Fault> {
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
        let plain = self.cases.policy.overlays()?;
        if !plain.is_empty() {
            variants.push(Variant { name: self.cases.policy.name(), policy: base.and(&plain)? });
        }
        for given in &self.variant {
            let variant = variant(given, base)?;
            if variants.iter().any(|known: &Variant| known.name == variant.name) {
                let problem = format!("--variant: duplicate name {} in {given}", variant.name);
                return Err(Fault::new(FaultKind::Usage, problem).hint("give each a name of its own"));
            }
            variants.push(variant);
        }
        match variants.is_empty() {
            true => Err(Fault::new(FaultKind::Usage, "no parameters to compare with are given").hint(
                "give other parameters with --profile, --policy or --set, or several sets with --variant NAME=WHAT",
            )),
            false => Ok(variants),
        }
    }
}

/// Reads `NAME=WHAT;WHAT`.
fn variant(given: &str, base: &Policy) -> Result<Variant, Fault> {
    let Some((name, what)) = given.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
        return Err(Fault::new(FaultKind::Usage, format!("--variant: invalid variant {given}, expected NAME=WHAT"))
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
