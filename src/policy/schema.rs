//! The JSON Schema of policy files, so that editors complete and check them. It is made from the types
//! of the parameters.

use serde_json::{Map, Value as Json, json};

use super::catalogue::{Group, catalogue, fields, public, schemas};
use super::condition::CONDITIONS;

/// The JSON Schema of a policy file.
pub fn schema() -> Json {
    let [terms, general] = schemas();
    let catalogue = catalogue();
    let mut properties = Map::new();
    properties.insert("policy".to_owned(), general_table(&catalogue.general, &general));
    for (group, (_, schema)) in catalogue.rules.iter().zip(fields(&terms)) {
        properties.insert(group.name.clone(), rule(group, schema));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Parameters of arbiter",
        "description": "A policy file: parameters that are laid over the standard ones.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn object(properties: Map<String, Json>, required: &[&str]) -> Json {
    let mut object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn general_table(group: &Group, schema: &Json) -> Json {
    let mut properties = values(schema);
    let complete = json!({
        "type": "boolean",
        "description": "The file states every parameter, and nothing below it counts."
    });
    properties.insert("complete".to_owned(), complete);
    properties.extend(commentary(group));
    let mut table = object(properties, &[]);
    table["description"] = json!(group.about);
    table
}

/// A rule's table: plain, or a list of versions.
fn rule(group: &Group, schema: &Json) -> Json {
    let mut plain = values(schema);
    plain.extend(commentary(group));
    plain.insert("reviewed_on".to_owned(), date("When the values were last reviewed."));
    if !group.of_run {
        plain.insert("when".to_owned(), segments(group, schema));
    }
    let mut version = plain.clone();
    version.insert("effective_from".to_owned(), date("From when the version is in force, in UTC."));
    let version = object(version, &["effective_from", "reviewed_on", "source"]);
    json!({
        "description": group.about,
        "anyOf": [object(plain, &[]), { "type": "array", "items": version }],
    })
}

fn segments(group: &Group, schema: &Json) -> Json {
    let mut properties = Map::new();
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
        (list(crate::rules::CODE_PATTERN), "One of these categories."),
        (list("^[A-Z]{3}$"), "One of these currencies, by ISO 4217."),
        (list("^[A-Z]{2}$"), "To one of these countries, by two letters."),
        (list("."), "By one of these sellers."),
        (range, "With a price of the goods from an amount on, and below another, of the one currency named."),
    ];
    for (name, (mut shape, about)) in CONDITIONS.into_iter().zip(shapes) {
        shape["description"] = json!(about);
        properties.insert(name.to_owned(), shape);
    }
    properties.extend(values(schema));
    properties.extend(commentary(group));
    let mut segment = object(properties, &[]);
    segment["anyOf"] = CONDITIONS.iter().map(|name| json!({ "required": [name] })).collect();
    json!({
        "description": "What differs for some cases; of several whose condition holds, the first counts.",
        "type": "array",
        "items": segment,
    })
}

/// The parameters of a table, none of which must be there.
fn values(schema: &Json) -> Map<String, Json> {
    fields(schema).map(|(name, field)| (name.clone(), value(field))).collect()
}

fn value(field: &Json) -> Json {
    let about = field.get("description").cloned().unwrap_or_default();
    if field.get("properties").is_some() {
        let mut inner = object(values(field), &[]);
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

/// What a table says about its values.
fn commentary(group: &Group) -> Map<String, Json> {
    let text = json!({ "type": "string", "minLength": 1 });
    let mut names: Map<String, Json> = group.names().into_iter().map(|name| (name.to_owned(), text.clone())).collect();
    names.insert("version".to_owned(), text.clone());
    let cited = |about: &str| json!({ "description": about, "anyOf": [text, object(names.clone(), &[])] });
    Map::from_iter([
        ("source".to_owned(), cited("Where the values come from: title, and link or document; or by parameter.")),
        ("reason".to_owned(), cited("Why they were chosen; for all of them, or by parameter.")),
        ("note".to_owned(), json!({ "type": "string", "description": "What else is to be said." })),
        ("set_by".to_owned(), json!({ "type": "object", "description": "Written by policy show; leave it as it is." })),
    ])
}
