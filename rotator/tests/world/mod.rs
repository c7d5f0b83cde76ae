//! A small reference world of one machine user, for tests: IAM, the slots, the store, people, and runs
//! that are driven by the real `decide`. A bystander who knows everything judges each moment by
//! `CLAIMS`. Time is in milliseconds since the world began.

#![allow(dead_code, unused_imports, reason = "each test uses a part of the world")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

/// Adds a line to the story, if there is one to be told: most histories are told to nobody.
macro_rules! tell {
    ($world:expr, $($line:tt)+) => {
        if $world.telling {
            let line = format!($($line)+);
            $world.story.push(line);
        }
    };
}

mod iam;
mod judge;
mod land;
mod people;
mod run;
mod settle;
mod slots;
mod store;
mod tell;

use core::time::Duration;
use std::collections::BTreeMap;

use rotator::*;

pub use iam::Iam;
pub use people::Person;
pub use run::{Blur, Fate, Run, Step};
pub use settle::Settled;
pub use tell::{Tell, story};

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(86_400);

/// Milliseconds since the world began.
pub type Time = u64;

/// What a user has when its history begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// No key, nothing served, nothing written.
    Empty,
    /// One key, served; the slots name it, where there are slots.
    Named,
    /// Two keys, the newer served; the slots name both.
    NamedWithLast,
    /// One key, served; nothing was ever written.
    Unmet,
    /// Two keys, the newer served; nothing was ever written.
    UnmetNewerServed,
    /// Two keys, the older served; nothing was ever written.
    UnmetOlderServed,
}

/// What does not change in a history.
#[derive(Debug, Clone)]
pub struct Setup {
    pub memory: Memory,
    /// The store is a pipeline: a delivery is never acknowledged, may be slow, may be dropped.
    pub pipeline: bool,
    /// A store beside a ledger that can be asked what it serves.
    pub reads: bool,
    /// A store beside a ledger that tells when it was written, in dates as coarse as this, and no more.
    pub stamps: Option<Time>,
    /// The store has LAST's pair, and can serve it again.
    pub keeps: bool,
    /// A document store that refuses a write over one that the writer has not seen.
    pub compare_and_swap: bool,
    pub start: Start,
    pub policy: Policy,
    pub limits: Limits,
    /// Runs go on from their last look and what came of their effect, where they can.
    pub spares_looks: bool,
    /// Runs sign with the first key that is served.
    pub signs: bool,
    /// Jobs use what is served all the time, not only where the history says so.
    pub eager: bool,
    /// IAM does not record a use this soon after one that it recorded.
    pub coarse: Time,
}

impl Setup {
    pub fn of(memory: Memory, start: Start, policy: Policy, deadline: Duration) -> Self {
        let limits = Limits::new(deadline, &policy).unwrap();
        Self {
            memory,
            pipeline: false,
            reads: false,
            stamps: None,
            keeps: false,
            compare_and_swap: false,
            start,
            policy,
            limits,
            spares_looks: true,
            signs: false,
            eager: false,
            coarse: 0,
        }
    }

    /// The longest job that these times allow for: LAST rests from the time that the promoting run
    /// wrote down, which is before its request landed.
    pub fn longest_job(&self) -> Time {
        let landing = self.limits.request_timeout() + 2 * Limits::CLOCK_ERROR;
        millis(self.policy.min_age.saturating_sub(landing))
    }

    /// IAM's and the ledger's answers lag less than this: `settle`, and what rounding takes from it.
    pub fn lag(&self) -> Time {
        millis(self.policy.settle).saturating_sub(1_000)
    }
}

pub fn millis(span: Duration) -> Time {
    u64::try_from(span.as_millis()).unwrap()
}

pub fn id(number: u32) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA__________{number:02}")).unwrap()
}

