//! The command line, end to end.

use crate::run::{DISPUTES, Exports, ORDERS, TRACKING, arbiter_in, project, table};

#[test]
fn help_shows_the_main_job_first() {
    insta::assert_snapshot!("help", arbiter_in(project(), &["--help"]).stdout);
    insta::assert_snapshot!("help_run", arbiter_in(project(), &["run", "--help"]).stdout);
}

/// What is used daily is shown by `-h`, everything by `--help`; both under the same headings, in the same order.
#[test]
fn the_short_help_is_of_daily_use() {
    let headings = |text: &str| -> Vec<String> {
        let is_heading = |line: &&str| line.ends_with(':') && !line.starts_with(' ');
        text.lines().filter(is_heading).map(str::to_owned).collect()
    };
    let options = |text: &str| -> Vec<String> {
        let option = regex::Regex::new(r"(?m)^ +(?:-\w, )?(--[a-z-]+)").unwrap();
        option.captures_iter(text).map(|found| found[1].to_owned()).collect()
    };
    for command in ["run", "explain", "flips", "compare", "sweep", "forecast", "check", "map"] {
        let [short, long] = ["-h", "--help"].map(|help| arbiter_in(project(), &[command, help]).stdout);
        insta::assert_snapshot!(format!("short_help_{command}"), short);
        let known = ["Arguments:", "Options:", "Exports:", "Parameters:", "Chain:", "Output:"];
        let shown: Vec<_> =
            known.into_iter().filter(|known| headings(&long).iter().any(|shown| shown == known)).collect();
        assert_eq!(headings(&long), shown, "{command}");
        assert!(options(&short).iter().all(|option| options(&long).contains(option)), "{command}");
    }
}

#[test]
fn without_a_command_the_help_is_shown() {
    let ran = arbiter_in(project(), &[]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, arbiter_in(project(), &["-h"]).stdout);
}

