//! Parameters written out: resolved as a policy file that can be read back, as data for the manifest,
//! and as a first overlay to begin with.

use std::fmt::Write;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value as Json};
use toml::Value;

use arbiter_model::instant::Instant;

use super::Policy;
use super::catalogue::{Group, catalogue};
use super::general::GovernedBy;
use super::kind::Kind;
use super::overlay::Cited;
use super::reader::day;
use super::resolved::{Leaves, Segment, Version, ordered};

/// What stands above a resolved policy.
const HEAD: &str = "\
# The parameters as they are resolved, complete: read back with --policy, this file gives the same, whatever
# lies below it. Behind each value stands where it comes from.
";

/// A text as TOML, on one line.
pub(super) fn quoted(text: &str) -> String {
    match text.contains(char::is_control) {
        true => escaped(text),
        false => Value::String(text.to_owned()).to_string(),
    }
}

/// A path as TOML: `blocked.lower`, with quotes where a name needs them.
fn key(path: &[String]) -> String {
    let is_bare = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    let names = path.iter().map(|name| if is_bare(name) { name.clone() } else { escaped(name) });
    names.collect::<Vec<_>>().join(".")
}

/// A text in quotes with everything escaped that must be, which is a value as well as a key.
fn escaped(text: &str) -> String {
    let escape = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// Lines of TOML. Writing into a string cannot fail.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}");
    }

    /// A text as a comment, in lines that can be read.
    fn comment(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > 100 {
                self.line(&line);
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// Values, each with where it comes from, and what is said of them.
    fn values(&mut self, group: &Group, leaves: &Leaves, source: &Cited, reason: &Cited) {
        let mut named: Vec<&String> = Vec::new();
        for (_, path, leaf) in ordered(group, leaves) {
            let value = format!("{} = {}", key(path), leaf.value);
            // One line, whatever a file's name has in it.
            let origin = arbiter_model::fault::visible(&leaf.origin);
            self.line(&format!("{value:<40} # {origin}"));
            named.extend(path.first().filter(|name| !named.contains(name)));
        }
        for (title, cited) in [("source", source), ("reason", reason)] {
            for name in &named {
                if let Some(text) = cited.of(name) {
                    self.line(&format!("{title}.{name} = {}", quoted(text)));
                }
            }
        }
        for (_, path, leaf) in ordered(group, leaves) {
            self.set_by(path, &leaf.origin);
        }
    }

    /// What is not the standard's keeps where it comes from, so that reading it back keeps it too.
    fn set_by(&mut self, path: &[String], origin: &str) {
        if origin != "standard" {
            self.line(&format!("set_by.{} = {}", key(path), quoted(origin)));
        }
    }

    fn note(&mut self, note: Option<&String>) {
        if let Some(note) = note {
            self.line(&format!("note = {}", quoted(note)));
        }
    }

    fn version(&mut self, group: &Group, version: &Version, before: Option<&Version>) {
        self.line("");
        self.line(&format!("[[{}]]", group.name));
        self.line(&format!("effective_from = {}", day(version.effective_from)));
        self.line(&format!("reviewed_on = {}", version.reviewed_on));
        self.note(version.note.as_ref());
        self.values(group, &version.leaves, &version.source, &version.reason);
        self.set_by(&["version".to_owned()], &version.origin);
        if version.segments.is_empty() && before.is_some_and(|before| !before.segments.is_empty()) {
            self.line("when = []");
        }
        for segment in &version.segments {
            self.segment(group, segment);
        }
    }

    fn segment(&mut self, group: &Group, segment: &Segment) {
        self.line("");
        self.line(&format!("[[{}.when]]", group.name));
        for (name, value) in segment.condition.written() {
            self.line(&format!("{name} = {value}"));
        }
        self.note(segment.note.as_ref());
        self.values(group, &segment.leaves, &segment.source, &segment.reason);
        self.set_by(&["when".to_owned()], &segment.origin);
    }
}

impl Policy {
    /// All parameters as one policy file, complete, with where each value comes from. Read back and laid
    /// over anything, it gives the same policy, and the same file.
    pub fn to_toml(&self) -> String {
        let mut lines = Lines(HEAD.to_owned());
        lines.line("\n[policy]\ncomplete = true");
        let resolved = &self.resolved;
        lines.values(&catalogue().general, &resolved.general, &resolved.general_source, &resolved.general_reason);
        for (group, versions) in catalogue().rules.iter().zip(&resolved.rules) {
            lines.line("");
            lines.comment(&group.about);
            for parameter in &group.parameters {
                let range = parameter.range_text();
                let bounds = if range.is_empty() { String::new() } else { format!(", {range}") };
                lines.comment(&format!("{}: {} ({}{bounds})", key(&parameter.path), parameter.about, parameter.unit));
            }
            let mut before = None;
            for version in versions {
                lines.version(group, version, before);
                before = Some(version);
            }
        }
        lines.0
    }
}

/// The values of all versions, for the manifest and the hash.
pub struct InForce<'a>(pub(super) &'a Policy);

