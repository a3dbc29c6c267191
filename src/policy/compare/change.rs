//! What differs between two sets of parameters.

use serde::Serialize;
use toml::Value;

use crate::parameters::{Group, catalogue};
use crate::resolve::{Leaf, Leaves, Resolved, Segment, Version, in_force, ordered};
use crate::text::day;

/// One value that differs from the standard one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParameterChange {
    /// The parameter: `colour_mismatch.band.high`, with its version where the rule has several,
    /// `colour_mismatch@2026-07-01.band.high`, and its segment, `colour_mismatch@2026-07-01#1.band`.
    pub parameter: String,
    /// The value, as TOML.
    pub value: String,
    /// Where it was set: `policy.toml:3` or `--set`.
    pub set_by: String,
}

/// One value that differs between two sets of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The parameter, as in [`ParameterChange`].
    pub parameter: String,
    /// The value of each, as TOML; empty where it has none.
    pub values: [String; 2],
    /// Where each comes from.
    pub origins: [String; 2],
}

/// What of a set of parameters differs from the standard.
pub(crate) fn changes(standard: &Resolved, resolved: &Resolved) -> Vec<ParameterChange> {
    let changed = differences(standard, resolved).into_iter();
    let changed = changed.map(|Difference { parameter, values: [before, after], origins: [_, origin] }| {
        // What is gone has no place that it was set by.
        let gone = after.is_empty() && !before.is_empty();
        let value = if gone { "none".to_owned() } else { after };
        ParameterChange { parameter, value, set_by: if gone { "a complete policy".to_owned() } else { origin } }
    });
    changed.collect()
}

/// What differs between two sets of parameters, in the order of the catalogue.
pub(crate) fn differences(left: &Resolved, right: &Resolved) -> Vec<Difference> {
    let catalogue = catalogue();
    let mut found = Vec::new();
    compare(&catalogue.general, "policy", [Some(&left.general), Some(&right.general)], &mut found);
    for (place, group) in catalogue.rules.iter().enumerate() {
        let none = Vec::new();
        let [left, right] = [left, right].map(|resolved| resolved.rules.get(place).unwrap_or(&none));
        compare_versions(group, left, right, &mut found);
    }
    found
}

fn compare_versions(group: &Group, left: &[Version], right: &[Version], found: &mut Vec<Difference>) {
    let mut dates: Vec<_> = left.iter().chain(right).map(|version| version.effective_from).collect();
    dates.sort_unstable();
    dates.dedup();
    let only_one = dates.len() == 1;
    for date in dates {
        let name = if only_one { group.name.clone() } else { format!("{}@{}", group.name, day(date)) };
        let at = |versions: &[Version]| versions.iter().find(|version| version.effective_from == date).cloned();
        match (at(left), at(right)) {
            (Some(before), Some(after)) => compare_version(group, &name, [Some(&before), Some(&after)], found),
            (None, Some(after)) => {
                // A version that only one side has is told by what it changes there.
                let before = in_force(left, date).cloned();
                added(&name, &after, 1, found);
                compare_version(group, &name, [before.as_ref(), Some(&after)], found);
            }
            (Some(before), None) => added(&name, &before, 0, found),
            (None, None) => {}
        }
    }
}

fn added(name: &str, version: &Version, side: usize, found: &mut Vec<Difference>) {
    let (mut values, mut origins) = ([String::new(), String::new()], [String::new(), String::new()]);
    values[side] = "a version".to_owned();
    origins[side] = version.origin.clone();
    found.push(Difference { parameter: name.to_owned(), values, origins });
}

fn compare_version(group: &Group, name: &str, versions: [Option<&Version>; 2], found: &mut Vec<Difference>) {
    compare(group, name, versions.map(|version| version.map(|version| &version.leaves)), found);
    let segments = versions.map(|version| version.map_or(&[][..], |version| &version.segments));
    let most = segments[0].len().max(segments[1].len());
    for number in 0..most {
        let pair = segments.map(|segments| segments.get(number));
        let name = format!("{name}#{}", number + 1);
        let condition = |segment: Option<&Segment>| segment.map(|one| one.condition.to_string()).unwrap_or_default();
        let conditions = pair.map(condition);
        if conditions[0] != conditions[1] {
            let origins = pair.map(|segment| segment.map(|one| one.origin.clone()).unwrap_or_default());
            found.push(Difference { parameter: format!("{name}.when"), values: conditions, origins });
        }
        compare(group, &name, pair.map(|segment| segment.map(|segment| &segment.leaves)), found);
    }
}

fn compare(group: &Group, name: &str, leaves: [Option<&Leaves>; 2], found: &mut Vec<Difference>) {
    let mut both = leaves[0].cloned().unwrap_or_default();
    both.extend(leaves[1].cloned().unwrap_or_default());
    for (parameter, path, _) in ordered(group, &both) {
        let pair = leaves.map(|leaves| leaves.and_then(|leaves| leaves.get(path)));
        let path = path.join(".");
        let ends = parameter.kind.ends().is_some() && pair.iter().all(Option::is_some);
        if !ends {
            differ(&format!("{name}.{path}"), pair, pair.map(|leaf| leaf.map(|leaf| &leaf.value)), found);
            continue;
        }
        for (place, end) in ["low", "high"].iter().enumerate() {
            let values = pair.map(|leaf| leaf.and_then(|leaf| leaf.value.get(place)));
            differ(&format!("{name}.{path}.{end}"), pair, values, found);
        }
    }
}

fn differ(parameter: &str, leaves: [Option<&Leaf>; 2], values: [Option<&Value>; 2], found: &mut Vec<Difference>) {
    if values[0] != values[1] {
        found.push(Difference {
            parameter: parameter.to_owned(),
            values: values.map(|value| value.map(ToString::to_string).unwrap_or_default()),
            origins: leaves.map(|leaf| leaf.map(|leaf| leaf.origin.clone()).unwrap_or_default()),
        });
    }
}
