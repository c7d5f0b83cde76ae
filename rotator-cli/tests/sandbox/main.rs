//! The sandbox as the real SDK sees it: each action, each setting, each fault.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end by panicking, and so may its helpers"
)]

mod access;
mod faults;
mod iam;
mod parameters;
mod secrets;
mod settings;
mod wire;

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use rotator_cli::sandbox::{Pair, Sandbox, Settings};
use secrecy::ExposeSecret;

/// 2026-01-02T03:04:05.625Z, on no boundary of anything; a double holds it exactly.
const START_MILLIS: u64 = 1_767_323_045_625;

fn start_time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(START_MILLIS)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// A clock that stands still makes every date of a test known.
fn still() -> Settings {
    Settings { stopped_at: Some(start_time()), ..Settings::default() }
}

async fn sandbox(settings: Settings) -> Sandbox {
    let sandbox = Sandbox::start(settings).await.unwrap();
    sandbox.account().add_user("ci", "/machines/").unwrap();
    sandbox
}

struct Clients {
    iam: aws_sdk_iam::Client,
    sts: aws_sdk_sts::Client,
    secrets: aws_sdk_secretsmanager::Client,
    ssm: aws_sdk_ssm::Client,
}

/// Clients that try once, so that a test sees each answer.
fn clients(sandbox: &Sandbox, id: &str, secret: &str) -> Clients {
    let credentials = Credentials::new(id, secret, None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(sandbox.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .build();
    Clients {
        iam: aws_sdk_iam::Client::new(&config),
        sts: aws_sdk_sts::Client::new(&config),
        secrets: aws_sdk_secretsmanager::Client::new(&config),
        ssm: aws_sdk_ssm::Client::new(&config),
    }
}

fn as_pair(sandbox: &Sandbox, pair: &Pair) -> Clients {
    clients(sandbox, &pair.id, pair.secret.expose_secret())
}

fn as_admin(sandbox: &Sandbox) -> Clients {
    as_pair(sandbox, sandbox.admin())
}

/// Status, code and text of a refusal.
fn refused<T: Debug, E: ProvideErrorMetadata + Debug>(
    result: Result<T, SdkError<E, HttpResponse>>,
) -> (u16, String, String) {
    let error = result.expect_err("the call was to be refused");
    let status = error.raw_response().map(|raw| raw.status().as_u16());
    (
        status.unwrap_or_default(),
        error.code().unwrap_or_default().to_owned(),
        error.message().unwrap_or_default().to_owned(),
    )
}

/// The same, where only status and code matter.
fn code<T: Debug, E: ProvideErrorMetadata + Debug>(
    result: Result<T, SdkError<E, HttpResponse>>,
) -> (u16, String) {
    let (status, code, _) = refused(result);
    (status, code)
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A refusal spelled out.
fn says(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}
