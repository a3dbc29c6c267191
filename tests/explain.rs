//! `arbiter explain`, end to end: what it prints for disputes of the sample night in every stage, and what it
//! says where there is nothing to explain.

use std::collections::BTreeMap;

use crate::run::{Ran, arbiter_in, project, table};
use serde_json::Value as Json;

const NIGHT: [&str; 3] = ["fixtures/night", "--as-of", "2026-06-01"];

fn explain(id: &str, more: &[&str]) -> Ran {
    arbiter_in(project(), &[&["explain", id][..], &NIGHT, more].concat())
}

/// What it prints of a dispute that was decided.
fn printed(id: &str, more: &[&str]) -> String {
    let ran = explain(id, more);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{id}");
    ran.stdout
}

/// Disputes of every stage, with what is to be seen in each.
const SHOWN: [(&str, &str); 17] = [
    ("D-1164", "opened from another account"),
    ("D-1154", "withdrawn in time"),
    ("D-1131", "an offer taken, after most of the money went back"),
    ("D-1070", "an earlier dispute took its part"),
    ("D-1190", "a top-up, with the operator's commission"),
    ("D-1191", "opened too early"),
    ("D-1148", "a silent seller, and a serial disputer"),
    ("D-1146", "negotiating after a counter-offer"),
    ("D-1121", "delivered in another country"),
    ("D-1107", "the platform waits for the buyer"),
    ("D-1049", "delivered late"),
    ("D-1098", "a delivery that has not happened"),
    ("D-1129", "judged by another reason than stated, evidence missing"),
    ("D-1076", "double, and the guarantee fund"),
    ("D-1091", "an offer as a floor"),
    ("D-1120", "a return that is waived"),
    ("D-1162", "a return that is awaited"),
];

#[test]
fn disputes_of_every_stage_are_explained() {
    for (id, what) in SHOWN {
        let text = printed(id, &[]);
        let long: Vec<_> = text.lines().filter(|line| line.chars().count() > 100).collect();
        // A name or a value that is longer than a line stands on one of its own.
        assert!(long.is_empty(), "{id}: {long:?}");
        insta::assert_snapshot!(format!("{id}"), text, what);
    }
}

#[test]
fn an_explanation_is_written_as_json() {
    for id in ["D-1091", "D-1148", "D-1162"] {
        insta::assert_snapshot!(format!("{id}_json"), printed(id, &["--json"]));
    }
}

/// The names and types of everything in the JSON: what readers rely on.
#[test]
fn the_json_of_all_disputes_has_one_shape() {
    let mut shape: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, _) in SHOWN {
        add_shape(&serde_json::from_str(&printed(id, &["--json"])).unwrap(), "", &mut shape);
    }
    let lines: Vec<_> = shape.iter().map(|(path, types)| format!("{path}: {}", types.join(" or "))).collect();
    insta::assert_snapshot!("shape", lines.join("\n"));
}

fn add_shape(json: &Json, path: &str, shape: &mut BTreeMap<String, Vec<&str>>) {
    let name = match json {
        Json::Null => "null",
        Json::Bool(_) => "flag",
        Json::Number(_) => "number",
        Json::String(_) => "text",
        Json::Array(items) => {
            items.iter().for_each(|item| add_shape(item, &format!("{path}[]"), shape));
            "list"
        }
        Json::Object(fields) => {
            fields.iter().for_each(|(key, value)| add_shape(value, &format!("{path}.{key}"), shape));
            "object"
        }
    };
    let types = shape.entry(path.to_owned()).or_default();
    if !types.contains(&name) {
        types.push(name);
        types.sort_unstable();
    }
}