#[test]
fn a_run_ends_with_plain_lines_where_there_is_no_terminal() {
    let scratch = Exports::small();
    let night = project().join("fixtures/night").display().to_string();
    let ran = arbiter_in(scratch.folder.path(), &["run", &night, "--as-of", "2026-06-01"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(!ran.stdout.contains('\u{1b}'), "control codes in redirected output");
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn the_same_run_again_finds_itself() {
    let exports = Exports::small();
    assert_eq!(exports.run(&[]).code, 0);
    let first = exports.outputs("runs");
    let again = exports.run(&[]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(again.stdout.ends_with("unchanged since an earlier run\n"), "{}", again.stdout);
    assert_eq!(exports.outputs("runs"), first);
}

#[test]
fn exports_can_be_named_one_by_one() {
    let exports = Exports::small();
    std::fs::rename(exports.path("orders.csv"), exports.path("o.csv")).unwrap();
    let arguments = ["run", "--orders", "o.csv", "--tracking", "tracking.csv", "--disputes", "disputes.csv"];
    let ran = arbiter_in(exports.folder.path(), &[&arguments[..], &["--as-of", "2026-06-01"]].concat());
    assert!(ran.is_published(), "{}", ran.stderr);
    assert_eq!(table(&exports.outputs("runs")["decisions.csv"])[0]["rule"], "not_delivered");

    let replaced = exports.run(&["--orders", "o.csv", "--out", "replaced"]);
    assert_eq!(replaced.code, 0, "{}", replaced.stderr);
}

#[test]
fn without_an_as_of_the_run_is_of_now_and_says_so() {
    let exports = Exports::small();
    let ran = arbiter_in(exports.folder.path(), &["run", "."]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    let manifest: serde_json::Value = serde_json::from_slice(&outputs["manifest.json"]).unwrap();
    let as_of = manifest["as_of"].as_str().unwrap();
    // The recorded as-of repeats the run: nothing is published anew.
    let again = arbiter_in(exports.folder.path(), &["run", ".", "--as-of", as_of]);
    assert!(again.stdout.ends_with("unchanged since an earlier run\n"), "{}", again.stdout);
}

#[test]
fn timestamps_without_an_offset_are_read_in_the_time_zone() {
    // Protection ends at 2026-06-01 02:00 on the clock of Moscow, 2026-05-31T23:00:00Z: past by the
    // as-of of 2026-06-01T00:00:00Z, but not where the clock is UTC.
    let orders = "order_id,buyer_id,seller_id,currency,goods_total,paid_at,shipped_at,protection_ends_at\n\
        O-1,anna,shop,USD,24.90,2026-03-01,2026-04-02,2026-06-01 02:00\n";
    let tracking = "order_id,event_at,status\nO-1,2026-05-20,in_transit\n";
    let exports = Exports::of(orders, tracking, DISPUTES);
    let rule_in = |zone: &str| {
        let arguments = ["--timezone", zone, "--as-of", "2026-06-01T00:00:00Z", "--out", zone];
        let ran = arbiter_in(exports.folder.path(), &[&["run", "."], &arguments[..]].concat());
        assert!(ran.is_published(), "{}", ran.stderr);
        table(&exports.outputs(zone)["decisions.csv"])[0]["rule"].clone()
    };
    assert_eq!(rule_in("Europe/Moscow"), "not_delivered");
    assert_eq!(rule_in("UTC"), "awaiting_protection_end");
}

#[test]
fn later_overlays_win() {
    let exports = Exports::small();
    // Shipped on 2026-03-02, so protection ends 60 days later on 2026-05-01, or as a policy says.
    exports.write("long.toml", "[protection]\ndays = 120\n");
    exports.write("short.toml", "[protection]\ndays = 30\n");
    let rule_with = |arguments: &[&str], out: &str| {
        let ran = exports.run(&[arguments, &["--out", out]].concat());
        assert!(ran.is_published(), "{}", ran.stderr);
        table(&exports.outputs(out)["decisions.csv"])[0]["rule"].clone()
    };
    let (long, short) = (["--policy", "long.toml"], ["--policy", "short.toml"]);
    assert_eq!(rule_with(&[], "standard"), "not_delivered");
    // Protection runs until 2026-06-30, but the parcel was last seen on 2026-03-03, long before.
    assert_eq!(rule_with(&long, "long"), "parcel_stalled");
    // Ended on 2026-04-01, closed 15 days later: opened on 2026-05-10 is too late.
    assert_eq!(rule_with(&[long, short].concat(), "long-short"), "too_late");
    assert_eq!(rule_with(&[short, long].concat(), "short-long"), "parcel_stalled");
    let set = [&short[..], &["--set", "protection.days=120"]].concat();
    assert_eq!(rule_with(&set, "short-set"), "parcel_stalled");
}

#[test]
fn the_same_values_set_in_another_way_or_from_other_files_are_a_run_of_their_own() {
    let exports = Exports::small();
    exports.write("a.toml", "[too_early]\ndays = 6\n");
    exports.write("b.toml", "[too_early]\ndays = 6\n");
    exports.write("o.csv", ORDERS);
    let calls: [&[&str]; 4] =
        [&["--policy", "a.toml"], &["--policy", "b.toml"], &["--set", "too_early.days=6"], &["--orders", "o.csv"]];
    for call in calls {
        let ran = exports.run(&[&["--fresh"], call].concat());
        assert!(ran.is_published(), "{call:?}: {}", ran.stderr);
        assert!(ran.stdout.ends_with(": published\n"), "{call:?}: {}", ran.stdout);
    }
    assert_eq!(crate::run::runs(&exports.path("runs")).len(), 4);
}

#[test]
fn an_empty_overlay_changes_no_byte() {
    let exports = Exports::small();
    exports.write("empty.toml", "# nothing\n[too_early]\n");
    assert_eq!(exports.run(&["--out", "plain"]).code, 0);
    let ran = exports.run(&["--out", "overlaid", "--policy", "empty.toml"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    assert_eq!(exports.outputs("plain"), exports.outputs("overlaid"));
}

#[test]
fn byte_order_marks_line_ends_and_blank_lines_do_not_matter() {
    let plain = Exports::small();
    assert_eq!(plain.run(&[]).code, 0);
    let decisions = plain.outputs("runs").remove("decisions.csv");
    type Change = fn(&str) -> String;
    let variants: [(&str, Change); 7] = [
        ("a byte-order mark", |text| format!("\u{feff}{text}")),
        ("CRLF", |text| text.replace('\n', "\r\n")),
        ("CR", |text| text.replace('\n', "\r")),
        ("no last line end", |text| text.trim_end().to_owned()),
        ("blank lines", |text| text.replace('\n', "\n\n")),
        ("blank lines before the header", |text| format!("\r\n\n{text}")),
        ("two unknown columns of one name", |text| text.replace('\n', ",x,x\n")),
    ];
    for (name, change) in variants {
        let exports = Exports::of(change(ORDERS), change(TRACKING), change(DISPUTES));
        let ran = exports.run(&[]);
        assert!(ran.is_published(), "{name}: {}", ran.stderr);
        assert_eq!(exports.outputs("runs").remove("decisions.csv"), decisions, "{name}");
    }
}

#[test]
fn columns_may_stand_in_any_order_and_unknown_ones_are_named() {
    let exports = Exports::of(
        "shipped_at,warehouse,paid_at,goods_total,currency,seller_id,buyer_id,order_id\n\
         2026-03-02T08:00:00Z,W1,2026-03-01T08:00:00Z,24.90,USD,shop,anna,O-1\n",
        TRACKING,
        DISPUTES,
    );
    assert_eq!(exports.run(&[]).code, 0);
    let outputs = exports.outputs("runs");
    assert_eq!(table(&outputs["decisions.csv"])[0]["rule"], "not_delivered");
    let summary = String::from_utf8_lossy(&outputs["summary.md"]).into_owned();
    assert!(summary.contains("orders.csv: columns not read: warehouse"), "{summary}");
}
