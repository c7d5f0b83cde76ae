//! Which looks can be spared: what this run's own effect did need not be read back, and a last use need not be
//! asked for where nothing hangs on it.

use alloc::vec::Vec;
use core::time::Duration;

use crate::{
    Became, Decision, Effect, Facts, Goal, Hand, Key, Memory, Observation, Policy, Run, Served, Status, Used,
    decide,
};

/// The last look and what came of the effect that was decided on it: what the next look would show if nobody
/// else acted in between. `None` where a run has to look: after anything that was not heard to take hold; where
/// a ledger has the names, which the last writer wins, once a key was made and once it was named; and wherever the
/// decision would be to wait or to refuse. A document is expected to refuse a write over one that the run has not
/// seen; over one that does not, a driver looks after `create` and `stage` too.
///
/// Somebody else may have acted, as they may between any look and the effect that rests on it. That this window
/// may be as wide as the way from the first effect to the last is what the worlds of the model show: in each of
/// them a run goes on from what it carries, or looks (`model::Looks`).
///
/// Two rules keep it safe. No age grows, so what rests does not rest less. And no last use is carried:
/// [`Used::Unknown`] takes no key away but the one that this run made, so nothing is taken on an old look beyond
/// the effect to which the look itself led.
///
/// ```
/// use core::time::Duration;
/// use rotator::*;
///
/// let (k1, k2) = (AccessKeyId::parse("AKIA___________1")?, AccessKeyId::parse("AKIA___________2")?);
/// let old = |id: &AccessKeyId| Key {
///     id: id.clone(),
///     status: Status::Active,
///     age: Duration::from_secs(9_000_000),
///     used: Used::Never,
/// };
/// let slots = Slots { current: Some(k2.clone()), last: Some(k1.clone()), ..Slots::default() };
/// let written = Some(Duration::from_secs(8_000_000));
/// let seen = Facts { keys: vec![old(&k1), old(&k2)], slots, written, ..Facts::default() };
/// let seen = Observation::new(seen).unwrap();
///
/// let policy = Policy::default();
/// let effect = Effect::Delete(k1);
/// assert_eq!(decide(&seen, &policy), Decision::Perform(effect.clone()));
/// let next = carry(&seen, &effect, &Became::Done, &policy).unwrap();
/// assert_eq!(decide(&next, &policy), Decision::Perform(Effect::Open));
/// assert_eq!(carry(&seen, &effect, &Became::Unclear, &policy), None);
/// # Ok::<(), NotAKeyId>(())
/// ```
#[must_use]
pub fn carry(seen: &Observation, effect: &Effect, became: &Became, policy: &Policy) -> Option<Observation> {
    let facts = seen.facts();
    let heard = matches!(became, Became::Done | Became::Made(_) | Became::Stored);
    // Who asks for one key is waiting for it, and is answered on what is there now.
    if !heard || policy.goal != Goal::Rotate {
        return None;
    }
    let mut run = Run { hand: facts.hand.clone(), writable: facts.writable };
    run.take_down(effect, facts.memory, became);

    let unread = |key: &Key| Key { used: Used::Unknown, ..key.clone() };
    let mut keys: Vec<Key> = facts.keys.iter().map(unread).collect();
    let mut served = facts.served.clone();
    let mut written = facts.written;
    match (effect, became) {
        (Effect::Delete(id), _) => keys.retain(|key| key.id != *id),
        // Without this look two runs may name two keys, if IAM makes a third (row `ledger-beyond-quota`).
        (Effect::Create, Became::Made(_)) if facts.memory == Memory::Ledger => return None,
        (Effect::Create, Became::Made(id)) => {
            keys.push(Key {
                id: id.clone(),
                status: Status::Active,
                age: Duration::ZERO,
                used: Used::Unknown,
            });
            // A word is about the keys that were there before.
            if served.is_said() {
                served = Served::Untold;
            }
        }
        (Effect::Open | Effect::Promote(_), _) => written = Some(Duration::ZERO),
        // A document has the secret then; a ledger has the name alone.
        (Effect::Stage(_), Became::Stored) if facts.memory == Memory::Document => {
            written = Some(Duration::ZERO)
        }
        // Whether somebody who takes a pair and says nothing has stored it, only a look can tell.
        (Effect::Publish(_), Became::Stored) if !served.is_from_store() => {}
        (
            Effect::Adopt { .. }
            | Effect::Create
            | Effect::Stage(_)
            | Effect::Publish(_)
            | Effect::Rest(_)
            | Effect::Restore(_)
            | Effect::Activate(_)
            | Effect::Deactivate(_),
            _,
        ) => return None,
    }
    let slots = if facts.memory == Memory::Dates {
        facts.slots.clone()
    } else {
        facts.slots.after(effect, &facts.keys)
    };
    let written = if facts.memory == Memory::Dates { facts.written } else { written };
    let own = facts.own.clone().filter(|own| keys.iter().any(|key| key.id == *own));
    let Run { hand, writable } = run;
    // What the store has of another LAST than before was not asked.
    let kept = facts.kept && slots.last == facts.slots.last;
    let same_user = facts.same_user;
    let next =
        Facts { same_user, keys, memory: facts.memory, slots, written, hand, writable, served, kept, own };
    let next = Observation::new(next).ok()?;
    match decide(&next, policy) {
        Decision::Perform(_) | Decision::Done => Some(next),
        Decision::Wait(..) | Decision::Refuse(_) => None,
    }
}

/// Whether a last use has to be asked for: `seen` was looked at without it ([`Used::Unknown`] for each key), and
/// some use would lead to another decision. Where it does not, two looks lead to one decision (each point of the
/// input space is asked, `tests/pointwise.rs`).
#[must_use]
pub fn hangs_on_use(seen: &Observation, policy: &Policy) -> bool {
    let facts = seen.facts();
    // Without a memory it is use that tells two keys apart.
    let others = facts.keys.iter().filter(|key| facts.hand != Hand::Holds(key.id.clone())).count();
    let no_names = facts.memory == Memory::Dates && others > 1;
    // And where a key has leaked, a LAST that may be in use is served again, and one that is not is deleted.
    if no_names || policy.goal != Goal::Rotate {
        return true;
    }
    match decide(seen, policy) {
        Decision::Perform(_) | Decision::Done => false,
        // Time passes, or a person is called: not without having asked.
        Decision::Wait(..) | Decision::Refuse(_) => true,
    }
}
