//! More users than allowed: nothing is begun, until the number is raised.

use anyhow::{Result, ensure};

use crate::stage::{Stage, pairs};

const USERS: usize = 21;

pub fn play(stage: &mut Stage) -> Result<()> {
    let users: Vec<String> =
        (1..=USERS).map(|n| stage.user(&format!("user{n:02}"))).collect::<Result<_>>()?;
    let path = stage.path();
    for command in ["rotate", "plan"] {
        stage.run("rotator", &[command, &path])?;
    }
    stage.run("iam-credential-rotation", &[path.trim_matches('/')])?;
    ensure!(touched(stage, &users)? == 0, "a user was touched");
    stage.note("no user has a key or a tag");

    stage.note("several at once finish in any order, so only the document's content is told");
    let args = ["rotate", "--max-users", "30", "--concurrency", "4", "-o", "pairs.json", &path];
    stage.run("rotator", &args)?;
    let mut given: Vec<String> =
        pairs(&stage.read("pairs.json")?)?.into_iter().map(|(user, _)| user).collect();
    given.sort();
    ensure!(given == users, "the document names {given:?}");
    ensure!(touched(stage, &users)? == USERS, "a user was left out");
    stage.note(&format!("pairs.json names all {USERS} users, each has one key and its tags"));
    Ok(())
}

fn touched(stage: &Stage, users: &[String]) -> Result<usize> {
    let mut touched = 0;
    for user in users {
        let (keys, tags) = (stage.accounts.keys(user)?.len(), stage.accounts.tags(user)?.len());
        touched += usize::from(keys > 0 || tags > 0);
    }
    Ok(touched)
}
