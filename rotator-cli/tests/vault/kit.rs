//! Users, pairs, and a Vault to speak to.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use rotator::AccessKeyId;
use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::User;
use rotator_cli::secret::Pair;
use rotator_cli::store::vault::{Vault, config::Surroundings, parse};
use rotator_cli::store::{Adapter, Reading, Serves, Undelivered};

use bao::{Bao, ROOT};

/// In every secret, so that it is found wherever it leaks to.
const CANARY: &str = "se/cr+et";

pub const ACCOUNT: &str = "123456789012";
pub const TIME_LIMIT: Duration = Duration::from_secs(2);

pub fn user(name: &str) -> User {
    User { name: name.to_owned(), id: format!("AIDA{name}"), path: "/machines/".to_owned() }
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

pub fn with_token(token: &str) -> Surroundings {
    Surroundings { variables: BTreeMap::from([("VAULT_TOKEN".to_owned(), token.to_owned())]), home: None }
}

/// `place` with its options, at this address.
pub async fn connect_at(url: &str, place: &str, around: Surroundings) -> Result<Vault, Failure> {
    let mark = if place.contains('?') { '&' } else { '?' };
    let config = parse(&format!("{place}{mark}addr={url}")).unwrap();
    let aws = SdkConfig::builder().build();
    Vault::connect(config, around, ACCOUNT, &aws, TIME_LIMIT).await
}

/// As the administrator.
pub async fn connect(bao: &Bao, place: &str) -> Vault {
    connect_at(&bao.url, place, with_token(ROOT)).await.unwrap()
}

pub async fn served(store: &impl Adapter, user: &User) -> Serves {
    store.read(user).await.unwrap().serves
}

pub async fn read(store: &impl Adapter, user: &User) -> Reading {
    store.read(user).await.unwrap()
}

/// Puts what has to arrive.
pub async fn put(store: &impl Adapter, user: &User, n: u32) {
    let over = read(store, user).await;
    store.put(user, &pair(n), &over).await.unwrap();
}

/// What a failure says, once it is sure that neither form of it shows a secret.
pub fn told(failure: &Failure) -> String {
    let (shown, debug) = (failure.to_string(), format!("{failure:?}"));
    let token = regex::Regex::new(r"\b(hvs|[sbr])\.[A-Za-z0-9_-]{20,}").unwrap();
    for text in [&shown, &debug] {
        assert!(!text.contains(CANARY) && !text.contains(ROOT) && !token.is_match(text), "{text}");
    }
    shown
}

/// The class of a failure.
pub fn class<T>(became: Result<T, Failure>) -> Class {
    match became {
        Ok(_) => panic!("it did not fail"),
        Err(failure) => {
            println!("{}", told(&failure));
            failure.class
        }
    }
}

/// What became of a pair, in a word, with the class of the failure.
pub fn became(put: Result<(), Undelivered>) -> (&'static str, Option<Class>) {
    let (word, failure) = match put {
        Ok(()) => return ("stored", None),
        Err(Undelivered::Rejected(failure)) => ("rejected", failure),
        Err(Undelivered::Stale(failure)) => ("stale", failure),
        Err(Undelivered::Unclear(failure)) => ("unclear", failure),
    };
    println!("{word}: {}", told(&failure));
    (word, Some(failure.class))
}
