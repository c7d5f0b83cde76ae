//! What a run of any number of users came to: counts, one exit code, and each line only where a report needs it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Budget, Run};
use crate::exit::Exit;
use crate::report::Line;

/// The sum of a run.
#[derive(Debug)]
pub struct Tally {
    counts: BTreeMap<&'static str, usize>,
    /// How many users were finished.
    pub users: usize,
    /// The worst of all.
    pub exit: Exit,
    /// Each user's line, in their order, if they are kept.
    pub lines: Vec<Line>,
    /// Those that never had their turn.
    pub not_begun: Option<NotBegun>,
    keeps: bool,
}

/// Users that were not begun, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotBegun {
    /// How many.
    pub users: usize,
    /// `stopped` or `max-failures`.
    pub code: &'static str,
    /// The sentence.
    pub says: String,
    /// What a person does next.
    pub next: String,
}

impl Tally {
    pub(super) fn new(keeps: bool) -> Self {
        Self {
            counts: BTreeMap::new(),
            users: 0,
            exit: Exit::Done,
            lines: Vec::new(),
            not_begun: None,
            keeps,
        }
    }

    pub(super) fn add(&mut self, line: Line) {
        *self.counts.entry(label(&line)).or_default() += 1;
        self.users += 1;
        self.exit = self.exit.max(line.exit);
        if self.keeps {
            self.lines.push(line);
        }
    }

    /// The users that had no turn, since the run was told to stop or the budget is spent.
    pub(super) fn leaves(&mut self, run: &Run<'_>, stopped: bool) {
        let users = run.all.saturating_sub(self.users);
        if users == 0 {
            return;
        }
        let failed = run.budget.map_or(0, Budget::failed);
        let failed = if failed == 1 { "1 user".to_owned() } else { format!("{failed} users") };
        let left = match stopped {
            true => NotBegun {
                users,
                code: "stopped",
                says: "told to stop before their turn; nothing is left half done".into(),
                next: "run again".into(),
            },
            false => NotBegun {
                users,
                code: "max-failures",
                says: format!(
                    "not begun, since {failed} failed or were refused (--max-failures); those in hand were finished"
                ),
                next: "mend what the lines above tell, then run again".into(),
            },
        };
        *self.counts.entry("stopped").or_default() += users;
        self.exit = self.exit.max(Exit::Stopped);
        run.teller.line(&left.line(), run.width);
        self.not_begun = Some(left);
    }

    /// `2 rotated, 1 failed`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let counts = LABELS.iter().filter_map(|label| Some((self.counts.get(label)?, label)));
        let parts = counts.map(|(n, label)| format!("{n} {label}")).collect::<Vec<_>>().join(", ");
        if parts.is_empty() { "no user".to_owned() } else { parts }
    }
}

impl NotBegun {
    /// One line for all of them.
    fn line(&self) -> Line {
        let user = if self.users == 1 { "1 user".to_owned() } else { format!("{} users", self.users) };
        Line {
            user,
            word: "stopped",
            code: self.code,
            says: self.says.clone(),
            next: Some(self.next.clone()),
            again: None,
            key: None,
            own_key: None,
            exit: Exit::Stopped,
        }
    }
}

/// In the order in which they are told.
const LABELS: [&str; 13] = [
    "rotated",
    "handed over",
    "rolled back",
    "revived",
    "revoked",
    "retired",
    "settled",
    "not due",
    "gone",
    "waiting",
    "refused",
    "failed",
    "stopped",
];

fn label(line: &Line) -> &'static str {
    match (line.word, line.code) {
        ("waits", _) => "waiting",
        ("done", "handed-over") => "handed over",
        ("done", "rolled-back") => "rolled back",
        ("done", "done") => "not due",
        ("done", code) => code,
        (word, _) => word,
    }
}
