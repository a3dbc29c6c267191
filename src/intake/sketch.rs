//! A first mapping for files that nobody has described yet: guesses by the names of their columns and
//! by the values in them, each marked sure or unsure, ready to be edited.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::io::Read;

use arbiter_model::dispute::Country;
use arbiter_model::fault::{Fault, is_like, nearest};
use arbiter_model::instant::Instant;
use arbiter_model::money::Currency;

use super::bytes::{Encoding, Source, SourceText, sniff_encoding};
use super::columns::{Column, toml_string};
use super::csv::{Dialect, Fields};
use super::exports::{DisputeColumn, OrderColumn, TrackingColumn};
use super::scan::Head;
use super::values::{
    ColumnKind, column_synonyms, is_missing_marker, meaning, normalised, number_signs, timestamp_patterns,
};

/// How much of a file is looked at.
const SAMPLE_BYTES: u64 = 16 << 20;

/// How many words of a column are listed.
const WORDS: usize = 100;

/// Looks at export files and writes a mapping for them.
///
/// # Errors
///
/// A file cannot be read, or is no table.
pub fn sketch(sources: &[Source], encoding: Option<Encoding>) -> Result<String, Fault> {
    let samples = samples(sources, encoding)?;
    let mut text = String::from(
        "# A first mapping, guessed. Each line is marked sure or unsure: look at the unsure ones, mend them,\n\
         # and see what `arbiter check --mapping THIS_FILE` says. On the left stand our names, on the right\n\
         # the files'. What a line leaves out is found by itself, or as we write it.\n",
    );
    let mut seen = BTreeSet::new();
    for sample in &samples {
        // Written into memory, which takes everything.
        let _ = sample.write(&mut seen, &mut text);
    }
    Ok(text)
}

/// Whether a guess can be relied on, and if not, why.
enum Trust {
    Sure,
    Unsure(String),
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sure => f.write_str("sure"),
            Self::Unsure(why) => write!(f, "unsure: {why}"),
        }
    }
}

/// The beginning of one file.
struct Sample {
    name: String,
    place: String,
    encoding: Encoding,
    guessed_encoding: bool,
    is_table: bool,
    dialect: Dialect,
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The beginnings of all files. Those that are not in UTF-8 are taken to be in one encoding, since a
/// few letters of one file tell little.
fn samples(sources: &[Source], given: Option<Encoding>) -> Result<Vec<Sample>, Fault> {
    let mut foreign = Vec::new();
    for source in sources {
        let raw = Sample::raw(source)?;
        if given.is_none() && std::str::from_utf8(whole_letters(&raw)).is_err() {
            foreign.extend(raw);
        }
    }
    let guess = sniff_encoding(&foreign).and_then(Encoding::parse);
    let read = |source: &Source| match Sample::bytes(source, given) {
        Ok(read) if guess.is_none() || std::str::from_utf8(whole_letters(&read.1)).is_ok() => {
            Ok(Sample::of(source, read, false))
        }
        Err(fault) if guess.is_none() => Err(fault),
        _ => Sample::bytes(source, guess).map(|read| Sample::of(source, read, true)),
    };
    sources.iter().map(read).collect()
}

impl Sample {
    fn bytes(source: &Source, encoding: Option<Encoding>) -> Result<(Head, Vec<u8>), Fault> {
        let mut head = Head::read(source, encoding, None, is_known_anywhere)?;
        let mut bytes = head.bytes.split_off(head.end);
        let read = head.text.reader.by_ref().take(SAMPLE_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| head.text.broken(&error))?;
        Ok((head, bytes))
    }

    /// The file's beginning, whatever it is encoded in.
    fn raw(source: &Source) -> Result<Vec<u8>, Fault> {
        let mut text = SourceText::open(source, None)?;
        let mut bytes = Vec::new();
        let read = text.reader.by_ref().take(SAMPLE_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| text.broken(&error))?;
        Ok(bytes)
    }

