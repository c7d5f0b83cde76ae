//! A path means its own users; those on paths below it are named, and taken when asked for.

use anyhow::Result;

use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("top")?, stage.user_below("deep", "below")?, stage.user_below("deep/er", "far")?];
    let path = stage.path();
    let bare = path.trim_matches('/');

    stage.note("without slashes");
    stage.run("rotator", &["plan", bare])?;
    stage.note("with them");
    stage.run("rotator", &["plan", &path])?;
    stage.note("a path that has only users below it");
    stage.run("rotator", &["plan", &format!("{path}deep/")])?;
    stage.run("rotator", &["plan", "--recursive", &format!("{bare}/deep")])?;

    stage.run("rotator", &["rotate", bare])?;
    for user in &users {
        stage.show_keys(user)?;
    }
    stage.run("rotator", &["rotate", "--recursive", &format!("{bare}/deep/")])?;
    for user in &users {
        stage.show_keys(user)?;
    }
    Ok(())
}
