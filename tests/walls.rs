//! The walls of the design, held by reading the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// Every source file under a place of `src`, with its text.
fn sources(place: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut places = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(place)];
    while let Some(place) = places.pop() {
        if place.is_dir() {
            places.extend(fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()));
        } else if place.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&place).unwrap();
            found.push((place, text));
        }
    }
    assert!(!found.is_empty(), "no sources at {place}");
    found
}

/// Fails where code under `place`, comments apart, names one of `banned`.
fn names_none_of(place: &str, banned: &[&str]) {
    for (path, text) in sources(place) {
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (number, line) in code {
            let found = banned.iter().find(|word| line.contains(**word));
            assert!(found.is_none(), "{}:{}: {found:?} is behind a wall", path.display(), number + 1);
        }
    }
}

#[test]
fn rules_are_pure() {
    let world = ["std::fs", "std::io", "std::env", "std::thread", "std::time", "std::process", "rayon", "polars"];
    names_none_of("rules", &world);
    names_none_of("rules", &["crate::intake", "crate::report", "crate::publish", "crate::policy", "crate::arbitrate"]);
}

#[test]
fn intake_and_report_do_not_know_each_other() {
    names_none_of("intake", &["crate::report", "crate::books", "crate::arbitrate", "crate::rules"]);
    names_none_of("report", &["crate::intake"]);
}

#[test]
fn explanations_are_taken_from_facts_and_decisions_alone() {
    names_none_of("explain", &["crate::intake", "crate::report", "crate::publish", "std::fs", "std::env", "polars"]);
}

#[test]
fn what_ifs_work_on_cases_and_parameters_alone() {
    names_none_of("whatif", &["crate::intake", "crate::report", "crate::publish", "std::fs", "std::io", "std::env"]);
}

#[test]
fn polars_lives_at_the_edges() {
    for (path, text) in sources("") {
        let at_an_edge = ["intake", "parquet.rs", "report", "stored"]
            .iter()
            .any(|edge| path.components().any(|part| part.as_os_str() == *edge));
        assert!(at_an_edge || !text.contains("polars_"), "{} uses polars", path.display());
    }
}

#[test]
fn nothing_asks_the_clock_but_the_command_line() {
    for (path, text) in sources("") {
        let is_command_line = path.ends_with("src/cli/clock.rs");
        for clock in ["SystemTime", "Instant::now", "Utc::now", "Local::now"] {
            assert!(is_command_line || !text.contains(clock), "{} asks {clock}", path.display());
        }
    }
}

#[test]
fn no_binary_fraction_touches_money() {
    for (path, text) in sources("") {
        // The interval of a buyer's rate is statistics.
        let is_statistics = ["rules/serial.rs", "money.rs", "fault.rs"].iter().any(|file| path.ends_with(file));
        assert!(is_statistics || !text.contains("f64"), "{} uses f64", path.display());
    }
}

#[test]
fn nothing_from_outside_is_unwrapped() {
    for (path, text) in sources("") {
        let code = text.split("[cfg(test)]").next().unwrap();
        for word in [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("] {
            assert!(!code.contains(word), "{} has {word}", path.display());
        }
    }
}
