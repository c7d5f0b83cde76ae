//! A long journal: verified in seconds, in memory that does not grow with it.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Effort, Figure};
use crate::cargo;

/// The journals' sizes, in bytes.
const SHORT: u64 = 4 * 1024 * 1024;
const LONG: u64 = 16 * 1024 * 1024;
const DEEP: u64 = 100 * 1024 * 1024;
/// What the program may take, whatever the journal's length, in KiB.
const AT_MOST: u64 = 48 * 1024;
/// And how much more for each MiB of journal: the records of its users, in KiB.
const FOR_EACH_MIB: u64 = 64;

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    // As other checks build them, so that nothing is compiled twice.
    let (profile, build, sizes) = match effort {
        Effort::Short => ("debug", ["--workspace"].as_slice(), [SHORT, LONG]),
        Effort::Deep => ("release", ["--package", "rotator-cli", "--release"].as_slice(), [LONG, DEEP]),
    };
    cargo::run(&[&["build", "--locked", "--bins"], build].concat())?;
    let target = cargo::target_directory()?;
    let program = target.join(profile).join("rotator");
    let mut figures = Vec::new();
    for size in sizes {
        let path = target.join(format!("journal-{size}"));
        let lines = write(&path, size)?;
        let (seconds, peak) = verify(&program, &path, lines)?;
        fs::remove_file(&path)?;
        let mib = size / 1024 / 1024;
        ensure!(peak <= AT_MOST + mib * FOR_EACH_MIB, "{mib} MiB of journal took {peak} KiB");
        figures.push(Figure::new(
            format!("a journal of {mib} MiB"),
            format!("{lines} lines, {seconds:.1} s, {peak} KiB at its peak"),
        ));
    }
    Ok(figures)
}

/// The journal that is kept as a fixture, over and over, each time of another account, in one chain.
fn write(path: &Path, size: u64) -> Result<u64> {
    let kept = fs::read_to_string(cargo::workspace().join("fixtures/journals/honest.jsonl"))?;
    let kept: Vec<Map<String, Value>> = kept.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let mut file = BufWriter::new(File::create(path)?);
    let (mut prev, mut number, mut written) = ("0".repeat(64), 0_u64, 0_u64);
    let mut round = 0_u64;
    while written < size {
        for line in &kept {
            number += 1;
            let mut line = line.clone();
            line.insert("line".into(), number.into());
            line.insert("prev".into(), prev.into());
            let run = line.get("run").and_then(Value::as_str).context("a line without a run")?;
            line.insert("run".into(), format!("{run}/{round}").into());
            if let Some(account) = line.get_mut("account") {
                *account = format!("{round:012}").into();
            }
            line.shift_remove("sum");
            let mut text = Value::Object(line).to_string();
            text.pop();
            text = format!("{text},\"sum\":\"{}\"}}", hash(&text));
            prev = hash(&text);
            writeln!(file, "{text}")?;
            written += text.len() as u64 + 1;
        }
        round += 1;
    }
    file.flush()?;
    Ok(number)
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds, and the most memory that it had, in KiB.
fn verify(program: &Path, journal: &Path, lines: u64) -> Result<(f64, u64)> {
    let began = Instant::now();
    let mut child = Command::new(program)
        .arg("verify")
        .arg(journal)
        .arg("--json")
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run rotator")?;
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        peak = peak.max(most_memory(&child).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(2));
    }
    let seconds = began.elapsed().as_secs_f64();
    let done = child.wait_with_output()?;
    ensure!(done.status.success(), "the journal does not verify:\n{}", String::from_utf8_lossy(&done.stdout));
    let report: Value = serde_json::from_slice(&done.stdout)?;
    ensure!(report.pointer("/journals/0/lines") == Some(&lines.into()), "not every line was read: {report}");
    ensure!(peak > 0, "/proc does not tell the program's memory");
    Ok((seconds, peak))
}

/// `VmHWM`, the peak of the resident set (proc(5)), in KiB.
pub fn most_memory(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