    fn of(source: &Source, (head, bytes): (Head, Vec<u8>), guessed_encoding: bool) -> Self {
        let Head { text: source_text, dialect, names, .. } = head;
        let (mut rows, mut start, mut fields) = (Vec::new(), 0, Fields::default());
        while let Some(end) = dialect.record_end(&bytes, start) {
            let record = dialect.trim_end(&bytes[start..end]);
            dialect.split(record, &mut fields);
            if fields.count() == names.len() {
                let text = |index| String::from_utf8_lossy(fields.get(record, index)).into_owned();
                rows.push((0..names.len()).map(text).collect());
            }
            start = end;
        }
        let (encoding, is_table) = (source_text.encoding(), source_text.is_table());
        Self { name: source.name(), place: source.place(), encoding, guessed_encoding, is_table, dialect, names, rows }
    }

    /// Writes what there is to say of the file, under the export that it seems to be.
    fn write(&self, seen: &mut BTreeSet<&'static str>, out: &mut String) -> fmt::Result {
        let guesses = [
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
        let Some((export, score)) = guesses.into_iter().rev().max_by_key(|(_, score)| *score) else { return Ok(()) };
        if !seen.insert(export) {
            return writeln!(out, "\n# {} looks like another file of [{export}].", self.place);
        }
        let trust = match score {
            200.. => Trust::Sure,
            _ => Trust::Unsure("few of its columns look like this export's".to_owned()),
        };
        writeln!(out, "\n[{export}]  # {}, {trust}", self.place)?;
        match export {
            OrderColumn::EXPORT => self.write_export::<OrderColumn>(out),
            TrackingColumn::EXPORT => self.write_export::<TrackingColumn>(out),
            _ => self.write_export::<DisputeColumn>(out),
        }
    }

    /// How much the file looks like an export: needed columns count most, of a hundred each.
    fn score<C: Column>(&self, file_names: &[&str]) -> usize {
        let found = self.columns::<C>();
        let weigh = |column: &C| match (found.contains_key(column.name()), column.is_needed()) {
            (true, true) => 100,
            (true, false) => 20,
            _ => 0,
        };
        let named = file_names.iter().any(|name| self.name.to_lowercase().contains(name));
        let needed = C::ALL.iter().filter(|column| column.is_needed()).count();
        let columns: usize = C::ALL.iter().map(weigh).sum();
        columns * 5 / needed + if named { 150 } else { 0 }
    }

    /// For each of our columns the file's that seems to be it.
    fn columns<C: Column>(&self) -> BTreeMap<&'static str, (usize, Trust)> {
        let mut candidates = Vec::new();
        for column in C::ALL {
            for (place, name) in self.names.iter().enumerate() {
                let likeness = self.likeness(*column, name, place);
                if likeness > 0 {
                    candidates.push((likeness, *column, place));
                }
            }
        }
        // Stable: of equals the earlier column of ours, and the earlier one of the file.
        candidates.sort_by_key(|(likeness, ..)| std::cmp::Reverse(*likeness));
        let (mut found, mut used) = (BTreeMap::new(), BTreeSet::new());
        for (likeness, column, place) in candidates {
            if found.contains_key(column.name()) || used.contains(&place) {
                continue;
            }
            used.insert(place);
            let trust = match likeness {
                90.. => Trust::Sure,
                60.. => Trust::Unsure("by its name, which is like ours".to_owned()),
                _ => Trust::Unsure("its values do not look like it".to_owned()),
            };
            found.insert(column.name(), (place, trust));
        }
        found
    }

    /// How much a column of the file is like one of ours, by its name and its values.
    fn likeness<C: Column>(&self, column: C, name: &str, place: usize) -> u32 {
        let normal = normalised(name.trim()).replace(['.', '/', '(', ')'], "");
        let by_name = if normal == column.name() {
            100
        } else if column_synonyms(column.name()).contains(&normal) {
            95
        } else {
            let mut known =
                std::iter::once(column.name()).chain(column_synonyms(column.name()).iter().map(String::as_str));
            if known.any(|known| is_like(&normal, known)) { 70 } else { 0 }
        };
        match by_name {
            0 => 0,
            100 => 100,
            by_name if self.fits(column.kind(), place) => by_name,
            by_name => by_name / 2,
        }
    }

    /// The values of a column, those apart that stand for nothing.
    fn values(&self, place: usize) -> Vec<&str> {
        let values = self.rows.iter().filter_map(|row| row.get(place)).map(|value| value.trim());
        values.filter(|value| !value.is_empty() && !is_missing_marker(value)).collect()
    }

