//! Wherever a folder of exports is taken, the folder of a run is too, and a folder of runs means its newest.

use std::fs;
use std::os::unix::fs::symlink;

use crate::run::{Exports, Ran, arbiter_in, files, runs};

const QUESTIONS: [&[&str]; 5] = [
    &["explain", "D-1"],
    &["flips"],
    &["compare", "--set", "too_early.days=6"],
    &["sweep", "too_early.days", "3..7", "--step", "1"],
    &["forecast"],
];

/// Exports of which two nights are published in `runs`.
fn two_nights() -> Exports {
    let exports = Exports::small();
    for as_of in ["2026-05-31", "2026-06-01"] {
        let ran = arbiter_in(exports.folder.path(), &["run", ".", "--as-of", as_of, "--set", "too_early.days=4"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    exports
}

fn ask(exports: &Exports, call: &[&str]) -> Ran {
    arbiter_in(exports.folder.path(), call)
}

fn answer(exports: &Exports, call: &[&str]) -> String {
    let ran = ask(exports, call);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{call:?}");
    ran.stdout
}

/// What a call says that cannot be done, with its exit code.
fn refused(exports: &Exports, call: &[&str]) -> String {
    let ran = ask(exports, call);
    assert_ne!(ran.code, 0, "{call:?}: {}", ran.stdout);
    assert_eq!(ran.stdout, "", "{call:?}");
    let names = regex::Regex::new(r"Z-[0-9a-f]{8}").unwrap();
    format!("$ arbiter {}\nexit code {}\n{}\n", call.join(" "), ran.code, names.replace_all(&ran.stderr, "Z-…"))
}

#[test]
fn a_question_takes_a_runs_folder_however_it_is_named() {
    let exports = two_nights();
    let [_, newest] = &runs(&exports.path("runs"))[..] else { panic!("two runs") };
    let newest = newest.display().to_string();
    let docket = "runs/latest/docket.parquet";
    let named: [&[&str]; 8] = [
        &["runs/latest"],
        &["runs/latest/"],
        &[&newest],
        &["runs"],
        &["--run", "runs"],
        &["--docket", "runs/latest"],
        &["--docket", "runs"],
        &["--docket", docket],
    ];
    for question in QUESTIONS {
        let told = answer(&exports, &[question, &["--run", "runs/latest"]].concat());
        for folder in named {
            assert_eq!(answer(&exports, &[question, folder].concat()), told, "{question:?} {folder:?}");
        }
    }
    // The run brings its as-of and its parameters with it; what stands is explained in the run that decided it.
    assert!(answer(&exports, &["explain", "D-1", "runs"]).contains("as of 2026-05-31T00:00:00Z"));
    assert!(answer(&exports, &["forecast", "--json", "runs"]).contains("2026-06-01T00:00:00Z"));
    assert!(
        answer(&exports, &["sweep", "too_early.days", "3..5", "--step", "1", "runs"]).contains("too_early.days 4 *: ")
    );
}

#[test]
fn an_old_run_is_asked_by_its_own_folder() {
    let exports = two_nights();
    let old = runs(&exports.path("runs"))[0].display().to_string();
    assert!(answer(&exports, &["forecast", "--json", &old]).contains("2026-05-31"));
}

#[test]
fn exports_count_in_a_folder_that_has_runs_too() {
    let exports = Exports::small();
    let run = ["run", ".", "--out", ".", "--as-of", "2026-06-01", "--set", "too_early.days=4"];
    assert_eq!(ask(&exports, &run).code, 0);
    // The run itself is no question: nobody has to be told.
    assert_eq!(ask(&exports, &run).stderr, "");
    let ran = ask(&exports, &["explain", "D-1", ".", "--as-of", "2026-05-20"]);
    assert!(ran.stdout.contains("as of 2026-05-20"), "{}", ran.stdout);
    let told = "arbiter: . has both exports and runs: its exports are read\n  hint: give --run . for its newest run\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, told));
    assert!(answer(&exports, &["explain", "D-1", "--run", "."]).contains("as of 2026-06-01"));
    // One that is missing is missed, instead of the run.
    fs::remove_file(exports.path("tracking.csv")).unwrap();
    let ran = ask(&exports, &["explain", "D-1", "."]);
    assert!(ran.stderr.contains("tracking.csv: cannot be read"), "{}", ran.stderr);
    // Without any, the newest run is meant; but a night whose exports have not come is not done.
    fs::remove_file(exports.path("orders.csv")).unwrap();
    fs::remove_file(exports.path("disputes.csv")).unwrap();
    assert!(answer(&exports, &["explain", "D-1", "."]).contains("as of 2026-06-01"));
    insta::assert_snapshot!(refused(&exports, &run));
}

#[test]
fn a_run_is_decided_anew_by_its_folder() {
    let exports = two_nights();
    let newest = fs::canonicalize(exports.path("runs/latest")).unwrap();
    for (out, named) in [
        ("a", &["runs/latest"][..]),
        ("b", &["runs"]),
        ("c", &["--docket", "runs/latest"]),
        ("d", &["--docket", "runs"]),
    ] {
        answer(&exports, &[&["run", "--out", out], named].concat());
        let again = runs(&exports.path(out)).remove(0);
        assert_eq!(again.file_name(), newest.file_name());
        assert!(files(&again) == files(&newest), "{named:?}");
        assert!(!exports.path(out).join("latest").exists(), "no night starts from it");
    }
    assert!(answer(&exports, &["run", "runs"]).ends_with("unchanged since an earlier run\n"));
    exports.write("rulings.csv", "dispute_id,outcome,award,by,at,reason\n");
    let mut told = String::new();
    for more in [&["--rulings", "rulings.csv"][..], &["--previous", "runs/latest"], &["--fresh"]] {
        told.push_str(&refused(&exports, &[&["run", "runs/latest"], more].concat()));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_night_starts_from_the_newest_of_a_folder_of_runs() {
    let exports = two_nights();
    let night = ["run", ".", "--as-of", "2026-06-02", "--out", "other", "--previous"];
    answer(&exports, &[&night[..], &["runs"]].concat());
    let manifest = fs::read_to_string(exports.path("other/latest/manifest.json")).unwrap();
    let newest = fs::canonicalize(exports.path("runs/latest")).unwrap();
    let newest = newest.file_name().unwrap().to_string_lossy();
    assert!(manifest.contains(&format!("\"previous\": \"{newest}\"")), "{manifest}");
}

#[test]
fn the_newest_of_a_folder_of_runs_is_verified() {
    let exports = two_nights();
    let newest = runs(&exports.path("runs"))[1].file_name().unwrap().to_string_lossy().into_owned();
    assert!(answer(&exports, &["verify", "runs"]).starts_with(&format!("runs/{newest}: ")));
    assert!(answer(&exports, &["verify", "runs/latest"]).contains(" files are as they were published"));
}

#[test]
fn what_is_no_folder_to_take_cases_from_is_told() {
    let exports = two_nights();
    fs::create_dir(exports.path("notes")).unwrap();
    exports.write("notes/other.txt", "");
    exports.write("dispute.csv", "");
    let mut told = String::new();
    for call in [
        &["check", "runs/latest"][..],
        &["check", "runs"],
        &["check", "notes"],
        &["explain", "D-1", "notes"],
        &["explain", "D-1", "nowhere"],
        &["explain", "D-1", "dispute.csv"],
        &["flips", "--run", "notes"],
        &["forecast", "--docket", "notes"],
        &["verify", "notes"],
        &["verify", "nowhere"],
        &["run", "notes"],
        &["run", ".", "--previous", "notes"],
        &["explain", "D-1"],
    ] {
        told.push_str(&refused(&exports, call));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn without_a_usable_link_no_run_is_the_newest() {
    let exports = two_nights();
    let link = exports.path("runs/latest");
    let mut told = String::new();
    fs::remove_file(&link).unwrap();
    told.push_str(&refused(&exports, &["explain", "D-1", "runs"]));
    symlink("gone", &link).unwrap();
    told.push_str(&refused(&exports, &["verify", "runs"]));
    fs::remove_file(&link).unwrap();
    fs::write(&link, "").unwrap();
    told.push_str(&refused(&exports, &["run", "runs"]));
    insta::assert_snapshot!(told);
}

/// What a run decided on is what its manifest says, or no question is answered from it.
#[test]
fn a_run_that_was_changed_is_asked_nothing() {
    let exports = two_nights();
    let policy = exports.path("runs/latest/policy.toml");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replacen("days = 4", "days = 5", 1)).unwrap();
    insta::assert_snapshot!(refused(&exports, &["explain", "D-1", "runs"]));
    // Without its manifest nothing shows that a folder is the run; a docket is asked only where it is named.
    fs::remove_file(exports.path("runs/latest/manifest.json")).unwrap();
    insta::assert_snapshot!("a_run_without_its_manifest", refused(&exports, &["explain", "D-1", "runs"]));
    fs::create_dir(exports.path("taken")).unwrap();
    fs::copy(exports.path("runs/latest/docket.parquet"), exports.path("taken/docket.parquet")).unwrap();
    assert!(!answer(&exports, &["forecast", "--docket", "taken/docket.parquet"]).is_empty());
}
