//! Stores that hold the slots themselves, as one.

use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Effect, Slots, Status};

use crate::clock::ServerClock;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::file::{self, JsonFile};
use crate::store::secretsmanager::{self, SecretsManager};
use crate::store::{Promises, Undelivered};

/// A store that is its own memory.
#[derive(Debug)]
pub enum Documents {
    /// AWS Secrets Manager.
    SecretsManager(SecretsManager),
    /// A JSON file.
    File(JsonFile),
}

/// One user's document as read.
#[derive(Debug, Clone, Default)]
pub enum Document {
    /// Nothing was read yet.
    #[default]
    Unread,
    /// A secret.
    SecretsManager(secretsmanager::Document),
    /// A member of a file.
    File(file::Document),
}

impl Documents {
    /// What it can and cannot do.
    #[must_use]
    pub fn promises(&self) -> Promises {
        match self {
            Self::SecretsManager(_) => SecretsManager::PROMISES,
            Self::File(file) => file.promises(),
        }
    }

    /// Where a user's pairs are, for a person.
    #[must_use]
    pub fn name(&self, user: &User) -> String {
        match self {
            Self::SecretsManager(store) => format!("secretsmanager:{}", store.name(user)),
            Self::File(file) => file.name(user),
        }
    }

    /// What to mend where the slots contradict each other, for a person.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Self::SecretsManager(_) => "mend the stages of the secret, then run again",
            Self::File(_) => "mend the user's member of the file, then run again",
        }
    }

    /// So long ago, by the store's own clock where it has one.
    #[must_use]
    pub fn since(&self, at: SystemTime) -> Duration {
        match self {
            Self::SecretsManager(store) => store.clock().since(at),
            Self::File(_) => ServerClock::default().since(at),
        }
    }

    /// Reads the slots.
    ///
    /// # Errors
    /// A call that failed, or a document that is not ours to write.
    pub async fn read(&self, user: &User) -> Result<Document, Failure> {
        match self {
            Self::SecretsManager(store) => store.read(user).await.map(Document::SecretsManager),
            Self::File(file) => file.read(user).await.map(Document::File),
        }
    }

    /// Writes names and notes, without a secret.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn write(
        &self,
        user: &User,
        seen: &Document,
        effect: &Effect,
        after: &Slots,
    ) -> Result<(), Failure> {
        match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(seen)) => {
                if let Effect::Rest(last) = effect {
                    let status = after.resting.unwrap_or(Status::Active);
                    store.write_rest(user, seen, last, status).await
                } else {
                    store.write_names(user, seen, after).await
                }
            }
            (Self::File(file), Document::File(seen)) => file.write_names(user, seen, after).await,
            (_, _) => Err(self.unread(user)),
        }
    }

    /// Stores the pair as PENDING.
    ///
    /// # Errors
    /// [`Undelivered`].
    pub async fn stage(&self, user: &User, seen: &Document, pair: &Pair) -> Result<(), Undelivered> {
        let staged = match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(_)) => store.stage(user, pair).await,
            (Self::File(file), Document::File(seen)) => file.stage(user, seen, pair).await,
            (_, _) => Err(self.unread(user)),
        };
        staged.map_err(|failure| match (self, &failure.class) {
            (_, Class::StoreRejected(_)) => Undelivered::Rejected(failure),
            // Found under the file's lock, before anything was written.
            (Self::File(_), Class::Conflict) => Undelivered::Stale(failure),
            // Once the secret has left, only a clear no says that nobody has it.
            (_, _) => Undelivered::Unclear(failure),
        })
    }

    /// The staged pair, for a run that did not make it.
    ///
    /// # Errors
    /// A call that failed, or nothing is staged.
    pub async fn staged(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(seen)) => store.staged(user, seen).await,
            (Self::File(file), Document::File(seen)) => file.staged(user, seen).await,
            (_, _) => Err(self.unread(user)),
        }
    }

    /// LAST's pair.
    ///
    /// # Errors
    /// A call that failed, or LAST's pair was never stored.
    pub async fn previous(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(seen)) => {
                store.last_pair(user, seen).await
            }
            (Self::File(file), Document::File(seen)) => file.previous(user, seen).await,
            (_, _) => Err(self.unread(user)),
        }
    }

    /// Notes that PENDING comes into force now, for stores that do not keep that time by themselves.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn announce(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(seen)) => store.announce(user, seen).await,
            (Self::File(_), _) => Ok(()),
            (_, _) => Err(self.unread(user)),
        }
    }

    /// PENDING, which was announced, becomes CURRENT.
    ///
    /// # Errors
    /// A call that failed; [`Class::Conflict`] if somebody else was first.
    pub async fn promote(&self, user: &User, seen: &Document, after: &Slots) -> Result<(), Failure> {
        match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(seen)) => store.promote(user, seen).await,
            (Self::File(file), Document::File(seen)) => file.promote(user, seen, after).await,
            (_, _) => Err(self.unread(user)),
        }
    }

    /// CURRENT and LAST change places.
    ///
    /// # Errors
    /// A call that failed; [`Class::Conflict`] if somebody else was first.
    pub async fn restore(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        match (self, seen) {
            (Self::SecretsManager(store), Document::SecretsManager(seen)) => store.restore(user, seen).await,
            (Self::File(file), Document::File(seen)) => file.restore(user, seen).await,
            (_, _) => Err(self.unread(user)),
        }
    }

    fn unread(&self, user: &User) -> Failure {
        Failure::new(Class::Conflict, format!("write {}", self.name(user)), "it was not read before")
    }
}

impl Document {
    /// Who is who.
    #[must_use]
    pub fn slots(&self) -> Slots {
        match self {
            Self::Unread => Slots::default(),
            Self::SecretsManager(document) => document.slots.clone(),
            Self::File(document) => document.slots.clone(),
        }
    }

    /// When it was last written, if it ever was.
    #[must_use]
    pub fn written(&self) -> Option<SystemTime> {
        match self {
            Self::Unread => None,
            Self::SecretsManager(document) => document.written,
            Self::File(document) => document.written,
        }
    }

    /// It was written for another user of this name.
    #[must_use]
    pub fn other_user(&self) -> bool {
        match self {
            Self::Unread => false,
            Self::SecretsManager(document) => document.other_user,
            Self::File(document) => document.other_user,
        }
    }

    /// Whether nothing of this but the slots changes where a rotation is opened. A file is compared as a whole
    /// when it is written again.
    pub(crate) fn keeps_up_with_open(&self) -> bool {
        match self {
            Self::SecretsManager(document) => document.has_a_version(),
            Self::Unread | Self::File(_) => false,
        }
    }

    /// Takes down that this key's pair was stored as PENDING. Whether that is all that has changed.
    pub(crate) fn staged(&mut self, id: &AccessKeyId) -> bool {
        match self {
            Self::SecretsManager(document) => {
                document.staged(id);
                true
            }
            Self::Unread | Self::File(_) => false,
        }
    }

    /// It holds LAST's pair, not its name alone.
    #[must_use]
    pub fn keeps_last(&self) -> bool {
        match self {
            Self::Unread => false,
            Self::SecretsManager(document) => document.keeps_last(),
            Self::File(document) => document.keeps_last(),
        }
    }
}
