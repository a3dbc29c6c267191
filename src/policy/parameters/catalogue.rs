//! The catalogue of parameters: every rule's, with kind, unit, range and meaning, taken from the types.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value as Json};
use toml::Value;

use arbiter_model::money::Currency;
use arbiter_rules::Terms;

use super::general::General;
use super::kind::{Kind, Written};

/// Every parameter there is.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The table `[policy]`.
    pub general: Group,
    /// The rules, and groups of rules, that have parameters, in the order of their type.
    pub rules: Vec<Group>,
}

/// The parameters of a rule, or of several.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its table in a policy file.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Its parameters, in the order of their type.
    pub parameters: Vec<KnownParameter>,
    /// Whether it concerns the run as a whole: it is governed by the as-of, and cannot vary by case.
    pub of_run: bool,
}

/// One parameter.
#[derive(Clone, Debug)]
pub struct KnownParameter {
    /// The rule it belongs to.
    pub rule: String,
    /// Its name within the rule: `days`, or `blocked`, `lower`.
    pub path: Vec<String>,
    /// What it means.
    pub about: String,
    /// What its value is.
    pub kind: Kind,
    /// What is counted or measured.
    pub unit: String,
    /// The lowest and the highest value; none where there is no bound.
    pub range: (Option<String>, Option<String>),
    /// Where there is a value for each of some keys, such as currencies: what a key is.
    pub key: Option<String>,
}

