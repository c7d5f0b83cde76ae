//! The account: users, their keys and tags, as they truly are.
//!
//! What a caller sees may be late; the methods here are for whoever may look behind that,
//! and they go by AWS's rules all the same (two keys a user, 50 tags, names unique in any case).

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};

use super::clock::{Clock, later};
use super::error::AwsError;
use super::ids::Ids;
use super::lagging::Lagging;
use super::names;
use super::parameters::Parameters;
use super::policies::Policy;
use super::roles::Roles;
use super::settings::Settings;
use super::vault::Vault;

/// IAM user guide, quotas.
const TAGS_PER_USER: usize = 50;

/// Everything that the sandbox knows. See [`Sandbox::account`](super::Sandbox::account).
pub struct Account {
    /// How it behaves; see [`Settings`] for what takes no change while it runs.
    pub settings: Settings,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    /// By name in lower case.
    users: BTreeMap<String, StoredUser>,
    /// Each key's owner, as `users` has it: every call asks whose key signs it.
    owners: BTreeMap<String, String>,
    /// Every pair ever made.
    issued: Vec<Pair>,
    pub(super) vault: Vault,
    pub(super) parameters: Parameters,
    pub(super) allowed: Vec<(String, String)>,
    pub(super) denied: Vec<String>,
    pub(super) policies: Vec<(String, Policy)>,
    pub(super) roles: Roles,
}

/// A user as IAM tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// No two users' names differ by case alone.
    pub name: String,
    /// Begins and ends with `/`.
    pub path: String,
    /// Another one for every creation, also of the same name.
    pub id: String,
    /// With path and name.
    pub arn: String,
    /// By the sandbox's clock, with fractions whatever the answers show.
    pub created: SystemTime,
}

/// An access key as IAM tells of it, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `AKIA` and 16 characters.
    pub id: String,
    /// Active from its creation on, usable only once it has propagated.
    pub status: KeyStatus,
    /// By the sandbox's clock, or as [`Account::set_created`] says.
    pub created: SystemTime,
    /// `None`: it signed no call that left a trace.
    pub last_used: Option<LastUse>,
}

/// Whether a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It may, once it has propagated.
    Active,
    /// It may not, but counts among the two; it can be made Active again.
    Inactive,
}

/// The last call that a key signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// As coarse as [`Usage`](super::Usage) makes it.
    pub at: SystemTime,
    /// The one that the signature names: `secretsmanager`.
    pub service: String,
    /// The one that the signature names, not the sandbox's own.
    pub region: String,
}

/// An access key id with its secret. Printed for debugging, the secret is not shown.
#[derive(Clone, Debug)]
pub struct Pair {
    /// `AKIA` and 16 characters.
    pub id: String,
    /// 40 characters that only a signature's maker needs.
    pub secret: SecretString,
}

#[derive(Clone)]
struct StoredUser {
    user: User,
    administrator: bool,
    keys: Lagging<Vec<StoredKey>>,
    tags: Lagging<Vec<(String, String)>>,
}

#[derive(Clone)]
struct StoredKey {
    key: Key,
    secret: SecretString,
    usable_from: SystemTime,
}

/// A key that IAM accepts at this moment, and whose it is.
pub(super) struct Signer {
    pub(super) user: User,
    pub(super) administrator: bool,
    pub(super) secret: SecretString,
}

impl Account {
    pub(super) fn new(settings: Settings) -> Self {
        Account {
            clock: Clock::new(settings.stopped_at),
            ids: Ids::new(settings.seed),
            settings,
            users: BTreeMap::new(),
            owners: BTreeMap::new(),
            issued: Vec::new(),
            vault: Vault::default(),
            parameters: Parameters::default(),
            roles: Roles::default(),
            allowed: Vec::new(),
            denied: Vec::new(),
            policies: Vec::new(),
        }
    }

    /// The time by the sandbox's clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Moves the clock forward: keys propagate, lists catch up, rates recover.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    // -- users

    /// A new user, with a UserId that no user had before.
    pub fn add_user(&mut self, name: &str, path: &str) -> Result<User, AwsError> {
        names::user_name(name)?;
        names::path(path)?;
        let unique = name.to_lowercase();
        if self.users.contains_key(&unique) {
            let message = format!("User with name {name} already exists.");
            return Err(AwsError::new(409, "EntityAlreadyExists", message));
        }
        let user = User {
            name: name.to_owned(),
            path: path.to_owned(),
            id: self.ids.user(),
            arn: self.user_arn(path, name),
            created: self.now(),
        };
        let stored = StoredUser {
            user: user.clone(),
            administrator: false,
            keys: Lagging::new(Vec::new()),
            tags: Lagging::new(Vec::new()),
        };
        self.users.insert(unique, stored);
        Ok(user)
    }

