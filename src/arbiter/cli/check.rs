//! `arbiter check`: exports read as a run would read them.

use std::path::PathBuf;

use arbiter_intake::{self as intake, Intake};
use arbiter_model::exports::group;
use arbiter_model::fault::Fault;
use arbiter_report::write_rejects;
use clap::Args;

use crate::terminal;

use super::arguments::{ExportArgs, threads};

#[derive(Args)]
pub struct CheckArgs {
    #[command(flatten)]
    input: ExportArgs,

    /// Write every rejected row to this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// Does what `arbiter check` says.
pub fn run(args: &CheckArgs) -> Result<(), Fault> {
    let (sources, reading) = (args.input.sources()?, args.input.reading()?);
    let max_rejects = args.input.max_rejects()?;
    let progress = terminal::Bars::default();
    let intake = threads(args.input.threads)?.install(|| intake::read(&sources, &reading, &progress));
    progress.finish();
    let Intake { rejects, exports, .. } = intake?;
    exports.check_lines()?;
    terminal::show_exports(&exports, &group(&rejects));
    if let Some(file) = &args.rejects {
        let written = std::fs::File::create(file).and_then(|mut out| write_rejects(&rejects, &mut out));
        written.map_err(|error| Fault::unwritable(file.clone(), &error).hint("check the file given with --rejects"))?;
    }
    max_rejects.check(&exports.disputes).map_err(|fault| fault.hint("a run would decide nothing"))
}
