//! `arbiter compare`, `sweep` and `forecast`, end to end, over the sample night.

use std::fs;

use crate::run::{Exports, Ran, arbiter_in, project, table};

/// The two changes that docs/what-if.md shows.
const CHANGES: [&str; 4] = ["--set", "colour_mismatch.band.high=0.45", "--set", "seller_silent.days=3"];

/// Runs a what-if over the sample night, in a folder of its own.
fn night(exports: &Exports, command: &[&str], more: &[&str]) -> Ran {
    let night = project().join("fixtures/night").display().to_string();
    let cases = [&*night, "--as-of", "2026-06-01"];
    arbiter_in(exports.folder.path(), &[command, &cases, more].concat())
}

fn printed(exports: &Exports, command: &[&str], more: &[&str]) -> String {
    let ran = night(exports, command, more);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command:?} {more:?}");
    ran.stdout
}

fn written(exports: &Exports, name: &str) -> String {
    fs::read_to_string(exports.path(name)).unwrap()
}

#[test]
fn each_command_says_what_it_does() {
    for command in ["compare", "sweep", "forecast", "flips"] {
        let ran = arbiter_in(project(), &[command, "--help"]);
        insta::assert_snapshot!(format!("help_{command}"), ran.stdout);
    }
}

#[test]
fn a_comparison_is_shown_in_every_form() {
    let exports = Exports::none();
    let text = printed(&exports, &["compare"], &[&CHANGES[..], &["--moved", "moved.csv"]].concat());
    insta::assert_snapshot!("compare_text", text);
    insta::assert_snapshot!("compare_moved", written(&exports, "moved.csv"));
    let json = printed(&exports, &["compare"], &[&CHANGES[..], &["--json", "--resamples", "40"]].concat());
    insta::assert_snapshot!("compare_json", json);
}

/// What docs/what-if.md shows of the comparison is what it prints, and the case it tells of is as it says.
#[test]
fn the_comparison_on_the_page_is_true() {
    let exports = Exports::none();
    let page = fs::read_to_string(project().join("docs/what-if.md")).unwrap();
    let call = "arbiter compare fixtures/night --as-of 2026-06-01 --set colour_mismatch.band.high=0.45 --set seller_silent.days=3";
    let (_, shown) = page.split_once(call).expect("the page shows the comparison");
    let shown = shown.split("```").next().unwrap().lines().filter(|line| !line.trim().is_empty());
    let text = printed(&exports, &["compare"], &[&CHANGES[..], &["--moved", "moved.csv"]].concat());
    let mut lines = 0;
    for line in shown.filter(|line| *line != "...") {
        assert!(text.lines().any(|printed| printed == line), "{line}\nis not in\n{text}");
        lines += 1;
    }
    assert!(lines > 5, "the page shows too little of it");
    let moved = table(written(&exports, "moved.csv").as_bytes());
    let row = moved.iter().find(|row| row["dispute_id"] == "D-1077").unwrap();
    assert_eq!((&*row["award_before"], &*row["award_after"], &*row["change"]), ("16.20", "14.85", "-1.35"));
}

#[test]
fn an_empty_variant_moves_nothing() {
    let text = printed(&Exports::none(), &["compare"], &["--variant", "same="]);
    assert_eq!(text.lines().next().unwrap(), "same: 0 of 91 disputes are decided otherwise");
}

/// The decisions of a run under the variant's parameters are those that the comparison tells.
#[test]
fn what_moves_is_what_a_run_decides() {
    let exports = Exports::none();
    printed(&exports, &["compare"], &["--profile", "seller", "--moved", "moved.csv", "--resamples", "0"]);
    let moved = table(written(&exports, "moved.csv").as_bytes());
    assert!(moved.len() > 5);
    let decided = |out: &str, more: &[&str]| {
        printed(&exports, &["run"], &[&["--out", out], more].concat());
        table(&exports.outputs(out)["decisions.csv"])
    };
    let (before, after) = (decided("before", &[]), decided("after", &["--profile", "seller"]));
    for (before, after) in before.iter().zip(&after) {
        let row = moved.iter().find(|row| row["dispute_id"] == before["dispute_id"]);
        let columns = ["outcome", "rule", "award", "guarantee", "next_event_at", "queue", "buyer_level", "explanation"];
        for column in columns {
            match row {
                Some(row) => {
                    let pair = (&row[&format!("{column}_before")], &row[&format!("{column}_after")]);
                    assert_eq!(pair, (&before[column], &after[column]), "{column} of {}", before["dispute_id"]);
                }
                None if column == "explanation" => {}
                None => assert_eq!(before[column], after[column], "{column} of {}", before["dispute_id"]),
            }
        }
    }
}

