//! Puts a pair: the secrets in their order, and then the variable that names the key.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::GitHub;
use super::place::{Layout, Spot};
use super::seal::Key;
use super::seen::{Held, NO_KEY, Reach, Seen};
use super::session::{Right, failure};
use crate::clock::{Deadline, sleep};
use crate::failure::{Class, Failure};
use crate::secret::Pair;
use crate::store::{Reading, Undelivered};

/// Bytes of one secret (GitHub, "Secrets reference", limits: 48 KB).
const LARGEST: usize = 48 * 1024;

/// One put.
pub(super) struct Write<'a> {
    pub(super) github: &'a GitHub,
    pub(super) spot: &'a Spot,
    pub(super) pair: &'a Pair,
    /// For a person.
    pub(super) doing: &'a str,
    pub(super) deadline: Deadline,
}

/// A request that did not arrive, or perhaps did.
struct Unwritten {
    unclear: bool,
    failure: Failure,
}

impl Write<'_> {
    /// Puts it in the place of what was seen.
    pub(super) async fn over(&self, over: &Reading) -> Result<(), Undelivered> {
        let values = self.values();
        if let Some(length) = values.iter().map(|value| value.expose_secret().len()).find(|n| *n > LARGEST) {
            return Err(self.rejected(format!("the value has {length} bytes, and {LARGEST} are allowed")));
        }
        let seen = self.settled().await?;
        let seen = if seen.mark.is_some() { seen } else { self.with_mark(&seen).await? };
        if seen.reading().map_err(|said| self.rejected(said))? != *over {
            // What is written in the moment between this look and the write is not seen.
            return Err(self.stale("somebody has written there since it was looked at"));
        }
        let bodies = self.bodies(&seen, &values).await?;
        let mut begun = false;
        for ((name, _), body) in seen.secrets.iter().zip(bodies) {
            let written = self.send(Method::PUT, &["secrets", name], body, Right::Secrets).await;
            written.map_err(|no| no.undelivered(self.doing, begun))?;
            begun = true;
        }
        self.mark().await.map_err(|no| no.undelivered(self.doing, begun))
    }

    /// The values of the secrets, in the order in which they are written.
    fn values(&self) -> Vec<SecretString> {
        let (layout, pair) = (&self.github.config.layout, self.pair);
        match layout {
            Layout::One { shape, .. } => vec![shape.text(pair)],
            Layout::Two { .. } => {
                vec![SecretString::from(pair.expose_to_store()), SecretString::from(pair.id.as_str())]
            }
        }
    }

    /// A look at what was written long enough ago for this put to be dated later.
    async fn settled(&self) -> Result<Seen, Undelivered> {
        let seen = self.look().await?;
        let Some(wait) = seen.too_soon() else { return Ok(seen) };
        if wait < self.deadline.left() {
            sleep(wait).await;
            let seen = self.look().await?;
            if seen.too_soon().is_none() {
                return Ok(seen);
            }
        }
        Err(self.stale("it was written a moment ago, and a write now could not be told from that one"))
    }

    async fn look(&self) -> Result<Seen, Undelivered> {
        self.github.look(self.spot).await.map_err(|failure| Undelivered::unsent(self.doing, failure))
    }

    /// The documents, sealed before the first of them is sent.
    async fn bodies(
        &self,
        seen: &Seen,
        values: &[SecretString],
    ) -> Result<Vec<Map<String, Value>>, Undelivered> {
        let key = self.github.shown(self.spot, &["secrets", "public-key"], Right::Secrets, self.doing).await;
        let key = key.map_err(|failure| Undelivered::unsent(self.doing, failure))?;
        let key = Key::read(&key).ok_or_else(|| self.rejected("its public key cannot be read".to_owned()))?;
        let body = |((_, held), value): (&(String, Option<Held>), &SecretString)| {
            let sealed = key.seal(value).map_err(|said| self.rejected(said.to_owned()))?;
            let mut body = Map::new();
            body.insert("encrypted_value".to_owned(), json!(sealed));
            body.insert("key_id".to_owned(), json!(key.id));
            self.say_reach(held.as_ref(), &mut body);
            Ok(body)
        };
        seen.secrets.iter().zip(values).map(body).collect()
    }

    /// Makes the mark, which names no key yet: whether it may be written is known before a secret is, and what
    /// is newer than a mark was put by us.
    async fn with_mark(&self, seen: &Seen) -> Result<Seen, Undelivered> {
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(self.spot.mark));
        body.insert("value".to_owned(), json!(NO_KEY));
        // Whoever may read the secret may read whose it is.
        self.say_reach(seen.secrets.last().and_then(|(_, held)| held.as_ref()), &mut body);
        let made = self.send(Method::POST, &["variables"], body, Right::Variables).await;
        // Without the secret in it, nothing of this is unclear.
        made.map_err(|no| {
            // Another put has begun in the same moment.
            if no.failure.class == Class::Conflict {
                return Undelivered::Stale(no.failure);
            }
            Undelivered::unsent(self.doing, no.failure)
        })?;
        self.settled().await
    }

    /// Names the key that is served from now on.
    async fn mark(&self) -> Result<(), Unwritten> {
        let body = Map::from_iter([("value".to_owned(), json!(self.pair.id.as_str()))]);
        self.send(Method::PATCH, &["variables", &self.spot.mark], body, Right::Variables).await
    }

    /// Who may read it, in an organisation: whoever could, or as it was said for what is new. It has to be
    /// said with every write of a secret.
    fn say_reach(&self, held: Option<&Held>, body: &mut Map<String, Value>) {
        let visibility = self.github.config.visibility.clone();
        let new = || visibility.map(|visibility| Reach { visibility, repositories: None });
        if let Some(reach) = held.map_or_else(new, |held| held.reach.clone()) {
            reach.add_to(body);
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Map<String, Value>,
        right: Right,
    ) -> Result<(), Unwritten> {
        let (path, body) = (self.spot.path(path), Value::Object(body));
        let session = &self.github.session;
        match session.write(method, path, &body, self.pair, self.deadline.left()).await {
            Ok(answer) if matches!(answer.status.as_u16(), 201 | 204) => Ok(()),
            // GitHub's own no is given before anything is written. A 5xx or a proxy's answer says nothing.
            Ok(answer) => {
                let failure = failure(&answer, right, self.spot.kind, self.doing);
                Err(Unwritten { unclear: failure.is_unclear(), failure })
            }
            Err(lost) => {
                Err(Unwritten { unclear: lost.may_have_arrived(), failure: lost.failure(self.doing) })
            }
        }
    }

    fn rejected(&self, said: String) -> Undelivered {
        Undelivered::Rejected(Failure::new(Class::StoreRejected(None), self.doing, said))
    }

    fn stale(&self, said: &str) -> Undelivered {
        Undelivered::Stale(Failure::new(Class::Conflict, self.doing, said))
    }
}

impl Unwritten {
    /// Once something was written, no no is a clear one any more.
    fn undelivered(self, doing: &str, begun: bool) -> Undelivered {
        if begun || self.unclear {
            return Undelivered::Unclear(self.failure);
        }
        Undelivered::unsent(doing, self.failure)
    }
}
