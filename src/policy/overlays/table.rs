//! Reading a table of a rule: its values, what is cited for them, and its segments.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use arbiter_model::fault::nearest;
use arbiter_model::instant::Instant;

use super::condition::{CONDITIONS, Condition};
use super::entry::{Given, entry};
use super::overlay::{Body, Cited};
use super::reader::{Reader, exact, shown};
use crate::parameters::Group;
use crate::text::{WrittenPlace, Wrong, nearest_hint};

/// What a table in a rule speaks of: it decides which keys it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `[policy]`
    General,
    /// `[colour_mismatch]`
    Plain,
    /// `[[colour_mismatch]]`
    Version,
    /// `[[colour_mismatch.when]]`
    Segment,
}

/// The keys of a rule's table that are no parameters.
pub const RESERVED: [&str; 7] = ["effective_from", "reviewed_on", "source", "reason", "note", "set_by", "when"];

impl Role {
    /// The keys that a table may have beside parameters.
    fn keys(self) -> Vec<&'static str> {
        match self {
            Self::General => vec!["complete", "source", "reason", "note", "set_by"],
            Self::Plain => vec!["reviewed_on", "source", "reason", "note", "set_by", "when"],
            Self::Version => RESERVED.to_vec(),
            Self::Segment => [&["source", "reason", "note", "set_by"], &CONDITIONS[..]].concat(),
        }
    }
}

/// What a table in a rule says, with what only some roles have.
pub(super) struct Read {
    pub body: Body,
    /// Of a version: from when it is in force.
    pub from: Option<Instant>,
    /// Of a segment: which cases it is for.
    pub condition: Condition,
}

