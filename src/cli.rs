//! The command line; no domain logic.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use arbiter::fault::{Fault, FaultKind, nearest};
use arbiter::instant::{Instant, TIMESTAMP_FORMS};
use arbiter::intake::Sources;
use arbiter::policy::{Policy, Setting};
use arbiter::{Job, Outcome};
use chrono_tz::{TZ_VARIANTS, Tz};
use clap::{Args, Parser, Subcommand};

use crate::terminal;

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
    Run(RunArgs),
}

#[derive(Args)]
struct RunArgs {
    /// Folder that holds orders.csv, tracking.csv and disputes.csv
    #[arg(value_name = "FOLDER", required_unless_present_all = ["orders", "tracking", "disputes"])]
    folder: Option<PathBuf>,

    /// The orders export, instead of FOLDER/orders.csv
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,

    /// The parcel tracking export, instead of FOLDER/tracking.csv
    #[arg(long, value_name = "FILE")]
    tracking: Option<PathBuf>,

    /// The disputes export, instead of FOLDER/disputes.csv
    #[arg(long, value_name = "FILE")]
    disputes: Option<PathBuf>,

    /// Decide as the world stood at this instant; what is dated later has not happened
    ///
    /// A timestamp such as 2026-06-01T00:00:00Z or 2026-06-01; without an offset it is read in
    /// --timezone. Default: now. It is recorded in the run's folder, so that the run can be repeated.
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,

    /// Folder into which the run's own folder goes; it is created where it is not there
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,

    /// Time zone of timestamps that have no offset, by its IANA name such as Europe/Moscow
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,

    /// How many threads to work with; the outputs do not depend on it [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Rule parameters to lay over the standard ones, as a TOML file; may be given several times
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// One rule parameter to set, such as too_early.days=6; after all --policy files, may be given
    /// several times
    #[arg(long, value_name = "RULE.PARAMETER=VALUE")]
    set: Vec<String>,
}

/// Does what the command line says.
pub fn run() -> Result<(), Fault> {
    match Cli::parse().command {
        Command::Run(args) => decide_night(&args),
    }
}

fn decide_night(args: &RunArgs) -> Result<(), Fault> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build();
    let threads = threads.map_err(|error| Fault::new(FaultKind::Usage, format!("--threads: {error}")))?;
    let job = job(args)?;
    let progress = terminal::Bars::default();
    let Outcome { published, summary } = threads.install(|| arbiter::run(&job, &progress))?;
    progress.finish();
    terminal::show(&published, &summary);
    Ok(())
}

fn job(args: &RunArgs) -> Result<Job, Fault> {
    let timezone = timezone(&args.timezone)?;
    Ok(Job {
        sources: sources(args)?,
        as_of: as_of(args.as_of.as_deref(), timezone)?,
        timezone,
        policy: policy(&args.policy, &args.set)?,
        out: args.out.clone(),
    })
}

fn sources(args: &RunArgs) -> Result<Sources, Fault> {
    let folder = args.folder.as_deref().unwrap_or(Path::new(""));
    if args.folder.is_some() && !folder.is_dir() {
        return Err(Fault::new(FaultKind::Input, "there is no such folder")
            .at(folder.display())
            .hint("give the folder that holds orders.csv, tracking.csv and disputes.csv"));
    }
    let file = |given: &Option<PathBuf>, name: &str| given.clone().unwrap_or_else(|| folder.join(name));
    Ok(Sources {
        orders: file(&args.orders, "orders.csv"),
        tracking: file(&args.tracking, "tracking.csv"),
        disputes: file(&args.disputes, "disputes.csv"),
    })
}

fn timezone(name: &str) -> Result<Tz, Fault> {
    name.parse().map_err(|_| {
        let near = nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let hint = near.map_or("for example Europe/Moscow".to_owned(), |near| format!("did you mean {near}?"));
        Fault::new(FaultKind::Usage, format!("--timezone {name}: expected an IANA time zone")).hint(hint)
    })
}

/// The one place that asks the clock.
#[expect(clippy::disallowed_methods, reason = "the default of --as-of is now, and it is recorded")]
fn as_of(given: Option<&str>, timezone: Tz) -> Result<Instant, Fault> {
    match given {
        Some(text) => Instant::parse(text, timezone)
            .ok_or_else(|| Fault::new(FaultKind::Usage, format!("--as-of {text}: expected {TIMESTAMP_FORMS}"))),
        None => {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            // Whole seconds: the as-of is recorded to the second, and must repeat the run.
            let seconds = i64::try_from(now.as_secs()).unwrap_or_default();
            Instant::from_unix(seconds, 0)
                .ok_or_else(|| Fault::new(FaultKind::Usage, "the system's clock is out of range; give --as-of"))
        }
    }
}

fn policy(files: &[PathBuf], arguments: &[String]) -> Result<Policy, Fault> {
    let mut settings = Vec::new();
    for file in files {
        let unreadable = |problem: String| Fault::new(FaultKind::Policy, problem).at(file.display());
        let text = std::fs::read_to_string(file).map_err(|error| {
            unreadable(format!("cannot be read: {error}")).hint("check the file given with --policy")
        })?;
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        settings.extend(Setting::from_file(&name, &text)?);
    }
    for argument in arguments {
        settings.push(Setting::from_argument(argument)?);
    }
    Policy::with(&settings)
}
