//! The page of parameters for people, and the table of docs/parameters.md.

use std::fmt::Write;

use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;

use crate::overlays::{Overlay, PROFILES};
use crate::parameters::{Group, KnownParameter, catalogue};
use crate::policy::Policy;
use crate::resolve::{Version, ordered};
use crate::text::day;

/// A text that a table of Markdown takes as it is.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A parameter's values, as many as it has entries.
fn entries(version: &Version, parameter: &KnownParameter) -> Vec<(String, String)> {
    let own = version.leaves.iter().filter(|(path, _)| path.starts_with(&parameter.path));
    own.map(|(path, leaf)| (path.join("."), leaf.value.to_string())).collect()
}

/// The table of docs/parameters.md: a row for each parameter.
///
/// # Errors
///
/// None that a release can have.
pub fn table_of_parameters() -> Result<String, Fault> {
    let policy = Policy::standard()?;
    let mut text = "| parameter | standard | unit, range | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    let mut row = |name: &str, value: &str, parameter: &KnownParameter| {
        let range = parameter.range_text();
        let bounds = if range.is_empty() { String::new() } else { format!(", {range}") };
        // Writing into a string cannot fail.
        let _ = writeln!(text, "| `{name}` | {value} | {}{bounds} | {} |", parameter.unit, cell(&parameter.about));
    };
    for parameter in &catalogue().general.parameters {
        let value = policy.value(&parameter.name(), Instant::LAST).map(|(value, _)| value.to_string());
        row(&parameter.name(), &format!("`{}`", value.unwrap_or_default()), parameter);
    }
    for group in &catalogue().rules {
        let Some(version) = policy.versions(&group.name).last() else { continue };
        for parameter in &group.parameters {
            let entries = entries(version, parameter);
            let values: Vec<String> = match &parameter.key {
                None => entries.iter().map(|(_, value)| format!("`{value}`")).collect(),
                Some(_) => entries
                    .iter()
                    .map(|(path, value)| format!("{} `{value}`", path.rsplit('.').next().unwrap_or_default()))
                    .collect(),
            };
            row(&parameter.name(), &values.join(", "), parameter);
        }
    }
    Ok(text)
}

/// The page of parameters: every one with its versions, unit, range, source and reason, and the
/// profiles.
///
/// # Errors
///
/// None that a release can have.
pub fn page() -> Result<String, Fault> {
    let policy = Policy::standard()?;
    let mut text = HEAD.to_owned();
    let catalogue = catalogue();
    section(&mut text, &catalogue.general);
    for parameter in &catalogue.general.parameters {
        let Some((value, _)) = policy.value(&parameter.name(), Instant::LAST) else { continue };
        let name = parameter.path.join(".");
        let cited = policy.general_cited().map(|cited| cited.of(&name).cloned().unwrap_or_default());
        line(&mut text, parameter, &name, &value.to_string(), cited);
    }
    for group in &catalogue.rules {
        for version in policy.versions(&group.name) {
            section(&mut text, group);
            version_lines(&mut text, group, version);
        }
    }
    text.push_str(PROFILES_HEAD);
    for profile in PROFILES.iter().skip(1) {
        let _ = write!(text, "\n### {}\n\n{}\n\n", profile.name, profile.about());
        text.push_str("| parameter | value | source | reason |\n| --- | --- | --- | --- |\n");
        profile_lines(&mut text, &Policy::with(&[Overlay::profile(profile.name)?])?);
    }
    Ok(text)
}

fn section(text: &mut String, group: &Group) {
    let _ = write!(text, "\n## {}\n\n{}\n\n", group.name, group.about);
    if group.name == "policy" {
        text.push_str("| parameter | standard | unit, range | meaning | source | reason |\n");
        text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    }
}

fn version_lines(text: &mut String, group: &Group, version: &Version) {
    let _ = writeln!(
        text,
        "In force from {}, reviewed on {}.{}\n",
        day(version.effective_from),
        version.reviewed_on,
        if group.of_run { " Governed by the as-of, since it concerns the run as a whole." } else { "" }
    );
    text.push_str("| parameter | standard | unit, range | meaning | source | reason |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for (parameter, path, leaf) in ordered(group, &version.leaves) {
        let first = path.first().map(String::as_str).unwrap_or_default();
        let cited = [&version.source, &version.reason].map(|cited| cited.of(first).cloned().unwrap_or_default());
        line(text, parameter, &path.join("."), &leaf.value.to_string(), cited);
    }
}

fn line(text: &mut String, parameter: &KnownParameter, name: &str, value: &str, [source, reason]: [String; 2]) {
    let range = parameter.range_text();
    let bounds = if range.is_empty() { String::new() } else { format!(", {range}") };
    let _ = writeln!(
        text,
        "| `{name}` | `{}` | {}{bounds} | {} | {} | {} |",
        cell(value),
        parameter.unit,
        cell(&parameter.about),
        cell(&source),
        cell(&reason)
    );
}

/// What a profile changes, with what it cites.
fn profile_lines(text: &mut String, policy: &Policy) {
    let mut row = |name: String, value: String, cited: [Option<&String>; 2]| {
        let [source, reason] = cited.map(|cited| cited.map(|cited| cell(cited)).unwrap_or_default());
        let _ = writeln!(text, "| `{name}` | `{}` | {source} | {reason} |", cell(&value));
    };
    for group in &catalogue().rules {
        for version in policy.versions(&group.name) {
            let own = ordered(group, &version.leaves).filter(|(_, _, leaf)| leaf.origin != "standard");
            for (_, path, leaf) in own {
                let first = path.first().map(String::as_str).unwrap_or_default();
                let cited = [version.source.of(first), version.reason.of(first)];
                row(format!("{}.{}", group.name, path.join(".")), leaf.value.to_string(), cited);
            }
            for segment in &version.segments {
                for (_, path, leaf) in ordered(group, &segment.leaves) {
                    let first = path.first().map(String::as_str).unwrap_or_default();
                    let cited = [segment.source.of(first), segment.reason.of(first)];
                    let value = format!("{} where {}", leaf.value, segment.condition);
                    row(format!("{}.{}", group.name, path.join(".")), value, cited);
                }
            }
        }
    }
}

const HEAD: &str = "\
# Parameters

Every number of the rules, made from the types and `src/policy/standard.toml`; `arbiter policy docs` prints it. The
version in force on a dispute's governing date decides (`policy.governed_by`); dates before the first version are governed
by it too. Guides A to D, E1 to E5 and X are published buyers' guides to a large escrow marketplace.
";

const PROFILES_HEAD: &str = "
## Profiles

Where the sources disagree, a profile takes other values from them: `--profile NAME`. What it does not name stays standard.
";
