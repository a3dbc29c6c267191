//! The command line; no domain logic.

mod cases;
mod clock;
mod explain;
mod metrics;
mod policy;
mod run;
mod watch;
mod whatif;

use std::path::{Path, PathBuf};

use arbiter_generate::{Generated, Plan};
use arbiter_intake::{
    self as intake, DELIMITERS, ENCODINGS, Encoding, Intake, MAX_FIELD_LINES, Mapping, Reading, Source, Sources,
};
use arbiter_model::exports::{MaxRejects, group};
use arbiter_model::fault::{Fault, FaultKind, nearest};
use arbiter_model::instant::{Instant, TIMESTAMP_FORMS};
use arbiter_report::write_rejects;
use chrono_tz::{TZ_VARIANTS, Tz};
use clap::{Args, Parser, Subcommand};

use crate::terminal;

use explain::{ExplainArgs, FlipsArgs};
use policy::PolicyCommand;
use run::{RunArgs, VerifyArgs};

/// Decides a marketplace's buyer disputes.
///
/// Three CSV exports in; decisions, books and reports out. The main job, on the sample night:
///
///     arbiter run fixtures/night --as-of 2026-06-01 --out runs
#[derive(Parser)]
#[command(
    name = "arbiter",
    version,
    about,
    long_about,
    verbatim_doc_comment,
    max_term_width = 100,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Decide a night: three exports in, one folder of decisions, books and reports out
    Run(Box<RunArgs>),
    /// Prove that a published run is what it was: its files, its rows and books, its decisions
    Verify(VerifyArgs),
    /// Show how one dispute was decided: facts, rules, dates, parameters, arithmetic, and what would change it
    Explain(ExplainArgs),
    /// Tell of every dispute the smallest change of a fact, and of a parameter, that would change its outcome, as CSV
    Flips(FlipsArgs),
    /// Read the exports as a run would, decide nothing, and tell what is wrong with them
    Check(CheckArgs),
    /// Look at export files and write a first mapping for them
    Map(MapArgs),
    /// Make up believable exports of any size, to try things out on
    Generate(GenerateArgs),
    /// Compare parameters with others: which disputes are decided otherwise, and what money moves
    Compare(whatif::CompareArgs),
    /// Sweep a parameter over a range: the whole curve of cost and outcomes
    Sweep(whatif::SweepArgs),
    /// Tell which pending disputes decide themselves on which night, and the money then due
    Forecast(whatif::ForecastArgs),
    /// Look at the rule parameters, check and compare them, and begin a policy file of your own
    #[command(subcommand)]
    Policy(PolicyCommand),
}

/// Which exports, and how to read them.
#[derive(Args)]
struct InputArgs {
    /// Folder that holds orders.csv, tracking.csv and disputes.csv
    ///
    /// Each may also be packed (orders.csv.gz, orders.csv.zst) or a table (orders.parquet).
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,

    /// The orders export, instead of the one in FOLDER
    ///
    /// Several files, a quoted pattern such as 'orders-*.csv', or - for standard input.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    orders: Vec<PathBuf>,

    /// The parcel tracking export, instead of the one in FOLDER; as --orders
    #[arg(long, value_name = "FILE", num_args = 1..)]
    tracking: Vec<PathBuf>,

    /// The disputes export, instead of the one in FOLDER; as --orders
    #[arg(long, value_name = "FILE", num_args = 1..)]
    disputes: Vec<PathBuf>,

    /// Time zone of timestamps that have no offset, by its IANA name such as Europe/Moscow
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,

    /// How exports of other names, codes and forms are to be read, as a TOML file; see `arbiter map`
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,

    /// The encoding of the files: utf-8, utf-16, windows-1251, windows-1252, latin-1 or any other
    /// that the web knows [default: what the mapping says, or UTF-8]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,

    /// What stands between fields: , ; tab or | [default: what the mapping says, or found]
    #[arg(long, value_name = "SIGN")]
    delimiter: Option<String>,

    /// The most lines of one quoted field; one that runs on for more is taken for a stray quote
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_FIELD_LINES, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_field_lines: u32,

    /// The most rows of disputes that may be rejected, as a share such as 1% or a number such as 20
    ///
    /// Above it nothing is decided and only the rejected rows are published.
    #[arg(long, value_name = "LIMIT", default_value = "1%")]
    max_rejects: String,

    /// How many threads to work with; the outputs do not depend on it [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Args)]
struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,

    /// Write every rejected row to this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Args)]
struct MapArgs {
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

#[derive(Args)]
struct GenerateArgs {
    /// Folder to write orders.csv, tracking.csv and disputes.csv into
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// How many orders; there are about four events an order, and a dispute on one in ten
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    orders: u64,

