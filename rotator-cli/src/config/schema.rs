//! The JSON Schema of the file, draft 2020-12, for editors.

use serde_json::{Map, Value, json};

use super::keys::{self, Key, Kind};

/// All of it.
#[must_use]
pub fn schema() -> Value {
    let options = keys::options();
    let own = keys::own();
    let target: Map<_, _> = own.iter().chain(&options).map(property).collect();
    let defaults: Map<_, _> = options.iter().map(property).collect();
    let one_place = json!({ "not": { "required": ["store", "outfile"] } });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rotator.toml",
        "description": "Accounts whose access keys rotator rotates, and how",
        "type": "object",
        "properties": {
            "defaults": {
                "description": "What every target has that does not say otherwise",
                "type": "object",
                "properties": defaults,
                "additionalProperties": false,
                "allOf": [one_place],
            },
            "target": {
                "description": "One account's users, and what is done with them",
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": target,
                    "required": ["name"],
                    "oneOf": [{ "required": ["path"] }, { "required": ["paths"] }],
                    "dependentRequired": { "external-id": ["role-arn"], "session-name": ["role-arn"] },
                    "additionalProperties": false,
                    "allOf": [one_place],
                },
            },
        },
        "required": ["target"],
        "additionalProperties": false,
    })
}

fn property(key: &Key) -> (String, Value) {
    let value = match key.kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 0 }),
        Kind::Text => json!({ "type": "string" }),
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Pairs => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    };
    let mut more = vec![("description", json!(key.says))];
    if key.name == "paths" {
        more.push(("minItems", json!(1)));
    }
    if let Some(option) = &key.option {
        if !option.values.is_empty() {
            more.push(("enum", json!(option.values)));
        }
        if let Some(default) = &option.default {
            let default = match key.kind {
                Kind::Count => default.parse::<u64>().map_or(Value::Null, Value::from),
                Kind::Flag | Kind::Text | Kind::List | Kind::Pairs => json!(default),
            };
            more.push(("default", default));
        }
    }
    let more = more.into_iter().map(|(name, value)| (name.to_owned(), value));
    let all = value.as_object().cloned().into_iter().flatten().chain(more);
    (key.name.clone(), Value::Object(all.collect()))
}
