//! The journal: one JSON line for each step, no secret, each line with the hash of the line before.
//!
//! Line kinds, in the field `kind`: `run` (who, where, policy), `decided` (observation and decision),
//! `became` (effect and what became of it), `ended` (a user's outcome), `closed` (the run). Times are
//! ages in milliseconds; only `at` is a clock time, and nothing is decided on it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rotator::{Limits, Policy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock::{local_now, rfc3339};
use crate::drive::Step;
use crate::failure::{Class, Failure};

/// The format's version.
pub const VERSION: u32 = 1;
/// What the first line of a file carries in the place of a hash.
const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An open journal, or none.
#[derive(Debug, Default)]
pub struct Journal(Option<Mutex<Chain>>);

#[derive(Debug)]
struct Chain {
    file: File,
    hash: String,
    /// Tells runs apart in a file that several have written.
    run: String,
    broken: Option<io::Error>,
}

impl Journal {
    /// Opens or makes the file for appending. It is locked until the run ends: two runs in one file follow
    /// each other.
    ///
    /// # Errors
    /// It cannot be opened, or another run has it.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let failure =
            |said: String| Failure::new(Class::Setup, format!("open the journal {}", path.display()), said);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let mut file = options.open(path).map_err(|error| failure(error.to_string()))?;
        file.try_lock().map_err(|_| failure("another run is writing it".into()))?;
        let hash = last_hash(&mut file).map_err(|error| failure(error.to_string()))?;
        let run = format!("{}/{}", rfc3339(local_now()), std::process::id());
        Ok(Self(Some(Mutex::new(Chain { file, hash, run, broken: None }))))
    }

    /// The run's first line.
    pub fn begin(&self, command: &str, account: &str, caller: &str, policy: &Policy, limits: &Limits) {
        self.line("run", |line| {
            line.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
            line.insert("command".into(), json!(command));
            line.insert("account".into(), json!(account));
            line.insert("caller".into(), json!(caller));
            line.insert("policy".into(), json!(policy));
            line.insert("limits".into(), json!(limits));
        });
    }

    /// One step of one user.
    pub fn step(&self, user: &str, user_id: &str, step: &Step<'_>) {
        let kind = match step {
            Step::Decided(..) => "decided",
            Step::Became(..) => "became",
        };
        self.line(kind, |line| {
            line.insert("user".into(), json!(user));
            line.insert("user_id".into(), json!(user_id));
            match step {
                Step::Decided(seen, decision) => {
                    line.insert("observation".into(), json!(seen));
                    line.insert("decision".into(), json!(decision));
                }
                Step::Became(effect, became) => {
                    line.insert("effect".into(), json!(effect));
                    line.insert(
                        "became".into(),
                        match became {
                            Ok(()) => json!("took-hold"),
                            Err(failure) => json!({ "failed": failure.code(), "said": failure.to_string() }),
                        },
                    );
                }
            }
        });
    }

    /// How a user's run ended.
    pub fn ended(&self, user: &str, user_id: &str, outcome: &str) {
        self.line("ended", |line| {
            line.insert("user".into(), json!(user));
            line.insert("user_id".into(), json!(user_id));
            line.insert("outcome".into(), json!(outcome));
        });
    }

    /// The run's last line, and whether every line was written.
    ///
    /// # Errors
    /// The first write that failed.
    pub fn close(&self, exit: u8) -> io::Result<()> {
        self.line("closed", |line| {
            line.insert("exit".into(), json!(exit));
        });
        let Some(chain) = &self.0 else { return Ok(()) };
        let mut chain = chain.lock().unwrap_or_else(PoisonError::into_inner);
        match chain.broken.take() {
            Some(error) => Err(error),
            None => chain.file.sync_all(),
        }
    }

    fn line(&self, kind: &str, fill: impl FnOnce(&mut serde_json::Map<String, Value>)) {
        let Some(chain) = &self.0 else { return };
        let mut chain = chain.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = serde_json::Map::new();
        line.insert("rotator".into(), json!(VERSION));
        line.insert("kind".into(), json!(kind));
        line.insert("prev".into(), json!(chain.hash));
        line.insert("run".into(), json!(chain.run));
        line.insert("at".into(), json!(rfc3339(local_now())));
        fill(&mut line);
        let text = Value::Object(line).to_string();
        // One write for one line: a killed run leaves a torn last line at worst.
        match chain.file.write_all(format!("{text}\n").as_bytes()) {
            Ok(()) => chain.hash = hash(text.as_bytes()),
            Err(error) => chain.broken = Some(error),
        }
    }
}

/// The hash that the next line carries of this one, without its line feed.
#[must_use]
pub fn hash(line: &[u8]) -> String {
    Sha256::digest(line).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn last_hash(file: &mut File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let (mut last, mut line) = (FIRST.to_owned(), Vec::new());
    let mut reader = BufReader::new(&mut *file);
    while reader.read_until(b'\n', &mut line)? > 0 {
        let torn = !line.ends_with(b"\n");
        last = hash(line.trim_ascii_end());
        line.clear();
        if torn {
            // A killed run's last line; the next one begins on a line of its own.
            file.write_all(b"\n")?;
            break;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn runs_follow_each_other_in_one_chain() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        for _ in 0..2 {
            let journal = Journal::open(Some(&path)).unwrap();
            journal.ended("ci", "AIDA", "rotated");
            journal.close(0).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        let mut prev = FIRST.to_owned();
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_eq!(value["prev"], json!(prev));
            prev = hash(line.as_bytes());
        }
        assert_eq!(text.lines().count(), 4);
    }

    #[test]
    fn a_torn_line_does_not_swallow_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        fs::write(&path, "{\"torn\":").unwrap();
        Journal::open(Some(&path)).unwrap().close(0).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
        assert_eq!(value["prev"], json!(hash(b"{\"torn\":")));
    }

    #[test]
    fn two_runs_do_not_share_a_file_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let _first = Journal::open(Some(&path)).unwrap();
        assert!(Journal::open(Some(&path)).unwrap_err().to_string().contains("another run"));
    }
}
