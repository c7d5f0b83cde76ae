//! The decision. Read it top to bottom: that is the protocol.

use core::time::Duration;

use crate::dates::{Doubt, by_date, first_meeting};
use crate::goals::{restore, revive, roll_back};
use crate::{
    AccessKeyId, Adopt, Decision, Effect, Facts, Goal, Hand, Key, Memory, Observation, Pause, Policy,
    Refusal, Served, Status, Used,
};

/// Decides on facts alone. Total: every observation has an answer.
///
/// A run named `AKIA…2` PENDING two hours ago and died, perhaps before it handed the pair over:
///
/// ```
/// use core::time::Duration;
/// use rotator::*;
///
/// let hours = |n: u64| Duration::from_secs(n * 3_600);
/// let (k1, k2) = (AccessKeyId::parse("AKIA___________1")?, AccessKeyId::parse("AKIA___________2")?);
/// let key = |id: &AccessKeyId, age, used| Key { id: id.clone(), status: Status::Active, age, used };
/// let decide_on = |facts: &Facts| decide(&Observation::new(facts.clone()).unwrap(), &Policy::default());
///
/// let slots = Slots { current: Some(k1.clone()), pending: Some(k2.clone()), ..Slots::default() };
/// let keys = vec![key(&k1, hours(900), Used::Never), key(&k2, hours(2), Used::Never)];
/// let facts = Facts { keys, slots, written: Some(hours(2)), ..Facts::default() };
/// assert_eq!(decide_on(&facts), Decision::Refuse(Refusal::MaybeServed(k2.clone())));
///
/// // A document holds the secret, so there is nothing to doubt.
/// let document = Facts { memory: Memory::Document, ..facts.clone() };
/// assert_eq!(decide_on(&document), Decision::Perform(Effect::Promote(k2.clone())));
///
/// // A job used it just now: only the store can have given it away.
/// let keys = vec![facts.keys[0].clone(), key(&k2, hours(2), Used::Ago(hours(0)))];
/// let used = Facts { keys, ..facts.clone() };
/// assert_eq!(decide_on(&used), Decision::Perform(Effect::Promote(k2.clone())));
///
/// // Somebody looked: the store still serves the old key. Only then may the new one go.
/// let word = Facts { served: Served::Said(k1), ..facts };
/// assert_eq!(decide_on(&word), Decision::Perform(Effect::Delete(k2)));
/// # Ok::<(), NotAKeyId>(())
/// ```
#[must_use]
pub fn decide(observation: &Observation, policy: &Policy) -> Decision {
    let facts = observation.facts();
    let Facts { keys, memory, hand, writable, served, .. } = facts;
    // What the store serves, as it was said or read.
    let told = served.key();

    // The slots are about the user of this name who existed when they were written.
    if !facts.same_user {
        return Decision::Refuse(Refusal::AnotherUser);
    }
    // IAM's quota is two, but it is not quite atomic; which of three is whose, nobody can tell.
    if keys.len() > 2 {
        return Decision::Refuse(Refusal::TooManyKeys);
    }

    // Read the slots. Nothing ever written: this is the first meeting.
    let (slots, written) = match memory {
        Memory::Dates => match by_date(facts, policy) {
            Ok(read) => read,
            Err(refusal) => return Decision::Refuse(refusal),
        },
        Memory::Document | Memory::Ledger => {
            if let (None, Hand::Empty) = (facts.written, hand)
                && let Some(decision) = meet(observation, policy)
            {
                return decision;
            }
            (facts.slots.clone(), facts.written)
        }
    };
    let younger =
        |span: Duration| written.filter(|since| *since < span).map(|since| span.saturating_sub(since));
    let listed = |slot: &Option<AccessKeyId>| slot.as_ref().and_then(|id| observation.key(id));
    let unnamed = keys.iter().find(|key| !slots.names(&key.id) && hand.key() != Some(&key.id));

    // IAM's list may be one change behind; what it lacks, or shows too much, need not be so.
    if hand.key().is_some_and(|id| observation.key(id).is_none()) {
        return Decision::Wait(Pause::ListMayLag, policy.settle);
    }
    let lacks = slots.current.as_ref().into_iter().chain(told).any(|id| observation.key(id).is_none());
    // The store may serve a key so young that IAM's list and the slots have both not come to it.
    let made_now =
        slots.under_way() && served.is_read() && told.is_some_and(|id| observation.key(id).is_none());
    let lag = if made_now { policy.stray_after.saturating_mul(2) } else { policy.settle };
    if let Some(rest) = younger(lag).filter(|_| lacks || unnamed.is_some()) {
        return Decision::Wait(Pause::ListMayLag, rest);
    }

    // Somebody asks for one key. Whether CURRENT works is not asked: that may be the reason.
    match &policy.goal {
        Goal::RollBack(id) => return roll_back(observation, policy, &slots, written, id),
        Goal::Revive(id) => return revive(observation, &slots, id),
        Goal::Revoke(id) if slots.current.as_ref() != Some(id) && slots.last.as_ref() != Some(id) => {
            return match observation.key(id) {
                Some(_) => Decision::Refuse(Refusal::NotLast(id.clone())),
                None => Decision::Done,
            };
        }
        Goal::Revoke(_) | Goal::Rotate => {}
    }

    // LAST can be served again only where there is time for whoever may be taking it.
    let kept = facts.kept && policy.can_serve_last_again();

    // What the store serves must work, or there is nothing to rotate from.
    let serving = told.or(slots.current.as_ref());
    let current = serving.and_then(|id| observation.key(id));
    match (serving, current) {
        (Some(id), None) => return Decision::Refuse(Refusal::CurrentMissing(Some(id.clone()))),
        (None, _) if slots.last.is_some() => return Decision::Refuse(Refusal::CurrentMissing(None)),
        // Somebody switched off what has leaked: all the more reason to serve another key.
        (Some(id), Some(Key { status: Status::Inactive, .. }))
            if policy.goal == Goal::Revoke(id.clone())
                && slots.current.as_ref() == Some(id)
                && *memory != Memory::Dates =>
        {
            let works =
                |last: &&AccessKeyId| observation.key(last).is_some_and(|key| key.status == Status::Active);
            if let Some(last) = slots.last.as_ref().filter(works) {
                return match kept {
                    true => restore(policy, &slots, written, last),
                    false => Decision::Refuse(Refusal::CurrentInactive(id.clone())),
                };
            }
        }
        (Some(id), Some(Key { status: Status::Inactive, .. })) => {
            return Decision::Refuse(Refusal::CurrentInactive(id.clone()));
        }
        (Some(_), Some(Key { status: Status::Active, .. })) | (None, _) => {}
    }

    // What the store serves outweighs the slots. Dates has none to correct: the word contradicts use.
    if let Some(id) = told.filter(|id| slots.current.as_ref() != Some(*id)) {
        return match (memory, &slots.current) {
            (Memory::Dates, Some(current)) => Decision::Refuse(Refusal::MaybeServed(current.clone())),
            (Memory::Dates | Memory::Document | Memory::Ledger, _) => {
                // A run may have moved the key to LAST since the word was said, or since the store's answer was true.
                let stale = if served.is_said() { policy.stray_after } else { policy.settle };
                let stale = younger(stale).filter(|_| slots.last.as_ref() == Some(id));
                // Whoever handed PENDING over names it CURRENT, while that run may be at work.
                let others = served.is_read() && slots.pending.as_ref() == Some(id) && hand.key() != Some(id);
                match (stale, younger(policy.stray_after).filter(|_| others)) {
                    (Some(rest), _) => Decision::Wait(Pause::SlotsAreNew, rest),
                    (None, Some(rest)) => Decision::Wait(Pause::InFlight(id.clone()), rest),
                    (None, None) => Decision::Perform(Effect::Promote(id.clone())),
                }
            }
        };
    }

    // A key that has leaked and is not served any more: no rest, whoever may hold it.
    if let Goal::Revoke(id) = &policy.goal
        && slots.current.as_ref() != Some(id)
    {
        // Whom the latest names have not reached would take it for a CURRENT that somebody broke.
        return match (observation.key(id).map(|key| key.status), younger(policy.settle)) {
            (Some(Status::Active), Some(rest)) => Decision::Wait(Pause::SlotsAreNew, rest),
            (Some(Status::Active), None) => take(facts, Effect::Deactivate(id.clone())),
            (Some(Status::Inactive) | None, _) => Decision::Done,
        };
    }

    // A key without a name: another run's, a dead run's, or a person's.
    if let Some(Key { id, age, used, .. }) = unnamed {
        if *age < policy.stray_after {
            return Decision::Wait(Pause::InFlight(id.clone()), policy.stray_after.saturating_sub(*age));
        }
        // Ours can only have been made since the rotation was opened.
        let since_open =
            written.filter(|_| slots.under_way()).map(|since| since.saturating_add(policy.stray_after));
        return match (since_open, used) {
            (Some(since), Used::Never) if *age <= since => take(facts, Effect::Delete(id.clone())),
            (Some(since), Used::Unknown) if *age <= since => {
                Decision::Wait(Pause::UseUnreadable(id.clone()), policy.stray_after)
            }
            (Some(_) | None, Used::Never | Used::Unknown | Used::Ago(_)) => {
                Decision::Refuse(Refusal::UnknownKey(id.clone()))
            }
        };
    }

    // The new key, in this run's hand and shown to nobody. One that was promoted meanwhile, by another
    // run or by a person, is no longer that.
    let pending = listed(&slots.pending);
    let held = match hand {
        Hand::Holds(id) if slots.current.as_ref() != Some(id) && slots.last.as_ref() != Some(id) => Some(id),
        Hand::Empty | Hand::Asked | Hand::Holds(_) | Hand::Sent(_) | Hand::Stored(_) => None,
    };
    if let Some(id) = held {
        let named = pending.is_some_and(|key| key.id == *id);
        match memory {
            Memory::Document if named => {}
            Memory::Document | Memory::Ledger | Memory::Dates if !writable => {
                return take(facts, Effect::Delete(id.clone()));
            }
            Memory::Dates => return Decision::Perform(Effect::Publish(id.clone())),
            Memory::Ledger if named => return Decision::Perform(Effect::Publish(id.clone())),
            Memory::Document | Memory::Ledger => {}
        }
    }

    // PENDING: does the store serve it?
    if let Some(key) = pending {
        // Its use was seen, later than any proof by the run that named it: only the store had it.
        let evidence = match (key.used, written) {
            (Used::Ago(ago), Some(since)) => ago.saturating_add(policy.stray_after) < since,
            (Used::Never | Used::Unknown | Used::Ago(_), _) => false,
        };
        let ruled_out = served.rules_out(&key.id);
        // Only who held its secret can have written the store since it was named.
        let arrived = *served == Served::Changed
            && (hand.key() == Some(&key.id) || younger(policy.stray_after).is_none());
        let ground = match memory {
            // A document holds the secret, so the key can be proved and promoted by any run.
            Memory::Document => true,
            Memory::Ledger => *hand == Hand::Stored(key.id.clone()) || arrived || (evidence && !ruled_out),
            Memory::Dates => false,
        };
        if ground {
            return Decision::Perform(Effect::Promote(key.id.clone()));
        }
        // A word is as old as its run, so it must have been said when no other run was in flight.
        let in_flight = policy.stray_after.saturating_mul(if served.is_said() { 2 } else { 1 });
        if let Some(rest) = younger(in_flight) {
            return Decision::Wait(Pause::InFlight(key.id.clone()), rest);
        }
        // What is served is CURRENT, and nothing contradicts it. Evidence may promote, but not delete.
        if ruled_out && key.used != Used::Unknown && !evidence {
            return take(facts, Effect::Delete(key.id.clone()));
        }
        // Another look may find its use; no person has to.
        if served.is_from_store() && key.used == Used::Unknown {
            return Decision::Wait(Pause::UseUnreadable(key.id.clone()), policy.stray_after);
        }
        return Decision::Refuse(Refusal::MaybeServed(key.id.clone()));
    }
    if let (Some(id), Memory::Document | Memory::Ledger) = (held, memory) {
        return Decision::Perform(Effect::Stage(id.clone()));
    }

    // A key that this run made is not due again, however short the period.
    let due = current.is_none_or(|key| key.age >= policy.max_age && hand.key() != Some(&key.id));
    if due && !writable {
        return Decision::Refuse(Refusal::StoreRejects);
    }

    // With nothing due nothing is put into the store, and it may need that all the same.
    let bare = *served == Served::Read(None) && *hand == Hand::Empty && younger(policy.settle).is_none();
    let nothing_due = match &slots.current {
        Some(id) if bare => Decision::Refuse(Refusal::NothingServed(id.clone())),
        Some(_) | None => Decision::Done,
    };

    // LAST goes once no job can hold it.
    if let Some(Key { id, status, used, .. }) = listed(&slots.last) {
        let rest = match (policy.retire, status) {
            (None, _) if !due => return nothing_due,
            (Some(quarantine), Status::Inactive) => quarantine,
            (Some(_), Status::Active) | (None, _) => policy.min_age,
        };
        // The quarantine begins when it is noted that LAST is off; a LAST that works again rests again.
        let noted = match status {
            Status::Inactive => slots.resting == Some(Status::Inactive),
            Status::Active => slots.resting != Some(Status::Inactive),
        };
        if policy.retire.is_some() && *memory != Memory::Dates && !noted {
            return Decision::Perform(Effect::Rest(id.clone()));
        }
        // Without a memory the time is that of the newer key's making; its pair may have been stored as late
        // as any request of its run.
        let stored = if *memory == Memory::Dates { policy.stray_after } else { Duration::ZERO };
        // Where a key has leaked there is no time for that: LAST is served again in its place.
        let leaked = policy.goal != Goal::Rotate && kept && *status == Status::Active;
        let waits = |pause: Pause, rest| match leaked {
            true => restore(policy, &slots, written, id),
            false => Decision::Wait(pause, rest),
        };
        if let Some(rest) = younger(rest.saturating_add(stored)) {
            return waits(Pause::MayBeInUse(id.clone()), rest);
        }
        return match (used, policy.retire, status) {
            (Used::Unknown, ..) => waits(Pause::UseUnreadable(id.clone()), policy.stray_after),
            (Used::Ago(ago), ..) if *ago < rest => {
                waits(Pause::MayBeInUse(id.clone()), rest.saturating_sub(*ago))
            }
            (_, Some(_), Status::Active) => take(facts, Effect::Deactivate(id.clone())),
            (_, Some(_), Status::Inactive) | (_, None, _) => take(facts, Effect::Delete(id.clone())),
        };
    }
    if !due {
        return nothing_due;
    }

    // Room for a new key. First say, where there is a place to say it, that one is coming.
    match (memory, hand) {
        // It may be there already, made for this run and not shown yet: no second call is made.
        (_, Hand::Asked) => Decision::Wait(Pause::ListMayLag, policy.stray_after),
        // The one key that is there may be on its way to the store: a second must not overtake it.
        (Memory::Dates, Hand::Empty) => match (current, younger(policy.stray_after)) {
            (Some(Key { id, .. }), Some(rest)) if !policy.trust => {
                Decision::Wait(Pause::InFlight(id.clone()), rest)
            }
            (Some(_) | None, Some(_) | None) => Decision::Perform(Effect::Create),
        },
        (Memory::Document | Memory::Ledger, Hand::Empty) => match younger(policy.stray_after) {
            None => Decision::Perform(Effect::Open),
            Some(_) if slots.open => Decision::Perform(Effect::Create),
            Some(rest) => Decision::Wait(Pause::SlotsAreNew, rest),
        },
        (
            Memory::Dates | Memory::Document | Memory::Ledger,
            Hand::Holds(_) | Hand::Sent(_) | Hand::Stored(_),
        ) => Decision::Wait(Pause::SlotsAreNew, younger(policy.stray_after).unwrap_or(policy.settle)),
    }
}

