//! The journal: one JSON line for each step, no secret, each line with the hash of the line before.
//!
//! Line kinds, in the field `kind`: `run` (who, where, policy), `decided` (observation and decision),
//! `became` (effect and what became of it), `ended` (a user's outcome), `closed` (the run). Times are
//! ages in milliseconds; only `at` is a clock time, and nothing is decided on it.

pub mod line;
mod tail;

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rotator::{Limits, Policy};

use self::line::{Became, Begun, Closed, Decided, Ended, Event, Fate, Head, TookHold, VERSION};
use self::tail::{Tail, tail};
use crate::clock::{local_now, rfc3339};
use crate::drive::{Sight, Step};
use crate::failure::{Class, Failure};

pub use self::line::hash;

/// An open journal, or none.
#[derive(Debug, Default)]
pub struct Journal(Option<Mutex<Chain>>);

#[derive(Debug)]
struct Chain {
    file: File,
    path: PathBuf,
    /// The last line's number and hash, and whether it lacks its line feed.
    tail: Tail,
    /// Tells runs apart in a file that several have written.
    run: String,
    broken: Option<io::Error>,
}

/// The last line of a journal. Whoever keeps it elsewhere notices a chain that was cut or made anew.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mark {
    /// The file, as it was named.
    pub path: String,
    /// The line's number.
    pub line: u64,
    /// The line's hash.
    pub sha256: String,
}

impl Journal {
    /// Opens or makes the file for appending. It is locked until the run ends: two runs in one file follow
    /// each other.
    ///
    /// # Errors
    /// It cannot be opened, another run has it, or it is no journal of this version.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let failure =
            |said: String| Failure::new(Class::Setup, format!("open the journal {}", path.display()), said);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let mut file = options.open(path).map_err(|error| failure(error.to_string()))?;
        file.try_lock().map_err(|_| failure("another run is writing it".into()))?;
        let tail = tail(&mut file).map_err(|error| failure(error.to_string()))?;
        // In a container each run may have the same process id, and two may begin in one second.
        let (at, process, line) = (rfc3339(local_now()), std::process::id(), tail.line.saturating_add(1));
        let run = format!("{at}/{process}/{line}");
        let path = path.to_owned();
        Ok(Self(Some(Mutex::new(Chain { file, path, tail, run, broken: None }))))
    }

    /// The run's first line.
    pub fn begin(&self, command: &str, account: &str, caller: &str, policy: &Policy, limits: &Limits) {
        self.line(&Event::Run(Begun {
            version: env!("CARGO_PKG_VERSION").into(),
            command: command.into(),
            account: account.into(),
            caller: caller.into(),
            policy: Cow::Borrowed(policy),
            limits: limits.into(),
        }));
    }

    /// One step of one user.
    pub fn step(&self, user: &str, user_id: &str, step: &Step<'_>) {
        let (user, user_id) = (user.into(), user_id.into());
        self.line(&match step {
            Step::Decided(seen, decision, sight) => {
                let (observation, decision) = (Cow::Borrowed(seen.facts()), Cow::Borrowed(*decision));
                let carried = *sight == Sight::Carried;
                Event::Decided(Decided { user, user_id, carried, observation, decision })
            }
            Step::Became(effect, became) => {
                let became = match became {
                    Ok(()) => Fate::TookHold(TookHold::Word),
                    Err(failure) => {
                        Fate::Failed { failed: failure.code().into(), said: failure.to_string().into() }
                    }
                };
                Event::Became(Became { user, user_id, effect: Cow::Borrowed(*effect), became })
            }
        });
    }

    /// How a user's run ended.
    pub fn ended(&self, user: &str, user_id: &str, outcome: &str) {
        let (user, user_id, outcome) = (user.into(), user_id.into(), outcome.into());
        self.line(&Event::Ended(Ended { user, user_id, outcome }));
    }

    /// The run's last line, and whether every line was written. The mark is of the file's last line; `None`
    /// without a journal.
    ///
    /// # Errors
    /// The first write that failed.
    pub fn close(&self, exit: u8) -> io::Result<Option<Mark>> {
        self.line(&Event::Closed(Closed { exit }));
        let Some(chain) = &self.0 else { return Ok(None) };
        let mut chain = chain.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = chain.broken.take() {
            return Err(error);
        }
        chain.file.sync_all()?;
        let (path, Tail { line, hash, .. }) = (chain.path.display().to_string(), &chain.tail);
        Ok(Some(Mark { path, line: *line, sha256: hash.clone() }))
    }

    fn line(&self, event: &Event<'_>) {
        let Some(chain) = &self.0 else { return };
        let mut chain = chain.lock().unwrap_or_else(PoisonError::into_inner);
        // After a line that is lacking, no other would be believed.
        if chain.broken.is_none()
            && let Err(error) = chain.append(event)
        {
            chain.broken = Some(error);
        }
    }
}

impl Chain {
    fn append(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Tail { line, hash: prev, torn } = &self.tail;
        let number = line.saturating_add(1);
        let head = Head {
            rotator: VERSION,
            line: number,
            prev: prev.into(),
            run: (&self.run).into(),
            at: rfc3339(local_now()).into(),
            kind: event.kind(),
        };
        let text = line::text(&head, event)?;
        // What a killed run left half written ends here, and not before there is another line.
        let after = if *torn { "\n" } else { "" };
        let before = self.file.metadata()?.len();
        // One write for one line: a killed run leaves a torn last line at worst.
        if let Err(error) = self.file.write_all(format!("{after}{text}\n").as_bytes()) {
            drop(self.file.set_len(before));
            return Err(error);
        }
        self.tail = Tail { line: number, hash: hash(text.as_bytes()), torn: false };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::line::FIRST;
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
        for (number, line) in (1..).zip(text.lines()) {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_eq!((&value["prev"], &value["line"]), (&json!(prev), &json!(number)));
            assert_eq!(line::hash_and_sum(line.as_bytes()), (hash(line.as_bytes()), Some(true)));
            prev = hash(line.as_bytes());
        }
        assert_eq!(text.lines().count(), 4);
    }

    #[test]
    fn a_torn_line_does_not_swallow_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        fs::write(&path, "{\"torn\":").unwrap();
        let journal = Journal::open(Some(&path)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"torn\":", "as long as nothing is to be said");
        let mark = journal.close(0).unwrap().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let last = text.lines().nth(1).unwrap();
        let value: Value = serde_json::from_str(last).unwrap();
        assert_eq!((&value["prev"], &value["line"]), (&json!(hash(b"{\"torn\":")), &json!(2)));
        assert_eq!((mark.line, mark.sha256), (2, hash(last.as_bytes())));
    }

    #[test]
    fn two_runs_do_not_share_a_file_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let _first = Journal::open(Some(&path)).unwrap();
        assert!(Journal::open(Some(&path)).unwrap_err().to_string().contains("another run"));
    }
}
