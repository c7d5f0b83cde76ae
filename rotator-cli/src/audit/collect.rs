//! Looks at the users as `status` does, and takes down what the report and the rules need. Changes nothing,
//! and makes no call of its own.

use std::time::SystemTime;

use futures_util::StreamExt;
use futures_util::stream;
use rotator::{AccessKeyId, Effect, Facts, Memory, Observation, Policy, Served, Slots, Used, roles};

use super::judge::{Looked, Seen};
use super::timeline;
use super::{AuditedKey, AuditedUser};
use crate::drive::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::history::{Role, UserHistory};
use crate::iam::{LastUse, ListedKey, User};
use crate::live::Live;
use crate::target::Shared;

/// What came of the looks.
#[derive(Debug)]
pub struct Collected {
    /// The users, by name.
    pub looked: Vec<Looked>,
    /// Why users could not be looked at: the exit code that asks most of a person.
    pub exit: Exit,
}

/// Looks at each user, `at_once` of them at the same time; ages are taken at `at`, by IAM's clock. `each` is
/// told how many are done.
pub async fn collect(
    shared: &Shared,
    policy: &Policy,
    users: Vec<User>,
    at: SystemTime,
    at_once: usize,
    each: impl Fn(usize),
) -> Collected {
    let look = |user: User| async move {
        let mut live = Live::begin(shared, user.clone(), None, 0);
        let seen = live.observe().await;
        let torn = live.torn();
        let unread = live.use_unread.take();
        (user, seen, live, torn, unread)
    };
    let mut looks = stream::iter(users).map(look).buffered(at_once.max(1));
    let (mut looked, mut exit) = (Vec::new(), Exit::Done);
    while let Some((user, seen, live, torn, unread)) = looks.next().await {
        looked.push(match seen {
            Ok(seen) => {
                let notes = [torn, unread.map(|failure| with_next(&failure))];
                look_of(&live, &seen, policy, at, notes)
            }
            Err(failure) => {
                exit = exit.max(failure.exit());
                not_looked_at(&user, &failure)
            }
        });
        each(looked.len());
    }
    looked.sort_by(|a, b| a.user.name.cmp(&b.user.name));
    Collected { looked, exit }
}

fn look_of(
    live: &Live<'_>,
    seen: &Observation,
    policy: &Policy,
    at: SystemTime,
    notes: [Option<String>; 2],
) -> Looked {
    let (user, facts) = (&live.user, seen.facts().clone());
    let named = roles(seen, policy);
    let (slots, behind) = as_served(&facts, named);
    let mut keys: Vec<_> =
        live.listed().iter().map(|listed| key(listed, &facts, &slots, policy, at)).collect();
    keys.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    let notes: Vec<String> = notes.into_iter().flatten().chain(behind).collect();
    let since = named_since(&facts, live.written_at(), &keys, at);
    Looked {
        user: AuditedUser {
            name: user.name.clone(),
            path: user.path.clone(),
            history: timeline::present(user, &keys, since, at),
            keys,
            seen: true,
            note: (!notes.is_empty()).then(|| notes.join("; ")),
        },
        seen: Some(Seen { facts, slots }),
    }
}

fn not_looked_at(user: &User, failure: &Failure) -> Looked {
    Looked {
        user: AuditedUser {
            name: user.name.clone(),
            path: user.path.clone(),
            keys: Vec::new(),
            seen: false,
            note: Some(with_next(failure)),
            history: UserHistory {
                user: user.name.clone(),
                path: Some(user.path.clone()),
                ..UserHistory::default()
            },
        },
        seen: None,
    }
}

fn with_next(failure: &Failure) -> String {
    match failure.next_step() {
        Some(next) => format!("{failure}; next: {next}"),
        None => failure.to_string(),
    }
}

fn key(
    (listed, last): &(ListedKey, Option<LastUse>),
    facts: &Facts,
    slots: &Slots,
    policy: &Policy,
    at: SystemTime,
) -> AuditedKey {
    let ago = |then: SystemTime| at.duration_since(then).unwrap_or_default();
    let role = role(facts, slots, &listed.id);
    let used = match last {
        None => Used::Unknown,
        Some(LastUse { at: None, .. }) => Used::Never,
        Some(LastUse { at: Some(then), .. }) => Used::Ago(ago(*then)),
    };
    let due =
        (role == Some(Role::Current) && !policy.max_age.is_zero()).then(|| listed.created + policy.max_age);
    AuditedKey {
        id: listed.id.clone(),
        status: listed.status,
        role,
        created: listed.created,
        age: ago(listed.created),
        used,
        used_by: last.as_ref().and_then(|last| last.by.clone()),
        due,
    }
}

/// Nothing says what a key is where nothing was ever named, or where the names are about somebody else.
fn role(facts: &Facts, slots: &Slots, id: &AccessKeyId) -> Option<Role> {
    let is = |slot: &Option<AccessKeyId>| slot.as_ref() == Some(id);
    if !facts.same_user || (slots.is_empty() && facts.written.is_none()) {
        return None;
    }
    Some(match slots {
        _ if is(&slots.current) => Role::Current,
        _ if is(&slots.last) => Role::Last,
        _ if is(&slots.pending) => Role::Pending,
        _ => Role::Stray,
    })
}

/// What the store serves outweighs the names: the next run sets them right, and the report says so.
fn as_served(facts: &Facts, named: Slots) -> (Slots, Option<String>) {
    let Some(served) = facts.served.key().filter(|served| named.current.as_ref() != Some(*served)) else {
        return (named, None);
    };
    if !facts.keys.iter().any(|key| key.id == *served) {
        return (named, Some(format!("the store serves {served}, which is no key of the user")));
    }
    let current = match &named.current {
        Some(current) => format!("the memory names {current}"),
        None => "the memory names none".to_owned(),
    };
    let note = format!("the store serves {served}, where {current}; the next run names {served} CURRENT");
    (named.after(&Effect::Promote(served.clone()), &facts.keys), Some(note))
}

/// Since when the names stand: they were written then, or where dates tell them, since the newest key was
/// made.
fn named_since(
    facts: &Facts,
    written: Option<SystemTime>,
    keys: &[AuditedKey],
    at: SystemTime,
) -> SystemTime {
    let newest = keys.iter().map(|key| key.created).max();
    match (facts.memory, &facts.served) {
        (Memory::Dates, _) => newest.unwrap_or(at),
        // What the store was seen to serve it may serve since a moment ago.
        (Memory::Document | Memory::Ledger, Served::Read(Some(served)))
            if facts.slots.current.as_ref() != Some(served) =>
        {
            at
        }
        (Memory::Document | Memory::Ledger, _) => written.or(newest).unwrap_or(at),
    }
}
