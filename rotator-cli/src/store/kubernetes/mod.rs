//! Kubernetes: one Secret for each user, written as one object with all that is in it.
//!
//! An update names the version that it rests on, so of two writers one is refused; a Secret is made by a
//! request that never replaces one. What the Secret holds beside the pair stays as it is.

mod access;
mod config;
mod kubeconfig;
mod managed;
mod object;
mod session;

use std::time::Duration;

use reqwest::Method;
use rotator::AccessKeyId;

pub use self::access::Surroundings;
pub use self::config::{Config, parse};
use self::object::{Seen, is_stored, secrets, seen};
use self::session::{Session, failure, status};
use crate::clock::Deadline;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::{Adapter, Promises, Reading, Tells, Undelivered};

const GET: &str = "the Kubernetes verb `get` on this Secret";
const UPDATE: &str = "the Kubernetes verb `update` on this Secret";
const CREATE: &str = "the Kubernetes verb `create` on Secrets of this namespace";

/// The Secrets of one cluster.
#[derive(Debug)]
pub struct Kubernetes {
    session: Session,
    config: Config,
    account: String,
    time_limit: Duration,
}

impl Kubernetes {
    /// What it can and cannot do.
    pub const PROMISES: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: true,
        keeps_previous: false,
        consumers: "environment variables when the container starts again; a mounted file soon after, but one that \
                    is mounted by `subPath` never",
    };

    /// Finds out where the cluster is and who one is there; nothing is called.
    ///
    /// # Errors
    /// There is no access, or one of a kind that is not done here.
    pub fn open(
        config: Config,
        around: &Surroundings,
        account: &str,
        time_limit: Duration,
    ) -> Result<Self, Failure> {
        let session = around.access(&config).and_then(|access| Session::new(access, time_limit));
        let session = session.map_err(|said| Failure::new(Class::Setup, "speak to Kubernetes", said))?;
        Ok(Self { session, config, account: account.to_owned(), time_limit })
    }

    /// The namespace and the name of a user's Secret.
    fn place(&self, user: &User) -> Result<(String, String), Failure> {
        let (namespace, name) = self.config.place(user, &self.account);
        match config::unfit(&namespace, &name) {
            None => Ok((namespace, name)),
            Some(said) => Err(Failure::new(Class::Setup, format!("name the Secret of {}", user.name), said)),
        }
    }

    async fn look(&self, user: &User) -> Result<Seen, Failure> {
        let (namespace, name) = self.place(user)?;
        let doing = format!("read `{}`", self.name(user));
        let answer = self.session.get(&["namespaces", &namespace, "secrets", &name], &doing).await?;
        seen(&answer, &name).ok_or_else(|| {
            let other = failure(&answer, GET, &doing);
            // Nothing else that is answered with 404 is an absence that may be written to.
            if answer.status.as_u16() == 404 && other.class == Class::Rejected {
                Failure { class: Class::Missing, ..other }
            } else {
                other
            }
        })
    }

    fn reading(&self, user: &User, seen: &Seen) -> Result<Reading, Failure> {
        seen.reading(&self.config)
            .map_err(|said| Failure::new(Class::Setup, format!("use `{}`", self.name(user)), said))
    }
}

impl Adapter for Kubernetes {
    fn promises(&self) -> Promises {
        Self::PROMISES
    }

    fn name(&self, user: &User) -> String {
        let (namespace, name) = self.config.place(user, &self.account);
        format!("kubernetes:{namespace}/{name}")
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let seen = self.look(user).await?;
        self.reading(user, &seen)
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        // From here on: the driver reckons with a write that takes hold within one time limit.
        let deadline = Deadline::begin(self.time_limit);
        let doing = format!("put {} into `{}`", pair.id, self.name(user));
        let unsent = |failure: Failure| Undelivered::unsent(&doing, failure);
        let (namespace, name) = self.place(user).map_err(unsent)?;
        // What is there beside the pair has to be sent along.
        let before = self.look(user).await.map_err(unsent)?;
        let now = self.reading(user, &before).map_err(unsent)?;
        if now != *over {
            let said = "somebody has written there since it was looked at";
            return Err(Undelivered::Stale(Failure::new(Class::Conflict, doing, said)));
        }
        let (method, path, right) = match before {
            Seen::Nothing => (Method::POST, vec!["namespaces", &namespace, "secrets"], CREATE),
            Seen::Secret(_) => (Method::PUT, vec!["namespaces", &namespace, "secrets", &name], UPDATE),
        };
        let body = before.with(&self.config, (&namespace, &name), pair);
        let body = body.map_err(|said| unsent(Failure::new(Class::Setup, &doing, said)))?;
        let sent = self.session.write(method, &path, &body, secrets(&body, pair), deadline.left()).await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(lost) if lost.may_have_arrived() => return Err(Undelivered::Unclear(lost.failure(doing))),
            Err(lost) => return Err(unsent(lost.failure(&doing))),
        };
        if is_stored(&answer, &self.config.fields, pair) {
            return Ok(());
        }
        let failure = failure(&answer, right, &doing);
        // Somebody was there first: changed it (Conflict), made it (AlreadyExists), or deleted it.
        let is_gone = seen(&answer, &name).is_some_and(|seen| matches!(seen, Seen::Nothing));
        if matches!(status(&answer, "/reason"), Some("Conflict" | "AlreadyExists")) || is_gone {
            return Err(Undelivered::Stale(Failure { class: Class::Conflict, ..failure }));
        }
        // Each other no of the API server's own is given before anything is stored; of 5xx that is not
        // said, and 504 is given while the write may still take hold.
        Err(Undelivered::refused(failure))
    }

    async fn previous(&self, _: &User, _: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        Ok(None)
    }
}
