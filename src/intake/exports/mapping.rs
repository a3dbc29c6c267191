//! Mappings: how exports of another form are to be read, as an operator writes it in TOML.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Spanned, Value};

use arbiter_model::fault::{Fault, FaultKind, nearest};
use arbiter_model::instant::Form;

use super::disputes::DisputeColumn;
use super::orders::OrderColumn;
use super::tracking::TrackingColumn;
use crate::bytes::{ENCODINGS, Encoding};
use crate::columns::{Column, ColumnSource, ExportMapping};
use crate::values::{ColumnKind, normalised};

/// How all three exports are to be read.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// orders.csv
    pub(crate) orders: ExportMapping,
    /// tracking.csv
    pub(crate) tracking: ExportMapping,
    /// disputes.csv
    pub(crate) disputes: ExportMapping,
    /// BLAKE3 of the file it was read from, if any.
    pub(crate) blake3: Option<String>,
}

/// Reads a delimiter: one of `,` `;` `tab` `|`.
pub fn delimiter(text: &str) -> Option<u8> {
    match text {
        "," | "comma" => Some(b','),
        ";" | "semicolon" => Some(b';'),
        "tab" | "\t" | "\\t" => Some(b'\t'),
        "|" | "pipe" => Some(b'|'),
        _ => None,
    }
}

/// What a delimiter may be, for messages.
pub const DELIMITERS: &str = "one of , ; tab |";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    orders: Option<RawExport>,
    tracking: Option<RawExport>,
    disputes: Option<RawExport>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawExport {
    delimiter: Option<Spanned<String>>,
    encoding: Option<Spanned<String>>,
    timezone: Option<Spanned<String>>,
    #[serde(default)]
    timestamps: Vec<Spanned<String>>,
    decimal: Option<Spanned<String>>,
    thousands: Option<Spanned<String>>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    columns: BTreeMap<Spanned<String>, Spanned<Value>>,
    #[serde(default)]
    codes: BTreeMap<Spanned<String>, BTreeMap<String, Spanned<String>>>,
}

impl Mapping {
    /// Reads a mapping's text; `place` is its file, for messages.
    ///
    /// # Errors
    ///
    /// It is not TOML, or has an unknown setting, column or code.
    pub fn parse(place: &str, text: &str) -> Result<Self, Fault> {
        let reader = Reader { place, text };
        let raw: RawMapping = toml::from_str(text).map_err(|error| reader.not_a_mapping(&error))?;
        let table = |raw: Option<RawExport>| raw.unwrap_or_default();
        Ok(Self {
            orders: reader.export::<OrderColumn>(table(raw.orders))?,
            tracking: reader.export::<TrackingColumn>(table(raw.tracking))?,
            disputes: reader.export::<DisputeColumn>(table(raw.disputes))?,
            blake3: Some(blake3::hash(text.as_bytes()).to_hex().to_string()),
        })
    }
}

