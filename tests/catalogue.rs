//! The catalogue: rules, parameters, fixtures and the pages agree, in both directions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::fixtures::{as_of, fixture};
use crate::run::{project, table};
use arbiter_engine::decide::decide_docket;
use arbiter_model::fields::{ColumnKind, Entity, Field, Presence};
use arbiter_model::{Dispute, Order, TrackingEvent};
use arbiter_policy::{
    CONDITIONS, Group, Kind, Overlay, PROFILES, Policy, RESERVED, STANDARD, catalogue, page, schema,
    table_of_parameters,
};
use arbiter_rules::{self as rules, LADDER, REVIEWS, Rule, Stage, all};
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

/// A rule that decides by something that it does not tell would be silent here.
#[test]
fn every_rule_tells_what_it_tests_and_the_tests_lead_to_its_decision() {
    let policy = Policy::standard().unwrap();
    let mut held = BTreeSet::new();
    for docket in ["night", "five_columns"].map(|name| fixture(name).docket) {
        let decisions = decide_docket(&docket, &policy, as_of());
        for decision in &decisions.made {
            let evaluation = decision.evaluation(&docket, &policy, as_of());
            let trace = rules::trace(&evaluation);
            assert_eq!(trace.finding.rule.code, decision.rule().code);
            for step in trace.steps() {
                assert!(!step.tests.is_empty(), "{} decides and tells no test", step.rule.code);
                let last = step.tests.last().unwrap();
                let names_something = !last.left.named.name.is_empty() || last.relation == rules::Relation::Always;
                assert!(names_something, "{} tests what has no name", step.rule.code);
                held.extend(step.held.then_some(step.rule.code));
            }
        }
    }
    assert_eq!(held, codes());
}

#[test]
fn a_test_names_parameters_that_exist_and_that_its_rule_says_it_reads() {
    let policy = Policy::standard().unwrap();
    // The dates and the strength that every evaluation has, whichever rule asks for them.
    let of_every_evaluation = ["too_early", "protection", "escalation", "seller_silent", "strength"];
    for docket in ["night", "five_columns"].map(|name| fixture(name).docket) {
        for decision in &decide_docket(&docket, &policy, as_of()).made {
            let evaluation = decision.evaluation(&docket, &policy, as_of());
            for step in rules::trace(&evaluation).steps() {
                for path in step.tests.iter().flat_map(|test| test.parameters()) {
                    assert!(
                        catalogue().parameter(path).is_some()
                            || catalogue()
                                .rules
                                .iter()
                                .any(|group| { group.parameters.iter().any(|parameter| parameter.name() == path) }),
                        "{} tests {path}, which does not exist",
                        step.rule.code
                    );
                    let group = path.split('.').next().unwrap();
                    let read = step.rule.reads.contains(&group) || of_every_evaluation.contains(&group);
                    assert!(read, "{} tests {path} and does not say that it reads it", step.rule.code);
                }
            }
        }
    }
}

/// The first version of each rule in the standard file, and `[policy]`, without what is no value.
fn standard() -> BTreeMap<String, Table> {
    let document: Table = STANDARD.parse().unwrap();
    let first = |(name, table): (String, Value)| match table {
        Value::Array(mut versions) => (name, versions.remove(0).as_table().unwrap().clone()),
        table => (name, table.as_table().unwrap().clone()),
    };
    document.into_iter().map(first).collect()
}

fn values(table: &Table) -> BTreeSet<&str> {
    table.keys().map(String::as_str).filter(|key| !RESERVED.contains(key)).collect()
}

fn groups() -> impl Iterator<Item = &'static Group> {
    std::iter::once(&catalogue().general).chain(&catalogue().rules)
}

#[test]
fn every_parameter_has_a_source_and_a_reason_and_every_source_a_parameter() {
    for (rule, table) in &standard() {
        for commentary in ["source", "reason"] {
            let texts = table.get(commentary).and_then(Value::as_table);
            let texts = texts.unwrap_or_else(|| panic!("{rule} has no {commentary}"));
            let commented: BTreeSet<_> = texts.keys().map(String::as_str).collect();
            assert_eq!(commented, values(table), "{commentary} of {rule}");
            assert!(texts.values().all(|text| !text.as_str().unwrap().is_empty()), "{commentary} of {rule} is empty");
        }
    }
}

#[test]
fn the_standard_file_and_the_types_have_the_same_parameters() {
    let standard = standard();
    assert_eq!(standard.keys().map(String::as_str).collect::<BTreeSet<_>>(), groups().map(|g| &*g.name).collect());
    for group in groups() {
        let named: BTreeSet<_> = group.names().into_iter().collect();
        assert_eq!(named, values(&standard[&group.name]), "{}", group.name);
    }
}

#[test]
fn every_parameter_says_what_it_is_and_no_name_is_taken() {
    for group in groups() {
        assert!(!group.about.is_empty(), "{} does not say what it is about", group.name);
        for parameter in &group.parameters {
            let name = parameter.name();
            assert!(!parameter.about.is_empty(), "{name} does not say what it means");
            assert!(!parameter.unit.is_empty(), "{name} has no unit");
            let is_bounded = !matches!(parameter.kind, Kind::Codes | Kind::GovernedBy);
            assert_eq!(parameter.range.0.is_some(), is_bounded, "{name} and its range");
            assert_eq!(catalogue().parameter(&name).is_some(), parameter.key.is_none(), "{name} is not found");
        }
        for name in group.names() {
            let taken = RESERVED.iter().chain(&CONDITIONS).chain(&["version", "complete"]);
            assert!(taken.into_iter().all(|taken| *taken != name), "{} has a parameter {name}", group.name);
        }
    }
}

