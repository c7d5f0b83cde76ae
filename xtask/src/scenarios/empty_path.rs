//! A path without users.

use anyhow::Result;

use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let path = stage.path();
    for command in ["rotate", "plan", "status"] {
        stage.run("rotator", &[command, &path])?;
    }
    stage.run("iam-credential-rotation", &[path.trim_matches('/')])?;

    stage.note("users below it only");
    let below = stage.user_below("deep", "below")?;
    stage.run("rotator", &["rotate", &path])?;
    stage.show_keys(&below)
}
