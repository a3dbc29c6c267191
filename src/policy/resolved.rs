//! The resolved parameters: for every rule its versions by date, complete, with where each value
//! comes from. Overlays are laid over each other here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::{Table, Value};

use arbiter_model::fault::Fault;
use arbiter_model::instant::Instant;

use super::catalogue::{Group, KnownParameter, catalogue, nearest_hint};
use super::condition::{Condition, Region, is_covered};
use super::overlay::{Body, Cited, Entry, Overlay, Statement, WrittenPlace, Wrong};
use super::reader::day;

/// A value with where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The value, as TOML.
    pub value: Value,
    /// Where it comes from: `standard`, `profile buyer`, `tougher.toml:3` or `--set`.
    pub origin: String,
    pub(super) place: WrittenPlace,
}

/// Values by their paths within a rule.
pub(super) type Leaves = BTreeMap<Vec<String>, Leaf>;

/// One version of a rule's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// From when it is in force.
    pub(super) effective_from: Instant,
    /// When its values were last reviewed.
    pub(super) reviewed_on: NaiveDate,
    /// What its writer adds.
    pub(super) note: Option<String>,
    /// Where the version as such comes from.
    pub(super) origin: String,
    pub(super) place: WrittenPlace,
    pub(super) leaves: Leaves,
    pub(super) source: Cited,
    pub(super) reason: Cited,
    /// What varies by case; of several whose condition holds, the first.
    pub segments: Vec<Segment>,
}

/// What a version has for some cases alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// For which cases.
    pub(super) condition: Condition,
    /// What its writer adds.
    pub(super) note: Option<String>,
    /// Where it comes from.
    pub(super) origin: String,
    pub(super) place: WrittenPlace,
    /// What it names, before it is laid over its version.
    entries: Vec<(Entry, String)>,
    /// What it changes, complete.
    pub(super) leaves: Leaves,
    pub(super) source: Cited,
    pub(super) reason: Cited,
}

/// Every parameter with all its versions, laid over each other as far as overlays go.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Resolved {
    pub general: Leaves,
    pub general_source: Cited,
    pub general_reason: Cited,
    /// By the rules' places in the catalogue, each by date.
    pub rules: Vec<Vec<Version>>,
}

/// What stands for a source where a value was set without one.
const NO_SOURCE: &str = "none was given";

