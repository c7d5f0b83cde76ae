//! AWS Systems Manager Parameter Store: one SecureString for each user, beside a ledger.
//!
//! The value is read with its decryption, though the key's id stands in the description too: of the ways
//! to ask for a description, DescribeParameters cannot be allowed for one parameter alone, and what a job
//! gets is the value. A caller who may put the value has no less of a secret in hand.
//!
//! There is no compare-and-swap here. What there is: PutParameter without Overwrite creates only, and with
//! it tells the new version, so that another writer is found after the fact.

#[cfg(test)]
mod alike;
mod api;
mod client;
mod endpoint;
mod place;

use aws_config::SdkConfig;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use rotator::AccessKeyId;
use secrecy::ExposeSecret;

use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::{Adapter, Promises, Reading, Serves, Tells, Undelivered, fill};

use api::{ApiError, Get, History, Parameter, Put};
use client::Client;
pub use place::Place;

/// The kind of parameter that is encrypted.
const SECURE: &str = "SecureString";

/// The parameters of one account and region.
#[derive(Debug, Clone)]
pub struct ParameterStore {
    client: Client,
    place: Place,
    account: String,
    /// What precedes a name in an ARN, as it counts towards the name's length.
    arn: String,
}

impl ParameterStore {
    /// What it can and cannot do.
    pub const PROMISES: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: false,
        keeps_previous: true,
        consumers: "when they next read the parameter; an ECS task or an instance that read it at its start, \
                    at its next start",
    };

    /// The parameters of a place.
    #[must_use]
    pub fn at(config: &SdkConfig, place: Place, account: &str) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let arn = format!("arn:aws:ssm:{region}:{account}:parameter/");
        Self { client: Client::new(config), place, account: account.to_owned(), arn }
    }

    /// The name of a user's parameter.
    ///
    /// # Errors
    /// No parameter can have it.
    fn parameter(&self, user: &User) -> Result<String, Failure> {
        let name = fill(&self.place.template, user, &self.account);
        match place::unfit(&name, &self.arn) {
            None => Ok(name),
            Some(said) => Err(Failure::new(Class::Setup, format!("use the parameter `{name}`"), said)),
        }
    }

    /// The KMS key for the next version. It is always named, since a put that names none falls to the
    /// account's default key (API reference, PutParameter, KeyId), whatever the parameter had before.
    async fn key(&self, name: &str, over: i64) -> Result<Option<String>, Failure> {
        if self.place.kms_key.is_some() || over == 0 {
            return Ok(self.place.kms_key.clone());
        }
        let versions = self.history(name, false).await?;
        let seen = versions.into_iter().find(|version| version.version == Some(over));
        Ok(seen.and_then(|version| version.key_id))
    }

    /// The versions that are kept, 100 at most, oldest first; none of a parameter that is not there.
    async fn history(&self, name: &str, decrypt: bool) -> Result<Vec<Parameter>, Failure> {
        let mut ask = History { name, with_decryption: decrypt, next_token: None };
        let mut versions = Vec::new();
        loop {
            let page = match self.client.get_parameter_history(&ask).await {
                Ok(page) => page,
                Err(error) if is_not_found(&error) => break,
                Err(error) => {
                    let doing = format!("read the versions of the parameter `{name}`");
                    return Err(from_sdk("ssm:GetParameterHistory", doing, &error));
                }
            };
            versions.extend(page.parameters.unwrap_or_default());
            let next = page.next_token.filter(|token| !token.is_empty());
            // A page that leads to itself is the last.
            if next.is_none() || next == ask.next_token {
                break;
            }
            ask.next_token = next;
        }
        versions.sort_by_key(|version| version.version);
        Ok(versions)
    }

    /// Puts what stands in for version `over`; the number of the new version.
    async fn write(&self, user: &User, name: &str, pair: &Pair, over: i64) -> Result<i64, Undelivered> {
        let doing = || format!("put {} into the parameter `{name}`", pair.id);
        let rejected = |said| Undelivered::Rejected(Failure::new(Class::StoreRejected(None), doing(), said));
        let value = self.place.shape.text(pair);
        let (length, most) = (value.expose_secret().len(), self.place.most_bytes());
        if length > most {
            return Err(rejected(format!(
                "the value has {length} bytes, and {most} are allowed; `tier=advanced` allows 8192"
            )));
        }
        let key = self.key(name, over).await.map_err(Undelivered::Rejected)?;
        // Left out, type and tier stay as they are; named, a tier may change for good.
        let overwrite = over > 0;
        let put = Put {
            name,
            description: format!("rotator: {} of {}", pair.id, user.name),
            value: value.expose_secret(),
            r#type: (!overwrite).then_some(SECURE),
            key_id: key,
            overwrite,
            tier: (!overwrite).then(|| self.place.tier.word()),
        };
        let put = self.client.put_parameter(&put).await;
        put.map_err(|error| undelivered(from_sdk("ssm:PutParameter", doing(), &error), error.code()))
    }
}

