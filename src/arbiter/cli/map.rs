//! `arbiter map`: a first mapping for exports.

use std::path::PathBuf;

use arbiter_intake::{self as intake, Source};
use arbiter_model::fault::Fault;
use clap::Args;

use super::arguments::{encoding, heading};
use super::output;

#[derive(Args)]
pub struct MapArgs {
    /// Export files; which export each of them is, is told by its columns and its name
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Character encoding of the files [default: detected]
    #[arg(long, value_name = "NAME", help_heading = heading::EXPORTS)]
    encoding: Option<String>,

    /// Write the mapping to this file, which must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    out: Option<PathBuf>,
}

/// Does what `arbiter map` says.
pub fn run(args: &MapArgs) -> Result<(), Fault> {
    let encoding = args.encoding.as_deref().map(encoding).transpose()?;
    let mut sources = Vec::new();
    for file in &args.files {
        sources.extend(Source::find(file)?);
    }
    output::write_new_or_print(args.out.as_deref(), &intake::infer_mapping(&sources, encoding)?)
}
