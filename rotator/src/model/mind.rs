//! Between the world's numbers and the pure function's own types: each observation is decided once,
//! judged once, and remembered.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::hash::Quick;
use super::iam::{Id, QUOTA, Ticks};
use super::memory::Names;
use super::setup::{Setup, TICK};
use crate::{
    AccessKeyId, Became, CLAIMS, Decision, Effect, Facts, Goal, Hand, Holds, Key, Memory, Observation,
    Policy, Refusal, Served, Slots, Status, Used, carry,
};

/// The claim that the shipped function answers: true of it, and not to be asked of one without a guard.
pub const SAME_ANSWER: &str = "same-answer";

/// What a run sees, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seen {
    pub same_user: bool,
    pub keys: [Option<SeenKey>; QUOTA + 1],
    pub names: Names,
    pub written: Option<Ticks>,
    pub hand: Held,
    pub writable: bool,
    pub told: Told,
    /// The store has LAST's pair.
    pub kept: bool,
    pub own: Option<Id>,
    pub asked: Asked,
}

/// What is known of what the store serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Told {
    #[default]
    Nothing,
    Said(Id),
    Read(Option<Id>),
    Changed(bool),
}

/// What a run was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Asked {
    #[default]
    Rotate,
    RollBack(Id),
    Revive(Id),
    Revoke(Id),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeenKey {
    pub id: Id,
    pub status: Status,
    pub age: Ticks,
    /// `Err`: unread.
    pub used: Result<Option<Ticks>, ()>,
}

/// What a run holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    Empty,
    Asked,
    Holds(Id),
    Sent(Id),
    Stored(Id),
}

/// What is decided, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Adopt { current: Id, last: Option<Id>, open: bool },
    Open,
    Create,
    Stage(Id),
    Publish(Id),
    Promote(Id),
    Rest(Id),
    Restore(Id),
    Activate(Id),
    Deactivate(Id),
    Delete(Id),
}

/// A decision, and what is to be known about it.
#[derive(Debug, Clone)]
pub struct Answer {
    pub decision: Decision,
    pub says: Says,
    /// The claim about one decision that does not hold.
    pub broken: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Do this; the names that it leaves.
    Perform(Act, Names),
    /// Look again after so many ticks.
    Wait(Ticks),
    Done,
    Refuse,
    /// The facts contradict each other: no driver goes on from there.
    Nothing,
}

/// Decides, and remembers.
pub struct Mind {
    setup: Setup,
    policy: Policy,
    known: HashMap<Seen, Answer, Quick>,
    carried: HashMap<(Seen, Act, Became), Option<Seen>, Quick>,
}

impl Mind {
    pub fn new(setup: &Setup) -> Self {
        Self { setup: *setup, policy: setup.policy(), known: HashMap::default(), carried: HashMap::default() }
    }

    /// The different observations that were decided.
    pub fn seen(&self) -> impl Iterator<Item = Seen> {
        self.known.keys().copied()
    }

    pub fn decide(&mut self, seen: &Seen) -> &Answer {
        let Self { setup, policy, known, .. } = self;
        known.entry(*seen).or_insert_with(|| answer(setup, policy, seen))
    }

    /// What a run goes on from without another look, as the shipped function says it.
    pub fn carry(&mut self, seen: &Seen, act: Act, became: &Became) -> Option<Seen> {
        let Self { setup, policy, .. } = self;
        let carried = || {
            let (seen_in_words, policy) = (observation(setup.memory, seen)?, seen.asked.of(policy));
            let next = carry(&seen_in_words, &Effect::from(act), became, &policy)?;
            Some(Seen::of(next.facts(), seen.asked))
        };
        *self.carried.entry((*seen, act, became.clone())).or_insert_with(carried)
    }
}

/// The observation in the pure function's own types.
pub fn observation(memory: Memory, seen: &Seen) -> Option<Observation> {
    let keys = seen.keys.iter().flatten().map(|key| Key {
        id: name(key.id),
        status: key.status,
        age: span(key.age),
        used: match key.used {
            Err(()) => Used::Unknown,
            Ok(None) => Used::Never,
            Ok(Some(ago)) => Used::Ago(span(ago)),
        },
    });
    let facts = Facts {
        same_user: seen.same_user,
        keys: keys.collect(),
        memory,
        slots: seen.names.slots(),
        written: seen.written.map(span),
        hand: seen.hand.into(),
        writable: seen.writable,
        served: match seen.told {
            Told::Nothing => Served::Untold,
            Told::Said(id) => Served::Said(name(id)),
            Told::Read(id) => Served::Read(id.map(name)),
            Told::Changed(true) => Served::Changed,
            Told::Changed(false) => Served::Unchanged,
        },
        kept: seen.kept,
        own: seen.own.map(name),
    };
    Observation::new(facts).ok()
}

