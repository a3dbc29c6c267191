//! The walls of the design. Cargo holds those between crates; what a manifest may say, and what Cargo cannot hold, is
//! held here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// The crates, each with those that it may build on: arrows run down only.
const CRATES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("policy", &["model", "rules"]),
    ("generate", &["model"]),
    ("engine", &["model", "rules", "policy"]),
    ("intake", &["model"]),
    ("report", &["model", "rules", "policy", "engine"]),
    ("runs", &["model", "rules", "policy", "engine", "intake", "report"]),
];

/// The folders of intake, each with those that it may build on: the way of the data, from bytes to a docket.
const INTAKE_FOLDERS: &[(&str, &[&str])] = &[
    ("bytes", &[]),
    ("csv", &[]),
    ("values", &[]),
    ("columns", &["bytes", "csv", "values"]),
    ("scan", &["bytes", "csv", "values", "columns"]),
    ("exports", &["bytes", "csv", "values", "columns", "scan"]),
    ("join", &["bytes", "csv", "values", "columns", "scan", "exports"]),
    ("infer", &["bytes", "csv", "values", "columns", "scan", "exports"]),
];

/// The files of rules, the lowest first: each may import those before it only.
const RULES_FILES: &[&str] = &[
    "requirement",
    "parameters::node",
    "parameters::search",
    "parameters::values",
    "parameters::steps",
    "parameters::admission",
    "parameters::settlement",
    "parameters::carrier",
    "parameters::evidence",
    "parameters::parcel",
    "parameters::goods",
    "parameters::returns",
    "parameters::serial",
    "parameters::refund",
    "parameters::terms",
    "level",
    "value",
    "tracer",
    "named",
    "history",
    "disposition",
    "evaluation",
    "rule",
    "words",
    "trace",
    "stages::admission",
    "stages::settlement",
    "stages::carrier",
    "stages::evidence",
    "stages::parcel",
    "stages::goods",
    "stages::returns",
    "stages::serial",
    "stages::elsewhere",
    "ladder",
    "walk",
];

/// The place in [`RULES_FILES`] of the highest file that a path of names may mean: a folder stands for all its files.
fn place_in_rules(names: &str) -> Option<usize> {
    let meant = RULES_FILES.iter().rposition(|file| *file == names || file.starts_with(&format!("{names}::")));
    meant.or_else(|| names.rsplit_once("::").and_then(|(above, _)| place_in_rules(above)))
}

/// The folders and files of policy likewise: the way from policy files to the terms of a case.
const POLICY_FOLDERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("parameters", &[]),
    ("overlays", &["text", "parameters"]),
    ("resolve", &["text", "parameters", "overlays"]),
    ("compare", &["text", "parameters", "overlays", "resolve"]),
    ("effective", &["text", "parameters", "overlays", "resolve"]),
    ("written", &["text", "parameters", "overlays", "resolve"]),
    ("policy", &["text", "parameters", "overlays", "resolve", "compare", "effective", "written"]),
    ("pages", &["text", "parameters", "overlays", "resolve", "written", "policy"]),
];

/// Every source file under `src`, with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut places = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(place) = places.pop() {
        if place.is_dir() {
            places.extend(fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()));
        } else if place.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&place).unwrap();
            found.push((place, text));
        }
    }
    assert!(found.len() > 100, "only {} sources", found.len());
    found
}

/// What a crate depends on, tests apart.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name).join("Cargo.toml");
    let manifest: Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

#[test]
fn arrows_between_crates_run_down() {
    for (name, below) in CRATES {
        for dependency in dependencies(name) {
            let Some(ours) = dependency.strip_prefix("arbiter-") else { continue };
            assert!(below.contains(&ours), "{name} builds on {ours}");
        }
    }
}

#[test]
fn arrows_between_folders_run_down() {
    let imported = regex::Regex::new(r"crate::(\w+)|super::super::(\w+)").unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (name, folders) in [("intake", INTAKE_FOLDERS), ("policy", POLICY_FOLDERS)] {
        let mut seen = BTreeSet::new();
        for (path, text) in sources() {
            let Ok(inner) = path.strip_prefix(source.join(name)) else { continue };
            let place = inner.iter().next().unwrap().to_string_lossy();
            let Some((folder, below)) = folders.iter().find(|(folder, _)| *folder == place.trim_end_matches(".rs"))
            else {
                assert_eq!(place, "lib.rs", "of {name} has no place among its folders");
                continue;
            };
            seen.insert(*folder);
            for found in imported.captures_iter(&text) {
                let used = found.get(1).or(found.get(2)).unwrap().as_str();
                let is_other = folders.iter().any(|(other, _)| *other == used && used != *folder);
                assert!(!is_other || below.contains(&used), "{} builds on {used}", path.display());
            }
        }
        assert_eq!(seen.len(), folders.len(), "{name} has only {seen:?}");
    }
}

