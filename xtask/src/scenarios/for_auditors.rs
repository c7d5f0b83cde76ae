//! What an auditor does: the least policy, a journal replayed, a forged one, the account by rule.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let user = stage.user("ci")?;
    stage.accounts.create_key(&user)?;
    let path = stage.path();
    stage.run("rotator", &["policy", &path, "--account", "000000000000"])?;
    stage.rest();
    let rotated = stage.run("rotator", &["rotate", "--journal", "journal", &path])?;
    stage.write("pairs.json", &rotated.stdout)?;
    stage.run("rotator", &["confirm", "--journal", "journal", "pairs.json"])?;

    stage.note("the journal: every decision is made again, and every claim that it shows holds");
    let verified = stage.run_untold("rotator", &["verify", "--json", "journal"])?;
    ensure!(verified.code == Some(0), "it does not verify: {}{}", verified.stdout, verified.stderr);
    let report: Value = serde_json::from_str(&verified.stdout)?;
    ensure!(report.pointer("/journals/0/runs") == Some(&Value::from(2)), "other runs: {report}");
    ensure!(report.pointer("/journals/0/findings") == Some(&Value::Array(Vec::new())), "findings: {report}");

    stage.note("a journal with a line less");
    let journal = stage.read("journal")?;
    let forged: String =
        journal.lines().enumerate().filter(|(n, _)| *n != 2).map(|(_, line)| format!("{line}\n")).collect();
    stage.write("forged", &forged)?;
    let forged = stage.run_untold("rotator", &["verify", "--json", "forged"])?;
    ensure!(forged.code == Some(8), "a forgery verifies: {}", forged.stdout);
    let report: Value = serde_json::from_str(&forged.stdout)?;
    let code = report.pointer("/journals/0/findings/0/code").and_then(Value::as_str);
    ensure!(code == Some("missing"), "it is told as {code:?}");
    stage.note("told as: missing");

    let rules = ["--fail-on", "rotated-90", "--fail-on", "too-many-keys", "--html", "report.html"];
    stage.run("rotator", &[&["audit", &path], &rules[..]].concat())?;
    ensure!(stage.read("report.html")?.contains(&user), "the page does not show the user");
    Ok(())
}
