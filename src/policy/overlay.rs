//! Overlays: values that an operator lays over the standard parameters, each with its place.

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use crate::fault::{Fault, FaultKind, nearest};
use crate::rules::Terms;

use super::COMMENTARY;

/// Tables whose keys are the operator's to choose, such as currencies.
const OPEN_TABLES: [[&str; 2]; 2] = [["returns", "posting_cost"], ["refund", "commission"]];

/// One value to lay over the standard parameters, with the place it was set.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Rule, parameter, and what lies inside it: `colour_mismatch`, `band`, `high`.
    pub path: Vec<String>,
    /// The new value.
    pub value: NewValue,
    /// Where it was set: `policy.toml:3` or `--set`.
    pub origin: String,
}

/// A value as the operator gave it.
#[derive(Clone, Debug, PartialEq)]
pub enum NewValue {
    /// From a policy file, with its type.
    Typed(Value),
    /// From the command line, with the type that the parameter has.
    Text(String),
}

impl Setting {
    /// Reads a policy file's text into its settings.
    ///
    /// # Errors
    ///
    /// The text is not TOML, or has a value outside a rule's table.
    pub fn from_file(name: &str, text: &str) -> Result<Vec<Self>, Fault> {
        let line_at = |offset: usize| 1 + text[..offset.min(text.len())].matches('\n').count();
        let document = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(span.start));
            Fault::new(FaultKind::Policy, format!("is not TOML: {}", error.message()))
                .at(format!("{name}:{line}"))
                .hint("write a table for each rule with its values, such as [too_early] and days = 6")
        })?;
        let mut settings = Vec::new();
        for (rule, content) in document.get_ref() {
            let origin = format!("{name}:{}", line_at(rule.span().start));
            match content.get_ref() {
                DeValue::Table(table) => {
                    let path = vec![rule.get_ref().to_string()];
                    flatten(table, &path, &|offset| format!("{name}:{}", line_at(offset)), &mut settings);
                }
                other => settings.push(Self {
                    path: vec![rule.get_ref().to_string()],
                    value: NewValue::Typed(to_value(other)),
                    origin,
                }),
            }
        }
        Ok(settings)
    }

    /// Reads `rule.parameter=value`, as the command line has it.
    ///
    /// # Errors
    ///
    /// The text has another form.
    pub fn from_argument(argument: &str) -> Result<Self, Fault> {
        let parts = argument.split_once('=').filter(|(path, _)| path.contains('.') && !path.ends_with('.'));
        let Some((path, value)) = parts else {
            let problem = format!("--set {argument}: expected rule.parameter=value");
            return Err(Fault::new(FaultKind::Policy, problem).hint("for example --set too_early.days=6"));
        };
        Ok(Self {
            path: path.trim().split('.').map(str::to_owned).collect(),
            value: NewValue::Text(value.trim().to_owned()),
            origin: "--set".to_owned(),
        })
    }

    fn fault(&self, problem: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Policy, format!("{}: {}", self.path.join("."), problem.into())).at(&self.origin)
    }
}

/// Collects the values of a table and the tables inside it, each with its own place.
fn flatten(table: &DeTable, path: &[String], place: &dyn Fn(usize) -> String, settings: &mut Vec<Setting>) {
    for (key, value) in table {
        if path.len() == 1 && COMMENTARY.contains(&key.get_ref().as_ref()) {
            continue;
        }
        let path: Vec<_> = path.iter().cloned().chain([key.get_ref().to_string()]).collect();
        match value.get_ref() {
            DeValue::Table(inner) => flatten(inner, &path, place, settings),
            other => {
                let origin = place(key.span().start);
                settings.push(Setting { path, value: NewValue::Typed(to_value(other)), origin });
            }
        }
    }
}

/// The value without its spans. Numbers keep their text, so that none passes through a float.
fn to_value(value: &DeValue) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::String(number.as_str().to_owned()),
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(datetime) => Value::Datetime(*datetime),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| to_value(item.get_ref())).collect()),
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| (key.get_ref().to_string(), to_value(value.get_ref())));
            Value::Table(pairs.collect())
        }
    }
}