/// Lays a value over another one; the same value stays what it was, with where it came from.
fn lay(leaves: &mut Leaves, entry: &Entry, origin: String) -> bool {
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
fn cite(cited: &mut Cited, with: &Cited, changed: &[String], otherwise: Option<&str>) {
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
    fn overlay(&mut self, body: &Body) {
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
    fn stated(from: Instant, body: &Body, below: Option<&Self>, known: Option<&Self>) -> Self {
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
    fn settle(&mut self, base: &Leaves) {
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

impl Resolved {
    /// Lays an overlay over what there is. What is wrong is added to `wrongs`.
    pub(super) fn lay_over(&mut self, overlay: &Overlay, wrongs: &mut Vec<Wrong>) {
        wrongs.extend(overlay.wrongs.iter().cloned());
        let before = match overlay.complete {
            true => std::mem::replace(self, Self { rules: vec![Vec::new(); self.rules.len()], ..Self::default() }),
            false => Self::default(),
        };
        self.rules.resize(catalogue().rules.len(), Vec::new());
        if let Some(body) = &overlay.general {
            self.lay_general(body, &before);
        }
        for statement in &overlay.statements {
            match statement {
                Statement::Plain { rule, body } => {
                    self.rules[*rule].iter_mut().for_each(|version| version.overlay(body));
                }
                Statement::Version { rule, from, body } => {
                    let known = before.rules.get(*rule).and_then(|versions| in_force(versions, *from));
                    let version = Version::stated(*from, body, in_force(&self.rules[*rule], *from), known);
                    insert(&mut self.rules[*rule], version);
                }
                Statement::At { rule, from, segment, entry } => {
                    if let Err(wrong) = self.set_at(*rule, *from, *segment, entry) {
                        wrongs.push(*wrong);
                    }
                }
            }
        }
        if overlay.complete && overlay.wrongs.is_empty() {
            let place = overlay.general.as_ref().map_or(&overlay.place, |body| &body.place);
            self.check_complete(place, wrongs);
        }
    }

    fn lay_general(&mut self, body: &Body, before: &Self) {
        let mut changed = Vec::new();
        for entry in &body.entries {
            let known = before.general.get(&entry.leaf).filter(|leaf| leaf.value == entry.value);
            let origin = known.map_or_else(|| body.origin(&entry.leaf, &entry.place), |leaf| leaf.origin.clone());
            if lay(&mut self.general, entry, origin) {
                changed.extend(entry.leaf.first().cloned());
            }
        }
        cite(&mut self.general_source, &body.source, &changed, Some(NO_SOURCE));
        cite(&mut self.general_reason, &body.reason, &changed, None);
    }

    /// Lays a value over one version, or one of its segments.
    fn set_at(&mut self, rule: usize, from: Instant, segment: Option<usize>, entry: &Entry) -> Result<(), Box<Wrong>> {
        let name = &catalogue().rules[rule].name;
        let versions = &mut self.rules[rule];
        let dates: Vec<String> = versions.iter().map(|version| day(version.effective_from)).collect();
        let wrong = |problem: String, hint: String| {
            Box::new(Wrong { place: entry.place.clone(), what: name.clone(), problem, hint })
        };
        let Some(version) = versions.iter_mut().find(|version| version.effective_from == from) else {
            let problem = format!("has no version that is in force from {} on", day(from));
            return Err(wrong(problem, nearest_hint(&day(from), dates.iter().map(String::as_str))));
        };
        match segment {
            None => {
                let mut body = Body::at(entry.place.clone());
                body.entries.push(entry.clone());
                version.overlay(&body);
            }
            Some(number) => {
                let count = version.segments.len();
                let Some(segment) = version.segments.get_mut(number - 1) else {
                    let problem = format!("has no segment #{number} in its version of {}", day(from));
                    return Err(wrong(problem, format!("it has {count}")));
                };
                segment.entries.push((entry.clone(), entry.place.origin()));
            }
        }
        Ok(())
    }

    /// Nothing lies below a complete file, so it must have everything.
    fn check_complete(&self, place: &WrittenPlace, wrongs: &mut Vec<Wrong>) {
        let mut missing = |place: &WrittenPlace, names: Vec<String>| {
            if !names.is_empty() {
                let hint = "a complete file names every parameter; without policy.complete = true it need not";
                let problem = format!("lacks {}", names.join(", "));
                let (what, hint) = ("policy.complete".to_owned(), hint.to_owned());
                wrongs.push(Wrong { place: place.clone(), what, problem, hint });
            }
        };
        let lacking = |group: &Group, leaves: &Leaves| -> Vec<String> {
            let needed = group.parameters.iter().filter(|parameter| parameter.key.is_none());
            needed.filter(|parameter| !leaves.contains_key(&parameter.path)).map(KnownParameter::name).collect()
        };
        let catalogue = catalogue();
        let rules = || catalogue.rules.iter().zip(&self.rules);
        let absent = rules().filter(|(_, versions)| versions.is_empty()).map(|(group, _)| group.name.clone());
        missing(place, lacking(&catalogue.general, &self.general).into_iter().chain(absent).collect());
        for (group, versions) in rules() {
            versions.iter().for_each(|version| missing(&version.place, lacking(group, &version.leaves)));
        }
    }

    /// Works segments out, and checks what only shows when everything is laid over each other.
    pub(super) fn settle(&mut self, wrongs: &mut Vec<Wrong>) {
        for (group, versions) in catalogue().rules.iter().zip(&mut self.rules) {
            for version in versions {
                check(group, &version.leaves, wrongs);
                let mut earlier: Vec<Region> = Vec::new();
                for segment in &mut version.segments {
                    segment.settle(&version.leaves);
                    check(group, &segment.leaves, wrongs);
                    if segment.condition.is_empty() {
                        continue;
                    }
                    let region = Region::of(&segment.condition);
                    if is_covered(&region, &earlier) {
                        wrongs.push(unreachable(group, segment));
                    }
                    earlier.push(region);
                }
            }
        }
    }
}

fn unreachable(group: &Group, segment: &Segment) -> Wrong {
    Wrong {
        place: segment.place.clone(),
        what: format!("{}.when", group.name),
        problem: format!("can never be reached: segments above it are for all cases of {}", segment.condition),
        hint: "the first whose condition holds counts; put it above them, or leave it out".to_owned(),
    }
}

/// Checks values as a whole, of which overlays may have laid ends apart.
fn check(group: &Group, leaves: &Leaves, wrongs: &mut Vec<Wrong>) {
    for (parameter, path, leaf) in ordered(group, leaves) {
        let key = parameter.key.as_ref().and(path.last()).map(String::as_str);
        if !parameter.kind.takes(key, &leaf.value) {
            wrongs.push(Wrong {
                place: leaf.place.clone(),
                what: format!("{}.{}", group.name, path.join(".")),
                problem: format!("expected {}, not {}", parameter.expected(false, key), leaf.value),
                hint: format!("for example {}", parameter.kind.example()),
            });
        }
    }
}

/// The version in force at a date: the last that is so by then, or the first there is.
pub(super) fn in_force(versions: &[Version], at: Instant) -> Option<&Version> {
    versions.get(index_in_force(versions, at))
}

pub(super) fn index_in_force(versions: &[Version], at: Instant) -> usize {
    versions.partition_point(|version| version.effective_from <= at).saturating_sub(1)
}

fn insert(versions: &mut Vec<Version>, version: Version) {
    match versions.binary_search_by_key(&version.effective_from, |one| one.effective_from) {
        Ok(place) => versions[place] = version,
        Err(place) => versions.insert(place, version),
    }
}

/// Values in the order of the catalogue, each with its parameter and its path.
pub(super) fn ordered<'a>(
    group: &'a Group,
    leaves: &'a Leaves,
) -> impl Iterator<Item = (&'a KnownParameter, &'a Vec<String>, &'a Leaf)> {
    group.parameters.iter().flat_map(move |parameter| {
        let own = leaves.iter().filter(|(path, _)| path.starts_with(&parameter.path));
        own.map(move |(path, leaf)| (parameter, path, leaf))
    })
}

/// Values as a table that the types are read from.
pub(super) fn table(group: &Group, leaves: &Leaves) -> Table {
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

/// All that is wrong, as one fault, in the order of overlays and lines.
pub(super) fn fault_of(wrongs: &[Wrong], overlays: &[&Overlay]) -> Option<Fault> {
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
