//! Where the slots are written. A ledger's readers may be one write behind for a while.

use rotator::Slots;

use super::Time;

/// All versions of the slots.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    versions: Vec<Version>,
}

/// The slots as they were once.
#[derive(Debug, Clone, Default)]
pub struct Version {
    pub slots: Slots,
    /// The time that the writer wrote down.
    pub written: Option<Time>,
    /// When the names were written that a note of its own may say `open` beside.
    pub named: Option<Time>,
    /// The user they were written for.
    pub user: u32,
    /// When the store was written, as it told when PENDING was named, where that was noted.
    pub over: Option<Time>,
    pub landed: Time,
}

static NOTHING: Version = Version {
    slots: Slots { current: None, last: None, pending: None, open: false, resting: None },
    written: None,
    named: None,
    user: 0,
    over: None,
    landed: 0,
};

impl Ledger {
    pub fn begin(&mut self, slots: Slots, at: Time) {
        let (written, named) = (Some(at), Some(at));
        self.versions.push(Version { slots, written, named, user: 0, over: None, landed: at });
    }

    pub fn count(&self) -> usize {
        self.versions.len()
    }

    /// What the slots say in truth.
    pub fn truth(&self) -> &Version {
        self.versions.last().unwrap_or(&NOTHING)
    }

    pub fn lags(&self, now: Time, lag: Time) -> bool {
        self.versions.last().is_some_and(|last| now < last.landed + lag)
    }

    /// What a reader gets who has seen `seen` versions already: no older one.
    pub fn read(&self, now: Time, lag: Time, stale: bool, seen: usize) -> (usize, Version) {
        let fresh = self.versions.len();
        let behind = stale && self.lags(now, lag);
        let count = if behind { (fresh - 1).max(seen).min(fresh) } else { fresh };
        let version = count.checked_sub(1).and_then(|last| self.versions.get(last));
        (count, version.cloned().unwrap_or_default())
    }

    /// A write lands. Times only go forward: `open` stands beside the slots, with a time of its own, and the
    /// later of the two counts.
    pub fn write(&mut self, version: Version) {
        let written = self.truth().written.max(version.written);
        self.versions.push(Version { written, ..version });
    }
}
