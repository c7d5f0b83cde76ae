//! What each rule asks of one user or key.

use std::time::Duration;

use rotator::{AccessKeyId, Key, Memory, Refusal, Served, Status, Used};

use super::judge::{About, Found, Seen};
use super::rules::ROTATED_WITHIN;
use super::words::{option, quoted_path, span};
use super::{AuditedKey, AuditedUser, Outcome};
use crate::history::Role;

impl About<'_> {
    /// What a person does about a key that is too old, where keys are to be rotated at that age.
    fn replace(&self, key: &AuditedKey, rotate_after: Duration) -> String {
        let path = quoted_path(&self.user.path);
        match key.role {
            Some(Role::Current) => {
                format!("rotate it: `rotator rotate {path} --rotate-after {}`", option(rotate_after))
            }
            Some(Role::Pending) => {
                format!("bring the rotation to its end: `rotator rotate {path}`, or `rotator confirm`")
            }
            Some(Role::Last | Role::Stray) | None => self.remove(key),
        }
    }

    /// What a person does about a key that nobody seems to need.
    fn remove(&self, key: &AuditedKey) -> String {
        let (user, path) = (&self.user.name, quoted_path(&self.user.path));
        match key.role {
            Some(Role::Last) => format!("once it has rested: `rotator retire {path}`"),
            Some(Role::Current | Role::Pending | Role::Stray) | None => format!(
                "find its owner; if nobody needs it: `aws iam update-access-key --user-name {user} --access-key-id {} \
                 --status Inactive`",
                key.id
            ),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Found {
        let next = refusal.next_step(&self.user.name, (self.terms.words_for)(refusal));
        Found::broken(refusal.to_string(), next)
    }

    fn listed(&self, id: &AccessKeyId) -> Option<&Key> {
        self.seen.facts.keys.iter().find(|key| key.id == *id)
    }

    /// The memory is about a user of this name who was there before.
    fn another_user(&self) -> Option<Found> {
        if self.seen.facts.same_user {
            return None;
        }
        let Found { says, next, .. } = self.refused(&Refusal::AnotherUser);
        Some(Found { key: None, outcome: Outcome::Unjudged, says, next })
    }
}

/// With LAST living for two of them, no key gets older than 90 days.
const INTERVAL: Duration = Duration::from_secs(45 * 24 * 60 * 60);

/// 90 days is within "90 days or less".
pub(super) fn rotated(about: &About<'_>, key: &AuditedKey) -> Found {
    let age = span(key.age);
    let found = match key.status {
        Status::Inactive => Found::held(format!("{age} old and Inactive; the rule is about Active keys")),
        Status::Active if key.age <= ROTATED_WITHIN => Found::held(format!("{age} old")),
        Status::Active => {
            Found::broken(format!("{age} old, more than 90 days"), about.replace(key, INTERVAL))
        }
    };
    found.of(&key.id)
}

/// So many days to the second are "45 days or more". A key that was made later than that cannot have been
/// unused for so long, whatever is known of its use.
pub(super) fn unused(about: &About<'_>, key: &AuditedKey, limit: Duration) -> Found {
    let days = limit.as_secs() / (24 * 60 * 60);
    let by = key.used_by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
    let made = span(key.age);
    let found = match (key.status, key.used) {
        (Status::Inactive, _) => Found::held("Inactive; the rule is about Active keys"),
        (Status::Active, Used::Ago(ago)) if ago < limit => {
            Found::held(format!("last used {} ago{by}", span(ago)))
        }
        (Status::Active, Used::Never | Used::Unknown) if key.age < limit => {
            Found::held(format!("made {made} ago"))
        }
        (Status::Active, Used::Ago(ago)) => Found::broken(
            format!("last used {} ago{by}, and {days} days is too long", span(ago)),
            about.remove(key),
        ),
        (Status::Active, Used::Never) => Found::broken(
            format!("made {made} ago, and IAM has no use on record; {days} days is too long"),
            about.remove(key),
        ),
        (Status::Active, Used::Unknown) => Found::unjudged(
            format!("made {made} ago, and IAM did not say when it was last used"),
            "allow iam:GetAccessKeyLastUsed for the identity that runs this, or audit again",
        ),
    };
    found.of(&key.id)
}

/// A user without keys has no two.
pub(super) fn one_active(about: &About<'_>) -> Option<Found> {
    let AuditedUser { keys, path, .. } = about.user;
    let active: Vec<_> = keys.iter().filter(|key| key.status == Status::Active).collect();
    let some = |role| active.iter().any(|key| key.role == Some(role));
    let next = match (some(Role::Last), some(Role::Pending)) {
        (true, _) => format!("`rotator retire {}` switches LAST off once it has rested", quoted_path(path)),
        (false, true) => "a rotation is under way; see `half-done` if it does not end".to_owned(),
        (false, false) => "find out which one is not needed, and switch it off".to_owned(),
    };
    match active.len() {
        _ if keys.is_empty() => None,
        0 => Some(Found::held("no Active key")),
        1 => Some(Found::held("one Active key")),
        many => {
            let named = active.iter().map(|key| {
                let role = key.role.map_or_else(String::new, |role| format!(" ({})", role.name()));
                format!("{}{role}", key.id)
            });
            let named = named.collect::<Vec<_>>().join(", ");
            Some(Found::broken(format!("{many} Active keys: {named}"), next))
        }
    }
}

pub(super) fn current_works(about: &About<'_>) -> Option<Found> {
    let Seen { facts, slots } = about.seen;
    if let Some(found) = about.another_user() {
        return Some(found);
    }
    let told = facts.served.key();
    let Some(id) = told.or(slots.current.as_ref()) else {
        return match (&slots.last, facts.keys.is_empty()) {
            (Some(_), _) => Some(about.refused(&Refusal::CurrentMissing(None))),
            (None, true) => None,
            (None, false) => {
                let Found { says, next, .. } = about.refused(&Refusal::AmbiguousCurrent);
                let says = match facts.keys.len() {
                    1 => "nothing names the user's key, and dates and use do not tell".to_owned(),
                    _ => says,
                };
                Some(Found { key: None, outcome: Outcome::Unjudged, says, next })
            }
        };
    };
    let by = if told.is_some() { "the store serves it" } else { "it is CURRENT" };
    let found = match about.listed(id) {
        None => about.refused(&Refusal::CurrentMissing(Some(id.clone()))),
        Some(Key { status: Status::Inactive, .. }) => about.refused(&Refusal::CurrentInactive(id.clone())),
        Some(Key { status: Status::Active, .. }) => match (&facts.served, slots.under_way()) {
            (Served::Read(None), false) => {
                let Found { next, .. } = about.refused(&Refusal::NothingServed(id.clone()));
                let says =
                    format!("the store serves nothing, so jobs that start find no pair; CURRENT is {id}");
                Found { key: None, outcome: Outcome::Broken, says, next }
            }
            (Served::Read(None), true) => Found::unjudged(
                "the store serves nothing, and a rotation is under way",
                "audit again once it has ended",
            ),
            (
                Served::Untold
                | Served::Said(_)
                | Served::Read(Some(_))
                | Served::Changed
                | Served::Unchanged,
                _,
            ) => Found::held(format!("Active, and {by}")),
        },
    };
    Some(found.of(id))
}

pub(super) fn unknown_key(about: &About<'_>, key: &AuditedKey) -> Found {
    let stray_after = about.terms.stray_after;
    let found = match (about.another_user(), key.role) {
        (Some(found), _) => found,
        (None, None) => {
            let Found { next, .. } = about.refused(&Refusal::AmbiguousCurrent);
            let says = "nothing names it, and dates and use do not tell what it is".to_owned();
            Found { key: None, outcome: Outcome::Unjudged, says, next }
        }
        (None, Some(Role::Stray)) if key.age < stray_after => Found::unjudged(
            format!("without a name and {} old: a run may be at work with it", span(key.age)),
            format!("audit again once it is {} old", span(stray_after)),
        ),
        (None, Some(Role::Stray)) => {
            let Found { next, .. } = about.refused(&Refusal::UnknownKey(key.id.clone()));
            let says = format!("without a name and {} old: a dead run's, or a person's", span(key.age));
            Found { key: None, outcome: Outcome::Broken, says, next }
        }
        (None, Some(role @ (Role::Current | Role::Last | Role::Pending))) => Found::held(role.name()),
    };
    found.of(&key.id)
}

pub(super) fn half_done(about: &About<'_>) -> Option<Found> {
    let Seen { facts, slots } = about.seen;
    if let Some(found) = about.another_user() {
        return Some(found);
    }
    if facts.keys.is_empty() && slots.is_empty() {
        return None;
    }
    let unnamed = slots.is_empty() && facts.written.is_none();
    if unnamed && facts.keys.len() > 1 {
        return Some(Found::unjudged(
            "nothing names the keys, so one of them may be left over from a rotation",
            "see `current-works` for this user",
        ));
    }
    if !slots.under_way() {
        return Some(Found::held("no rotation is under way"));
    }
    // Without a memory it is the new key's age that tells since when.
    let pending = slots.pending.as_ref().and_then(|id| about.listed(id));
    let since = facts.written.or(pending.map(|key| key.age));
    let run = format!("`rotator rotate {}` brings it to its end", quoted_path(&about.user.path));
    let found = match (&slots.pending, since) {
        (_, Some(since)) if since <= about.terms.stray_after => {
            Found::held(format!("a rotation is under way, begun {} ago at most", span(since)))
        }
        (Some(id), since) => {
            let since = since.map_or_else(String::new, |since| format!(" for {}", span(since)));
            let says = format!("{id} is PENDING{since}: a run died, or nobody said that its pair is stored");
            let next = match facts.memory {
                // The store has its pair, so any run can prove and promote it.
                Memory::Document => Some(run),
                Memory::Ledger | Memory::Dates => about.refused(&Refusal::MaybeServed(id.clone())).next,
            };
            Found { key: Some(id.clone()), outcome: Outcome::Broken, says, next }
        }
        (None, since) => {
            let since = since.map_or_else(String::new, |since| format!(" {} ago", span(since)));
            Found::broken(format!("a rotation was begun{since} and has not ended"), run)
        }
    };
    Some(found)
}

pub(super) fn too_many_keys(about: &About<'_>) -> Option<Found> {
    match about.user.keys.len() {
        0 => None,
        1 => Some(Found::held("one key")),
        2 => Some(Found::held("two keys")),
        many => {
            let Found { next, .. } = about.refused(&Refusal::TooManyKeys);
            Some(Found { key: None, outcome: Outcome::Broken, says: format!("{many} keys"), next })
        }
    }
}

/// It is due at that age, and overdue once it is older.
pub(super) fn overdue(about: &About<'_>) -> Option<Found> {
    let limit = about.terms.rotate_after?;
    if let Some(found) = about.another_user() {
        return Some(found);
    }
    let current = about.user.keys.iter().find(|key| key.role == Some(Role::Current));
    let Some(key) = current else {
        let says = "which key is CURRENT is not known, or it is not there";
        let missing = !about.user.keys.is_empty() || !about.seen.slots.is_empty();
        return missing.then(|| Found::unjudged(says, "see `current-works` for this user"));
    };
    let (age, limit_says) = (span(key.age), span(limit));
    let found = match key.age <= limit {
        true => Found::held(format!("{age} old, due at {limit_says}")),
        false => Found::broken(format!("{age} old, due at {limit_says}"), about.replace(key, limit)),
    };
    Some(found.of(&key.id))
}
