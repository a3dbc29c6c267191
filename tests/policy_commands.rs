//! `arbiter policy`, end to end.

use crate::run::{Exports, Ran, arbiter_in, table};

/// A version with segments, as an analyst would write it.
const TERMS: &str = "\
[[colour_mismatch]]
effective_from = 2026-05-10
reviewed_on = 2026-05-01
source = \"Terms of service of 2026, section 4, https://example.com/terms\"
note = \"Complaints about colour have doubled.\"
band = [\"0.40\", \"0.60\"]

[[colour_mismatch.when]]
category = [\"apparel\"]
currency = [\"USD\"]
goods_total = { from = \"50\", below = \"200\" }
band.high = \"0.45\"

[too_early]
days = 6
source = \"Guide of 2026\"
";

fn with_terms() -> Exports {
    let exports = Exports::small();
    exports.write("terms.toml", TERMS);
    exports
}

fn policy(exports: &Exports, arguments: &[&str]) -> Ran {
    arbiter_in(exports.folder.path(), &[&["policy"], arguments].concat())
}

/// What a command prints, where it ends well.
fn printed(exports: &Exports, arguments: &[&str]) -> String {
    let ran = policy(exports, arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    ran.stdout
}

#[test]
fn each_command_prints_what_it_should() {
    let exports = with_terms();
    insta::assert_snapshot!("help", printed(&exports, &["--help"]));
    insta::assert_snapshot!("show", printed(&exports, &["show"]));
    let all = ["show", "--profile", "buyer", "--policy", "terms.toml", "--set", "protection.days=90"];
    let shown = printed(&exports, &all);
    let rules = ["# Buyer protection", "# Top-ups", "# Goods of another colour", "# Goods of another size"];
    let [protection, next, colour, size] = rules.map(|rule| shown.find(rule).unwrap());
    insta::assert_snapshot!("show_changed", [&shown[protection..next], &shown[colour..size]].concat());
    insta::assert_snapshot!("diff", printed(&exports, &["diff", "buyer", "seller"]));
    insta::assert_snapshot!("diff_file", printed(&exports, &["diff", "standard", "terms.toml"]));
    insta::assert_snapshot!("check", printed(&exports, &["check", "terms.toml", "--set", "customs.share=0.5"]));
    insta::assert_snapshot!("new", printed(&exports, &["new"]));
    assert_eq!(printed(&exports, &["diff", "standard", "standard"]), "no value differs\n");
    assert_eq!(printed(&exports, &["check"]), "in order; nothing differs from the standard\n");
    assert_eq!(printed(&exports, &["docs"]), arbiter_policy::page().unwrap());
    let schema: serde_json::Value = serde_json::from_str(&printed(&exports, &["schema"])).unwrap();
    assert_eq!(schema, arbiter_policy::schema());
}

#[test]
fn what_is_shown_is_a_policy_file_that_gives_the_same() {
    let exports = with_terms();
    for arguments in [
        &["show"][..],
        &["show", "--profile", "seller"],
        &["show", "--policy", "terms.toml", "--set", "refund.commission.mobile_new=0.01"],
        &["show", "--policy", "terms.toml", "--on", "2026-05-10"],
        &["show", "--profile", "destinations", "--on", "2001-01-01"],
    ] {
        let shown = printed(&exports, arguments);
        exports.write("shown.toml", &shown);
        assert!(printed(&exports, &["show", "--policy", "shown.toml"]) == shown, "{arguments:?}");
        let over = printed(&exports, &["show", "--profile", "patient", "--policy", "shown.toml"]);
        exports.write("over.toml", over);
        assert_eq!(printed(&exports, &["diff", "shown.toml", "over.toml"]), "no value differs\n", "{arguments:?}");
    }
}

#[test]
fn on_a_date_only_what_is_in_force_is_shown() {
    let exports = with_terms();
    let dates = |on: &str| {
        let shown = printed(&exports, &["show", "--policy", "terms.toml", "--on", on]);
        let versions: toml::Table = shown.parse().unwrap();
        let versions = versions["colour_mismatch"].as_array().unwrap().clone();
        versions.iter().map(|version| version["effective_from"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(dates("2026-05-09T23:59:59Z"), ["2015-01-01"]);
    assert_eq!(dates("2026-05-10"), ["2026-05-10"]);
}

/// A run under the resolved parameters of another one is that run: the same folder, byte by byte.
#[test]
fn a_run_can_be_repeated_from_its_resolved_parameters() {
    let exports = with_terms();
    let choice = ["--profile", "buyer", "--policy", "terms.toml", "--set", "protection.days=20"];
    assert_eq!(exports.run(&choice).code, 0);
    exports.write("resolved.toml", printed(&exports, &[&["show"], &choice[..]].concat()));
    let again = exports.run(&["--policy", "resolved.toml"]);
    assert!(again.stdout.ends_with("unchanged since an earlier run\n"), "{}{}", again.stdout, again.stderr);
}

#[test]
fn the_starting_file_is_in_order_as_it_is_and_with_everything_taken_out_of_its_comments() {
    let exports = Exports::small();
    assert_eq!(printed(&exports, &["new", "--out", "own.toml"]), "");
    assert_eq!(printed(&exports, &["check", "own.toml"]), "in order; nothing differs from the standard\n");
    let text = std::fs::read_to_string(exports.path("own.toml")).unwrap();
    let (_, values) = text.split_once("take the mark # away").unwrap();
    let is_toml = |line: &&str| line.starts_with("# [") || line.contains(" = ");
    let values: String =
        values.lines().filter(is_toml).map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
    exports.write("own.toml", values);
    let checked = printed(&exports, &["check", "own.toml"]);
    // Where one has entries of one's own an example stands: a currency and a payment method.
    insta::assert_snapshot!(checked);
    let again = policy(&exports, &["new", "--out", "own.toml"]);
    assert_eq!(again.code, 74, "what is there is not written over: {}", again.stderr);
}

#[test]
fn a_faulty_file_is_told_whole_and_by_its_exit_code() {
    let exports = Exports::small();
    exports.write("one.toml", "[too_erly]\ndays = 6\n[customs]\nshare = 0.5\n");
    exports.write("two.toml", "[[too_late]]\ndays = 6\n");
    let ran = policy(&exports, &["check", "one.toml", "two.toml", "--set", "x.y=1"]);
    assert_eq!(ran.code, 78);
    insta::assert_snapshot!(ran.stderr);
    let ran = policy(&exports, &["diff", "standart", "buyer"]);
    assert_eq!(ran.code, 78);
    insta::assert_snapshot!("diff_of_nothing", ran.stderr);
    let ran = policy(&exports, &["show", "--on", "may"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!("show_on_no_date", ran.stderr);
}

#[test]
fn decisions_say_by_which_versions_and_the_summary_names_overdue_reviews() {
    let exports = Exports::small();
    exports.write(
        "old.toml",
        "[[protection]]\neffective_from = 2026-05-01\nreviewed_on = 2025-05-31\nsource = \"x\"\ndays = 59\n",
    );
    assert_eq!(exports.run(&["--policy", "old.toml"]).code, 0);
    let outputs = exports.outputs("runs");
    let row = &table(&outputs["decisions.csv"])[0];
    assert_eq!((&*row["rule"], &*row["parameters"]), ("not_delivered", "protection@2026-05-01;non_receipt@2015-01-01"));
    let summary: serde_json::Value = serde_json::from_slice(&outputs["summary.json"]).unwrap();
    let overdue = "parameters not reviewed for more than 12 months, last on 2025-05-31: protection@2026-05-01";
    assert!(summary["notes"].as_array().unwrap().iter().any(|note| note == overdue), "{}", summary["notes"]);
    let manifest: serde_json::Value = serde_json::from_slice(&outputs["manifest.json"]).unwrap();
    assert_eq!(manifest["parameters"]["in_force"]["protection"][1]["days"], 59);
}

/// Under the profile of the standard, and under an empty file, every byte of the night is the same.
#[test]
fn nothing_laid_over_changes_no_byte_of_the_night() {
    let exports = Exports::small();
    exports.write("empty.toml", "");
    let night = crate::run::project().join("fixtures/night").display().to_string();
    let outputs = |more: &[&str], out: &str| {
        let call = ["run", &night, "--as-of", "2026-06-01", "--out", out];
        let ran = arbiter_in(exports.folder.path(), &[&call[..], more].concat());
        assert!(ran.is_published(), "{}", ran.stderr);
        exports.outputs(out)
    };
    let plain = outputs(&[], "plain");
    assert!(outputs(&["--profile", "standard"], "profile") == plain);
    assert!(outputs(&["--policy", "empty.toml", "--set", "too_early.days=5"], "empty") == plain);
    exports.write("shown.toml", printed(&exports, &["show"]));
    assert!(outputs(&["--policy", "shown.toml"], "shown") == plain);
}

/// D-1091 was opened on 2026-05-11, after the version of the example came into force: 0.30 + (0.45 - 0.30) x
/// 0.50 = 0.375, and 24.90 x 0.375 = 9.3375, of which the seller's offer of 12.00 is the floor.
#[test]
fn the_example_on_the_page_decides_the_night_from_its_date_on() {
    let exports = Exports::small();
    let [night, file] = ["fixtures/night", "fixtures/policy/tougher.toml"].map(|name| crate::run::project().join(name));
    let page = std::fs::read_to_string(crate::run::project().join("docs/parameters.md")).unwrap();
    assert!(page.contains(&std::fs::read_to_string(&file).unwrap()), "the page shows another file");
    let decided = |more: &[&str], out: &str| {
        let call = ["run", night.to_str().unwrap(), "--as-of", "2026-06-01", "--out", out];
        let ran = arbiter_in(exports.folder.path(), &[&call[..], more].concat());
        assert!(ran.is_published(), "{}", ran.stderr);
        table(&exports.outputs(out)["decisions.csv"])
    };
    let (before, after) = (decided(&[], "before"), decided(&["--policy", file.to_str().unwrap()], "after"));
    let curtains = after.iter().find(|row| row["dispute_id"] == "D-1091").unwrap();
    assert_eq!(curtains["parameters"], "colour_mismatch@2026-05-01;strength@2015-01-01");
    assert_eq!(curtains["award"], "12.00");
    assert!(curtains["explanation"].contains("37.5 % of the goods price of 24.90 USD would be 9.34 USD"));
    for (before, after) in before.iter().zip(&after).filter(|(before, after)| before != after) {
        let is_new = after["parameters"].contains("colour_mismatch@2026-05-01");
        let rules = [&*before["rule"], &*after["rule"]];
        assert!(is_new || rules.contains(&"parcel_stalled"), "{} differs", after["dispute_id"]);
    }
}

#[test]
fn the_help_names_every_profile() {
    let help = arbiter_in(crate::run::project(), &["run", "--help"]).stdout;
    for profile in arbiter_policy::PROFILES {
        assert!(help.contains(profile.name), "{} is not named", profile.name);
    }
}
