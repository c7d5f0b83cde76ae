//! What can be decided: one thing to do, a wait, a refusal, or nothing.

use core::time::Duration;

use crate::{AccessKeyId, Key, Slots};

/// One thing to do. Each has one commit point: a single call that took hold or did not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Effect {
    /// Slots write: names the keys of a user met for the first time, and opens the first rotation.
    Adopt {
        /// The key that jobs use.
        current: AccessKeyId,
        /// The other one, if there are two.
        last: Option<AccessKeyId>,
        /// Whether the rotation begins with the same write.
        open: bool,
    },
    /// Slots write: a rotation has begun.
    Open,
    /// IAM CreateAccessKey, sent once.
    Create,
    /// Slots write: names the new key PENDING; a document takes its secret too.
    Stage(AccessKeyId),
    /// Hands the proved pair to a store that cannot be read back.
    Publish(AccessKeyId),
    /// Slots write: the key becomes CURRENT, CURRENT becomes LAST. In a document, once the key is
    /// proved, this is the publication.
    Promote(AccessKeyId),
    /// Slots write: LAST's rest begins anew, so that no run takes it for so long; or its quarantine, if it
    /// is switched off.
    Rest(AccessKeyId),
    /// Store write, once the key is proved: LAST is served again. In a document CURRENT and LAST change
    /// places with it.
    Restore(AccessKeyId),
    /// IAM UpdateAccessKey, to Active.
    Activate(AccessKeyId),
    /// IAM UpdateAccessKey, to Inactive.
    Deactivate(AccessKeyId),
    /// IAM DeleteAccessKey.
    Delete(AccessKeyId),
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Decision {
    /// Do this, then look again.
    Perform(Effect),
    /// Look again after so long, at the earliest.
    Wait(Pause, #[cfg_attr(feature = "serde", serde(with = "crate::millis"))] Duration),
    /// Nothing is due.
    Done,
    /// A person has to say or to do something first.
    Refuse(Refusal),
}

/// Why waiting is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Pause {
    /// IAM's list may not show the latest change yet.
    ListMayLag,
    /// The slots were written so recently that another run may be at work.
    SlotsAreNew,
    /// A run may be handing this key to the store right now.
    InFlight(AccessKeyId),
    /// Jobs that took this key when it was served may still run.
    MayBeInUse(AccessKeyId),
    /// A run that found this key rested may be taking it away right now.
    MayBeTaken(AccessKeyId),
    /// The user is met for the first time, and this key is too new to tell which one jobs use.
    TooNew(AccessKeyId),
    /// IAM did not say when this key was last used.
    UseUnreadable(AccessKeyId),
}

/// Why no rotation is right until a person acts.
///
/// ```
/// use rotator::*;
///
/// // Whose key is it? Nothing was opened, so no run of ours can have made it.
/// let key = |id: &str, used| {
///     let age = core::time::Duration::from_secs(86_400);
///     Key { id: AccessKeyId::parse(id).unwrap(), status: Status::Active, age, used }
/// };
/// let (ours, theirs) = (key("AKIA________OURS", Used::Never), key("AKIA______THEIRS", Used::Never));
/// let facts = Facts {
///     slots: Slots { current: Some(ours.id.clone()), ..Slots::default() },
///     written: Some(ours.age),
///     keys: vec![ours, theirs.clone()],
///     ..Facts::default()
/// };
/// let refused = Decision::Refuse(Refusal::UnknownKey(theirs.id));
/// assert_eq!(decide(&Observation::new(facts)?, &Policy::default()), refused);
/// assert_eq!(refused.code(), "unknown-key");
/// # Ok::<(), Contradiction>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Refusal {
    /// The user was deleted and made anew since the slots were written.
    AnotherUser,
    /// More than two keys.
    TooManyKeys,
    /// CURRENT is not in IAM's list, or the memory names LAST and no CURRENT.
    CurrentMissing(Option<AccessKeyId>),
    /// CURRENT is switched off.
    CurrentInactive(AccessKeyId),
    /// Two keys, and nothing tells which one jobs use.
    AmbiguousCurrent,
    /// A key that no run of ours can have made.
    UnknownKey(AccessKeyId),
    /// A run ended while it handed this key to the store.
    MaybeServed(AccessKeyId),
    /// The store serves nothing, and this CURRENT is not due.
    NothingServed(AccessKeyId),
    /// The store takes nothing.
    StoreRejects,
    /// The key to be taken is the one that this run signs with.
    OwnKey(AccessKeyId),
    /// The key that was asked about is not LAST, or it is gone.
    NotLast(AccessKeyId),
    /// LAST is switched off, so it cannot be served.
    LastInactive(AccessKeyId),
    /// The store does not have LAST's pair.
    NotKept(AccessKeyId),
}

impl Slots {
    /// The slots once `effect` took hold, where IAM lists `keys`. Effects that write no slots leave
    /// them as they are.
    ///
    /// ```
    /// # use rotator::*;
    /// # let (k1, k2) = (AccessKeyId::parse("AKIA___________1")?, AccessKeyId::parse("AKIA___________2")?);
    /// let before = Slots { current: Some(k1.clone()), open: true, ..Slots::default() };
    ///
    /// let staged = before.after(&Effect::Stage(k2.clone()), &[]);
    /// assert_eq!((&staged.pending, staged.open), (&Some(k2.clone()), false));
    ///
    /// // Open is written beside PENDING: a late one never erases it.
    /// assert_eq!(staged.after(&Effect::Open, &[]).pending, Some(k2.clone()));
    ///
    /// let promoted = staged.after(&Effect::Promote(k2.clone()), &[]);
    /// assert_eq!(promoted, Slots { current: Some(k2), last: Some(k1), ..Slots::default() });
    /// # Ok::<(), NotAKeyId>(())
    /// ```
    #[must_use]
    pub fn after(&self, effect: &Effect, keys: &[Key]) -> Self {
        let lives = |id: &&AccessKeyId| keys.iter().any(|key| key.id == **id);
        match effect {
            Effect::Adopt { current, last, open } => {
                // Open stands beside the names; only Stage and Promote take it back.
                let open = *open || self.open;
                Self {
                    current: Some(current.clone()),
                    last: last.clone(),
                    pending: None,
                    open,
                    resting: None,
                }
            }
            Effect::Open => Self { open: true, ..self.clone() },
            Effect::Stage(id) => Self { pending: Some(id.clone()), open: false, ..self.clone() },
            Effect::Promote(id) => {
                // A name whose key is gone is not worth LAST's place.
                let before = [&self.current, &self.last].into_iter().flatten().filter(|other| *other != id);
                let last = before.clone().find(lives).or(before.clone().next());
                let current = Some(id.clone());
                Self { current, last: last.cloned(), pending: None, open: false, resting: None }
            }
            Effect::Rest(id) => {
                let resting = keys.iter().find(|key| key.id == *id).map(|key| key.status);
                Self { resting, ..self.clone() }
            }
            // What stands beside the two names stays.
            Effect::Restore(id) => {
                let last = self.current.clone().filter(|current| current != id);
                Self { current: Some(id.clone()), last, resting: None, ..self.clone() }
            }
            Effect::Create
            | Effect::Publish(_)
            | Effect::Activate(_)
            | Effect::Deactivate(_)
            | Effect::Delete(_) => self.clone(),
        }
    }
}
