//! One run of a program, measured: how long, how much memory.
//!
//! A process of its own starts the program and waits for it, for two reasons. The kernel tells of the peaks of
//! children only as the largest of all of them (getrusage(2), RUSAGE_CHILDREN); and it counts what the parent held
//! at the moment of the start as the child's, so the parent must be small.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// What a run came to.
#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    seconds: f64,
    peak_bytes: u64,
    cpu_seconds: f64,
    code: Option<i32>,
}

/// A run, with what it said.
#[derive(Debug)]
pub struct Run {
    /// From just before the process was there to its end.
    pub took: Duration,
    /// The most memory that it held at once, in bytes.
    pub peak: u64,
    /// Time on a processor.
    pub cpu: Duration,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a program in this folder, with these variables and no others but PATH.
pub fn run(program: &Path, args: &[&str], variables: &[(String, String)], folder: &Path) -> Result<Run> {
    let file = |name: &str| folder.join(name);
    let measurer = std::env::current_exe().context("cannot find this program")?;
    let status = Command::new(measurer)
        .arg("measure")
        .arg(file("taken.json"))
        .arg(program)
        .args(args)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", folder)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(File::create(file("stdout"))?)
        .stderr(File::create(file("stderr"))?)
        .status()
        .context("cannot run this program again")?;
    let said = |name: &str| fs::read(file(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let (stdout, stderr) = (said("stdout")?, said("stderr")?);
    ensure!(status.success(), "cannot measure {}: {stderr}", program.display());
    let taken: Taken = serde_json::from_str(&said("taken.json")?).context("cannot read what was measured")?;
    Ok(Run {
        took: Duration::from_secs_f64(taken.seconds),
        peak: taken.peak_bytes,
        cpu: Duration::from_secs_f64(taken.cpu_seconds),
        code: taken.code,
        stdout,
        stderr,
    })
}

/// The process that measures: `xtask measure INTO PROGRAM ARGS…`.
pub fn child(into: &Path, command: &[String]) -> Result<()> {
    let (program, args) = command.split_first().context("nothing to run")?;
    let began = Instant::now();
    let status =
        Command::new(program).args(args).status().with_context(|| format!("cannot run {program}"))?;
    let took = began.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot ask what it used")?;
    // In kilobytes, but on a Mac in bytes (getrusage(2) of either).
    let unit = if cfg!(target_os = "macos") { 1 } else { 1_024 };
    let time = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let taken = Taken {
        seconds: took.as_secs_f64(),
        peak_bytes: u64::try_from(usage.max_rss()).unwrap_or_default() * unit,
        cpu_seconds: time(usage.user_time()) + time(usage.system_time()),
        code: status.code(),
    };
    fs::write(into, serde_json::to_vec(&taken)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_measured_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("taken.json");
        let command = ["sh", "-c", "exit 3"].map(str::to_owned);
        child(&into, &command).unwrap();
        let taken: Taken = serde_json::from_slice(&fs::read(into).unwrap()).unwrap();
        assert_eq!(taken.code, Some(3));
        assert!(taken.seconds > 0.0 && taken.peak_bytes > 0);
    }

    #[test]
    fn what_cannot_be_run_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("taken.json");
        assert!(child(&into, &["/nowhere".to_owned()]).is_err());
        assert!(child(&into, &[]).is_err());
    }
}
