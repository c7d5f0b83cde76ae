//! What was found, for a person and as data.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::found::{Finding, Found, Judged, Note};
use crate::exit::Exit;
use crate::table::table;

/// One journal, for a person.
#[must_use]
pub fn text(name: &str, found: &Found) -> String {
    let (colour, says) = match found.findings.len() as u64 + found.more {
        0 => (AnsiColor::Green, "all holds".to_owned()),
        1 => (AnsiColor::Red, "1 finding".to_owned()),
        some => (AnsiColor::Red, format!("{some} findings")),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    let mut parts = vec![format!("{name}: {style}{says}{style:#}"), format!("  {}", counts(found))];
    parts.extend(found.findings.iter().map(finding));
    if found.more > 0 {
        parts.push(format!("  and {} more findings", found.more));
    }
    for Note { line, says } in &found.notes {
        parts.push(format!("  note: line {line}: {says}"));
    }
    if found.more_notes > 0 {
        parts.push(format!("  and {} more notes", found.more_notes));
    }
    if found.decisions > 0 {
        let rows = found
            .claims
            .iter()
            .map(|judged| [judged.claim.to_owned(), judged.steps.to_string(), fared(judged)]);
        let claims = table(["CLAIM", "STEPS", "IT"], rows);
        parts.extend(claims.lines().map(|line| format!("  {line}")));
    }
    if let Some(head) = &found.head {
        parts.push(format!("  head: {}:{}", head.line, head.sha256));
    }
    parts.join("\n")
}

fn counts(found: &Found) -> String {
    let many = |count: u64, one: &str, some: &str| format!("{count} {}", if count == 1 { one } else { some });
    let killed = if found.killed > 0 { format!(" ({} killed)", found.killed) } else { String::new() };
    format!(
        "{}, {}{killed}, {}, {} made again, {}",
        many(found.lines, "line", "lines"),
        many(found.runs, "run", "runs"),
        many(found.users, "user", "users"),
        many(found.decisions, "decision", "decisions"),
        many(found.effects, "effect", "effects"),
    )
}

fn finding(Finding { line, last, code, says, .. }: &Finding) -> String {
    let lines = if line == last { format!("line {line}") } else { format!("lines {line} to {last}") };
    format!("  {lines}: {says} [{}]\n    next: {}", code.word(), code.next_step())
}

fn fared(judged: &Judged) -> String {
    match (judged.steps, judged.broken) {
        (0, 0) => "cannot be judged: nothing in this history shows it".to_owned(),
        (_, 0) => "held".to_owned(),
        (_, broken) => format!("was broken on {broken}"),
    }
}

/// All journals, as data. `version` counts changes of its shape.
#[must_use]
pub fn json(journals: &[(String, Found)], exit: Exit) -> Value {
    let journals: Vec<_> = journals.iter().map(|(name, found)| journal(name, found)).collect();
    json!({ "version": 1, "journals": journals, "exit": exit.code() })
}

fn journal(name: &str, found: &Found) -> Value {
    let findings = found.findings.iter().map(|finding| {
        json!({
            "line": finding.line,
            "last_line": finding.last,
            "code": finding.code.word(),
            "claim": finding.claim,
            "says": finding.says,
            "next": finding.code.next_step(),
        })
    });
    let claims = found.claims.iter().map(|judged| {
        let held = if judged.broken > 0 { Some(false) } else { (judged.steps > 0).then_some(true) };
        json!({ "claim": judged.claim, "steps": judged.steps, "held": held })
    });
    let notes = found.notes.iter().map(|note| json!({ "line": note.line, "says": note.says }));
    json!({
        "path": name,
        "holds": found.holds(),
        "lines": found.lines,
        "runs": found.runs,
        "killed_runs": found.killed,
        "users": found.users,
        "decisions": found.decisions,
        "effects": found.effects,
        "findings": findings.collect::<Vec<_>>(),
        "more_findings": found.more,
        "notes": notes.collect::<Vec<_>>(),
        "more_notes": found.more_notes,
        "claims": claims.collect::<Vec<_>>(),
        "head": found.head.as_ref().map(|head| json!({ "line": head.line, "sha256": head.sha256 })),
    })
}
