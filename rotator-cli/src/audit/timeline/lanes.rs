//! What is known of a user's keys, as spans of time: history and today's state put together.

use rotator::{AccessKeyId, Status, Used};

use super::super::{AuditedKey, AuditedUser};
use super::{At, seconds};
use crate::history::{KeyHistory, Role};

/// One key over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The key.
    pub id: AccessKeyId,
    /// Its left end.
    pub begin: Begin,
    /// Its right end.
    pub end: End,
    /// What it was meanwhile: from the left end to the right one, without gap or overlap.
    pub spans: Vec<Span>,
    /// Spans of use, in order.
    pub uses: Vec<(At, At)>,
    /// When it is due.
    pub due: Option<At>,
    /// What IAM lists of it now; `None`: it is gone.
    pub today: Option<Today>,
}

/// A lane's left end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// It was made then.
    Made(At),
    /// It was there already; before that nothing is known.
    Before(At),
}

/// A lane's right end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was deleted then.
    Deleted(At),
    /// It is there today.
    Today(At),
    /// It is gone, and nobody told when: this is when it was last heard of.
    LastHeardOf(At),
}

/// A time in which neither role nor status changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From when.
    pub from: At,
    /// Until when.
    pub to: At,
    /// The role; `None`: not known.
    pub role: Option<Role>,
    /// The status; `None`: not known.
    pub status: Option<Status>,
}

/// A key as IAM lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// The role; `None`: not known.
    pub role: Option<Role>,
    /// The status.
    pub status: Status,
    /// The last use.
    pub used: Used,
}

/// How many keys a user had at once, where that is more or fewer than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// From when.
    pub from: At,
    /// Until when.
    pub to: At,
    /// How many work, or may: a key of which no source tells that it was Inactive.
    pub keys: usize,
    /// Whether each of them is known to have been Active. Else that is likely, and no more.
    pub known: bool,
}

impl Begin {
    /// When.
    #[must_use]
    pub fn at(self) -> At {
        match self {
            Self::Made(at) | Self::Before(at) => at,
        }
    }
}

impl End {
    /// When.
    #[must_use]
    pub fn at(self) -> At {
        match self {
            Self::Deleted(at) | Self::Today(at) | Self::LastHeardOf(at) => at,
        }
    }
}

/// A lane for each key that any source knows of, in the order in which they were made.
#[must_use]
pub fn lanes(user: &AuditedUser, today: At) -> Vec<Lane> {
    let since = user.history.since.map(seconds);
    let listed = |id: &AccessKeyId| user.keys.iter().find(|key| key.id == *id);
    let told = user.history.keys.iter().map(|key| lane(listed(&key.id), key, since, today));
    let mut lanes: Vec<_> = told.collect();
    for key in &user.keys {
        if lanes.iter().all(|lane| lane.id != key.id) {
            lanes.push(lane(Some(key), &untold(&key.id), since, today));
        }
    }
    // Stable: where times tie, the sources' order holds.
    lanes.sort_by_key(|lane| lane.begin.at());
    lanes
}

/// Only today's list knows of it.
fn untold(id: &AccessKeyId) -> KeyHistory {
    KeyHistory {
        id: id.clone(),
        created: None,
        deleted: None,
        statuses: Vec::new(),
        roles: Vec::new(),
        uses: Vec::new(),
    }
}

