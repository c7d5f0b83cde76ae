//! CloudTrail of the ancestor's killing sequence, and of ours in the same circumstances, made by running both
//! against the embedded account and judged by `rotator conform`: the ancestor is convicted for exactly the users
//! whose served key it deleted, and ours are acquitted.
//!
//! `UPDATE_TRAILS=1` writes the trails into fixtures/cloudtrail. They have to come to the same verdicts in any case.

mod convert;
mod heap;
mod play;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::play::{Played, Way};
use super::flight::runtime;
use super::{Effort, Figure};
use crate::cargo;
use crate::python::Ancestor;
use crate::stage::Site;

/// For each user, the rules that are broken.
type Verdicts = BTreeMap<String, Vec<String>>;

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    cargo::run(&["build", "--quiet", "--workspace", "--bins"])?;
    let target = cargo::target_directory()?;
    let (binaries, scratch) = (target.join("debug"), target.join("trails"));
    fs::create_dir_all(&scratch)?;
    let rotator = binaries.join("rotator");
    let mut figures = Vec::new();
    for way in Way::ALL {
        let name = way.name();
        let played = runtime()?
            .block_on(play::play(way, &binaries, |endpoint| install(endpoint, &binaries, &scratch)))
            .with_context(|| format!("trail `{name}`"))?;
        let file = scratch.join(format!("{name}.json.gz"));
        convert::write(&file, &played)?;
        let live = verdicts(&rotator, &file)?;
        judged(way, &played, &live).with_context(|| format!("trail `{name}`"))?;
        let fixture = cargo::workspace().join("fixtures/cloudtrail").join(format!("{name}.json.gz"));
        if std::env::var_os("UPDATE_TRAILS").is_some() {
            fs::copy(&file, &fixture)?;
        }
        let kept = verdicts(&rotator, &fixture).context("the fixture: UPDATE_TRAILS=1 writes it")?;
        ensure!(kept == live, "{name}: the fixture comes to {kept:?}, a live run to {live:?}");
        let broken: Vec<_> =
            live.iter().filter(|(_, rules)| !rules.is_empty()).map(|(user, _)| user.as_str()).collect();
        let word = if broken.is_empty() { "nobody".to_owned() } else { broken.join(" and ") };
        let (records, failed) = (played.calls.len(), played.failed);
        figures.push(Figure::new(
            format!("{name}: {records} calls, of which {failed} by jobs failed; convicted for"),
            word,
        ));
    }
    if effort == Effort::Deep {
        figures.extend(heap::run(&target)?);
    }
    Ok(figures)
}

/// The Python tool, installed once into the target directory.
fn install(endpoint: &str, binaries: &Path, scratch: &Path) -> Result<Ancestor> {
    Ancestor::install(&Site { endpoint, binaries, container: None, ears: None }, scratch)
}

fn judged(way: Way, played: &Played, found: &Verdicts) -> Result<()> {
    let users: Vec<_> = found.keys().map(String::as_str).collect();
    ensure!(users == play::USERS, "judged were {users:?}");
    let convicted: Vec<_> =
        found.iter().filter(|(_, rules)| !rules.is_empty()).map(|(user, _)| user.clone()).collect();
    ensure!(
        convicted == played.bereft,
        "convicted for {convicted:?}, but {:?} lost the key that was served",
        played.bereft
    );
    match way {
        Way::Ancestor => {
            ensure!(
                played.bereft == ["alice", "bob"],
                "the ancestor took the served keys of {:?}",
                played.bereft
            );
            ensure!(played.failed > 0, "no job failed, so there was nothing to convict");
            for user in &played.bereft {
                let rules = found.get(user).map(Vec::as_slice).unwrap_or_default();
                ensure!(rules == ["never-takes-served"], "{user}: {rules:?}");
            }
        }
        Way::DropIn | Way::Rotator | Way::Store => {
            ensure!(played.failed == 0, "{} calls by jobs failed", played.failed);
        }
    }
    let deleted =
        played.calls.iter().filter(|call| call.action == "iam:DeleteAccessKey" && call.status == Some(200));
    let deletes = deleted.count();
    ensure!(deletes > 0 || matches!(way, Way::DropIn | Way::Rotator), "no key was deleted");
    Ok(())
}

/// What `rotator conform` says of a trail. Whatever cannot be judged is an error: these trails show all.
fn verdicts(rotator: &Path, trail: &PathBuf) -> Result<Verdicts> {
    let out = Command::new(rotator)
        .args(["conform", "--json"])
        .arg(trail)
        .output()
        .context("cannot run rotator")?;
    let said = String::from_utf8_lossy(&out.stderr);
    let report: Value = serde_json::from_slice(&out.stdout).with_context(|| format!("no report: {said}"))?;
    let mut found = Verdicts::new();
    for user in list(&report, "users") {
        let name = user.get("user").and_then(Value::as_str).unwrap_or_default();
        let mut broken = Vec::new();
        for rule in list(user, "rules") {
            let word = |field| rule.get(field).and_then(Value::as_str).unwrap_or_default();
            match word("verdict") {
                "held" => {}
                "broken" => broken.push(word("rule").to_owned()),
                other => anyhow::bail!("{name}, {}: {other}: {}", word("rule"), rule),
            }
        }
        found.insert(name.to_owned(), broken);
    }
    let code = if found.values().all(Vec::is_empty) { 0 } else { 8 };
    ensure!(out.status.code() == Some(code), "exit {:?} for {found:?}", out.status.code());
    Ok(found)
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}
