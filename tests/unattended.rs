//! A run that nobody watches: exit codes, locks, signals, logs, metrics, and outputs that cannot be written.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::run::{DISPUTES, Exports, Ran, TRACKING, arbiter_in, entries, runs};

const CALL: [&str; 4] = ["run", ".", "--as-of", "2026-06-01"];

fn night(exports: &Exports, more: &[&str]) -> Ran {
    arbiter_in(exports.folder.path(), &[&CALL, more].concat())
}

/// A run that has begun and waits for the rest of its disputes.
fn stalled(exports: &Exports, more: &[&str]) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_arbiter"))
        .args([
            "run",
            "--orders",
            "orders.csv",
            "--tracking",
            "tracking.csv",
            "--disputes",
            "-",
            "--as-of",
            "2026-06-01",
        ])
        .args(["--log", "json"])
        .args(more)
        .current_dir(exports.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.as_mut().unwrap().write_all(DISPUTES.as_bytes()).unwrap();
    let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    // It tells that it reads the disputes once it has seen their header.
    lines.find(|line| line.as_ref().unwrap().contains("\"stage\":\"read\"")).unwrap().unwrap();
    child
}

fn nothing_published(out: &Path) {
    let left: Vec<_> = entries(out).into_iter().filter(|path| !path.ends_with(".arbiter-lock")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// 70 is in `a_docket_out_of_balance_is_a_defect`, the signals' codes in `a_signal_stops_a_run_in_good_order`.
#[test]
fn exit_codes_are_as_documented() {
    let exports = Exports::small();
    assert_eq!(night(&exports, &[]).code, 0, "published");
    assert_eq!(night(&exports, &["--wait", "soon"]).code, 2, "a bad call");
    exports.write("tracking.csv", format!("{TRACKING}O-1,2026-03-04,vanished\n"));
    assert_eq!(night(&exports, &[]).code, 3, "published, with rejects");
    exports.write("disputes.csv", format!("{DISPUTES}D-2,O-1,anna,soon,other\n"));
    assert_eq!(night(&exports, &[]).code, 65, "too many rejects");
    fs::remove_file(exports.path("tracking.csv")).unwrap();
    assert_eq!(night(&exports, &[]).code, 66, "an input has vanished");
    let exports = Exports::small();
    assert_eq!(night(&exports, &["--out", "/proc/nothing/runs"]).code, 74, "the output cannot be written");
    let lock = held(&exports.path("runs"));
    assert_eq!(night(&exports, &[]).code, 75, "locked");
    drop(lock);
    assert_eq!(night(&exports, &["--set", "too_early.days=six"]).code, 78, "parameters");
    let page = fs::read_to_string(crate::run::project().join("docs/runs.md")).unwrap();
    for code in [0, 2, 3, 65, 66, 70, 74, 75, 78, 130, 143] {
        assert!(page.contains(&format!("| {code} |")), "docs/runs.md does not tell of exit code {code}");
    }
}

#[test]
fn a_docket_out_of_balance_is_a_defect() {
    let exports = Exports::small();
    assert_eq!(night(&exports, &[]).code, 0);
    let file = fs::read(exports.path("runs/latest/docket.parquet")).unwrap();
    let mut snapshot = arbiter_runs::snapshot::read("docket", &file).unwrap();
    let order = &mut snapshot.docket.orders[0].order;
    // More has been refunded than was ever paid: no intake would let it through.
    order.refunded_total = order.goods_total + order.goods_total;
    let mut forged = Vec::new();
    arbiter_runs::snapshot::write(&snapshot.docket, &snapshot.record, &mut forged).unwrap();
    exports.write("docket.parquet", forged);
    let ran = arbiter_in(exports.folder.path(), &["run", "--docket", "docket.parquet", "--out", "forged"]);
    assert_eq!(ran.code, 70, "{}", ran.stderr);
    assert!(ran.stderr.contains("the books of order O-1 do not balance"), "{}", ran.stderr);
    nothing_published(&exports.path("forged"));
}

/// Holds the lock that a run holds.
fn held(out: &Path) -> File {
    fs::create_dir_all(out).unwrap();
    let lock = File::create(out.join(".arbiter-lock")).unwrap();
    lock.try_lock().unwrap();
    lock
}

#[test]
fn one_run_at_a_time() {
    let exports = Exports::small();
    let mut first = stalled(&exports, &[]);
    let second = night(&exports, &[]);
    assert_eq!(second.code, 75);
    insta::assert_snapshot!(second.stderr);
    let waited = night(&exports, &["--wait", "300ms"]);
    assert_eq!(waited.code, 75);
    // Killed without a chance to tidy up, the first blocks nobody.
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(night(&exports, &[]).code, 0);
    // Who waits long enough gets its turn.
    let lock = held(&exports.path("runs"));
    let waiting = std::thread::spawn(move || {
        sleep(Duration::from_millis(500));
        drop(lock);
    });
    assert_eq!(night(&exports, &["--wait", "1m"]).code, 0);
    waiting.join().unwrap();
}

#[test]
fn a_signal_stops_a_run_in_good_order() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let exports = Exports::small();
        let mut child = stalled(&exports, &[]);
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        // What it waits for comes, and it does not go on.
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        nothing_published(&exports.path("runs"));
        assert_eq!(night(&exports, &[]).code, 0);
    }
}

/// An input that never comes holds a run up for good, but not against a signal.
#[test]
fn a_signal_stops_a_run_that_waits_for_its_input() {
    let exports = Exports::small();
    let mut child = stalled(&exports, &[]);
    // Held open: waiting for the child would close it.
    let input = child.stdin.take();
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    drop(input);
    nothing_published(&exports.path("runs"));
}

