//! `arbiter run`: a night decided and published.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arbiter_intake::Source;
use arbiter_model::exports::MaxRejects;
use arbiter_model::fault::Fault;
use arbiter_policy::{Overlay, Policy};
use arbiter_report::Summary;
use arbiter_runs::snapshot::{self, Snapshot};
use arbiter_runs::{Facts, FromExports, Job, Published, RunOutcome, StartFrom};
use chrono_tz::Tz;
use clap::Args;
use serde_json::json;

use crate::{exit, terminal};

use super::arguments::{ExportArgs, PolicyArgs, as_of, threads};
use super::metrics;
use super::watch::{Log, Watch};

#[derive(Args)]
pub struct RunArgs {
    #[command(flatten)]
    input: ExportArgs,

    /// Decide the docket of a run's folder (its docket.parquet) instead of exports
    ///
    /// By the parameters in the policy.toml beside it, and as of when it was decided, unless others are
    /// given. It is no night of its own: no later run starts from it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folder", "orders", "tracking", "disputes", "rulings", "previous", "fresh"])]
    docket: Option<PathBuf>,

    /// Decide as the world stood at this instant; what is dated later has not happened
    ///
    /// A timestamp such as 2026-06-01T00:00:00Z or 2026-06-01; without an offset it is read in
    /// --timezone. Default: now. It is recorded in the run's folder, so that the run can be repeated.
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<String>,

    /// Folder into which the run's own folder goes; it is created where it is not there
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,

    /// The run to start from: what it decided stands, and is not paid again [default: the newest in --out]
    #[arg(long, value_name = "FOLDER")]
    previous: Option<PathBuf>,

    /// Start from no run, as if nothing had been decided before
    #[arg(long, conflicts_with = "previous")]
    fresh: bool,

    /// What people have decided about disputes that were referred to them: a CSV file with the columns
    /// dispute_id, outcome, award, by, at and reason
    #[arg(long, value_name = "FILE")]
    rulings: Option<PathBuf>,

    /// How long to wait where another run is at work in --out, such as 30s or 10m
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    wait: Duration,

    /// How many runs to keep in --out; older ones are removed once this one is published [default: all]
    #[arg(long, value_name = "NUMBER")]
    keep: Option<NonZeroU32>,

    /// How to tell what is done
    #[arg(long, value_name = "FORM", value_enum, default_value = "text")]
    log: Log,

    /// Write counts, money and durations to this file, for Prometheus' node exporter (textfile collector)
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    #[command(flatten)]
    policy: PolicyArgs,
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
    match threads(args.input.threads)?.install(|| arbiter_runs::run(&job, watch))? {
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
    let max_rejects = args.input.max_rejects()?;
    let (facts, as_of, policy, max_rejects) = match &args.docket {
        Some(docket) => of_docket(args, docket)?,
        None => of_exports(args, max_rejects)?,
    };
    Ok(Job { facts, max_rejects, as_of, policy, out: args.out.clone(), wait: args.wait, keep: args.keep })
}

type Given = (Facts, arbiter_model::instant::Instant, Policy, MaxRejects);

fn of_exports(args: &RunArgs, max_rejects: MaxRejects) -> Result<Given, Fault> {
    let reading = args.input.reading()?;
    let as_of = as_of(args.as_of.as_deref(), reading.zone)?;
    let before = match (&args.previous, args.fresh) {
        (Some(folder), _) => StartFrom::Folder(folder.clone()),
        (None, true) => StartFrom::None,
        (None, false) => StartFrom::Latest,
    };
    let rulings = args.rulings.as_deref().map(Source::find).transpose()?.unwrap_or_default();
    let exports = FromExports { sources: args.input.sources()?, reading, rulings, before };
    Ok((Facts::Exports(Box::new(exports)), as_of, args.policy.resolve()?, max_rejects))
}

/// A docket was let through once: how many of its rows had been rejected is no question any more.
fn of_docket(args: &RunArgs, docket: &Path) -> Result<Given, Fault> {
    let stored = read_docket(docket)?;
    let given = args.as_of.as_deref().map(|text| as_of(Some(text), Tz::UTC)).transpose()?;
    let as_of = given.unwrap_or(stored.beside.as_of);
    let policy = stored_policy(docket)?.and(&args.policy.overlays()?)?;
    Ok((Facts::Docket(Box::new(stored)), as_of, policy, MaxRejects::Rows(u64::MAX)))
}

/// Reads the docket of a run.
pub fn read_docket(file: &Path) -> Result<Snapshot, Fault> {
    let bytes = fs::read(file)
        .map_err(|error| Fault::unreadable(file, &error).hint("give the docket.parquet of a published run's folder"))?;
    snapshot::read(&file.display().to_string(), &bytes)
}

/// The parameters that lie beside a docket; the standard ones where none do.
pub fn stored_policy(docket: &Path) -> Result<Policy, Fault> {
    let file = docket.with_file_name("policy.toml");
    match fs::read_to_string(&file) {
        Ok(text) => Policy::with(&[Overlay::from_file(&file.display().to_string(), &text)]),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Policy::standard(),
        Err(error) => Err(Fault::unreadable(&file, &error)),
    }
}
