//! What all users of a run share: who runs it, where pairs go, and the limits.

use std::time::Duration;

use rotator::{Limits, Memory, Refusal};

use crate::aws::Caller;
use crate::iam::Iam;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::store::beside::Stores;
use crate::store::compare::HAND_OVER;
use crate::store::documents::Documents;
use crate::store::handover::HandOver;
use crate::store::{Adapter, Promises, Tells};
use crate::turns::Turns;

/// Where pairs go, and with it where the slots live.
#[derive(Debug)]
pub enum Target {
    /// A store that holds the slots itself.
    Document(Documents),
    /// A store of one pair for each user, with the slots in a ledger of tags.
    Store(Stores),
    /// Handed over to a pipeline, with the slots in a ledger of tags or, as the ancestor does it, nowhere.
    HandOver {
        /// stdout or a document.
        to: HandOver,
        /// [`Memory::Ledger`] or [`Memory::Dates`].
        memory: Memory,
        /// Delivered counts as stored.
        trust: bool,
    },
}

impl Target {
    /// The kind of memory.
    #[must_use]
    pub fn memory(&self) -> Memory {
        match self {
            Self::Document(_) => Memory::Document,
            Self::Store(_) => Memory::Ledger,
            Self::HandOver { memory, .. } => *memory,
        }
    }

    /// What the place where pairs go promises.
    #[must_use]
    pub fn promises(&self) -> Promises {
        match self {
            Self::Document(store) => store.promises(),
            Self::Store(store) => store.promises(),
            Self::HandOver { .. } => HAND_OVER,
        }
    }

    /// Whose next step a person takes where a run refuses: in a store that tells what it serves, a pair is
    /// put, and no word is said about it.
    #[must_use]
    pub fn words_for(&self, refusal: &Refusal) -> Memory {
        let put = matches!(
            refusal,
            Refusal::CurrentMissing(_)
                | Refusal::CurrentInactive(_)
                | Refusal::NotKept(_)
                | Refusal::UnknownKey(_)
        );
        match self {
            Self::Store(store) if put && store.promises().tells == Tells::Key => Memory::Document,
            Self::Document(_) | Self::Store(_) | Self::HandOver { .. } => self.memory(),
        }
    }

    /// Whether pairs can still go there, as far as is known.
    pub(crate) fn takes(&self) -> bool {
        match self {
            Self::Document(_) | Self::Store(_) => true,
            Self::HandOver { to, .. } => to.takes(),
        }
    }
}

/// What all users of a run share.
#[derive(Debug)]
pub struct Shared {
    /// Who runs this.
    pub caller: Caller,
    /// IAM.
    pub iam: Iam,
    /// Where pairs go.
    pub target: Target,
    /// The driver's times.
    pub limits: Limits,
    /// Set when the run is told to stop.
    pub stop: Stop,
    /// How long IAM's and the store's answers may lag.
    pub settle: Duration,
    /// Whose turn it is to hand over.
    pub turns: Turns,
    /// A store that keeps the pair before was asked for LAST's, and does not have it: it is older than the
    /// store, say.
    pub last_is_lost: bool,
}

impl Shared {
    /// For users of one account.
    #[must_use]
    pub fn new(caller: Caller, iam: Iam, target: Target, settings: &Settings, stop: Stop) -> Self {
        let (limits, settle) = (settings.limits.clone(), settings.policy.settle);
        Self { caller, iam, target, limits, stop, settle, turns: Turns::default(), last_is_lost: false }
    }
}
