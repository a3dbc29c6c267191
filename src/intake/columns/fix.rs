//! The shortest way to fix a kind of fault: often a line for the mapping.

use toml::Value;

use arbiter_model::fault::nearest;
use arbiter_model::instant::Form;

use crate::bytes::sniff_encoding;
use crate::values::{ColumnKind, ValueFormat, meaning, normalised, number_signs, timestamp_patterns};

/// What to do about a row that is not valid UTF-8.
pub(super) fn encoding(bytes: &[u8]) -> Option<String> {
    sniff_encoding(bytes).map(|name| format!("if the file is in {name}: --encoding {}", name.to_ascii_lowercase()))
}

/// What to do about timestamps in another form.
pub(super) fn timestamp(export: &str, text: &str, format: &ValueFormat) -> Option<String> {
    let fits = timestamp_patterns(&[text]);
    let (first, others) = fits.split_first()?;
    let given = format.timestamps.iter().map(Form::to_string);
    let patterns: Vec<_> = given.chain([(*first).to_owned()]).collect();
    let or = others.first().map_or(String::new(), |other| format!("; or, if that is meant, {}", toml_string(other)));
    Some(in_mapping(export, &format!("timestamps = {}{or}", Value::from(patterns))))
}

/// What to do about numbers with another decimal separator or thousands separator.
pub(super) fn number(export: &str, text: &str, format: &ValueFormat) -> Option<String> {
    let (decimal, thousands) = *number_signs(&[text]).first()?;
    if (decimal, thousands) == (format.decimal, format.thousands) {
        return None;
    }
    let thousands = thousands.map_or(String::new(), |mark| format!(" and thousands = \"{mark}\""));
    Some(in_mapping(export, &format!("decimal = \"{decimal}\"{thousands}")))
}

/// What to do about an unknown word.
pub(super) fn word(export: &str, column: &str, kind: ColumnKind, word: &str, known: &[&str]) -> String {
    let meaning = meaning(kind, word).or_else(|| nearest(&normalised(word), known.iter().copied())).unwrap_or("…");
    let word: String = word.trim().chars().take(60).collect();
    in_mapping(&format!("{export}.codes.{column}"), &format!("{} = {}", toml_string(&word), toml_string(meaning)))
}

fn in_mapping(table: &str, line: &str) -> String {
    format!("in the mapping, under [{table}]: {line}")
}

/// A text as TOML writes it, on one line.
pub(crate) fn toml_string(text: &str) -> String {
    // A JSON string is a TOML string, except for one character that only TOML escapes.
    serde_json::Value::from(text).to_string().replace('\u{7F}', "\\u007F")
}
