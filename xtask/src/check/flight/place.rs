//! An endpoint that authenticates, with the few calls by which a world is set up and looked at.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_ssm::types::ParameterType;
use rotator_cli::sandbox::{Sandbox, Settings, Usage};
use secrecy::ExposeSecret;

use crate::accounts::Pair;
use crate::check::moto::Moto;
use crate::check::sdk;

pub struct Place {
    pub url: String,
    pub admin: Pair,
    pub config: SdkConfig,
    iam: aws_sdk_iam::Client,
    secrets: aws_sdk_secretsmanager::Client,
    parameters: aws_sdk_ssm::Client,
    clock: Clock,
}

/// Each clock runs, and can be moved on.
enum Clock {
    Memory(Box<Sandbox>),
    Moto { moto: Arc<Moto>, start: Instant, moved: Mutex<Duration> },
}

/// The rest that the program asks for by itself.
pub const MIN_AGE: Duration = Duration::from_secs(12 * 3_600);
/// When it takes a nameless key for a dead run's, by itself.
pub const STRAY_AFTER: Duration = Duration::from_secs(3_600);
/// Dates are whole seconds on either side, and a call takes its time.
pub const LONGEST_JOB: Duration = Duration::from_secs(12 * 3_600 - 2);
/// The other times pass on the wall's clock. The deadline is that of a busy machine.
pub const OPTIONS: [&str; 2] = ["--deadline=40s", "--settle=1s"];

impl Place {
    /// An account in memory of its own. With `usage`, IAM tells when a key was last used, as coarsely as
    /// AWS does; without, only `--min-age` protects LAST.
    pub async fn memory(usage: bool, latency: Duration) -> Result<Self> {
        let usage = match usage {
            true => Settings::default().usage,
            false => Usage::Ignored,
        };
        let sandbox = Sandbox::start(Settings { usage, latency, ..Settings::default() }).await?;
        let admin = sandbox.admin();
        let admin = Pair { id: admin.id.clone(), secret: admin.secret.expose_secret().to_owned() };
        let url = sandbox.endpoint();
        Ok(Self::new(url, admin, Clock::Memory(Box::new(sandbox))).await)
    }

    /// moto for as long as this world has it for itself.
    pub async fn moto(moto: &Arc<Moto>) -> Self {
        let clock = Clock::Moto { moto: moto.clone(), start: Instant::now(), moved: Mutex::default() };
        Self::new(moto.url.clone(), moto.admin.clone(), clock).await
    }

    async fn new(url: String, admin: Pair, clock: Clock) -> Self {
        let config = sdk::config(&url, &admin).await;
        let iam = aws_sdk_iam::Client::new(&config);
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let parameters = aws_sdk_ssm::Client::new(&config);
        Self { url, admin, config, iam, secrets, parameters, clock }
    }

    /// The time there, since some moment.
    pub fn now(&self) -> Duration {
        match &self.clock {
            Clock::Memory(sandbox) => sandbox.account().now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            Clock::Moto { start, moved, .. } => {
                start.elapsed() + *moved.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }

    /// Time passes there.
    pub fn pass(&self, span: Duration) -> Result<()> {
        match &self.clock {
            Clock::Memory(sandbox) => sandbox.advance(span),
            Clock::Moto { moto, moved, .. } => {
                moto.advance(span)?;
                *moved.lock().unwrap_or_else(PoisonError::into_inner) += span;
            }
        }
        Ok(())
    }

    pub async fn create_user(&self, path: &str, name: &str) -> Result<()> {
        let call = self.iam.create_user().path(path).user_name(name);
        call.send().await.with_context(|| format!("cannot create user `{name}`"))?;
        Ok(())
    }

    pub async fn create_key(&self, user: &str) -> Result<Pair> {
        let call = self.iam.create_access_key().user_name(user);
        let key = call.send().await.with_context(|| format!("cannot create a key for `{user}`"))?;
        let key = key.access_key.context("a new key without a key")?;
        Ok(Pair { id: key.access_key_id, secret: key.secret_access_key })
    }

    pub async fn delete_key(&self, user: &str, id: &str) -> Result<()> {
        let call = self.iam.delete_access_key().user_name(user).access_key_id(id);
        call.send().await.with_context(|| format!("cannot delete `{id}`"))?;
        Ok(())
    }

    /// Oldest first.
    pub async fn keys(&self, user: &str) -> Result<Vec<String>> {
        let call = self.iam.list_access_keys().user_name(user);
        let answer = call.send().await.with_context(|| format!("cannot list the keys of `{user}`"))?;
        Ok(answer.access_key_metadata.into_iter().filter_map(|key| key.access_key_id).collect())
    }

    pub async fn create_secret(&self, name: &str, pair: &Pair) -> Result<()> {
        let call = self.secrets.create_secret().name(name).secret_string(pair.to_json());
        call.send().await.with_context(|| format!("cannot create secret `{name}`"))?;
        Ok(())
    }

    pub async fn create_parameter(&self, name: &str, pair: &Pair) -> Result<()> {
        let call = self.parameters.put_parameter().name(name).value(pair.to_json());
        let call = call.r#type(ParameterType::SecureString);
        call.send().await.with_context(|| format!("cannot create parameter `{name}`"))?;
        Ok(())
    }

    /// The pair that the secret serves.
    pub async fn secret(&self, name: &str) -> Result<Option<Pair>, String> {
        let call = self.secrets.get_secret_value().secret_id(name).version_stage("AWSCURRENT");
        match call.send().await {
            Ok(answer) => Ok(answer.secret_string().and_then(Pair::from_json)),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(text(&error)),
        }
    }

    /// The pair in the parameter.
    pub async fn parameter(&self, name: &str) -> Result<Option<Pair>, String> {
        let call = self.parameters.get_parameter().name(name).with_decryption(true);
        match call.send().await {
            Ok(answer) => {
                let value = answer.parameter.and_then(|parameter| parameter.value);
                Ok(value.as_deref().and_then(Pair::from_json))
            }
            Err(error) if error.as_service_error().is_some_and(|e| e.is_parameter_not_found()) => Ok(None),
            Err(error) => Err(text(&error)),
        }
    }

    pub fn token_service(&self, pair: &Pair) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.config);
        aws_sdk_sts::Client::from_conf(config.credentials_provider(sdk::credentials(pair)).build())
    }
}

/// An error and its causes.
pub fn text(error: &impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
