//! Overlays as they are written: what a policy file, a profile or `--set` says, with the place of each
//! value, and every fault that it shows by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use toml::Value;

use arbiter_model::fault::{Fault, FaultKind};
use arbiter_model::instant::Instant;

use super::catalogue::{Found, Group, KnownParameter, catalogue, nearest_hint};
use super::condition::Condition;
use super::kind::{Kind, Written};

/// Where something was set: a line of a file, a profile, or the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenPlace {
    /// The file's name, or `--set`.
    pub name: Arc<str>,
    /// The line of the file.
    pub line: Option<usize>,
    /// What a value that was set here is said to come from, where that is not the line.
    pub said: Option<Arc<str>>,
}

impl WrittenPlace {
    /// What a value that was set here is said to come from.
    pub(super) fn origin(&self) -> String {
        self.said.as_ref().map_or_else(|| self.to_string(), ToString::to_string)
    }
}

impl std::fmt::Display for WrittenPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Something wrong with an overlay.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wrong {
    pub place: WrittenPlace,
    /// What it is about: `colour_mismatch.band`.
    pub what: String,
    pub problem: String,
    pub hint: String,
}

impl Wrong {
    pub(super) fn fault(&self) -> Fault {
        let what = if self.what.is_empty() { String::new() } else { format!("{}: ", self.what) };
        let fault = Fault::new(FaultKind::Policy, format!("{what}{}", self.problem)).at(&self.place);
        if self.hint.is_empty() { fault } else { fault.hint(&self.hint) }
    }
}

/// One value to be laid over a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The parameter's path within its rule, with the key of an entry of an open table.
    pub leaf: Vec<String>,
    /// The end of a `[low, high]` that it is, where it is only one: 0 or 1.
    pub end: Option<usize>,
    pub value: Value,
    pub place: WrittenPlace,
}

/// Texts about the values of a rule: for all of them, or for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cited {
    /// For the version, or segment, as a whole.
    pub whole: Option<String>,
    /// For one parameter, by its first name within the rule.
    pub single: BTreeMap<String, String>,
}

impl Cited {
    pub(super) fn of(&self, parameter: &str) -> Option<&String> {
        self.single.get(parameter).or(self.whole.as_ref())
    }
}

/// What stands in a rule's table, in one of its versions, or in a segment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Body {
    pub place: WrittenPlace,
    pub entries: Vec<Entry>,
    pub reviewed_on: Option<NaiveDate>,
    pub note: Option<String>,
    pub source: Cited,
    pub reason: Cited,
    /// Where values came from before this file was written, by their paths; see [`super::Policy::to_toml`].
    pub set_by: BTreeMap<Vec<String>, String>,
    pub segments: Option<Vec<(Condition, Body)>>,
}

impl Body {
    pub(super) fn at(place: WrittenPlace) -> Self {
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
    pub(super) fn origin(&self, path: &[String], place: &WrittenPlace) -> String {
        self.set_by.get(path).cloned().unwrap_or_else(|| place.origin())
    }
}

/// One thing that an overlay does to a rule, by the rule's place in the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
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
    pub(super) place: WrittenPlace,
    /// It states every parameter, and nothing below it counts.
    pub(super) complete: bool,
    /// Each of its values must have a source.
    pub(super) cited: bool,
    pub(super) general: Option<Body>,
    pub(super) statements: Vec<Statement>,
    pub(super) wrongs: Vec<Wrong>,
}

impl Overlay {
    pub(super) fn empty(place: WrittenPlace) -> Self {
        Self { place, complete: false, cited: false, general: None, statements: Vec::new(), wrongs: Vec::new() }
    }

    /// Reads a policy file's text. What is wrong with it is told when it is laid over the parameters:
    /// all of it, with what only shows then.
    pub fn from_file(name: &str, text: &str) -> Self {
        super::document::read(WrittenPlace { name: name.into(), line: Some(1), said: None }, text)
    }

    /// Reads `rule.parameter=value`, as the command line has it, or `rule@2026-07-01.parameter=value`
    /// for one version, or `rule@2026-07-01#1.parameter=value` for its first segment.
    pub fn from_argument(argument: &str) -> Self {
        let mut overlay = Self::empty(WrittenPlace { name: "--set".into(), line: None, said: None });
        if let Err(wrong) = overlay.set(argument) {
            overlay.wrongs.push(*wrong);
        }
        overlay
    }

    /// Lays a text over the parameter of an address; see [`from_argument`](Self::from_argument).
    pub fn set_to(address: &str, value: &str) -> Self {
        Self::from_argument(&format!("{address}={value}"))
    }

