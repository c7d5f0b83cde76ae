//! The journal of two runs: JSON lines, one chain, no secret.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::stage::{Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("alice")?, stage.user("bob")?];
    let [alice, bob] = &users;
    stage.accounts.create_key(bob)?;
    let path = stage.path();
    let first = stage.run("rotator", &["rotate", "--journal", "journal", &path])?;
    stage.write("pairs.json", &first.stdout)?;
    stage.run("rotator", &["confirm", "--journal", "journal", "pairs.json"])?;
    stage.rest();
    stage.accounts.tag(alice, "rotator:slots", "edited")?;
    let second = stage.run("rotator", &["rotate", "--journal", "journal", &path])?;

    let journal = stage.read("journal")?;
    for (_, pair) in [pairs(&first.stdout)?, pairs(&second.stdout)?].concat() {
        ensure!(!journal.contains(&pair.secret), "the secret of {} is in the journal", pair.id);
        ensure!(journal.contains(&pair.id), "{} is not in the journal", pair.id);
    }
    let mut prev = "0".repeat(64);
    stage.note("the journal: each line carries the hash of the line before, and no line a secret");
    let mut run = Vec::new();
    for (number, line) in (1_u64..).zip(journal.lines()) {
        let fields: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        ensure!(text(&fields, "prev") == prev, "the chain is broken before {line}");
        ensure!(fields.get("line") == Some(&number.into()), "line {number} has another number: {line}");
        prev = Sha256::digest(line).iter().map(|byte| format!("{byte:02x}")).collect();
        let closed = text(&fields, "kind") == "closed";
        run.push(fields);
        if closed {
            tell(stage, std::mem::take(&mut run));
        }
    }
    ensure!(run.is_empty(), "the last run is not closed");
    Ok(())
}

/// One run. Users may be at work side by side, so each is told by itself.
fn tell(stage: &mut Stage, mut run: Vec<Value>) {
    run.sort_by_key(|fields| match text(fields, "kind") {
        "run" => String::new(),
        "closed" => "~".to_owned(),
        _ => text(fields, "user").to_owned(),
    });
    for fields in &run {
        stage.note(&summary(fields));
    }
}

/// What happened, without ages and times.
fn summary(fields: &Value) -> String {
    let kind = text(fields, "kind");
    let of = |name: &str| fields.get(name).map(without_spans).unwrap_or_default();
    let rest = match kind {
        "run" => format!("{} {}", text(fields, "command"), of("policy")),
        "decided" => format!("{} {}", text(fields, "user"), of("decision")),
        "became" => format!("{} {} {}", text(fields, "user"), of("effect"), of("became")),
        "ended" => format!("{} {}", text(fields, "user"), of("outcome")),
        _ => of("exit"),
    };
    format!("{kind}: {rest}")
}

/// A wait is a pause and its length, which differs from run to run.
fn without_spans(value: &Value) -> String {
    match value.get("wait").and_then(|wait| wait.get(0)) {
        Some(pause) => format!(r#"{{"wait":[{pause},…]}}"#),
        None => value.to_string(),
    }
}

fn text<'a>(fields: &'a Value, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}
