//! SARIF 2.1.0, for code scanning: what is broken, and what cannot be judged.
//!
//! - A rule that holds gives no result: GitHub shows `kind: pass` as an alert (microsoft/PSRule #955). The
//!   counts of what held are in the run's properties.
//! - "Cannot be judged" is `kind: open`: the rule was evaluated, and there was not enough to decide by (SARIF
//!   2.1.0, 3.27.9). Its level is `none`, as the same section asks of all but `fail`.
//! - GitHub refuses a file with a result that has no physical location (KKloudTarus/synapse-ce #51,
//!   microsoft/sarif-sdk #2694), and takes a relative path only. So each result names a file that does not
//!   exist, `iam/users/PATH/NAME`, beside the logical location that is meant.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Audit, AuditedUser, Outcome, Rule, Standard, Verdict};
use crate::clock::rfc3339;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log, with one run.
#[must_use]
pub fn sarif(audit: &Audit) -> Value {
    let told = audit.verdicts.iter().filter_map(|verdict| result(audit, verdict));
    let failed = audit.users.iter().filter(|user| !user.seen).count();
    let notes = audit.users.iter().filter_map(notification);
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "rotator audit",
                "version": audit.version,
                "semanticVersion": audit.version,
                "rules": audit.rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": format!("rotator-audit/{}/{}", audit.account, audit.scope) },
            "invocations": [{
                "executionSuccessful": failed == 0,
                "endTimeUtc": rfc3339(audit.at),
                "toolExecutionNotifications": notes.collect::<Vec<_>>(),
            }],
            "results": told.collect::<Vec<_>>(),
            "properties": {
                "account": audit.account,
                "caller": audit.caller,
                "scope": audit.scope,
                "sources": audit.sources,
                "held": audit.with(Outcome::Held).count(),
                "broken": audit.with(Outcome::Broken).count(),
                "cannotBeJudged": audit.with(Outcome::Unjudged).count(),
                "statements": audit.statements.iter().map(|statement| {
                    let Standard { name, version, number } = statement.standard;
                    format!("{name} {version} {number}: {}", statement.says).replace("  ", " ")
                }).collect::<Vec<_>>(),
            },
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let places = match rule.places() {
        none if none.is_empty() => "One of rotator's own rules.".to_owned(),
        places => format!("Stands in: {places}."),
    };
    let help = format!("{}\n\n{places}", rule.says);
    json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.says },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": ["security", "iam", "access-key"] },
    })
}

fn result(audit: &Audit, verdict: &Verdict) -> Option<Value> {
    let (kind, level) = match verdict.outcome {
        Outcome::Held => return None,
        Outcome::Broken => ("fail", "error"),
        Outcome::Unjudged => ("open", "none"),
    };
    let says = match &verdict.next {
        Some(next) => format!("{}: {}. Next: {next}", verdict.subject(), verdict.says),
        None => format!("{}: {}", verdict.subject(), verdict.says),
    };
    let index = audit.rules.iter().position(|rule| rule.id == verdict.rule.id);
    Some(json!({
        "ruleId": verdict.rule.id,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": { "text": says },
        "locations": [location(audit, verdict)],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint(audit, verdict) },
    }))
}

fn location(audit: &Audit, verdict: &Verdict) -> Value {
    let user = verdict.user.as_ref().and_then(|name| audit.users.iter().find(|user| user.name == *name));
    let mut logical = Vec::new();
    if let Some(user) = user {
        let qualified = format!("{}{}", user.path, user.name);
        logical.push(json!({ "name": user.name, "fullyQualifiedName": qualified, "kind": "resource" }));
        if let Some(key) = &verdict.key {
            let qualified = format!("{qualified}/{key}");
            logical
                .push(json!({ "name": key.as_str(), "fullyQualifiedName": qualified, "kind": "resource" }));
        }
    }
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(user) },
            "region": { "startLine": 1 },
        },
    });
    if let (Some(location), false) = (location.as_object_mut(), logical.is_empty()) {
        location.insert("logicalLocations".to_owned(), Value::Array(logical));
    }
    location
}

/// A relative path, as a URI reference.
fn uri(user: Option<&AuditedUser>) -> String {
    let Some(user) = user else { return "iam/account".to_owned() };
    let mut uri = "iam/users".to_owned();
    for byte in format!("{}{}", user.path, user.name).bytes() {
        match byte {
            // RFC 3986, what a segment may hold, as far as names have it.
            b'/' | b'-' | b'.' | b'_' | b'~' | b'+' | b'=' | b',' | b'@' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The same for the same finding in every run, by which GitHub knows it again.
fn fingerprint(audit: &Audit, verdict: &Verdict) -> String {
    let what = format!("{} {} {}", audit.account, verdict.rule.id, verdict.subject());
    let hash = Sha256::digest(what);
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}:1")
}

fn notification(user: &AuditedUser) -> Option<Value> {
    let note = user.note.as_ref()?;
    let level = if user.seen { "warning" } else { "error" };
    Some(json!({ "level": level, "message": { "text": format!("{}: {note}", user.name) } }))
}
