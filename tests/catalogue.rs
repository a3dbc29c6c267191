//! The catalogue: rules, parameters, fixtures and README agree, in both directions.

#[path = "common/run.rs"]
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use arbiter::policy::{COMMENTARY, Policy, STANDARD};
use arbiter::rules::{LADDER, REVIEWS, Rule, Stage, all};
use run::{project, table};
use toml::{Table, Value};

fn codes() -> BTreeSet<&'static str> {
    all().map(|rule| rule.code).collect()
}

#[test]
fn every_rule_has_a_code_of_its_own_and_says_when_it_holds() {
    assert_eq!(codes().len(), all().count(), "two rules share a code");
    for rule in all() {
        assert!(!rule.when.is_empty() && !rule.outcome.is_empty(), "{} does not say when it holds", rule.code);
    }
}

#[test]
fn the_ladder_is_in_the_order_of_its_stages() {
    assert!(LADDER.is_sorted_by_key(|rule| rule.stage));
    assert!(LADDER.iter().all(|rule| rule.stage < Stage::Review));
    assert!(REVIEWS.iter().all(|rule| rule.stage == Stage::Review));
}

#[test]
fn every_rule_decides_a_dispute_of_the_fixtures_and_every_code_there_is_a_rule() {
    let rules_of = |fixture: &str| -> BTreeSet<String> {
        let path = project().join("fixtures").join(fixture).join("expected.csv");
        table(&fs::read(path).unwrap()).into_iter().map(|row| row["rule"].clone()).collect()
    };
    let occurring: BTreeSet<_> = rules_of("night").into_iter().chain(rules_of("five_columns")).collect();
    let occurring: BTreeSet<_> = occurring.iter().map(String::as_str).collect();
    assert_eq!(occurring, codes());
}

/// The values of a policy document by their paths, without sources and reasons.
fn parameters(document: &Table) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (rule, table) in document {
        for (key, value) in table.as_table().unwrap() {
            if !COMMENTARY.contains(&key.as_str()) {
                found.insert(format!("{rule}.{key}"), value.clone());
            }
        }
    }
    found
}

#[test]
fn every_parameter_has_a_source_and_a_reason_and_every_source_a_parameter() {
    let standard: Table = STANDARD.parse().unwrap();
    let named: BTreeSet<_> = parameters(&standard).into_keys().collect();
    for commentary in COMMENTARY {
        let mut commented = BTreeSet::new();
        for (rule, table) in &standard {
            let texts = table.get(commentary).and_then(Value::as_table);
            for (key, text) in texts.unwrap_or_else(|| panic!("{rule} has no {commentary}")) {
                assert!(!text.as_str().unwrap().is_empty(), "{commentary} of {rule}.{key} is empty");
                commented.insert(format!("{rule}.{key}"));
            }
        }
        assert_eq!(commented, named, "{commentary}");
    }
}

#[test]
fn the_standard_file_and_the_types_have_the_same_parameters() {
    let policy = Policy::standard().unwrap();
    let types: Table = Table::try_from(policy.terms_of_run()).unwrap();
    let standard: Table = STANDARD.parse().unwrap();
    assert_eq!(parameters(&types), parameters(&standard));
}

/// Where the README section stands that is made from the code, between its two markers.
fn section(readme: &str, name: &str) -> std::ops::Range<usize> {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = readme.find(&start).unwrap_or_else(|| panic!("README has no {start}")) + start.len();
    let to = readme[from..].find(&end).unwrap_or_else(|| panic!("README has no {end}"));
    from..from + to
}

fn rule_table() -> String {
    let mut text = String::new();
    let mut stage = None;
    for rule in all() {
        let Rule { code, when, outcome, .. } = rule;
        if stage != Some(rule.stage) {
            let gap = if stage.is_some() { "\n" } else { "" };
            text.push_str(&format!(
                "{gap}**{}**\n\n| code | holds when | outcome |\n| --- | --- | --- |\n",
                rule.stage.name()
            ));
            stage = Some(rule.stage);
        }
        text.push_str(&format!("| `{code}` | {when} | {outcome} |\n"));
    }
    text
}

/// Set `UPDATE_REPORTS=1` to write the table anew.
#[test]
fn the_readme_has_the_table_of_rules() {
    let path = project().join("README.md");
    let mut readme = fs::read_to_string(&path).unwrap();
    let (place, now) = (section(&readme, "rules"), rule_table());
    if std::env::var_os("UPDATE_REPORTS").is_some() {
        readme.replace_range(place, &now);
        // Renamed into place, because other tests read it meanwhile.
        let draft = path.with_extension("md.new");
        fs::write(&draft, readme).and_then(|()| fs::rename(&draft, &path)).unwrap();
    } else {
        assert!(readme[place] == now, "the README's table of rules should be:\n{now}");
    }
}

#[test]
fn every_parameter_that_a_rule_names_exists() {
    let standard: Table = STANDARD.parse().unwrap();
    let known = parameters(&standard);
    for rule in all() {
        let texts = format!("{} {}", rule.when, rule.outcome);
        let quoted = texts.split('`').skip(1).step_by(2);
        for name in quoted.filter(|name| name.contains('.')) {
            assert!(known.contains_key(name), "{} names the parameter {name}, which does not exist", rule.code);
        }
    }
}

#[test]
fn the_readme_names_every_group_of_parameters() {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let standard: Table = STANDARD.parse().unwrap();
    for group in standard.keys() {
        let named = readme.contains(&format!("`{group}`")) || readme.contains(&format!("`{group}."));
        assert!(named, "README does not name the parameters of {group}");
    }
}
