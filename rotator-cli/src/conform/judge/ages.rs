//! How long: a key works, a key stays switched off.

use super::super::rules::{OFF_AND_LEFT, OFF_BEFORE_GONE, ROTATED_IN_TIME};
use super::{Case, Finding, Judgement, Notes, UNREAD, span, when};

/// `rotated-in-time`: up to when the key was taken, or to the trail's end.
pub fn rotated_in_time(case: &Case<'_>) -> Judgement {
    let (mut notes, period, end) = (Notes::default(), case.times.period, case.user.span.1);
    for key in &case.user.keys {
        let taken = key.working().last().and_then(|(_, taken)| *taken);
        let over = taken.or(case.user.gone.as_ref());
        // Where silence says nothing, the key was there only for as long as it is seen.
        let to = match over {
            Some(over) => over.at,
            None if case.whole => end,
            None => key.last_seen().unwrap_or_default(),
        };
        if over.is_none() && !case.whole {
            notes.unjudged(UNREAD);
        }
        let since = key.made.as_ref().map(|made| made.at).or(key.first_seen()).unwrap_or(to);
        let age = to.saturating_sub(since);
        let id = &key.id;
        if age > period {
            let (age, limit) = (span(age), span(period));
            let old = match (&key.made, over) {
                (Some(_), Some(_)) => format!("{id} was {age} old when it was taken"),
                (Some(_), None) => format!("{id} is {age} old at the trail's end, and works"),
                (None, _) => format!("{id} is older than the trail, which shows it for {age}"),
            };
            notes.findings.push(Finding {
                rule: &ROTATED_IN_TIME,
                key: id.clone(),
                at: to,
                says: format!("{old}; a key works for {limit} at most"),
                next: "rotate more often than half the period: a key lives for two intervals, as CURRENT and as LAST".into(),
                events: taken.cloned().into_iter().chain(key.made.clone()).collect(),
            });
        } else if key.made.is_none() {
            let from = when(case.user.span.0);
            notes
                .unjudged(format!("{id} is older than the trail, which begins {from}; how old is not shown"));
        }
    }
    if case.known_from.is_none() {
        notes.unjudged("keys of the user from before the trail are not known");
    }
    notes.judged(&ROTATED_IN_TIME)
}

/// `off-before-gone`
pub fn off_before_gone(case: &Case<'_>, quarantine: u64) -> Judgement {
    let mut notes = Notes::default();
    for key in &case.user.keys {
        let Some(gone) = &key.gone else { continue };
        if case.cleared_away(gone.at) || case.never_used(key, gone.at) {
            continue;
        }
        let Some(off) = key.off_since() else {
            let seen = gone.at.saturating_sub(case.user.span.0);
            let silent = key.made.is_none() && key.switched.is_empty() && key.jobs.is_empty();
            if silent && seen < quarantine {
                let (id, seen) = (&key.id, span(seen));
                notes.unjudged(format!(
                    "{id} was deleted {seen} after the trail begins, and may have been off before"
                ));
            }
            continue;
        };
        let rest = gone.at.saturating_sub(off.at);
        if rest >= quarantine {
            continue;
        }
        let (id, quarantine) = (&key.id, span(quarantine));
        notes.findings.push(Finding {
            rule: &OFF_BEFORE_GONE,
            key: id.clone(),
            at: gone.at,
            says: format!(
                "{id} was deleted {} after it was switched off; the quarantine is {quarantine}",
                span(rest)
            ),
            next:
                "see whether a job missed it: it cannot be switched on again. Wait before the next deletion"
                    .into(),
            events: vec![gone.clone(), off.clone()],
        });
    }
    notes.judged(&OFF_BEFORE_GONE)
}

/// `off-and-left`
pub fn off_and_left(case: &Case<'_>) -> Judgement {
    let (mut notes, period, end) = (Notes::default(), case.times.period, case.user.span.1);
    for key in case.user.keys.iter().filter(|key| key.gone.is_none() && case.user.gone.is_none()) {
        let Some(off) = key.off_since() else { continue };
        let rest = end.saturating_sub(off.at);
        if rest <= period {
            continue;
        }
        if !case.whole {
            notes.unjudged(UNREAD);
            continue;
        }
        let id = &key.id;
        notes.findings.push(Finding {
            rule: &OFF_AND_LEFT,
            key: id.clone(),
            at: off.at,
            says: format!("{id} was switched off {} before the trail's end, and is there still", span(rest)),
            next: "delete it: it takes the place of the next key, and anybody who may can switch it on again"
                .into(),
            events: vec![off.clone()],
        });
    }
    notes.judged(&OFF_AND_LEFT)
}
