//! What rotation promises, as data: a name, a sentence, a predicate. Tests over histories, the fault
//! runs and the tables in the documents all read this one list.

use core::time::Duration;

use crate::{
    AccessKeyId, Decision, Effect, Facts, Goal, Hand, Key, Memory, Observation, Policy, Refusal, Served,
    Status, Used, decide,
};

/// One promise.
#[derive(Clone, Copy)]
pub struct Claim {
    /// Its name, the same in tests, journal and documents.
    pub name: &'static str,
    /// The promise, in one sentence.
    pub says: &'static str,
    /// What is looked at.
    pub holds: Holds,
}

/// What a claim speaks about.
#[derive(Clone, Copy)]
pub enum Holds {
    /// One decision, on any observation, reachable or not.
    Decision(fn(&Observation, &Policy, &Decision) -> bool),
    /// One moment of a history, seen by somebody who knows what the store serves.
    Moment(fn(&Moment) -> bool),
}

/// A moment of a history, as a bystander sees it who, unlike the rotator, knows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// Whether what the store serves works; `None` if it serves nothing yet, or a person broke it.
    pub served_works: Option<bool>,
    /// The key that a run deleted or deactivated in this moment.
    pub taken: Option<Taken>,
    /// The longest that a job holds the pair it was given.
    pub longest_job: Duration,
    /// How long a key that was switched off is there at least, to be switched on again.
    pub quarantine: Option<Duration>,
    /// With no rotation under way: whether the memory names what is served.
    pub named_is_served: Option<bool>,
    /// Why a run asked for a person in this moment.
    pub refused: Option<Refusal>,
    /// A person did something that a run may have to ask about.
    pub person_acted: bool,
    /// Nothing has failed so far, and nobody has meddled.
    pub faultless: bool,
}

/// A key that a run took away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id.
    pub id: AccessKeyId,
    /// The store served it in that moment.
    pub served: bool,
    /// How long ago the store stopped serving it; `None` if it never did serve it.
    pub served_until: Option<Duration>,
    /// A person made it, and it was used or was made while no rotation was open.
    pub foreign: bool,
    /// Somebody said that it has leaked.
    pub leaked: bool,
    /// It was deleted, and a run had switched it off so long ago.
    pub off_for: Option<Duration>,
}

