//! What `plan`, `status` and `--dry-run` show, and that they change nothing.

use anyhow::{Result, ensure};

use crate::stage::{PATIENT, Stage};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("zero")?, stage.user("one")?, stage.user("two")?, stage.user("off")?];
    let [_, one, two, off] = &users;
    stage.accounts.create_key(one)?;
    stage.accounts.create_key(two)?;
    stage.a_second_passes();
    stage.accounts.create_key(two)?;
    let key = stage.accounts.create_key(off)?;
    stage.accounts.deactivate(off, &key.id)?;
    // With an age, so that all are due in less than a full period.
    stage.a_second_passes();
    let path = stage.path();
    look(stage, &users, &path)?;

    stage.note("once rotated, each key has a role");
    run(stage, &["rotate"], &path)?;
    look(stage, &users, &path)
}

/// Every way to look, between two readings of all there is.
fn look(stage: &mut Stage, users: &[String], path: &str) -> Result<()> {
    let before = state(stage, users)?;
    for command in ["plan", "status"] {
        run(stage, &[command], path)?;
        run(stage, &[command, "--json"], path)?;
    }
    run(stage, &["rotate", "--dry-run"], path)?;
    stage.note("only keys of a certain age are due");
    run(stage, &["plan", "--rotate-after", "30d"], path)?;
    run(stage, &["status", "--rotate-after", "30d"], path)?;
    ensure!(state(stage, users)? == before, "looking changed something");
    stage.note("keys and tags are as they were");
    Ok(())
}

fn run(stage: &mut Stage, words: &[&str], path: &str) -> Result<()> {
    stage.run("rotator", &[words, &PATIENT, &[path]].concat())?;
    Ok(())
}

fn state(stage: &Stage, users: &[String]) -> Result<Vec<String>> {
    let mut state = Vec::new();
    for user in users {
        state.extend(stage.accounts.keys(user)?.iter().map(ToString::to_string));
        state.extend(stage.accounts.tags(user)?.iter().map(|(name, value)| format!("{name}={value}")));
    }
    Ok(state)
}
