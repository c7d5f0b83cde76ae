//! One user of three fails, and the others are done; the document is closed.

use anyhow::{Result, ensure};

use crate::stage::{Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("first")?, stage.user("middle")?, stage.user("third")?];
    let [first, middle, third] = &users;
    let path = stage.path();
    stage.note("somebody edited the ledger of one user");
    stage.accounts.tag(middle, "rotator:slots", "current: see the wiki")?;
    let out = stage.run("rotator", &["rotate", &path])?;
    let given: Vec<String> = pairs(&out.stdout)?.into_iter().map(|(user, _)| user).collect();
    ensure!(given == [first.as_str(), third.as_str()], "the document names {given:?}");
    for user in &users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
    }

    stage.note("the same with three at once, told as data");
    let args = ["rotate", "--concurrency", "3", "--json", "-o", "more.json", &path];
    stage.run("rotator", &args)?;

    stage.note("a secret holds what is no pair");
    let folder = stage.name("ci");
    let held = format!("{folder}/{middle}");
    stage.accounts.create_secret(&held, r#"{"password": "hunter2"}"#)?;
    let store = format!("secretsmanager:{folder}/{{user}}");
    stage.run("rotator", &["rotate", "--store", &store, "--min-age", "1h", &path])?;
    stage.show_secret(&held)?;
    for user in &users {
        stage.show_keys(user)?;
    }
    Ok(())
}