#[test]
fn arrows_between_files_of_rules_run_down() {
    let imported = regex::Regex::new(r"crate::((?:\w+::)*)(\w+|\{[^}]*\})").unwrap();
    let defined =
        regex::Regex::new(r"(?m)^(?:pub(?:\(\w+\))? )?(?:const|fn|struct|enum|trait|type|impl|macro)").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    for (path, text) in sources() {
        let Ok(file) = path.strip_prefix(&root) else { continue };
        let file = file.with_extension("").to_string_lossy().replace('/', "::");
        let Some(place) = RULES_FILES.iter().position(|known| *known == file) else {
            assert!(file == "lib" || file.ends_with("::mod"), "{file} has no place in RULES_FILES");
            assert!(!defined.is_match(&text), "{file} does more than to list names");
            continue;
        };
        assert!(!text.replace("use super::*;", "").contains("super::"), "{file} has a path from above");
        for found in imported.captures_iter(&text) {
            for name in found[2].trim_matches(['{', '}']).split(',').map(str::trim).filter(|name| !name.is_empty()) {
                let names = format!("{}{name}", &found[1]);
                match place_in_rules(&names) {
                    Some(below) => assert!(below <= place, "{file} builds on {names}"),
                    // Macros stand at the root, and name what other crates can.
                    None => {
                        assert!(["Terms", "path", "tables"].contains(&&*names), "{file} imports {names} from the root")
                    }
                }
            }
        }
    }
}

#[test]
fn rules_are_pure() {
    let world = ["rayon", "tempfile", "csv", "chrono-tz"];
    let found = dependencies("rules").into_iter().find(|name| world.contains(&&**name) || name.contains("polars"));
    assert_eq!(found, None);
    for (path, text) in sources().iter().filter(|(path, _)| path.components().any(|part| part.as_os_str() == "rules")) {
        for word in ["std::fs", "std::io", "std::env", "std::thread", "std::time", "std::process"] {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn polars_lives_at_the_edges() {
    for (name, _) in CRATES.iter().filter(|(name, _)| !["intake", "runs"].contains(name)) {
        let found = dependencies(name).into_iter().find(|name| name.contains("polars"));
        assert_eq!(found, None, "of {name}");
    }
}

#[test]
fn nothing_asks_the_clock_but_the_command_line() {
    for (path, text) in sources() {
        let is_command_line = path.ends_with("src/arbiter/cli/clock.rs");
        for clock in ["SystemTime", "Instant::now", "Utc::now", "Local::now"] {
            assert!(is_command_line || !text.contains(clock), "{} asks {clock}", path.display());
        }
    }
}

#[test]
fn no_binary_fraction_touches_money() {
    for (path, text) in sources() {
        // The interval of a buyer's rate is statistics.
        let is_statistics = ["rules/level.rs", "money.rs", "fault.rs"].iter().any(|file| path.ends_with(file));
        assert!(is_statistics || !text.contains("f64"), "{} uses f64", path.display());
    }
}

#[test]
fn nothing_from_outside_is_unwrapped() {
    for (path, text) in sources() {
        let code = text.split("[cfg(test)]").next().unwrap();
        let code: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for word in [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("] {
            assert!(code.iter().all(|line| !line.contains(word)), "{} has {word}", path.display());
        }
    }
}

/// One word for one thing: a public type has a name of its own.
#[test]
fn no_two_public_types_have_one_name() {
    let declared = regex::Regex::new(r"(?m)^ *pub (?:struct|enum|trait|type|union) (\w+)").unwrap();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources() {
        for name in declared.captures_iter(&text).map(|found| found[1].to_owned()) {
            places.entry(name).or_default().push(path.display().to_string());
        }
    }
    places.retain(|_, places| places.len() > 1);
    assert_eq!(places, BTreeMap::new());
}
