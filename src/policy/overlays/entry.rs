//! Brings a value to its parameter, exactly, or tells what it should have been.

use toml::Value;

use super::overlay::Entry;
use crate::parameters::{Found, Group, Kind, KnownParameter, Written};
use crate::text::{WrittenPlace, Wrong, nearest_hint};

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
