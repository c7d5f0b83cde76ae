//! The endpoint answers, the programs start.

use anyhow::Result;

use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let alice = stage.user("alice")?;
    let pair = stage.accounts.create_key(&alice)?;
    stage.accounts.create_key(&alice)?;
    stage.accounts.deactivate(&alice, &pair.id)?;
    stage.show_keys(&alice)?;
    stage.show_identity(&pair)?;

    stage.note("an administrator deletes the inactive key");
    stage.accounts.delete_key(&alice, &pair.id)?;
    stage.show_keys(&alice)?;
    stage.show_tags(&alice)?;

    let value = format!(r#"{{"{}": "{}"}}"#, pair.id, pair.secret);
    let secret = stage.secret("pair", &value)?;
    stage.show_secret(&secret)?;

    stage.write("pair.json", &value)?;
    stage.show_file("pair.json")?;

    stage.run("rotator", &["--version"])?;
    stage.run("iam-credential-rotation", &["--version"])?;
    Ok(())
}
