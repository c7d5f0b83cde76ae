//! The cargo that started us, and where it builds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Cargo in the workspace's root: the same program that runs this one.
pub fn command(args: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).current_dir(workspace());
    command
}

/// Runs cargo with its output in the open.
pub fn run(args: &[&str]) -> Result<()> {
    let status = command(args).status().context("cannot run cargo")?;
    ensure!(status.success(), "`cargo {}` failed", args.join(" "));
    Ok(())
}

/// What tests have told.
pub struct Told {
    pub passed: usize,
    pub said: String,
}

/// Runs a cargo that tests, one file of tests and no more, and counts. What failing tests say is the error.
pub fn tests(command: &mut Command) -> Result<Told> {
    let done = command.stderr(Stdio::inherit()).output().context("cannot run cargo")?;
    let said = String::from_utf8(done.stdout).context("the tests do not speak UTF-8")?;
    ensure!(done.status.success(), "tests failed:\n{said}");
    let passed = said.lines().find_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    let passed = passed.context("the tests say no result")?.parse().context("the tests say no number")?;
    Ok(Told { passed, said })
}

pub fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Asked of cargo, because `CARGO_TARGET_DIR` and a user's own configuration can move it.
pub fn target_directory() -> Result<PathBuf> {
    let asked = command(&["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("cannot run cargo metadata")?;
    ensure!(asked.status.success(), "`cargo metadata` failed");
    let metadata: serde_json::Value =
        serde_json::from_slice(&asked.stdout).context("cannot read cargo metadata")?;
    let folder = metadata
        .get("target_directory")
        .and_then(serde_json::Value::as_str)
        .context("cargo metadata names no target directory")?;
    Ok(folder.into())
}
