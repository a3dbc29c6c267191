//! Where the time of one night goes: `cargo bench --bench stages -- FOLDER` reads, decides, closes the
//! books and writes a folder's night a few times, and prints the medians.

#![allow(clippy::disallowed_methods, reason = "this measures time")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arbiter::arbitrate::arbitrate;
use arbiter::books::Ledger;
use arbiter::exports::MaxRejects;
use arbiter::fault::Fault;
use arbiter::intake::{self, Progress, Reading, Source, Sources};
use arbiter::policy::Policy;
use arbiter::{Job, run};
use chrono_tz::Tz;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
const THREADS: usize = 2;

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

fn job(folder: &Path, out: PathBuf) -> Job {
    let [orders, tracking, disputes] =
        ["orders", "tracking", "disputes"].map(|name| vec![Source::File(folder.join(name).with_extension("csv"))]);
    Job {
        sources: Sources { orders, tracking, disputes },
        reading: Reading::standard(Tz::UTC),
        max_rejects: MaxRejects::Rows(u64::MAX),
        as_of: arbiter::instant::Instant::parse("2026-06-01", Tz::UTC).expect("a date"),
        policy: Policy::standard().expect("parameters"),
        out,
    }
}

/// Reading, deciding, the books, and the whole run with all of it and the writing.
fn round(job: &Job) -> Result<[Duration; 4], Fault> {
    let start = Instant::now();
    let intake = intake::read(&job.sources, &job.reading, &Silent)?;
    let read = start.elapsed();
    let rulings = arbitrate(&intake.docket, &job.policy, job.as_of);
    let decided = start.elapsed();
    Ledger::close(&intake.docket, &rulings)?;
    let closed = start.elapsed();
    drop((intake, rulings));
    let start = Instant::now();
    run(job, &Silent)?;
    Ok([read, decided - read, closed - decided, start.elapsed()])
}

fn main() {
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        return println!("give a folder: cargo bench --bench stages -- FOLDER");
    };
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().expect("threads");
    let mut rounds = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let out = tempfile::tempdir().expect("a folder");
        let times = round(&job(Path::new(&folder), out.path().to_owned())).expect("a night");
        rounds.iter_mut().zip(times).for_each(|(times, time)| times.push(time));
    }
    let [read, decide, books, whole] = rounds.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64()
    });
    let write = (whole - read - decide - books).max(0.0);
    let share = 100.0 * write / whole;
    println!("read {read:.3} s, decide {decide:.3} s, books {books:.3} s, write {write:.3} s: {share:.0} % is writing");
}
