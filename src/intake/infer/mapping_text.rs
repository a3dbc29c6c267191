//! The text of a first mapping, for files that nobody has described yet: inferred from the names of their columns and
//! from the values in them, each line marked sure or unsure, ready to be edited.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use arbiter_model::fault::{Fault, nearest};

use super::matching::{ColumnMatches, Trust, is_standard, is_word};
use super::sample::{Sample, samples};
use crate::bytes::{Encoding, Source};
use crate::columns::{Column, toml_string};
use crate::exports::{DisputeColumn, OrderColumn, TrackingColumn};
use crate::values::{ColumnKind, is_missing_marker, meaning, normalised, number_signs, timestamp_patterns};

/// How many words of a column are listed.
const WORDS: usize = 100;

/// Looks at export files and writes a mapping for them.
///
/// # Errors
///
/// A file cannot be read, or has no header.
pub fn infer_mapping(sources: &[Source], encoding: Option<Encoding>) -> Result<String, Fault> {
    let samples = samples(sources, encoding)?;
    let mut text = String::from(
        "# A first mapping, inferred from the files. Each line is marked sure or unsure: check the unsure ones,\n\
         # correct them, and run `arbiter check --mapping THIS_FILE`. The arbiter's names are on the left, those of\n\
         # the files on the right. What is left out is detected, or as in the arbiter's own exports.\n",
    );
    let mut seen = BTreeSet::new();
    for sample in &samples {
        // Writing into memory does not fail.
        let _ = sample.write(&mut seen, &mut text);
    }
    Ok(text)
}

impl Sample {
    /// Writes the mapping of the file, under the export that it seems to be.
    fn write(&self, seen: &mut BTreeSet<&'static str>, out: &mut String) -> fmt::Result {
        let scores = [
            (OrderColumn::EXPORT, self.score::<OrderColumn>(&["order", "pedido", "заказ", "bestell", "commande"])),
            (
                TrackingColumn::EXPORT,
                self.score::<TrackingColumn>(&[
                    "track",
                    "rastre",
                    "трек",
                    "parcel",
                    "shipment",
                    "sendung",
                    "отправлен",
                ]),
            ),
            (
                DisputeColumn::EXPORT,
                self.score::<DisputeColumn>(&["dispute", "disputa", "спор", "claim", "reclama", "reklam", "litige"]),
            ),
        ];
        // Of equals the last is found.
        let Some((export, score)) = scores.into_iter().rev().max_by_key(|(_, score)| *score) else { return Ok(()) };
        if !seen.insert(export) {
            return writeln!(out, "\n# {} looks like another file of [{export}].", self.place);
        }
        let trust = match score {
            200.. => Trust::Sure,
            _ => Trust::Unsure("few columns match this export".to_owned()),
        };
        writeln!(out, "\n[{export}]  # {}, {trust}", self.place)?;
        match export {
            OrderColumn::EXPORT => self.write_export::<OrderColumn>(out),
            TrackingColumn::EXPORT => self.write_export::<TrackingColumn>(out),
            _ => self.write_export::<DisputeColumn>(out),
        }
    }

    fn write_export<C: Column>(&self, out: &mut String) -> fmt::Result {
        let columns = self.columns::<C>();
        self.write_text(out)?;
        self.write_timestamps::<C>(&columns, out)?;
        self.write_numbers::<C>(&columns, out)?;
        self.write_missing::<C>(&columns, out)?;
        self.write_columns::<C>(&columns, out)?;
        self.write_codes::<C>(&columns, out)
    }

    fn write_text(&self, out: &mut String) -> fmt::Result {
        if self.is_table {
            return Ok(());
        }
        let delimiter = match self.dialect.delimiter {
            b'\t' => "tab".to_owned(),
            sign => char::from(sign).to_string(),
        };
        writeln!(out, "delimiter = {}  # sure", toml_string(&delimiter))?;
        let trust = match self.inferred_encoding {
            true => Trust::Unsure("detected; check that the letters are right".to_owned()),
            false => Trust::Sure,
        };
        writeln!(out, "encoding = {}  # {trust}", toml_string(&self.encoding.name().to_lowercase()))?;
        writeln!(
            out,
            "# timezone = \"Europe/Moscow\"  # the time zone of timestamps without an offset, if not --timezone"
        )
    }

