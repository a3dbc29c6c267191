//! What a run looks like from outside while it works: bars on a terminal or lines of JSON, how long each part takes,
//! and the signals that stop it.

use std::io::Write;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use arbiter_intake::Progress;
use arbiter_model::fault::{Fault, FaultKind};
use clap::ValueEnum;
use serde_json::{Value, json};
use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;

use crate::exit;
use crate::terminal::Bars;

use super::clock::{self, Stopwatch};

/// The form in which a run tells what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// Tables and sentences, for people
    Text,
    /// One JSON object per line on standard error, for machines
    Json,
}

/// Watches a run.
pub struct Watch {
    log: Log,
    bars: Bars,
    stopwatch: Stopwatch,
    stages: Mutex<Vec<(&'static str, Stopwatch)>>,
    signal: Arc<AtomicUsize>,
}

impl Watch {
    /// Begins to watch, and to listen to SIGINT and SIGTERM: the first ends the run in good order, a second at once.
    ///
    /// # Errors
    ///
    /// The system does not let us listen.
    pub fn begin(log: Log) -> Result<Self, Fault> {
        let signal = Arc::new(AtomicUsize::new(0));
        listen(signal.clone()).map_err(|error| {
            Fault::new(FaultKind::Usage, format!("cannot listen to signals: {error}")).caused_by(error)
        })?;
        let stages = Mutex::new(Vec::new());
        Ok(Self { log, bars: Bars::default(), stopwatch: Stopwatch::start(), stages, signal })
    }

    /// Whether people look on.
    pub fn is_for_people(&self) -> bool {
        self.log == Log::Text
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        self.bars.finish();
    }

    /// How long everything has taken, and each part.
    pub fn durations(&self) -> (Duration, Vec<(&'static str, Duration)>) {
        let whole = self.stopwatch.elapsed();
        let Ok(stages) = self.stages.lock() else { return (whole, Vec::new()) };
        let since: Vec<Duration> = stages.iter().map(|(_, begun)| begun.elapsed()).collect();
        let ends = since.iter().copied().skip(1).chain([Duration::ZERO]);
        let parts =
            stages.iter().zip(&since).zip(ends).map(|(((name, _), begun), ended)| (*name, begun.saturating_sub(ended)));
        (whole, parts.collect())
    }

    /// Writes an event as a line of JSON, where that is wanted.
    pub fn log(&self, level: &str, event: &str, mut details: Value) {
        if self.log == Log::Json {
            let time = clock::now().map(|now| now.to_string()).unwrap_or_default();
            let mut line = json!({ "time": time, "level": level, "event": event });
            if let (Some(line), Some(details)) = (line.as_object_mut(), details.as_object_mut()) {
                line.append(details);
            }
            // Whoever does not listen misses it.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// Writes a fault with all that belongs to it as lines of JSON.
    pub fn log_fault(&self, fault: &Fault) {
        let Fault { kind, place, problem, hints, source: _, more } = fault;
        // One text for each key, whatever there is of it.
        let hint = (!hints.is_empty()).then(|| hints.join("; "));
        let details = json!({
            "kind": kind.name(), "exit_code": exit::of_fault(*kind),
            "place": place, "problem": problem, "hint": hint,
        });
        self.log("error", "fault", details);
        more.iter().for_each(|fault| self.log_fault(fault));
    }
}

/// How long a run may take to end in good order, before it is ended as it is: it may wait for an input that never comes.
const GRACE: Duration = Duration::from_secs(5);

fn listen(signal: Arc<AtomicUsize>) -> std::io::Result<()> {
    // A file that grows too large is a fault of writing it, not the end of the program.
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for number in signals.forever() {
            let code = exit::of_signal(u8::try_from(number).unwrap_or_default()).into();
            if signal.swap(number as usize, Ordering::Relaxed) != 0 {
                process::exit(code);
            }
            thread::spawn(move || {
                thread::sleep(GRACE);
                process::exit(code);
            });
        }
    });
    Ok(())
}

impl Progress for Watch {
    fn begin(&self, file: &str, bytes: u64) {
        self.log("info", "reading", json!({ "file": file, "bytes": bytes }));
        if self.is_for_people() {
            self.bars.begin(file, bytes);
        }
    }

    fn advance(&self, bytes: u64) {
        self.bars.advance(bytes);
    }

    fn stage(&self, name: &'static str) {
        self.log("info", "stage", json!({ "stage": name }));
        if let Ok(mut stages) = self.stages.lock() {
            stages.push((name, Stopwatch::start()));
        }
    }

    fn check(&self) -> Result<(), Fault> {
        match self.signal.load(Ordering::Relaxed) {
            0 => Ok(()),
            signal => {
                let name = if signal == SIGINT as usize { "SIGINT" } else { "SIGTERM" };
                let number = u8::try_from(signal).unwrap_or_default();
                Err(Fault::new(FaultKind::Stopped(number), format!("stopped by {name}"))
                    .hint("nothing was published; run again"))
            }
        }
    }
}