    fn set(&mut self, argument: &str) -> Result<(), Box<Wrong>> {
        let place = self.place.clone();
        let form = |problem: &str| {
            let example = if argument.contains('@') { "too_early@2026-07-01.days=6" } else { "too_early.days=6" };
            let hint = format!("for example --set {example}");
            Wrong { place: place.clone(), what: argument.to_owned(), problem: problem.to_owned(), hint }
        };
        let parts = argument.split_once('=').filter(|(path, _)| path.contains('.') && !path.ends_with('.'));
        let (path, value) = parts.ok_or_else(|| form("expected rule.parameter=value"))?;
        let (path, value) = (path.trim(), value.trim());
        let mut names = path.split('.').map(str::to_owned);
        let head = names.next().unwrap_or_default();
        let inner: Vec<String> = names.collect();
        let (name, from, segment) =
            address(&head).ok_or_else(|| form("expected a version as rule@2026-07-01, and a segment of it as #1"))?;
        let wrong = |problem: String, hint: String| {
            Box::new(Wrong { place: place.clone(), what: path.to_owned(), problem, hint })
        };
        let catalogue = catalogue();
        if name == "policy" && from.is_none() {
            let entry = entry(&catalogue.general, &inner, Given::Text(value), &place, path).map_err(Box::new)?;
            let mut body = Body::at(place.clone());
            body.entries.push(entry);
            self.general = Some(body);
            return Ok(());
        }
        let names = || catalogue.rules.iter().map(|rule| rule.name.as_str());
        let (rule, group) =
            catalogue.rule(name).ok_or_else(|| wrong(format!("unknown rule {name:?}"), nearest_hint(name, names())))?;
        let entry = entry(group, &inner, Given::Text(value), &place, path).map_err(Box::new)?;
        self.statements.push(match from {
            Some(from) => Statement::At { rule, from, segment, entry },
            None => {
                let mut body = Body::at(place.clone());
                body.entries.push(entry);
                Statement::Plain { rule, body }
            }
        });
        Ok(())
    }
}

/// Takes `rule`, `rule@date` and `rule@date#segment` apart.
fn address(head: &str) -> Option<(&str, Option<Instant>, Option<usize>)> {
    let Some((name, version)) = head.split_once('@') else {
        return (!head.contains('#')).then_some((head, None, None));
    };
    let (date, segment) = match version.split_once('#') {
        Some((date, number)) => (date, Some(number.parse().ok().filter(|number| *number > 0)?)),
        None => (version, None),
    };
    Some((name, Some(Instant::parse(date, chrono_tz::Tz::UTC)?), segment))
}

/// A value as it was given.
pub(super) enum Given<'a> {
    /// In TOML, exactly.
    Toml(Value),
    /// In TOML, with a number with a point in it.
    Float {
        /// The whole value as it was written.
        shown: String,
        /// The number as it was written.
        number: String,
    },
    /// On the command line.
    Text(&'a str),
}

/// Brings a value to the parameter that its path names.
pub(super) fn entry(
    group: &Group,
    path: &[String],
    given: Given,
    place: &WrittenPlace,
    what: &str,
) -> Result<Entry, Wrong> {
    let wrong = |problem: String, hint: String| Wrong { place: place.clone(), what: what.to_owned(), problem, hint };
    let (parameter, end, key) = match group.find(path) {
        Found::Whole(parameter) => (parameter, None, None),
        Found::End(parameter, end) => (parameter, Some(end), None),
        Found::Entry(parameter, key) => (parameter, None, Some(key)),
        Found::Inner(names) => {
            let below = match names.is_empty() {
                true => "name one of its entries".to_owned(),
                false => format!("name one of its values: {}", names.join(", ")),
            };
            return Err(wrong("is a table of values, not a value".to_owned(), below));
        }
        Found::Unknown(depth, known) => {
            let table = std::iter::once(&group.name).chain(&path[..depth]).map(String::as_str);
            let table = table.collect::<Vec<_>>().join(".");
            let name = path.get(depth).map(String::as_str).unwrap_or_default();
            let hint = if known.is_empty() { format!("{table} is a value") } else { nearest_hint(name, known) };
            return Err(wrong(format!("unknown parameter {name:?} of {table}"), hint));
        }
    };
    let leaf: Vec<String> = parameter.path.iter().cloned().chain(key.clone()).collect();
    let value = typed(parameter, end, key.as_deref(), given).map_err(|(shown, hint)| {
        let expected = parameter.expected(end.is_some(), key.as_deref());
        wrong(format!("expected {expected}, not {shown}"), hint)
    })?;
    Ok(Entry { leaf, end, value, place: place.clone() })
}

/// A value in the type of its parameter, or what it is instead, with the way out.
fn typed(
    parameter: &KnownParameter,
    end: Option<usize>,
    key: Option<&str>,
    given: Given,
) -> Result<Value, (String, String)> {
    let kind = parameter.kind.ends().filter(|_| end.is_some()).unwrap_or(parameter.kind);
    let value = match given {
        Given::Toml(value) => value,
        Given::Float { shown, number } => return Err((shown, advice_on_float(&number, kind))),
        Given::Text(text) => parameter.read_text(text, end.is_some()),
    };
    kind.read(key, &value).ok_or_else(|| (value.to_string(), advice(&value, kind)))
}

/// The way out of a number with a point.
fn advice_on_float(text: &str, kind: Kind) -> String {
    match kind.written() {
        Written::Text | Written::Texts if text.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("write it as a string, \"{text}\", so that it is read exactly")
        }
        _ => format!("for example {}", kind.example()),
    }
}

/// The way out of a value that is not what it should be.
fn advice(value: &Value, kind: Kind) -> String {
    let is_too_fine = |text: &str| {
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        fraction.bytes().all(|digit| digit.is_ascii_digit()) && fraction.trim_end_matches('0').len() > 4
    };
    let too_fine = match value {
        Value::String(text) => is_too_fine(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).any(is_too_fine),
        _ => false,
    };
    match too_fine {
        true => "digits past the last that counts are refused rather than rounded; write fewer".to_owned(),
        false => format!("for example {}", kind.example()),
    }
}
