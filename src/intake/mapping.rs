//! Mappings: how an export that is not ours is to be read, as an operator writes it down in TOML.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::Deserialize;
use toml::{Spanned, Value};

use arbiter_model::fault::{Fault, FaultKind, nearest};
use arbiter_model::instant::Form;

use super::bytes::{ENCODINGS, Encoding};
use super::disputes::DisputeColumn;
use super::header::{Column, Kind};
use super::orders::OrderColumn;
use super::tracking::TrackingColumn;
use super::values::{Values, normalised};

/// Where one of our columns comes from; `T` is how a column of the file is known: by its name, or by
/// its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin<T> {
    /// A column of the file.
    Field(T),
    /// Of several columns the first that is not empty.
    First(Vec<T>),
    /// The sum of several columns, empty ones apart.
    Sum(Vec<T>),
    /// Always this.
    Constant(String),
}

impl<T> Origin<T> {
    /// The columns of the file that it is made of.
    pub fn fields(&self) -> Vec<&T> {
        match self {
            Self::Field(field) => vec![field],
            Self::First(fields) | Self::Sum(fields) => fields.iter().collect(),
            Self::Constant(_) => Vec::new(),
        }
    }

    /// The same with every column known in another way.
    ///
    /// # Errors
    ///
    /// Those of `find`.
    pub fn try_map<U, E>(&self, find: impl Fn(&T) -> Result<U, E>) -> Result<Origin<U>, E> {
        let all = |fields: &[T]| fields.iter().map(&find).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Self::Field(field) => Origin::Field(find(field)?),
            Self::First(fields) => Origin::First(all(fields)?),
            Self::Sum(fields) => Origin::Sum(all(fields)?),
            Self::Constant(text) => Origin::Constant(text.clone()),
        })
    }
}

/// How all three exports are to be read.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// orders.csv
    pub orders: ExportMapping,
    /// tracking.csv
    pub tracking: ExportMapping,
    /// disputes.csv
    pub disputes: ExportMapping,
    /// BLAKE3 of the file it was read from, if any.
    pub blake3: Option<String>,
}

/// How one export is to be read. What it does not say is found, or as we write it.
#[derive(Clone, Debug, Default)]
pub struct ExportMapping {
    /// What stands between fields.
    pub delimiter: Option<u8>,
    /// The encoding of the text.
    pub encoding: Option<Encoding>,
    zone: Option<Tz>,
    timestamps: Vec<Form>,
    decimal: Option<char>,
    thousands: Option<char>,
    missing: Vec<String>,
    origins: BTreeMap<&'static str, Origin<String>>,
    aliases: BTreeMap<&'static str, BTreeMap<String, String>>,
}

impl ExportMapping {
    /// Where a column comes from, if not from the column of its own name.
    pub fn origin(&self, column: impl Column) -> Option<&Origin<String>> {
        self.origins.get(column.name())
    }

    /// Whether a name of a header is one that the mapping, or without it we, know.
    pub fn knows<C: Column>(&self, name: &str) -> bool {
        C::ALL.iter().any(|column| match self.origin(*column) {
            Some(origin) => origin.fields().iter().any(|field| *field == name),
            None => column.name() == name,
        })
    }

