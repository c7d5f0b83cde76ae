//! How large the binaries are, and how long a build from nothing takes.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::report::{Bound, Row};
use super::statistics::digits;
use super::{MIB, say};
use crate::cargo;

const BINARIES: [&str; 2] = ["rotator", "iam-credential-rotation"];
const SIZE_MIB: f64 = 12.0;
const BUILD: Duration = Duration::from_secs(6 * 60);

pub fn rows(binaries: &Path, scratch: &Path, cold_build: bool) -> Result<Vec<Row>> {
    if !cold_build {
        let figure = "cold release build, two jobs";
        let cold = Row::not_measured("cold-build", figure, "ask with --cold-build", "under 6 min");
        return Ok(sizes(binaries)?.into_iter().chain([cold]).collect());
    }
    let (folder, took) = build(scratch)?;
    let sizes = sizes(&folder.join("release"))?;
    let minutes = took.as_secs_f64() / 60.0;
    let row = Row::new(
        "cold-build",
        "cold release build, two jobs",
        format!("{} min", digits(minutes)),
        minutes,
        Bound::Under(BUILD.as_secs_f64() / 60.0),
    );
    Ok(sizes.into_iter().chain([row.within(" min")]).collect())
}

fn sizes(binaries: &Path) -> Result<Vec<Row>> {
    let row = |name: &str| {
        let file = binaries.join(name);
        let size = fs::metadata(&file).with_context(|| format!("no {}", file.display()))?.len() as f64 / MIB;
        let figure = format!("binary, stripped: `{name}`");
        let words = format!("{} MiB", digits(size));
        Ok(Row::new(&format!("size-{name}"), figure, words, size, Bound::Under(SIZE_MIB)).within(" MiB"))
    };
    BINARIES.into_iter().map(row).collect()
}

/// As a user builds it, with nothing compiled before; what is to be downloaded is there.
fn build(scratch: &Path) -> Result<(std::path::PathBuf, Duration)> {
    let folder = scratch.join("cold");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot empty the folder of the cold build")?;
    }
    cargo::run(&["fetch", "--quiet", "--locked"])?;
    say("size: a release build from nothing; this takes minutes");
    let mut command = cargo::command(&["build", "--quiet", "--release", "--locked", "--jobs", "2"]);
    let began = Instant::now();
    let status = command.env("CARGO_TARGET_DIR", &folder).status().context("cannot run cargo")?;
    let took = began.elapsed();
    ensure!(status.success(), "the release build failed");
    Ok((folder, took))
}
