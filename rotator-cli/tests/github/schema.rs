//! JSON against the schemas of an OpenAPI 3.0 document, as far as that of these paths goes. A word that is
//! not known here ends the test: what is passed over is not checked.

use regex::Regex;
use serde_json::Value;

/// A document of its own, whose parts refer to each other.
pub struct Document(pub Value);

/// They say nothing of what a value may be.
const REMARKS: [&str; 5] = ["default", "description", "example", "title", "x-github-breaking-changes"];

impl Document {
    /// What is at `$ref`, or the thing itself.
    pub fn resolve<'a>(&'a self, part: &'a Value) -> &'a Value {
        match part.get("$ref").and_then(Value::as_str) {
            Some(to) => self.resolve(self.0.pointer(to.trim_start_matches('#')).unwrap()),
            None => part,
        }
    }

    /// What is wrong with a value, in words.
    pub fn wrong(&self, schema: &Value, value: &Value) -> Option<String> {
        let schema = self.resolve(schema);
        if value.is_null() && schema["nullable"] == true {
            return None;
        }
        let words = schema.as_object().unwrap();
        words.iter().find_map(|(word, says)| {
            let found = self.wrong_by(schema, word, says, value)?;
            Some(if found.is_empty() { format!("`{word}` of {value}") } else { found })
        })
    }

    fn wrong_by(&self, schema: &Value, word: &str, says: &Value, value: &Value) -> Option<String> {
        let unless = |holds: bool| (!holds).then(String::new);
        match word {
            "type" => unless(match says.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64(),
                "boolean" => value.is_boolean(),
                other => panic!("the type {other}"),
            }),
            "enum" => unless(says.as_array().unwrap().contains(value)),
            "pattern" => unless(
                value.as_str().is_none_or(|text| Regex::new(says.as_str().unwrap()).unwrap().is_match(text)),
            ),
            "format" => unless(value.as_str().is_none_or(|text| has_format(says.as_str().unwrap(), text))),
            "nullable" => unless(says.is_boolean()),
            "anyOf" => unless(says.as_array().unwrap().iter().any(|one| self.wrong(one, value).is_none())),
            "items" => value.as_array()?.iter().find_map(|item| self.wrong(says, item)),
            "required" => {
                let members = value.as_object()?;
                let mut names = says.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                let missing = names.find(|name| !members.contains_key(*name))?;
                Some(format!("`{missing}` is missing"))
            }
            "properties" => {
                let members = value.as_object()?;
                let known = members.iter().filter_map(|(name, value)| Some((name, says.get(name)?, value)));
                known.into_iter().find_map(|(name, schema, value)| {
                    self.wrong(schema, value).map(|said| format!("{name}: {said}"))
                })
            }
            "additionalProperties" if *says == true => None,
            "additionalProperties" if *says == false => {
                unless(value.as_object()?.keys().all(|name| schema["properties"].get(name).is_some()))
            }
            _ if REMARKS.contains(&word) => None,
            _ => panic!("the word {word} is not known here"),
        }
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$").unwrap().is_match(text),
        "uri" => text.contains("://"),
        "email" => text.contains('@'),
        other => panic!("the format {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_found() {
        let document = Document(json!({ "id": { "type": "integer", "nullable": true } }));
        let schema = json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": { "type": "string", "pattern": "^[a-z]+$" },
                "id": { "$ref": "#/id" },
                "at": { "type": "string", "format": "date-time" },
                "who": { "enum": ["all", "private"] },
                "ids": { "type": "array", "items": { "anyOf": [{ "type": "integer" }, { "type": "string" }] } },
            },
            "additionalProperties": false,
        });
        let wrong = |value: Value| document.wrong(&schema, &value);
        assert_eq!(
            wrong(
                json!({ "name": "a", "id": null, "at": "2026-01-01T00:00:00Z", "who": "all", "ids": [1, "2"] })
            ),
            None
        );
        for value in [
            json!([]),
            json!({}),
            json!({ "name": "A" }),
            json!({ "name": 1 }),
            json!({ "name": "a", "id": "1" }),
            json!({ "name": "a", "at": "yesterday" }),
            json!({ "name": "a", "who": "selected" }),
            json!({ "name": "a", "ids": [null] }),
            json!({ "name": "a", "other": 1 }),
        ] {
            assert!(wrong(value.clone()).is_some(), "{value}");
        }
    }

    #[test]
    #[should_panic(expected = "the word maxLength is not known here")]
    fn a_word_that_is_not_known_ends_the_test() {
        Document(Value::Null).wrong(&json!({ "maxLength": 1 }), &json!("x"));
    }
}
