//! A person's hand amid a program's changes.

use super::super::collect::Change;
use super::super::rules::BY_HAND;
use super::super::tool::Hand;
use super::{Case, Finding, Judgement, Notes, did};

/// `by-hand`
pub fn judge(case: &Case<'_>) -> Judgement {
    let mut notes = Notes::default();
    let of_key = |key: &super::super::users::Key| {
        let own = key.made.iter().chain(&key.switched).chain(&key.gone).cloned();
        own.collect::<Vec<_>>()
    };
    let mut all: Vec<Change> = case.user.keys.iter().flat_map(of_key).collect();
    all.retain(|change| !case.cleared_away(change.at));
    all.sort();
    let by_tool = || all.iter().filter(|change| change.tool.is_some_and(|tool| tool.hand == Hand::Tool));
    let (first, last) = (by_tool().next(), by_tool().next_back());
    let Some((first, last)) = first.zip(last) else {
        if all.iter().any(|change| change.tool.is_none()) {
            notes.unjudged("not every change says with what program it was made");
        }
        return notes.judged(&BY_HAND);
    };
    for change in all.iter().filter(|change| change.at > first.at && change.at < last.at) {
        let Some(tool) = change.tool else {
            notes.unjudged("not every change says with what program it was made");
            continue;
        };
        if tool.hand == Hand::Tool {
            continue;
        }
        let program = first.tool.map_or("a program", |tool| tool.name);
        let key = change.key.clone().unwrap_or_default();
        notes.findings.push(Finding {
            rule: &BY_HAND,
            at: change.at,
            says: format!("{key} was {} by hand ({}) amid changes by {program}", did(change), tool.name),
            key,
            next: "ask who did it and why: what a program remembers of the keys may no longer be true".into(),
            events: vec![change.clone()],
        });
    }
    notes.judged(&BY_HAND)
}