#[test]
fn variants_have_names_and_lie_over_the_base() {
    let exports = Exports::none();
    exports.write("own.toml", "[too_early]\ndays = 8\n");
    let base =
        ["--base-profile", "seller", "--base-policy", "own.toml", "--base-set", "too_late.days=3", "--resamples", "0"];
    let variants = ["--variant", "back=seller; own.toml; too_late.days=3", "--variant", "kind=buyer"];
    let json = printed(&exports, &["compare"], &[&base[..], &variants, &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let [back, kind] = [0, 1].map(|place| &json["comparisons"][place]);
    assert_eq!((&back["variant"], &back["moved"]), (&"back".into(), &0.into()));
    assert_eq!(back["changes"].as_array().unwrap().len(), 0);
    assert_eq!(kind["variant"], "kind");
    assert!(kind["moved"].as_u64().unwrap() > 0);
}

#[test]
fn a_sweep_is_shown_in_every_form() {
    let exports = Exports::none();
    let sweep = ["sweep", "seller_silent.days", "3..7", "--step", "2"];
    let files = ["--csv", "points.csv", "--exact", "exact.csv", "--svg", "curve.svg"];
    insta::assert_snapshot!("sweep_text", printed(&exports, &sweep, &files));
    insta::assert_snapshot!("sweep_points", written(&exports, "points.csv"));
    insta::assert_snapshot!("sweep_exact", written(&exports, "exact.csv"));
    insta::assert_snapshot!("sweep_svg", written(&exports, "curve.svg"));
    insta::assert_snapshot!("sweep_json", printed(&exports, &sweep, &["--json"]));
}

#[test]
fn a_sweep_of_two_parameters_is_shown_in_every_form() {
    let exports = Exports::none();
    let sweep = ["sweep", "colour_mismatch.band.high", "0.40..0.60", "--step", "0.10"];
    let second = ["--and", "seller_silent.days", "4..6", "--and-step", "1"];
    let files = ["--csv", "points.csv", "--svg", "grid.svg"];
    insta::assert_snapshot!("grid_text", printed(&exports, &sweep, &[&second[..], &files].concat()));
    insta::assert_snapshot!("grid_points", written(&exports, "points.csv"));
    insta::assert_snapshot!("grid_svg", written(&exports, "grid.svg"));
    insta::assert_snapshot!("grid_json", printed(&exports, &sweep, &[&second[..], &["--json"]].concat()));
}

/// A curve of one point, which is also the only value in its range.
#[test]
fn a_sweep_may_be_of_one_value() {
    let exports = Exports::none();
    let sweep = ["sweep", "too_early.days", "5..5", "--step", "1"];
    let text = printed(&exports, &sweep, &["--svg", "curve.svg", "--exact", "exact.csv"]);
    assert!(text.contains("too_early.days 5 *: "), "{text}");
    assert_eq!(written(&exports, "exact.csv").lines().count(), 2);
}

#[test]
fn a_step_that_is_not_given_is_the_usual_one() {
    let exports = Exports::none();
    for (parameter, range, step) in [("seller_silent.days", "3..7", "1"), ("strength.photo", "0..0.1", "0.01")] {
        let sweep = |more: &[&str]| printed(&exports, &["sweep", parameter, range], more);
        assert_eq!(sweep(&[]), sweep(&["--step", step]), "{parameter}");
    }
    let grid = |more: &[&str]| {
        let second = ["--and", "strength.photo", "0.5..0.55"];
        printed(&exports, &["sweep", "seller_silent.days", "4..5"], &[&second[..], more].concat())
    };
    assert_eq!(grid(&[]), grid(&["--step", "1", "--and-step", "0.01"]));
}

#[test]
fn the_spelling_of_before_works_and_says_what_to_write() {
    let exports = Exports::none();
    let before = ["sweep", "colour_mismatch.band.high", "0.40..0.60", "by", "0.10"];
    let second = ["--and", "seller_silent.days", "4..6", "by", "1"];
    let curve = night(&exports, &before, &[]);
    let told = "arbiter: the word `by` of arbiter sweep will go in 0.3.0: write --step 0.10 for by 0.10";
    assert_eq!((curve.code, curve.stderr), (0, format!("{told}\n")));
    let today = ["sweep", "colour_mismatch.band.high", "0.40..0.60", "--step", "0.10"];
    assert_eq!(curve.stdout, printed(&exports, &today, &[]));
    let grid = night(&exports, &before, &second);
    assert_eq!((grid.code, grid.stderr), (0, format!("{told}, and --and-step 1 for by 1\n")));
    let second = ["--and", "seller_silent.days", "4..6", "--and-step", "1"];
    assert_eq!(grid.stdout, printed(&exports, &today, &second));
    // What is wrong with it ends the program as ever.
    assert_eq!(night(&exports, &["sweep", "color_mismatch.band.high", "0.4..0.6", "by", "0.1"], &[]).code, 78);
}

/// Set `UPDATE_REPORTS=1` to draw it anew.
#[test]
fn the_committed_picture_is_that_of_the_sample_night() {
    let exports = Exports::none();
    let call = ["sweep", "seller_silent.days", "1..15", "--step", "1"];
    printed(&exports, &call, &["--svg", "sweep.svg"]);
    let (committed, now) = (project().join("reports/sweep.svg"), written(&exports, "sweep.svg"));
    if std::env::var_os("UPDATE_REPORTS").is_some() {
        fs::write(&committed, &now).unwrap();
    }
    assert!(fs::read_to_string(&committed).unwrap() == now, "reports/sweep.svg is not what the sweep draws");
    let page = fs::read_to_string(project().join("docs/what-if.md")).unwrap();
    assert!(page.contains("arbiter sweep seller_silent.days 1..15 --step 1 fixtures/night"));
}

#[test]
fn a_forecast_is_shown_in_every_form() {
    let exports = Exports::none();
    let forecast = ["forecast", "--days", "9"];
    insta::assert_snapshot!("forecast_text", printed(&exports, &forecast, &["--csv", "settled.csv"]));
    insta::assert_snapshot!("forecast_csv", written(&exports, "settled.csv"));
    insta::assert_snapshot!("forecast_json", printed(&exports, &forecast, &["--json"]));
}

#[test]
fn threads_change_no_byte() {
    let exports = Exports::none();
    for command in [
        &["compare", "--profile", "seller", "--json"][..],
        &["sweep", "strength.photo", "0..1", "--step", "0.05", "--json"],
        &["forecast", "--json"],
    ] {
        // The folder stands after what is swept.
        let at = if command[0] == "sweep" { 5 } else { 1 };
        let (command, more) = command.split_at(at);
        let with = |threads: &str| printed(&exports, command, &[more, &["--threads", threads]].concat());
        assert!(with("1") == with("4"), "{command:?}");
    }
}

#[test]
fn what_is_wrong_is_told_with_the_way_out() {
    let exports = Exports::none();
    let sweep = |parameter: &'static str, range: &'static str, step: &'static str| {
        vec!["sweep", parameter, range, "--step", step]
    };
    let high = "colour_mismatch.band.high";
    let calls: [(Vec<&str>, &[&str], i32); 18] = [
        (vec!["compare"], &[], 2),
        (vec!["compare"], &["--variant", "tough"], 2),
        (vec!["compare"], &["--variant", "=seller"], 2),
        (vec!["compare"], &["--variant", "tough=seler"], 78),
        (vec!["compare"], &["--variant", "tough=too_erly.days=8"], 78),
        (vec!["compare"], &["--set", "colour_mismatch.band.high=0.20"], 78),
        (vec!["compare"], &["--base-profile", "seler", "--profile", "buyer"], 78),
        (vec!["compare"], &["--profile", "buyer", "--moved", "no/where.csv"], 74),
        (sweep("color_mismatch.band.high", "0.40..0.60", "0.01"), &[], 78),
        (sweep("top_up.categories", "1..2", "1"), &[], 78),
        (sweep(high, "0.20..0.60", "0.01"), &[], 78),
        (sweep(high, "0.40..1.20", "0.01"), &[], 78),
        (sweep(high, "0.40", "0.01"), &[], 2),
        (sweep(high, "0.40..0.60", "0.01"), &["--and", "too_early.days"], 2),
        (sweep(high, "0.40..0.60", "0.01"), &["--and", "too_erly.days", "3..5"], 78),
        (sweep(high, "0.40..0.60", "0.01"), &["--and-step", "1"], 2),
        (sweep("too_early.days", "0..2000", "1"), &[], 2),
        (sweep("too_early.days", "3..5", "0.5"), &[], 2),
    ];
    let mut told = String::new();
    for (command, more, code) in calls {
        let ran = night(&exports, &command, more);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{command:?} {more:?}: {}", ran.stderr);
        told.push_str(&format!("$ arbiter {} {}\n{}\n", command.join(" "), more.join(" "), ran.stderr));
    }
    insta::assert_snapshot!("faults", told);
}
