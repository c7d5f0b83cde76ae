//! What journals tell of users' keys over time. Read leniently: a line that is none is passed over, since
//! whether a journal is to be believed is what `verify` says.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Effect, Observation, Policy, Slots, Status, Used, roles};

use super::lines::Lines;
use crate::clock::parse_rfc3339;
use crate::failure::{Class, Failure};
use crate::history::{KeyHistory, Role, UserHistory};
use crate::journal::line::{Event, Fate, Head};

/// Ages are whole seconds apart from the truth, so a use that is told again may be by so much another.
const SAME_USE: Duration = Duration::from_secs(3);

/// What journals tell of users' keys over time: a user of each account and name, in that order. Times are
/// those of the machine that ran, in whole seconds; keys' ages are counted back from them.
///
/// # Errors
/// A file that cannot be read.
pub fn histories(journals: &[PathBuf]) -> Result<Vec<UserHistory>, Failure> {
    let mut users: BTreeMap<(String, String), User> = BTreeMap::new();
    for path in journals {
        let failure = |error: std::io::Error| {
            Failure::new(Class::Setup, format!("read the journal {}", path.display()), error.to_string())
        };
        let mut lines = Lines::of(BufReader::new(File::open(path).map_err(failure)?));
        let mut run: HashMap<String, (String, Policy)> = HashMap::new();
        while let Some(raw) = lines.next().map_err(failure)? {
            let Ok(head) = serde_json::from_slice::<Head<'_>>(raw.text) else { continue };
            let (Ok(event), Some(at)) = (Event::read(head.kind, raw.text), parse_rfc3339(&head.at)) else {
                continue;
            };
            if let Event::Run(begun) = &event {
                // Runs in one file follow each other.
                run.clear();
                run.insert(
                    head.run.into_owned(),
                    (begun.account.to_string(), begun.policy.clone().into_owned()),
                );
                continue;
            }
            let Some((account, policy)) = run.get(&*head.run) else { continue };
            match event {
                Event::Decided(line) => {
                    let Ok(seen) = Observation::new(line.observation.into_owned()) else { continue };
                    let user = users.entry((account.clone(), line.user.into_owned())).or_default();
                    user.look(at, &seen, policy);
                }
                Event::Became(line) if matches!(line.became, Fate::TookHold(_)) => {
                    if let Some(user) = users.get_mut(&(account.clone(), line.user.into_owned())) {
                        user.did(at, &line.effect);
                    }
                }
                Event::Run(_) | Event::Became(_) | Event::Ended(_) | Event::Closed(_) => {}
            }
        }
    }
    Ok(users.into_iter().map(|((account, name), user)| user.history(account, name)).collect())
}

#[derive(Default)]
struct User {
    since: Option<SystemTime>,
    /// In the order in which they were seen first.
    keys: Vec<KeyHistory>,
}

impl User {
    fn look(&mut self, at: SystemTime, seen: &Observation, policy: &Policy) {
        let facts = seen.facts();
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
        let slots = roles(seen, policy);
        for key in &facts.keys {
            if self.key(&key.id).is_none() {
                self.keys.push(KeyHistory {
                    id: key.id.clone(),
                    created: at.checked_sub(key.age),
                    deleted: None,
                    statuses: Vec::new(),
                    roles: Vec::new(),
                    uses: Vec::new(),
                });
            }
            let Some(history) = self.key(&key.id) else { continue };
            history.deleted = None;
            turn(&mut history.statuses, at, key.status);
            if let Some(role) = role(&slots, &key.id) {
                turn(&mut history.roles, at, role);
            }
            if let Used::Ago(ago) = key.used
                && let Some(used) = at.checked_sub(ago)
                // The same use is told with each look.
                && history.uses.last().is_none_or(|(last, _)| !same(*last, used))
            {
                history.uses.push((used, used));
            }
        }
        // Gone since the look before; or the list lags, and then it is there again.
        let gone = self.keys.iter_mut().filter(|history| seen.key(&history.id).is_none());
        gone.for_each(|history| history.deleted = history.deleted.or(Some(at)));
    }

    fn key(&mut self, id: &AccessKeyId) -> Option<&mut KeyHistory> {
        self.keys.iter_mut().find(|history| history.id == *id)
    }

    fn did(&mut self, at: SystemTime, effect: &Effect) {
        let turned = |status| move |history: &mut KeyHistory| turn(&mut history.statuses, at, status);
        match effect {
            Effect::Delete(id) => drop(self.key(id).map(|history| history.deleted = Some(at))),
            Effect::Deactivate(id) => drop(self.key(id).map(turned(Status::Inactive))),
            Effect::Activate(id) => drop(self.key(id).map(turned(Status::Active))),
            Effect::Adopt { .. }
            | Effect::Open
            | Effect::Create
            | Effect::Stage(_)
            | Effect::Publish(_)
            | Effect::Promote(_)
            | Effect::Rest(_)
            | Effect::Restore(_) => {}
        }
    }

    fn history(self, account: String, user: String) -> UserHistory {
        let mut keys: Vec<_> = self.keys.into_iter().map(in_order).collect();
        keys.sort_by_key(|key| key.created);
        UserHistory { user, account: Some(account), path: None, since: self.since, keys }
    }
}

/// From now on it is this.
fn turn<T: PartialEq>(turns: &mut Vec<(SystemTime, T)>, at: SystemTime, now: T) {
    if turns.last().is_none_or(|(_, before)| *before != now) {
        turns.push((at, now));
    }
}

/// Names tell roles. Where nothing is named, nobody knows.
fn role(slots: &Slots, id: &AccessKeyId) -> Option<Role> {
    let is = |slot: &Option<AccessKeyId>| slot.as_ref() == Some(id);
    match slots {
        _ if is(&slots.current) => Some(Role::Current),
        _ if is(&slots.last) => Some(Role::Last),
        _ if is(&slots.pending) => Some(Role::Pending),
        _ if slots.is_empty() => None,
        _ => Some(Role::Stray),
    }
}

/// Several files may tell of one user, one after the other.
fn in_order(mut key: KeyHistory) -> KeyHistory {
    key.statuses.sort_by_key(|(at, _)| *at);
    key.statuses.dedup_by_key(|(_, status)| *status);
    key.roles.sort_by_key(|(at, _)| *at);
    key.roles.dedup_by_key(|(_, role)| *role);
    key.uses.sort();
    key.uses.dedup_by(|next, before| same(before.0, next.0));
    key
}

fn same(one: SystemTime, other: SystemTime) -> bool {
    let gap = other.duration_since(one).or_else(|_| one.duration_since(other));
    gap.is_ok_and(|gap| gap <= SAME_USE)
}
