//! Looks for secrets where none may be.
//!
//! The built programs run with everything turned on that could make them talk, and all that they show is kept:
//! streams, files at any time, arguments and environment, those of their children too. No secret that was
//! ever issued may be in it, nor eight characters of one in a row, but where the program was told to put it.

mod ears;
mod judge;
mod play;
mod scan;
mod story;
mod watch;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, anyhow, ensure};

pub use self::ears::Ears;
use self::play::Counts;
pub use self::play::LOUD;
use super::{Effort, Figure};
use crate::{cargo, e2e};

/// Most of a run is waiting.
const AT_ONCE: usize = 3;

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    cargo::run(&["build", "--quiet", "--workspace", "--bins"])?;
    let binaries = cargo::target_directory()?.join("debug");
    let counts = side_by_side(&binaries)?;
    let mut figures = told("account in memory", &counts);
    if effort == Effort::Deep {
        let ears = Ears::default();
        // The same transcripts as without: nothing more is said because something asks for it.
        ensure!(e2e::run_heard(&e2e::Options::default(), Some(&ears))?, "not every scenario passed");
        figures.extend(told("LocalStack, end to end", &ears.judge()?));
    }
    Ok(figures)
}

fn side_by_side(binaries: &Path) -> Result<Counts> {
    let next = AtomicUsize::new(0);
    let play = || {
        let mut counts = Counts::default();
        while let Some(part) = story::PARTS.get(next.fetch_add(1, Ordering::Relaxed)) {
            counts.add(&part(binaries)?);
        }
        Ok(counts)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(play)).collect();
        let mut sum = Counts::default();
        for thread in threads {
            sum.add(&thread.join().unwrap_or_else(|_| Err(anyhow!("a thread of the check panicked")))?);
        }
        Ok(sum)
    })
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.killed += other.killed;
        self.secrets += other.secrets;
        self.texts += other.texts;
        self.bytes += other.bytes;
        self.looks += other.looks;
        self.children += other.children;
    }
}

fn told(name: &str, counts: &Counts) -> Vec<Figure> {
    let rows = [
        ("programs run, killed among them", format!("{}, {}", counts.runs, counts.killed)),
        ("secrets looked for", counts.secrets.to_string()),
        ("texts scanned, and their bytes", format!("{}, {}", counts.texts, counts.bytes)),
        ("looks at files and processes while they ran", counts.looks.to_string()),
        ("children of theirs seen", counts.children.to_string()),
        ("parts of secrets found where none may be", "0".to_owned()),
    ];
    rows.into_iter().map(|(what, value)| Figure::new(format!("{name}: {what}"), value)).collect()
}
