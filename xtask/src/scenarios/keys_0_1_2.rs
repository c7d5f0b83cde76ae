//! Users with no key, one key and two, from the first meeting to the word that pairs are stored.

use anyhow::Result;

use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("zero")?, stage.user("one")?, stage.user("two")?];
    let [_, one, two] = &users;
    stage.accounts.create_key(one)?;
    stage.accounts.create_key(two)?;
    let served = stage.accounts.create_key(two)?;
    let path = stage.path();
    show(stage, &users)?;

    stage.note("the two keys of one user are too new to tell which one jobs use");
    let first = stage.run("rotator", &["rotate", &path])?;
    show(stage, &users)?;

    stage.note("the pipeline has stored what stdout gave it");
    stage.write("pairs.json", &first.stdout)?;
    stage.run("rotator", &["confirm", "pairs.json"])?;
    show(stage, &users)?;

    stage.rest_twice();
    stage.note("LocalStack never reports use, so only a person can tell the two keys apart");
    stage.run("rotator", &["rotate", &path])?;
    stage.run("rotator", &["adopt", two, "--current", &served.id])?;
    show(stage, &users)?;

    stage.rest();
    stage.note("the pairs of the second run were never confirmed");
    let last = stage.run("rotator", &["rotate", &path])?;
    stage.write("pairs.json", &last.stdout)?;
    stage.run("rotator", &["confirm", "pairs.json"])?;
    show(stage, &users)
}

fn show(stage: &mut Stage, users: &[String]) -> Result<()> {
    for user in users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
    }
    Ok(())
}
