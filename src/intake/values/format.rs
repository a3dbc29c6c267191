//! How a file writes its values: time zone, timestamps, numbers, words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono_tz::Tz;

use arbiter_model::instant::{Form, Instant, TIMESTAMP_FORMS};

/// How the values of an export are written, where not as in the arbiter's own form.
#[derive(Clone, Debug)]
pub(crate) struct ValueFormat {
    /// The time zone of timestamps without an offset.
    pub(crate) zone: Tz,
    /// The forms of timestamps, of which the first that fits counts; none for the arbiter's own.
    pub(crate) timestamps: Vec<Form>,
    /// Between whole and fraction: `.` or `,`.
    pub(crate) decimal: char,
    /// Between groups of three digits.
    pub(crate) thousands: Option<char>,
    /// Texts that stand for an empty field, such as `NULL`.
    pub(crate) missing: Vec<String>,
    /// For each of our columns, its words in normal form, and what they mean.
    pub(crate) aliases: BTreeMap<&'static str, BTreeMap<String, String>>,
}

impl ValueFormat {
    /// Values of the arbiter's own form, in a time zone.
    pub(crate) fn standard(zone: Tz) -> Self {
        Self {
            zone,
            timestamps: Vec::new(),
            decimal: '.',
            thousands: None,
            missing: Vec::new(),
            aliases: BTreeMap::new(),
        }
    }

    /// Adds the form of timestamps in the typed columns of a table.
    pub(crate) fn add_typed_timestamps(&mut self) {
        if !self.timestamps.is_empty() {
            self.timestamps.push(Form::Standard);
        }
    }

    /// Whether a field counts as empty.
    pub(crate) fn is_missing(&self, field: &[u8]) -> bool {
        field.is_empty() || self.missing.iter().any(|missing| missing.as_bytes() == field)
    }

    /// A timestamp.
    pub(crate) fn instant(&self, text: &str) -> Option<Instant> {
        match self.timestamps.is_empty() {
            true => Instant::parse(text, self.zone),
            false => self.timestamps.iter().find_map(|form| form.read(text, self.zone)),
        }
    }

    /// What a timestamp may look like, for messages.
    pub(crate) fn timestamp_forms(&self) -> Cow<'static, str> {
        match self.timestamps.is_empty() {
            true => TIMESTAMP_FORMS.into(),
            false => {
                let forms: Vec<_> = self.timestamps.iter().map(Form::to_string).collect();
                format!("an existing timestamp of the form {}", forms.join(" or ")).into()
            }
        }
    }

    /// Whether fields, timestamps and words are in the arbiter's own form; numbers may be others.
    pub(crate) fn has_standard_texts(&self) -> bool {
        self.timestamps.is_empty() && self.missing.is_empty() && self.aliases.is_empty()
    }

    /// A number in the arbiter's own form: digits, and at most one point. `None` where it is not written as
    /// this file writes numbers; whether it is one at all is for the caller.
    pub(crate) fn number<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        if self.decimal == '.' && self.thousands.is_none() {
            return Some(text.into());
        }
        let (whole, fraction) = match text.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let whole = match self.thousands {
            Some(mark) => ungrouped(whole, mark)?,
            None => whole.into(),
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match fraction {
            None => digits(&whole).then(|| whole.into_owned().into()),
            Some(fraction) => (digits(&whole) && digits(fraction)).then(|| format!("{whole}.{fraction}").into()),
        }
    }

    /// An amount as this file writes it, for messages.
    pub(crate) fn example_amount(&self) -> String {
        let thousands = self.thousands.map_or(String::new(), |mark| format!(" or 1{mark}024{}90", self.decimal));
        format!("24{}90{thousands}", self.decimal)
    }

    /// What a word of a column, in normal form, means in this file.
    pub(crate) fn alias(&self, column: &'static str, word: &str) -> Option<&str> {
        self.aliases.get(column)?.get(word).map(String::as_str)
    }
}

/// A whole number without the marks between its groups of three digits. A number may also have none.
fn ungrouped(whole: &str, mark: char) -> Option<Cow<'_, str>> {
    // People and programs write all of these as a blank.
    let is_mark = |letter: char| letter == mark || mark == ' ' && matches!(letter, '\u{A0}' | '\u{202F}' | '\u{2009}');
    let mut groups = whole.split(is_mark);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<_> = groups.collect();
    if rest.is_empty() {
        return Some(whole.into());
    }
    let is_grouped = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    is_grouped.then(|| format!("{first}{}", rest.concat()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(decimal: char, thousands: Option<char>, text: &str) -> Option<String> {
        ValueFormat { decimal, thousands, ..ValueFormat::standard(Tz::UTC) }.number(text).map(Cow::into_owned)
    }

    #[test]
    fn numbers_are_read_as_the_file_writes_them_or_not_at_all() {
        for (thousands, text, expected) in [
            (None, "24,90", Some("24.90")),
            (None, "24", Some("24")),
            (None, "24.90", None),
            (None, "1.024,90", None),
            (Some('.'), "1.024,90", Some("1024.90")),
            (Some('.'), "1024,90", Some("1024.90")),
            (Some('.'), "24.90", None),
            (Some('.'), "1.0249,0", None),
            (Some('.'), "1024.900", None),
            (Some('.'), ".024,90", None),
            (Some('.'), "24,9.0", None),
            (Some(' '), "1 024 000,5", Some("1024000.5")),
            (Some(' '), "1\u{A0}024\u{202F}000", Some("1024000")),
            (Some(' '), " 24,90", None),
            (None, ",90", None),
            (None, "24,", None),
            (None, "-24,90", None),
            (None, "", None),
        ] {
            assert_eq!(number(',', thousands, text).as_deref(), expected, "{thousands:?} {text:?}");
        }
        assert_eq!(number('.', Some(','), "1,024.90").as_deref(), Some("1024.90"));
        // The comma between digits is a mark, so that 24,90 is no number rather than 2490.
        assert_eq!(number('.', Some(','), "24,90"), None);
    }
}
