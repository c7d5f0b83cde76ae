//! A GitLab, a store in it, and what became of a call.

use std::time::Duration;

use fakes::gitlab::{Gitlab as Hosted, Person, Variable};
use fakes::server::{Server, Trouble, What};
use rotator::AccessKeyId;
use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::User;
use rotator_cli::secret::Pair;
use rotator_cli::store::gitlab::{Gitlab, Surroundings, parse};
use rotator_cli::store::{Adapter, Reading, Undelivered};
use secrecy::SecretString;
use serde_json::Value;

/// In every secret, so that it is found wherever it leaks to.
const CANARY: &str = "se/cr+et";
pub const TOKEN: &str = "glpat-t-ok-en";
pub const TIME_LIMIT: Duration = Duration::from_secs(2);
pub const FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";
pub const ID: &str = "AWS_ACCESS_KEY_ID";
pub const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

pub fn alice() -> User {
    User { name: "alice".to_owned(), id: "AIDAALICE".to_owned(), path: "/ci/".to_owned() }
}

pub fn id(n: u32) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
}

pub fn secret(n: u32) -> String {
    format!("{CANARY}/{n:0>31}")
}

pub fn pair(n: u32) -> Pair {
    Pair::new(id(n), secret(n))
}

pub fn mark(n: u32) -> String {
    format!("rotator: {}", id(n))
}

/// The credentials file of a pair.
pub fn file(n: u32) -> String {
    format!("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", id(n), secret(n))
}

/// A GitLab with the project `acme/app` and the group `acme`.
pub struct Place {
    pub server: Server<Hosted>,
}

impl Place {
    pub async fn new() -> Self {
        let mut hosted = Hosted::default();
        hosted.owner("projects", "acme/app");
        hosted.owner("groups", "acme");
        hosted.token(TOKEN, Person::Maintainer);
        Self { server: Server::start(hosted).await.unwrap() }
    }

    pub fn store(&self, place: &str) -> Gitlab {
        let mark = if place.contains('?') { '&' } else { '?' };
        let config = parse(&format!("{place}{mark}addr={}", self.server.url())).unwrap();
        let token = Some(SecretString::from(TOKEN));
        let around = Surroundings { token, ..Surroundings::default() };
        Gitlab::open(config, &around, "123456789012", TIME_LIMIT).unwrap()
    }

    /// The credentials file of the project.
    pub fn file(&self) -> Gitlab {
        self.store("projects/acme/app")
    }

    /// Its two variables.
    pub fn two(&self) -> Gitlab {
        self.store("projects/acme/app?names=two")
    }

    pub fn token(&self, person: Person) {
        self.server.with(|hosted| hosted.token(TOKEN, person));
    }

    pub fn write(&self, fields: &Value) {
        self.server.with(|hosted| hosted.write("projects", "acme/app", fields)).unwrap();
    }

    #[track_caller]
    pub fn variable(&self, name: &str) -> Variable {
        let found = self.server.with(|hosted| hosted.variable("projects", "acme/app", name, "*").cloned());
        found.unwrap_or_else(|| panic!("there is no {name}"))
    }

    pub fn next(&self, method: &'static str, path: &str, what: What) {
        self.server.trouble(Trouble { method, path: path.to_owned(), what, always: false });
    }
}

pub async fn read(store: &Gitlab) -> Reading {
    store.read(&alice()).await.unwrap()
}

pub async fn put(store: &Gitlab, n: u32) {
    let over = read(store).await;
    store.put(&alice(), &pair(n), &over).await.unwrap();
}

/// What a failure says, once it is sure that neither form of it shows a secret.
pub fn told(failure: &Failure) -> String {
    let (shown, debug) = (failure.to_string(), format!("{failure:?}"));
    for text in [&shown, &debug] {
        assert!(!text.contains(CANARY) && !text.contains(TOKEN), "{text}");
    }
    shown
}

/// The class of a failure, and what it says.
pub fn failed<T>(became: Result<T, Failure>) -> (Class, String) {
    let Err(failure) = became else { panic!("it did not fail") };
    let said = told(&failure);
    (failure.class, said)
}

/// What became of a pair, in a word, with the class of the failure.
pub fn became(put: Result<(), Undelivered>) -> (&'static str, Option<Class>) {
    let (word, failure) = match put {
        Ok(()) => return ("stored", None),
        Err(Undelivered::Rejected(failure)) => ("rejected", failure),
        Err(Undelivered::Stale(failure)) => ("stale", failure),
        Err(Undelivered::Unclear(failure)) => ("unclear", failure),
    };
    told(&failure);
    (word, Some(failure.class))
}
