//! What a scenario puts in place and looks at, by the plain SDK: IAM users, their keys, secrets.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::Credentials;
use aws_sdk_iam::types::StatusType;
use tokio::runtime::Runtime;

/// LocalStack takes this pair for its administrator's.
pub const ADMIN: (&str, &str) = ("test", "test");
pub const REGION: &str = "us-east-1";

/// The rest of a pair whose key id is twelve digits: LocalStack takes those for an account of its own.
pub const ANY_SECRET: &str = "test";

/// A key as it is handed out. These secrets open nothing but a LocalStack.
#[derive(Clone)]
pub struct Pair {
    pub id: String,
    pub secret: String,
}

impl Pair {
    /// As a secret holds it.
    pub fn from_json(text: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let field = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Self { id: field("AccessKeyId")?, secret: field("SecretAccessKey")? })
    }

    pub fn to_json(&self) -> String {
        serde_json::json!({ "AccessKeyId": self.id, "SecretAccessKey": self.secret }).to_string()
    }
}

pub struct Key {
    pub id: String,
    pub status: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.status)
    }
}

/// One version of a secret, and the labels that point to it.
pub struct Version {
    pub labels: Vec<String>,
    pub value: String,
}

/// Blocking, so that a scenario reads as a list of steps.
pub struct Accounts<'a> {
    runtime: &'a Runtime,
    config: SdkConfig,
    iam: aws_sdk_iam::Client,
    secrets: aws_sdk_secretsmanager::Client,
    parameters: aws_sdk_ssm::Client,
    /// Every pair that passed through here.
    known: Arc<Mutex<Vec<Pair>>>,
}

impl<'a> Accounts<'a> {
    pub fn new(runtime: &'a Runtime, endpoint: &str) -> Self {
        Self::signed_by(runtime, endpoint, ADMIN, Arc::default())
    }

    /// The same in another account.
    pub fn of(&self, account: &str) -> Self {
        let endpoint = self.config.endpoint_url().unwrap_or_default();
        Self::signed_by(self.runtime, endpoint, (account, ANY_SECRET), self.known.clone())
    }

