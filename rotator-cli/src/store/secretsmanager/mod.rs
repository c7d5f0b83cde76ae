//! AWS Secrets Manager: one secret for each user, which is its own memory.
//!
//! AWSCURRENT is CURRENT, AWSPREVIOUS is LAST, AWSPENDING is PENDING. A version's id is the
//! ClientRequestToken it was put with (API reference, PutSecretValue), so it carries the key's id and
//! the slots are read without reading a secret. What has no version lives in tags of the secret.

mod notes;
mod place;
mod write;

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use rotator::{AccessKeyId, Slots, Status};

use crate::clock::ServerClock;
use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::{Promises, Tells, fill};

use notes::Notes;
pub use notes::Rest;
pub use place::Place;

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
    region: Option<String>,
    place: Place,
    account: String,
}

/// A user's secret as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Who is who.
    pub slots: Slots,
    /// When the slots were last written, if they ever were: the latest of all times that are about them.
    pub written: Option<SystemTime>,
    /// The secret was written for this user, not for an earlier one of the same name.
    pub other_user: bool,
    /// LAST's rest began anew, if a note says so.
    pub rest: Option<Rest>,
    exists: bool,
    current_version: Option<String>,
    previous_version: Option<String>,
    pending_version: Option<String>,
    /// When CURRENT came into force, where a note says so.
    in_force_since: Option<SystemTime>,
}

impl Document {
    /// Whether the secret holds LAST's pair. It does not where LAST is a key that was only named, as it
    /// was there before the secret was.
    #[must_use]
    pub fn keeps_last(&self) -> bool {
        self.previous_version.is_some()
    }

    /// Whether the secret is there and has a version, so that opening a rotation writes nothing but a tag.
    pub(crate) fn has_a_version(&self) -> bool {
        self.exists && self.current_version.is_some()
    }

    /// Takes down that this key's pair was put as AWSPENDING.
    pub(crate) fn staged(&mut self, id: &AccessKeyId) {
        self.pending_version = Some(token(id));
        self.slots.pending = Some(id.clone());
    }
}

