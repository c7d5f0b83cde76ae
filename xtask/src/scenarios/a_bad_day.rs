//! CURRENT leaks; LAST is retired, revived, and deleted after its quarantine.

use anyhow::{Context, Result};

use crate::accounts::Pair;
use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let user = stage.user("ci")?;
    stage.accounts.create_key(&user)?;
    let (path, secret) = (stage.path(), stage.name("secret"));
    let store = format!("secretsmanager:{secret}");
    stage.rest();
    stage.run("rotator", &["rotate", "--store", &store, &path])?;
    show(stage, &user, &secret)?;
    stage.rest();
    stage.run("rotator", &["rotate", "--store", &store, &path])?;
    show(stage, &user, &secret)?;

    stage.note("CURRENT has leaked, and LAST has not rested: LAST is served again");
    let leaked = current(stage, &secret)?;
    // Settle passes: until then names that are new are not exchanged.
    (0..3).for_each(|_| stage.a_second_passes());
    let revoke = ["revoke", "--store", &store, &user, "--min-age=5min"];
    stage.run("rotator", &[&revoke[..], &["--dry-run"]].concat())?;
    stage.run("rotator", &[&revoke[..], &["--yes", "--key", &leaked]].concat())?;
    show(stage, &user, &secret)?;

    stage.note("what has leaked is kept for a while, and could work again");
    stage.run("rotator", &["revive", "--store", &store, &user, "--yes"])?;
    stage.show_keys(&user)?;
    let retire = ["retire", "--store", &store, &path, "--quarantine=20s", "--yes"];
    stage.run("rotator", &retire)?;
    stage.rest();
    stage.run("rotator", &retire)?;
    stage.show_keys(&user)?;
    stage.rest_twice();
    stage.run("rotator", &retire)?;
    show(stage, &user, &secret)?;
    stage.run("rotator", &["revive", "--store", &store, &user, "--yes"])?;
    let back = ["rollback", "--store", &store, &user, "--min-age=5min", "--yes", "--key", &leaked];
    stage.run("rotator", &back)?;
    Ok(())
}

/// The id of the key that the secret serves.
fn current(stage: &Stage, secret: &str) -> Result<String> {
    let versions = stage.accounts.versions(secret)?;
    let served = versions.iter().find(|version| version.labels.iter().any(|label| label == "AWSCURRENT"));
    let pair = served.and_then(|version| Pair::from_json(&version.value)).context("no pair is served")?;
    Ok(pair.id)
}

fn show(stage: &mut Stage, user: &str, secret: &str) -> Result<()> {
    stage.show_keys(user)?;
    stage.show_secret(secret)
}
