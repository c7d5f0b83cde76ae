//! Parameter Store over HTTP: the adapter against the sandbox.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking, and so may its helpers"
)]

#[path = "../stores/cloud.rs"]
mod cloud;
#[path = "../stores/conform.rs"]
mod conform;
#[path = "../stores/gate.rs"]
mod gate;
mod put;
mod read;
#[path = "../stores/rig.rs"]
mod rig;
#[path = "../stores/service.rs"]
mod service;
mod suite;

use std::time::Duration;

use aws_credential_types::Credentials;
use rotator::AccessKeyId;
use rotator_cli::aws::{Access, configure};
use rotator_cli::iam::User;
use rotator_cli::sandbox::{Sandbox, Settings};
use rotator_cli::secret::Pair;
use rotator_cli::store::ssm::ParameterStore;
use rotator_cli::store::{Adapter, Reading};
use secrecy::ExposeSecret;

const NAME: &str = "/ci/alice";
/// Long enough for everything but a hang.
const TIMEOUT: Duration = Duration::from_secs(5);

async fn sandbox() -> Sandbox {
    Sandbox::start(Settings::default()).await.unwrap()
}

/// The store as `--store ssm:PLACE` opens it.
async fn store(sandbox: &Sandbox, place: &str) -> ParameterStore {
    impatient(sandbox, place, TIMEOUT).await
}

async fn impatient(sandbox: &Sandbox, place: &str, timeout: Duration) -> ParameterStore {
    let admin = sandbox.admin();
    let access = Access {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(sandbox.endpoint()),
        credentials: Some(Credentials::new(&admin.id, admin.secret.expose_secret(), None, None, "test")),
        ..Access::default()
    };
    let (config, _) = configure(&access, timeout).await;
    ParameterStore::at(&config, place.parse().unwrap(), "111122223333")
}

fn user(name: &str) -> User {
    User { name: name.to_owned(), id: format!("AIDA{name}"), path: "/ci/".to_owned() }
}

fn alice() -> User {
    user("alice")
}

fn id(n: u32) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
}

/// With the letters that AWS's secrets have beside plain ones.
fn secret(n: u32) -> String {
    format!("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPL{n:0>4}")
}

fn pair(n: u32) -> Pair {
    Pair::new(id(n), secret(n))
}

fn text(n: u32) -> String {
    format!(r#"{{"AccessKeyId":"{}","SecretAccessKey":"{}"}}"#, id(n), secret(n))
}

/// A store with these pairs in alice's parameter, and what was seen last.
async fn holding(sandbox: &Sandbox, pairs: impl IntoIterator<Item = u32>) -> (ParameterStore, Reading) {
    let store = store(sandbox, "/ci/{user}").await;
    let mut seen = store.read(&alice()).await.unwrap();
    for n in pairs {
        store.put(&alice(), &pair(n), &seen).await.unwrap();
        seen = store.read(&alice()).await.unwrap();
    }
    (store, seen)
}

/// The value that is served, behind the adapter's back.
fn served(sandbox: &Sandbox) -> String {
    let parameter = sandbox.account().parameter(NAME).unwrap();
    parameter.versions.last().unwrap().value.expose_secret().to_owned()
}

/// No piece of any secret is in what is told.
#[track_caller]
fn assert_clean(told: &impl std::fmt::Debug) {
    assert!(!format!("{told:?}").contains("wJalrXUt"), "a secret is told");
}
