//! What `plan`, `status` and `--dry-run` show, and that they change nothing.

use anyhow::{Result, ensure};

use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("zero")?, stage.user("one")?, stage.user("two")?, stage.user("off")?];
    let [_, one, two, off] = &users;
    stage.accounts.create_key(one)?;
    stage.accounts.create_key(two)?;
    stage.accounts.create_key(two)?;
    let key = stage.accounts.create_key(off)?;
    stage.accounts.deactivate(off, &key.id)?;
    let path = stage.path();
    look(stage, &users, &path)?;

    stage.note("once rotated, each key has a role");
    stage.run("rotator", &["rotate", &path])?;
    look(stage, &users, &path)
}

/// Every way to look, between two readings of all there is.
fn look(stage: &mut Stage, users: &[String], path: &str) -> Result<()> {
    let before = state(stage, users)?;
    for command in ["plan", "status"] {
        stage.run("rotator", &[command, path])?;
        stage.run("rotator", &[command, "--json", path])?;
    }
    stage.run("rotator", &["rotate", "--dry-run", path])?;
    stage.note("only keys of a certain age are due");
    stage.run("rotator", &["plan", "--rotate-after", "30d", path])?;
    stage.run("rotator", &["status", "--rotate-after", "30d", path])?;
    ensure!(state(stage, users)? == before, "looking changed something");
    stage.note("keys and tags are as they were");
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
