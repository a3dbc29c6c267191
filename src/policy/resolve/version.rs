//! The versions of a rule's parameters with their segments: values that overlays are laid over, each with where it comes
//! from.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::{Table, Value};

use arbiter_model::instant::Instant;

use crate::overlays::{Body, Cited, Condition, Entry};
use crate::parameters::{Group, KnownParameter};
use crate::text::WrittenPlace;

/// A value with where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    /// The value, as TOML.
    pub value: Value,
    /// Where it comes from: `standard`, `profile buyer`, `tougher.toml:3` or `--set`.
    pub origin: String,
    pub(super) place: WrittenPlace,
}

/// Values by their paths within a rule.
pub(crate) type Leaves = BTreeMap<Vec<String>, Leaf>;

/// One version of a rule's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// From when it is in force.
    pub(crate) effective_from: Instant,
    /// When its values were last reviewed.
    pub(crate) reviewed_on: NaiveDate,
    /// What its writer adds.
    pub(crate) note: Option<String>,
    /// Where the version as such comes from.
    pub(crate) origin: String,
    pub(super) place: WrittenPlace,
    pub(crate) leaves: Leaves,
    pub(crate) source: Cited,
    pub(crate) reason: Cited,
    /// What varies by case; of several whose condition holds, the first.
    pub segments: Vec<Segment>,
}

/// What a version has for some cases alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// For which cases.
    pub(crate) condition: Condition,
    /// What its writer adds.
    pub(crate) note: Option<String>,
    /// Where it comes from.
    pub(crate) origin: String,
    pub(super) place: WrittenPlace,
    /// What it names, before it is laid over its version.
    pub(super) entries: Vec<(Entry, String)>,
    /// What it changes, complete.
    pub(crate) leaves: Leaves,
    pub(crate) source: Cited,
    pub(crate) reason: Cited,
}

/// What stands for a source where a value was set without one.
pub(super) const NO_SOURCE: &str = "none was given";

/// Lays a value over another one; the same value stays what it was, with where it came from.
pub(super) fn lay(leaves: &mut Leaves, entry: &Entry, origin: String) -> bool {
    let before = leaves.get(&entry.leaf);
    let value = match (entry.end, before.map(|leaf| &leaf.value)) {
        (None, _) => entry.value.clone(),
        (Some(end), Some(Value::Array(ends))) => {
            let mut ends = ends.clone();
            if let Some(slot) = ends.get_mut(end) {
                *slot = entry.value.clone();
            }
            Value::Array(ends)
        }
        (Some(_), _) => return false,
    };
    if before.is_some_and(|leaf| leaf.value == value) {
        return false;
    }
    leaves.insert(entry.leaf.clone(), Leaf { value, origin, place: entry.place.clone() });
    true
}

/// Cites the values that a body changed, and those it cites anew.
pub(super) fn cite(cited: &mut Cited, with: &Cited, changed: &[String], otherwise: Option<&str>) {
    for name in changed {
        cited.single.remove(name);
        if let Some(text) = with.whole.as_deref().or(otherwise) {
            cited.single.insert(name.clone(), text.to_owned());
        }
    }
    cited.single.extend(with.single.clone());
}

impl Version {
    /// Lays what a plain table says over this version.
    pub(super) fn overlay(&mut self, body: &Body) {
        let changed: Vec<String> = body
            .entries
            .iter()
            .filter(|entry| lay(&mut self.leaves, entry, body.origin(&entry.leaf, &entry.place)))
            .filter_map(|entry| entry.leaf.first().cloned())
            .collect();
        self.spell_out_whole();
        cite(&mut self.source, &body.source, &changed, Some(NO_SOURCE));
        cite(&mut self.reason, &body.reason, &changed, None);
        self.reviewed_on = body.reviewed_on.unwrap_or(self.reviewed_on);
        self.note = body.note.clone().or(self.note.take());
        if let Some(segments) = &body.segments {
            self.segments = segments.iter().map(|(condition, body)| Segment::of(condition, body)).collect();
        }
    }

    /// Says of each value by itself what was said of all of them.
    fn spell_out_whole(&mut self) {
        for cited in [&mut self.source, &mut self.reason] {
            let Some(whole) = cited.whole.take() else { continue };
            for name in self.leaves.keys().filter_map(|path| path.first()) {
                cited.single.entry(name.clone()).or_insert_with(|| whole.clone());
            }
        }
    }

