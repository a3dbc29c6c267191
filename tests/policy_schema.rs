//! The JSON Schema of policy files takes what the program takes, and refuses what it can see of the rest.

use arbiter_policy::{Overlay, PROFILES, Policy, STANDARD, schema};
use regex::Regex;
use serde_json::Value;

/// Whether a value is what a schema says, for the words that ours has.
fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let words = schema.as_object().unwrap();
    words.iter().all(|(word, said)| match word.as_str() {
        "$ref" => {
            let path = said.as_str().unwrap().strip_prefix('#').unwrap();
            fits(root, root.pointer(path).unwrap_or_else(|| panic!("{path} is not there")), value)
        }
        "type" => match said.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            "boolean" => value.is_boolean(),
            other => panic!("{other} is no type of ours"),
        },
        "anyOf" => said.as_array().unwrap().iter().any(|one| fits(root, one, value)),
        "enum" => said.as_array().unwrap().contains(value),
        "required" => said.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
        "minimum" => value.as_i64().is_none_or(|number| number >= said.as_i64().unwrap()),
        "maximum" => value.as_i64().is_none_or(|number| number <= said.as_i64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| Regex::new(said.as_str().unwrap()).unwrap().is_match(text)),
        "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= said.as_u64().unwrap()),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= said.as_u64().unwrap()),
        "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= said.as_u64().unwrap()),
        "minProperties" => value.as_object().is_none_or(|table| table.len() as u64 >= said.as_u64().unwrap()),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(root, said, item))),
        "properties" => {
            let known = |(name, said): (&String, &Value)| value.get(name).is_none_or(|value| fits(root, said, value));
            said.as_object().unwrap().iter().all(known)
        }
        "additionalProperties" => value.as_object().is_none_or(|table| {
            let named = |name: &str| schema.get("properties").is_some_and(|names| names.get(name).is_some());
            let more = table.iter().filter(|(name, _)| !named(name));
            more.map(|(_, value)| value).all(|value| match said {
                Value::Bool(any) => *any,
                said => fits(root, said, value),
            })
        }),
        "$schema" | "$defs" | "title" | "description" => true,
        other => panic!("{other} is no word of ours"),
    })
}

/// A policy file as an editor hands it to a schema: with dates as strings.
fn json(text: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(date) => Value::from(date.to_string()),
            toml::Value::Array(items) => items.into_iter().map(convert).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(name, value)| (name, convert(value))).collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    convert(toml::Value::Table(text.parse().unwrap()))
}

#[test]
fn what_the_program_takes_the_schema_takes() {
    let schema = schema();
    let shown = Policy::with(&PROFILES.iter().map(|profile| profile.overlay()).collect::<Vec<_>>()).unwrap().to_toml();
    let files = [STANDARD, &shown].into_iter().chain(PROFILES.iter().map(|profile| profile.text));
    for text in files {
        assert!(fits(&schema, &schema, &json(text)), "{text}");
    }
}

#[test]
fn program_and_schema_agree_on_each_value() {
    let schema = schema();
    let version = "[[too_late]]\neffective_from = 2026-07-01\nreviewed_on = 2026-06-15\nsource = \"x\"\n";
    for (text, taken) in [
        ("[too_early]\ndays = 0", true),
        ("[too_early]\ndays = -1", false),
        ("[too_early]\ndays = 36500", true),
        ("[too_early]\ndays = 36501", false),
        ("[too_early]\ndays = \"5\"", false),
        ("[too_early]\ndays = 5.5", false),
        ("[too_early]\ndayz = 5", false),
        ("[too_erly]\ndays = 5", false),
        ("[customs]\nshare = \"1\"", true),
        ("[customs]\nshare = \"1.0000\"", true),
        ("[customs]\nshare = \"1.0001\"", false),
        ("[customs]\nshare = \"0.1234\"", true),
        ("[customs]\nshare = \"0.12340\"", true),
        ("[customs]\nshare = \"0.12345\"", false),
        ("[customs]\nshare = \".5\"", false),
        ("[customs]\nshare = 0.5", false),
        ("[double]\nshare = \"9.9999\"", true),
        ("[double]\nshare = \"10\"", false),
        ("[double]\ncategories = [\"home_2\"]", true),
        ("[double]\ncategories = [\"Home\"]", false),
        ("[double]\ncategories = [\"home 2\"]", false),
        ("[double]\ncategories = [\"\"]", false),
        ("[colour_mismatch]\nband = [\"0.1\", \"0.2\"]", true),
        ("[colour_mismatch]\nband = [\"0.1\"]", false),
        ("[colour_mismatch]\nband.low = \"0.1\"", true),
        ("[colour_mismatch]\nband.middle = \"0.1\"", false),
        ("[refund]\ndays = [3, 10]", true),
        ("[refund]\ndays = [3, \"10\"]", false),
        ("[refund.commission]\nmobile_other = \"0.02\"", true),
        ("[refund.commission]\nmobile_other = \"1.02\"", false),
        ("[returns.posting_cost]\nEUR = \"12.50\"", true),
        ("[returns.posting_cost]\nEUR = \"12,50\"", false),
        ("[serial_disputer]\nblocked.lower = \"0.5\"", true),
        ("[serial_disputer]\nblocked.burst = 5", false),
        ("[[serial_disputer.when]]\ncategory = [\"a\"]", false),
        ("[policy]\ngoverned_by = \"run\"", true),
        ("[policy]\ngoverned_by = \"shipped_at\"", false),
        ("[policy]\nreview_months = 0", false),
        (version, true),
        (&version.replace("source = \"x\"\n", ""), false),
        (&version.replace("effective_from = 2026-07-01\n", ""), false),
        (&version.replace("[[too_late]]", "[too_late]"), false),
        ("[[too_late.when]]\ncategory = [\"a\"]\ndays = 3", true),
        ("[[too_late.when]]\ndays = 3", false),
        ("[[too_late.when]]\ncategory = []\ndays = 3", false),
        ("[[too_late.when]]\ncurrency = [\"usd\"]\ndays = 3", false),
        ("[[too_late.when]]\ncurrency = [\"USD\"]\ngoods_total = { from = \"1\" }\ndays = 3", true),
        ("[[too_late.when]]\ncurrency = [\"USD\"]\ngoods_total = {}\ndays = 3", false),
        ("[[too_late.when]]\ndestination_country = [\"ru\"]\ndays = 3", false),
    ] {
        let policy = Policy::with(&[Overlay::from_file("policy.toml", text)]);
        assert_eq!(policy.is_ok(), taken, "the program: {text}: {policy:?}");
        assert_eq!(fits(&schema, &schema, &json(text)), taken, "the schema: {text}");
    }
}
