//! The secrets of Secrets Manager: versions, and the stages that name them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};

use super::account::Account;
use super::clock::later;
use super::error::AwsError;
use super::secrets;

pub(super) const CURRENT: &str = "AWSCURRENT";
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// All secrets, by name.
#[derive(Default)]
pub(super) struct Vault {
    secrets: BTreeMap<String, Secret>,
}

/// A secret with all its versions. Printed for debugging, the values are not shown.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The same for as long as it lives.
    pub name: String,
    /// Ends in a hyphen and six characters, others for each creation.
    pub arn: String,
    /// What CreateSecret or UpdateSecret said last.
    pub description: Option<String>,
    /// As it was given; nothing is encrypted here.
    pub kms_key_id: Option<String>,
    /// In the order in which they were set.
    pub tags: Vec<(String, String)>,
    /// Oldest first.
    pub versions: Vec<Version>,
    /// By the sandbox's clock.
    pub created: SystemTime,
    /// The last change by a call, that of a stage or a tag included.
    pub changed: SystemTime,
    /// What DescribeSecret says; see [`Account::set_rotation_enabled`].
    pub rotation_enabled: bool,
    /// Where it is replicated from or to others, the region of the one that may be written; see
    /// [`Account::set_primary_region`].
    pub primary_region: Option<String>,
    /// When it is to be gone, once somebody has asked for that.
    pub deleted: Option<SystemTime>,
}

/// A value that a secret has or had. It never changes; only its stages do.
#[derive(Clone, Debug)]
pub struct Version {
    /// The token of the call that put it, 32 to 64 characters.
    pub id: String,
    /// Up to 65536 bytes.
    pub value: SecretString,
    /// None at all: it is deprecated.
    pub stages: Vec<String>,
    /// By the sandbox's clock.
    pub created: SystemTime,
}

impl Vault {
    pub(super) fn add(&mut self, secret: Secret) -> Result<(), AwsError> {
        if let Some(old) = self.secrets.get(&secret.name) {
            let name = &secret.name;
            return Err(match old.deleted {
                Some(_) => scheduled("create this secret because a secret with this name"),
                None => AwsError::new(
                    400,
                    "ResourceExistsException",
                    format!("The operation failed because the secret {name} already exists."),
                ),
            });
        }
        self.secrets.insert(secret.name.clone(), secret);
        Ok(())
    }

    /// By name, ARN, or ARN without its last six characters and their hyphen.
    pub(super) fn find(&self, id: &str) -> Result<&Secret, AwsError> {
        let name = self.name_of(id)?;
        self.secrets.get(&name).ok_or_else(not_found)
    }

    /// The same, to be changed: what is to be deleted takes no change.
    pub(super) fn find_mut(&mut self, id: &str) -> Result<&mut Secret, AwsError> {
        let name = self.name_of(id)?;
        let secret = self.secrets.get_mut(&name).ok_or_else(not_found)?;
        secret.alive()?;
        Ok(secret)
    }

    pub(super) fn remove(&mut self, id: &str) -> Result<(), AwsError> {
        let name = self.name_of(id)?;
        self.secrets.remove(&name);
        Ok(())
    }

    fn name_of(&self, id: &str) -> Result<String, AwsError> {
        // Among thousands the name is quickly found.
        if self.secrets.contains_key(id) {
            return Ok(id.to_owned());
        }
        let named = |secret: &&Secret| {
            let bare = secret.arn.rsplit_once('-').map(|(bare, _)| bare);
            secret.name == id || secret.arn == id || bare == Some(id)
        };
        let found = self.secrets.values().find(named);
        found.map(|secret| secret.name.clone()).ok_or_else(not_found)
    }
}

impl Secret {
    /// The version that a stage names.
    #[must_use]
    pub fn at(&self, stage: &str) -> Option<&Version> {
        let staged = |version: &&Version| version.stages.iter().any(|own| own == stage);
        self.versions.iter().find(staged)
    }

    pub(super) fn alive(&self) -> Result<(), AwsError> {
        match self.deleted {
            Some(_) => Err(scheduled("perform this operation on the secret because it")),
            None => Ok(()),
        }
    }

    /// Adds a version under a token that serves as its id, once (API reference, PutSecretValue).
    ///
    /// The first version is AWSCURRENT whatever stages it is given.
    pub(super) fn put(
        &mut self,
        token: &str,
        value: &str,
        mut stages: Vec<String>,
        now: SystemTime,
    ) -> Result<&Version, AwsError> {
        if let Some(place) = self.versions.iter().position(|old| old.id == token) {
            return match self.versions.get(place) {
                Some(old) if old.value.expose_secret() == value => Ok(old),
                Some(_) | None => Err(AwsError::new(
                    400,
                    "ResourceExistsException",
                    format!("The version {token} exists already, with another value."),
                )),
            };
        }
        if self.versions.is_empty() && !stages.iter().any(|stage| stage == CURRENT) {
            stages.push(CURRENT.to_owned());
        }
        self.versions.push(Version {
            id: token.to_owned(),
            value: SecretString::from(value),
            stages: Vec::new(),
            created: now,
        });
        for stage in &stages {
            self.attach(stage, token);
        }
        self.changed = now;
        self.version(token)
    }

