//! `arbiter verify`: a published run proved.

use std::fs;
use std::path::PathBuf;

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_runs::{Verified, verify};
use clap::Args;

use crate::terminal;

#[derive(Args)]
pub struct VerifyArgs {
    /// The folder of a published run, such as runs/latest
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

/// Does what `arbiter verify` says.
pub fn run(args: &VerifyArgs) -> Result<(), Fault> {
    let folder = fs::canonicalize(&args.run).map_err(|error| {
        Fault::new(FaultKind::Input, format!("cannot be read: {error}"))
            .at(args.run.display())
            .hint("give the folder of a published run, such as runs/latest")
    })?;
    let Verified { files, decided, .. } = verify(&folder)?;
    let name = args.run.display();
    terminal::print(&format!(
        "{name}: {files} files are as they were published; rows and books add up; {decided} disputes decided anew give the same bytes\n"
    ))
}
