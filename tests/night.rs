//! The sample night: its decisions are those worked out by hand, and its committed report is true.

use std::fs;

use crate::run::{Exports, arbiter_in, files, project, table};

/// Runs a fixture and returns its output files.
fn outputs_of(fixture: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    outputs_with(fixture, &["."])
}

/// Runs a fixture, in its folder, whose exports are given by `inputs`.
fn outputs_with(fixture: &str, inputs: &[&str]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let scratch = Exports::small();
    let out = scratch.path("out").display().to_string();
    let rest = ["--as-of", "2026-06-01", "--out", &out];
    let ran = arbiter_in(&project().join("fixtures").join(fixture), &[&["run"], inputs, &rest].concat());
    assert!(ran.is_published(), "{}", ran.stderr);
    scratch.outputs("out")
}

/// `expected.csv` holds for each dispute what a person worked out from the rules, with the working.
fn decisions_are_as_worked_out_by_hand(fixture: &str, inputs: &[&str]) {
    let decisions = table(&outputs_with(fixture, inputs)["decisions.csv"]);
    let path = project().join("fixtures").join(fixture).join("expected.csv");
    let expected = table(&fs::read(path).unwrap());
    let ids = |rows: &[std::collections::BTreeMap<String, String>]| -> Vec<String> {
        rows.iter().map(|row| row["dispute_id"].clone()).collect()
    };
    assert_eq!(ids(&decisions), ids(&expected));
    for (decision, expected) in decisions.iter().zip(&expected) {
        for column in ["outcome", "rule", "award", "next_event_at", "notes"] {
            let (id, working) = (&expected["dispute_id"], &expected["working"]);
            assert_eq!(decision[column], expected[column], "{column} of {id}: {working}");
        }
    }
}

#[test]
fn the_night_is_decided_as_worked_out_by_hand() {
    decisions_are_as_worked_out_by_hand("night", &["."]);
}

#[test]
fn an_export_of_five_columns_is_decided_as_worked_out_by_hand() {
    decisions_are_as_worked_out_by_hand("five_columns", &["."]);
}

#[test]
fn a_brazilian_export_is_decided_as_worked_out_by_hand() {
    let files = ["--orders", "pedidos.csv", "--tracking", "rastreio.csv", "--disputes", "disputas.csv"];
    decisions_are_as_worked_out_by_hand("foreign_br", &[&files[..], &["--mapping", "mapping.toml"]].concat());
}

#[test]
fn a_russian_export_of_two_months_is_decided_as_worked_out_by_hand() {
    let files = ["--orders", "orders-*.txt", "--tracking", "tracking.txt", "--disputes", "disputes.txt"];
    decisions_are_as_worked_out_by_hand("foreign_ru", &[&files[..], &["--mapping", "mapping.toml"]].concat());
}

/// Set `UPDATE_REPORTS=1` to write the report anew, and read what changed before committing it.
#[test]
fn the_committed_report_is_the_run_of_the_sample_night() {
    let report = project().join("reports/night");
    let outputs = outputs_of("night");
    if std::env::var_os("UPDATE_REPORTS").is_some() {
        fs::create_dir_all(&report).unwrap();
        for (name, bytes) in &outputs {
            fs::write(report.join(name), bytes).unwrap();
        }
    }
    let committed = files(&report);
    assert_eq!(committed.keys().collect::<Vec<_>>(), outputs.keys().collect::<Vec<_>>());
    for (name, bytes) in &outputs {
        let (committed, now) = (String::from_utf8_lossy(&committed[name]), String::from_utf8_lossy(bytes));
        assert!(committed == now, "reports/night/{name} is not what the run gives:\n{now}");
    }
}

/// What is wrong with rows is told in the summary, and holds the money of the orders that they name.
#[test]
fn the_summary_tells_what_was_rejected() {
    let scratch = Exports::small();
    let out = scratch.path("out").display().to_string();
    let call = ["run", ".", "--as-of", "2026-06-01", "--max-rejects", "7", "--out", &out];
    let ran = arbiter_in(&project().join("fixtures/faults"), &call);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let summary = String::from_utf8(scratch.outputs("out").remove("summary.md").unwrap()).unwrap();
    let (_, rejected) = summary.split_once("## Rejected rows").unwrap();
    insta::assert_snapshot!(rejected);
}
