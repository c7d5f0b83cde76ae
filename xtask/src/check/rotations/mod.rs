//! Rotations as they are meant to go: users side by side, round after round, with jobs in flight that keep
//! their pair for as long as `--min-age` allows. Not one of their calls may fail.
//!
//! IAM is the embedded one, which checks every signature; the stores are its Secrets Manager and a real OpenBao.
//! A counter-check deletes LAST too early, and has to be noticed.

mod rounds;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, ensure};
use bao::Bao;

use self::rounds::{Extent, Outcome, Sabotage, Where};
use super::flight::{joined, runtime};
use super::random::{Random, seed};
use super::{Effort, Figure, stores};
use crate::cargo;

const SHORT: Extent = Extent { users: 10, rounds: 4 };
/// A thousand rotations for each store.
const DEEP: Extent = Extent { users: 50, rounds: 20 };
const SABOTAGED: Extent = Extent { users: 2, rounds: 2 };

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    cargo::run(&["build", "--quiet", "--workspace", "--bins"])?;
    let binaries = cargo::target_directory()?.join("debug");
    let bao = Arc::new(Bao::run(&stores::install()?, "http", &[]));
    let seed = seed();
    println!("seed: {seed} (ROTATOR_CHECK_SEED draws the same again)");
    let extent = match effort {
        Effort::Short => SHORT,
        Effort::Deep => DEEP,
    };
    let of = |at: Where, part| in_store(&at, &binaries, extent, Random::of(seed, part));
    thread::scope(|scope| {
        let secrets = scope.spawn(|| of(Where::SecretsManager, 1));
        let vault = scope.spawn(|| of(Where::OpenBao(bao.clone()), 2));
        let mut figures = joined(secrets.join())?;
        figures.extend(joined(vault.join())?);
        Ok(figures)
    })
}

fn in_store(at: &Where, binaries: &Path, extent: Extent, random: Random) -> Result<Vec<Figure>> {
    let name = at.name();
    let noticed = can_fail(at, binaries).with_context(|| format!("{name}: LAST was deleted too early"))?;
    let outcome = runtime()?
        .block_on(rounds::play("many", at, binaries, extent, None, random))
        .with_context(|| format!("rotations in {name}"))?;
    let mut figures = vec![Figure::new(format!("{name}: can fail: LAST is deleted too early"), noticed)];
    figures.extend(told(name, extent, &outcome)?);
    Ok(figures)
}

/// The same check fails where a key is taken away from jobs, and names it.
fn can_fail(at: &Where, binaries: &Path) -> Result<String> {
    let (sabotage, random) = (Sabotage::default(), Random::new(1));
    let played = runtime()?.block_on(rounds::play("bad", at, binaries, SABOTAGED, Some(&sabotage), random));
    let error = played.err().context("nobody noticed, so this check cannot fail")?;
    let said = format!("{error:#}");
    let key = sabotage.deleted().with_context(|| format!("it was not: {said}"))?;
    ensure!(said.contains("calls by jobs failed") && said.contains(&key), "noticed otherwise: {said}");
    Ok(said.lines().next().unwrap_or_default().replace(&key, "LAST"))
}

fn told(name: &str, extent: Extent, outcome: &Outcome) -> Result<Vec<Figure>> {
    let Extent { users, rounds } = extent;
    let jobs = &outcome.jobs;
    // The first round has no LAST to delete.
    ensure!(outcome.rotations == users * rounds, "{name}: {} rotations", outcome.rotations);
    ensure!(outcome.deleted == users * (rounds - 1), "{name}: {} keys were deleted", outcome.deleted);
    ensure!(jobs.jobs > outcome.rotations, "{name}: only {} jobs started", jobs.jobs);
    ensure!(outcome.starts_amid > 0, "{name}: no job started amid a run");
    ensure!(jobs.calls > 4 * outcome.rotations, "{name}: jobs made only {} calls", jobs.calls);
    let rows = [
        ("rotations", format!("{} ({users} users, {rounds} rounds)", outcome.rotations)),
        ("keys deleted once nobody could hold them", outcome.deleted.to_string()),
        ("job starts", format!("{}, {} of them seen to their end", jobs.jobs, jobs.to_the_end)),
        ("job calls", jobs.calls.to_string()),
        (
            "of those, while a run was under way",
            format!("{} starts, {} calls", outcome.starts_amid, outcome.calls_amid),
        ),
        ("seconds of the runs, all together", format!("{:.1}", outcome.runs_took.as_secs_f64())),
        ("failed calls", jobs.refused.len().to_string()),
    ];
    Ok(rows.into_iter().map(|(what, value)| Figure::new(format!("{name}: {what}"), value)).collect())
}