    /// A version as it is stated, over the one that is in force at its date so far.
    ///
    /// `known` is a version of the same rule that has been in force at that date before a complete file:
    /// values that are the same there come from where they came from.
    pub(super) fn stated(from: Instant, body: &Body, below: Option<&Self>, known: Option<&Self>) -> Self {
        let fresh = Self {
            effective_from: from,
            reviewed_on: NaiveDate::MIN,
            note: None,
            origin: body.origin(&["version".to_owned()], &body.place),
            place: body.place.clone(),
            leaves: Leaves::new(),
            source: Cited::default(),
            reason: Cited::default(),
            segments: Vec::new(),
        };
        let mut version = below.map_or_else(|| fresh.clone(), |below| Self { effective_from: from, ..below.clone() });
        let was_there = [known, below].into_iter().flatten().find(|version| version.effective_from == from);
        version.origin = was_there.map_or(fresh.origin, |version| version.origin.clone());
        version.place = body.place.clone();
        if was_there.is_none() {
            version.note = None;
        }
        let segments_below = was_there.map(|below| below.segments.clone()).unwrap_or_default();
        version.spell_out_whole();
        version.state(body, known, &segments_below);
        version
    }

    fn state(&mut self, body: &Body, known: Option<&Self>, segments_below: &[Segment]) {
        let mut named = Vec::new();
        for entry in &body.entries {
            let known = known.and_then(|known| known.leaves.get(&entry.leaf)).filter(|leaf| leaf.value == entry.value);
            let said = body.set_by.get(&entry.leaf).cloned();
            let known = said.clone().or_else(|| known.map(|leaf| leaf.origin.clone()));
            lay(&mut self.leaves, entry, known.clone().unwrap_or_else(|| entry.place.origin()));
            if let (Some(known), Some(leaf)) = (known, self.leaves.get_mut(&entry.leaf)) {
                leaf.origin = known;
            }
            named.extend(entry.leaf.first().cloned());
        }
        cite(&mut self.source, &body.source, &named, None);
        cite(&mut self.reason, &body.reason, &named, None);
        if let (true, Some(whole)) = (named.is_empty(), &body.source.whole) {
            self.note = self.note.take().or_else(|| Some(whole.clone()));
        }
        self.reviewed_on = body.reviewed_on.unwrap_or(self.reviewed_on);
        self.note = body.note.clone().or(self.note.take());
        if let Some(segments) = &body.segments {
            self.segments = segments
                .iter()
                .map(|(condition, body)| {
                    let segment = Segment::of(condition, body);
                    let known = segments_below.iter().find(|known| known.condition == segment.condition);
                    let origin = known.map_or_else(|| segment.origin.clone(), |known| known.origin.clone());
                    Segment { origin, ..segment }
                })
                .collect();
        }
    }
}

impl Segment {
    fn of(condition: &Condition, body: &Body) -> Self {
        let origin = |entry: &Entry| body.origin(&entry.leaf, &entry.place);
        Self {
            condition: condition.clone(),
            note: body.note.clone(),
            origin: body.origin(&["when".to_owned()], &body.place),
            place: body.place.clone(),
            entries: body.entries.iter().map(|entry| (entry.clone(), origin(entry))).collect(),
            leaves: Leaves::new(),
            source: body.source.clone(),
            reason: body.reason.clone(),
        }
    }

    /// Works out what it changes, over the values of its version.
    pub(super) fn settle(&mut self, base: &Leaves) {
        let mut all = base.clone();
        self.leaves.clear();
        for (entry, origin) in &self.entries {
            let known = all.get(&entry.leaf).map(|leaf| leaf.origin.clone());
            let changed = lay(&mut all, entry, origin.clone());
            let origin = known.filter(|_| !changed).unwrap_or_else(|| origin.clone());
            if let Some(leaf) = all.get(&entry.leaf) {
                let leaf = Leaf { origin, place: entry.place.clone(), ..leaf.clone() };
                self.leaves.insert(entry.leaf.clone(), leaf);
            }
        }
    }
}

/// The version in force at a date: the last that is so by then, or the first there is.
pub(crate) fn in_force(versions: &[Version], at: Instant) -> Option<&Version> {
    versions.get(index_in_force(versions, at))
}

pub(crate) fn index_in_force(versions: &[Version], at: Instant) -> usize {
    versions.partition_point(|version| version.effective_from <= at).saturating_sub(1)
}

/// Values in the order of the catalogue, each with its parameter and its path.
pub(crate) fn ordered<'a>(
    group: &'a Group,
    leaves: &'a Leaves,
) -> impl Iterator<Item = (&'a KnownParameter, &'a Vec<String>, &'a Leaf)> {
    group.parameters.iter().flat_map(move |parameter| {
        let own = leaves.iter().filter(|(path, _)| path.starts_with(&parameter.path));
        own.map(move |(path, leaf)| (parameter, path, leaf))
    })
}

/// Values as a table that the types are read from.
pub(crate) fn table(group: &Group, leaves: &Leaves) -> Table {
    let mut table = Table::new();
    for parameter in group.parameters.iter().filter(|parameter| parameter.key.is_some()) {
        insert_at(&mut table, &parameter.path, Value::Table(Table::new()));
    }
    for (path, leaf) in leaves {
        insert_at(&mut table, path, leaf.value.clone());
    }
    table
}

fn insert_at(table: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => {
            table.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert_at(inner, rest, value);
            }
        }
    }
}