    /// How the export's values are written; `zone` is the run's clock.
    pub fn values(&self, zone: Tz) -> Values {
        Values {
            zone: self.zone.unwrap_or(zone),
            timestamps: self.timestamps.clone(),
            decimal: self.decimal.unwrap_or('.'),
            thousands: self.thousands,
            missing: self.missing.clone(),
            aliases: self.aliases.clone(),
        }
    }
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
    /// It is not TOML, says something that no mapping says, or names a column or code that we do not
    /// know.
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

/// Makes sense of a mapping, or says where it makes none.
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
        self.fault(offset, format!("is no mapping: {}", error.message()))
            .hint("a mapping has the tables [orders], [tracking] and [disputes]; `arbiter map` writes a first one")
    }

    /// A text that must be one of some.
    fn known<T>(
        &self,
        given: Option<Spanned<String>>,
        what: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(given) = given else { return Ok(None) };
        let problem = || self.fault(given.span().start, format!("{what} = {:?}: expected {expected}", given.as_ref()));
        read(given.as_ref()).map(Some).ok_or_else(problem)
    }

    fn export<C: Column>(&self, raw: RawExport) -> Result<ExportMapping, Fault> {
        let mut timestamps = Vec::new();
        for form in raw.timestamps {
            let expected = "a pattern with day, month and year such as %d.%m.%Y %H:%M, or standard, unix or unix_ms";
            timestamps.extend(self.known(Some(form), "timestamps", expected, Form::parse)?);
        }
        let marks = raw.thousands.as_ref().map(|mark| mark.span().start).unwrap_or_default();
        let mapping = ExportMapping {
            delimiter: self.known(raw.delimiter, "delimiter", DELIMITERS, delimiter)?,
            encoding: self.known(raw.encoding, "encoding", &format!("one of {ENCODINGS}"), Encoding::parse)?,
            zone: self
                .known(raw.timezone, "timezone", "an IANA time zone such as Europe/Moscow", |name| name.parse().ok())?,
            timestamps,
            decimal: self.known(raw.decimal, "decimal", "\".\" or \",\"", |text| one_of(text, ".,"))?,
            thousands: self.known(
                raw.thousands,
                "thousands",
                "one of \".\", \",\", \" \", \"'\" and \"_\"",
                |text| one_of(text, "., '_’"),
            )?,
            missing: raw.missing,
            origins: self.origins::<C>(raw.columns)?,
            aliases: self.aliases::<C>(raw.codes)?,
        };
        if mapping.thousands == Some(mapping.decimal.unwrap_or('.')) {
            let problem = "thousands and decimal are the same sign".to_owned();
            return Err(self.fault(marks, problem).hint("set decimal = \",\" where thousands = \".\""));
        }
        Ok(mapping)
    }

    fn column<C: Column>(&self, name: &Spanned<String>) -> Result<C, Fault> {
        let found = C::ALL.iter().find(|column| column.name() == name.as_ref());
        found.copied().ok_or_else(|| {
            let known = || C::ALL.iter().map(|column| column.name());
            let hint = match nearest(name.as_ref(), known()) {
                Some(near) => {
                    format!("did you mean {near}? On the left stands our name of a column, on the right the file's")
                }
                None => format!("known are {}", known().collect::<Vec<_>>().join(", ")),
            };
            self.fault(name.span().start, format!("{} has no column {:?}", C::EXPORT, name.as_ref())).hint(hint)
        })
    }

    fn origins<C: Column>(
        &self,
        raw: BTreeMap<Spanned<String>, Spanned<Value>>,
    ) -> Result<BTreeMap<&'static str, Origin<String>>, Fault> {
        let mut origins = BTreeMap::new();
        for (name, value) in raw {
            let column: C = self.column(&name)?;
            let fault = |problem: &str| {
                self.fault(value.span().start, format!("{}: {problem}", column.name())).hint(
                    "write the file's column (\"Valor\"), or { first = [\"A\", \"B\"] }, { sum = [\"A\", \"B\"] } or { constant = \"BRL\" }",
                )
            };
            let origin = origin(value.as_ref()).ok_or_else(|| fault("expected where the column comes from"))?;
            if matches!(origin, Origin::Sum(_)) && !column.kind().is_number() {
                return Err(fault("only amounts and numbers can be added"));
            }
            origins.insert(column.name(), origin);
        }
        Ok(origins)
    }

    fn aliases<C: Column>(
        &self,
        raw: BTreeMap<Spanned<String>, BTreeMap<String, Spanned<String>>>,
    ) -> Result<BTreeMap<&'static str, BTreeMap<String, String>>, Fault> {
        let mut aliases = BTreeMap::new();
        for (name, words) in raw {
            let column: C = self.column(&name)?;
            if !column.kind().is_word() {
                let problem = format!("{} holds no codes", column.name());
                return Err(self
                    .fault(name.span().start, problem)
                    .hint("codes are given for columns of codes, booleans, currencies and countries"));
            }
            let mut meanings = BTreeMap::new();
            for (word, meaning) in words {
                self.check_meaning(column.kind(), &meaning)?;
                meanings.insert(normalised(word.trim()).into_owned(), meaning.into_inner());
            }
            aliases.insert(column.name(), meanings);
        }
        Ok(aliases)
    }

    /// A meaning must be a code that we know, where there is a list of them.
    fn check_meaning(&self, kind: Kind, meaning: &Spanned<String>) -> Result<(), Fault> {
        let Kind::OneOf(known) = kind else { return Ok(()) };
        let code = normalised(meaning.as_ref());
        if code.is_empty() || known.contains(&&*code) {
            return Ok(());
        }
        let hint = match nearest(&code, known.iter().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("known are {}", known.join(", ")),
        };
        let problem = format!("{:?} is no code of ours", meaning.as_ref());
        Err(self.fault(meaning.span().start, problem).hint(hint))
    }
}

fn one_of(text: &str, allowed: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|letter| letters.next().is_none() && allowed.contains(*letter))
}

fn origin(value: &Value) -> Option<Origin<String>> {
    let names = |value: &Value| {
        let names: Option<Vec<_>> = value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
        names.filter(|names| !names.is_empty())
    };
    match value {
        Value::String(name) => Some(Origin::Field(name.clone())),
        Value::Table(table) if table.len() == 1 => match table.iter().next()? {
            (key, value) if key == "first" => names(value).map(Origin::First),
            (key, value) if key == "sum" => names(value).map(Origin::Sum),
            (key, Value::String(text)) if key == "constant" => Some(Origin::Constant(text.clone())),
            _ => None,
        },
        _ => None,
    }
}
