//! Which exports, and how to read them.

use std::path::{Path, PathBuf};

use arbiter_intake::{
    self as intake, DELIMITERS, ENCODINGS, Encoding, MAX_FIELD_LINES, Mapping, Reading, Source, Sources,
};
use arbiter_model::exports::MaxRejects;
use arbiter_model::fault::{Fault, FaultKind, nearest};
use chrono_tz::{TZ_VARIANTS, Tz};
use clap::Args;

use super::heading;

/// Which exports, and how to read them.
#[derive(Args)]
pub struct ExportArgs {
    /// Orders export, instead of the one in FOLDER
    ///
    /// One file or several, a quoted pattern such as 'orders-*.csv', or - for standard input.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = heading::EXPORTS, hide_short_help = true)]
    orders: Vec<PathBuf>,

    /// Parcel tracking export, instead of the one in FOLDER; as --orders
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = heading::EXPORTS, hide_short_help = true)]
    tracking: Vec<PathBuf>,

    /// Disputes export, instead of the one in FOLDER; as --orders
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = heading::EXPORTS, hide_short_help = true)]
    disputes: Vec<PathBuf>,

    /// How to read exports with other column names, codes or formats: a TOML file, see `arbiter map`
    #[arg(long, value_name = "FILE", help_heading = heading::EXPORTS)]
    mapping: Option<PathBuf>,

    /// Time zone of timestamps without an offset, by its IANA name such as Europe/Moscow
    #[arg(long, value_name = "ZONE", default_value = "UTC", help_heading = heading::EXPORTS, hide_short_help = true)]
    timezone: String,

    /// Character encoding of the files: utf-8, utf-16, windows-1251, windows-1252, latin-1 or any other
    /// of the web's encodings [default: as the mapping says, or UTF-8]
    #[arg(long, value_name = "NAME", help_heading = heading::EXPORTS, hide_short_help = true)]
    encoding: Option<String>,

    /// Field delimiter: , ; tab or | [default: as the mapping says, or detected]
    #[arg(long, value_name = "SIGN", help_heading = heading::EXPORTS, hide_short_help = true)]
    delimiter: Option<String>,

    /// Maximum number of lines in one quoted field; a longer one is taken for a stray quote
    #[arg(
        long, value_name = "NUMBER", help_heading = heading::EXPORTS, hide_short_help = true,
        default_value_t = MAX_FIELD_LINES, value_parser = clap::value_parser!(u32).range(1..=1_000_000),
    )]
    max_field_lines: u32,

    /// Maximum of rejected rows of disputes, as a share such as 1% or a number such as 20
    ///
    /// Above it nothing is decided; `arbiter run` then publishes the rejected rows alone.
    #[arg(long, value_name = "LIMIT", default_value = "1%", help_heading = heading::EXPORTS)]
    max_rejects: String,

    /// Number of threads; the output does not depend on it [default: one per core]
    #[arg(
        long, value_name = "NUMBER", hide_short_help = true,
        value_parser = clap::value_parser!(u16).range(1..=1024),
    )]
    pub threads: Option<u16>,
}

impl ExportArgs {
    /// Whether files of exports are named one by one.
    pub fn are_named(&self) -> bool {
        [&self.orders, &self.tracking, &self.disputes].into_iter().any(|files| !files.is_empty())
    }

    /// The files of the three exports: those that are named, and the others in a folder.
    pub fn sources(&self, folder: Option<&Path>) -> Result<Sources, Fault> {
        let is_given = |files: &Vec<PathBuf>| !files.is_empty();
        if folder.is_none() && ![&self.orders, &self.tracking, &self.disputes].into_iter().all(is_given) {
            return Err(Fault::new(FaultKind::Usage, "no exports are given")
                .hint("give the folder that holds them, or each of --orders, --tracking and --disputes"));
        }
        let is_missing = folder.is_some_and(|folder| !folder.is_dir());
        let folder = folder.unwrap_or(Path::new(""));
        if is_missing {
            return Err(Fault::new(FaultKind::Input, "there is no such folder")
                .at(folder.display())
                .hint("give the folder that holds orders.csv, tracking.csv and disputes.csv"));
        }
        let sources = Sources {
            orders: find(&self.orders, folder, "orders")?,
            tracking: find(&self.tracking, folder, "tracking")?,
            disputes: find(&self.disputes, folder, "disputes")?,
        };
        let all = [&sources.orders, &sources.tracking, &sources.disputes].into_iter().flatten();
        match all.filter(|source| **source == Source::StandardInput).count() {
            0 | 1 => Ok(sources),
            _ => Err(Fault::new(FaultKind::Usage, "- is given for more than one file")
                .hint("standard input can be read once; give the others as files")),
        }
    }

    /// How they are to be read.
    pub fn reading(&self) -> Result<Reading, Fault> {
        let mapping = match &self.mapping {
            None => Mapping::default(),
            Some(file) => {
                let unreadable = |error| Fault::unreadable(file, &error).hint("check the file given with --mapping");
                let text = std::fs::read_to_string(file).map_err(unreadable)?;
                Mapping::parse(&file.display().to_string(), &text)?
            }
        };
        let delimiter = self.delimiter.as_deref().map(|sign| {
            let fault = || {
                Fault::new(FaultKind::Usage, format!("--delimiter: invalid delimiter {sign}, expected {DELIMITERS}"))
            };
            intake::delimiter(sign).ok_or_else(fault)
        });
        Ok(Reading {
            zone: timezone(&self.timezone)?,
            mapping,
            encoding: self.encoding.as_deref().map(encoding).transpose()?,
            delimiter: delimiter.transpose()?,
            max_field_lines: self.max_field_lines,
        })
    }

    /// How many rejected disputes are put up with.
    pub fn max_rejects(&self) -> Result<MaxRejects, Fault> {
        MaxRejects::parse(&self.max_rejects).ok_or_else(|| {
            let problem = format!(
                "--max-rejects: invalid limit {}, expected a share such as 1% or a number such as 20",
                self.max_rejects
            );
            Fault::new(FaultKind::Usage, problem)
        })
    }
}

/// The files of an export: those that are given, else the one in the folder.
fn find(given: &[PathBuf], folder: &Path, export: &str) -> Result<Vec<Source>, Fault> {
    if given.is_empty() {
        return Ok(vec![Source::in_folder(folder, export)?]);
    }
    let mut sources = Vec::new();
    for file in given {
        sources.extend(Source::find(file)?);
    }
    Ok(sources)
}

/// The encoding of a name.
pub fn encoding(name: &str) -> Result<Encoding, Fault> {
    Encoding::parse(name).ok_or_else(|| {
        Fault::new(FaultKind::Usage, format!("--encoding: unknown encoding {name}"))
            .hint(format!("for example {ENCODINGS}"))
    })
}

fn timezone(name: &str) -> Result<Tz, Fault> {
    name.parse().map_err(|_| {
        let near = nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let hint = near.map_or("for example Europe/Moscow".to_owned(), |near| format!("did you mean {near}?"));
        Fault::new(FaultKind::Usage, format!("--timezone: unknown time zone {name}, expected an IANA name")).hint(hint)
    })
}
