//! Secrets Manager over HTTP: the document against the sandbox.
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
mod moves;
mod notes;
mod refusals;
#[path = "../stores/rig.rs"]
mod rig;
#[path = "../stores/service.rs"]
mod service;
#[path = "../stores/steps.rs"]
mod steps;
mod suite;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use rotator::{AccessKeyId, Slots};
use rotator_cli::aws::{Access, configure};
use rotator_cli::iam::User;
use rotator_cli::sandbox::{Sandbox, Settings};
use rotator_cli::secret::Pair;
use rotator_cli::store::secretsmanager::{Document, SecretsManager};
use secrecy::ExposeSecret;

const NAME: &str = "ci/alice";
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn sandbox() -> Sandbox {
    Sandbox::start(Settings::default()).await.unwrap()
}

async fn config(sandbox: &Sandbox) -> SdkConfig {
    let admin = sandbox.admin();
    let access = Access {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(sandbox.endpoint()),
        credentials: Some(Credentials::new(&admin.id, admin.secret.expose_secret(), None, None, "test")),
        ..Access::default()
    };
    configure(&access, Duration::from_secs(5)).await.0
}

/// The store as `--store secretsmanager:PLACE` opens it.
async fn store(sandbox: &Sandbox, place: &str) -> SecretsManager {
    SecretsManager::at(&config(sandbox).await, place.parse().unwrap(), "111122223333")
}

fn alice() -> User {
    User { name: "alice".to_owned(), id: "AIDAALICE".to_owned(), path: "/ci/".to_owned() }
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

fn slots(current: Option<u32>, last: Option<u32>, pending: Option<u32>) -> Slots {
    Slots {
        current: current.map(id),
        last: last.map(id),
        pending: pending.map(id),
        open: false,
        resting: None,
    }
}

/// A secret that was created for an existing key 0, and in which these pairs came into force one after
/// the other. The clock stays right: with one that is far off, the SDK sends again what is refused.
async fn holding(sandbox: &Sandbox, pairs: impl IntoIterator<Item = u32>) -> (SecretsManager, Document) {
    let store = store(sandbox, "ci/{user}").await;
    let mut seen = store.read(&alice()).await.unwrap();
    store.write_names(&alice(), &seen, &slots(Some(0), None, None)).await.unwrap();
    for n in pairs {
        store.stage(&alice(), &pair(n)).await.unwrap();
        seen = store.read(&alice()).await.unwrap();
        store.announce(&alice(), &seen).await.unwrap();
        store.promote(&alice(), &seen).await.unwrap();
    }
    seen = store.read(&alice()).await.unwrap();
    (store, seen)
}

/// How long ago the slots were written.
fn rested(store: &SecretsManager, seen: &Document) -> Duration {
    store.clock().since(seen.written.unwrap())
}

/// The value under a stage, behind the store's back.
fn at(sandbox: &Sandbox, stage: &str) -> Option<String> {
    let value = sandbox.account().secret_value(NAME, stage)?;
    Some(value.expose_secret().to_owned())
}

/// No piece of any secret is in what is told.
#[track_caller]
fn assert_clean(told: &impl std::fmt::Debug) {
    assert!(!format!("{told:?}").contains("wJalrXUt"), "a secret is told");
}
