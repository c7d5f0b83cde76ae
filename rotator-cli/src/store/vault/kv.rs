//! What the two versions of the key/value engine answer, and what is sent to them.

use rotator::AccessKeyId;
use serde_json::{Map, Value, json};

use super::config::{Config, Version};
use crate::secret::Pair;
use crate::store::http::Answer;
use crate::store::options::Fields;
use crate::store::{Reading, Serves};

/// What is in a place.
pub(super) struct Seen {
    /// The whole map; none where nothing is there, or no longer.
    pub(super) data: Option<Map<String, Value>>,
    /// The number of the newest version, deleted or not; 0 where there is none (`cas` takes it as that).
    pub(super) version: u64,
}

/// Reads an answer that is about the place itself. `None`: it is about something else.
pub(super) fn seen(engine: Version, answer: &Answer) -> Option<Seen> {
    let status = answer.status.as_u16();
    match (engine, status) {
        (Version::One, 200) => {
            let data = answer.at("/data")?.as_object()?.clone();
            Some(Seen { data: Some(data), version: 0 })
        }
        (Version::Two, 200) => {
            let data = answer.at("/data/data")?.as_object()?.clone();
            Some(Seen { data: Some(data), version: answer.at("/data/metadata/version")?.as_u64()? })
        }
        // Deleted or destroyed: the numbers go on from there.
        (Version::Two, 404) if answer.at("/data/metadata/version").is_some() => {
            Some(Seen { data: None, version: answer.at("/data/metadata/version")?.as_u64()? })
        }
        // Absent is an empty list of errors and nothing else. A mount that is not there has a word in it,
        // and a path of version 1 asked of version 2 has a warning in its stead.
        (Version::One | Version::Two, 404) if answer.at("/errors")?.as_array()?.is_empty() => {
            Some(Seen { data: None, version: 0 })
        }
        (Version::One | Version::Two, _) => None,
    }
}

impl Seen {
    /// As the driver sees it.
    ///
    /// # Errors
    /// What else is in the place.
    pub(super) fn reading(&self, engine: Version, fields: &Fields) -> Result<Reading, String> {
        let revision = match engine {
            Version::One => None,
            Version::Two => Some(self.version.to_string()),
        };
        Ok(Reading { serves: self.serves(fields)?, revision })
    }

    fn serves(&self, fields: &Fields) -> Result<Serves, String> {
        let Some(data) = self.data.as_ref().filter(|data| !data.is_empty()) else {
            return Ok(Serves::Nothing);
        };
        let Fields { id, secret } = fields;
        match (data.get(id), data.get(secret)) {
            (Some(Value::String(key)), Some(Value::String(_))) => AccessKeyId::parse(key)
                .map(Serves::Key)
                .map_err(|_| format!("its field `{id}` holds no access key's id")),
            (Some(_), Some(_)) => Err(format!("its fields `{id}` and `{secret}` are not both text")),
            (Some(_), None) => Err(format!("it has a field `{id}` and none named `{secret}`")),
            (None, Some(_)) => Err(format!("it has a field `{secret}` and none named `{id}`")),
            (None, None) => Err(format!("it holds something else, without fields `{id}` and `{secret}`")),
        }
    }

    /// The pair in it, if it is this key's.
    pub(super) fn pair(mut self, fields: &Fields, id: &AccessKeyId) -> Option<Pair> {
        let mut data = self.data.take()?;
        if data.get(&fields.id)?.as_str()? != id.as_str() {
            return None;
        }
        let Value::String(secret) = data.remove(&fields.secret)? else { return None };
        Some(Pair::new(id.clone(), secret))
    }

    /// What is sent to put a pair in its place. A write replaces the whole map (KV API, "Create/Update
    /// Secret"), so the fields beside ours go along.
    pub(super) fn with(self, engine: Version, config: &Config, pair: &Pair) -> Value {
        let Config { fields, extras, .. } = config;
        let mut data = self.data.unwrap_or_default();
        data.insert(fields.id.clone(), json!(pair.id.as_str()));
        data.insert(fields.secret.clone(), json!(pair.expose_to_store()));
        data.extend(extras.members(pair));
        match engine {
            Version::One => Value::Object(data),
            Version::Two => json!({ "options": { "cas": self.version }, "data": data }),
        }
    }
}

/// Whether a write has arrived for sure.
pub(super) fn is_stored(engine: Version, answer: &Answer) -> bool {
    match engine {
        // 204; or 200, where there is a warning to give.
        Version::One => {
            answer.status.as_u16() == 204 || (answer.status.as_u16() == 200 && answer.body.is_some())
        }
        Version::Two => answer.status.as_u16() == 200 && answer.at("/data/version").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    fn answer(status: u16, body: Value) -> Answer {
        Answer::with(StatusCode::from_u16(status).unwrap(), body)
    }

    #[test]
    fn only_an_empty_list_of_errors_is_absence() {
        let warned =
            json!({ "data": null, "warnings": ["Invalid path for a versioned K/V secrets engine."] });
        for engine in [Version::One, Version::Two] {
            assert!(seen(engine, &answer(404, json!({ "errors": [] }))).is_some());
            for other in [warned.clone(), json!({ "errors": ["no handler for route"] }), json!({})] {
                assert!(seen(engine, &answer(404, other)).is_none());
            }
            assert!(seen(engine, &answer(403, json!({ "errors": [] }))).is_none());
        }
    }

    #[test]
    fn half_a_pair_or_something_else_is_not_ours() {
        let fields = Fields::default();
        let id = "AKIA0000000000000001";
        for data in [
            json!({ "token": "s/e" }),
            json!({ "AccessKeyId": id }),
            json!({ "SecretAccessKey": "s/e" }),
            json!({ "AccessKeyId": id, "SecretAccessKey": 1 }),
            json!({ "AccessKeyId": "s/e", "SecretAccessKey": "s/e" }),
        ] {
            let seen = Seen { data: data.as_object().cloned(), version: 1 };
            let said = seen.reading(Version::Two, &fields).unwrap_err();
            assert!(!said.contains("s/e"), "{said}");
        }
    }
}
