//! The report as data: one shape, whose `version` counts its changes.

use std::time::SystemTime;

use rotator::{AccessKeyId, Used};
use serde_json::{Value, json};

use super::{Audit, AuditedKey, AuditedUser, Outcome, Rule, Standard, Verdict};
use crate::clock::rfc3339;
use crate::history::{KeyHistory, Role};

/// All of it.
#[must_use]
pub fn json(audit: &Audit) -> Value {
    json!({
        "version": 1,
        "rotator": audit.version,
        "account": audit.account,
        "caller": audit.caller,
        "scope": audit.scope,
        "at": rfc3339(audit.at),
        "sources": audit.sources,
        "rotate_after_seconds": audit.rotate_after.map(|span| span.as_secs()),
        "min_age_seconds": audit.min_age.as_secs(),
        "rules": audit.rules.iter().map(|rule| rule_json(audit, rule)).collect::<Vec<_>>(),
        "verdicts": audit.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "users": audit.users.iter().map(user).collect::<Vec<_>>(),
        "users_without_keys": audit.without_keys,
        "statements": audit.statements.iter().map(|statement| {
            json!({ "standard": standard(&statement.standard), "says": statement.says })
        }).collect::<Vec<_>>(),
    })
}

fn rule_json(audit: &Audit, rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "says": rule.says,
        "standards": rule.standards.iter().map(standard).collect::<Vec<_>>(),
        "held": audit.count(rule, Outcome::Held),
        "broken": audit.count(rule, Outcome::Broken),
        "cannot_be_judged": audit.count(rule, Outcome::Unjudged),
    })
}

fn standard(standard: &Standard) -> Value {
    let version = Some(standard.version).filter(|version| !version.is_empty());
    json!({ "name": standard.name, "version": version, "number": standard.number })
}

fn verdict(verdict: &Verdict) -> Value {
    json!({
        "rule": verdict.rule.id,
        "user": verdict.user,
        "key": verdict.key.as_ref().map(AccessKeyId::as_str),
        "outcome": verdict.outcome.name(),
        "says": verdict.says,
        "next": verdict.next,
    })
}

fn user(user: &AuditedUser) -> Value {
    json!({
        "user": user.name,
        "path": user.path,
        "looked_at": user.seen,
        "note": user.note,
        "keys": user.keys.iter().map(key).collect::<Vec<_>>(),
        "history": {
            "since": user.history.since.map(rfc3339),
            "keys": user.history.keys.iter().map(history).collect::<Vec<_>>(),
        },
    })
}

fn key(key: &AuditedKey) -> Value {
    json!({
        "id": key.id.as_str(),
        "role": key.role.map(Role::name),
        "status": key.status.to_string(),
        "created": rfc3339(key.created),
        "age_seconds": key.age.as_secs(),
        "last_used": match key.used {
            Used::Never => json!("never"),
            Used::Unknown => json!("unknown"),
            Used::Ago(ago) => json!({ "seconds_ago": ago.as_secs() }),
        },
        "last_used_by": key.used_by,
        "due": key.due.map(rfc3339),
    })
}

fn history(key: &KeyHistory) -> Value {
    let from = |time: SystemTime, what: String| json!({ "from": rfc3339(time), "is": what });
    json!({
        "id": key.id.as_str(),
        "created": key.created.map(rfc3339),
        "deleted": key.deleted.map(rfc3339),
        "statuses": key.statuses.iter().map(|(at, status)| from(*at, status.to_string())).collect::<Vec<_>>(),
        "roles": key.roles.iter().map(|(at, role)| from(*at, role.name().to_owned())).collect::<Vec<_>>(),
        "uses": key.uses.iter().map(|(first, last)| {
            json!({ "first": rfc3339(*first), "last": rfc3339(*last) })
        }).collect::<Vec<_>>(),
    })
}
