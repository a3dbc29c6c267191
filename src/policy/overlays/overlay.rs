//! Overlays: what a policy file, a profile or `--set` lays over the parameters below it, with the place of each value, and
//! every fault that it shows by itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::Value;

use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;

use super::condition::Condition;
use crate::text::{WrittenPlace, Wrong};

/// One value to be laid over a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The parameter's path within its rule, with the key of an entry of an open table.
    pub leaf: Vec<String>,
    /// The end of a `[low, high]` that it is, where it is only one: 0 or 1.
    pub end: Option<usize>,
    pub value: Value,
    pub place: WrittenPlace,
}

/// Texts about the values of a rule: for all of them, or for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cited {
    /// For the version, or segment, as a whole.
    pub whole: Option<String>,
    /// For one parameter, by its first name within the rule.
    pub single: BTreeMap<String, String>,
}

impl Cited {
    pub(crate) fn of(&self, parameter: &str) -> Option<&String> {
        self.single.get(parameter).or(self.whole.as_ref())
    }
}

/// What stands in a rule's table, in one of its versions, or in a segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    pub place: WrittenPlace,
    pub entries: Vec<Entry>,
    pub reviewed_on: Option<NaiveDate>,
    pub note: Option<String>,
    pub source: Cited,
    pub reason: Cited,
    /// Where values came from before this file was written, by their paths; a written-out policy has them.
    pub set_by: BTreeMap<Vec<String>, String>,
    pub segments: Option<Vec<(Condition, Body)>>,
}

impl Body {
    pub(crate) fn at(place: WrittenPlace) -> Self {
        Self {
            place,
            entries: Vec::new(),
            reviewed_on: None,
            note: None,
            source: Cited::default(),
            reason: Cited::default(),
            set_by: BTreeMap::new(),
            segments: None,
        }
    }

    /// What the value at a path is said to come from.
    pub(crate) fn origin(&self, path: &[String], place: &WrittenPlace) -> String {
        self.set_by.get(path).cloned().unwrap_or_else(|| place.origin())
    }
}

/// One thing that an overlay does to a rule, by the rule's place in the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    /// Lays values over every version.
    Plain { rule: usize, body: Body },
    /// Adds a version, or takes the place of the one of the same date.
    Version { rule: usize, from: Instant, body: Body },
    /// Lays one value over one version, or over one of its segments (from 1).
    At { rule: usize, from: Instant, segment: Option<usize>, entry: Entry },
}

/// What a policy file, a profile or `--set` lays over the parameters below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    pub(crate) place: WrittenPlace,
    /// It states every parameter, and nothing below it counts.
    pub(crate) complete: bool,
    /// Each of its values must have a source.
    pub(crate) cited: bool,
    pub(crate) general: Option<Body>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) wrongs: Vec<Wrong>,
}

impl Overlay {
    pub(super) fn empty(place: WrittenPlace) -> Self {
        Self { place, complete: false, cited: false, general: None, statements: Vec::new(), wrongs: Vec::new() }
    }
}

/// All that is wrong, as one fault, in the order of overlays and lines.
pub(crate) fn fault_of(wrongs: &[Wrong], overlays: &[&Overlay]) -> Option<Fault> {
    let rank = |wrong: &Wrong| {
        let file = overlays.iter().position(|overlay| overlay.place.name == wrong.place.name);
        (file.unwrap_or(usize::MAX), wrong.place.line)
    };
    let mut sorted: Vec<&Wrong> = Vec::new();
    for wrong in wrongs {
        if !sorted.contains(&wrong) {
            sorted.push(wrong);
        }
    }
    sorted.sort_by_key(|wrong| rank(wrong));
    Fault::all(sorted.into_iter().map(Wrong::fault))
}
