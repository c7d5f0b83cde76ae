//! The cargo that started us, and where it builds.

use std::path::{Path, PathBuf};
use std::process::Command;

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