/// A user whose memory is empty. `None`: nothing to name, or nothing that may be named.
fn meet(observation: &Observation, policy: &Policy) -> Option<Decision> {
    let facts = observation.facts();
    let said = facts.served.is_said();
    if facts.served.key().is_none() && policy.adopt == Adopt::Never {
        return None;
    }
    // Who asks for one key has to know which it is.
    if let Goal::RollBack(id) | Goal::Revive(id) = &policy.goal {
        return Some(Decision::Refuse(Refusal::NotLast(id.clone())));
    }
    if !said && !facts.keys.is_empty() && facts.keys.iter().all(|key| key.age < policy.max_age) {
        return Some(Decision::Done);
    }
    let slots = match first_meeting(facts, policy) {
        Ok(slots) => slots?,
        Err(Doubt::TooNew(id, rest)) => return Some(Decision::Wait(Pause::TooNew(id), rest)),
        Err(Doubt::Unread(id)) => return Some(Decision::Wait(Pause::UseUnreadable(id), policy.stray_after)),
        Err(Doubt::Ambiguous) => return Some(Decision::Refuse(Refusal::AmbiguousCurrent)),
    };
    let current = observation.key(slots.current.as_ref()?)?;
    Some(match current.status {
        _ if facts.served.key().is_some_and(|served| *served != current.id) => {
            Decision::Refuse(Refusal::CurrentMissing(facts.served.key().cloned()))
        }
        Status::Inactive => Decision::Refuse(Refusal::CurrentInactive(current.id.clone())),
        Status::Active if !said && current.age < policy.max_age => Decision::Done,
        Status::Active if !facts.writable => Decision::Refuse(Refusal::StoreRejects),
        Status::Active => {
            // LAST must rest first, from now on: only then may a rotation be open.
            let open = !said && slots.last.is_none();
            Decision::Perform(Effect::Adopt { current: current.id.clone(), last: slots.last, open })
        }
    })
}

/// The one gate before a key is taken away.
fn take(facts: &Facts, effect: Effect) -> Decision {
    match &effect {
        Effect::Delete(id) | Effect::Deactivate(id) if facts.own.as_ref() == Some(id) => {
            Decision::Refuse(Refusal::OwnKey(id.clone()))
        }
        Effect::Delete(_) | Effect::Deactivate(_) => Decision::Perform(effect),
        Effect::Adopt { .. }
        | Effect::Open
        | Effect::Create
        | Effect::Stage(_)
        | Effect::Publish(_)
        | Effect::Promote(_)
        | Effect::Rest(_)
        | Effect::Restore(_)
        | Effect::Activate(_) => Decision::Perform(effect),
    }
}
