//! `arbiter verify`: a published run proved.

use std::path::PathBuf;

use arbiter_model::fault::Fault;
use arbiter_runs::{Verified, run_folder, verify};
use clap::Args;

use crate::terminal;

#[derive(Args)]
pub struct VerifyArgs {
    /// Folder of a published run, such as runs/latest, or of runs for the newest
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

/// Does what `arbiter verify` says.
pub fn run(args: &VerifyArgs) -> Result<(), Fault> {
    let folder = run_folder(&args.run)?;
    let Verified { files, decided, .. } = verify(&folder)?;
    terminal::print(&format!(
        "{}: {files} files are as they were published; rows and ledger add up; {decided} disputes decided anew give the same bytes\n",
        folder.display()
    ))
}
