//! Jobs as CI runs them: each takes a pair from the store when it starts, and keeps it until it ends.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_types::retry::RetryConfig;
use rotator::AccessKeyId;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::clock::sleep;
use crate::failure::{causes, from_sdk};
use crate::secret::Pair;

/// How often a job calls, and how often a new one starts.
const OFTEN: Duration = Duration::from_millis(100);

/// Every call that a job made.
#[derive(Clone, Default)]
pub(super) struct Tally(Arc<Counts>);

#[derive(Default)]
struct Counts {
    calls: AtomicUsize,
    failed: AtomicUsize,
    first_failure: Mutex<Option<String>>,
}

impl Tally {
    fn count(&self, called: &Result<(), String>) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        if let Err(said) = called {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
            let mut first = self.0.first_failure.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| said.clone());
        }
    }

    /// How many calls, and how many of them failed.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.0.calls.load(Ordering::Relaxed), self.0.failed.load(Ordering::Relaxed))
    }

    /// What the first failed call said.
    pub(super) fn first_failure(&self) -> Option<String> {
        self.0.first_failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Where jobs take their pairs, and how they use them. No call is sent twice: one failure counts.
#[derive(Clone)]
pub(super) struct Runner {
    config: SdkConfig,
    secrets: aws_sdk_secretsmanager::Client,
    tally: Tally,
}

/// A job in flight. It calls until it is dropped.
pub(super) struct Job {
    pub(super) user: String,
    pub(super) key: AccessKeyId,
    client: aws_sdk_sts::Client,
    runner: Runner,
    task: JoinHandle<()>,
}

impl Runner {
    pub(super) fn new(config: &SdkConfig) -> Self {
        let once = RetryConfig::standard().with_max_attempts(1);
        let secrets = aws_sdk_secretsmanager::config::Builder::from(config).retry_config(once).build();
        Self {
            config: config.clone(),
            secrets: aws_sdk_secretsmanager::Client::from_conf(secrets),
            tally: Tally::default(),
        }
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The pair that the store serves for a user. `None`: there is none yet.
    pub(super) async fn served(&self, user: &str) -> Result<Option<Pair>, String> {
        let name = format!("ci/{user}");
        let answer = match self.secrets.get_secret_value().secret_id(&name).send().await {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                return Ok(None);
            }
            Err(error) => return Err(causes(&error)),
        };
        let value = answer.secret_string().map(serde_json::from_str::<Value>);
        let value = value.transpose().map_err(|error| error.to_string())?.unwrap_or_default();
        let field = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        let id = field("AccessKeyId").map(|id| AccessKeyId::parse(&id)).transpose();
        let id = id.map_err(|error| error.to_string())?;
        Ok(id.zip(field("SecretAccessKey")).map(|(id, secret)| Pair::new(id, secret)))
    }

    /// One call with a pair: whose is it?
    pub(super) async fn call(&self, client: &aws_sdk_sts::Client, user: &str) -> Result<(), String> {
        let called = match client.get_caller_identity().send().await {
            Ok(answer) if answer.arn().is_some_and(|arn| arn.ends_with(&format!("/{user}"))) => Ok(()),
            Ok(answer) => Err(format!("a pair of {user} answers as {}", answer.arn().unwrap_or("nobody"))),
            Err(error) => {
                Err(from_sdk("sts:GetCallerIdentity", format!("use a pair of {user}"), &error).to_string())
            }
        };
        self.tally.count(&called);
        called
    }

    pub(super) fn sign_with(&self, pair: &Pair) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .credentials_provider(pair.sign_with())
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .build();
        aws_sdk_sts::Client::from_conf(config)
    }

    /// Starts a job that lasts, if the store has a pair for it.
    pub(super) async fn start(&self, user: &str) -> Result<Option<Job>, String> {
        let Some(pair) = self.served(user).await? else { return Ok(None) };
        let client = self.sign_with(&pair);
        let task = tokio::spawn({
            let (runner, client, user) = (self.clone(), client.clone(), user.to_owned());
            async move {
                loop {
                    drop(runner.call(&client, &user).await);
                    sleep(OFTEN).await;
                }
            }
        });
        Ok(Some(Job { user: user.to_owned(), key: pair.id, client, runner: self.clone(), task }))
    }

    /// Starts short jobs all the time: each takes what the store serves at that moment, and uses it.
    pub(super) fn keep_starting(&self, users: &'static [&'static str]) -> JoinHandle<()> {
        let runner = self.clone();
        tokio::spawn(async move {
            loop {
                for user in users {
                    match runner.served(user).await {
                        Ok(Some(pair)) => drop(runner.call(&runner.sign_with(&pair), user).await),
                        Ok(None) => {}
                        Err(said) => runner.tally.count(&Err(said)),
                    }
                }
                sleep(OFTEN).await;
            }
        })
    }
}

impl Job {
    /// One more call, now.
    pub(super) async fn works(&self) -> Result<(), String> {
        self.runner.call(&self.client, &self.user).await
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("user", &self.user).field("key", &self.key).finish_non_exhaustive()
    }
}
