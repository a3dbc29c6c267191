//! Parameters between two sets of them: some values of the one, the others of the other.

use arbiter_model::instant::Instant;

use crate::parameters::catalogue;
use crate::resolve::{Leaves, Resolved, Version};
use crate::text::day;

/// Something that differs between two sets of parameters and can be taken over by itself.
///
/// Both ends of a `[low, high]` are one part, so that no mixture has them the wrong way round. Where the
/// versions or segments of a rule differ, all of the rule is one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MixturePart {
    /// What it is: `colour_mismatch.band`, `colour_mismatch@2026-07-01#1.band`, or a whole rule.
    pub name: String,
    places: Vec<MixturePlace>,
}

/// Where a part lies.
#[derive(Clone, Debug, PartialEq, Eq)]
enum MixturePlace {
    General(Vec<String>),
    Rule(usize),
    Value { rule: usize, version: usize, segment: Option<usize>, path: Vec<String> },
}

impl MixturePart {
    /// The rule it belongs to; `policy` where it is none's.
    pub fn rule(&self) -> &str {
        self.name.split(['.', '@', '#']).next().unwrap_or_default()
    }

    /// The parts of each rule as one.
    pub fn by_rule(parts: &[Self]) -> Vec<Self> {
        let mut rules: Vec<Self> = Vec::new();
        for part in parts {
            let rule = part.rule();
            match rules.last_mut().filter(|last| last.name == rule) {
                Some(last) => last.places.extend(part.places.iter().cloned()),
                None => rules.push(Self { name: rule.to_owned(), places: part.places.clone() }),
            }
        }
        rules
    }
}

/// The paths of which the values differ.
fn differing(left: &Leaves, right: &Leaves) -> Vec<Vec<String>> {
    let value = |leaves: &Leaves, path: &[String]| leaves.get(path).map(|leaf| leaf.value.clone());
    let mut paths: Vec<_> = left.keys().chain(right.keys()).cloned().collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(|path| value(left, path) != value(right, path));
    paths
}

/// Whether the versions of a rule have the same dates, and segments for the same cases.
fn are_alike(left: &[Version], right: &[Version]) -> bool {
    let conditions =
        |version: &Version| -> Vec<_> { version.segments.iter().map(|segment| segment.condition.clone()).collect() };
    let outline = |versions: &[Version]| -> Vec<(Instant, Vec<_>)> {
        versions.iter().map(|version| (version.effective_from, conditions(version))).collect()
    };
    outline(left) == outline(right)
}

/// What of another set of parameters differs, in the order of the catalogue.
pub(crate) fn parts(ours: &Resolved, theirs: &Resolved) -> Vec<MixturePart> {
    let general = differing(&ours.general, &theirs.general).into_iter();
    let general = general.map(|path| MixturePart {
        name: format!("policy.{}", path.join(".")),
        places: vec![MixturePlace::General(path)],
    });
    let rules =
        (0..catalogue().rules.len()).flat_map(|rule| parts_of_rule(rule, &ours.rules[rule], &theirs.rules[rule]));
    general.chain(rules).collect()
}

/// Our parameters with some parts of theirs.
pub(crate) fn mixed<'p>(
    ours: &Resolved,
    theirs: &Resolved,
    parts: impl IntoIterator<Item = &'p MixturePart>,
) -> Resolved {
    let mut resolved = ours.clone();
    for place in parts.into_iter().flat_map(|part| &part.places) {
        match place {
            MixturePlace::General(path) => take_over(&mut resolved.general, &theirs.general, path),
            MixturePlace::Rule(rule) => resolved.rules[*rule].clone_from(&theirs.rules[*rule]),
            MixturePlace::Value { rule, version, segment: None, path } => {
                let theirs = &theirs.rules[*rule][*version].leaves;
                take_over(&mut resolved.rules[*rule][*version].leaves, theirs, path);
            }
            MixturePlace::Value { rule, version, segment: Some(segment), path } => {
                let theirs = &theirs.rules[*rule][*version].segments[*segment].leaves;
                take_over(&mut resolved.rules[*rule][*version].segments[*segment].leaves, theirs, path);
            }
        }
    }
    resolved
}

fn parts_of_rule(rule: usize, left: &[Version], right: &[Version]) -> Vec<MixturePart> {
    let name = &catalogue().rules[rule].name;
    if !are_alike(left, right) {
        return vec![MixturePart { name: name.clone(), places: vec![MixturePlace::Rule(rule)] }];
    }
    let mut parts = Vec::new();
    let mut add = |name: &str, version, segment, left: &Leaves, right: &Leaves| {
        for path in differing(left, right) {
            let name = format!("{name}.{}", path.join("."));
            parts.push(MixturePart { name, places: vec![MixturePlace::Value { rule, version, segment, path }] });
        }
    };
    for (number, (left_version, right_version)) in left.iter().zip(right).enumerate() {
        let name = match left.len() {
            1 => name.clone(),
            _ => format!("{name}@{}", day(left_version.effective_from)),
        };
        add(&name, number, None, &left_version.leaves, &right_version.leaves);
        for (place, (left, right)) in left_version.segments.iter().zip(&right_version.segments).enumerate() {
            add(&format!("{name}#{}", place + 1), number, Some(place), &left.leaves, &right.leaves);
        }
    }
    parts
}

fn take_over(ours: &mut Leaves, theirs: &Leaves, path: &[String]) {
    match theirs.get(path) {
        Some(leaf) => {
            ours.insert(path.to_vec(), leaf.clone());
        }
        None => {
            ours.remove(path);
        }
    }
}