impl Reader {
    /// Reads a table of a role.
    pub(super) fn body(&mut self, group: &Group, role: Role, offset: usize, table: &DeTable, cited: bool) -> Read {
        let mut body = Body::at(self.place(offset));
        let mut from = None;
        let mut conditions = Vec::new();
        let wrongs_before = self.wrongs.len();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let (what, at) = (format!("{}.{name}", group.name), key.span().start);
            let is_reserved = RESERVED.contains(&name) || role == Role::Segment && CONDITIONS.contains(&name);
            if name == "complete" && role == Role::General {
                continue;
            }
            if !is_reserved {
                self.values(group, &[name.to_owned()], at, value, role, &mut body);
                continue;
            }
            if !role.keys().contains(&name) {
                self.misplaced(role, &what, at);
                continue;
            }
            match name {
                "effective_from" => from = self.instant(&what, at, value),
                "reviewed_on" => body.reviewed_on = self.date(&what, at, value),
                "note" => body.note = self.text(&what, at, value),
                "source" => body.source = self.cited(group, &what, at, value),
                "reason" => body.reason = self.cited(group, &what, at, value),
                "set_by" => self.set_by(&what, at, &mut Vec::new(), value, &mut body.set_by),
                "when" => body.segments = self.segments(group, &what, at, value),
                _ => conditions.push((name, at, value)),
            }
        }
        let mut condition = Condition::default();
        match role {
            Role::Version => self.heading(group, &body, table),
            Role::Plain | Role::General if cited => self.sources(group, &body),
            Role::Segment => {
                let is_sound = self.wrongs.len() == wrongs_before;
                condition = self.condition(group, offset, &conditions, is_sound);
            }
            Role::Plain | Role::General => {}
        }
        Read { body, from, condition }
    }

    fn misplaced(&mut self, role: Role, what: &str, at: usize) {
        let (problem, hint) = match role {
            Role::Plain => {
                ("a plain table lays its values over every version", "for a version of its own write [[rule]]")
            }
            Role::Segment => {
                ("a segment is in force as long as its version", "write it in the version, above [[rule.when]]")
            }
            Role::General | Role::Version => ("is not allowed in [policy]", "only rules have versions"),
        };
        self.wrong(at, what, problem, hint);
    }

    /// What a version must have.
    fn heading(&mut self, group: &Group, body: &Body, table: &DeTable) {
        let has = |name: &str| table.iter().any(|(key, _)| key.get_ref() == name);
        let place = body.place.clone();
        let mut missing = |name: &str, hint: &str| {
            let what = format!("{}.{name}", group.name);
            let problem = "is missing: a version says from when it is in force, where its values come from, and when \
                           they were last reviewed";
            self.wrongs.push(Wrong { place: place.clone(), what, problem: problem.to_owned(), hint: hint.to_owned() });
        };
        if !has("effective_from") {
            missing("effective_from", "for example effective_from = 2026-07-01");
        }
        if !has("reviewed_on") {
            missing("reviewed_on", "for example reviewed_on = 2026-06-15");
        }
        if !has("source") {
            missing("source", "for example source = \"Terms of service of 2026, https://example.com/terms\"");
        } else {
            self.sources(group, body);
        }
    }

    /// Each value needs a source.
    fn sources(&mut self, group: &Group, body: &Body) {
        let mut named: Vec<(&String, &WrittenPlace)> =
            body.entries.iter().filter_map(|entry| Some((entry.leaf.first()?, &entry.place))).collect();
        named.dedup_by_key(|(name, _)| *name);
        for (name, place) in named.into_iter().filter(|(name, _)| body.source.of(name).is_none()) {
            let what = format!("{}.source.{name}", group.name);
            let hint = format!("for example source.{name} = \"where the value of {name} comes from\"");
            self.wrongs.push(Wrong { place: place.clone(), what, problem: "is missing".to_owned(), hint });
        }
    }

    /// Reads a parameter, or a table of parameters.
    fn values(
        &mut self,
        group: &Group,
        path: &[String],
        offset: usize,
        value: &Spanned<DeValue>,
        role: Role,
        body: &mut Body,
    ) {
        if let DeValue::Table(inner) = value.get_ref() {
            for (key, value) in inner {
                let path: Vec<String> = path.iter().cloned().chain([key.get_ref().to_string()]).collect();
                self.values(group, &path, key.span().start, value, role, body);
            }
            return;
        }
        let what = format!("{}.{}", group.name, path.join("."));
        let place = self.place(offset);
        let given = match exact(value.get_ref()) {
            Ok(value) => Given::Toml(value),
            Err(number) => Given::Float { shown: shown(value.get_ref()), number },
        };
        match entry(group, path, given, &place, &what) {
            Ok(entry) => body.entries.push(entry),
            Err(wrong) => {
                let is_key = path.len() == 1 && group.parameters.iter().all(|one| one.path[0] != path[0]);
                let names = || role.keys().into_iter().chain(group.names());
                // Who writes country means destination_country.
                let within = names().find(|name| path[0].len() > 2 && name.contains(path[0].as_str()));
                let near = within.or_else(|| nearest(&path[0], names()));
                let hint = near.filter(|_| is_key).map(|near| format!("did you mean {near:?}?"));
                let problem = match is_key && role == Role::Segment {
                    true => format!("unknown condition or parameter {:?} of {}", path[0], group.name),
                    false => wrong.problem.clone(),
                };
                self.wrongs.push(Wrong { hint: hint.unwrap_or(wrong.hint.clone()), problem, ..wrong });
            }
        }
    }

    /// A text for all values, or a table of texts by parameter.
    fn cited(&mut self, group: &Group, what: &str, at: usize, value: &Spanned<DeValue>) -> Cited {
        let DeValue::Table(table) = value.get_ref() else {
            return Cited { whole: self.text(what, at, value), single: BTreeMap::new() };
        };
        let mut cited = Cited::default();
        for (key, value) in table {
            let (name, at) = (key.get_ref().to_string(), key.span().start);
            let text = self.text(&format!("{what}.{name}"), at, value);
            if name == "version" {
                cited.whole = text;
            } else if group.names().contains(&name.as_str()) {
                cited.single.extend(text.map(|text| (name, text)));
            } else {
                let hint = nearest_hint(&name, group.names());
                self.wrong(
                    at,
                    &format!("{what}.{name}"),
                    format!("unknown parameter {name:?} of {}", group.name),
                    hint,
                );
            }
        }
        cited
    }

    fn set_by(
        &mut self,
        what: &str,
        at: usize,
        path: &mut Vec<String>,
        value: &Spanned<DeValue>,
        found: &mut BTreeMap<Vec<String>, String>,
    ) {
        if let DeValue::Table(table) = value.get_ref() {
            for (key, value) in table {
                path.push(key.get_ref().to_string());
                self.set_by(what, key.span().start, path, value, found);
                path.pop();
            }
        } else if let Some(text) = self.text(what, at, value) {
            found.insert(path.clone(), text);
        }
    }

    fn segments(
        &mut self,
        group: &Group,
        what: &str,
        at: usize,
        value: &Spanned<DeValue>,
    ) -> Option<Vec<(Condition, Body)>> {
        if group.of_run {
            let problem = "counts a buyer's whole record, so it cannot have segments";
            self.wrong(at, &group.name, problem, "leave the segments out");
            return None;
        }
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(at, what, "expected a list of segments", format!("write [[{what}]] above each"));
            return None;
        };
        let mut segments = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => {
                    let read = self.body(group, Role::Segment, item.span().start, table, false);
                    segments.push((read.condition, read.body));
                }
                other => {
                    let problem = format!("expected a table, not {}", shown(other));
                    self.wrong(item.span().start, what, problem, format!("write [[{what}]] above each"));
                }
            }
        }
        Some(segments)
    }
}
