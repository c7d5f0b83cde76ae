//! The specification as data, so that what runs can be compared with what was approved.

use rotator::CLAIMS;
use serde_json::{Value, json};

use super::decisions::{Line, SETTLES, TABLES};
use super::diagram::DIAGRAMS;
use super::words::{SETTLES_SAYS, Word, asked_of, pauses, refusals};
use super::{effects, sha256};
use crate::exit::Exit;

/// All of it but what only the walks know. Version 1.
#[must_use]
pub fn json() -> Value {
    let tables = TABLES.iter().map(|table| {
        json!({ "table": table.name, "asked": table.when, "lines": table.lines().map(|one| line(&one)).collect::<Vec<_>>() })
    });
    let claims = CLAIMS
        .iter()
        .map(|claim| json!({ "name": claim.name, "says": claim.says, "asked_of": asked_of(claim) }));
    let (says, of) = SETTLES_SAYS;
    let claims = claims.chain([json!({ "name": SETTLES, "says": says, "asked_of": of })]);
    let effects = effects::rows().into_iter().map(|row| {
        json!({
            "code": row.code,
            "says": row.says,
            "commit_point": { "tags": row.commit_with_tags, "secretsmanager": row.commit_in_secrets_manager },
            "calls": { "tags": row.with_tags, "ssm": row.with_parameter_store, "secretsmanager": row.with_secrets_manager },
            "sent_again": row.again,
        })
    });
    let diagrams = DIAGRAMS.iter().map(|diagram| {
        let states = diagram.states();
        let edges = diagram
            .edges
            .iter()
            .map(|edge| json!({ "from": edge.from, "to": edge.to, "effects": edge.effects }));
        json!({ "memory": diagram.name, "states": states, "edges": edges.collect::<Vec<_>>() })
    });
    let exits = Exit::ALL.iter().map(|exit| json!({ "code": exit.code(), "meaning": exit.meaning() }));
    json!({
        "version": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "sha256": sha256(),
        "decisions": tables.collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
        "effects": effects.collect::<Vec<_>>(),
        "refusals": refusals().iter().map(word).collect::<Vec<_>>(),
        "pauses": pauses().iter().map(word).collect::<Vec<_>>(),
        "states": diagrams.collect::<Vec<_>>(),
        "exit_codes": exits.collect::<Vec<_>>(),
    })
}

fn line(line: &Line) -> Value {
    let verdict = line.verdict();
    let verb = if verdict.verb.is_empty() { "done" } else { verdict.verb };
    let code = verdict.code();
    let what = Some(code).filter(|_| !verdict.verb.is_empty());
    json!({
        "number": line.number,
        "situation": line.situation,
        "decision": verb,
        "what": what,
        "serves": line.serves,
    })
}

fn word(word: &Word) -> Value {
    match &word.next {
        Some(next) => json!({ "code": word.code, "says": word.says, "next_with_tags": next }),
        None => json!({ "code": word.code, "says": word.says }),
    }
}
