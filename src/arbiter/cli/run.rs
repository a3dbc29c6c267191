//! `arbiter run`: a night decided and published.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arbiter_intake::Source;
use arbiter_model::exports::MaxRejects;
use arbiter_model::fault::{Fault, FaultKind};
use arbiter_policy::Policy;
use arbiter_report::Summary;
use arbiter_runs::{Facts, FolderContent, FromExports, Job, Published, RunOutcome, StartFrom, StoredRun, run_folder};
use chrono_tz::Tz;
use clap::Args;
use serde_json::json;

use crate::{exit, terminal};

use super::arguments::{ExportArgs, PolicyArgs, as_of, heading, threads};
use super::metrics;
use super::watch::{Log, Watch};

#[derive(Args)]
pub struct RunArgs {
    /// Folder with orders.csv, tracking.csv and disputes.csv, or of a run to decide anew
    ///
    /// Exports can be compressed (orders.csv.gz, orders.csv.zst) or tables (orders.parquet). A run, such as
    /// runs/latest, is decided anew as with --docket; a folder of runs, such as runs, stands for its newest. Where a
    /// folder has both, its exports are decided.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,

    #[command(flatten)]
    exports: ExportArgs,

    #[command(flatten)]
    policy: PolicyArgs,

    /// Decide as of this instant: what is dated later has not happened [default: now]
    ///
    /// A timestamp such as 2026-06-01T00:00:00Z or 2026-06-01; without an offset it is read in --timezone. It is
    /// recorded with the run, so that the run can be repeated.
    #[arg(long, value_name = "INSTANT", help_heading = heading::CHAIN)]
    as_of: Option<String>,

    /// Rulings of people on referred disputes: a CSV file with the columns dispute_id, outcome, award, by, at and
    /// reason
    #[arg(long, value_name = "FILE", help_heading = heading::CHAIN)]
    rulings: Option<PathBuf>,

    /// Folder of the run to start from: what it decided stands, and is not paid again [default: the newest in --out]
    #[arg(long, value_name = "FOLDER", help_heading = heading::CHAIN, hide_short_help = true)]
    previous: Option<PathBuf>,

    /// Start from no run, as if nothing had been decided before
    #[arg(long, conflicts_with = "previous", help_heading = heading::CHAIN, hide_short_help = true)]
    fresh: bool,

    /// Decide the stored cases of a run anew: its docket.parquet, or its folder
    ///
    /// By the parameters in the policy.toml beside it and as of when it was decided, unless others are given. No
    /// later run starts from the result.
    #[arg(
        long, value_name = "FILE", help_heading = heading::CHAIN, hide_short_help = true,
        conflicts_with_all = ["folder", "orders", "tracking", "disputes", "rulings", "previous", "fresh"],
    )]
    docket: Option<PathBuf>,

    /// Folder to publish the run's own folder in; created where it does not exist [default: runs]
    #[arg(long, value_name = "FOLDER", help_heading = heading::OUTPUT)]
    out: Option<PathBuf>,

    /// How long to wait for another run at work in --out, such as 30s or 10m
    #[arg(
        long, value_name = "DURATION", help_heading = heading::OUTPUT, hide_short_help = true,
        default_value = "0s", value_parser = humantime::parse_duration,
    )]
    wait: Duration,

    /// Number of runs to keep in --out; older ones are removed after this one is published [default: all]
    #[arg(long, value_name = "NUMBER", help_heading = heading::OUTPUT, hide_short_help = true)]
    keep: Option<NonZeroU32>,

    /// Format of the log
    #[arg(
        long, value_name = "FORMAT", value_enum, help_heading = heading::OUTPUT, hide_short_help = true,
        default_value = "text",
    )]
    log: Log,

    /// Write metrics (counts, money, durations) to this file, for Prometheus' node exporter (textfile collector)
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT, hide_short_help = true)]
    metrics: Option<PathBuf>,
}

/// Does what `arbiter run` says, and returns the exit code.
pub fn run(args: &RunArgs) -> Result<u8, Fault> {
    let watch = Watch::begin(args.log)?;
    let ended = decide(args, &watch);
    watch.finish();
    let (exit_code, published) = match &ended {
        Ok(published) => (exit::of_published(!published.summary.rejects.is_empty()), Some(published)),
        Err(fault) => (exit::of_fault(fault.kind), None),
    };
    if let Some(published) = published {
        told(published, exit_code, &watch);
    }
    let summary = published.map(|published| &*published.summary);
    let measured = args.metrics.as_deref().map_or(Ok(()), |file| metrics::write(file, exit_code, summary, &watch));
    let unfinished = published.and_then(|published| published.unfinished.clone());
    match ended.and(measured).and(unfinished.map_or(Ok(()), Err)) {
        Ok(()) => Ok(exit_code),
        Err(fault) if watch.is_for_people() => Err(fault),
        Err(fault) => {
            watch.log_fault(&fault);
            Ok(exit::of_fault(fault.kind))
        }
    }
}