    /// Chooses among all exports of this size; the same number gives the same exports
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// When the exports are taken; they cover the 180 days before
    #[arg(long, value_name = "INSTANT", default_value = "2026-06-01")]
    as_of: String,

    /// How many threads to work with; the exports do not depend on it [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Does what the command line says, and returns the exit code.
pub fn run() -> Result<u8, Fault> {
    match Cli::parse().command {
        Command::Run(args) => return run::decide_night(&args),
        Command::Verify(args) => return run::verify_run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Flips(args) => explain::flips(&args),
        Command::Check(args) => check(&args),
        Command::Map(args) => map(&args),
        Command::Generate(args) => generate(&args),
        Command::Compare(args) => whatif::compare(&args),
        Command::Sweep(args) => whatif::sweep(&args),
        Command::Forecast(args) => whatif::forecast(&args),
        Command::Policy(command) => policy::run(&command),
    }
    .map(|()| 0)
}

fn check(args: &CheckArgs) -> Result<(), Fault> {
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

fn map(args: &MapArgs) -> Result<(), Fault> {
    let encoding = args.encoding.as_deref().map(encoding).transpose()?;
    let mut sources = Vec::new();
    for file in &args.files {
        sources.extend(Source::find(file)?);
    }
    let mapping = intake::infer_mapping(&sources, encoding)?;
    match &args.out {
        None => terminal::print(&mapping),
        Some(file) => {
            let create = || std::io::Write::write_all(&mut std::fs::File::create_new(file)?, mapping.as_bytes());
            create().map_err(|error| {
                Fault::unwritable(file.clone(), &error).hint("give --out a file that is not there yet")
            })
        }
    }
}

fn generate(args: &GenerateArgs) -> Result<(), Fault> {
    let plan = Plan { orders: args.orders, seed: args.seed, as_of: as_of(Some(&args.as_of), Tz::UTC)? };
    let generated = threads(args.threads)?.install(|| arbiter_generate::generate(&plan, &args.folder))?;
    let Generated { orders, events, disputes } = generated;
    let folder = args.folder.display();
    terminal::print(&format!("{folder}: {orders} orders, {events} events, {disputes} disputes\n"))
}

impl InputArgs {
    fn sources(&self) -> Result<Sources, Fault> {
        let is_given = |files: &Vec<PathBuf>| !files.is_empty();
        if self.folder.is_none() && ![&self.orders, &self.tracking, &self.disputes].into_iter().all(is_given) {
            return Err(Fault::new(FaultKind::Usage, "no exports are given")
                .hint("give the folder that holds them, or each of --orders, --tracking and --disputes"));
        }
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        if self.folder.is_some() && !folder.is_dir() {
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

    fn reading(&self) -> Result<Reading, Fault> {
        let mapping = match &self.mapping {
            None => Mapping::default(),
            Some(file) => {
                let unreadable = |error| Fault::unreadable(file, &error).hint("check the file given with --mapping");
                let text = std::fs::read_to_string(file).map_err(unreadable)?;
                Mapping::parse(&file.display().to_string(), &text)?
            }
        };
        let delimiter = self.delimiter.as_deref().map(|sign| {
            let fault = || Fault::new(FaultKind::Usage, format!("--delimiter {sign}: expected {DELIMITERS}"));
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

    fn max_rejects(&self) -> Result<MaxRejects, Fault> {
        MaxRejects::parse(&self.max_rejects).ok_or_else(|| {
            let problem =
                format!("--max-rejects {}: expected a share such as 1% or a number such as 20", self.max_rejects);
            Fault::new(FaultKind::Usage, problem)
        })
    }
}

fn threads(number: Option<u16>) -> Result<rayon::ThreadPool, Fault> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(number.map_or(0, usize::from)).build();
    threads.map_err(|error| Fault::new(FaultKind::Usage, format!("--threads: {error}")))
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

fn encoding(name: &str) -> Result<Encoding, Fault> {
    Encoding::parse(name).ok_or_else(|| {
        Fault::new(FaultKind::Usage, format!("--encoding: unknown encoding {name}"))
            .hint(format!("for example {ENCODINGS}"))
    })
}

fn timezone(name: &str) -> Result<Tz, Fault> {
    name.parse().map_err(|_| {
        let near = nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let hint = near.map_or("for example Europe/Moscow".to_owned(), |near| format!("did you mean {near}?"));
        Fault::new(FaultKind::Usage, format!("--timezone {name}: expected an IANA time zone")).hint(hint)
    })
}

/// The as-of that is given, or now.
fn as_of(given: Option<&str>, timezone: Tz) -> Result<Instant, Fault> {
    match given {
        Some(text) => Instant::parse(text, timezone)
            .ok_or_else(|| Fault::new(FaultKind::Usage, format!("--as-of {text}: expected {TIMESTAMP_FORMS}"))),
        None => clock::now(),
    }
}
