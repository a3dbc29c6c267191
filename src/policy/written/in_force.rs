//! The values of all versions as data.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value as Json};
use toml::Value;

use crate::parameters::{Group, catalogue};
use crate::resolve::{Leaves, Resolved, Segment, Version, ordered};
use crate::text::day;

/// The values of all versions, for the manifest and the hash.
pub struct InForce<'a>(pub(crate) &'a Resolved);

impl Serialize for InForce<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (resolved, catalogue) = (self.0, catalogue());
        let mut map = serializer.serialize_map(Some(catalogue.rules.len() + 1))?;
        map.serialize_entry("policy", &values(&catalogue.general, &resolved.general))?;
        for (group, versions) in catalogue.rules.iter().zip(&resolved.rules) {
            map.serialize_entry(&group.name, &Versions(group, versions))?;
        }
        map.end()
    }
}

struct Versions<'a>(&'a Group, &'a [Version]);

impl Serialize for Versions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.1.len()))?;
        for version in self.1 {
            let mut map = Map::new();
            map.insert("effective_from".to_owned(), Json::from(day(version.effective_from)));
            map.insert("reviewed_on".to_owned(), Json::from(version.reviewed_on.to_string()));
            map.extend(values(self.0, &version.leaves));
            let segment = |segment: &Segment| {
                let mut map = Map::new();
                map.insert("condition".to_owned(), Json::from(segment.condition.to_string()));
                map.extend(values(self.0, &segment.leaves));
                Json::Object(map)
            };
            if !version.segments.is_empty() {
                map.insert("when".to_owned(), version.segments.iter().map(segment).collect());
            }
            list.serialize_element(&map)?;
        }
        list.end()
    }
}

/// Values as data, in the order of the catalogue.
fn values(group: &Group, leaves: &Leaves) -> Map<String, Json> {
    let mut map = Map::new();
    for (_, path, leaf) in ordered(group, leaves) {
        insert(&mut map, path, json(&leaf.value));
    }
    map
}

/// A value of TOML as one of JSON; parameters have texts, whole numbers, and lists of them.
fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Array(items) => items.iter().map(json).collect(),
        other => Json::from(other.to_string()),
    }
}

fn insert(map: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [last] => {
            map.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = map.entry(first.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}
