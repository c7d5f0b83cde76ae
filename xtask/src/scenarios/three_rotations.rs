//! Three rotations in a row: the last two pairs work, the earlier ones are gone.

use anyhow::{Context, Result, ensure};

use crate::stage::{Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let alice = stage.user("alice")?;
    let path = stage.path();
    let mut stored = vec![stage.accounts.create_key(&alice)?];
    stage.show_keys(&alice)?;
    for n in 1..=3 {
        if n > 1 {
            stage.rest();
        }
        let out = stage.run("rotator", &["rotate", &path])?;
        let (_, pair) = pairs(&out.stdout)?.pop().context("no pair")?;
        let word = ["confirm", "--user", &alice, "--key", &pair.id];
        stage.run("rotator", &word)?;
        stored.push(pair);
        stage.show_keys(&alice)?;
    }

    let listed: Vec<_> = stage.accounts.keys(&alice)?.into_iter().map(|key| key.id).collect();
    let (gone, kept) = stored.split_at(2);
    ensure!(gone.iter().all(|pair| !listed.contains(&pair.id)), "an earlier key is still there");
    for pair in kept {
        ensure!(listed.contains(&pair.id), "{} is not listed", pair.id);
        stage.show_identity(pair)?;
    }
    Ok(())
}
