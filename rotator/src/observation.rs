//! What a run can know of one machine user at one moment. Ages, never clock times.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::Contradiction;

/// An access key's id, such as `AKIAIOSFODNN7EXAMPLE`. An id is not a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// Takes 16 to 128 letters, digits and underscores (IAM API reference, `AccessKey`).
    ///
    /// # Errors
    /// [`NotAKeyId`] for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAKeyId> {
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if (16..=128).contains(&text.len()) && text.bytes().all(word) {
            Ok(Self(String::from(text)))
        } else {
            Err(NotAKeyId)
        }
    }

    /// The id as IAM writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AccessKeyId {
    type Error = NotAKeyId;

    fn try_from(text: String) -> Result<Self, NotAKeyId> {
        Self::parse(&text)
    }
}

impl From<AccessKeyId> for String {
    fn from(id: AccessKeyId) -> Self {
        id.0
    }
}

/// The text is not an access key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAKeyId;

impl fmt::Display for NotAKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an access key id has 16 to 128 letters and digits")
    }
}

impl core::error::Error for NotAKeyId {}

/// Whether IAM accepts the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Status {
    /// Calls signed with it are accepted.
    Active,
    /// Switched off; it still counts against the quota of two (IAM user guide, quotas).
    Inactive,
}

/// When a key was last used, as far as IAM says. Recorded once per 15 minutes (IAM user guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Used {
    /// IAM answered, and has no use on record.
    Never,
    /// Used so long ago.
    #[cfg_attr(feature = "serde", serde(with = "crate::millis"))]
    Ago(Duration),
    /// The question was not answered. Never taken for `Never`.
    Unknown,
}

impl Used {
    /// Surely used within the last `span`; an unread use is not.
    #[must_use]
    pub fn within(self, span: Duration) -> bool {
        match self {
            Used::Ago(ago) => ago < span,
            Used::Never | Used::Unknown => false,
        }
    }
}

/// One key as IAM lists it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Key {
    /// Its id.
    pub id: AccessKeyId,
    /// Whether it works.
    pub status: Status,
    /// Since its CreateDate. A key from the future has age zero, which only waits longer.
    #[cfg_attr(feature = "serde", serde(rename = "age_ms", with = "crate::millis"))]
    pub age: Duration,
    /// Its last use.
    pub used: Used,
}

/// Who is CURRENT, who is LAST, and how far the next rotation has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slots {
    /// The key that the store serves.
    pub current: Option<AccessKeyId>,
    /// The key that it served before.
    pub last: Option<AccessKeyId>,
    /// The new key, which the store is to serve next *and may serve already*.
    pub pending: Option<AccessKeyId>,
    /// A rotation has begun: a key that appears now and is never used is a dead run's.
    pub open: bool,
    /// LAST's rest was begun anew when it had this status: the time is that of this note.
    pub resting: Option<Status>,
}

impl Slots {
    /// Whether nothing was ever named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a rotation has begun and not ended.
    #[must_use]
    pub fn under_way(&self) -> bool {
        self.open || self.pending.is_some()
    }

    /// Whether what a store holds that tells only that it was written is noted beside PENDING, which is to
    /// be named now: while the rotation is open nobody has named a key, so nobody has put one there, and even
    /// an old answer of the store is about what it holds.
    ///
    /// Where `open` was noted beside names, those were written so long ago. It may have been noted by a run
    /// that had not seen them: then what they name was put there a moment ago, and an answer that lags by up
    /// to `settle` may be older.
    #[must_use]
    pub fn notes_the_store(&self, beside: Option<Duration>, settle: Duration) -> bool {
        self.open && beside.is_none_or(|ago| ago >= settle)
    }

    /// Whether `id` is CURRENT, LAST or PENDING.
    #[must_use]
    pub fn names(&self, id: &AccessKeyId) -> bool {
        [&self.current, &self.last, &self.pending].into_iter().flatten().any(|named| named == id)
    }
}

/// Where slots live.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Memory {
    /// In the store, with the secrets; it can be read back.
    Document,
    /// Beside a store that cannot be read: names only (IAM user tags).
    #[default]
    Ledger,
    /// Nowhere; guessed from creation dates and last use.
    Dates,
}

/// What only this run knows: the key it made, if any, and who has seen its secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Hand {
    /// This run made no key.
    #[default]
    Empty,
    /// It asked for one and was not answered; whether IAM made it is not known.
    Asked,
    /// Made, and shown to nobody.
    Holds(AccessKeyId),
    /// It left this process; whether it arrived is not known.
    Sent(AccessKeyId),
    /// The store said that it has it.
    Stored(AccessKeyId),
}

impl Hand {
    /// The key this run made, whoever has it now.
    #[must_use]
    pub fn key(&self) -> Option<&AccessKeyId> {
        match self {
            Hand::Empty | Hand::Asked => None,
            Hand::Holds(id) | Hand::Sent(id) | Hand::Stored(id) => Some(id),
        }
    }
}

/// What is known, beside the slots, of what the store serves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Served {
    /// Nobody tells.
    #[default]
    Untold,
    /// The word: somebody who knows said it when the run began.
    Said(AccessKeyId),
    /// The store itself was asked in this look. `None`: it has no pair that works as one, or none yet.
    Read(Option<AccessKeyId>),
    /// The store tells only that it was written since PENDING was named.
    Changed,
    /// The store tells only that it was not written since PENDING was named.
    Unchanged,
}

impl Served {
    /// The key that the store is said or seen to serve.
    #[must_use]
    pub fn key(&self) -> Option<&AccessKeyId> {
        match self {
            Self::Said(id) | Self::Read(Some(id)) => Some(id),
            Self::Untold | Self::Read(None) | Self::Changed | Self::Unchanged => None,
        }
    }