    fn fits(&self, kind: ColumnKind, place: usize) -> bool {
        let values = self.values(place);
        // A few thousand tell as much as all of them.
        let values = &values[..values.len().min(2000)];
        match kind {
            ColumnKind::Text | ColumnKind::Code => true,
            ColumnKind::Timestamp => {
                values.iter().all(|value| is_standard(value)) || !timestamp_patterns(values).is_empty()
            }
            ColumnKind::Amount | ColumnKind::Integer | ColumnKind::Decimal => !number_signs(values).is_empty(),
            _ => {
                let known =
                    values.iter().filter(|value| is_word(kind, value) || meaning(kind, value).is_some()).count();
                known * 2 >= values.len()
            }
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
        let trust = match self.guessed_encoding {
            true => Trust::Unsure("look whether the letters come out right".to_owned()),
            false => Trust::Sure,
        };
        writeln!(out, "encoding = {}  # {trust}", toml_string(&self.encoding.name().to_lowercase()))?;
        writeln!(
            out,
            "# timezone = \"Europe/Moscow\"  # the clock of timestamps without an offset, if it is not --timezone"
        )
    }

    fn write_timestamps<C: Column>(&self, columns: &BTreeMap<&str, (usize, Trust)>, out: &mut String) -> fmt::Result {
        let values = self.of_kinds::<C>(columns, |kind| kind == ColumnKind::Timestamp);
        let foreign: Vec<_> = values.into_iter().filter(|value| !is_standard(value)).collect();
        if foreign.is_empty() {
            return Ok(());
        }
        let patterns = timestamp_patterns(&foreign);
        match patterns.as_slice() {
            [only] => writeln!(out, "timestamps = [{}]  # sure", toml_string(only)),
            [first, other, ..] => {
                writeln!(out, "timestamps = [{}]  # unsure: {} fits as well", toml_string(first), toml_string(other))
            }
            [] => {
                let each = each_pattern(&foreign);
                let list: Vec<_> = each.iter().map(|pattern| toml_string(pattern)).collect();
                let example = foreign.iter().find(|value| timestamp_patterns(&[value]).is_empty()).or(foreign.first());
                let example = toml_string(example.copied().unwrap_or_default());
                match each.is_empty() {
                    true => writeln!(out, "# timestamps = [\"…\"]  # unsure: no pattern is known for {example}"),
                    false => writeln!(
                        out,
                        "timestamps = [{}]  # unsure: they have several forms, such as {example}",
                        list.join(", ")
                    ),
                }
            }
        }
    }

    fn write_numbers<C: Column>(&self, columns: &BTreeMap<&str, (usize, Trust)>, out: &mut String) -> fmt::Result {
        let values = self.of_kinds::<C>(columns, ColumnKind::is_number);
        let signs = number_signs(&values);
        let Some((decimal, thousands)) = signs.first().filter(|signs| **signs != ('.', None)) else {
            // 1.200 may be a little more than one, or twelve hundred.
            if values.iter().any(|value| value.contains('.')) && signs.contains(&(',', Some('.'))) {
                writeln!(out, "# decimal = \",\"  # unsure: each point has three digits behind it")?;
                writeln!(out, "# thousands = \".\"  # unsure: as above")?;
            }
            if signs.is_empty() && !values.is_empty() {
                let odd = values.iter().find(|value| number_signs(&[value]).is_empty()).or(values.first());
                let odd = toml_string(odd.copied().unwrap_or_default());
                writeln!(
                    out,
                    "# decimal = \",\"  # unsure: numbers are written in ways that do not go together, such as {odd}"
                )?;
            }
            return Ok(());
        };
        let decides = |other: &&(char, Option<char>)| other.0 != *decimal;
        let trust = match signs.iter().skip(1).find(decides) {
            None => Trust::Sure,
            Some((other, _)) => Trust::Unsure(format!("the decimal sign may as well be {other:?}")),
        };
        writeln!(out, "decimal = {}  # {trust}", toml_string(&decimal.to_string()))?;
        match thousands {
            Some(mark) => writeln!(out, "thousands = {}  # {trust}", toml_string(&mark.to_string())),
            None => Ok(()),
        }
    }

    fn write_missing<C: Column>(&self, columns: &BTreeMap<&str, (usize, Trust)>, out: &mut String) -> fmt::Result {
        let used = columns.values().map(|(place, _)| *place);
        let cells = used.flat_map(|place| self.rows.iter().filter_map(move |row| row.get(place)));
        let found: BTreeSet<_> = cells.filter(|cell| is_missing_marker(cell)).collect();
        if found.is_empty() {
            return Ok(());
        }
        let list: Vec<_> = found.iter().map(|marker| toml_string(marker)).collect();
        writeln!(out, "missing = [{}]  # unsure: each seems to stand for an empty field", list.join(", "))
    }

    fn write_columns<C: Column>(&self, columns: &BTreeMap<&str, (usize, Trust)>, out: &mut String) -> fmt::Result {
        writeln!(out, "\n[{}.columns]", C::EXPORT)?;
        for column in C::ALL {
            match columns.get(column.name()) {
                Some((place, trust)) => {
                    let name = self.names.get(*place).map_or("", String::as_str);
                    let empty = self.rows.len() - self.values(*place).len();
                    let trust = match trust {
                        Trust::Sure if column.is_needed() && column.kind() == ColumnKind::Text && empty > 0 => {
                            let why = "it is empty in some rows; { first = [\"A\", \"B\"] } takes another column there";
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
                    writeln!(out, "# {} = {constant}  # unsure: needed, and not found", column.name())?;
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

    fn write_codes<C: Column>(&self, columns: &BTreeMap<&str, (usize, Trust)>, out: &mut String) -> fmt::Result {
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
                writeln!(out, "# and {} more words, so that this may be another column", words.len() - WORDS)?;
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
            (None, Some(near)) => writeln!(out, "{word_in_toml} = {}  # unsure: the nearest", toml_string(near)),
            (None, None) => writeln!(out, "# {word_in_toml} = \"…\"  # unsure: what does it mean?"),
        }
    }

    /// All values of the columns of some kinds.
    fn of_kinds<C: Column>(
        &self,
        columns: &BTreeMap<&str, (usize, Trust)>,
        is_wanted: impl Fn(ColumnKind) -> bool,
    ) -> Vec<&str> {
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

fn is_standard(value: &str) -> bool {
    Instant::parse(value, chrono_tz::Tz::UTC).is_some()
}

/// Whether a word means something to us as it stands.
fn is_word(kind: ColumnKind, word: &str) -> bool {
    match kind {
        ColumnKind::Boolean => ["yes", "no", "true", "false", "1", "0"].contains(&word.to_ascii_lowercase().as_str()),
        ColumnKind::Currency => Currency::from_code(&word.to_ascii_uppercase()).is_some(),
        ColumnKind::Country => Country::from_code(word).is_some(),
        ColumnKind::OneOf(known) => known.contains(&&*normalised(word)),
        _ => true,
    }
}

fn is_known_anywhere(name: &str) -> bool {
    fn knows<C: Column>(name: &str) -> bool {
        C::ALL
            .iter()
            .any(|column| column.name() == name || column_synonyms(column.name()).iter().any(|known| known == name))
    }
    let name = normalised(name.trim());
    knows::<OrderColumn>(&name) || knows::<TrackingColumn>(&name) || knows::<DisputeColumn>(&name)
}

/// Bytes without a letter that the end of a sample has cut.
fn whole_letters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;

    fn columns<C: Column>() -> Vec<(&'static str, ColumnKind)> {
        C::ALL.iter().map(|column| (column.name(), column.kind())).collect()
    }

    #[test]
    fn synonyms_are_of_what_is_known() {
        let synonyms: Table = include_str!("values/synonyms.toml").parse().unwrap();
        let keys = |table: &str| synonyms[table].as_table().unwrap().keys();
        let known = [columns::<OrderColumn>(), columns::<TrackingColumn>(), columns::<DisputeColumn>()].concat();
        for column in keys("columns") {
            assert!(known.iter().any(|(name, _)| name == column), "unknown column {column}");
        }
        for code in keys("codes") {
            let has = |kind: &ColumnKind| matches!(kind, ColumnKind::OneOf(codes) if codes.contains(&code.as_str()));
            assert!(known.iter().any(|(_, kind)| has(kind)), "unknown code {code}");
        }
        assert!(keys("currencies").all(|code| Currency::from_code(code).is_some()));
        assert!(keys("countries").all(|code| Country::from_code(code).is_some()));
        assert_eq!(keys("booleans").collect::<Vec<_>>(), ["no", "yes"]);
    }
}