    /// Every pair that was made here, or found in a secret.
    pub fn known(&self) -> Vec<Pair> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn signed_by(
        runtime: &'a Runtime,
        endpoint: &str,
        (id, secret): (&str, &str),
        known: Arc<Mutex<Vec<Pair>>>,
    ) -> Self {
        let credentials = Credentials::new(id, secret, None, None, "xtask");
        let config = runtime.block_on(
            aws_config::defaults(BehaviorVersion::latest())
                .endpoint_url(endpoint)
                .region(Region::new(REGION))
                .credentials_provider(credentials)
                .load(),
        );
        Self {
            runtime,
            iam: aws_sdk_iam::Client::new(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            parameters: aws_sdk_ssm::Client::new(&config),
            config,
            known,
        }
    }

    pub fn create_user(&self, path: &str, name: &str) -> Result<()> {
        let call = self.iam.create_user().path(path).user_name(name);
        self.runtime.block_on(call.send()).with_context(|| format!("cannot create user `{name}`"))?;
        Ok(())
    }

    pub fn create_key(&self, user: &str) -> Result<Pair> {
        let call = self.iam.create_access_key().user_name(user);
        let key = self
            .runtime
            .block_on(call.send())
            .with_context(|| format!("cannot create a key for `{user}`"))?
            .access_key
            .context("a new key without a key")?;
        let pair = Pair { id: key.access_key_id, secret: key.secret_access_key };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push(pair.clone());
        Ok(pair)
    }

    pub fn deactivate(&self, user: &str, id: &str) -> Result<()> {
        let call = self.iam.update_access_key().user_name(user);
        let call = call.access_key_id(id).status(StatusType::Inactive);
        self.runtime.block_on(call.send()).with_context(|| format!("cannot deactivate `{id}`"))?;
        Ok(())
    }

    pub fn delete_key(&self, user: &str, id: &str) -> Result<()> {
        let call = self.iam.delete_access_key().user_name(user);
        self.runtime
            .block_on(call.access_key_id(id).send())
            .with_context(|| format!("cannot delete `{id}`"))?;
        Ok(())
    }

    /// In the order in which IAM lists them.
    pub fn keys(&self, user: &str) -> Result<Vec<Key>> {
        let call = self.iam.list_access_keys().user_name(user);
        let answer = self
            .runtime
            .block_on(call.send())
            .with_context(|| format!("cannot list the keys of `{user}`"))?;
        Ok(answer
            .access_key_metadata
            .into_iter()
            .map(|key| Key {
                id: key.access_key_id.unwrap_or_default(),
                status: key.status.map(|s| s.to_string()).unwrap_or_default(),
            })
            .collect())
    }

    /// The tags of a user, by name.
    pub fn tags(&self, user: &str) -> Result<Vec<(String, String)>> {
        let call = self.iam.list_user_tags().user_name(user);
        let answer = self
            .runtime
            .block_on(call.send())
            .with_context(|| format!("cannot list the tags of `{user}`"))?;
        let mut tags: Vec<_> = answer.tags.into_iter().map(|t| (t.key, t.value)).collect();
        tags.sort();
        Ok(tags)
    }

    pub fn tag(&self, user: &str, name: &str, value: &str) -> Result<()> {
        let tag = aws_sdk_iam::types::Tag::builder().key(name).value(value).build()?;
        let call = self.iam.tag_user().user_name(user).tags(tag);
        self.runtime.block_on(call.send()).with_context(|| format!("cannot tag `{user}`"))?;
        Ok(())
    }

    pub fn create_secret(&self, name: &str, value: &str) -> Result<()> {
        let call = self.secrets.create_secret().name(name);
        self.runtime
            .block_on(call.secret_string(value).send())
            .with_context(|| format!("cannot create secret `{name}`"))?;
        Ok(())
    }

    /// Every version that a label points to, sorted by label.
    pub fn versions(&self, secret: &str) -> Result<Vec<Version>> {
        let call = self.secrets.describe_secret().secret_id(secret);
        let described = self
            .runtime
            .block_on(call.send())
            .with_context(|| format!("cannot describe secret `{secret}`"))?;
        let mut versions = Vec::new();
        for (id, mut labels) in described.version_ids_to_stages.unwrap_or_default() {
            if labels.is_empty() {
                continue;
            }
            labels.sort();
            let call = self.secrets.get_secret_value().secret_id(secret);
            let answer = self
                .runtime
                .block_on(call.version_id(id).send())
                .with_context(|| format!("cannot read secret `{secret}`"))?;
            let value = answer.secret_string.unwrap_or_default();
            let pair = Pair::from_json(&value);
            self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(pair);
            versions.push(Version { labels, value });
        }
        versions.sort_by(|a, b| a.labels.cmp(&b.labels));
        Ok(versions)
    }

    /// The pair in a parameter, as a job reads it.
    pub fn parameter(&self, name: &str) -> Result<Option<Pair>> {
        let call = self.parameters.get_parameter().name(name).with_decryption(true);
        let answer =
            self.runtime.block_on(call.send()).with_context(|| format!("cannot read parameter `{name}`"))?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        let pair = value.and_then(|value| Pair::from_json(&value));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(pair.clone());
        Ok(pair)
    }

    /// Whom STS sees behind a pair. LocalStack answers for deleted keys too, as `root`, and for
    /// inactive ones.
    pub fn identity(&self, pair: &Pair) -> Result<String> {
        let credentials = Credentials::new(&pair.id, &pair.secret, None, None, "xtask");
        let config =
            aws_sdk_sts::config::Builder::from(&self.config).credentials_provider(credentials).build();
        let call = aws_sdk_sts::Client::from_conf(config).get_caller_identity();
        let answer =
            self.runtime.block_on(call.send()).with_context(|| format!("STS does not know `{}`", pair.id))?;
        Ok(answer.arn.unwrap_or_default())
    }
}