#[test]
fn a_waiting_run_can_be_stopped() {
    let exports = Exports::small();
    let _lock = held(&exports.path("runs"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_arbiter"))
        .args([&CALL[..], &["--wait", "1h"]].concat())
        .current_dir(exports.folder.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    sleep(Duration::from_millis(300));
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

/// A file that may not grow is a full disk: the run says so, and leaves nothing.
#[test]
fn a_full_disk_leaves_nothing() {
    let exports = Exports::small();
    for (blocks, code) in [(0, 74), (1, 74), (16, 74), (4096, 0)] {
        let call = format!("ulimit -f {blocks}; exec {} run . --as-of 2026-06-01", env!("CARGO_BIN_EXE_arbiter"));
        let output = Command::new("bash").args(["-c", &call]).current_dir(exports.folder.path()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{blocks} blocks: {stderr}");
        if code != 0 {
            assert!(stderr.contains("cannot be written"), "{stderr}");
            nothing_published(&exports.path("runs"));
        }
    }
}

#[test]
fn what_killed_runs_have_left_is_swept() {
    let exports = Exports::small();
    assert_eq!(night(&exports, &[]).code, 0);
    let published = runs(&exports.path("runs")).remove(0);
    for left in [".arbiter-draft-x1y2", ".arbiter-old-2026-05-01T000000Z-01234567"] {
        fs::create_dir_all(exports.path("runs").join(left)).unwrap();
        fs::write(exports.path("runs").join(left).join("decisions.csv"), "half a ro").unwrap();
    }
    // Killed before its folder was renamed: forgotten.
    std::os::unix::fs::symlink("2026-06-02T000000Z-76543210", exports.path("runs/.arbiter-next")).unwrap();
    assert_eq!(night(&exports, &[]).code, 0);
    assert_eq!(fs::canonicalize(exports.path("runs/latest")).unwrap(), fs::canonicalize(&published).unwrap());
    // Killed after: finished.
    fs::remove_file(exports.path("runs/latest")).unwrap();
    std::os::unix::fs::symlink(published.file_name().unwrap(), exports.path("runs/.arbiter-next")).unwrap();
    assert_eq!(night(&exports, &[]).code, 0);
    assert_eq!(fs::canonicalize(exports.path("runs/latest")).unwrap(), fs::canonicalize(&published).unwrap());
    let names: Vec<_> =
        entries(&exports.path("runs")).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 3, "the lock, the run and latest: {names:?}");
}

/// What differs between machines and moments is taken out.
fn steady(text: &str) -> String {
    let times = regex::Regex::new(r#""(time|milliseconds|bytes)":("[^"]*"|\d+)"#).unwrap();
    times.replace_all(text, "\"$1\":…").into_owned()
}

#[test]
fn a_machine_reads_the_log() {
    let exports = Exports::small();
    exports.write("tracking.csv", format!("{TRACKING}O-1,2026-03-04,vanished\n"));
    let published = night(&exports, &["--log", "json"]);
    assert_eq!((published.code, published.stdout.as_str()), (3, ""));
    let unchanged = night(&exports, &["--log", "json"]);
    fs::remove_file(exports.path("orders.csv")).unwrap();
    let failed = night(&exports, &["--log", "json"]);
    assert_eq!(failed.code, 66);
    let log = [&published.stderr, &unchanged.stderr, &failed.stderr].map(|text| steady(text)).join("\n");
    log.lines().filter(|line| !line.is_empty()).for_each(|line| assert!(line.starts_with("{\"time\":…"), "{line}"));
    insta::assert_snapshot!(log);
}

#[test]
fn metrics_tell_the_last_attempt_and_the_last_success() {
    let exports = Exports::small();
    exports.write("tracking.csv", format!("{TRACKING}O-1,2026-03-04,vanished\n"));
    assert_eq!(night(&exports, &["--metrics", "arbiter.prom"]).code, 3);
    let published = fs::read_to_string(exports.path("arbiter.prom")).unwrap();
    let numbers = regex::Regex::new(r"(?m)^(arbiter_last_\w*seconds(?:\{.*\})?) .*$").unwrap();
    insta::assert_snapshot!(numbers.replace_all(&published, "$1 …"));
    // A later failure is told, and the last success stays.
    fs::remove_file(exports.path("orders.csv")).unwrap();
    assert_eq!(night(&exports, &["--metrics", "arbiter.prom"]).code, 66);
    let failed = fs::read_to_string(exports.path("arbiter.prom")).unwrap();
    assert!(failed.contains("\narbiter_last_run_exit_code 66\n"), "{failed}");
    let kept = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.contains("arbiter_last_run_")).map(str::to_owned).collect()
    };
    assert_eq!(kept(&failed), kept(&published));
    let left: Vec<_> =
        entries(exports.folder.path()).into_iter().filter(|path| path.to_string_lossy().contains("metrics")).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(night(&Exports::small(), &["--metrics", "none/arbiter.prom"]).code, 74);
}

/// A message that cannot be told is no reason for another exit code.
#[test]
fn a_full_standard_error_changes_no_exit_code() {
    let exports = Exports::small();
    for (more, code) in [("", 0), ("--set too_early.days=six", 78), ("--max-rejects some", 2)] {
        let call = format!("{} run . --as-of 2026-06-01 {more} >/dev/full 2>/dev/full", env!("CARGO_BIN_EXE_arbiter"));
        let status = Command::new("bash").args(["-c", &call]).current_dir(exports.folder.path()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{more}");
    }
}
