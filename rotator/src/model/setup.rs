//! What does not change in a world: times, kinds of store, and which deviations from the ideal it has.

use core::time::Duration;

use super::iam::Ticks;
use crate::{Adopt, Decision, Goal, Memory, Observation, Policy};

/// One tick, in the policy that `decide` is told.
pub const TICK: Duration = Duration::from_secs(60 * 60);

/// A world's rules.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Its name in the matrix.
    pub name: &'static str,
    /// Where the slots live.
    pub memory: Memory,
    /// What takes the pairs.
    pub store: Store,
    /// The store can be asked what it serves.
    pub reads: bool,
    /// The store tells whether it was written since PENDING was named, and no more.
    pub stamps: bool,
    /// What the store holds is noted beside PENDING even where the rotation is no longer open.
    pub notes_late: bool,
    /// The pair is stored by two writes, and a run may die between them.
    pub torn: bool,
    /// A second store gets each pair after the first one, and the first one alone is looked at.
    pub follower: bool,
    /// The store keeps the pair that it served before.
    pub keeps: bool,
    /// What people may ask for, instead of a rotation, as often as they may act.
    pub wishes: &'static [Wish],
    /// What the user has when the world begins.
    pub start: Start,
    /// The times of policy and driver.
    pub times: Times,
    /// How many runs may be at work at the same time: 1 or 2.
    pub runs: usize,
    /// When a run looks.
    pub looks: Looks,
    /// Each is a deviation from a world in which nothing goes wrong.
    pub allows: Allows,
    /// What people may do.
    pub people: &'static [Deed],
    /// How often.
    pub deeds: u8,
    /// The policy's `trust`.
    pub trust: bool,
    /// The policy's `adopt`.
    pub adopt: Adopt,
    /// Claims that this setup does not keep, as the documents say.
    pub waives: &'static [&'static str],
    /// The shipped [`decide`](crate::decide), or one that lacks a guard.
    pub decide: fn(&Observation, &Policy) -> Decision,
}

/// When a run looks, where it could go on from its last look and what came of its effect
/// ([`carry`](crate::carry)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// After each effect.
    EachTime,
    /// Only where it has to.
    Spared,
    /// As it likes, each time.
    Either,
}

/// What takes the pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// It says whether it has the pair, and refuses a write over one that the writer has not seen.
    Swaps,
    /// It says whether it has the pair; the last writer wins.
    Acknowledges,
    /// It takes the pair and says nothing; it may drop it.
    Pipeline,
}

/// What a user has when a world begins. All of it is old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// No key, nothing served, nothing written.
    Empty,
    /// One key, served and named.
    Named,
    /// Two keys, the newer served, both named.
    NamedWithLast,
    /// One key, served; nothing was ever written.
    Unmet,
    /// Two keys, the newer served; nothing was ever written.
    UnmetNewerServed,
    /// Two keys, the older served; nothing was ever written.
    UnmetOlderServed,
}

/// The policy's and the driver's times, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The policy's `max_age`.
    pub max_age: Ticks,
    /// The policy's `min_age`.
    pub min_age: Ticks,
    /// The policy's `retire`.
    pub retire: Option<Ticks>,
    /// The policy's `stray_after`.
    pub stray_after: Ticks,
    /// The policy's `settle`.
    pub settle: Ticks,
    /// Answers lag less than this, in truth.
    pub lag: Ticks,
    /// No effect of a run begins later.
    pub deadline: Ticks,
    /// A request lands at most so long after it was sent.
    pub timeout: Ticks,
    /// A job holds the pair it was given for at most so long.
    pub longest_job: Ticks,
}

