//! Transcripts that were accepted, one file for each scenario.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::cargo;

pub fn folder() -> PathBuf {
    cargo::workspace().join("xtask/snapshots")
}

/// Compares as insta does in a test: prints the difference, and leaves a `.snap.new` to review.
/// A snapshot that is missing differs.
pub fn compare(folder: &Path, name: &str, transcript: &str) -> Result<()> {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // insta ends a test by a panic; here the other scenarios still have to run.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let same = panic::catch_unwind(AssertUnwindSafe(|| {
        settings.bind(|| insta::assert_snapshot!(name, transcript));
    }));
    panic::set_hook(hook);
    ensure!(same.is_ok(), "the transcript is not the accepted one; `cargo xtask e2e --accept` accepts it");
    Ok(())
}

/// insta itself accepts by an environment variable only, which a running program cannot set for
/// itself; so this writes insta's format.
pub fn accept(folder: &Path, name: &str, transcript: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let file = folder.join(format!("{name}.snap"));
    let _ = fs::remove_file(folder.join(format!("{name}.snap.new")));
    let text = format!("---\nsource: xtask/src/snapshot.rs\n---\n{}\n", transcript.trim_end());
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Snapshots that no scenario compares any more: a renamed scenario would leave one behind.
pub fn orphans(folder: &Path, scenarios: &[&str]) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut orphans = Vec::new();
    for entry in entries {
        let file = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = file.strip_suffix(".snap")
            && !scenarios.contains(&name)
        {
            orphans.push(name.to_string());
        }
    }
    orphans.sort();
    Ok(orphans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_compares_as_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let text = "$ rotator --version\n[stdout]\nrotator\n\n[exit 0]\n\n";
        accept(folder.path(), "a", text).unwrap();
        compare(folder.path(), "a", text).unwrap();
    }

    #[test]
    fn a_snapshot_without_scenario_is_found() {
        let folder = tempfile::tempdir().unwrap();
        accept(folder.path(), "old", "text").unwrap();
        accept(folder.path(), "new", "text").unwrap();
        assert_eq!(orphans(folder.path(), &["new"]).unwrap(), ["old"]);
    }
}
