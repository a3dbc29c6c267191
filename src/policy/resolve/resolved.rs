//! The resolved parameters: for every rule its versions by date, complete. Overlays are laid over each other here.

use arbiter_model::instant::Instant;

use super::region::{Region, is_covered};
use super::version::{Leaves, NO_SOURCE, Segment, Version, cite, in_force, lay, ordered};
use crate::overlays::{Body, Cited, Entry, Overlay, Statement};
use crate::parameters::{Group, KnownParameter, catalogue};
use crate::text::{WrittenPlace, Wrong, day, nearest_hint};

/// Every parameter with all its versions, laid over each other as far as overlays go.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Resolved {
    pub general: Leaves,
    pub general_source: Cited,
    pub general_reason: Cited,
    /// By the rules' places in the catalogue, each by date.
    pub rules: Vec<Vec<Version>>,
}

impl Resolved {
    /// Lays an overlay over what there is. What is wrong is added to `wrongs`.
    pub(crate) fn lay_over(&mut self, overlay: &Overlay, wrongs: &mut Vec<Wrong>) {
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
    pub(crate) fn settle(&mut self, wrongs: &mut Vec<Wrong>) {
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

fn insert(versions: &mut Vec<Version>, version: Version) {
    match versions.binary_search_by_key(&version.effective_from, |one| one.effective_from) {
        Ok(place) => versions[place] = version,
        Err(place) => versions.insert(place, version),
    }
}
