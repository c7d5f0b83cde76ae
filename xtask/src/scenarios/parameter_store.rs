//! Pairs written into Parameter Store beside a ledger of tags, read as a job reads them, and rolled back.

use anyhow::{Context, Result, ensure};

use crate::accounts::Pair;
use crate::stage::{PATIENT, Stage};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("fresh")?, stage.user("keyed")?];
    let [fresh, keyed] = &users;
    stage.accounts.create_key(keyed)?;
    let (path, folder) = (stage.path(), stage.name("ci"));
    let store = format!("ssm:/{folder}/{{user}}");
    let parameter = |user: &str| format!("/{folder}/{user}");
    stage.rest();

    let rotate = ["rotate", "--store", &store, &path];
    stage.run("rotator", &rotate)?;
    show(stage, &users, &parameter)?;
    let before = stage.accounts.parameter(&parameter(fresh))?.context("no pair")?;
    stage.rest();
    stage.run("rotator", &rotate)?;
    show(stage, &users, &parameter)?;
    stage.run("rotator", &["status", "--store", &store, &path])?;

    stage.note("the new key of fresh is bad for somebody");
    let back = ["rollback", "--store", &store, fresh];
    stage.run("rotator", &[&back[..], &PATIENT, &["--dry-run"]].concat())?;
    stage.run("rotator", &back)?;
    // Long enough a rest for LAST to be served again at once.
    let quick = ["--key", &before.id, "--min-age=5min", "--yes"];
    stage.run("rotator", &[&back[..], &quick].concat())?;
    stage.run("rotator", &[&back[..], &quick, &["--json"]].concat())?;
    show(stage, &users, &parameter)?;
    let after = stage.accounts.parameter(&parameter(fresh))?.context("no pair")?;
    ensure!(after.id == before.id && after.secret == before.secret, "another pair than before is served");
    Ok(())
}

fn show(stage: &mut Stage, users: &[String], parameter: &impl Fn(&str) -> String) -> Result<()> {
    for user in users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
        let Pair { id, secret } = stage.accounts.parameter(&parameter(user))?.context("no pair")?;
        stage.note(&format!("{} serves {id}", parameter(user)));
        stage.show_identity(&Pair { id, secret })?;
    }
    Ok(())
}
