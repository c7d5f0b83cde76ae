//! Pairs written into Secrets Manager: a secret that is made, and one that a person made before.

use anyhow::{Context, Result, ensure};

use crate::accounts::Pair;
use crate::stage::{PATIENT, Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("fresh")?, stage.user("keyed")?, stage.user("stored")?];
    let [_, keyed, stored] = &users;
    stage.accounts.create_key(keyed)?;
    let pair = stage.accounts.create_key(stored)?;
    let (path, folder) = (stage.path(), stage.name("ci"));
    let store = format!("secretsmanager:{folder}/{{user}}");
    let secret = |user: &str| format!("{folder}/{user}");
    let value = format!(r#"{{"AccessKeyId": "{}", "SecretAccessKey": "{}"}}"#, pair.id, pair.secret);
    stage.accounts.create_secret(&secret(stored), &value)?;
    stage.rest();

    stage.note("a secret that a person made says which key is CURRENT");
    stage.show_secret(&secret(stored))?;
    stage.run("rotator", &["status", "--store", &store, &path])?;
    let rotate = ["rotate", "--store", &store, &path];
    stage.run("rotator", &rotate)?;
    show(stage, &users, &secret)?;
    stage.note("at once again: LAST must rest");
    stage.run("rotator", &[&rotate[..], &PATIENT].concat())?;

    stage.rest();
    stage.run("rotator", &["rotate", "--json", "--store", &store, &path])?;
    show(stage, &users, &secret)?;
    stage.run("rotator", &["status", "--store", &store, &path])?;

    for user in &users {
        let mut labels = Vec::new();
        for version in stage.accounts.versions(&secret(user))? {
            let (_, pair) = pairs(&format!(r#"{{"pair": {}}}"#, version.value))?.pop().context("no pair")?;
            stage.show_identity(&Pair { id: pair.id, secret: pair.secret })?;
            labels.extend(version.labels);
        }
        ensure!(labels == ["AWSCURRENT", "AWSPREVIOUS"], "{user}: {labels:?}");
    }
    Ok(())
}

fn show(stage: &mut Stage, users: &[String], secret: &impl Fn(&str) -> String) -> Result<()> {
    for user in users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
        stage.show_secret(&secret(user))?;
    }
    Ok(())
}
