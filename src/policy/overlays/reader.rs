//! What every part of a policy file is read with: lines, faults, texts, dates and exact values.

use chrono::NaiveDate;
use chrono_tz::Tz;
use toml::de::DeValue;
use toml::{Spanned, Value};

use arbiter_model::instant::Instant;

use crate::text::{WrittenPlace, Wrong};

/// Reads one file, and collects what is wrong with it.
pub(super) struct Reader {
    file: WrittenPlace,
    /// Where its lines begin.
    lines: Vec<usize>,
    pub wrongs: Vec<Wrong>,
}

impl Reader {
    pub(super) fn new(file: WrittenPlace, text: &str) -> Self {
        let after_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self { file, lines: std::iter::once(0).chain(after_ends).collect(), wrongs: Vec::new() }
    }

    pub(super) fn place(&self, offset: usize) -> WrittenPlace {
        WrittenPlace { line: Some(self.lines.partition_point(|start| *start <= offset)), ..self.file.clone() }
    }

    pub(super) fn wrong(&mut self, offset: usize, what: &str, problem: impl Into<String>, hint: impl Into<String>) {
        let place = self.place(offset);
        self.wrongs.push(Wrong { place, what: what.to_owned(), problem: problem.into(), hint: hint.into() });
    }

    pub(super) fn text(&mut self, what: &str, at: usize, value: &Spanned<DeValue>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            other => {
                self.wrong(at, what, format!("expected a text, not {}", shown(other)), "");
                None
            }
        }
    }

    pub(super) fn instant(&mut self, what: &str, at: usize, value: &Spanned<DeValue>) -> Option<Instant> {
        let instant = written_date(value.get_ref()).and_then(|text| Instant::parse(&text, Tz::UTC));
        if instant.is_none() {
            let problem = format!("expected a date, or a timestamp in UTC, not {}", shown(value.get_ref()));
            self.wrong(at, what, problem, "for example 2026-07-01, or 2026-07-01T08:00:00Z");
        }
        instant
    }

    pub(super) fn date(&mut self, what: &str, at: usize, value: &Spanned<DeValue>) -> Option<NaiveDate> {
        let text = written_date(value.get_ref()).filter(|text| text.len() == "2026-06-15".len());
        let date = text.and_then(|text| Instant::parse(&text, Tz::UTC)).map(Instant::date);
        if date.is_none() {
            let problem = format!("expected a date, not {}", shown(value.get_ref()));
            self.wrong(at, what, problem, "for example 2026-06-15");
        }
        date
    }
}

/// A date as TOML has it, or as a string.
fn written_date(value: &DeValue) -> Option<String> {
    match value {
        DeValue::Datetime(date) => Some(date.to_string()),
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The value without its spans, or the text of a number with a point, which would pass through a float.
pub(super) fn exact(value: &DeValue) -> Result<Value, String> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::String(number.as_str().to_owned()),
        },
        DeValue::Float(number) => return Err(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(datetime) => Value::Datetime(*datetime),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| exact(item.get_ref())).collect::<Result<_, _>>()?)
        }
        DeValue::Table(_) => Value::String("a table".to_owned()),
    })
}

/// A value for messages, as it was written.
pub(super) fn shown(value: &DeValue) -> String {
    match value {
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Table(table) => {
            let pairs: Vec<_> =
                table.iter().map(|(key, value)| format!("{} = {}", key.get_ref(), shown(value.get_ref()))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        DeValue::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        other => exact(other).map_or_else(|text| text, |value| value.to_string()),
    }
}
