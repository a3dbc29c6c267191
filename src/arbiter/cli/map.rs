//! `arbiter map`: a first mapping for exports.

use std::path::PathBuf;

use arbiter_intake::{self as intake, Source};
use arbiter_model::fault::Fault;
use clap::Args;

use super::arguments::encoding;
use super::output;

#[derive(Args)]
pub struct MapArgs {
    /// The export files; which export each one is, is found by its columns and its name
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// The encoding of the files [default: guessed]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,

    /// Write the mapping to this file, which must not be there yet [default: to standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Does what `arbiter map` says.
pub fn run(args: &MapArgs) -> Result<(), Fault> {
    let encoding = args.encoding.as_deref().map(encoding).transpose()?;
    let mut sources = Vec::new();
    for file in &args.files {
        sources.extend(Source::find(file)?);
    }
    output::write_new_or_print(args.out.as_deref(), &intake::sketch(&sources, encoding)?)
}
