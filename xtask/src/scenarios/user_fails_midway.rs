//! One user of three fails, and the others are done; the document is closed.

use anyhow::{Result, ensure};

use crate::stage::{PATIENT, Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("first")?, stage.user("middle")?, stage.user("third")?];
    let [first, middle, third] = &users;
    let path = stage.path();
    stage.note("somebody edited the ledger of one user");
    stage.accounts.tag(middle, "rotator:slots", "current: see the wiki")?;
    let out = run(stage, &[&path])?;
    let given: Vec<String> = pairs(&out)?.into_iter().map(|(user, _)| user).collect();
    ensure!(given == [first.as_str(), third.as_str()], "the document names {given:?}");
    for user in &users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
    }

    stage.note("again, three at once, told as data");
    run(stage, &["--concurrency", "3", "--json", "-o", "more.json", &path])?;

    stage.note("a secret holds what is no pair");
    let below = ["fourth", "fifth", "sixth"].map(|word| stage.user_below("store", word));
    let below = below.into_iter().collect::<Result<Vec<String>>>()?;
    let folder = stage.name("ci");
    let foreign = format!("{folder}/{}", stage.name("fifth"));
    stage.accounts.create_secret(&foreign, r#"{"password": "hunter2"}"#)?;
    let store = format!("secretsmanager:{folder}/{{user}}");
    run(stage, &["--store", &store, &format!("{path}store/")])?;
    stage.show_secret(&foreign)?;
    for user in &below {
        stage.show_keys(user)?;
    }
    Ok(())
}

fn run(stage: &mut Stage, words: &[&str]) -> Result<String> {
    Ok(stage.run("rotator", &[&["rotate"], &PATIENT[..], words].concat())?.stdout)
}