/// The promises.
pub const CLAIMS: &[Claim] = &[
    Claim {
        name: "current-works",
        says: "What the store serves works.",
        holds: Holds::Moment(|moment| moment.served_works != Some(false)),
    },
    Claim {
        name: "never-takes-served",
        says: "No run deletes or deactivates what the store serves.",
        holds: Holds::Moment(|moment| moment.taken.as_ref().is_none_or(|taken| !taken.served)),
    },
    Claim {
        name: "last-works",
        says: "A pair works for as long as the longest job after the store stopped serving it, unless it has leaked.",
        holds: Holds::Moment(|moment| {
            let taken = moment.taken.as_ref().filter(|taken| !taken.leaked);
            let served_until = taken.and_then(|taken| taken.served_until);
            served_until.is_none_or(|ago| ago >= moment.longest_job)
        }),
    },
    Claim {
        name: "off-before-gone",
        says: "A key that a run switched off is deleted only after the quarantine.",
        holds: Holds::Moment(|moment| {
            let off_for = moment.taken.as_ref().and_then(|taken| taken.off_for);
            off_for.zip(moment.quarantine).is_none_or(|(off_for, quarantine)| off_for >= quarantine)
        }),
    },
    Claim {
        name: "foreign-untouched",
        says: "A key that a person made is not touched, unless it was never used and made while a rotation was open.",
        holds: Holds::Moment(|moment| moment.taken.as_ref().is_none_or(|taken| !taken.foreign)),
    },
    Claim {
        name: "ledger-true",
        says: "With no rotation under way, the memory names what is served.",
        holds: Holds::Moment(|moment| moment.named_is_served != Some(false)),
    },
    Claim {
        name: "no-false-refusal",
        says: "Late answers alone never call for a person.",
        holds: Holds::Moment(|moment| match &moment.refused {
            None => true,
            // A death during a hand-over, a store that takes nothing, a wrong signer: not lateness.
            Some(Refusal::MaybeServed(_) | Refusal::StoreRejects | Refusal::OwnKey(_)) => true,
            Some(
                Refusal::AnotherUser
                | Refusal::TooManyKeys
                | Refusal::CurrentMissing(_)
                | Refusal::CurrentInactive(_)
                | Refusal::AmbiguousCurrent
                | Refusal::UnknownKey(_)
                | Refusal::NothingServed(_)
                // These answer somebody who asked for one key.
                | Refusal::NotLast(_)
                | Refusal::LastInactive(_)
                | Refusal::NotKept(_),
            ) => moment.person_acted,
        }),
    },
    Claim {
        name: "asks-nobody",
        says: "Where nothing fails and nobody meddles, no person is needed.",
        holds: Holds::Moment(|moment| !moment.faultless || moment.refused.is_none()),
    },
    Claim {
        name: "same-answer",
        says: "The same facts get the same decision.",
        holds: Holds::Decision(|seen, policy, decision| decide(seen, policy) == *decision),
    },
    Claim {
        name: "takes-only-listed",
        says: "Only a key that IAM lists is taken.",
        holds: Holds::Decision(|seen, _, decision| takes(decision).is_none_or(|id| seen.key(id).is_some())),
    },
    Claim {
        name: "never-takes-own",
        says: "The key that the run signs with is not taken.",
        holds: Holds::Decision(|seen, _, decision| {
            takes(decision).is_none_or(|id| seen.facts().own.as_ref() != Some(id))
        }),
    },
    Claim {
        name: "never-takes-named-current",
        says: "Neither CURRENT nor what the store is said or seen to serve is taken.",
        holds: Holds::Decision(|seen, _, decision| {
            let facts = seen.facts();
            let current = facts.slots.current.as_ref().filter(|_| facts.memory != Memory::Dates);
            takes(decision).is_none_or(|id| current != Some(id) && facts.served.key() != Some(id))
        }),
    },
    Claim {
        name: "unknown-is-not-never",
        says: "A key whose last use could not be read is taken only if this run made it and showed it to nobody, or if it has leaked.",
        holds: Holds::Decision(|seen, policy, decision| {
            let unread = |id| seen.key(id).is_some_and(|key| key.used == Used::Unknown);
            takes(decision).is_none_or(|id| !unread(id) || held(seen, id) || leaked(policy, id))
        }),
    },
    Claim {
        name: "takes-beside-current",
        says: "An Active key is taken only beside a CURRENT that works, or if nobody can be using it.",
        holds: Holds::Decision(takes_beside_current),
    },
    Claim {
        name: "last-rests",
        says: "A key that was ever used is taken only after it was neither served nor used for the rest, or if it has leaked.",
        holds: Holds::Decision(|seen, policy, decision| {
            let Some(key) = takes(decision).and_then(|id| seen.key(id)) else { return true };
            // The only use of a key in hand can be this run's own proof.
            if held(seen, &key.id) || leaked(policy, &key.id) {
                return true;
            }
            let served = &seen.facts().served;
            match key.used {
                // A word for CURRENT says that no job was ever given PENDING.
                Used::Ago(ago) => {
                    let never_given = pending(seen, key) && served.rules_out(&key.id);
                    ago >= policy.min_age || never_given || served.is_said() && no_memory(seen)
                }
                Used::Never | Used::Unknown => true,
            }
        }),
    },
    Claim {
        name: "takes-strays-only-if-ours",
        says: "A key without a name is taken only if this run made it, or if it was never used and made since a rotation was opened.",
        holds: Holds::Decision(|seen, policy, decision| {
            let facts = seen.facts();
            let Some(key) = takes(decision).and_then(|id| seen.key(id)) else { return true };
            let named = facts.memory == Memory::Dates || facts.slots.names(&key.id);
            let since = facts.written.map(|since| since.saturating_add(policy.stray_after));
            let since_open = facts.slots.under_way() && since.is_some_and(|since| key.age <= since);
            named || held(seen, &key.id) || (key.used == Used::Never && since_open)
        }),
    },
    Claim {
        name: "keeps-last-until-due",
        says: "Unless LAST is retired or has leaked, it works until CURRENT is due.",
        holds: Holds::Decision(|seen, policy, decision| {
            let slots = &seen.facts().slots;
            let last = |id: &&AccessKeyId| slots.last.as_ref() == Some(*id);
            let taken = takes(decision).filter(|_| seen.facts().memory != Memory::Dates).filter(last);
            let current = slots.current.as_ref().and_then(|id| seen.key(id));
            let leaked = taken.is_some_and(|id| leaked(policy, id));
            policy.retire.is_some()
                || leaked
                || taken.is_none()
                || current.is_some_and(|key| key.age >= policy.max_age)
        }),
    },
    Claim {
        name: "creates-with-room",
        says: "A key is created only where there is room, with an empty hand, and where it can be named as opened.",
        holds: Holds::Decision(|seen, _, decision| {
            let facts = seen.facts();
            let room = facts.keys.len() < 2 && facts.hand == Hand::Empty && facts.writable;
            let opened = facts.slots.open || facts.memory == Memory::Dates;
            *decision != Decision::Perform(Effect::Create) || (room && opened)
        }),
    },
    Claim {
        name: "hands-over-what-it-holds",
        says: "Only a key in this run's hand is staged or published; a pair is published where the store takes it.",
        holds: Holds::Decision(|seen, _, decision| match decision {
            Decision::Perform(Effect::Stage(id)) => held(seen, id),
            Decision::Perform(Effect::Publish(id)) => {
                held(seen, id) && seen.facts().writable && seen.facts().memory != Memory::Document
            }
            Decision::Perform(_) | Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => true,
        }),
    },
    Claim {
        name: "promotes-with-ground",
        says: "A key becomes CURRENT only where it is Active and listed, and a document, the store, use or a person vouches for it.",
        holds: Holds::Decision(promotes_with_ground),
    },
    Claim {
        name: "done-where-served",
        says: "That nothing is due is not said where the store has lost CURRENT's pair.",
        holds: Holds::Decision(|seen, policy, decision| {
            let Facts { served, slots, written, hand, .. } = seen.facts();
            let settled = written.is_some_and(|since| since >= policy.settle);
            let lost = *served == Served::Read(None) && slots.current.is_some() && *hand == Hand::Empty;
            !(policy.goal == Goal::Rotate && *decision == Decision::Done && lost && settled)
        }),
    },
    Claim {
        name: "no-memory-no-names",
        says: "Where there is no memory, no slots are written.",
        holds: Holds::Decision(|seen, _, decision| {
            let writes = matches!(
                decision,
                Decision::Perform(
                    Effect::Adopt { .. }
                        | Effect::Open
                        | Effect::Stage(_)
                        | Effect::Promote(_)
                        | Effect::Rest(_)
                        | Effect::Restore(_)
                )
            );
            !(writes && seen.facts().memory == Memory::Dates)
        }),
    },
    Claim {
        name: "takes-nothing-back",
        says: "Where a key is to be served or to work again, no key is made and none is taken.",
        holds: Holds::Decision(|_, policy, decision| match &policy.goal {
            Goal::RollBack(_) | Goal::Revive(_) => match decision {
                Decision::Perform(
                    Effect::Promote(_) | Effect::Rest(_) | Effect::Restore(_) | Effect::Activate(_),
                ) => true,
                Decision::Perform(_) => false,
                Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => true,
            },
            Goal::Rotate | Goal::Revoke(_) => true,
        }),
    },
    Claim {
        name: "restores-what-rests",
        says: "Only LAST is served again, where it works, where the store has its pair, and while no run can be taking it.",
        holds: Holds::Decision(restores_what_rests),
    },
    Claim {
        name: "activates-what-is-named",
        says: "Only CURRENT or LAST is switched on, and only where somebody asks for it.",
        holds: Holds::Decision(|seen, policy, decision| match decision {
            Decision::Perform(Effect::Activate(id)) => {
                let named = seen.facts().slots.current.as_ref() == Some(id)
                    || seen.facts().slots.last.as_ref() == Some(id)
                    || no_memory(seen);
                named && policy.goal == Goal::Revive(id.clone()) && seen.key(id).is_some()
            }
            Decision::Perform(_) | Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => true,
        }),
    },
];