/// Lays one setting over the values, and returns the new value where it differs from the old.
///
/// # Errors
///
/// The rule or parameter is unknown, or the value's type is not the parameter's.
pub(super) fn apply(setting: &Setting, values: &mut Table) -> Result<Option<Value>, Fault> {
    let [rule, inner @ .., last] = setting.path.as_slice() else {
        let rule = &setting.path[0];
        let hint = match values.contains_key(rule) {
            true => format!("write a table [{rule}] with its parameters below it"),
            false => hint_nearest(rule, values),
        };
        return Err(setting.fault("is not a rule's table").hint(hint));
    };
    let Some(Value::Table(table)) = values.get_mut(rule) else {
        return Err(setting.fault(format!("there is no rule {rule:?}")).hint(hint_nearest(rule, values)));
    };
    let mut here = table;
    for (depth, key) in inner.iter().enumerate() {
        let known = here.clone();
        here = match here.get_mut(key) {
            Some(Value::Table(table)) => table,
            Some(Value::Array(pair)) if depth + 1 == inner.len() => return apply_to_pair(setting, pair, last),
            _ => {
                let problem = format!("{rule} has no group of parameters {key:?}");
                return Err(setting.fault(problem).hint(hint_nearest(key, &known)));
            }
        };
    }
    let is_open = OPEN_TABLES.iter().any(|open| {
        setting.path.len() == open.len() + 1 && open.iter().zip(&setting.path).all(|(left, right)| left == right)
    });
    let model = match here.get(last) {
        Some(model) => model.clone(),
        None if is_open => Value::String(String::new()),
        None => {
            let group = setting.path[..setting.path.len() - 1].join(".");
            let problem = format!("{group} has no parameter {last:?}");
            return Err(setting.fault(problem).hint(hint_nearest(last, here)));
        }
    };
    let value = typed(setting, &model)?;
    let before = here.insert(last.clone(), value.clone());
    Ok(Some(value).filter(|value| before.as_ref() != Some(value)))
}

/// Lays a value over one end of a `[low, high]`.
fn apply_to_pair(setting: &Setting, pair: &mut [Value], end: &str) -> Result<Option<Value>, Fault> {
    let slot = match (end, pair) {
        ("low", [low, _]) => low,
        ("high", [_, high]) => high,
        _ => return Err(setting.fault(format!("has no end {end:?}")).hint("its ends are low and high")),
    };
    let value = typed(setting, slot)?;
    let before = std::mem::replace(slot, value.clone());
    Ok((value != before).then_some(value))
}

/// The setting's value in the type of the value it replaces.
fn typed(setting: &Setting, model: &Value) -> Result<Value, Fault> {
    let value = match &setting.value {
        NewValue::Typed(value) => value.clone(),
        NewValue::Text(text) => match model {
            Value::String(_) => Value::String(text.trim_matches('"').to_owned()),
            _ => text.parse().unwrap_or_else(|_| Value::String(text.clone())),
        },
    };
    match value.same_type(model) {
        true => Ok(value),
        false => {
            let (expected, example) = describe(model);
            let problem = format!("expected {expected}, not {value}");
            Err(setting.fault(problem).hint(format!("for example {example}")))
        }
    }
}

fn describe(model: &Value) -> (&'static str, String) {
    match model {
        Value::String(text) if text.is_empty() => ("a string", "\"0.30\", with the quotes".to_owned()),
        Value::String(_) => ("a string, so that it is read exactly", format!("{model}, with the quotes")),
        Value::Integer(_) => ("a whole number", model.to_string()),
        Value::Array(_) => ("a list", model.to_string()),
        _ => ("another type", model.to_string()),
    }
}

/// Names the known key nearest to an unknown one, or all known ones.
fn hint_nearest(unknown: &str, known: &Table) -> String {
    match nearest(unknown, known.keys().map(String::as_str)) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("known are {}", known.keys().map(String::as_str).collect::<Vec<_>>().join(", ")),
    }
}

/// Finds the setting to blame for values that do not make sense: the last without which they would.
pub(super) fn blame(settings: &[Setting], standard: &Table, problem: &str) -> Fault {
    let holds_without = |skipped: usize| {
        let mut values = standard.clone();
        let others = settings.iter().enumerate().filter(|(index, _)| *index != skipped);
        let applied = others.map(|(_, setting)| apply(setting, &mut values)).all(|applied| applied.is_ok());
        applied && Terms::deserialize_from(values).is_ok()
    };
    let culprit = (0..settings.len()).rev().find(|index| holds_without(*index));
    match culprit.or(settings.len().checked_sub(1)).and_then(|index| settings.get(index)) {
        Some(setting) => setting.fault(problem),
        None => Fault::new(FaultKind::Defect, problem).at("policy/standard.toml"),
    }
}