    /// Moves a stage, if it sits where the caller believes (API reference,
    /// UpdateSecretVersionStage). This is the one compare-and-swap that the service has.
    pub(super) fn move_stage(
        &mut self,
        stage: &str,
        to: Option<&str>,
        from: Option<&str>,
        now: SystemTime,
    ) -> Result<(), AwsError> {
        let holder = self.at(stage).map(|version| version.id.clone());
        if let Some(id) = to {
            self.version(id)?;
        }
        match (holder.as_deref(), from) {
            // Nothing is left to do. What AWS answers here is not published.
            (Some(holder), None) if to == Some(holder) => return Ok(()),
            (Some(holder), from) if from != Some(holder) => {
                return Err(invalid(format!(
                    "The parameter RemoveFromVersionId can't be empty or another version. Staging \
                     label {stage} is currently attached to version {holder}, so you must \
                     explicitly reference that version in RemoveFromVersionId."
                )));
            }
            (None, Some(_)) => {
                return Err(invalid(format!("Staging label {stage} is attached to no version.")));
            }
            (Some(_) | None, _) => {}
        }
        match to {
            Some(id) => self.attach(stage, id),
            None if stage == CURRENT => {
                return Err(invalid(
                    "You can only move staging label AWSCURRENT to a different secret version.".to_owned(),
                ));
            }
            None if from.is_none() => {
                return Err(invalid("No version was named.".to_owned()));
            }
            None => self.detach(stage),
        }
        self.changed = now;
        Ok(())
    }

    pub(super) fn version(&self, id: &str) -> Result<&Version, AwsError> {
        let found = self.versions.iter().find(|version| version.id == id);
        found.ok_or_else(|| {
            AwsError::new(
                400,
                "ResourceNotFoundException",
                format!("Secrets Manager can't find the specified secret value for VersionId: {id}"),
            )
        })
    }

    /// To be gone after the window; until then nothing but a description of it is given.
    pub(super) fn schedule_deletion(&mut self, now: SystemTime, window: Duration) -> SystemTime {
        let at = later(now, window);
        self.deleted = Some(at);
        self.changed = now;
        at
    }

    /// A stage names one version. When AWSCURRENT moves, AWSPREVIOUS goes where it was.
    fn attach(&mut self, stage: &str, id: &str) {
        let holder = self.at(stage).map(|version| version.id.clone());
        if holder.as_deref() == Some(id) {
            return;
        }
        self.detach(stage);
        let version = self.versions.iter_mut().find(|version| version.id == id);
        if let Some(version) = version {
            version.stages.push(stage.to_owned());
        }
        if let (CURRENT, Some(holder)) = (stage, holder) {
            self.attach(PREVIOUS, &holder);
        }
    }

    fn detach(&mut self, stage: &str) {
        for version in &mut self.versions {
            version.stages.retain(|own| own != stage);
        }
    }
}

impl Account {
    /// A new secret, with a first version if there is a value.
    pub fn add_secret(&mut self, name: &str, value: Option<&str>) -> Result<(), AwsError> {
        let token = self.ids.uuid();
        self.add_secret_under(&token, name, value)
    }

    /// The same, with a first version of this id.
    pub fn add_secret_under(&mut self, token: &str, name: &str, value: Option<&str>) -> Result<(), AwsError> {
        let mut input = serde_json::json!({"Name": name, "ClientRequestToken": token});
        if let (Some(value), Some(fields)) = (value, input.as_object_mut()) {
            fields.insert("SecretString".to_owned(), value.into());
        }
        secrets::create(self, &input)?;
        Ok(())
    }

    /// Puts a value as PutSecretValue does: it becomes AWSCURRENT, and what was that becomes AWSPREVIOUS.
    pub fn put_secret(&mut self, id: &str, value: &str) -> Result<(), AwsError> {
        let input = serde_json::json!({
            "SecretId": id,
            "SecretString": value,
            "ClientRequestToken": self.ids.uuid(),
        });
        secrets::put_value(self, &input)?;
        Ok(())
    }

    /// A secret as it is, by name or ARN.
    pub fn secret(&self, id: &str) -> Result<Secret, AwsError> {
        self.vault.find(id).cloned()
    }

    /// The value that a stage (`AWSCURRENT`) names.
    #[must_use]
    pub fn secret_value(&self, id: &str, stage: &str) -> Option<SecretString> {
        let secret = self.vault.find(id).ok()?;
        secret.at(stage).map(|version| version.value.clone())
    }

    /// Asks for a secret to be gone after the longest window that there is.
    pub fn schedule_secret_deletion(&mut self, id: &str) -> Result<(), AwsError> {
        let now = self.now();
        let window = Duration::from_secs(30 * 24 * 60 * 60);
        self.vault.find_mut(id)?.schedule_deletion(now, window);
        Ok(())
    }

    /// Says whether AWS's own rotation, which a sandbox does not do, looks after the secret.
    pub fn set_rotation_enabled(&mut self, id: &str, enabled: bool) -> Result<(), AwsError> {
        self.vault.find_mut(id)?.rotation_enabled = enabled;
        Ok(())
    }

    /// Says that the secret is one of several in as many regions, and which of them is the primary.
    pub fn set_primary_region(&mut self, id: &str, region: &str) -> Result<(), AwsError> {
        self.vault.find_mut(id)?.primary_region = Some(region.to_owned());
        Ok(())
    }

    /// Sets a secret's LastChangedDate, for an endpoint that does not change it where a stage moves.
    pub fn set_secret_changed(&mut self, id: &str, at: SystemTime) -> Result<(), AwsError> {
        self.vault.find_mut(id)?.changed = at;
        Ok(())
    }
}

fn invalid(message: String) -> AwsError {
    AwsError::new(400, "InvalidParameterException", message)
}

fn not_found() -> AwsError {
    let message = "Secrets Manager can't find the specified secret.";
    AwsError::new(400, "ResourceNotFoundException", message)
}

fn scheduled(what: &str) -> AwsError {
    let message = format!("You can't {what} was marked for deletion.");
    AwsError::new(400, "InvalidRequestException", message)
}
