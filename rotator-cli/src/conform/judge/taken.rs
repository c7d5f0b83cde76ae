//! Keys that were taken: CURRENT under the jobs that are served it, LAST under those that still hold it.

use super::super::collect::Change;
use super::super::rules::{LAST_WORKS, NEVER_TAKES_SERVED};
use super::super::users::Key;
use super::{Case, Finding, Judgement, Notes, UNREAD, did, span, when};

/// `never-takes-served` and `last-works`. A key that was CURRENT when it was taken is no LAST.
pub fn judge(case: &Case<'_>) -> (Judgement, Judgement) {
    let (mut served, mut last) = (Notes::default(), Notes::default());
    for key in &case.user.keys {
        for taken in key.takings().filter(|taken| !case.cleared_away(taken.at)) {
            let found = served.findings.len();
            judge_served(case, key, taken, &mut served);
            if served.findings.len() == found {
                judge_last(case, key, taken, &mut last);
            }
        }
    }
    (served.judged(&NEVER_TAKES_SERVED), last.judged(&LAST_WORKS))
}

fn judge_served(case: &Case<'_>, key: &Key, taken: &Change, notes: &mut Notes) {
    let (id, at, min_age) = (&key.id, taken.at, case.times.min_age);
    let Some(used) = key.jobs.last_by(at).filter(|used| at - used <= min_age) else {
        return unused(case, key, at, notes);
    };
    // Whoever uses another key has been served that one, at the latest when it was used.
    let made = key.made.as_ref().map(|made| made.at);
    for other in case.others(key, at) {
        let newer = other.made.as_ref().is_some_and(|other| made.is_none_or(|made| other.at > made));
        match other.jobs.last_by(at) {
            Some(last) if newer || last >= used => return,
            Some(last) if at - last <= min_age => {
                return notes.unjudged(format!(
                    "{id} and {} were both in use when {id} was {}: which of them was served is not shown",
                    other.id,
                    did(taken)
                ));
            }
            Some(_) | None => {}
        }
    }
    if !case.whole {
        return notes.unjudged(UNREAD);
    }
    if let Some(old) =
        case.others(key, at).find(|other| other.made.is_none() && other.jobs.last_by(at).is_none())
    {
        let old = &old.id;
        return notes.unjudged(format!(
            "{old} is older than the trail, and may have been in use before it when {id} was {}",
            did(taken)
        ));
    }
    let since = format!("{id} was in use until {} before it was {}", span(at - used), did(taken));
    let successor =
        case.others(key, at).filter(|other| other.made.is_some()).max_by_key(|other| other.first_seen());
    let says = match successor {
        Some(other) => match other.jobs.last_by(at) {
            Some(last) => format!("{since}, and {} had not been used since {}", other.id, when(last)),
            None => {
                let made = other.made.as_ref().map(|made| when(made.at)).unwrap_or_default();
                format!("{since}, and {} (made {made}) had never been used by then", other.id)
            }
        },
        None if !case.knows_all(at) => {
            return notes.unjudged(format!(
                "keys of the user from before the trail are not known, and one of them may have been served when {id} was {}",
                did(taken)
            ));
        }
        None => format!("{since}, and the user had no other key"),
    };
    let later = key.jobs.first_after(at).map(|at| format!("; it was still asked for at {}", when(at)));
    let made = successor.and_then(|other| other.made.clone());
    notes.findings.push(Finding {
        rule: &NEVER_TAKES_SERVED,
        key: id.clone(),
        at,
        says: says + &later.unwrap_or_default(),
        next: "find the jobs that failed from then on, and what the store serves now; choose the key to delete by that, \
               never by its date"
            .into(),
        events: [taken.clone()].into_iter().chain(made).collect(),
    });
}

/// The key was not seen in use of late: whether that means anything.
fn unused(case: &Case<'_>, key: &Key, at: u64, notes: &mut Notes) {
    let from = case.user.span.0;
    if !case.used {
        notes.unjudged(
            "no use of the user's keys by a job is in the trail, so it does not show which key was served",
        );
    } else if !case.whole {
        notes.unjudged(UNREAD);
    } else if key.made.is_none() && at.saturating_sub(from) < case.times.min_age {
        let (id, span) = (&key.id, span(at.saturating_sub(from)));
        notes.unjudged(format!(
            "{id} was taken {span} after the trail begins, and may have been in use before"
        ));
    }
}

fn judge_last(case: &Case<'_>, key: &Key, taken: &Change, notes: &mut Notes) {
    let (id, at, min_age) = (&key.id, taken.at, case.times.min_age);
    let made = key.made.as_ref().map(|made| made.at);
    let newer = |other: &&Change| made.is_none_or(|made| made < other.at);
    // The first of them, for jobs may have been served it from then on.
    let successor =
        case.others(key, at).filter_map(|other| other.made.as_ref()).filter(newer).min_by_key(|m| m.at);
    let Some(successor) = successor else { return };
    let by = successor.key.as_deref().unwrap_or_default();
    let rest = at.saturating_sub(successor.at);
    if case.never_used(key, at) {
        return;
    }
    let says = if rest < min_age {
        if made.is_none() && case.used && key.jobs.is_empty() {
            return notes.unjudged(format!(
                "{id} is older than the trail, which does not show whether it was ever used"
            ));
        }
        format!("{id} was {} {} after its successor {by} was made", did(taken), span(rest))
    } else {
        match key.jobs.last_by(at).filter(|used| at - used < min_age) {
            Some(used) => {
                format!(
                    "{id} was {} {} after a job had used it; {by} was there already",
                    did(taken),
                    span(at - used)
                )
            }
            None => return,
        }
    };
    notes.findings.push(Finding {
        rule: &LAST_WORKS,
        key: id.clone(),
        at,
        says: format!("{says}; LAST rests for {}", span(min_age)),
        next: "look for jobs that began before and failed after it; let LAST rest for longer than the longest job. \
               If it had leaked, that was the price: note it beside this"
            .into(),
        events: vec![taken.clone(), successor.clone()],
    });
}
