//! The JSON Schema of policy files, so that editors complete and check them. It is made from the types
//! of the parameters.

use serde_json::{Map, Value as Json, json};

use crate::overlays::CONDITIONS;
use crate::parameters::{Group, catalogue, fields, public, schemas};

/// The JSON Schema of a policy file.
pub fn schema() -> Json {
    let [terms, general] = schemas();
    let catalogue = catalogue();
    let mut parts = Parts::default();
    parts.0.insert("text".to_owned(), json!({ "type": "string", "minLength": 1 }));
    let set_by = json!({ "type": "object", "description": "Written by policy show; leave it as it is." });
    parts.0.insert("note".to_owned(), json!({ "type": "string", "description": "What else is to be said." }));
    parts.0.insert("set_by".to_owned(), set_by);
    parts.0.insert("when".to_owned(), conditions());
    let mut properties = Map::new();
    properties.insert("policy".to_owned(), general_table(&mut parts, &catalogue.general, &general));
    for (group, (_, schema)) in catalogue.rules.iter().zip(fields(&terms)) {
        properties.insert(group.name.clone(), rule(&mut parts, group, schema));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Parameters of arbiter",
        "description": "A policy file: parameters that are laid over the standard ones.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "$defs": parts.0,
    })
}

/// Parts of the schema that stand in several places, each written once.
#[derive(Default)]
struct Parts(Map<String, Json>);

impl Parts {
    /// A reference to a part, which is put there.
    fn refer(&mut self, name: String, part: Json) -> Json {
        let reference = json!({ "$ref": format!("#/$defs/{name}") });
        self.0.insert(name, part);
        reference
    }

    /// What a table may have beside its own keys: its parameters, none of which must be there, and what
    /// is said about them.
    fn table(&mut self, group: &Group, schema: &Json) -> Map<String, Json> {
        let named = |name: &str| format!("{}.{name}", group.name);
        let mut table = Map::new();
        for (name, field) in fields(schema) {
            table.insert(name.clone(), self.refer(named(name), value(field)));
        }
        for (name, about) in [("source", SOURCE), ("reason", REASON)] {
            table.insert(name.to_owned(), self.refer(named(name), cited(group, about)));
        }
        for name in ["note", "set_by"] {
            table.insert(name.to_owned(), json!({ "$ref": format!("#/$defs/{name}") }));
        }
        table
    }
}

fn object(properties: Map<String, Json>, required: &[&str]) -> Json {
    let mut object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn general_table(parts: &mut Parts, group: &Group, schema: &Json) -> Json {
    let mut properties = parts.table(group, schema);
    let complete = json!({
        "type": "boolean",
        "description": "The file states every parameter, and nothing below it counts."
    });
    properties.insert("complete".to_owned(), complete);
    let mut table = object(properties, &[]);
    table["description"] = json!(group.about);
    table
}

/// A rule's table: plain, or a list of versions.
fn rule(parts: &mut Parts, group: &Group, schema: &Json) -> Json {
    let table = parts.table(group, schema);
    let mut plain = table.clone();
    plain.insert("reviewed_on".to_owned(), date("When the values were last reviewed."));
    if !group.of_run {
        plain.insert("when".to_owned(), segments(parts, group, table));
    }
    let mut version = plain.clone();
    version.insert("effective_from".to_owned(), date("From when the version is in force, in UTC."));
    let version = object(version, &["effective_from", "reviewed_on", "source"]);
    json!({
        "description": group.about,
        "anyOf": [object(plain, &[]), { "type": "array", "items": version }],
    })
}

fn segments(parts: &mut Parts, group: &Group, table: Map<String, Json>) -> Json {
    let named = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/$defs/when/properties/{name}") }));
    let properties = CONDITIONS.iter().map(named).chain(table).collect();
    let mut segment = object(properties, &[]);
    segment["anyOf"] = CONDITIONS.iter().map(|name| json!({ "required": [name] })).collect();
    let list = json!({
        "description": "What differs for some cases; of several whose condition holds, the first counts.",
        "type": "array",
        "items": segment,
    });
    parts.refer(format!("{}.when", group.name), list)
}

/// What a condition may speak of.
fn conditions() -> Json {
    let list =
        |pattern: &str| json!({ "type": "array", "minItems": 1, "items": { "type": "string", "pattern": pattern } });
    let amount = json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$" });
    let range = json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": { "from": amount, "below": amount }
    });
    let shapes = [
        (list(arbiter_rules::CODE_PATTERN), "One of these categories."),
        (list("^[A-Z]{3}$"), "One of these currencies, by ISO 4217."),
        (list("^[A-Z]{2}$"), "To one of these countries, by two letters."),
        (list("."), "By one of these sellers."),
        (range, "With a price of the goods from an amount on, and below another, of the one currency named."),
    ];
    let described = |(name, (mut shape, about)): (&str, (Json, &str))| {
        shape["description"] = json!(about);
        (name.to_owned(), shape)
    };
    object(CONDITIONS.into_iter().zip(shapes).map(described).collect(), &[])
}

fn value(field: &Json) -> Json {
    let about = field.get("description").cloned().unwrap_or_default();
    if field.get("properties").is_some() {
        let mut inner = object(fields(field).map(|(name, field)| (name.clone(), value(field))).collect(), &[]);
        inner["description"] = about;
        return inner;
    }
    let mut own = public(field.as_object().unwrap_or(&Map::new()));
    if let Some(Json::Object(entries)) = own.get("additionalProperties") {
        let entries = Json::Object(public(entries));
        own.insert("additionalProperties".to_owned(), entries);
    }
    let is_pair = field.get("maxItems").is_some();
    let Some(end) = field.get("items").filter(|_| is_pair) else { return Json::Object(own) };
    own.remove("description");
    let ends = json!({ "type": "object", "additionalProperties": false, "properties": { "low": end, "high": end } });
    json!({ "description": about, "anyOf": [own, ends] })
}

fn date(about: &str) -> Json {
    json!({ "type": "string", "description": about })
}

const SOURCE: &str = "Where the values come from: title, and link or document; or by parameter.";
const REASON: &str = "Why they were chosen; for all of them, or by parameter.";

/// Texts about the values of a table.
fn cited(group: &Group, about: &str) -> Json {
    let text = json!({ "$ref": "#/$defs/text" });
    let names = group.names().into_iter().chain(["version"]).map(|name| (name.to_owned(), text.clone()));
    json!({ "description": about, "anyOf": [text, object(names.collect(), &[])] })
}
