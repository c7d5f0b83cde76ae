//! How many keys a user has: never none that works, never three.

use super::super::collect::Change;
use super::super::rules::{CURRENT_WORKS, TOO_MANY_KEYS};
use super::super::users::Key;
use super::{Case, DAY, Finding, Judgement, Notes, UNREAD, did, span};

/// A key that is deleted may go on working for some seconds, so a use right after it shows nothing.
const LINGERS: u64 = 60;

/// `current-works`, judged at the end of each second in which a key was taken.
pub fn current_works(case: &Case<'_>) -> Judgement {
    let mut notes = Notes::default();
    let working: Vec<_> = case.user.keys.iter().flat_map(Key::working).collect();
    let works = |at: u64| working.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| to.at > at));
    for key in &case.user.keys {
        for taken in key.takings().filter(|taken| !works(taken.at) && !case.cleared_away(taken.at)) {
            let (id, at) = (&key.id, taken.at);
            let next = working.iter().map(|(from, _)| *from).filter(|from| *from > at).min();
            let end = case.user.span.1;
            if !case.whole {
                notes.unjudged(UNREAD);
            } else if !case.knows_all(at) {
                notes.unjudged(format!(
                    "keys of the user from before the trail are not known, so that {id} was the last one is not shown"
                ));
            } else if next.is_none() && end.saturating_sub(at) < DAY {
                notes.unjudged(format!(
                    "{id} was {} {} before the trail ends, and the user may be deleted after it",
                    did(taken),
                    span(end.saturating_sub(at))
                ));
            } else {
                let until = next.map_or_else(
                    || "up to the trail's end".to_owned(),
                    |next| format!("for {}", span(next.saturating_sub(at))),
                );
                notes.findings.push(Finding {
                    rule: &CURRENT_WORKS,
                    key: id.clone(),
                    at,
                    says: format!("{id} was {}, and the user had no working key {until}", did(taken)),
                    next: "find the jobs that failed meanwhile; make and store the new key before the old one goes. \
                           Where the user is no longer needed, delete it"
                        .into(),
                    events: vec![taken.clone()],
                });
            }
        }
    }
    notes.judged(&CURRENT_WORKS)
}

/// `too-many-keys`, judged at the end of each second in which a key was made.
pub fn too_many(case: &Case<'_>) -> Judgement {
    let mut notes = Notes::default();
    for key in &case.user.keys {
        let Some(made) = &key.made else { continue };
        let at = made.at;
        let left = |other: &&Key| other.gone.as_ref().is_none_or(|gone| gone.at > at);
        let there: Vec<_> = case.others(key, at).filter(left).collect();
        if there.len() < 2 {
            continue;
        }
        let shown: Vec<_> =
            there.iter().filter(|other| other.last_seen().is_some_and(|last| last > at + LINGERS)).collect();
        if shown.len() < 2 {
            notes.unjudged(format!(
                "{} would have been the third key, which IAM does not allow: a deletion is missing from the trail",
                key.id
            ));
            continue;
        }
        let ids: Vec<_> = shown.iter().map(|other| other.id.as_str()).collect();
        let first = |key: &&&Key| key.made.clone();
        let events: Vec<Change> = [made.clone()].into_iter().chain(shown.iter().filter_map(first)).collect();
        notes.findings.push(Finding {
            rule: &TOO_MANY_KEYS,
            key: key.id.clone(),
            at,
            says: format!("{} was made beside {}", key.id, ids.join(" and ")),
            next: "see which of them the store serves, and delete what nothing uses; keep two runs from overlapping".into(),
            events,
        });
    }
    notes.judged(&TOO_MANY_KEYS)
}
