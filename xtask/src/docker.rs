//! The few words of the `docker` program that we need.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// How long a registry may take to say its first word. A pull that has begun may last as long as
/// it likes.
const FIRST_WORD: Duration = Duration::from_secs(20);

pub fn available() -> bool {
    quiet(&["info"])
}

pub fn has_image(name: &str) -> bool {
    quiet(&["image", "inspect", name])
}

/// Whether the image is here now. That it cannot be pulled is an answer, not an error: many
/// networks reach no registry.
pub fn pull(name: &str) -> bool {
    println!("xtask: pulling {name}");
    let Ok(mut child) = Command::new("docker")
        .args(["pull", name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
    else {
        return false;
    };
    let Some(stdout) = child.stdout.take() else {
        return false;
    };
    let (say, hear) = mpsc::channel();
    // The thread goes on reading to the end, so that docker never waits for a full pipe.
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout);
        let mut first = String::new();
        let _ = lines.read_line(&mut first);
        let _ = say.send(!first.is_empty());
        let _ = lines.read_to_end(&mut Vec::new());
    });
    if hear.recv_timeout(FIRST_WORD) != Ok(true) {
        let _ = child.kill();
    }
    let pulled = child.wait().is_ok_and(|status| status.success());
    if !pulled {
        println!("xtask: {name} cannot be pulled here");
    }
    pulled
}

/// Runs a command whose long output matters only when it fails.
pub fn silently(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{name}`"))?;
    if !output.status.success() {
        print!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("`{name}` failed: its output is above");
    }
    Ok(())
}

/// Makes an image of a folder that holds a root file system.
pub fn import(folder: &std::path::Path, name: &str) -> Result<()> {
    let mut tar = Command::new("tar")
        .arg("-C")
        .arg(folder)
        .args(["--exclude=./var/cache/apt/archives/*.deb", "-c", "."])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run `tar`")?;
    let files = tar.stdout.take().context("`tar` has no output")?;
    let imported = Command::new("docker")
        .args(["import", "-", name])
        .stdin(files)
        .stdout(Stdio::null())
        .status()
        .context("cannot run `docker import`")?;
    ensure!(tar.wait()?.success(), "`tar` failed");
    ensure!(imported.success(), "`docker import` failed");
    Ok(())
}

fn quiet(args: &[&str]) -> bool {
    Command::new("docker")
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