fn takes(decision: &Decision) -> Option<&AccessKeyId> {
    match decision {
        Decision::Perform(Effect::Delete(id) | Effect::Deactivate(id)) => Some(id),
        Decision::Perform(_) | Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => None,
    }
}

fn held(seen: &Observation, id: &AccessKeyId) -> bool {
    matches!(&seen.facts().hand, Hand::Holds(held) if held == id)
}

fn leaked(policy: &Policy, id: &AccessKeyId) -> bool {
    policy.goal == Goal::Revoke(id.clone())
}

fn no_memory(seen: &Observation) -> bool {
    seen.facts().memory == Memory::Dates
}

fn pending(seen: &Observation, key: &Key) -> bool {
    seen.facts().slots.pending.as_ref() == Some(&key.id)
}

fn takes_beside_current(seen: &Observation, _: &Policy, decision: &Decision) -> bool {
    let Some(key) = takes(decision).and_then(|id| seen.key(id)) else { return true };
    let beside = seen.facts().keys.iter().any(|other| other.id != key.id && other.status == Status::Active);
    let unused_stray = key.used == Used::Never && seen.facts().slots.under_way();
    // The store is said or seen to serve another key, or none.
    let never_served = pending(seen, key) && seen.facts().served.rules_out(&key.id);
    key.status == Status::Inactive || beside || held(seen, &key.id) || unused_stray || never_served
}

fn promotes_with_ground(seen: &Observation, policy: &Policy, decision: &Decision) -> bool {
    let Decision::Perform(Effect::Promote(id)) = decision else { return true };
    let facts = seen.facts();
    let Some(key) = seen.key(id) else { return false };
    let used_since_named = match (key.used, facts.written) {
        (Used::Ago(ago), Some(since)) => ago.saturating_add(policy.stray_after) < since,
        (Used::Never | Used::Unknown | Used::Ago(_), _) => false,
    };
    let acknowledged = facts.hand == Hand::Stored(id.clone());
    let word = facts.served.key() == Some(id);
    let document = facts.memory == Memory::Document && pending(seen, key);
    let arrived = facts.served == Served::Changed;
    word || document || (pending(seen, key) && (acknowledged || arrived || used_since_named))
}

fn restores_what_rests(seen: &Observation, policy: &Policy, decision: &Decision) -> bool {
    let Decision::Perform(Effect::Restore(id)) = decision else { return true };
    let facts = seen.facts();
    let works = seen.key(id).is_some_and(|key| key.status == Status::Active);
    let rested = facts.written.is_none_or(|since| since.saturating_add(policy.stray_after) >= policy.min_age);
    let asked = policy.goal != Goal::Rotate;
    asked && facts.kept && works && !rested && facts.slots.last.as_ref() == Some(id)
}
