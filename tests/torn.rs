//! Faults injected for real: kills, full disks and I/O errors at every system call of a publication in turn, and kills
//! at any moment. Whatever happens, no folder is there in part, nothing is paid twice, and the next run goes on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::run::{Exports, arbiter_in, entries, runs, table};
use arbiter_generate::{Plan, generate};
use arbiter_model::instant::Instant;
use chrono_tz::Tz;

/// The system calls by which a run is written and published.
const CALLS: &[&str] = &[
    "write",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
    "symlink",
    "symlinkat",
    "mkdir",
    "mkdirat",
    "flock",
    "unlink",
    "unlinkat",
    "rmdir",
];

/// strace is not on every machine; where tests are run for good it must be.
fn has_strace() -> bool {
    let is_there = Command::new("strace").arg("--version").stdout(Stdio::null()).status().is_ok();
    assert!(is_there || std::env::var_os("CI").is_none(), "install strace: apt-get install strace");
    is_there
}

/// Runs a night under strace with more options of it; the exit code, where there is one, and how often each call of
/// [`CALLS`] was made.
fn traced(exports: &Exports, options: &[&str]) -> (Option<i32>, String) {
    let trace = exports.path("trace");
    // Not every machine has each of them; those it has not are passed over.
    let only = format!("trace=?{}", CALLS.join(",?"));
    let status = Command::new("strace")
        .args(["-f", "-o", trace.to_str().unwrap(), "-e", &only])
        .args(options)
        .args([env!("CARGO_BIN_EXE_arbiter"), "run", ".", "--as-of", "2026-06-01", "--threads", "1"])
        .current_dir(exports.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    (status.code(), fs::read_to_string(&trace).unwrap())
}

/// Every run that is there is whole.
fn all_whole(exports: &Exports, out: &Path, when: &str) {
    if !out.is_dir() {
        return;
    }
    for folder in runs(out).iter().filter(|folder| !folder.file_name().unwrap().to_string_lossy().starts_with('.')) {
        let ran = arbiter_in(exports.folder.path(), &["verify", folder.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{when}: {}", ran.stderr);
    }
}

#[test]
fn a_kill_at_any_system_call_leaves_a_whole_run_or_none() {
    inject_everywhere("signal=KILL");
}

#[test]
fn a_full_disk_at_any_system_call_leaves_a_whole_run_or_none() {
    inject_everywhere("error=ENOSPC");
}

#[test]
fn a_broken_disk_at_any_system_call_leaves_a_whole_run_or_none() {
    inject_everywhere("error=EIO");
}

/// Lets a fault happen at each system call of a run in turn.
fn inject_everywhere(fault: &str) {
    if !has_strace() {
        return;
    }
    let (_, calls) = traced(&Exports::small(), &[]);
    let mut injected = 0;
    for call in CALLS {
        let made = calls
            .lines()
            .filter(|line| {
                line.split_once(' ').is_some_and(|(_, line)| line.trim_start().starts_with(&format!("{call}(")))
            })
            .count();
        for when in 1..=made {
            let exports = Exports::small();
            let inject = format!("inject={call}:{fault}:when={when}");
            let (code, _) = traced(&exports, &["-e", &inject]);
            let out = exports.path("runs");
            all_whole(&exports, &out, &inject);
            // A pipe that nobody reads is no failure, nor is a draft that cannot be swept just now.
            let is_harmless = matches!(*call, "write" | "unlink" | "unlinkat" | "rmdir");
            assert!(code != Some(0) || is_harmless || !fault.starts_with("error"), "{inject}: nobody was told");
            let again = arbiter_in(exports.folder.path(), &["run", ".", "--as-of", "2026-06-01"]);
            assert_eq!(again.code, 0, "{inject}: {}", again.stderr);
            let left: Vec<_> =
                entries(&out).iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
            assert!(left.len() == 3 && left[0] == ".arbiter-lock" && left[2] == "latest", "{inject}: {left:?}");
            all_whole(&exports, &out, &inject);
            injected += 1;
        }
    }
    assert!(injected > 33, "{injected} faults injected");
}

#[test]
fn a_kill_at_any_moment_pays_nothing_twice() {
    let exports = Exports::none();
    let as_of = |night: i64| Instant::parse("2026-05-01", Tz::UTC).unwrap().plus_seconds(night * 86_400).to_string();
    let plan = Plan { orders: 3_000, seed: 3, as_of: Instant::parse("2026-06-01", Tz::UTC).unwrap() };
    generate(&plan, exports.folder.path()).unwrap();
    let out = exports.path("runs");
    let (mut night, mut killed, mut chance) = (0, 0, fastrand::Rng::with_seed(5));
    for _ in 0..100 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_arbiter"))
            .args(["run", ".", "--as-of", &as_of(night), "--max-rejects", "0"])
            .current_dir(exports.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(chance.u64(0..200)));
        child.kill().unwrap();
        match child.wait().unwrap().code() {
            Some(code) => {
                assert_eq!(code, 0);
                night += 1;
            }
            None => killed += 1,
        }
        if !out.is_dir() {
            // Killed before it began.
            continue;
        }
        let manifests =
            runs(&out).into_iter().filter(|run| !run.file_name().unwrap().to_string_lossy().starts_with('.'));
        for run in manifests {
            assert!(run.join("manifest.json").is_file(), "{} is torn", run.display());
        }
    }
    let ran = arbiter_in(exports.folder.path(), &["run", ".", "--as-of", &as_of(night), "--max-rejects", "0"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut keys = BTreeSet::new();
    for run in runs(&out) {
        for payout in table(&fs::read(run.join("payouts.csv")).unwrap()) {
            assert!(keys.insert(payout["payout_key"].clone()), "paid twice: {payout:?}");
        }
    }
    all_whole(&exports, &out, "after the last night");
    assert!(killed > 20 && !keys.is_empty(), "{killed} killed, {} payouts", keys.len());
    let left = entries(&out)
        .into_iter()
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".arbiter-draft"))
        .count();
    assert_eq!(left, 0);
}