impl Seen {
    /// The same in numbers.
    fn of(facts: &Facts, asked: Asked) -> Self {
        let mut keys = [None; QUOTA + 1];
        for (place, key) in keys.iter_mut().zip(&facts.keys) {
            let used = match key.used {
                Used::Unknown => Err(()),
                Used::Never => Ok(None),
                Used::Ago(ago) => Ok(Some(ticks(ago))),
            };
            *place = Some(SeenKey { id: number(&key.id), status: key.status, age: ticks(key.age), used });
        }
        Self {
            same_user: facts.same_user,
            keys,
            names: Names::of(&facts.slots),
            written: facts.written.map(ticks),
            hand: Held::from(&facts.hand),
            writable: facts.writable,
            told: match &facts.served {
                Served::Untold => Told::Nothing,
                Served::Said(id) => Told::Said(number(id)),
                Served::Read(id) => Told::Read(id.as_ref().map(number)),
                Served::Changed => Told::Changed(true),
                Served::Unchanged => Told::Changed(false),
            },
            kept: facts.kept,
            own: facts.own.as_ref().map(number),
            asked,
        }
    }

    /// As far as it is carried on: worlds that differ in the rest are one world.
    pub fn without_use(mut self) -> Self {
        self.keys.iter_mut().flatten().for_each(|key| key.used = Err(()));
        self
    }

    pub fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        self.keys.iter_mut().flatten().for_each(|key| visit(&mut key.id));
        self.names.each_id(visit);
        self.hand.key_mut().into_iter().for_each(&mut *visit);
        match &mut self.told {
            Told::Said(id) | Told::Read(Some(id)) => visit(id),
            Told::Nothing | Told::Read(None) | Told::Changed(_) => {}
        }
        self.own.iter_mut().for_each(&mut *visit);
        self.asked.id_mut().into_iter().for_each(visit);
    }
}

fn answer(setup: &Setup, policy: &Policy, seen: &Seen) -> Answer {
    let Some(observation) = observation(setup.memory, seen) else {
        return Answer { decision: Decision::Done, says: Says::Nothing, broken: None };
    };
    let policy = &seen.asked.of(policy);
    let decision = (setup.decide)(&observation, policy);
    let broken = CLAIMS.iter().find(|claim| match claim.holds {
        Holds::Decision(holds) => claim.name != SAME_ANSWER && !holds(&observation, policy, &decision),
        Holds::Moment(_) => false,
    });
    let facts = observation.facts();
    let says = match &decision {
        Decision::Perform(effect) => {
            Says::Perform(effect.into(), Names::of(&facts.slots.after(effect, &facts.keys)))
        }
        Decision::Wait(_, span) => Says::Wait(ticks(*span)),
        Decision::Done => Says::Done,
        Decision::Refuse(_) => Says::Refuse,
    };
    Answer { decision, says, broken: broken.map(|claim| claim.name) }
}

impl Answer {
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.decision {
            Decision::Refuse(refusal) => Some(refusal),
            Decision::Perform(_) | Decision::Wait(..) | Decision::Done => None,
        }
    }
}

impl Asked {
    /// The policy of a run that was asked for this, as the command line makes it.
    pub fn of(self, policy: &Policy) -> Policy {
        let (goal, max_age) = match self {
            Self::Rotate => (Goal::Rotate, policy.max_age),
            Self::RollBack(id) => (Goal::RollBack(name(id)), policy.max_age),
            Self::Revive(id) => (Goal::Revive(name(id)), policy.max_age),
            Self::Revoke(id) => (Goal::Revoke(name(id)), Duration::ZERO),
        };
        Policy { goal, max_age, ..policy.clone() }
    }

    pub fn id_mut(&mut self) -> Option<&mut Id> {
        match self {
            Self::Rotate => None,
            Self::RollBack(id) | Self::Revive(id) | Self::Revoke(id) => Some(id),
        }
    }
}

impl Held {
    pub fn key(self) -> Option<Id> {
        match self {
            Self::Empty | Self::Asked => None,
            Self::Holds(id) | Self::Sent(id) | Self::Stored(id) => Some(id),
        }
    }

