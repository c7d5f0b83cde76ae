//! A JSON object whose members stay as they are written: what is not ours is given back letter by letter,
//! numbers of any length and order of members included.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Names and the JSON texts behind them. No `Debug`: secrets are among them.
#[derive(Clone, Default)]
pub(super) struct Members(Vec<(String, String)>);

impl Members {
    /// Reads an object; nothing at all counts as an empty one.
    ///
    /// # Errors
    /// A sentence that quotes nothing.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let members: Self = serde_json::from_str(text).map_err(|error| {
            // The parser's own message could quote a secret.
            format!("it is not a JSON object (line {}, column {})", error.line(), error.column())
        })?;
        for (at, (name, _)) in members.0.iter().enumerate() {
            // Readers take the first, or the last: nothing says which is meant.
            if members.0.iter().skip(at + 1).any(|(other, _)| other == name) {
                return Err(format!("the member `{name}` stands there twice; remove one"));
            }
        }
        Ok(members)
    }

    /// The JSON text of a member. `null` is none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
        found.filter(|text| *text != "null")
    }

    /// A member that is text.
    ///
    /// # Errors
    /// It is something else.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        let text = self.get(name).map(serde_json::from_str).transpose();
        text.map_err(|_| format!("`{name}` is not text"))
    }

    /// A member that is an object.
    ///
    /// # Errors
    /// It is something else.
    pub(super) fn object(&self, name: &str) -> Result<Option<Self>, String> {
        self.get(name).map(Self::parse).transpose().map_err(|said| format!("`{name}`: {said}"))
    }

    /// Puts a JSON text in a member's place, or behind all others.
    pub(super) fn set(&mut self, name: &str, json: String) {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, text)) => *text = json,
            None => self.0.push((name.to_owned(), json)),
        }
    }

    pub(super) fn set_text(&mut self, name: &str, text: &str) {
        self.set(name, quoted(text));
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(other, _)| other != name);
    }

    /// The object as text, indented as one that stands so deep inside others.
    pub(super) fn to_json(&self, depth: usize) -> String {
        if self.0.is_empty() {
            return "{}".to_owned();
        }
        let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
        let members = self.0.iter().map(|(name, text)| format!("{inner}{}: {text}", quoted(name)));
        format!("{{\n{}\n{outer}}}", members.collect::<Vec<_>>().join(",\n"))
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members, M::Error> {
                let mut members = Vec::new();
                while let Some((name, raw)) = map.next_entry::<String, Box<RawValue>>()? {
                    members.push((name, raw.get().to_owned()));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_stays_letter_by_letter() {
        let text = "{\"z\":1.10e400, \"a\" : {\"b\":[ 1,2 ], \"b\":3}}";
        let mut members = Members::parse(text).unwrap();
        members.set_text("ü", "q\"");
        let kept = "{\n  \"z\": 1.10e400,\n  \"a\": {\"b\":[ 1,2 ], \"b\":3},\n  \"ü\": \"q\\\"\"\n}";
        assert_eq!(members.to_json(0), kept);
    }

    #[test]
    fn what_is_no_object_is_refused_without_a_quote() {
        for text in ["\"S3CR3T\"", "{\"a\": S3CR3T}", "[\"S3CR3T\"]", "{\"a\":1,\"a\":\"S3CR3T\"}", "{} x"] {
            let said = Members::parse(text).map(drop).unwrap_err();
            assert!(!said.contains("S3CR3T"), "{said}");
        }
        assert!(
            Members::parse("{\"a\":1,\"a\":2}").map(drop).unwrap_err().contains("`a` stands there twice")
        );
        assert_eq!(Members::parse(" \n").unwrap().to_json(0), "{}");
    }
}
