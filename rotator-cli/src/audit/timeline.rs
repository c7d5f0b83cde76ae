//! A user's keys over time, from several sources put together: the account as it stands, journals,
//! CloudTrail. Pure.

use std::time::SystemTime;

use rotator::{AccessKeyId, Status, Used};

use super::AuditedKey;
use crate::history::{KeyHistory, UserHistory};
use crate::iam::User;

/// What IAM's list and the memory tell at `at`, where the names stand since `named`.
///
/// A key is Active when it is made (IAM API reference, CreateAccessKey); since when an Inactive one is off,
/// the list does not tell, so it is known to be off from `at` on.
#[must_use]
pub fn present(user: &User, keys: &[AuditedKey], named: SystemTime, at: SystemTime) -> UserHistory {
    let keys = keys.iter().map(|key| {
        let mut statuses = vec![(key.created, Status::Active)];
        if key.status == Status::Inactive {
            statuses.push((at, Status::Inactive));
        }
        let used = match key.used {
            Used::Ago(ago) => at.checked_sub(ago).map(|last| (last, last)),
            Used::Never | Used::Unknown => None,
        };
        KeyHistory {
            id: key.id.clone(),
            created: Some(key.created),
            deleted: None,
            statuses,
            // Nobody has a role before there is a key.
            roles: key.role.map(|role| (named.max(key.created), role)).into_iter().collect(),
            uses: used.into_iter().collect(),
        }
    });
    UserHistory {
        user: user.name.clone(),
        account: None,
        path: Some(user.path.clone()),
        since: Some(at),
        keys: keys.collect(),
    }
}

/// Puts what journals and trails tell to what the account shows at `at`, and decides where they contradict
/// each other: IAM's list says which keys there are, when they were made and whether they work; the memory
/// says which role they have now.
///
/// A key that is not listed and of which no source tells when it was deleted is gone by `at` at the latest.
/// Where the user could not be looked at (`listed` is false) nothing is decided by what is missing.
#[must_use]
pub fn merge(present: &UserHistory, listed: bool, told: &[&UserHistory], at: SystemTime) -> UserHistory {
    let mut ids: Vec<&AccessKeyId> = Vec::new();
    for key in present.keys.iter().chain(told.iter().flat_map(|history| &history.keys)) {
        if !ids.contains(&&key.id) {
            ids.push(&key.id);
        }
    }
    let of =
        |history: &'_ UserHistory, id: &AccessKeyId| history.keys.iter().find(|key| key.id == *id).cloned();
    let mut keys: Vec<KeyHistory> = ids
        .into_iter()
        .map(|id| {
            let told: Vec<KeyHistory> = told.iter().filter_map(|history| of(history, id)).collect();
            match of(present, id) {
                Some(now) => there(now, &told, at),
                None => gone(id, &told, listed.then_some(at)),
            }
        })
        .collect();
    keys.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    UserHistory {
        user: present.user.clone(),
        account: present.account.clone(),
        path: present.path.clone(),
        since: present.since.into_iter().chain(told.iter().filter_map(|history| history.since)).min(),
        keys,
    }
}

/// A key that IAM lists: no source can have seen its end.
fn there(now: KeyHistory, told: &[KeyHistory], at: SystemTime) -> KeyHistory {
    let made = now.created;
    let between = |time: &SystemTime| made.is_none_or(|made| *time >= made) && *time < at;
    let statuses = told.iter().flat_map(|key| key.statuses.clone()).filter(|(time, _)| between(time));
    let mut statuses = in_order(now.statuses.iter().copied().chain(statuses));
    if let Some((_, status)) = now.statuses.last()
        && statuses.last().is_none_or(|(_, last)| last != status)
    {
        statuses.push((at, *status));
    }
    // Since the names were written nobody else has named the key.
    let since = now.roles.first().map(|(time, _)| *time);
    let roles = told.iter().flat_map(|key| key.roles.clone());
    let roles = roles.filter(|(time, _)| since.is_none_or(|since| *time < since));
    KeyHistory {
        created: made,
        deleted: None,
        statuses,
        roles: in_order(roles.chain(now.roles.iter().copied())),
        uses: spans(told.iter().flat_map(|key| key.uses.clone()).chain(now.uses)),
        id: now.id,
    }
}

fn gone(id: &AccessKeyId, told: &[KeyHistory], by: Option<SystemTime>) -> KeyHistory {
    KeyHistory {
        id: id.clone(),
        created: told.iter().filter_map(|key| key.created).min(),
        deleted: told.iter().filter_map(|key| key.deleted).min().or(by),
        statuses: in_order(told.iter().flat_map(|key| key.statuses.clone())),
        roles: in_order(told.iter().flat_map(|key| key.roles.clone())),
        uses: spans(told.iter().flat_map(|key| key.uses.clone())),
    }
}

/// By time, without what only says again what was so already. Of two things at one time the later said one
/// counts.
fn in_order<T: Copy + PartialEq>(said: impl Iterator<Item = (SystemTime, T)>) -> Vec<(SystemTime, T)> {
    let mut said: Vec<(SystemTime, T)> = said.collect();
    said.sort_by_key(|(time, _)| *time);
    let mut kept: Vec<(SystemTime, T)> = Vec::new();
    for (time, what) in said {
        if kept.last().is_some_and(|(before, _)| *before == time) {
            kept.pop();
        }
        if kept.last().is_none_or(|(_, before)| *before != what) {
            kept.push((time, what));
        }
    }
    kept
}

/// By time, with those that overlap or touch made one.
fn spans(seen: impl Iterator<Item = (SystemTime, SystemTime)>) -> Vec<(SystemTime, SystemTime)> {
    let mut seen: Vec<_> = seen.map(|(from, to)| (from.min(to), from.max(to))).collect();
    seen.sort_unstable();
    let mut kept: Vec<(SystemTime, SystemTime)> = Vec::new();
    for (from, to) in seen {
        match kept.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            Some(_) | None => kept.push((from, to)),
        }
    }
    kept
}

/// Which of the histories are about this user of this account.
#[must_use]
pub fn about<'a>(told: &'a [UserHistory], account: &str, user: &str) -> Vec<&'a UserHistory> {
    let ours = |history: &&UserHistory| {
        let same_account = history.account.as_deref().is_none_or(|number| number == account);
        // User names are unique without regard to case (IAM user guide).
        same_account && history.user.eq_ignore_ascii_case(user)
    };
    told.iter().filter(ours).collect()
}
