//! What is remembered of a user, and what its store tells.

use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Memory, Served, Slots};

use crate::failure::Failure;
use crate::iam::User;
use crate::ledger;
use crate::store::documents::Document;
use crate::store::{Adapter, Reading, Serves};
use crate::target::{Shared, Target};

/// The memory as read.
pub(super) struct Read {
    pub slots: Slots,
    pub written: Option<Duration>,
    /// The same as a time, by the clock of whoever wrote it.
    pub written_at: Option<SystemTime>,
    /// Since the names were written that a note may say `open` beside.
    pub named: Option<Duration>,
    pub same_user: bool,
    /// The store has LAST's pair.
    pub kept: bool,
    pub document: Document,
    /// Over what in the store PENDING was to be put, where that was noted.
    over: Option<String>,
}

impl Read {
    /// Asks whatever remembers.
    pub(super) async fn of(shared: &Shared, user: &User) -> Result<Self, Failure> {
        match &shared.target {
            Target::Document(store) => {
                let document = store.read(user).await?;
                Ok(Self {
                    slots: document.slots(),
                    written: document.written().map(|at| store.since(at)),
                    written_at: document.written(),
                    named: None,
                    same_user: !document.other_user(),
                    kept: document.keeps_last(),
                    document,
                    over: None,
                })
            }
            Target::HandOver { memory: Memory::Dates, .. } => Ok(Self::nothing()),
            Target::HandOver { memory: Memory::Ledger | Memory::Document, .. } => {
                Self::ledger(shared, user).await
            }
            Target::Store(store) => {
                let read = Self::ledger(shared, user).await?;
                let keeps = store.promises().keeps_previous && !shared.last_is_lost;
                let kept = keeps && read.slots.last.is_some();
                Ok(Self { kept, ..read })
            }
        }
    }

    async fn ledger(shared: &Shared, user: &User) -> Result<Self, Failure> {
        let iam = &shared.iam;
        let ledger = ledger::read(user, &iam.tags(user).await?)?;
        let [written, named] = [ledger.written, ledger.named].map(|at| at.map(|at| iam.clock.since(at)));
        let written_at = ledger.written;
        let ledger::Ledger { slots, same_user, over, .. } = ledger;
        Ok(Self { slots, written, written_at, named, same_user, over, ..Self::nothing() })
    }

    fn nothing() -> Self {
        Self {
            slots: Slots::default(),
            written: None,
            written_at: None,
            named: None,
            same_user: true,
            kept: false,
            document: Document::default(),
            over: None,
        }
    }

    /// What is known of what the store serves: what it tells, what somebody says, and whether it was written
    /// since PENDING was named.
    pub(super) fn served(&self, reading: Option<&Reading>, word: Option<&AccessKeyId>) -> Served {
        let told = reading.map(|reading| (&reading.serves, reading.revision.as_deref()));
        match (told, word) {
            (Some((Serves::Key(id), _)), _) => Served::Read(Some(id.clone())),
            // Of parts of two pairs no job has use: no key is served.
            (Some((Serves::Nothing | Serves::Torn, _)), _) => Served::Read(None),
            (Some((Serves::Untold, _)) | None, Some(word)) => Served::Said(word.clone()),
            (Some((Serves::Untold, Some(revision))), None) if self.slots.pending.is_some() => {
                match &self.over {
                    Some(over) if *over == ledger::note(revision) => Served::Unchanged,
                    Some(_) => Served::Changed,
                    None => Served::Untold,
                }
            }
            (Some((Serves::Untold, _)) | None, None) => Served::Untold,
        }
    }
}

/// What a store beside a ledger tells.
pub(super) async fn reading(shared: &Shared, user: &User) -> Result<Option<Reading>, Failure> {
    match &shared.target {
        Target::Store(store) => store.read(user).await.map(Some),
        Target::Document(_) | Target::HandOver { .. } => Ok(None),
    }
}
