//! What a timeline shows, in words.

use rotator::{Status, Used};

use super::super::AuditedUser;
use super::{At, Begin, End, Lane, date, minute};

/// Spans of use that are told for each key; what is between the first and the last of more is in the data.
const USES: usize = 6;

/// One key, in one line without its id: what it was from when on.
#[must_use]
pub fn in_words(lane: &Lane) -> String {
    let mut told = vec![match lane.begin {
        Begin::Made(at) => format!("made {}", minute(at)),
        Begin::Before(at) => format!("there at {} already; when it was made is not known", minute(at)),
    }];
    for (place, span) in lane.spans.iter().enumerate() {
        let Some(what) = state(span.role.map(|role| role.name()), span.status) else { continue };
        // The span that lasts says so; the others end where the next one begins.
        let lasts = place + 1 == lane.spans.len() && matches!(lane.end, End::Today(_));
        told.push(match lasts {
            true => format!("{what} since {}", minute(span.from)),
            false => format!("{what} from {} to {}", minute(span.from), minute(span.to)),
        });
    }
    if let Some(today) = lane.today {
        let role = today.role.map_or("its role not known", |role| role.name());
        told.push(format!("today {role}, {}", today.status));
        match today.used {
            Used::Never => told.push("no use on IAM’s record".to_owned()),
            Used::Unknown => told.push("its last use could not be read".to_owned()),
            Used::Ago(_) => {}
        }
    }
    told.extend(uses(&lane.uses));
    match lane.end {
        End::Deleted(at) => told.push(format!("deleted {}", minute(at))),
        End::LastHeardOf(at) => {
            told.push(format!("gone; when is not known, it was last heard of {}", minute(at)));
        }
        End::Today(today) => {
            if let Some(due) = lane.due {
                told.push(due_words(due, today));
            }
        }
    }
    told.join("; ")
}

/// `due 2026-12-14`, or since when it has been.
#[must_use]
pub fn due_words(due: At, today: At) -> String {
    match due > today {
        true => format!("due {}", date(due)),
        false => format!("overdue since {}", date(due)),
    }
}

/// `CURRENT, Inactive`; `None` where neither is known.
fn state(role: Option<&str>, status: Option<Status>) -> Option<String> {
    match (role, status) {
        (Some(role), Some(status)) => Some(format!("{role}, {status}")),
        (Some(role), None) => Some(role.to_owned()),
        (None, Some(status)) => Some(status.to_string()),
        (None, None) => None,
    }
}

fn uses(uses: &[(At, At)]) -> Option<String> {
    let one = |(from, to): &(At, At)| match from == to {
        true => minute(*from),
        false => format!("{} to {}", minute(*from), minute(*to)),
    };
    let (first, last) = (uses.first()?, uses.last()?);
    Some(match uses.len() {
        ..=USES => format!("used {}", uses.iter().map(one).collect::<Vec<_>>().join(", ")),
        more => format!("used in {more} spans of time, first {}, last {}", one(first), one(last)),
    })
}

/// What no source told of this user, in sentences: an empty lane must not look like a quiet one.
#[must_use]
pub fn gaps(user: &AuditedUser) -> Vec<String> {
    let keys = &user.history.keys;
    if user.keys.is_empty() && keys.is_empty() {
        return Vec::new();
    }
    let roles = keys.iter().any(|key| !key.roles.is_empty());
    let uses = keys.iter().any(|key| !key.uses.is_empty());
    let mut told = Vec::new();
    if !roles {
        told.push("No journal tells of roles, so each key’s is known as of today only.".to_owned());
    }
    if !uses {
        told.push("No trail tells of uses: of each key, no more than the last one is marked.".to_owned());
    }
    // Otherwise the picture has the line from which on they are known.
    if user.history.since.is_none() {
        told.push("Nothing tells of keys that were deleted before today.".to_owned());
    }
    told
}
