//! AWS Secrets Manager: one secret for each user, which is its own memory.
//!
//! AWSCURRENT is CURRENT, AWSPREVIOUS is LAST, AWSPENDING is PENDING. A version's id is the
//! ClientRequestToken it was put with (API reference, PutSecretValue), so it carries the key's id and
//! the slots are read without reading a secret. What has no version lives in tags of the secret:
//! `rotator:open` (a rotation away from that CURRENT has begun), `rotator:adopted` (keys that were there
//! before the secret was) and `rotator:user` (the UserId).

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::Tag;
use rotator::{AccessKeyId, Slots};
use serde_json::{Value, json};

use crate::aws::NeverResend;
use crate::clock::{ServerClock, parse_rfc3339, rfc3339};
use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::fill;

const OPEN: &str = "rotator:open";
const ADOPTED: &str = "rotator:adopted";
const USER: &str = "rotator:user";
/// A token has 32 to 64 characters (API reference, PutSecretValue).
const TOKEN: &str = "rotator-access-key-id-";
/// Holds AWSCURRENT until there is a pair: the first version of a secret gets AWSCURRENT whatever
/// stages it is put with, and no key is to be served before it is proved.
const NO_PAIR: &str = "rotator-no-pair-has-been-stored-yet";

/// The secrets of one account and region.
#[derive(Debug, Clone)]
pub struct SecretsManager {
    client: Client,
    clock: ServerClock,
    template: String,
    account: String,
}

/// A user's secret as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Who is who.
    pub slots: Slots,
    /// When the secret was last changed, if it was ever written.
    pub written: Option<SystemTime>,
    /// The secret was written for this user, not for an earlier one of the same name.
    pub other_user: bool,
    exists: bool,
    current_version: Option<String>,
    pending_version: Option<String>,
}

impl SecretsManager {
    /// The secrets named by `template` with `{user}`, `{path}` and `{account}` filled in.
    #[must_use]
    pub fn new(config: &SdkConfig, template: &str, account: &str) -> Self {
        let clock = ServerClock::default();
        let config = aws_sdk_secretsmanager::config::Builder::from(config).interceptor(clock.clone()).build();
        let (template, account) = (template.to_owned(), account.to_owned());
        Self { client: Client::from_conf(config), clock, template, account }
    }

    /// The service's clock.
    #[must_use]
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// The name of a user's secret.
    #[must_use]
    pub fn name(&self, user: &User) -> String {
        fill(&self.template, user, &self.account)
    }