/// The explanation says what the run published.
#[test]
fn every_decision_of_the_night_is_explained_as_it_is_published() {
    let decisions = table(&std::fs::read(project().join("reports/night/decisions.csv")).unwrap());
    assert_eq!(decisions.len(), 91);
    for row in decisions.iter().step_by(4) {
        let json: Json = serde_json::from_str(&printed(&row["dispute_id"], &["--json"])).unwrap();
        let decision = &json["decision"];
        for column in ["outcome", "rule", "award", "share", "guarantee", "buyer_level", "notes", "explanation"] {
            assert_eq!(decision[column].as_str().unwrap(), row[column], "{} {column}", row["dispute_id"]);
        }
        for column in ["refund_to", "refund_from", "refund_by", "return", "next_event_at", "queue"] {
            assert_eq!(
                json["next"][column].as_str().unwrap_or_default(),
                row[column],
                "{} {column}",
                row["dispute_id"]
            );
        }
        let held: Vec<_> = json["ladder"].as_array().unwrap().iter().filter(|rule| rule["held"] == true).collect();
        assert_eq!(held.len(), 1, "{}", row["dispute_id"]);
    }
}

/// Every fact stands on the line that the explanation names.
#[test]
fn facts_are_on_the_lines_that_are_named() {
    for (id, _) in SHOWN {
        let json: Json = serde_json::from_str(&printed(id, &["--json"])).unwrap();
        let line = |row: &Json| {
            let text = std::fs::read_to_string(project().join("fixtures/night").join(row["file"].as_str().unwrap()));
            text.unwrap().lines().nth(row["line"].as_u64().unwrap() as usize - 1).unwrap().to_owned()
        };
        assert!(line(&json["dispute"]).starts_with(&format!("{id},")), "{id}");
        let order = json["order_id"].as_str().unwrap();
        assert!(line(&json["order"]).starts_with(&format!("{order},")), "{id}");
        for event in json["tracking"].as_array().unwrap() {
            let row = line(event);
            // Codes are written in any case, with blanks or hyphens for underscores.
            let coded = row.to_lowercase().replace([' ', '-'], "_");
            assert!(row.contains(order) && coded.contains(event["status"].as_str().unwrap()), "{id}: {row}");
        }
    }
}

#[test]
fn parameters_name_the_version_that_was_in_force_and_who_set_it() {
    let set = ["--policy", "fixtures/policy/tougher.toml", "--set", "too_late.days=20"];
    let text = printed("D-1091", &set);
    let parameters = text.split("PARAMETERS").nth(1).unwrap().split("WHAT WOULD").next().unwrap();
    insta::assert_snapshot!("parameters", parameters);
}

#[test]
fn what_was_not_decided_is_told_with_the_line_and_the_reason() {
    let told = |id: &str, more: &[&str]| {
        let ran = explain(id, more);
        assert_eq!(ran.stdout, "");
        format!("{}\nexit code {}", ran.stderr.trim_end(), ran.code)
    };
    insta::assert_snapshot!("unknown", told("D-1999", &[]));
    insta::assert_snapshot!("unknown_and_like_none", told("0", &[]));
    let of_faults = |id: &str, more: &[&str]| {
        let call = [&["explain", id, "fixtures/faults", "--as-of", "2026-06-01"], more].concat();
        let ran = arbiter_in(project(), &call);
        format!("{}\nexit code {}", ran.stderr.trim_end(), ran.code)
    };
    insta::assert_snapshot!("rejected", of_faults("D-1150", &["--max-rejects", "7"]));
    let before = arbiter_in(project(), &["explain", "D-1091", "fixtures/night", "--as-of", "2026-05-01"]);
    insta::assert_snapshot!("not_yet_open", format!("{}\nexit code {}", before.stderr.trim_end(), before.code));
    insta::assert_snapshot!("refused", of_faults("D-1143", &[]));
}

#[test]
fn its_help_says_what_it_shows() {
    let ran = arbiter_in(project(), &["explain", "--help"]);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!("help", ran.stdout.split("Options:").next().unwrap());
}

/// What the pages show is what the command prints, but for lines that are left out.
#[test]
fn the_pages_show_a_true_explanation() {
    let text = printed("D-1091", &[]);
    for page in ["README.md", "docs/what-if.md"] {
        let shown = std::fs::read_to_string(project().join(page)).unwrap();
        let (_, example) = shown.split_once("<!-- explain -->\n\n```text\n").expect("an example on the page");
        let (example, _) = example.split_once("```\n\n<!-- /explain -->").expect("the end of the example");
        let mut rest = text.lines();
        for line in example.lines().filter(|line| line.trim() != "...") {
            assert!(rest.any(|printed| printed == line), "{page} has a line that is not printed in its place: {line}");
        }
    }
}