    pub fn key_mut(&mut self) -> Option<&mut Id> {
        match self {
            Self::Empty | Self::Asked => None,
            Self::Holds(id) | Self::Sent(id) | Self::Stored(id) => Some(id),
        }
    }
}

impl From<Held> for Hand {
    fn from(held: Held) -> Self {
        match held {
            Held::Empty => Self::Empty,
            Held::Asked => Self::Asked,
            Held::Holds(id) => Self::Holds(name(id)),
            Held::Sent(id) => Self::Sent(name(id)),
            Held::Stored(id) => Self::Stored(name(id)),
        }
    }
}

impl From<&Hand> for Held {
    fn from(hand: &Hand) -> Self {
        match hand {
            Hand::Empty => Self::Empty,
            Hand::Asked => Self::Asked,
            Hand::Holds(id) => Self::Holds(number(id)),
            Hand::Sent(id) => Self::Sent(number(id)),
            Hand::Stored(id) => Self::Stored(number(id)),
        }
    }
}

impl From<&Effect> for Act {
    fn from(effect: &Effect) -> Self {
        match effect {
            Effect::Adopt { current, last, open } => {
                Self::Adopt { current: number(current), last: last.as_ref().map(number), open: *open }
            }
            Effect::Open => Self::Open,
            Effect::Create => Self::Create,
            Effect::Stage(id) => Self::Stage(number(id)),
            Effect::Publish(id) => Self::Publish(number(id)),
            Effect::Promote(id) => Self::Promote(number(id)),
            Effect::Rest(id) => Self::Rest(number(id)),
            Effect::Restore(id) => Self::Restore(number(id)),
            Effect::Activate(id) => Self::Activate(number(id)),
            Effect::Deactivate(id) => Self::Deactivate(number(id)),
            Effect::Delete(id) => Self::Delete(number(id)),
        }
    }
}

impl From<Act> for Effect {
    fn from(act: Act) -> Self {
        match act {
            Act::Adopt { current, last, open } => {
                Self::Adopt { current: name(current), last: last.map(name), open }
            }
            Act::Open => Self::Open,
            Act::Create => Self::Create,
            Act::Stage(id) => Self::Stage(name(id)),
            Act::Publish(id) => Self::Publish(name(id)),
            Act::Promote(id) => Self::Promote(name(id)),
            Act::Rest(id) => Self::Rest(name(id)),
            Act::Restore(id) => Self::Restore(name(id)),
            Act::Activate(id) => Self::Activate(name(id)),
            Act::Deactivate(id) => Self::Deactivate(name(id)),
            Act::Delete(id) => Self::Delete(name(id)),
        }
    }
}

impl Names {
    pub fn slots(self) -> Slots {
        let Self { current, last, pending, open, resting } = self;
        let [current, last, pending] = [current, last, pending].map(|id| id.map(name));
        Slots { current, last, pending, open, resting }
    }

    fn of(slots: &Slots) -> Self {
        let Slots { current, last, pending, open, resting } = slots;
        let number = |slot: &Option<AccessKeyId>| slot.as_ref().map(number);
        let (open, resting) = (*open, *resting);
        Self { current: number(current), last: number(last), pending: number(pending), open, resting }
    }
}

/// So many ticks, as `decide` sees them.
pub fn span(ticks: Ticks) -> Duration {
    TICK * u32::from(ticks)
}

/// A span of `decide`'s, in whole ticks, rounded up.
fn ticks(span: Duration) -> Ticks {
    let ticks = span.as_secs().div_ceil(TICK.as_secs());
    Ticks::try_from(ticks).unwrap_or(Ticks::MAX)
}

/// The key's id, made once for each number.
pub fn name(id: Id) -> AccessKeyId {
    static NAMES: OnceLock<Vec<AccessKeyId>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        (0..=u8::MAX).filter_map(|number| AccessKeyId::parse(&format!("AKIA{number:_>16}")).ok()).collect()
    });
    #[expect(clippy::indexing_slicing, reason = "there is one name for each u8")]
    names[usize::from(id.number())].clone()
}

/// The number in an id that `name` made.
pub fn number(id: &AccessKeyId) -> Id {
    let digits = id.as_str().trim_start_matches("AKIA").trim_start_matches('_');
    Id::nth(digits.parse().unwrap_or_default())
}
