//! The kinds of rotation: what a user and its memory are like when the struck run begins.

use rotator::{AccessKeyId, Memory, Policy};

use crate::faulty::{At, Fault, Strike};
use crate::place::{Pipeline, Place, Settled, Start, Store, To};
use crate::play::{DAY, HOUR, clean_run, pass, settle, silent_run};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The first rotation of a user without keys.
    Empty,
    /// A user with one key, never met.
    OneUnmet,
    /// A user with two keys, never met.
    TwoUnmet,
    /// CURRENT alone.
    Current,
    CurrentAndLast,
    /// A run died after it handed PENDING over.
    Pending,
    /// A run died after it made a key.
    Stray,
    /// LAST has rested, and is to be switched off.
    Deactivate,
    /// LAST was switched off long ago; CURRENT is due.
    Retired,
    /// `rotator confirm` for a PENDING that the pipeline stored.
    ConfirmNew,
    /// `rotator confirm` for CURRENT: the pipeline dropped PENDING.
    ConfirmOld,
    /// `rotator adopt` for a user with two keys that nothing tells apart.
    Adopt,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Empty,
        Self::OneUnmet,
        Self::TwoUnmet,
        Self::Current,
        Self::CurrentAndLast,
        Self::Pending,
        Self::Stray,
        Self::Deactivate,
        Self::Retired,
        Self::ConfirmNew,
        Self::ConfirmOld,
        Self::Adopt,
    ];

    /// Only a ledger takes a word, and without a memory there is no LAST to retire and no stray.
    pub fn occurs(self, store: &Store) -> bool {
        match self {
            Self::Empty | Self::OneUnmet | Self::TwoUnmet => true,
            Self::Current | Self::CurrentAndLast | Self::Pending => true,
            Self::Stray | Self::Deactivate | Self::Retired => store.memory != Memory::Dates,
            // An acknowledged pair is promoted at once, so nothing is left to confirm.
            Self::ConfirmNew | Self::ConfirmOld => {
                store.memory == Memory::Ledger && store.settled != Settled::Answer
            }
            // What a store serves that can be asked is nobody's word.
            Self::Adopt => store.memory == Memory::Ledger && store.to != To::ParameterStore,
        }
    }

    pub fn start(self) -> Start {
        match self {
            Self::Empty | Self::Current | Self::Pending | Self::Stray => Start::Empty,
            Self::ConfirmNew | Self::ConfirmOld => Start::Empty,
            Self::OneUnmet | Self::CurrentAndLast | Self::Deactivate | Self::Retired => Start::One,
            Self::TwoUnmet => Start::Two,
            Self::Adopt => Start::Ambiguous,
        }
    }

    pub fn policy(self, store: &Store) -> Policy {
        let trust = store.memory == Memory::Dates && store.settled == Settled::Answer;
        let settle = core::time::Duration::from_secs(5);
        let plain = Policy { settle, trust, ..Policy::default() };
        match self {
            Self::Deactivate | Self::Retired => Policy { max_age: 30 * DAY, retire: Some(7 * DAY), ..plain },
            Self::Empty | Self::OneUnmet | Self::TwoUnmet | Self::Current | Self::CurrentAndLast => plain,
            Self::Pending | Self::Stray | Self::ConfirmNew | Self::ConfirmOld | Self::Adopt => plain,
        }
    }

    /// Brings a user with this start to where the struck run begins. The word that it is told.
    pub async fn prepare<P: Place>(self, place: &P) -> Result<Option<AccessKeyId>, String> {
        match self {
            Self::Empty | Self::OneUnmet | Self::TwoUnmet => return Ok(None),
            Self::Adopt => return Ok(place.served()),
            Self::Current | Self::CurrentAndLast | Self::Deactivate => rotated(place).await?,
            Self::Retired => {
                rotated(place).await?;
                clean_run(place, None).await?;
                pass(place, 31 * DAY)?;
            }
            Self::Pending | Self::Stray | Self::ConfirmNew | Self::ConfirmOld => {
                rotated(place).await?;
                let effect = match (self, place.store().memory) {
                    (Self::Stray, _) => "create",
                    (_, Memory::Document) => "stage",
                    (_, Memory::Ledger | Memory::Dates) => "publish",
                };
                self.dies_after(place, effect).await?;
            }
        }
        let word = matches!(self, Self::ConfirmNew | Self::ConfirmOld);
        Ok(place.served().filter(|_| word))
    }

    async fn dies_after<P: Place>(self, place: &P, effect: &'static str) -> Result<(), String> {
        let strike = Strike { effect, nth: 1, fault: Fault::KilledAfter, at: At::Seam };
        let pipeline = if self == Self::ConfirmOld { Pipeline::Drops } else { Pipeline::Stores };
        let (ran, _) = silent_run(place, None, Some(strike), pipeline).await?;
        if ran.hits != 1 || ran.outcome.is_some() {
            return Err(format!("no run died after {effect}: {ran:?}"));
        }
        if matches!(self, Self::ConfirmNew | Self::ConfirmOld) {
            // No job has run since.
            place.pass(3 * HOUR);
            return Ok(());
        }
        pass(place, 3 * HOUR)
    }
}

/// One whole rotation, and a rest.
async fn rotated<P: Place>(place: &P) -> Result<(), String> {
    settle(place, 1).await?;
    if place.store().memory == Memory::Ledger && place.store().settled == Settled::Use {
        // Jobs have used it by now.
        clean_run(place, None).await?;
        pass(place, 13 * HOUR)?;
    }
    Ok(())
}