fn lane(listed: Option<&AuditedKey>, told: &KeyHistory, since: Option<At>, today: At) -> Lane {
    let roles: Vec<_> = told.roles.iter().map(|(at, role)| (seconds(*at), *role)).collect();
    let statuses: Vec<_> = told.statuses.iter().map(|(at, status)| (seconds(*at), *status)).collect();
    let mut uses: Vec<_> = told.uses.iter().map(|(from, to)| (seconds(*from), seconds(*to))).collect();
    if let Some(last) = listed.and_then(|key| last_use(key.used, today))
        // IAM records a use once in 15 minutes, so a trail's own record of it may be that much later.
        && uses.last().is_none_or(|(_, to)| *to + 900 < last)
    {
        uses.push((last, last));
    }
    let created = told.created.or(listed.map(|key| key.created)).map(seconds);
    let heard = roles.iter().map(|(at, _)| *at).chain(statuses.iter().map(|(at, _)| *at));
    let heard: Vec<_> = heard.chain(uses.iter().flat_map(|(from, to)| [*from, *to])).collect();
    let first = heard.iter().copied().min().into_iter().chain(since).min().unwrap_or(today);
    let begin = created.map_or(Begin::Before(first), Begin::Made);
    let last = heard.iter().copied().max().unwrap_or(begin.at()).max(begin.at());
    let end = match (told.deleted.map(seconds), listed) {
        (Some(at), _) => End::Deleted(at.max(begin.at())),
        (None, Some(_)) => End::Today(today.max(begin.at())),
        (None, None) => End::LastHeardOf(last),
    };
    let now = listed.map(|key| Today { role: key.role, status: key.status, used: key.used });
    Lane {
        id: told.id.clone(),
        begin,
        end,
        spans: spans(begin.at(), end.at(), &roles, &statuses),
        uses,
        due: listed.and_then(|key| key.due).map(seconds),
        today: now,
    }
}

fn last_use(used: Used, today: At) -> Option<At> {
    match used {
        Used::Ago(ago) => Some(today - At::try_from(ago.as_secs()).unwrap_or(0)),
        Used::Never | Used::Unknown => None,
    }
}

/// Cut wherever the role or the status changes.
fn spans(from: At, to: At, roles: &[(At, Role)], statuses: &[(At, Status)]) -> Vec<Span> {
    let changes = roles.iter().map(|(at, _)| *at).chain(statuses.iter().map(|(at, _)| *at));
    let mut cuts: Vec<_> = changes.filter(|at| from < *at && *at < to).chain([from, to]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut spans: Vec<Span> = Vec::new();
    for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
        let next = Span { from: *from, to: *to, role: latest(roles, *from), status: latest(statuses, *from) };
        match spans.last_mut() {
            Some(last) if (last.role, last.status) == (next.role, next.status) => last.to = next.to,
            Some(_) | None => spans.push(next),
        }
    }
    spans
}

/// What holds at a time: what the latest change until then came to.
fn latest<T: Copy>(changes: &[(At, T)], at: At) -> Option<T> {
    changes.iter().rev().find(|(then, _)| *then <= at).map(|(_, what)| *what)
}

/// Where a user had two keys that work, or more, or none, from the first thing that is known on.
#[must_use]
pub fn together(lanes: &[Lane], since: Option<At>, today: At) -> Vec<Together> {
    let ends = lanes.iter().flat_map(|lane| lane.spans.iter().flat_map(|span| [span.from, span.to]));
    let mut cuts: Vec<_> = ends.chain(since).chain([today]).filter(|at| *at <= today).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut all: Vec<Together> = Vec::new();
    for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
        let there =
            lanes.iter().flat_map(|lane| &lane.spans).filter(|span| span.from <= *from && *to <= span.to);
        let work: Vec<_> = there.filter(|span| span.status != Some(Status::Inactive)).collect();
        let known = work.iter().all(|span| span.status == Some(Status::Active));
        let next = Together { from: *from, to: *to, keys: work.len(), known };
        match all.last_mut() {
            Some(last) if (last.keys, last.known, last.to) == (next.keys, next.known, next.from) => {
                last.to = next.to;
            }
            Some(_) | None => all.push(next),
        }
    }
    // A key whose end nobody told may have gone on: then it cannot be said that there was none.
    let lost = |lane: &Lane| matches!(lane.end, End::LastHeardOf(_));
    let sure = since.is_some() && !lanes.iter().any(lost);
    all.retain(|span| {
        span.keys > 1 || (span.keys == 0 && sure && since.is_some_and(|since| since <= span.from))
    });
    all
}