    /// A user who may do everything that is not denied, with a key that works at once.
    pub(super) fn add_administrator(&mut self, name: &str, path: &str) -> Result<Pair, AwsError> {
        self.add_user(name, path)?;
        let pair = self.create_key(name)?;
        let now = self.now();
        let stored = self.stored_mut(name)?;
        stored.administrator = true;
        for key in stored.keys.get_mut() {
            key.usable_from = now;
        }
        Ok(pair)
    }

    /// A user by name, in the case in which it was given.
    pub fn user(&self, name: &str) -> Result<User, AwsError> {
        self.stored(name).map(|stored| stored.user.clone())
    }

    /// All users, sorted by name.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.users.values().map(|stored| stored.user.clone()).collect()
    }

    /// Those on a path and on paths below it, by their names in lower case, in order.
    pub(super) fn users_below<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (&'a str, &'a User)> {
        let all = self.users.iter().map(|(unique, stored)| (unique.as_str(), &stored.user));
        all.filter(move |(_, user)| user.path.starts_with(path))
    }

    /// Deletes a user who has no keys, as IAM demands.
    pub fn delete_user(&mut self, name: &str) -> Result<(), AwsError> {
        if !self.stored(name)?.keys.get().is_empty() {
            let message = "Cannot delete entity, must delete access keys first.";
            return Err(AwsError::new(409, "DeleteConflict", message));
        }
        self.remove_user(name)
    }

    /// Takes a user away with keys and tags, as a person does in the console.
    pub fn remove_user(&mut self, name: &str) -> Result<(), AwsError> {
        self.stored(name)?;
        let unique = name.to_lowercase();
        self.users.remove(&unique);
        self.owners.retain(|_, owner| *owner != unique);
        Ok(())
    }

    // -- keys

    /// A new key, usable once it has propagated. The secret is given here and nowhere else.
    pub fn create_key(&mut self, user: &str) -> Result<Pair, AwsError> {
        let now = self.now();
        let usable_from = later(now, self.settings.propagation);
        let quota = self.settings.keys_per_user;
        if self.stored(user)?.keys.get().len() >= quota {
            let message = format!("Cannot exceed quota for AccessKeysPerUser: {quota}");
            return Err(AwsError::new(409, "LimitExceeded", message));
        }
        let pair = Pair { id: self.ids.access_key(user), secret: self.ids.secret_key(user) };
        let stored = StoredKey {
            key: Key { id: pair.id.clone(), status: KeyStatus::Active, created: now, last_used: None },
            secret: pair.secret.clone(),
            usable_from,
        };
        let keys = &mut self.stored_mut(user)?.keys;
        keys.change(now, |keys| keys.push(stored));
        self.owners.insert(pair.id.clone(), user.to_lowercase());
        self.issued.push(pair.clone());
        Ok(pair)
    }

    /// Every pair that was ever made, those of deleted keys too: for whoever looks where secrets went.
    #[must_use]
    pub fn issued(&self) -> &[Pair] {
        &self.issued
    }

    /// A user's keys as they are, oldest first.
    pub fn keys(&self, user: &str) -> Result<Vec<Key>, AwsError> {
        let stored = self.stored(user)?;
        Ok(stored.keys.get().iter().map(|key| key.key.clone()).collect())
    }

    /// A user's keys as ListAccessKeys shows them.
    pub fn listed_keys(&self, user: &str) -> Result<Vec<Key>, AwsError> {
        let keys = &self.stored(user)?.keys;
        let seen = keys.seen(self.now(), self.settings.list_lag);
        Ok(seen.iter().map(|key| key.key.clone()).collect())
    }

    /// A key deleted works no more from that moment on.
    pub fn delete_key(&mut self, user: &str, id: &str) -> Result<(), AwsError> {
        self.own_key(user, id)?;
        let now = self.now();
        let keys = &mut self.stored_mut(user)?.keys;
        keys.change(now, |keys| keys.retain(|key| key.key.id != id));
        self.owners.remove(id);
        Ok(())
    }

    /// A key made Active again has to propagate again; one that was Active already has not.
    pub fn set_status(&mut self, user: &str, id: &str, status: KeyStatus) -> Result<(), AwsError> {
        if self.own_key(user, id)?.status == status {
            return Ok(());
        }
        let now = self.now();
        let usable_from = later(now, self.settings.propagation);
        let keys = &mut self.stored_mut(user)?.keys;
        keys.change(now, |keys| {
            for key in keys.iter_mut().filter(|key| key.key.id == id) {
                key.key.status = status;
                key.usable_from = usable_from;
            }
        });
        Ok(())
    }

    /// Makes a key older or younger than it is.
    pub fn set_created(&mut self, id: &str, created: SystemTime) -> Result<(), AwsError> {
        self.stored_key_mut(id)?.key.created = created;
        Ok(())
    }

    /// Gives a key a use that no call made, or takes its uses away.
    pub fn set_last_used(&mut self, id: &str, last_used: Option<LastUse>) -> Result<(), AwsError> {
        self.stored_key_mut(id)?.key.last_used = last_used;
        Ok(())
    }

    /// The user whose key this is, and the key.
    pub fn key(&self, id: &str) -> Result<(User, Key), AwsError> {
        let (stored, key) = self.find_key(id).ok_or_else(|| AwsError::no_such_key(id))?;
        Ok((stored.user.clone(), key.key.clone()))
    }

    /// Whether IAM takes this pair at this moment.
    #[must_use]
    pub fn works(&self, id: &str, secret: &str) -> bool {
        self.signer(id).is_some_and(|signer| signer.secret.expose_secret() == secret)
    }

    /// The owner and the secret of a key that is listed, Active and known everywhere.
    pub(super) fn signer(&self, id: &str) -> Option<Signer> {
        let (stored, key) = self.find_key(id)?;
        let usable = key.key.status == KeyStatus::Active && key.usable_from <= self.now();
        usable.then(|| Signer {
            user: stored.user.clone(),
            administrator: stored.administrator,
            secret: key.secret.clone(),
        })
    }

    // -- tags

    /// A user's tags as they are, sorted by key.
    pub fn tags(&self, user: &str) -> Result<Vec<(String, String)>, AwsError> {
        Ok(self.stored(user)?.tags.get().clone())
    }

    /// A user's tags as ListUserTags shows them.
    pub fn listed_tags(&self, user: &str) -> Result<Vec<(String, String)>, AwsError> {
        let tags = &self.stored(user)?.tags;
        Ok(tags.seen(self.now(), self.settings.tag_lag).clone())
    }

    /// Adds tags and replaces those of the same key, all at once or none.
    ///
    /// Keys differ only in more than case; the case last given is kept (IAM user guide, "Tags for
    /// IAM resources"). Whether AWS writes several tags of one call at once is not published.
    pub fn tag_user(&mut self, user: &str, tags: &[(String, String)]) -> Result<(), AwsError> {
        names::tags(tags)?;
        let mut merged = self.stored(user)?.tags.get().clone();
        for (key, value) in tags {
            merged.retain(|(old, _)| old.to_lowercase() != key.to_lowercase());
            merged.push((key.clone(), value.clone()));
        }
        if merged.len() > TAGS_PER_USER {
            // The text is not published.
            let message = format!("Cannot exceed quota for TagsPerUser: {TAGS_PER_USER}");
            return Err(AwsError::new(409, "LimitExceeded", message));
        }
        merged.sort_by_key(|(key, _)| key.to_lowercase());
        let now = self.now();
        self.stored_mut(user)?.tags.change(now, |tags| *tags = merged);
        Ok(())
    }

    /// Removes tags; those that are not there are no error.
    pub fn untag_user(&mut self, user: &str, keys: &[String]) -> Result<(), AwsError> {
        let now = self.now();
        let gone: Vec<_> = keys.iter().map(|key| key.to_lowercase()).collect();
        let tags = &mut self.stored_mut(user)?.tags;
        tags.change(now, |tags| {
            tags.retain(|(key, _)| !gone.contains(&key.to_lowercase()));
        });
        Ok(())
    }

    pub(super) fn user_arn(&self, path: &str, name: &str) -> String {
        format!("arn:aws:iam::{}:user{path}{name}", self.settings.account_id)
    }

    // -- inside

    fn own_key(&self, user: &str, id: &str) -> Result<&Key, AwsError> {
        let keys = self.stored(user)?.keys.get();
        keys.iter().map(|key| &key.key).find(|key| key.id == id).ok_or_else(|| AwsError::no_such_key(id))
    }

    fn find_key(&self, id: &str) -> Option<(&StoredUser, &StoredKey)> {
        let stored = self.users.get(self.owners.get(id)?)?;
        let key = stored.keys.get().iter().find(|key| key.key.id == id)?;
        Some((stored, key))
    }

    fn stored_key_mut(&mut self, id: &str) -> Result<&mut StoredKey, AwsError> {
        let stored = self.owners.get(id).and_then(|owner| self.users.get_mut(owner));
        let key = stored.and_then(|stored| stored.keys.get_mut().iter_mut().find(|key| key.key.id == id));
        key.ok_or_else(|| AwsError::no_such_key(id))
    }

    /// Whether AWS finds a user under a name of another case is not published; here it does not.
    fn stored(&self, name: &str) -> Result<&StoredUser, AwsError> {
        self.users
            .get(&name.to_lowercase())
            .filter(|stored| stored.user.name == name)
            .ok_or_else(|| AwsError::no_such_user(name))
    }

    fn stored_mut(&mut self, name: &str) -> Result<&mut StoredUser, AwsError> {
        self.users
            .get_mut(&name.to_lowercase())
            .filter(|stored| stored.user.name == name)
            .ok_or_else(|| AwsError::no_such_user(name))
    }
}
