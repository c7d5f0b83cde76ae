//! Where slots live, as the shipped stores keep them: the names with their time, and beside them, with
//! a time of its own, the note that a rotation has begun.

use super::iam::{Id, Ticks};
use crate::{Memory, Status};

/// CURRENT, LAST and PENDING by number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Names {
    pub current: Option<Id>,
    pub last: Option<Id>,
    pub pending: Option<Id>,
    pub open: bool,
    pub resting: Option<Status>,
}

/// The memory as it is, and as it was before the latest write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Slots {
    now: Version,
    /// What readers get whom the latest write has not reached, and how long ago that was.
    before: Option<(Version, Ticks)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Version {
    names: Names,
    /// Since the names were written, if ever: a ledger's writer notes the time, a store stamps it.
    at: Option<Ticks>,
    /// Since a rotation was opened, and which CURRENT and PENDING were named then.
    open: Option<(Ticks, [Option<Id>; 2])>,
    /// Since LAST's rest was begun anew, of which CURRENT and LAST that was, and LAST's status.
    rest: Option<(Ticks, [Option<Id>; 2], Status)>,
    /// The note was made later than the names. Kept, since old ages are all alike.
    reopened: bool,
    /// The user of this name for whom all this was written.
    user: u8,
    /// Over what in the store PENDING is to be put, where the store tells that it was written.
    over: Option<Revision>,
}

/// What was in the store at some time, seen from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Revision {
    /// Nothing was written since.
    Latest,
    /// One write came since, and not all readers have it.
    Before,
    /// What no reader gets any more.
    Older,
}

impl Revision {
    /// The store was written.
    pub fn written(&mut self) {
        *self = match self {
            Self::Latest => Self::Before,
            Self::Before | Self::Older => Self::Older,
        };
    }

    /// All readers have the latest write.
    pub fn settle(&mut self) {
        if *self == Self::Before {
            *self = Self::Older;
        }
    }
}

/// What a reader makes of the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    pub names: Names,
    pub written: Option<Ticks>,
    /// Since the names were written beside which a note of its own says `open`.
    pub beside: Option<Ticks>,
    pub user: u8,
    pub over: Option<Revision>,
}

impl Slots {
    /// As they are.
    pub fn read(&self, memory: Memory) -> Read {
        self.now.read(memory)
    }

    /// As a reader sees them whom the latest write has not reached, if it may be so.
    pub fn read_before(&self, memory: Memory) -> Option<Read> {
        self.before.map(|(version, _)| version.read(memory))
    }

    /// The names are written, by somebody who sent them so long ago.
    pub fn write(&mut self, memory: Memory, names: Names, over: Option<Revision>, sent: Ticks, user: u8) {
        let at = if memory == Memory::Document { 0 } else { sent };
        self.change(|version| Version { names, at: Some(at), user, over, ..version });
    }

    /// A rotation is opened, beside the names that its run had seen.
    pub fn open(&mut self, beside: Names, sent: Ticks, user: u8) {
        let open = Some((sent, [beside.current, beside.pending]));
        self.change(|version| Version { open, user, ..version });
    }

    /// LAST's rest begins anew, beside the names that its run had seen.
    pub fn rest(&mut self, beside: Names, status: Status, sent: Ticks, user: u8) {
        let rest = Some((sent, [beside.current, beside.last], status));
        self.change(|version| Version { rest, user, ..version });
    }

    /// Everything is gone.
    pub fn wipe(&mut self) {
        self.change(|_| Version::default());
    }

    /// Long ago, these names were written.
    pub fn begin(&mut self, names: Names, at: Ticks) {
        self.now = Version { names, at: Some(at), ..Version::default() };
    }

    fn change(&mut self, how: impl FnOnce(Version) -> Version) {
        self.before = Some((self.now, 0));
        self.now = how(self.now);
        // Naming PENDING or CURRENT closes what was open; at the same time counts as later.
        let Version { at, open, .. } = self.now;
        self.now.reopened = open.is_some_and(|(open, _)| at.is_none_or(|names| open < names));
    }

    /// A tick passes. Answers lag less than `lag` ticks; more than `cap` ticks are all alike.
    pub fn tick(&mut self, lag: Ticks, cap: Ticks) {
        let tick = |age: Ticks| age.saturating_add(1).min(cap);
        self.now.tick(cap);
        self.before = self.before.filter(|(_, age)| tick(*age) < lag).map(|(mut version, age)| {
            version.tick(cap);
            (version, tick(age))
        });
    }

    /// The notes of what the store held, to be aged.
    pub fn each_over(&mut self) -> impl Iterator<Item = &mut Revision> {
        let before = self.before.iter_mut().map(|(version, _)| &mut version.over);
        [&mut self.now.over].into_iter().chain(before).flatten()
    }

    /// Lets nobody see an older version.
    pub fn settle(&mut self) {
        self.before = None;
    }

    pub fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        self.now.each_id(visit);
        if let Some((version, _)) = &mut self.before {
            version.each_id(visit);
        }
    }
}

impl Version {
    /// The two shipped memories read the note beside the names each in its own way.
    fn read(&self, memory: Memory) -> Read {
        let mut names = self.names;
        let at = self.open.map(|(at, _)| at);
        match memory {
            Memory::Ledger => names.open |= self.reopened,
            // The note is about one rotation, away from one CURRENT.
            Memory::Document => {
                let beside = self.open.map(|(_, beside)| beside);
                names.open = beside == Some([names.current, names.pending]);
            }
            Memory::Dates => {}
        }
        // The note is about these two keys; once one of them has changed it is history.
        let rest = self.rest.filter(|(_, beside, _)| *beside == [names.current, names.last]);
        names.resting = rest.map(|(_, _, status)| status);
        let rested = self.rest.map(|(at, ..)| at);
        let written = [self.at, at, rested].into_iter().flatten().min();
        let beside = self.at.filter(|_| self.reopened);
        Read { names, written, beside, user: self.user, over: self.over }
    }

    fn tick(&mut self, cap: Ticks) {
        let tick = |age: &mut Ticks| *age = age.saturating_add(1).min(cap);
        self.at.iter_mut().for_each(tick);
        self.open.iter_mut().for_each(|(at, _)| tick(at));
        self.rest.iter_mut().for_each(|(at, ..)| tick(at));
    }

    fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        self.names.each_id(visit);
        self.open.iter_mut().flat_map(|(_, beside)| beside).flatten().for_each(&mut *visit);
        self.rest.iter_mut().flat_map(|(_, beside, _)| beside).flatten().for_each(visit);
    }
}

impl Names {
    /// Whether a rotation has begun and not ended.
    pub fn under_way(self) -> bool {
        self.open || self.pending.is_some()
    }

    pub fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        let Self { current, last, pending, .. } = self;
        [current, last, pending].into_iter().flatten().for_each(visit);
    }
}
