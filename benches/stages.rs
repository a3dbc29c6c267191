//! Where the time of one night goes: `cargo bench --bench stages -- FOLDER` decides a folder's night a few times and
//! prints the median of each part.

#![allow(clippy::disallowed_methods, reason = "this measures time")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use arbiter_intake::{Progress, Reading, Source, Sources};
use arbiter_model::exports::MaxRejects;
use arbiter_policy::Policy;
use arbiter_runs::StartFrom;
use arbiter_runs::{Facts, FromExports, Job, run};
use chrono_tz::Tz;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
const THREADS: usize = 2;

/// Notes when each part begins.
#[derive(Default)]
struct Stages(Mutex<Vec<(&'static str, Instant)>>);

impl Progress for Stages {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn stage(&self, name: &'static str) {
        self.0.lock().expect("no panic").push((name, Instant::now()));
    }
}

fn job(folder: &Path, out: PathBuf) -> Job {
    let [orders, tracking, disputes] =
        ["orders", "tracking", "disputes"].map(|name| vec![Source::File(folder.join(name).with_extension("csv"))]);
    let sources = Sources { orders, tracking, disputes };
    let (reading, before) = (Reading::standard(Tz::UTC), StartFrom::Latest);
    Job {
        facts: Facts::Exports(Box::new(FromExports { sources, reading, rulings: Vec::new(), before })),
        max_rejects: MaxRejects::Rows(u64::MAX),
        as_of: arbiter_model::instant::Instant::parse("2026-06-01", Tz::UTC).expect("a date"),
        policy: Policy::standard().expect("parameters"),
        out,
        wait: Duration::ZERO,
        keep: None,
    }
}

/// How long each part of a night took.
fn parts(folder: &Path) -> Vec<(&'static str, Duration)> {
    let (out, stages) = (tempfile::tempdir().expect("a folder"), Stages::default());
    run(&job(folder, out.path().to_owned()), &stages).expect("a night");
    let mut begun = stages.0.into_inner().expect("no panic");
    begun.push(("", Instant::now()));
    begun.windows(2).map(|pair| (pair[0].0, pair[1].1 - pair[0].1)).collect()
}

fn main() {
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        return println!("give a folder: cargo bench --bench stages -- FOLDER");
    };
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().expect("threads");
    let rounds: Vec<_> = (0..ROUNDS).map(|_| parts(Path::new(&folder))).collect();
    let median = |part: usize| {
        let mut times: Vec<Duration> = rounds.iter().map(|round| round[part].1).collect();
        times.sort_unstable();
        times[ROUNDS / 2]
    };
    let medians: Vec<_> = rounds[0].iter().enumerate().map(|(part, (name, _))| (*name, median(part))).collect();
    let whole: Duration = medians.iter().map(|(_, time)| *time).sum();
    for (name, time) in medians {
        let share = 100.0 * time.as_secs_f64() / whole.as_secs_f64();
        println!("{name}: {:.3} s, {share:.0} %", time.as_secs_f64());
    }
}