    fn write_timestamps<C: Column>(&self, columns: &ColumnMatches, out: &mut String) -> fmt::Result {
        let values = self.of_kinds::<C>(columns, |kind| kind == ColumnKind::Timestamp);
        let foreign: Vec<_> = values.into_iter().filter(|value| !is_standard(value)).collect();
        if foreign.is_empty() {
            return Ok(());
        }
        let patterns = timestamp_patterns(&foreign);
        match patterns.as_slice() {
            [only] => writeln!(out, "timestamps = [{}]  # sure", toml_string(only)),
            [first, other, ..] => {
                writeln!(out, "timestamps = [{}]  # unsure: {} matches as well", toml_string(first), toml_string(other))
            }
            [] => {
                let each = each_pattern(&foreign);
                let list: Vec<_> = each.iter().map(|pattern| toml_string(pattern)).collect();
                let example = foreign.iter().find(|value| timestamp_patterns(&[value]).is_empty()).or(foreign.first());
                let example = toml_string(example.copied().unwrap_or_default());
                match each.is_empty() {
                    true => writeln!(out, "# timestamps = [\"…\"]  # unsure: no known pattern matches {example}"),
                    false => {
                        writeln!(out, "timestamps = [{}]  # unsure: several forms, such as {example}", list.join(", "))
                    }
                }
            }
        }
    }

    fn write_numbers<C: Column>(&self, columns: &ColumnMatches, out: &mut String) -> fmt::Result {
        let values = self.of_kinds::<C>(columns, ColumnKind::is_number);
        let signs = number_signs(&values);
        let Some((decimal, thousands)) = signs.first().filter(|signs| **signs != ('.', None)) else {
            // 1.200 may be 1.2 or 1200.
            if values.iter().any(|value| value.contains('.')) && signs.contains(&(',', Some('.'))) {
                writeln!(out, "# decimal = \",\"  # unsure: every point is followed by three digits")?;
                writeln!(out, "# thousands = \".\"  # unsure: as above")?;
            }
            if signs.is_empty() && !values.is_empty() {
                let odd = values.iter().find(|value| number_signs(&[value]).is_empty()).or(values.first());
                let odd = toml_string(odd.copied().unwrap_or_default());
                writeln!(out, "# decimal = \",\"  # unsure: numbers are written inconsistently, such as {odd}")?;
            }
            return Ok(());
        };
        let decides = |other: &&(char, Option<char>)| other.0 != *decimal;
        let trust = match signs.iter().skip(1).find(decides) {
            None => Trust::Sure,
            Some((other, _)) => Trust::Unsure(format!("the decimal separator may also be {other:?}")),
        };
        writeln!(out, "decimal = {}  # {trust}", toml_string(&decimal.to_string()))?;
        match thousands {
            Some(mark) => writeln!(out, "thousands = {}  # {trust}", toml_string(&mark.to_string())),
            None => Ok(()),
        }
    }

    fn write_missing<C: Column>(&self, columns: &ColumnMatches, out: &mut String) -> fmt::Result {
        let used = columns.values().map(|(place, _)| *place);
        let cells = used.flat_map(|place| self.rows.iter().filter_map(move |row| row.get(place)));
        let found: BTreeSet<_> = cells.filter(|cell| is_missing_marker(cell)).collect();
        if found.is_empty() {
            return Ok(());
        }
        let list: Vec<_> = found.iter().map(|marker| toml_string(marker)).collect();
        writeln!(out, "missing = [{}]  # unsure: each seems to mean an empty field", list.join(", "))
    }

