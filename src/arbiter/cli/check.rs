//! `arbiter check`: exports read as a run would read them.

use std::path::{Path, PathBuf};

use arbiter_intake::{self as intake, Intake};
use arbiter_model::exports::group;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_report::write_rejects;
use arbiter_runs::FolderContent;
use clap::Args;

use crate::terminal;

use super::arguments::{ExportArgs, heading, threads};

#[derive(Args)]
pub struct CheckArgs {
    /// Folder with orders.csv, tracking.csv and disputes.csv
    ///
    /// Exports can be compressed (orders.csv.gz, orders.csv.zst) or tables (orders.parquet).
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,

    #[command(flatten)]
    exports: ExportArgs,

    /// Write every rejected row to this file, as CSV
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    rejects: Option<PathBuf>,
}

/// Does what `arbiter check` says.
pub fn run(args: &CheckArgs) -> Result<(), Fault> {
    if let Some(folder) = args.folder.as_deref().filter(|_| !args.exports.are_named()) {
        holds_exports(folder)?;
    }
    let (sources, reading) = (args.exports.sources(args.folder.as_deref())?, args.exports.reading()?);
    let max_rejects = args.exports.max_rejects()?;
    let progress = terminal::Bars::default();
    let intake = threads(args.exports.threads)?.install(|| intake::read(&sources, &reading, &progress));
    progress.finish();
    let Intake { rejects, exports, .. } = intake?;
    exports.check_lines()?;
    terminal::show_exports(&exports, &group(&rejects));
    if let Some(file) = &args.rejects {
        let written = std::fs::File::create(file).and_then(|mut out| write_rejects(&rejects, &mut out));
        written.map_err(|error| Fault::unwritable(file.clone(), &error))?;
    }
    max_rejects.check(&exports.disputes).map_err(|fault| fault.hint("a run would decide nothing"))
}

/// A run's exports were checked when it was made: what was wrong with them is in its folder.
fn holds_exports(folder: &Path) -> Result<(), Fault> {
    let of_a_run = |run: &Path, problem: &str| {
        let rows = run.join("rejects.csv");
        Fault::new(FaultKind::Usage, format!("{problem}, and `arbiter check` reads exports")).at(folder.display()).hint(
            format!(
                "see {} for the rows that it rejected, or prove the run with `arbiter verify {}`",
                rows.display(),
                run.display()
            ),
        )
    };
    match FolderContent::of(folder)? {
        FolderContent::Exports { .. } => Ok(()),
        FolderContent::Run { folder: run, is_newest: true } => Err(of_a_run(&run, "is a folder of runs")),
        FolderContent::Run { folder: run, is_newest: false } => Err(of_a_run(&run, "is a run's folder")),
    }
}
