//! Users with no key, one key and two, from the first meeting to the word that pairs are stored.

use anyhow::{Context, Result};

use crate::accounts::Pair;
use crate::stage::{Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = ["zero", "one", "two", "busy"].map(|word| stage.user(word));
    let users = users.into_iter().collect::<Result<Vec<String>>>()?;
    let [zero, one, two, busy] = users.as_slice() else { return Ok(()) };
    for user in [one, two, busy] {
        stage.accounts.create_key(user)?;
    }
    stage.a_second_passes();
    let served = [stage.accounts.create_key(two)?, stage.accounts.create_key(busy)?];
    let [served_by_two, served_by_busy] = &served;
    let path = stage.path();
    show(stage, &users)?;

    stage.note("two keys are too new to tell which one jobs use");
    let first = stage.run("rotator", &["rotate", &path])?;
    show(stage, &users)?;

    stage.note("the pipeline has stored what stdout gave it");
    stage.write("pairs.json", &first.stdout)?;
    stage.run("rotator", &["confirm", "pairs.json"])?;
    show(stage, &users)?;

    stage.rest_twice();
    stage.note("a job uses one of busy's two keys; nobody uses those of two");
    stage.show_identity(served_by_busy)?;
    let second = stage.run("rotator", &["rotate", &path])?;
    stage.run("rotator", &["adopt", two, "--current", &served_by_two.id])?;
    show(stage, &users)?;

    stage.rest_twice();
    stage.note("nobody confirmed the second run's pairs, but a job uses that of zero");
    stage.show_identity(&handed_over(&second.stdout, zero)?)?;
    let third = stage.run("rotator", &["rotate", &path])?;
    stage.note("the pipeline lost that of one: the store still serves the pair of the first run");
    let kept = handed_over(&first.stdout, one)?;
    stage.run("rotator", &["confirm", "--user", one, "--key", &kept.id])?;
    stage.write("pairs.json", &third.stdout)?;
    stage.run("rotator", &["confirm", "pairs.json"])?;
    show(stage, &users)
}

fn handed_over(document: &str, user: &str) -> Result<Pair> {
    let mut pairs = pairs(document)?.into_iter();
    let found = pairs.find(|(name, _)| name == user).with_context(|| format!("no pair for {user}"))?;
    Ok(found.1)
}

fn show(stage: &mut Stage, users: &[String]) -> Result<()> {
    for user in users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
    }
    Ok(())
}