impl SecretsManager {
    /// What it can and cannot do.
    pub const PROMISES: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: true,
        keeps_previous: true,
        consumers: "when they next ask for AWSCURRENT; what is cached is older",
    };

    /// The secrets named by `template` with `{user}`, `{path}` and `{account}` filled in.
    #[must_use]
    pub fn new(config: &SdkConfig, template: &str, account: &str) -> Self {
        Self::at(config, Place::named(template), account)
    }

    /// The secrets of a place.
    #[must_use]
    pub fn at(config: &SdkConfig, place: Place, account: &str) -> Self {
        let (clock, account) = (ServerClock::default(), account.to_owned());
        let region = config.region().map(ToString::to_string);
        let config = aws_sdk_secretsmanager::config::Builder::from(config).interceptor(clock.clone()).build();
        Self { client: Client::from_conf(config), clock, region, place, account }
    }

    /// The service's clock.
    #[must_use]
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// The name of a user's secret.
    #[must_use]
    pub fn name(&self, user: &User) -> String {
        fill(&self.place.template, user, &self.account)
    }

    /// Reads the slots.
    ///
    /// # Errors
    /// A call that failed, or a secret that is not ours to write: one that the service rotates itself, one
    /// that is being deleted, a replica, one under another KMS key than was named, one that holds
    /// something else.
    pub async fn read(&self, user: &User) -> Result<Document, Failure> {
        let name = self.name(user);
        let doing = || format!("read the secret `{name}`");
        if let Some(said) = place::unfit(&name) {
            return Err(Failure::new(Class::Setup, format!("name the secret of {}", user.name), said));
        }
        let secret = match self.client.describe_secret().secret_id(&name).send().await {
            Ok(secret) => secret,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                return Ok(Document::default());
            }
            Err(error) => return Err(from_sdk("secretsmanager:DescribeSecret", doing(), &error)),
        };
        if let Some(said) = self.not_ours(&secret) {
            return Err(Failure::new(Class::Setup, doing(), said));
        }
        let notes = Notes::read(&name, &secret)?;
        let (current, previous) = (version(&secret, "AWSCURRENT"), version(&secret, "AWSPREVIOUS"));
        let pending = version(&secret, "AWSPENDING").filter(|pending| Some(pending) != current.as_ref());
        let mut slots = Slots {
            current: self.key_of(&name, current.as_deref()).await?,
            last: self.key_of(&name, previous.as_deref()).await?,
            pending: self.key_of(&name, pending.as_deref()).await?,
            open: false,
            resting: None,
        };
        let kept_last = slots.last.clone();
        if slots.current.is_none() {
            (slots.current, slots.last) = (notes.adopted("current"), notes.adopted("last"));
        } else if slots.last.is_none() {
            slots.last = notes.adopted("current");
        }
        slots.last = slots.last.filter(|last| slots.current.as_ref() != Some(last));
        slots.pending = slots.pending.filter(|pending| {
            slots.current.as_ref() != Some(pending) && slots.last.as_ref() != Some(pending)
        });
        slots.open = notes.is_open(&slots);
        let changed = secret.last_changed_date().or(secret.created_date()).copied();
        let changed = changed.and_then(|date| SystemTime::try_from(date).ok());
        let in_force_since = notes.in_force_since(slots.current.as_ref());
        // A rest that began before CURRENT came into force was another one.
        let rest = notes.rest(slots.last.as_ref());
        let rest = rest.filter(|(_, at, _)| in_force_since.is_none_or(|since| *at >= since));
        slots.resting = rest.as_ref().map(|(_, _, off)| if *off { Status::Inactive } else { Status::Active });
        let rested = rest.as_ref().map(|(_, at, _)| *at);
        let touched = !slots.is_empty() || notes.opened().is_some();
        Ok(Document {
            // LastChangedDate need not tell that a stage has moved: what moves it is not published.
            written: if touched { changed.max(notes.opened()).max(in_force_since).max(rested) } else { None },
            other_user: notes.user.as_ref().is_some_and(|id| *id != user.id),
            rest,
            exists: true,
            previous_version: previous.filter(|_| kept_last.is_some() && kept_last == slots.last),
            slots,
            current_version: current,
            pending_version: pending,
            in_force_since,
        })
    }

    /// Why a secret is left alone, before anything is made of what it holds.
    fn not_ours(&self, secret: &DescribeSecretOutput) -> Option<String> {
        if secret.deleted_date().is_some() {
            let said = "it is scheduled for deletion; restore it (`aws secretsmanager restore-secret`)";
            return Some(said.to_owned());
        }
        if secret.rotation_enabled() == Some(true) {
            let said =
                "the service rotates it itself; switch that off (`aws secretsmanager cancel-rotate-secret`)";
            return Some(said.to_owned());
        }
        let primary = secret.primary_region().filter(|primary| Some(*primary) != self.region.as_deref());
        if let Some(primary) = primary {
            return Some(format!(
                "it is a replica, which only the service writes; write the one in {primary} (--region {primary})"
            ));
        }
        let named = self.place.kms_key.as_deref()?;
        let told = secret.kms_key_id();
        (!place::same_key(named, told)).then(|| {
            let told = told.unwrap_or("the service's own key");
            format!(
                "it is encrypted with {told}, and `kms-key` names {named}; name the key in that form, or leave \
                 it out: it is for secrets that are yet to be created"
            )
        })
    }

    /// Which key a version holds. Our own say it by their id; others are read.
    async fn key_of(&self, name: &str, version: Option<&str>) -> Result<Option<AccessKeyId>, Failure> {
        match version {
            None | Some(NO_PAIR) => Ok(None),
            Some(version) => match key_in_token(version) {
                Some(id) => Ok(Some(id)),
                None => self.fetch(name, version).await.map(|pair| Some(pair.id)),
            },
        }
    }

    /// A version's pair.
    async fn fetch(&self, name: &str, version: &str) -> Result<Pair, Failure> {
        let doing = || format!("read the pair in the secret `{name}`");
        let answer = self.client.get_secret_value().secret_id(name).version_id(version).send().await;
        let answer = answer.map_err(|error| from_sdk("secretsmanager:GetSecretValue", doing(), &error))?;
        let pair = answer.secret_string().and_then(|text| self.place.shape.pair(text)).ok_or_else(|| {
            let words = self.place.shape.words();
            let said = format!("it holds no {words}, so it is left alone; name another secret");
            Failure::new(Class::Setup, doing(), said)
        })?;
        match key_in_token(version) {
            Some(id) if id != pair.id => {
                let said =
                    format!("the version named for {id} holds {}; it was not put by this program", pair.id);
                Err(Failure::new(Class::Setup, doing(), said))
            }
            Some(_) | None => Ok(pair),
        }
    }
}

/// The version that a stage names.
fn version(secret: &DescribeSecretOutput, stage: &str) -> Option<String> {
    let mut versions = secret.version_ids_to_stages()?.iter();
    versions.find(|(_, stages)| stages.iter().any(|has| has == stage)).map(|(version, _)| version.clone())
}

/// The id of the version that holds this key's pair.
fn token(id: &AccessKeyId) -> String {
    format!("{TOKEN}{id}")
}

/// The key whose pair was put under this token, if the token is ours.
fn key_in_token(version: &str) -> Option<AccessKeyId> {
    version.strip_prefix(TOKEN).and_then(|id| AccessKeyId::parse(id).ok())
}
