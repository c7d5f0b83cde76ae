//! Slots read from creation dates and last use, where no memory names them: for a user met for the
//! first time, and always with [`Memory::Dates`](crate::Memory::Dates).

use core::time::Duration;

use crate::{
    AccessKeyId, Adopt, Facts, Hand, Key, Memory, Observation, Policy, Refusal, Slots, Status, Used,
};

/// Who is who, as [`decide`](crate::decide) would take it: the memory's names, or where there are none,
/// what dates and use tell. Names nobody where they leave doubt.
#[must_use]
pub fn roles(observation: &Observation, policy: &Policy) -> Slots {
    let facts = observation.facts();
    match facts.memory {
        Memory::Dates => by_date(facts, policy).map(|(slots, _)| slots).unwrap_or_default(),
        Memory::Document | Memory::Ledger if facts.written.is_none() && policy.adopt == Adopt::Dates => {
            first_meeting(facts, policy).ok().flatten().unwrap_or_default()
        }
        Memory::Document | Memory::Ledger => facts.slots.clone(),
    }
}

/// The slots as dates and use tell them, and the age of the newest key in the place of the time when
/// they were written. The newer of two keys is CURRENT; but in doubt, and not proven in use, it is
/// PENDING, for it may never have reached the store.
///
/// # Errors
/// [`Refusal::AmbiguousCurrent`] for two keys of one second (CreateDate has whole seconds, IAM API
/// reference), unless a word tells them apart.
pub(crate) fn by_date(facts: &Facts, policy: &Policy) -> Result<(Slots, Option<Duration>), Refusal> {
    let mut keys = facts.keys.iter().filter(|key| facts.hand != Hand::Holds(key.id.clone()));
    let (first, second) = (keys.next(), keys.next());
    let (Some(a), Some(b)) = (first, second) else {
        let only = Slots { current: first.map(|key| key.id.clone()), ..Slots::default() };
        return Ok((only, first.map(|key| key.age)));
    };
    // The key that this run made is the newer one, even where dates of whole seconds do not tell.
    let made = |key: &Key| facts.hand.key() == Some(&key.id);
    let (older, newer) = if !made(a) && (a.age >= b.age || made(b)) { (a, b) } else { (b, a) };
    let word = facts.served.key();
    let slots = if older.age == newer.age && !made(newer) {
        match word {
            Some(word) if *word == older.id => current_and_last(older, newer),
            Some(word) if *word == newer.id => current_and_last(newer, older),
            Some(_) | None => return Err(Refusal::AmbiguousCurrent),
        }
    } else {
        let proven = word == Some(&newer.id)
            || facts.hand == Hand::Stored(newer.id.clone())
            || used_later_than(newer, policy.stray_after, newer);
        if !proven && (word == Some(&older.id) || in_doubt(facts, policy, older, newer)) {
            let (current, pending) = (Some(older.id.clone()), Some(newer.id.clone()));
            Slots { current, pending, ..Slots::default() }
        } else {
            current_and_last(newer, older)
        }
    };
    Ok((slots, Some(newer.age)))
}

/// What stands against the newer key being CURRENT.
fn in_doubt(facts: &Facts, policy: &Policy, older: &Key, newer: &Key) -> bool {
    if policy.trust {
        // Once LAST could go, the delivery is believed only if nothing contradicts it: a job that began
        // with the older key since the newer was made got it from the store.
        return newer.age >= policy.min_age && older.used.within(newer.age);
    }
    // Due, yet never seen in use: a pair that nobody stored looks just so.
    let due = newer.age >= policy.max_age && facts.hand.key() != Some(&newer.id);
    let jobs_in_flight = policy.stray_after.saturating_add(policy.min_age);
    due || used_later_than(older, jobs_in_flight, newer)
}

/// A user with keys and an empty memory: who is CURRENT, who is LAST. Stricter than [`by_date`],
/// since what is said here is written down and believed from then on.
///
/// # Errors
/// What keeps the keys from being told apart, and for how long.
pub(crate) fn first_meeting(facts: &Facts, policy: &Policy) -> Result<Option<Slots>, Doubt> {
    let mut keys = facts.keys.iter();
    let (first, second) = (keys.next(), keys.next());
    let (Some(a), Some(b)) = (first, second) else {
        return Ok(first.map(|key| Slots { current: Some(key.id.clone()), ..Slots::default() }));
    };
    if let Some(word) = facts.served.key() {
        // The memory may have been removed while a run was at work; a word is as old as its run.
        let in_flight = policy.stray_after.saturating_mul(if facts.served.is_said() { 2 } else { 1 });
        if let Some(key) = facts.keys.iter().find(|key| key.id != *word && key.age < in_flight) {
            return Err(Doubt::TooNew(key.id.clone(), in_flight.saturating_sub(key.age)));
        }
        return Ok(match word {
            word if *word == a.id => Some(current_and_last(a, b)),
            word if *word == b.id => Some(current_and_last(b, a)),
            _ => None,
        });
    }
    let (older, newer) = if a.age >= b.age { (a, b) } else { (b, a) };
    let jobs_in_flight = policy.stray_after.saturating_add(policy.min_age);
    if newer.age < jobs_in_flight && older.age != newer.age {
        // Jobs in flight may use the older one just as well; time will tell.
        return Err(Doubt::TooNew(newer.id.clone(), jobs_in_flight.saturating_sub(newer.age)));
    }
    if older.age == newer.age {
        return Err(Doubt::Ambiguous);
    }
    if let Some(unread) = [older, newer].into_iter().find(|key| key.used == Used::Unknown) {
        return Err(Doubt::Unread(unread.id.clone()));
    }
    let older_in_use = used_later_than(older, jobs_in_flight, newer);
    let newer_in_use = used_later_than(newer, policy.stray_after, newer);
    match (older_in_use, newer_in_use) {
        (false, true) => Ok(Some(current_and_last(newer, older))),
        (true, false) if newer.used == Used::Never && older.status == Status::Active => {
            Ok(Some(current_and_last(older, newer)))
        }
        (true, false) | (true, true) | (false, false) => Err(Doubt::Ambiguous),
    }
}

/// Why a first meeting names nothing.
pub(crate) enum Doubt {
    TooNew(AccessKeyId, Duration),
    Unread(AccessKeyId),
    Ambiguous,
}

fn current_and_last(current: &Key, last: &Key) -> Slots {
    Slots { current: Some(current.id.clone()), last: Some(last.id.clone()), ..Slots::default() }
}

/// IAM has a use of `key` on record that came more than `span` after `newer` was made.
fn used_later_than(key: &Key, span: Duration, newer: &Key) -> bool {
    match key.used {
        Used::Ago(ago) => ago.saturating_add(span) < newer.age,
        Used::Never | Used::Unknown => false,
    }
}