    /// Whether it is known that the store does not serve this key, which is named PENDING.
    #[must_use]
    pub fn rules_out(&self, pending: &AccessKeyId) -> bool {
        match self {
            Self::Said(id) => id != pending,
            Self::Read(id) => id.as_ref() != Some(pending),
            Self::Unchanged => true,
            Self::Untold | Self::Changed => false,
        }
    }

    /// Whether a person said it.
    #[must_use]
    pub fn is_said(&self) -> bool {
        matches!(self, Self::Said(_))
    }

    /// Whether it was read from the store, in this look.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Read(_))
    }

    /// Whether the store told anything by itself, in this look.
    #[must_use]
    pub fn is_from_store(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Changed | Self::Unchanged)
    }
}

/// The facts of one look, before they are checked against each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Facts {
    /// The user's UserId is the one that the slots were written for.
    pub same_user: bool,
    /// IAM's list.
    pub keys: Vec<Key>,
    /// Where the slots live.
    pub memory: Memory,
    /// The slots as read. Ignored for [`Memory::Dates`], which has none.
    pub slots: Slots,
    /// Since the slots were last written; `None` if they never were.
    #[cfg_attr(feature = "serde", serde(rename = "written_ms", with = "crate::millis::maybe"))]
    pub written: Option<Duration>,
    /// What only this run knows.
    pub hand: Hand,
    /// The store takes what it is given, as far as is known.
    pub writable: bool,
    /// What the store serves, where somebody says so or where a store beside a ledger can be asked.
    pub served: Served,
    /// The store has LAST's pair, so that it can serve it again.
    pub kept: bool,
    /// The key of this user that the run itself signs with.
    pub own: Option<AccessKeyId>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            same_user: true,
            keys: Vec::new(),
            memory: Memory::default(),
            slots: Slots::default(),
            written: None,
            hand: Hand::Empty,
            writable: true,
            served: Served::Untold,
            kept: false,
            own: None,
        }
    }
}

/// Facts that do not contradict each other: the only thing that [`decide`](crate::decide) takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Facts", into = "Facts"))]
pub struct Observation(Facts);

impl Observation {
    /// Checks the facts against each other.
    ///
    /// # Errors
    /// A [`Contradiction`]: such facts come from a broken reader, and nothing may be decided on them.
    ///
    /// ```
    /// use core::time::Duration;
    /// use rotator::*;
    ///
    /// # let id = AccessKeyId::parse("AKIA___________1")?;
    /// let slots = Slots { current: Some(id.clone()), ..Slots::default() };
    /// let facts = Facts { slots: slots.clone(), written: Some(Duration::ZERO), ..Facts::default() };
    /// assert!(Observation::new(facts.clone()).is_ok());
    ///
    /// let rejected = |facts| Observation::new(facts).unwrap_err();
    /// let untimed = Facts { written: None, ..facts.clone() };
    /// assert_eq!(rejected(untimed), Contradiction::SlotsWithoutTime);
    ///
    /// let twice = Facts { slots: Slots { last: Some(id.clone()), ..slots }, ..facts.clone() };
    /// assert_eq!(rejected(twice), Contradiction::OneKeyInTwoSlots);
    ///
    /// let word = Facts { served: Served::Said(id.clone()), ..facts };
    /// assert_eq!(
    ///     rejected(Facts { memory: Memory::Document, ..word.clone() }),
    ///     Contradiction::ToldBesideDocument
    /// );
    /// assert_eq!(rejected(Facts { hand: Hand::Holds(id), ..word }), Contradiction::WordWithKeyInHand);
    /// # Ok::<(), NotAKeyId>(())
    /// ```
    pub fn new(facts: Facts) -> Result<Self, Contradiction> {
        let Facts { keys, memory, slots, written, hand, served, .. } = &facts;
        let named: Vec<_> = [&slots.current, &slots.last, &slots.pending].into_iter().flatten().collect();
        if repeats(&named) {
            return Err(Contradiction::OneKeyInTwoSlots);
        }
        if repeats(&keys.iter().map(|key| &key.id).collect::<Vec<_>>()) {
            return Err(Contradiction::KeyListedTwice);
        }
        if *served != Served::Untold && *memory == Memory::Document {
            return Err(Contradiction::ToldBesideDocument);
        }
        if served.is_from_store() && *memory == Memory::Dates {
            return Err(Contradiction::ReadWithoutLedger);
        }
        if facts.kept && *memory == Memory::Dates {
            return Err(Contradiction::KeptWithoutMemory);
        }
        if served.is_said() && hand.key().is_some() {
            return Err(Contradiction::WordWithKeyInHand);
        }
        if *memory != Memory::Dates && !slots.is_empty() && written.is_none() {
            return Err(Contradiction::SlotsWithoutTime);
        }
        Ok(Self(facts))
    }

    /// The facts.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.0
    }

    /// The listed key with this id.
    #[must_use]
    pub fn key(&self, id: &AccessKeyId) -> Option<&Key> {
        self.0.keys.iter().find(|key| key.id == *id)
    }
}

impl TryFrom<Facts> for Observation {
    type Error = Contradiction;

    fn try_from(facts: Facts) -> Result<Self, Contradiction> {
        Self::new(facts)
    }
}

impl From<Observation> for Facts {
    fn from(observation: Observation) -> Self {
        observation.0
    }
}

fn repeats(ids: &[&AccessKeyId]) -> bool {
    ids.iter().enumerate().any(|(at, id)| ids.iter().skip(at + 1).any(|other| other == id))
}