/// Where in a rule's parameters a path leads.
#[derive(Clone, Debug)]
pub(crate) enum Found<'a> {
    /// To a parameter as a whole.
    Whole(&'a KnownParameter),
    /// To one end of a `[low, high]`: 0 or 1.
    End(&'a KnownParameter, usize),
    /// To the entry of a key that the writer chose.
    Entry(&'a KnownParameter, String),
    /// Nowhere; with how many of its names are known, and the names that are known there.
    Unknown(usize, Vec<&'a str>),
    /// To a group of parameters, which is no value itself.
    Inner(Vec<&'a str>),
}

/// The catalogue of this release.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);
    &CATALOGUE
}

/// What a type says of itself, with all it is made of in its place.
fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// The fields of a table's schema, in their order.
pub(crate) fn fields(schema: &Json) -> impl Iterator<Item = (&String, &Json)> {
    schema.get("properties").and_then(Json::as_object).into_iter().flatten()
}

/// What the types of all rules say of themselves, and what `[policy]` does.
pub(crate) fn schemas() -> [Json; 2] {
    [schema_of::<Terms>().to_value(), schema_of::<General>().to_value()]
}

fn text(schema: &Json, key: &str) -> String {
    let text = schema.get(key).and_then(Json::as_str).unwrap_or_default();
    // A doc comment's line ends are not its author's.
    text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
}

impl Catalogue {
    fn read() -> Self {
        let [terms, general] = schemas();
        let rules = fields(&terms).map(|(name, schema)| Group::read(name, schema)).collect();
        Self { general: Group::read("policy", &general), rules }
    }

    /// A rule's parameters, with the rule's place.
    pub fn rule(&self, name: &str) -> Option<(usize, &Group)> {
        self.rules.iter().enumerate().find(|(_, rule)| rule.name == name)
    }

    /// The parameter of a dotted path such as `colour_mismatch.band`; ends of a `[low, high]` and
    /// entries of a table that is open lead to theirs.
    pub fn parameter(&self, path: &str) -> Option<&KnownParameter> {
        let (rule, inner) = path.split_once('.')?;
        let group = if rule == "policy" { &self.general } else { self.rule(rule)?.1 };
        let inner: Vec<String> = inner.split('.').map(str::to_owned).collect();
        match group.find(&inner) {
            Found::Whole(parameter) | Found::End(parameter, _) | Found::Entry(parameter, _) => Some(parameter),
            Found::Unknown(..) | Found::Inner(_) => None,
        }
    }

    /// Whether the value of a dotted path is one number, so that it can be swept over its range: a
    /// parameter by itself, an end of a `[low, high]`, or an entry of a table that is open.
    pub fn is_number(&self, path: &str) -> bool {
        let is_end = path.ends_with(".low") || path.ends_with(".high");
        self.parameter(path).is_some_and(|parameter| {
            let kind = parameter.kind.ends().filter(|_| is_end).unwrap_or(parameter.kind);
            kind.written() == Written::Whole || matches!(kind, Kind::Share | Kind::Part | Kind::Amount)
        })
    }

    /// Every parameter of every rule.
    pub fn parameters(&self) -> impl Iterator<Item = &KnownParameter> {
        self.rules.iter().flat_map(|rule| &rule.parameters)
    }
}

impl Group {
    fn read(name: &str, schema: &Json) -> Self {
        let mut parameters = Vec::new();
        collect(name, schema, &mut Vec::new(), &mut parameters);
        let about = text(schema, "description");
        Self { name: name.to_owned(), about, parameters, of_run: Terms::table(name).is_some_and(|table| table.of_run) }
    }

    /// The names of the first level, each once.
    pub fn names(&self) -> Vec<&str> {
        self.names_in(&[])
    }

    fn names_in(&self, path: &[String]) -> Vec<&str> {
        let below = self.parameters.iter().filter(|parameter| parameter.path.starts_with(path));
        let mut names: Vec<&str> =
            below.filter_map(|parameter| parameter.path.get(path.len()).map(String::as_str)).collect();
        names.dedup();
        names
    }

    /// Where a path leads.
    pub(crate) fn find(&self, path: &[String]) -> Found<'_> {
        let known = self.parameters.iter().find(|parameter| path.starts_with(&parameter.path));
        if let Some(parameter) = known {
            return match (&path[parameter.path.len()..], &parameter.key, parameter.kind.ends()) {
                ([], None, _) => Found::Whole(parameter),
                ([], Some(_), _) => Found::Inner(Vec::new()),
                ([key], Some(_), _) => Found::Entry(parameter, key.clone()),
                ([end], None, Some(_)) if end == "low" => Found::End(parameter, 0),
                ([end], None, Some(_)) if end == "high" => Found::End(parameter, 1),
                ([end, _, ..], None, Some(_)) if end == "low" || end == "high" => {
                    Found::Unknown(parameter.path.len() + 1, Vec::new())
                }
                (_, None, Some(_)) => Found::Unknown(parameter.path.len(), vec!["low", "high"]),
                _ => Found::Unknown(parameter.path.len(), Vec::new()),
            };
        }
        let depth = (0..path.len()).rev().find(|depth| !self.names_in(&path[..*depth]).is_empty()).unwrap_or(0);
        match self.names_in(path) {
            inner if !inner.is_empty() => Found::Inner(inner),
            _ => Found::Unknown(depth, self.names_in(&path[..depth])),
        }
    }
}

/// Walks a schema down to its values.
fn collect(rule: &str, schema: &Json, path: &mut Vec<String>, found: &mut Vec<KnownParameter>) {
    if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
        // What the field says counts before what its type does.
        let mut merged = values.as_object().cloned().unwrap_or_default();
        merged.extend(schema.as_object().cloned().unwrap_or_default());
        found.extend(KnownParameter::read(rule, path, &Json::Object(merged), values));
    } else if schema.get("x-kind").is_some() {
        found.extend(KnownParameter::read(rule, path, schema, schema));
    } else {
        for (name, inner) in fields(schema) {
            path.push(name.clone());
            collect(rule, inner, path, found);
            path.pop();
        }
    }
}

impl KnownParameter {
    fn read(rule: &str, path: &[String], schema: &Json, value: &Json) -> Option<Self> {
        let kind = Kind::from_code(value.get("x-kind")?.as_str()?)?;
        let bounded = value.get("items").filter(|_| kind == Kind::DayRange).unwrap_or(value);
        let bound = |name: &str| -> Option<String> {
            let own = bounded.get(name).map(Json::to_string);
            own.or_else(|| Some(value.get(format!("x-{name}"))?.as_str()?.to_owned()))
        };
        Some(Self {
            rule: rule.to_owned(),
            path: path.to_vec(),
            about: text(schema, "description"),
            kind,
            unit: text(schema, "x-unit"),
            range: (bound("minimum"), bound("maximum")),
            key: schema.get("x-key").and_then(Json::as_str).map(str::to_owned),
        })
    }

    /// Its dotted path: `colour_mismatch.band`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.rule, self.path.join("."))
    }

    /// Its range for people: `0 to 36500`; empty where it has none.
    pub fn range_text(&self) -> String {
        match &self.range {
            (Some(low), Some(high)) => format!("{low} to {high}"),
            (Some(low), None) => format!("from {low}"),
            (None, _) => String::new(),
        }
    }

    /// What its value, or one end of it, is expected to be.
    pub(crate) fn expected(&self, end: bool, key: Option<&str>) -> String {
        let kind = self.kind.ends().filter(|_| end).unwrap_or(self.kind);
        let [low, high] = [&self.range.0, &self.range.1].map(|bound| bound.clone().unwrap_or_default());
        match kind {
            Kind::Days | Kind::Hours | Kind::Months => format!("a whole number of {} from {low} to {high}", self.unit),
            Kind::Count => format!("a whole number from {low}"),
            Kind::Share | Kind::Part => {
                format!("a share from \"{low}\" to \"{high}\", as a string with at most four digits after the point")
            }
            Kind::Band => format!(
                "[low, high], two shares from \"{low}\" to \"{high}\" as strings with at most four digits after the \
                 point, low not above high"
            ),
            Kind::DayRange => {
                format!("[low, high], two whole numbers of days from {low} to {high}, low not above high")
            }
            Kind::Codes => "a list of codes in lower case with underscores, such as [\"mobile_top_up\"]".to_owned(),
            Kind::Amount => match key.filter(|key| Currency::from_code(key).is_some()) {
                Some(currency) => format!(
                    "an amount of {currency}, as a string such as \"12.50\" that is no finer than the currency's minor unit"
                ),
                None => "an ISO 4217 currency such as USD, and an amount of it as a string".to_owned(),
            },
            Kind::GovernedBy => "\"opened_at\", \"paid_at\" or \"run\"".to_owned(),
        }
    }

    /// A value of this parameter in the way the command line gives it, such as `0.45`, `[3, 10]`,
    /// or `electronics,jewellery`.
    pub(crate) fn read_text(&self, text: &str, end: bool) -> Value {
        let kind = self.kind.ends().filter(|_| end).unwrap_or(self.kind);
        let whole = |text: &str| text.trim().parse().map(Value::Integer).unwrap_or_else(|_| Value::String(text.into()));
        let bare = |text: &str| Value::String(text.trim().trim_matches('"').to_owned());
        let items = || -> Vec<&str> {
            let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
            inner.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
        };
        match kind.written() {
            Written::Whole => whole(text),
            Written::Text => bare(text),
            Written::Texts => Value::Array(items().into_iter().map(bare).collect()),
            Written::Wholes => Value::Array(items().into_iter().map(whole).collect()),
        }
    }
}

/// An object without the keys that only we read.
pub(crate) fn public(object: &Map<String, Json>) -> Map<String, Json> {
    object.iter().filter(|(key, _)| !key.starts_with("x-")).map(|(key, value)| (key.clone(), value.clone())).collect()
}