#[test]
fn every_rule_reads_the_parameters_that_it_names_and_every_parameter_is_read() {
    let known: BTreeSet<_> = catalogue().rules.iter().map(|group| group.name.as_str()).collect();
    let mut read = BTreeSet::new();
    for rule in all() {
        let texts = format!("{} {}", rule.when, rule.outcome);
        let quoted = texts.split('`').skip(1).step_by(2);
        for (name, _) in quoted.filter_map(|name| Some((name, name.split_once('.')?))) {
            assert!(catalogue().parameter(name).is_some(), "{} names {name}, which does not exist", rule.code);
            let group = name.split('.').next().unwrap();
            assert!(rule.reads.contains(&group), "{} names {name} and does not say that it reads it", rule.code);
        }
        assert!(rule.reads.iter().all(|group| known.contains(group)), "{} reads {:?}", rule.code, rule.reads);
        read.extend(rule.reads.iter().copied());
    }
    // How a refund travels follows from an award, whichever rule gave it.
    assert_eq!(known.difference(&read).collect::<Vec<_>>(), [&"refund"]);
}

#[test]
fn every_profile_resolves_and_cites_each_of_its_values() {
    for profile in PROFILES {
        assert!(!profile.about().is_empty(), "{} does not say what it is for", profile.name);
        let policy = Policy::with(&[Overlay::profile(profile.name).unwrap()]).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(policy.changed().is_empty(), profile.name == "standard", "{}", profile.name);
        let written = policy.to_toml();
        assert!(!written.contains("none was given"), "{} does not cite a value", profile.name);
    }
}

/// Where the section of a page stands that is made from the code, between its two markers.
fn section(page: &str, name: &str) -> std::ops::Range<usize> {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = page.find(&start).unwrap_or_else(|| panic!("the page has no {start}")) + start.len();
    let to = page[from..].find(&end).unwrap_or_else(|| panic!("the page has no {end}"));
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

/// What the values of a column are, for people.
fn kind_of(kind: ColumnKind) -> String {
    match kind {
        ColumnKind::Text => "text".to_owned(),
        ColumnKind::Timestamp => "timestamp".to_owned(),
        ColumnKind::Amount => "money".to_owned(),
        ColumnKind::Integer => "whole number".to_owned(),
        ColumnKind::Decimal => "number".to_owned(),
        ColumnKind::Boolean => "yes or no".to_owned(),
        ColumnKind::Currency => "currency".to_owned(),
        ColumnKind::Country => "country".to_owned(),
        ColumnKind::Code => "code".to_owned(),
        ColumnKind::OneOf(codes) => codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(" "),
    }
}

/// The columns of an export, from the entity's own table.
fn columns_of<E: Entity>(text: &mut String) {
    text.push_str(&format!(
        "\n### {}.csv\n\n| column | type | needed | meaning |\n| --- | --- | --- | --- |\n",
        E::EXPORT
    ));
    for field in Field::<E>::in_reading_order() {
        let needed = match field.column.presence {
            Presence::Needed => "yes",
            Presence::NeededColumn => "the column",
            Presence::Optional => "no",
        };
        let (kind, about) = (kind_of(field.column.kind), field.about.trim());
        text.push_str(&format!("| `{}` | {kind} | {needed} | {about} |\n", field.name()));
    }
}

fn column_tables() -> String {
    let mut text = String::new();
    columns_of::<Order>(&mut text);
    columns_of::<TrackingEvent>(&mut text);
    columns_of::<Dispute>(&mut text);
    text
}

/// Set `UPDATE_REPORTS=1` to write the tables anew.
#[test]
fn the_pages_have_the_tables_of_columns_rules_and_parameters() {
    let tables = [
        ("exports", "columns", column_tables()),
        ("rules", "rules", rule_table()),
        ("parameters", "parameters", table_of_parameters().unwrap()),
    ];
    for (page, name, now) in tables {
        let path = project().join("docs").join(page).with_extension("md");
        let mut page = fs::read_to_string(&path).unwrap();
        let place = section(&page, name);
        if std::env::var_os("UPDATE_REPORTS").is_some() {
            page.replace_range(place, &now);
            // Renamed into place, because other tests read it meanwhile.
            let draft = path.with_extension("md.new");
            fs::write(&draft, page).and_then(|()| fs::rename(&draft, &path)).unwrap();
        } else {
            assert!(page[place] == now, "the table of {name} in {} should be:\n{now}", path.display());
        }
    }
}

/// Set `UPDATE_REPORTS=1` to write them anew.
#[test]
fn the_page_of_parameters_and_their_schema_are_those_of_the_types() {
    for (name, now) in [("policy.md", page().unwrap()), ("policy.schema.json", format!("{:#}\n", schema()))] {
        let path = project().join("reports").join(name);
        if std::env::var_os("UPDATE_REPORTS").is_some() {
            fs::write(&path, &now).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap() == now, "reports/{name} should be:\n{now}");
    }
}

#[test]
fn the_page_names_every_profile_and_every_command_of_parameters() {
    let page = fs::read_to_string(project().join("docs/parameters.md")).unwrap();
    for profile in PROFILES {
        assert!(page.contains(&format!("`{}`", profile.name)), "the page does not name the profile {}", profile.name);
    }
    for command in ["show", "check", "diff", "schema", "docs", "new"] {
        assert!(page.contains(&format!("arbiter policy {command}")), "the page does not name policy {command}");
    }
}
