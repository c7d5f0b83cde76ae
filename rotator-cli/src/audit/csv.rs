//! The report for a spreadsheet: a row for each verdict, with the key beside it.

use std::collections::{BTreeMap, BTreeSet};

use rotator::Used;

use super::words::{due, role, used};
use super::{Audit, AuditedKey, AuditedUser, Verdict};
use crate::clock::rfc3339;

const HEAD: [&str; 16] = [
    "outcome",
    "rule",
    "title",
    "standards",
    "user",
    "path",
    "key",
    "role",
    "status",
    "created",
    "age_days",
    "last_used",
    "last_used_by",
    "due",
    "says",
    "next",
];

/// The rows under their heading. A user without any verdict has a row as well, with nothing but the note.
///
/// # Errors
/// None that a buffer in memory can have.
pub fn csv(audit: &Audit) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEAD)?;
    let users: BTreeMap<&str, &AuditedUser> =
        audit.users.iter().map(|user| (user.name.as_str(), user)).collect();
    let mut silent: BTreeSet<&str> = users.keys().copied().collect();
    for verdict in &audit.verdicts {
        let user = verdict.user.as_deref().and_then(|name| users.get(name).copied());
        if let Some(user) = user {
            silent.remove(user.name.as_str());
        }
        writer.write_record(row(audit, user, Some(verdict)).map(|cell| plain(&cell)))?;
    }
    for user in audit.users.iter().filter(|user| silent.contains(user.name.as_str())) {
        writer.write_record(row(audit, Some(user), None).map(|cell| plain(&cell)))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

fn row(audit: &Audit, user: Option<&AuditedUser>, verdict: Option<&Verdict>) -> [String; 16] {
    let id = verdict.and_then(|verdict| verdict.key.as_ref());
    let key = user.and_then(|user| user.keys.iter().find(|key| Some(&key.id) == id));
    let of_key = |say: fn(&AuditedKey) -> String| key.map(say).unwrap_or_default();
    let of_rule = |say: fn(&Verdict) -> String| verdict.map(say).unwrap_or_default();
    let no_verdict = || match user {
        Some(AuditedUser { note: Some(note), .. }) => note.clone(),
        Some(_) | None => "no key".to_owned(),
    };
    [
        of_rule(|verdict| verdict.outcome.name().to_owned()),
        of_rule(|verdict| verdict.rule.id.to_owned()),
        of_rule(|verdict| verdict.rule.title.to_owned()),
        of_rule(|verdict| verdict.rule.places()),
        verdict
            .map_or_else(|| user.map(|user| user.name.clone()), |verdict| verdict.user.clone())
            .unwrap_or_default(),
        user.map(|user| user.path.clone()).unwrap_or_default(),
        id.map(ToString::to_string).unwrap_or_default(),
        of_key(|key| role(key).to_owned()),
        of_key(|key| key.status.to_string()),
        of_key(|key| rfc3339(key.created)),
        of_key(|key| (key.age.as_secs() / 86_400).to_string()),
        key.map(|key| last_used(audit, key)).unwrap_or_default(),
        of_key(|key| key.used_by.clone().unwrap_or_default()),
        of_key(|key| due(key).unwrap_or_default()),
        verdict.map_or_else(no_verdict, |verdict| verdict.says.clone()),
        verdict.and_then(|verdict| verdict.next.clone()).unwrap_or_default(),
    ]
}

/// A date, which a spreadsheet can reckon with.
fn last_used(audit: &Audit, key: &AuditedKey) -> String {
    match key.used {
        Used::Ago(ago) => audit.at.checked_sub(ago).map_or_else(|| used(key.used), rfc3339),
        Used::Never | Used::Unknown => used(key.used),
    }
}

/// A cell that no spreadsheet takes for a formula: user names may begin with `=`, `+`, `-` and `@` (IAM API
/// reference, `UserName`). What does gets an apostrophe in front, as OWASP advises ("CSV Injection").
fn plain(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
