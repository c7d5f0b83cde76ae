//! CURRENT leaks; LAST is retired, revived, and deleted after its quarantine.

use anyhow::Result;

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
    let revoke = ["revoke", "--store", &store, &user, "--min-age=5min"];
    stage.run("rotator", &[&revoke[..], &["--dry-run"]].concat())?;
    stage.run("rotator", &[&revoke[..], &["--yes"]].concat())?;
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
    stage.run("rotator", &["rollback", "--store", &store, &user, "--yes", "--min-age=5min"])?;
    Ok(())
}

fn show(stage: &mut Stage, user: &str, secret: &str) -> Result<()> {
    stage.show_keys(user)?;
    stage.show_secret(secret)
}