/// Reads the parts of a mapping, or says where one is invalid.
struct Reader<'a> {
    place: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn at(&self, offset: usize) -> String {
        let line = 1 + self.text[..offset.min(self.text.len())].matches('\n').count();
        format!("{}:{line}", self.place)
    }

    fn fault(&self, offset: usize, problem: String) -> Fault {
        Fault::new(FaultKind::Usage, problem).at(self.at(offset))
    }

    fn not_a_mapping(&self, error: &toml::de::Error) -> Fault {
        let offset = error.span().map_or(0, |span| span.start);
        self.fault(offset, format!("invalid mapping: {}", error.message()))
            .hint("a mapping has the tables [orders], [tracking] and [disputes]; `arbiter map` writes a first one")
    }

    /// A text of which `read` makes something.
    fn known<T>(
        &self,
        given: Option<Spanned<String>>,
        problem: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(given) = given else { return Ok(None) };
        let fault = || self.fault(given.span().start, format!("{problem} {:?}: expected {expected}", given.as_ref()));
        read(given.as_ref()).map(Some).ok_or_else(fault)
    }

    fn export<C: Column>(&self, raw: RawExport) -> Result<ExportMapping, Fault> {
        let mut timestamps = Vec::new();
        for form in raw.timestamps {
            let expected = "a pattern with day, month and year such as %d.%m.%Y %H:%M, or standard, unix or unix_ms";
            timestamps.extend(self.known(Some(form), "invalid timestamps", expected, Form::parse)?);
        }
        let marks = raw.thousands.as_ref().map(|mark| mark.span().start).unwrap_or_default();
        let mapping = ExportMapping {
            delimiter: self.known(raw.delimiter, "invalid delimiter", DELIMITERS, delimiter)?,
            encoding: self.known(raw.encoding, "unknown encoding", &format!("one of {ENCODINGS}"), Encoding::parse)?,
            zone: self.known(raw.timezone, "unknown timezone", "an IANA time zone such as Europe/Moscow", |name| {
                name.parse().ok()
            })?,
            timestamps,
            decimal: self.known(raw.decimal, "invalid decimal", "\".\" or \",\"", |text| one_of(text, ".,"))?,
            thousands: self.known(
                raw.thousands,
                "invalid thousands",
                "one of \".\", \",\", \" \", \"'\" and \"_\"",
                |text| one_of(text, "., '_’"),
            )?,
            missing: raw.missing,
            sources: self.sources::<C>(raw.columns)?,
            aliases: self.aliases::<C>(raw.codes)?,
        };
        if mapping.thousands == Some(mapping.decimal.unwrap_or('.')) {
            let problem = "decimal and thousands are the same character".to_owned();
            return Err(self.fault(marks, problem).hint("set decimal = \",\" if thousands = \".\""));
        }
        Ok(mapping)
    }

    fn column<C: Column>(&self, name: &Spanned<String>) -> Result<C, Fault> {
        let found = C::ALL.iter().find(|column| column.name() == name.as_ref());
        found.copied().ok_or_else(|| {
            let known = || C::ALL.iter().map(|column| column.name());
            let hint = match nearest(name.as_ref(), known()) {
                Some(near) => {
                    format!(
                        "did you mean {near}? The arbiter's name of a column is on the left, the file's on the right"
                    )
                }
                None => format!("known columns: {}", known().collect::<Vec<_>>().join(", ")),
            };
            self.fault(name.span().start, format!("unknown column {:?} of {}", name.as_ref(), C::EXPORT)).hint(hint)
        })
    }

    fn sources<C: Column>(
        &self,
        raw: BTreeMap<Spanned<String>, Spanned<Value>>,
    ) -> Result<BTreeMap<&'static str, ColumnSource<String>>, Fault> {
        let mut sources = BTreeMap::new();
        for (name, value) in raw {
            let column: C = self.column(&name)?;
            let fault = |problem: &str| {
                self.fault(value.span().start, format!("{}: {problem}", column.name())).hint(
                    "give a column of the file (\"Valor\"), or { first = [\"A\", \"B\"] }, { sum = [\"A\", \"B\"] } or { constant = \"BRL\" }",
                )
            };
            let source = column_source(value.as_ref()).ok_or_else(|| fault("invalid column source"))?;
            if matches!(source, ColumnSource::Sum(_)) && !column.kind().is_number() {
                return Err(fault("unsupported sum: only amounts and numbers can be added"));
            }
            sources.insert(column.name(), source);
        }
        Ok(sources)
    }

    fn aliases<C: Column>(
        &self,
        raw: BTreeMap<Spanned<String>, BTreeMap<String, Spanned<String>>>,
    ) -> Result<BTreeMap<&'static str, BTreeMap<String, String>>, Fault> {
        let mut aliases = BTreeMap::new();
        for (name, words) in raw {
            let column: C = self.column(&name)?;
            if !column.kind().is_word() {
                let problem = format!("unsupported codes for column {}: its values are not codes", column.name());
                return Err(self
                    .fault(name.span().start, problem)
                    .hint("codes can be given for columns of codes, booleans, currencies and countries"));
            }
            let mut meanings = BTreeMap::new();
            for (word, meaning) in words {
                self.check_meaning(column, &meaning)?;
                meanings.insert(normalised(word.trim()).into_owned(), meaning.into_inner());
            }
            aliases.insert(column.name(), meanings);
        }
        Ok(aliases)
    }

    /// A meaning must be a known code, where there is a list of them.
    fn check_meaning(&self, column: impl Column, meaning: &Spanned<String>) -> Result<(), Fault> {
        let ColumnKind::OneOf(known) = column.kind() else { return Ok(()) };
        let code = normalised(meaning.as_ref());
        if code.is_empty() || known.contains(&&*code) {
            return Ok(());
        }
        let hint = match nearest(&code, known.iter().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("known codes: {}", known.join(", ")),
        };
        let problem = format!("unknown code {:?} for column {}", meaning.as_ref(), column.name());
        Err(self.fault(meaning.span().start, problem).hint(hint))
    }
}

fn one_of(text: &str, allowed: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|letter| letters.next().is_none() && allowed.contains(*letter))
}

fn column_source(value: &Value) -> Option<ColumnSource<String>> {
    let names = |value: &Value| {
        let names: Option<Vec<_>> = value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
        names.filter(|names| !names.is_empty())
    };
    match value {
        Value::String(name) => Some(ColumnSource::Field(name.clone())),
        Value::Table(table) if table.len() == 1 => match table.iter().next()? {
            (key, value) if key == "first" => names(value).map(ColumnSource::First),
            (key, value) if key == "sum" => names(value).map(ColumnSource::Sum),
            (key, Value::String(text)) if key == "constant" => Some(ColumnSource::Constant(text.clone())),
            _ => None,
        },
        _ => None,
    }
}