/// The world.
#[derive(Debug, Clone)]
pub struct World {
    pub setup: Setup,
    pub now: Time,
    pub iam: Iam,
    slots: slots::Ledger,
    /// What jobs get when they start.
    pub served: Option<AccessKeyId>,
    /// What it was before, and until when.
    served_before: (Option<AccessKeyId>, Time),
    writes: store::Writes,
    /// When the store stopped serving a key.
    left: Vec<(AccessKeyId, Time)>,
    /// Pairs on their way through a pipeline.
    deliveries: Vec<(Time, AccessKeyId)>,
    /// Requests whose run has given them up, and when they land.
    late: Vec<(Time, run::Request)>,
    pub runs: [Option<Run>; 2],
    signs_with: Option<AccessKeyId>,
    /// The key that the store serves again, as a run had it, for as long as the ledger names another.
    restored: Option<AccessKeyId>,
    people: people::Deeds,
    /// A run began while another one was at work, or its requests or their traces on their way.
    two_began: bool,
    /// An adoption landed on slots that another run had written since. Without compare-and-swap this
    /// may need a person; it never takes what is served.
    adopted_over: bool,
    /// What the last look decided.
    pub decision: Option<Decision>,
    /// How often each effect, pause and refusal occurred, and what else histories must not be without.
    pub seen: BTreeMap<&'static str, u64>,
    /// Keys that runs made and that came to be served, in order.
    pub rotated: Vec<AccessKeyId>,
    /// What happened, for whoever reads a failure.
    pub story: Vec<String>,
    pub telling: bool,
    /// The first claim that did not hold.
    pub broken: Option<&'static str>,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        // Old enough that nothing about the beginning is new.
        let policy = &setup.policy;
        let old = policy.max_age + policy.min_age + policy.stray_after + policy.retire.unwrap_or_default();
        let old = 2 * millis(old) + 1_000_000;
        let mut world = Self {
            now: 2 * old,
            iam: Iam::default(),
            slots: slots::Ledger::default(),
            served: None,
            served_before: (None, 0),
            writes: store::Writes::default(),
            left: Vec::new(),
            deliveries: Vec::new(),
            late: Vec::new(),
            runs: [None, None],
            signs_with: None,
            restored: None,
            people: people::Deeds::default(),
            two_began: false,
            adopted_over: false,
            decision: None,
            seen: BTreeMap::new(),
            rotated: Vec::new(),
            story: Vec::new(),
            telling: true,
            broken: None,
            setup,
        };
        world.begin(old);
        world
    }

    fn begin(&mut self, old: Time) {
        use Start::{Empty, Named, NamedWithLast, UnmetNewerServed, UnmetOlderServed};
        let start = self.setup.start;
        if start == Empty {
            return;
        }
        let first = self.iam.add(0, 0);
        let mut served = first.clone();
        if matches!(start, NamedWithLast | UnmetNewerServed | UnmetOlderServed) {
            let second = self.iam.add(old, 0);
            if start != UnmetOlderServed {
                self.left.push((first.clone(), old + 1_000));
                self.iam.used(&first, old, 0);
                served = second;
            }
        }
        if matches!(start, Named | NamedWithLast) && self.setup.memory != Memory::Dates {
            let last = (served != first).then(|| first.clone());
            let slots = Slots { current: Some(served.clone()), last, ..Slots::default() };
            self.slots.begin(slots, old + 1_000);
        }
        self.iam.used(&served, self.now, 0);
        self.signs_with = self.setup.signs.then(|| served.clone());
        self.served = Some(served);
    }

    /// Time passes, and what is on its way arrives.
    pub fn pass(&mut self, span: Time) {
        let end = self.now + span;
        loop {
            let landing = self.late.iter().map(|(at, _)| *at);
            let arriving = self.deliveries.iter().map(|(at, _)| *at);
            let Some(at) = landing.chain(arriving).min().filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            if let Some(index) = self.deliveries.iter().position(|(due, _)| *due == at) {
                let (_, key) = self.deliveries.remove(index);
                tell!(self, "{}: the pipeline stores {key}", self.now);
                self.serve(key);
                self.judge_now();
            } else if let Some(index) = self.late.iter().position(|(due, _)| *due == at) {
                let (_, request) = self.late.remove(index);
                tell!(self, "{}: {} lands late", self.now, request.effect);
                let _ = self.land(&request);
            }
        }
        self.now = end;
        self.work();
        self.judge_now();
    }

    /// The keys that a job may hold: what is served, and what was served less than a longest job ago.
    pub fn held_by_jobs(&self) -> Vec<AccessKeyId> {
        let job = self.setup.longest_job();
        let left = self.left.iter().filter(|(_, at)| self.now < at + job).map(|(id, _)| id);
        self.served.iter().chain(left).cloned().collect()
    }

    /// A job uses the `nth` of the keys that a job may hold.
    pub fn job(&mut self, nth: usize) {
        if let Some(key) = self.held_by_jobs().get(nth).cloned() {
            tell!(self, "{}: a job uses {key}", self.now);
            self.iam.used(&key, self.now, self.setup.coarse);
        }
    }

    /// Eager jobs use what is served all the time.
    fn work(&mut self) {
        if let (true, Some(served)) = (self.setup.eager, self.served.clone()) {
            let often = millis(self.setup.policy.min_age) / 4;
            let created = self.iam.key(&served).map_or(self.now, |key| key.created);
            self.iam.used(&served, (self.now - often).max(created), self.setup.coarse);
            self.iam.used(&served, self.now, self.setup.coarse);
        }
    }

    fn hear(&mut self, word: &'static str) {
        *self.seen.entry(word).or_default() += 1;
    }

    fn on_the_way(&self) -> bool {
        !self.late.is_empty() || !self.deliveries.is_empty()
    }
}
