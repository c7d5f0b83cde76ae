//! The kinds of rotation: what a user and its memory are like when the struck run begins.

use core::time::Duration;

use rotator::{AccessKeyId, Goal, Memory, Policy};

use crate::faulty::{At, Fault, Strike};
use crate::place::{Pipeline, Place, Settled, Start, Store, Told};
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
    /// `rotator rollback` soon after a rotation.
    RollBack,
    /// The same once LAST has rested, so that a run may be about to take it.
    RollBackRested,
    /// The same once its rest was begun anew, and whoever was about to take it has.
    RollBackWaited,
    /// `rotator revoke` of CURRENT while LAST can be served in its place.
    RevokeCurrent,
    /// The same once LAST has rested: CURRENT is replaced.
    RevokeReplaced,
    RevokeLast,
    /// `rotator revive` of a LAST that was switched off.
    Revive,
}

impl Kind {
    pub const ALL: [Self; 19] = [
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
        Self::RollBack,
        Self::RollBackRested,
        Self::RollBackWaited,
        Self::RevokeCurrent,
        Self::RevokeReplaced,
        Self::RevokeLast,
        Self::Revive,
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
            Self::Adopt => store.memory == Memory::Ledger && !store.can_be_asked(),
            Self::RollBack | Self::RollBackRested | Self::RollBackWaited => store.keeps_last(),
            Self::RevokeCurrent => store.keeps_last(),
            // With a delivery that counts as stored, what has leaked is off before the pipeline has read
            // the new pair: that is what trust means.
            Self::RevokeReplaced if store.is_trusted() => false,
            // Use comes with time, and with time LAST has rested.
            Self::RevokeReplaced | Self::RevokeLast | Self::Revive => {
                store.memory != Memory::Dates && store.settled != Settled::Use
            }
        }
    }

    pub fn start(self) -> Start {
        match self {
            Self::Empty | Self::Current | Self::Pending | Self::Stray => Start::Empty,
            Self::ConfirmNew | Self::ConfirmOld => Start::Empty,
            Self::OneUnmet | Self::CurrentAndLast | Self::Deactivate | Self::Retired => Start::One,
            Self::RollBack | Self::RollBackRested | Self::RollBackWaited => Start::One,
            Self::RevokeCurrent | Self::RevokeReplaced | Self::RevokeLast | Self::Revive => Start::One,
            Self::TwoUnmet => Start::Two,
            Self::Adopt => Start::Ambiguous,
        }
    }

    pub fn policy(self, store: &Store) -> Policy {
        let trust = store.memory == Memory::Dates && store.settled == Settled::Answer;
        let settle = Duration::from_secs(5);
        let plain = Policy { settle, trust, ..Policy::default() };
        match self {
            Self::Deactivate | Self::Retired | Self::Revive => {
                Policy { max_age: 30 * DAY, retire: Some(7 * DAY), ..plain }
            }
            Self::Empty | Self::OneUnmet | Self::TwoUnmet | Self::Current | Self::CurrentAndLast => plain,
            Self::Pending | Self::Stray | Self::ConfirmNew | Self::ConfirmOld | Self::Adopt => plain,
            Self::RollBack | Self::RollBackRested | Self::RollBackWaited => plain,
            Self::RevokeCurrent | Self::RevokeReplaced | Self::RevokeLast => plain,
        }
    }

    /// Brings a user with this start to where the struck run begins. What it is told.
    pub async fn prepare<P: Place>(self, place: &P) -> Result<Told, String> {
        let word = |place: &P| place.served().map_or(Told::Nothing, Told::Word);
        match self {
            Self::Empty | Self::OneUnmet | Self::TwoUnmet => return Ok(Told::Nothing),
            Self::Adopt => return Ok(word(place)),
            Self::RollBack | Self::RollBackRested | Self::RollBackWaited => {
                return self.roll_back(place).await;
            }
            Self::RevokeCurrent | Self::RevokeReplaced | Self::RevokeLast => {
                let rest = if self == Self::RevokeReplaced { 13 * HOUR } else { 2 * HOUR };
                let Slots { current, last } = rotated_twice(place, rest).await?;
                return Ok(Told::Goal(Goal::Revoke(if self == Self::RevokeLast { last } else { current })));
            }
            Self::Revive => {
                let last = place.served().ok_or("nothing is served")?;
                rotated(place).await?;
                clean_run(place, &Told::Nothing).await?;
                if place.works(&last) {
                    return Err("LAST was not switched off".into());
                }
                return Ok(Told::Goal(Goal::Revive(last)));
            }
            Self::Current | Self::CurrentAndLast | Self::Deactivate => rotated(place).await?,
            Self::Retired => {
                rotated(place).await?;
                clean_run(place, &Told::Nothing).await?;
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
        let says = matches!(self, Self::ConfirmNew | Self::ConfirmOld);
        Ok(if says { word(place) } else { Told::Nothing })
    }

    async fn roll_back<P: Place>(self, place: &P) -> Result<Told, String> {
        let rest = if self == Self::RollBack { 2 * HOUR } else { 13 * HOUR };
        let told = Told::Goal(Goal::RollBack(rotated_twice(place, rest).await?.last));
        if self == Self::RollBackWaited {
            clean_run(place, &told).await?;
            pass(place, HOUR)?;
        }
        Ok(told)
    }

    async fn dies_after<P: Place>(self, place: &P, effect: &'static str) -> Result<(), String> {
        let strike = Strike { effect, nth: 1, fault: Fault::KilledAfter, at: At::Seam };
        let pipeline = if self == Self::ConfirmOld { Pipeline::Drops } else { Pipeline::Stores };
        let (ran, _) = silent_run(place, &Told::Nothing, Some(strike), pipeline).await?;
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

/// What two rotations made.
struct Slots {
    current: AccessKeyId,
    last: AccessKeyId,
}

/// Two whole rotations, so that LAST's pair too came from a run, and so much time.
async fn rotated_twice<P: Place>(place: &P, rest: Duration) -> Result<Slots, String> {
    rotated(place).await?;
    let last = place.served().ok_or("nothing is served")?;
    clean_run(place, &Told::Nothing).await?;
    let current = place.served().filter(|current| *current != last).ok_or("no rotation")?;
    pass(place, rest)?;
    Ok(Slots { current, last })
}

/// One whole rotation, and a rest.
async fn rotated<P: Place>(place: &P) -> Result<(), String> {
    settle(place, 1).await?;
    if place.store().memory == Memory::Ledger && place.store().settled == Settled::Use {
        // Jobs have used it by now.
        clean_run(place, &Told::Nothing).await?;
        pass(place, 13 * HOUR)?;
    }
    Ok(())
}
