//! `arbiter flips`: of every dispute the smallest change that flips it.

use std::path::PathBuf;

use arbiter_engine::decide::decide_docket;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_report::write_flips;
use clap::Args;

use crate::terminal;

use super::arguments::{CasesArgs, Loaded, heading};
use super::output::write_file;

#[derive(Args)]
pub struct FlipsArgs {
    #[command(flatten)]
    cases: CasesArgs,

    /// Write to this file [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    csv: Option<PathBuf>,
}

/// Does what `arbiter flips` says.
pub fn run(args: &FlipsArgs) -> Result<(), Fault> {
    let Loaded { docket, as_of, base, .. } = args.cases.load_sound()?;
    let policy = base.and(&args.cases.policy.overlays()?)?;
    let mut table = Vec::new();
    let written = args.cases.threads()?.install(|| {
        let decisions = decide_docket(&docket, &policy, as_of);
        write_flips(&docket, &policy, as_of, &decisions, &mut table)
    });
    written.map_err(|error| Fault::new(FaultKind::Defect, error.to_string()).caused_by(error))?;
    match &args.csv {
        None => terminal::print(&String::from_utf8_lossy(&table)),
        file => write_file(file.as_deref(), |out| out.write_all(&table)),
    }
}
