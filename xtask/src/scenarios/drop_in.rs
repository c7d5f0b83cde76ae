//! `iam-credential-rotation` with the ancestor's command line, on stdout and into a file.

use std::os::unix::fs::PermissionsExt;

use anyhow::{Result, ensure};

use crate::stage::{PATIENT_VARIABLES, Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let users = [stage.user("alice")?, stage.user_below("deep", "bob")?];
    let path = stage.path();
    let bare = path.trim_matches('/');
    for args in [&[][..], &["--help"], &["--nonsense"], &["-o", "a/b", bare], &["x"]] {
        stage.run("iam-credential-rotation", args)?;
    }

    let out = stage.run("iam-credential-rotation", &[bare])?;
    ensure!(pairs(&out.stdout)?.len() == users.len(), "a user is missing");
    stage.a_second_passes();
    stage.note("into a file: there is no LAST to lose yet");
    stage.run("iam-credential-rotation", &["-o", "pairs.json", bare])?;
    private(stage, "pairs.json")?;
    for user in &users {
        stage.show_keys(user)?;
        stage.show_tags(user)?;
    }

    stage.note("now there is, and jobs may still hold it");
    // One after the other, so that they are told in order.
    let one_by_one = [&PATIENT_VARIABLES[..], &[("ROTATOR_CONCURRENCY", "1")]].concat();
    stage.run_with("iam-credential-rotation", &["-o", "pairs.json", bare], &one_by_one)?;

    stage.rest_twice();
    stage.run("iam-credential-rotation", &["--outfile=pairs.json", bare])?;
    private(stage, "pairs.json")?;
    for user in &users {
        stage.show_keys(user)?;
    }

    stage.note("lifted to the whole protocol without touching the command line");
    let lifted = [("ROTATOR_LEDGER", "tags"), ("ROTATOR_HANDOVER", "evidence")];
    stage.run_with("iam-credential-rotation", &[bare], &[lifted, PATIENT_VARIABLES].concat())?;
    stage.note("an option that makes no sense is refused in either way");
    let senseless = [("ROTATOR_HANDOVER", "confirm")];
    stage.run_with("iam-credential-rotation", &[bare], &senseless)?;
    stage.run_with("iam-credential-rotation", &[bare], &[("ROTATOR_MIN_AGE", "soon")])?;
    Ok(())
}

fn private(stage: &mut Stage, name: &str) -> Result<()> {
    let mode = std::fs::metadata(stage.file(name))?.permissions().mode() & 0o777;
    stage.note(&format!("{name} has mode {mode:o}"));
    stage.show_file(name)?;
    pairs(&stage.read(name)?)?;
    Ok(())
}
