//! What a look finds, and what it tells of the key that is served.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use rotator::AccessKeyId;
use serde_json::{Map, Value, json};

use crate::clock::{parse_http_date, parse_rfc3339};
use crate::store::http::Answer;
use crate::store::{Reading, Serves};

/// Dates are in whole seconds, and the hosts of one service may disagree by one.
const APART: Duration = Duration::from_secs(2);

/// One look.
#[derive(Debug)]
pub(super) struct Seen {
    /// The secrets, in the order in which they are written; none where there is none.
    pub(super) secrets: Vec<(String, Option<Held>)>,
    /// The variable that names the key.
    pub(super) mark: Option<Mark>,
    /// The time there, at the end of the look.
    pub(super) now: SystemTime,
}

/// What can be seen of a secret.
#[derive(Debug)]
pub(super) struct Held {
    at: SystemTime,
    /// In an organisation, who may read it.
    pub(super) reach: Option<Reach>,
}

/// Who may read something of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) visibility: String,
    /// The ids of the repositories that were chosen, where they were.
    pub(super) repositories: Option<Vec<u64>>,
}

/// What the variable says before anything is marked.
pub(super) const NO_KEY: &str = "none";

/// What the variable says.
#[derive(Debug)]
pub(super) struct Mark {
    at: SystemTime,
    id: Option<AccessKeyId>,
}

impl Held {
    /// Reads an answer. `None`: it is about something else.
    pub(super) fn read(answer: &Answer) -> Option<Self> {
        let visibility = answer.at("/visibility").and_then(Value::as_str);
        let reach =
            visibility.map(|visibility| Reach { visibility: visibility.to_owned(), repositories: None });
        Some(Self { at: written(answer)?, reach })
    }
}

impl Mark {
    /// Reads an answer. `None`: it is about something else.
    ///
    /// # Errors
    /// A sentence: the variable is somebody else's.
    pub(super) fn read(answer: &Answer) -> Result<Option<Self>, String> {
        let (Some(at), Some(value)) = (written(answer), answer.at("/value").and_then(Value::as_str)) else {
            return Ok(None);
        };
        if value == NO_KEY {
            return Ok(Some(Self { at, id: None }));
        }
        let id = AccessKeyId::parse(value)
            .map_err(|_| "it holds no access key's id; name another variable: `mark=…`")?;
        Ok(Some(Self { at, id: Some(id) }))
    }
}

impl Reach {
    /// The members of a document that say it.
    pub(super) fn add_to(&self, body: &mut Map<String, Value>) {
        body.insert("visibility".to_owned(), json!(self.visibility));
        if let Some(ids) = &self.repositories {
            body.insert("selected_repository_ids".to_owned(), json!(ids));
        }
    }
}

impl Seen {
    /// As the driver sees it.
    ///
    /// # Errors
    /// What else is in the place.
    pub(super) fn reading(&self) -> Result<Reading, String> {
        let at = |held: &Option<Held>| held.as_ref().map_or(0, |held| seconds(held.at));
        let revision: Vec<String> = self.secrets.iter().map(|(_, held)| at(held).to_string()).collect();
        Ok(Reading { serves: self.serves()?, revision: Some(revision.join(" ")) })
    }

    fn serves(&self) -> Result<Serves, String> {
        let newer = |held: Option<&Held>| {
            let mark = self.mark.as_ref().map(|mark| seconds(mark.at));
            held.is_some_and(|held| mark.is_some_and(|mark| seconds(held.at) > mark))
        };
        let (first, last) = (self.secrets.first(), self.secrets.last());
        let [first, last] = [first, last].map(|secret| secret.and_then(|(_, held)| held.as_ref()));
        let missing = self.secrets.iter().find(|(_, held)| held.is_none());
        let there = self.secrets.iter().find(|(_, held)| held.is_some());
        match (there, missing) {
            (None, _) => Ok(Serves::Nothing),
            // A put of ours began after the mark, and did not come to its end.
            _ if newer(first) && !newer(last) => Ok(Serves::Torn),
            // The other half may be a variable that people keep: a new secret beside it would tear their pair.
            (Some((there, _)), Some((missing, _))) => Err(format!(
                "there is a secret `{there}` and none named `{missing}`; make it, or delete both"
            )),
            _ if newer(last) => Ok(Serves::Untold),
            (Some(_), None) => {
                let id = self.mark.as_ref().and_then(|mark| mark.id.clone());
                Ok(id.map_or(Serves::Untold, Serves::Key))
            }
        }
    }

    /// How long a write has to wait, so that its dates are later than all that was seen.
    pub(super) fn too_soon(&self) -> Option<Duration> {
        let held = self.secrets.iter().filter_map(|(_, held)| held.as_ref().map(|held| held.at));
        let newest = held.chain(self.mark.as_ref().map(|mark| mark.at)).max()?;
        (newest + APART).duration_since(self.now).ok().filter(|wait| !wait.is_zero())
    }
}

/// When what an answer is about was last written.
fn written(answer: &Answer) -> Option<SystemTime> {
    if answer.status != StatusCode::OK {
        return None;
    }
    answer.at("/updated_at").and_then(Value::as_str).and_then(parse_rfc3339)
}

/// The time of the server at an answer.
pub(super) fn now(answer: &Answer) -> Option<SystemTime> {
    answer.header("date").and_then(parse_http_date)
}

/// Since 1970; a fraction, if one was sent, does not count.
fn seconds(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