    fn write_columns<C: Column>(&self, columns: &ColumnMatches, out: &mut String) -> fmt::Result {
        writeln!(out, "\n[{}.columns]", C::EXPORT)?;
        for column in C::ALL {
            match columns.get(column.name()) {
                Some((place, trust)) => {
                    let name = self.names.get(*place).map_or("", String::as_str);
                    let empty = self.rows.len() - self.values(*place).len();
                    let trust = match trust {
                        Trust::Sure if column.is_needed() && column.kind() == ColumnKind::Text && empty > 0 => {
                            let why = "empty in some rows; { first = [\"A\", \"B\"] } takes another column there";
                            &Trust::Unsure(why.to_owned())
                        }
                        trust => trust,
                    };
                    // A column of our own name needs no line.
                    if name != column.name() {
                        writeln!(out, "{} = {}  # {trust}", column.name(), toml_string(name))?;
                    }
                }
                None if column.is_needed() => {
                    let constant = match column.kind() {
                        ColumnKind::Currency => "{ constant = \"USD\" }",
                        _ => "\"…\"",
                    };
                    writeln!(out, "# {} = {constant}  # unsure: required, not found", column.name())?;
                }
                None => {}
            }
        }
        let used: BTreeSet<_> = columns.values().map(|(place, _)| *place).collect();
        let rest = self.names.iter().enumerate().filter(|(place, _)| !used.contains(place));
        let rest: Vec<_> = rest.map(|(_, name)| toml_string(name)).collect();
        match rest.is_empty() {
            true => Ok(()),
            false => writeln!(out, "# not used: {}", rest.join(", ")),
        }
    }

    fn write_codes<C: Column>(&self, columns: &ColumnMatches, out: &mut String) -> fmt::Result {
        for column in C::ALL {
            let (kind, Some((place, _))) = (column.kind(), columns.get(column.name())) else { continue };
            if !kind.is_word() || kind == ColumnKind::Code {
                continue;
            }
            let words: BTreeSet<_> = self.values(*place).into_iter().filter(|word| !is_word(kind, word)).collect();
            if words.is_empty() {
                continue;
            }
            writeln!(out, "\n[{}.codes.{}]", C::EXPORT, column.name())?;
            for word in words.iter().take(WORDS) {
                self.write_word(kind, word, out)?;
            }
            if words.len() > WORDS {
                writeln!(out, "# and {} more values; this may be the wrong column", words.len() - WORDS)?;
            }
        }
        Ok(())
    }

    fn write_word(&self, kind: ColumnKind, word: &str, out: &mut String) -> fmt::Result {
        let known: &[&str] = if let ColumnKind::OneOf(known) = kind { known } else { &[] };
        let near = || nearest(&normalised(word), known.iter().copied());
        let word_in_toml = toml_string(word);
        match (meaning(kind, word), near()) {
            (Some(meaning), _) => writeln!(out, "{word_in_toml} = {}  # sure", toml_string(meaning)),
            (None, Some(near)) => {
                writeln!(out, "{word_in_toml} = {}  # unsure: the nearest known code", toml_string(near))
            }
            (None, None) => writeln!(out, "# {word_in_toml} = \"…\"  # unsure: unknown value"),
        }
    }

    /// All values of the columns of some kinds.
    fn of_kinds<C: Column>(&self, columns: &ColumnMatches, is_wanted: impl Fn(ColumnKind) -> bool) -> Vec<&str> {
        let wanted = C::ALL.iter().filter(|column| is_wanted(column.kind()));
        let places = wanted.filter_map(|column| columns.get(column.name()).map(|(place, _)| *place));
        let values: BTreeSet<_> = places.flat_map(|place| self.values(place)).collect();
        values.into_iter().collect()
    }
}

/// The fewest patterns that fit each of some timestamps, as far as any does.
fn each_pattern(values: &[&str]) -> Vec<&'static str> {
    let mut patterns: Vec<&'static str> = Vec::new();
    for value in values {
        let fits = timestamp_patterns(&[value]);
        if let Some(first) = fits.first()
            && !fits.iter().any(|pattern| patterns.contains(pattern))
        {
            patterns.push(first);
        }
    }
    patterns
}