fn decide(args: &RunArgs, watch: &Watch) -> Result<Published, Fault> {
    let job = job(args)?;
    match threads(args.exports.threads)?.install(|| arbiter_runs::run(&job, watch))? {
        RunOutcome::Decided(published) => Ok(published),
        RunOutcome::Refused { rejects, fault, .. } => {
            if watch.is_for_people() {
                terminal::show_rejects(&rejects);
            }
            for group in &rejects {
                watch.log("warning", "rejects", json!(group));
            }
            Err(fault)
        }
    }
}

fn told(published: &Published, exit_code: u8, watch: &Watch) {
    if watch.is_for_people() {
        return terminal::show(published);
    }
    let Summary { disputes, tonight, notes, rejects, .. } = &*published.summary;
    for note in notes {
        watch.log("info", "note", json!({ "note": note }));
    }
    for group in rejects {
        watch.log("warning", "rejects", json!(group));
    }
    let event = if published.was_there { "unchanged" } else { "published" };
    let milliseconds = watch.durations().0.as_millis() as u64;
    let folder = published.folder.display().to_string();
    let details = json!({
        "folder": folder, "exit_code": exit_code, "milliseconds": milliseconds, "disputes": disputes, "tonight": tonight,
    });
    watch.log("info", event, details);
}

fn job(args: &RunArgs) -> Result<Job, Fault> {
    let max_rejects = args.exports.max_rejects()?;
    let (facts, as_of, policy, max_rejects) = match stored(args)? {
        Some(run) => of_run(args, StoredRun::open(&run)?)?,
        None => of_exports(args, max_rejects)?,
    };
    Ok(Job { facts, max_rejects, as_of, policy, out: args.out().to_owned(), wait: args.wait, keep: args.keep })
}

impl RunArgs {
    fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new("runs"))
    }
}

/// The run that is to be decided anew, if one is.
fn stored(args: &RunArgs) -> Result<Option<PathBuf>, Fault> {
    if args.docket.is_some() {
        return Ok(args.docket.clone());
    }
    let Some(folder) = args.folder.as_deref().filter(|_| !args.exports.are_named()) else { return Ok(None) };
    let run = match FolderContent::of(folder)? {
        FolderContent::Exports { .. } => return Ok(None),
        FolderContent::Run { folder: run, is_newest } => {
            let is_same = |out: &PathBuf| fs::canonicalize(out).ok() == fs::canonicalize(folder).ok();
            if is_newest && args.out.as_ref().is_some_and(is_same) {
                // A night whose exports have not come must not pass for done.
                return Err(Fault::new(FaultKind::Input, "holds no exports, only the runs that are published in it")
                    .at(folder.display())
                    .hint("put orders.csv, tracking.csv and disputes.csv there")
                    .hint(format!("to decide its newest run anew give {}", run.display())));
            }
            run
        }
    };
    let for_exports =
        [("--rulings", args.rulings.is_some()), ("--previous", args.previous.is_some()), ("--fresh", args.fresh)];
    match for_exports.iter().find(|(_, is_given)| *is_given) {
        None => Ok(Some(run)),
        Some((option, _)) => {
            let problem = format!("{option} cannot be given with a run: {} is a run's folder", folder.display());
            Err(Fault::new(FaultKind::Usage, problem).hint(format!(
                "leave {option} out to decide the run anew, or give the folder that holds orders.csv, tracking.csv and disputes.csv"
            )))
        }
    }
}

type Given = (Facts, arbiter_model::instant::Instant, Policy, MaxRejects);

fn of_exports(args: &RunArgs, max_rejects: MaxRejects) -> Result<Given, Fault> {
    let reading = args.exports.reading()?;
    let as_of = as_of(args.as_of.as_deref(), reading.zone)?;
    let before = match (&args.previous, args.fresh) {
        (Some(folder), _) => StartFrom::Folder(run_folder(folder)?),
        (None, true) => StartFrom::None,
        (None, false) => StartFrom::Latest,
    };
    let rulings = args.rulings.as_deref().map(Source::find).transpose()?.unwrap_or_default();
    let exports = FromExports { sources: args.exports.sources(args.folder.as_deref())?, reading, rulings, before };
    Ok((Facts::Exports(Box::new(exports)), as_of, args.policy.resolve()?, max_rejects))
}

/// A docket was let through once: how many of its rows had been rejected is no question any more.
fn of_run(args: &RunArgs, run: StoredRun) -> Result<Given, Fault> {
    let StoredRun { snapshot, policy, .. } = run;
    let given = args.as_of.as_deref().map(|text| as_of(Some(text), Tz::UTC)).transpose()?;
    let as_of = given.unwrap_or(snapshot.record.as_of);
    let policy = policy.and(&args.policy.overlays()?)?;
    Ok((Facts::Docket(Box::new(snapshot)), as_of, policy, MaxRejects::Rows(u64::MAX)))
}