    /// Reads the slots.
    ///
    /// # Errors
    /// A call that failed, or a secret that is not ours to write: one that the service rotates itself, one
    /// that is being deleted, one that holds something else.
    pub async fn read(&self, user: &User) -> Result<Document, Failure> {
        let name = self.name(user);
        let doing = || format!("read the secret `{name}`");
        let secret = match self.client.describe_secret().secret_id(&name).send().await {
            Ok(secret) => secret,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                return Ok(Document::default());
            }
            Err(error) => return Err(from_sdk("secretsmanager:DescribeSecret", doing(), &error)),
        };
        if secret.deleted_date().is_some() {
            let said = "it is scheduled for deletion; restore it (`aws secretsmanager restore-secret`)";
            return Err(Failure::new(Class::Setup, doing(), said));
        }
        if secret.rotation_enabled() == Some(true) {
            let said =
                "the service rotates it itself; switch that off (`aws secretsmanager cancel-rotate-secret`)";
            return Err(Failure::new(Class::Setup, doing(), said));
        }
        let (current, previous) = (version(&secret, "AWSCURRENT"), version(&secret, "AWSPREVIOUS"));
        let pending = version(&secret, "AWSPENDING").filter(|pending| Some(pending) != current.as_ref());
        let adopted = tag(&secret, ADOPTED).unwrap_or_default();
        let named = |word: &str| {
            let value = adopted.split_whitespace().filter_map(|item| item.split_once('='));
            let mut values = value.filter(|(name, _)| *name == word);
            values.next().and_then(|(_, id)| AccessKeyId::parse(id).ok())
        };
        let mut slots = Slots {
            current: self.key_of(&name, current.as_deref()).await?,
            last: self.key_of(&name, previous.as_deref()).await?,
            pending: self.key_of(&name, pending.as_deref()).await?,
            open: false,
        };
        if slots.current.is_none() {
            (slots.current, slots.last) = (named("current"), named("last"));
        } else if slots.last.is_none() {
            slots.last = named("current");
        }
        slots.last = slots.last.filter(|last| slots.current.as_ref() != Some(last));
        slots.pending = slots.pending.filter(|pending| {
            slots.current.as_ref() != Some(pending) && slots.last.as_ref() != Some(pending)
        });
        // An `open` is about the rotation away from one CURRENT, beside a PENDING that came to nothing, if
        // there was one; once either has changed it is history.
        let open = tag(&secret, OPEN).unwrap_or_default();
        let open_at = open.split_whitespace().find_map(|word| word.strip_prefix("at="));
        let open_at = open_at.and_then(parse_rfc3339);
        slots.open = open_at.is_some() && open.ends_with(&away_from(&slots));
        let changed = secret.last_changed_date().or(secret.created_date()).copied();
        let changed = changed.and_then(|date| SystemTime::try_from(date).ok());
        let touched = !slots.is_empty() || open_at.is_some();
        Ok(Document {
            written: if touched { changed.max(open_at) } else { None },
            other_user: tag(&secret, USER).is_some_and(|id| id != user.id),
            exists: true,
            slots,
            current_version: current,
            pending_version: pending,
        })
    }

    /// Which key a version holds. Our own say it by their id; others are read.
    async fn key_of(&self, name: &str, version: Option<&str>) -> Result<Option<AccessKeyId>, Failure> {
        match version {
            None | Some(NO_PAIR) => Ok(None),
            Some(version) => match version.strip_prefix(TOKEN).map(AccessKeyId::parse) {
                Some(Ok(id)) => Ok(Some(id)),
                Some(Err(_)) | None => self.fetch(name, version).await.map(|pair| Some(pair.id)),
            },
        }
    }

    /// A version's pair.
    async fn fetch(&self, name: &str, version: &str) -> Result<Pair, Failure> {
        let doing = || format!("read the pair in the secret `{name}`");
        let answer = self.client.get_secret_value().secret_id(name).version_id(version).send().await;
        let answer = answer.map_err(|error| from_sdk("secretsmanager:GetSecretValue", doing(), &error))?;
        let value: Option<Value> = answer.secret_string().and_then(|text| serde_json::from_str(text).ok());
        let field = |field: &str| value.as_ref()?.get(field)?.as_str().map(str::to_owned);
        let id = field("AccessKeyId").and_then(|id| AccessKeyId::parse(&id).ok());
        id.zip(field("SecretAccessKey")).map(|(id, secret)| Pair::new(id, secret)).ok_or_else(|| {
            let said = "it holds no JSON with AccessKeyId and SecretAccessKey, so it is left alone; name another secret";
            Failure::new(Class::Setup, doing(), said)
        })
    }

    /// Says in tags that a rotation has begun, and which keys were there before, so that later looks
    /// find it. The secret is created if it is absent.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn write_names(&self, user: &User, seen: &Document, after: &Slots) -> Result<(), Failure> {
        let name = self.name(user);
        let doing = || format!("write the tags of the secret `{name}`");
        let mut tags = vec![Tag::builder().key(USER).value(&user.id).build()];
        if after.open {
            let at = format!("at={}{}", rfc3339(self.clock.now()), away_from(after));
            tags.push(Tag::builder().key(OPEN).value(at).build());
        }
        let has_pair = seen.current_version.as_deref().is_some_and(|version| version != NO_PAIR);
        if let (false, Some(current)) = (has_pair, &after.current) {
            let last = after.last.as_ref().map(|last| format!(" last={last}")).unwrap_or_default();
            tags.push(Tag::builder().key(ADOPTED).value(format!("current={current}{last}")).build());
        }
        if !seen.exists {
            let create = self.client.create_secret().name(&name).set_tags(Some(tags));
            let create = create.secret_string("{}").client_request_token(NO_PAIR);
            let description = format!("Access key of the IAM user {}, rotated by rotator", user.name);
            let created = create.description(description).send().await;
            let doing = format!("create the secret `{name}`");
            return created.map(drop).map_err(|error| from_sdk("secretsmanager:CreateSecret", doing, &error));
        }
        if seen.current_version.is_none() {
            let put = self.client.put_secret_value().secret_id(&name).secret_string("{}");
            let put = put.client_request_token(NO_PAIR).send().await;
            put.map_err(|error| from_sdk("secretsmanager:PutSecretValue", doing(), &error))?;
        }
        let tagged = self.client.tag_resource().secret_id(&name).set_tags(Some(tags)).send().await;
        tagged.map(drop).map_err(|error| from_sdk("secretsmanager:TagResource", doing(), &error))
    }

    /// Puts the pair as AWSPENDING. Repeating it does nothing, since the token carries the key's id.
    ///
    /// # Errors
    /// A call that failed; [`Class::StoreRejected`] for a clear no.
    pub async fn stage(&self, user: &User, pair: &Pair) -> Result<(), Failure> {
        let name = self.name(user);
        let token = format!("{TOKEN}{}", pair.id);
        let doing = format!("put {} into the secret `{name}`", pair.id);
        if token.len() > 64 {
            return Err(Failure::new(
                Class::StoreRejected(None),
                doing,
                "the key's id is too long for a version's id",
            ));
        }
        let value = json!({ "AccessKeyId": pair.id.as_str(), "SecretAccessKey": pair.expose_to_store() });
        let put = self.client.put_secret_value().secret_id(&name).secret_string(value.to_string());
        let once = aws_sdk_secretsmanager::config::Builder::new().retry_classifier(NeverResend);
        let put = put.client_request_token(token).version_stages("AWSPENDING");
        let put = put.customize().config_override(once).send().await;
        put.map(drop).map_err(|error| {
            let failure = from_sdk("secretsmanager:PutSecretValue", doing, &error);
            // A clear no to the only attempt: then nobody has seen the secret.
            if let Class::Denied(action) = failure.class {
                return Failure { class: Class::StoreRejected(Some(action)), ..failure };
            }
            if matches!(failure.class, Class::Rejected | Class::Missing) {
                return Failure { class: Class::StoreRejected(None), ..failure };
            }
            failure
        })
    }

    /// The staged pair, for a run that did not make it.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn staged(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        let name = self.name(user);
        match &seen.pending_version {
            Some(version) => self.fetch(&name, version).await,
            None => {
                Err(Failure::new(Class::Conflict, format!("read the secret `{name}`"), "nothing is staged"))
            }
        }
    }

    /// Moves AWSCURRENT to the staged version, from the version that was seen to have it; the service
    /// moves AWSPREVIOUS by itself (API reference, UpdateSecretVersionStage).
    ///
    /// # Errors
    /// A call that failed; [`Class::Conflict`] if somebody else moved AWSCURRENT meanwhile.
    pub async fn promote(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        let name = self.name(user);
        let doing = || format!("move AWSCURRENT of the secret `{name}`");
        let action = "secretsmanager:UpdateSecretVersionStage";
        let Some(pending) = &seen.pending_version else {
            return Err(Failure::new(Class::Conflict, doing(), "nothing is staged"));
        };
        let call = self.client.update_secret_version_stage().secret_id(&name).version_stage("AWSCURRENT");
        let call = call.move_to_version_id(pending).set_remove_from_version_id(seen.current_version.clone());
        call.send().await.map_err(|error| {
            let failure = from_sdk(action, doing(), &error);
            match error.code() {
                Some("InvalidParameterException") => Failure { class: Class::Conflict, ..failure },
                _ => failure,
            }
        })?;
        // Tidying: other tools take AWSPENDING for a rotation under way. A later look ignores it anyway.
        let call = self.client.update_secret_version_stage().secret_id(&name).version_stage("AWSPENDING");
        drop(call.remove_from_version_id(pending).send().await);
        Ok(())
    }
}

fn version(secret: &DescribeSecretOutput, stage: &str) -> Option<String> {
    let mut versions = secret.version_ids_to_stages()?.iter();
    versions.find(|(_, stages)| stages.iter().any(|has| has == stage)).map(|(version, _)| version.clone())
}

fn tag<'a>(secret: &'a DescribeSecretOutput, key: &str) -> Option<&'a str> {
    secret.tags().iter().find(|tag| tag.key() == Some(key)).and_then(|tag| tag.value())
}

/// What an `open` was written beside.
fn away_from(slots: &Slots) -> String {
    let text = |key: &Option<AccessKeyId>| key.as_ref().map_or("none".to_owned(), AccessKeyId::to_string);
    format!(" from={} beside={}", text(&slots.current), text(&slots.pending))
}