/// The deviations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allows {
    /// Runs die, requests fail, answers are lost.
    pub faults: bool,
    /// Requests land after their run has given them up.
    pub late_requests: bool,
    /// The store says a clear no.
    pub rejections: bool,
    /// IAM's list is one change behind.
    pub stale_lists: bool,
    /// A reader's slots are one write behind.
    pub stale_slots: bool,
    /// The store's answer to what it serves is one write behind.
    pub stale_reads: bool,
    /// A last use shows late.
    pub late_use: bool,
    /// A last use cannot be read.
    pub unread_use: bool,
    /// A new key does not work everywhere at once.
    pub propagation: bool,
    /// Somebody who knows says what the store serves.
    pub words: bool,
    /// Jobs use what they hold, now and then.
    pub jobs: bool,
    /// Jobs use what is served all the time.
    pub eager_jobs: bool,
    /// The run signs with the first key that was served.
    pub own_key: bool,
    /// IAM's times are a tick off, either way.
    pub clock_off: bool,
    /// The slots' times are a tick off, either way.
    pub slots_clock_off: bool,
    /// Two CreateAccessKey at once may make three keys.
    pub beyond_quota: bool,
}

impl Allows {
    /// Nothing goes wrong; jobs use what they hold, now and then.
    pub const JOBS: Self = Self {
        faults: false,
        late_requests: false,
        rejections: false,
        stale_lists: false,
        stale_slots: false,
        stale_reads: false,
        late_use: false,
        unread_use: false,
        propagation: false,
        words: false,
        jobs: true,
        eager_jobs: false,
        own_key: false,
        clock_off: false,
        slots_clock_off: false,
        beyond_quota: false,
    };

    /// However often jobs run.
    pub fn nothing_wrong(self) -> bool {
        Self { jobs: true, eager_jobs: false, ..self } == Self::JOBS
    }
}

/// What a person may ask a run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// That LAST is served again.
    RollBack,
    /// That LAST works again.
    Revive,
    /// That CURRENT, which has leaked, is replaced and switched off.
    RevokeCurrent,
    /// That LAST, which has leaked, is switched off.
    RevokeLast,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Makes a key, if there is room.
    Creates,
    /// Uses the key that a person made.
    Uses,
    /// Uses a key that is not served.
    UsesOther,
    /// Deactivates what is served.
    Deactivates,
    /// Deletes what is served.
    Deletes,
    /// Deactivates the key that the slots name LAST or PENDING.
    DeactivatesOther,
    /// Deletes the key that the slots name LAST or PENDING.
    DeletesOther,
    /// Activates whatever is Inactive.
    Activates,
    /// Deletes the user and makes it anew.
    Recreates,
    /// Removes the memory.
    Wipes,
    /// Removes CURRENT's name from the memory.
    DropsCurrent,
    /// Swaps CURRENT and LAST in the memory. In a document that is its older version, restored.
    Swaps,
    /// Puts the pair of LAST back into the store.
    PutsBack,
}

impl Times {
    /// Everything that a run does happens within one tick.
    pub const QUICK: Self = Self {
        max_age: 2,
        min_age: 1,
        retire: None,
        stray_after: 1,
        settle: 1,
        lag: 1,
        deadline: 0,
        timeout: 0,
        longest_job: 1,
    };

    /// Runs last, and wait.
    pub const SLOW: Self = Self {
        max_age: 3,
        min_age: 2,
        retire: None,
        stray_after: 2,
        settle: 1,
        lag: 1,
        deadline: 1,
        timeout: 0,
        longest_job: 2,
    };

    /// From here on no age is told from a greater one: greater than all sums that are compared.
    pub fn cap(&self) -> Ticks {
        let sums = [self.max_age, self.min_age + self.stray_after, 2 * self.stray_after, self.longest_job];
        let quarantine = self.retire.unwrap_or_default();
        // What is compared where LAST is served again.
        let sums = sums.into_iter().chain([self.stray_after + self.settle]);
        sums.fold(quarantine, Ticks::max) + 1
    }
}

impl Setup {
    /// The policy that `decide` is told.
    pub fn policy(&self) -> Policy {
        let span = |ticks: Ticks| TICK * u32::from(ticks);
        let Times { max_age, min_age, retire, stray_after, settle, .. } = self.times;
        Policy {
            max_age: span(max_age),
            min_age: span(min_age),
            retire: retire.map(span),
            stray_after: span(stray_after),
            settle: span(settle),
            trust: self.trust,
            adopt: self.adopt,
            goal: Goal::Rotate,
        }
    }
}
