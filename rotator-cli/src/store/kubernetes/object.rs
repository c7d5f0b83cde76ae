//! A Secret as the API has it: what it serves, and the same with another pair in it.

use aws_smithy_types::base64;
use rotator::AccessKeyId;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::config::{CREDENTIALS, Config};
use super::managed::{MANAGED_BY, ROTATOR, by_others};
use super::session::status;
use crate::secret::Pair;
use crate::store::http::Answer;
use crate::store::ini::Ini;
use crate::store::options::Fields;
use crate::store::{Reading, Serves};

/// The data of a Secret, decoded ("Secrets": 1MiB).
const LARGEST: usize = 1024 * 1024;
/// More than a pair takes in both forms.
const ROOM: usize = 1024;

/// What is in a place.
pub(super) enum Seen {
    Nothing,
    Secret(Value),
}

/// Reads an answer that is about the place itself. `None`: it is about something else.
pub(super) fn seen(answer: &Answer, name: &str) -> Option<Seen> {
    match answer.status.as_u16() {
        200 if is_secret(answer) => Some(Seen::Secret(answer.body.clone()?)),
        // A path that is not served, or a proxy, answers 404 too.
        404 if status(answer, "/reason") == Some("NotFound")
            && status(answer, "/details/kind") == Some("secrets")
            && status(answer, "/details/name") == Some(name) =>
        {
            Some(Seen::Nothing)
        }
        _ => None,
    }
}

/// Whether a write has arrived for sure: the object comes back as it is stored, with this key in it.
pub(super) fn is_stored(answer: &Answer, fields: &Fields, pair: &Pair) -> bool {
    let id = answer.at("/data").and_then(|data| text(data, &fields.id).ok().flatten());
    matches!(answer.status.as_u16(), 200 | 201)
        && is_secret(answer)
        && id.as_deref() == Some(pair.id.as_str())
}

fn is_secret(answer: &Answer) -> bool {
    let word = |pointer| answer.at(pointer).and_then(Value::as_str);
    word("/kind") == Some("Secret")
        && word("/apiVersion") == Some("v1")
        && word("/metadata/resourceVersion").is_some()
}

impl Seen {
    /// As the driver sees it.
    ///
    /// # Errors
    /// A sentence: why this is not ours to write to.
    pub(super) fn reading(&self, config: &Config) -> Result<Reading, String> {
        let Self::Secret(object) = self else {
            return Ok(Reading { serves: Serves::Nothing, revision: None });
        };
        let word = |pointer| object.pointer(pointer).and_then(Value::as_str);
        match word("/type") {
            Some("Opaque") | None => {}
            Some(other) => {
                return Err(format!("its type is `{other}`, and a pair is kept in one of type `Opaque`"));
            }
        }
        if object.get("immutable").and_then(Value::as_bool) == Some(true) {
            return Err("it is immutable; delete it, and it is made anew".to_owned());
        }
        if word("/metadata/deletionTimestamp").is_some() {
            return Err("it is being deleted".to_owned());
        }
        let others = object.get("metadata").and_then(by_others).filter(|_| !config.though_managed);
        if let Some(said) = others {
            return Err(format!(
                "{said}, and would be set back; take it out of there, or go on with `managed=ignore`"
            ));
        }
        let empty = Map::new();
        let data = object.get("data").and_then(Value::as_object).unwrap_or(&empty);
        if data.values().map(decoded_length).sum::<usize>() + ROOM > LARGEST {
            return Err("with a pair in it, it would be larger than a Secret may be (1 MiB)".to_owned());
        }
        // A Secret that is deleted and made again has another uid.
        let revision = word("/metadata/uid").zip(word("/metadata/resourceVersion"));
        let revision = revision.map(|(uid, version)| format!("{uid}/{version}"));
        Ok(Reading { serves: serves(data, config)?, revision })
    }

    /// What is sent to put a pair there. An update replaces the object, so all else goes along, with the
    /// version that it rests on (API conventions, "Concurrency Control and Consistency").
    pub(super) fn with(self, config: &Config, place: (&str, &str), pair: &Pair) -> Result<Value, String> {
        let mut object = match self {
            Self::Secret(object) => object,
            Self::Nothing => json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": { "namespace": place.0, "name": place.1, "labels": { MANAGED_BY: ROTATOR } },
                "type": "Opaque",
            }),
        };
        let mut data = match object.get_mut("data").map(Value::take) {
            Some(Value::Object(data)) => data,
            Some(_) | None => Map::new(),
        };
        if let Some(profile) = &config.profile {
            let before = text(&Value::Object(data.clone()), CREDENTIALS)?.unwrap_or_default();
            let after = Ini::parse(before.as_bytes(), profile)?.with(pair);
            data.insert(CREDENTIALS.to_owned(), base64::encode(after).into());
        }
        data.insert(config.fields.id.clone(), base64::encode(pair.id.as_str()).into());
        data.insert(config.fields.secret.clone(), base64::encode(pair.expose_to_store()).into());
        if let Some(object) = object.as_object_mut() {
            object.insert("data".to_owned(), Value::Object(data));
        }
        Ok(object)
    }
}

/// What of a document nobody may repeat: every value of the data, those that are not ours too.
pub(super) fn secrets(object: &Value, pair: &Pair) -> Vec<SecretString> {
    let data = object.get("data").and_then(Value::as_object);
    let values = data.into_iter().flat_map(Map::values).filter_map(Value::as_str);
    values.chain([pair.expose_to_store()]).map(SecretString::from).collect()
}

fn serves(data: &Map<String, Value>, config: &Config) -> Result<Serves, String> {
    if data.is_empty() {
        return Ok(Serves::Nothing);
    }
    let Fields { id, secret } = &config.fields;
    let data = &Value::Object(data.clone());
    let key = match (text(data, id)?, text(data, secret)?) {
        (Some(key), Some(_)) => {
            // As echo and an editor leave it; a job would not get such a key to work.
            AccessKeyId::parse(&key).map_err(|_| format!("its data key `{id}` holds no access key's id"))?
        }
        (Some(_), None) => return Err(format!("it has a data key `{id}` and none named `{secret}`")),
        (None, Some(_)) => return Err(format!("it has a data key `{secret}` and none named `{id}`")),
        (None, None) => {
            return Err(format!("it holds something else, without data keys `{id}` and `{secret}`"));
        }
    };
    let Some(profile) = &config.profile else { return Ok(Serves::Key(key)) };
    let credentials = text(data, CREDENTIALS)?.unwrap_or_default();
    let mounted = Ini::parse(credentials.as_bytes(), profile).and_then(|ini| ini.serves());
    match mounted.map_err(|said| format!("its data key `{CREDENTIALS}`: {said}"))? {
        Some(other) if other != key => Err(format!(
            "its data key `{CREDENTIALS}` names {other} and `{id}` names {key}; put one pair into both"
        )),
        Some(_) | None => Ok(Serves::Key(key)),
    }
}

/// One value of the data.
fn text(data: &Value, key: &str) -> Result<Option<String>, String> {
    let Some(value) = data.get(key) else { return Ok(None) };
    let bytes = value.as_str().and_then(|value| base64::decode(value).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Some).ok_or_else(|| format!("its data key `{key}` holds no text"))
}

/// Four letters of base64 are three bytes.
fn decoded_length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().trim_end_matches('=').len() * 3 / 4
}