impl Serialize for InForce<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (resolved, catalogue) = (&self.0.resolved, catalogue());
        let mut map = serializer.serialize_map(Some(catalogue.rules.len() + 1))?;
        map.serialize_entry("policy", &values(&catalogue.general, &resolved.general))?;
        for (group, versions) in catalogue.rules.iter().zip(&resolved.rules) {
            map.serialize_entry(&group.name, &Versions(group, versions))?;
        }
        map.end()
    }
}

struct Versions<'a>(&'a Group, &'a [Version]);

impl Serialize for Versions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.1.len()))?;
        for version in self.1 {
            let mut map = Map::new();
            map.insert("effective_from".to_owned(), Json::from(day(version.effective_from)));
            map.insert("reviewed_on".to_owned(), Json::from(version.reviewed_on.to_string()));
            map.extend(values(self.0, &version.leaves));
            let segment = |segment: &Segment| {
                let mut map = Map::new();
                map.insert("condition".to_owned(), Json::from(segment.condition.to_string()));
                map.extend(values(self.0, &segment.leaves));
                Json::Object(map)
            };
            if !version.segments.is_empty() {
                map.insert("when".to_owned(), version.segments.iter().map(segment).collect());
            }
            list.serialize_element(&map)?;
        }
        list.end()
    }
}

/// Values as data, in the order of the catalogue.
fn values(group: &Group, leaves: &Leaves) -> Map<String, Json> {
    let mut map = Map::new();
    for (_, path, leaf) in ordered(group, leaves) {
        insert(&mut map, path, json(&leaf.value));
    }
    map
}

/// A value of TOML as one of JSON; parameters have texts, whole numbers, and lists of them.
fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Array(items) => items.iter().map(json).collect(),
        other => Json::from(other.to_string()),
    }
}

fn insert(map: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [last] => {
            map.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = map.entry(first.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// A first overlay with everything that one can have, commented out.
pub fn starting_overlay(policy: &Policy, as_of: Instant) -> String {
    let mut lines = Lines(START.to_owned());
    let general = [("governed_by", GovernedBy::CODES.join(", ")), ("review_months", "months".to_owned())];
    lines.line("# [policy]");
    for (name, meaning) in general {
        if let Some((value, _)) = policy.value(&format!("policy.{name}"), as_of) {
            lines.line(&format!("# {:<40} # {meaning}", format!("{name} = {value}")));
        }
    }
    for group in &catalogue().rules {
        lines.line("");
        lines.comment(&group.about);
        lines.line(&format!("# [{}]", group.name));
        for parameter in &group.parameters {
            let range = parameter.range_text();
            let bounds = if range.is_empty() { String::new() } else { format!(", {range}") };
            let about = format!("{}{bounds}", parameter.unit);
            let at = |path: &[String]| policy.value(&format!("{}.{}", group.name, path.join(".")), as_of);
            let line = match (&parameter.key, at(&parameter.path)) {
                (None, Some((value, _))) => format!("{} = {value}", key(&parameter.path)),
                _ => {
                    let name = if parameter.kind == Kind::Amount { "EUR" } else { "name" };
                    let path: Vec<String> = parameter.path.iter().cloned().chain([name.to_owned()]).collect();
                    format!("{} = {}", key(&path), parameter.kind.example())
                }
            };
            lines.line(&format!("# {line:<40} # {about}"));
        }
    }
    lines.0
}

/// What stands above a first overlay.
const START: &str = r##"# Parameters of your own, laid over the standard ones:
#
#     arbiter policy check FILE                  tells what is wrong with this file, all of it at once
#     arbiter policy diff standard FILE          tells what it changes
#     arbiter run FOLDER --policy FILE           decides under it
#
# What is not here stays as it is. Shares and amounts are strings, "0.30", so that they are read exactly.
#
# A plain table lays its values over every version of a rule:
#
#     [colour_mismatch]
#     band = ["0.30", "0.45"]
#     source.band = "Decision of the board of 2026-06-10"
#
# A version is in force from its date on. Disputes opened before are decided by the version before it
# (see policy.governed_by). What it does not name stays as in that version:
#
#     [[colour_mismatch]]
#     effective_from = 2026-07-01
#     reviewed_on = 2026-06-15
#     source = "Terms of service of 2026, section 4, https://example.com/terms"
#     note = "Complaints about colour have doubled."
#     band = ["0.30", "0.45"]
#
# Segments vary a version, or every version, by case. The first whose condition holds counts. A condition
# names one or more of category, currency, destination_country, seller_id, and goods_total:
#
#     [[colour_mismatch.when]]
#     category = ["apparel"]
#     currency = ["USD"]
#     goods_total = { from = "50.00", below = "200.00" }
#     band = ["0.20", "0.40"]
#
# The parameters, with the values in force; take the mark # away from a rule and from what you change.

"##;