impl Adapter for ParameterStore {
    fn promises(&self) -> Promises {
        Self::PROMISES
    }

    fn name(&self, user: &User) -> String {
        format!("ssm:{}", fill(&self.place.template, user, &self.account))
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let name = self.parameter(user)?;
        let doing = || format!("read the parameter `{name}`");
        let answer = match self.client.get_parameter(&Get { name: &name, with_decryption: true }).await {
            Ok(answer) => answer,
            Err(error) if is_not_found(&error) => {
                return Ok(Reading { serves: Serves::Nothing, revision: None });
            }
            Err(error) => return Err(from_sdk("ssm:GetParameter", doing(), &error)),
        };
        let Some(parameter) = answer else {
            return Err(Failure::new(Class::Unanswered, doing(), "the answer holds no parameter"));
        };
        let setup = |said: String| Failure::new(Class::Setup, doing(), said);
        if parameter.r#type.as_deref() != Some(SECURE) {
            let kind = parameter.r#type.as_deref().unwrap_or("of no known type");
            return Err(setup(format!(
                "it is {kind} and no SecureString, so it is left alone: its value is not encrypted; name another"
            )));
        }
        let Some(pair) = parameter.value.as_deref().and_then(|text| self.place.shape.pair(text)) else {
            let words = self.place.shape.words();
            return Err(setup(format!("it holds no {words}, so it is left alone; name another parameter")));
        };
        Ok(Reading {
            serves: Serves::Key(pair.id),
            revision: Some(parameter.version.unwrap_or_default().to_string()),
        })
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        let name = self.parameter(user).map_err(Undelivered::Rejected)?;
        let doing = || format!("put {} into the parameter `{name}`", pair.id);
        let over = match over.revision.as_deref().map(str::parse) {
            // Versions count from 1.
            None => 0,
            Some(Ok(version)) => version,
            Some(Err(_)) => {
                let failure =
                    Failure::new(Class::StoreRejected(None), doing(), "what was seen has no version");
                return Err(Undelivered::Rejected(failure));
            }
        };
        let version = self.write(user, &name, pair, over).await?;
        if version == over + 1 {
            return Ok(());
        }
        // Somebody wrote between the look and the put. Ours came later and is what was served then; whether
        // it still is, and whether theirs is a pair that must not be lost, only another look tells.
        let said = format!("it became version {version} and not {}: somebody else has written too", over + 1);
        Err(Undelivered::Unclear(Failure::new(Class::Conflict, doing(), said)))
    }

    async fn previous(&self, user: &User, id: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        let name = self.parameter(user)?;
        let versions = self.history(&name, true).await?;
        let pairs =
            versions.iter().rev().filter_map(|version| self.place.shape.pair(version.value.as_deref()?));
        Ok(pairs.into_iter().find(|pair| pair.id == *id))
    }
}

/// There is no parameter of this name. Who may not read it is told AccessDeniedException, so this is absence.
fn is_not_found(error: &ApiError) -> bool {
    error.as_service_error().is_some_and(|refusal| refusal.code() == Some("ParameterNotFound"))
}

/// Whether a put that failed may have arrived (API reference, PutParameter, Errors).
fn undelivered(failure: Failure, code: Option<&str>) -> Undelivered {
    match code {
        // Another writer was there first, or is at it.
        Some("ParameterAlreadyExists" | "TooManyUpdates") => {
            return Undelivered::Stale(Failure { class: Class::Conflict, ..failure });
        }
        Some("ParameterMaxVersionLimitExceeded") => {
            let said = format!("{}; move that label to a later version", failure.said);
            return Undelivered::Rejected(Failure { class: Class::StoreRejected(None), said, ..failure });
        }
        Some(_) | None => {}
    }
    match failure.class {
        Class::Unanswered | Class::Unreachable | Class::Garbled => Undelivered::Unclear(failure),
        // Nothing was done, and a moment later it can be.
        Class::Throttled | Class::Conflict => Undelivered::Stale(failure),
        Class::Denied(action) => {
            Undelivered::Rejected(Failure { class: Class::StoreRejected(Some(action)), ..failure })
        }
        Class::Rejected | Class::Missing | Class::Setup => {
            Undelivered::Rejected(Failure { class: Class::StoreRejected(None), ..failure })
        }
        Class::Credentials
        | Class::Token(_)
        | Class::NoCredentials
        | Class::StoreRejected(_)
        | Class::NotProved
        | Class::Stopped
        | Class::Deadline => Undelivered::Rejected(failure),
    }
}
