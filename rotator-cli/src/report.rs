//! What a person reads, and the same as data. The story goes to stderr; stdout is for results.

use std::io::IsTerminal;
use std::time::{Duration, SystemTime};

use anstyle::{AnsiColor, Style};
use rotator::{AccessKeyId, Goal, Memory};
use serde_json::{Value, json};

use crate::clock::{local_now, rfc3339};
use crate::drive::Outcome;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::journal::Mark;
use crate::say;

/// One user's result.
#[derive(Debug)]
pub struct Line {
    /// The user's name.
    pub user: String,
    /// `done`, `waits`, `refused`, `failed`, `stopped`.
    pub word: &'static str,
    /// The stable code.
    pub code: &'static str,
    /// The sentence.
    pub says: String,
    /// What a person does next.
    pub next: Option<String>,
    /// When it is worth running again.
    pub again: Option<SystemTime>,
    /// CURRENT, where the run made it.
    pub key: Option<AccessKeyId>,
    /// The exit code that this alone would give.
    pub exit: Exit,
}

impl Line {
    /// Words for an outcome.
    #[must_use]
    pub fn new(user: &User, outcome: &Outcome, memory: Memory, use_denied: bool) -> Self {
        let mut line = Self {
            user: user.name.clone(),
            word: "done",
            code: "done",
            says: String::new(),
            next: None,
            again: None,
            key: None,
            exit: Exit::Done,
        };
        match outcome {
            Outcome::NothingDue => line.says = "nothing is due".into(),
            Outcome::Settled => {
                line.code = "settled";
                line.says = "what an earlier run or a word left to do is done".into();
            }
            Outcome::Rotated(id) => {
                line.code = "rotated";
                line.says = format!("{id} is CURRENT");
                line.key = Some(id.clone());
            }
            Outcome::Granted(goal) => {
                (line.code, line.says, line.key) = match goal {
                    Goal::Rotate => ("settled", "nothing is due".into(), None),
                    Goal::RollBack(id) => {
                        ("rolled-back", format!("{id} is CURRENT again, and LAST rests"), Some(id.clone()))
                    }
                    Goal::Revive(id) => ("revived", format!("{id} works"), Some(id.clone())),
                    Goal::Revoke(id) => {
                        ("revoked", format!("{id} is not served, and does not work"), Some(id.clone()))
                    }
                };
            }
            Outcome::HandedOver(id) => {
                line.code = "handed-over";
                line.says = format!("{id} is handed over; PENDING until confirmed or seen in use");
                line.key = Some(id.clone());
            }
            Outcome::Waiting(pause, span) => {
                (line.word, line.code, line.exit) = ("waits", pause.code(), Exit::Waiting);
                line.says = pause.to_string();
                line.again = Some(local_now() + *span);
                if use_denied && matches!(pause, rotator::Pause::UseUnreadable(_)) {
                    line.next = Some("allow iam:GetAccessKeyLastUsed for the identity that runs this".into());
                }
            }
            Outcome::Refused(refusal, cause) => {
                (line.word, line.code, line.exit) = ("refused", refusal.code(), Exit::Refused);
                line.says = match cause {
                    Some(cause) => format!("{refusal} ({cause})"),
                    None => refusal.to_string(),
                };
                line.next = Some(refusal.next_step(&user.name, memory));
                // Use would perhaps settle it, and cannot be seen.
                if let (true, rotator::Refusal::MaybeServed(_), Some(next)) =
                    (use_denied, refusal, &line.next)
                {
                    let allow = "allow iam:GetAccessKeyLastUsed for the identity that runs this";
                    line.next = Some(format!("{allow}, so that use is seen, and run again. Else {next}"));
                }
                if let Some(Failure { class: Class::StoreRejected(Some(_)), .. }) = cause {
                    line.exit = Exit::Denied;
                    line.next = cause.as_ref().and_then(Failure::next_step);
                }
            }
            Outcome::Failed(failure) => {
                (line.word, line.code, line.exit) = ("failed", failure.code(), failure.exit());
                line.says = failure.to_string();
                line.next = failure.next_step();
            }
            Outcome::Stopped => {
                (line.word, line.code, line.exit) = ("stopped", "stopped", Exit::Stopped);
                line.says = "told to stop before its turn; nothing is left half done".into();
                line.next = Some("run again".into());
            }
        }
        line
    }

    /// The line and, below it, the next step.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let colour = match self.word {
            "done" => AnsiColor::Green,
            "waits" | "stopped" => AnsiColor::Yellow,
            _ => AnsiColor::Red,
        };
        let style = Style::new().fg_color(Some(colour.into()));
        let mut text = format!("{style}{:<7}{style:#}  {:<width$}  {}", self.word, self.user, self.says);
        if !["done", "rotated", "handed-over", "settled", "rolled-back", "revived", "revoked", "retired"]
            .contains(&self.code)
        {
            text = format!("{text} [{}]", self.code);
        }
        if let Some(again) = self.again {
            text = format!("{text}; worth running again after {}", rfc3339(again));
        }
        if let Some(next) = &self.next {
            text = format!("{text}\n         next: {next}");
        }
        text
    }

    fn json(&self) -> Value {
        json!({
            "user": self.user,
            "outcome": self.word,
            "code": self.code,
            "says": self.says,
            "next": self.next,
            "run_again_after": self.again.map(rfc3339),
            "key": self.key.as_ref().map(AccessKeyId::as_str),
        })
    }
}

/// Tells the story as it goes.
#[derive(Debug, Clone, Copy)]
pub struct Teller {
    terminal: bool,
    /// The ancestor says nothing on success.
    ancestor: bool,
    /// Nothing at all but errors: a report goes to stdout instead.
    json: bool,
    /// Each user is told of, and not those alone who need attention.
    each: bool,
}

impl Teller {
    /// For a terminal, a pipe, or for somebody who reads JSON.
    #[must_use]
    pub fn new(ancestor: bool, json: bool) -> Self {
        Self { terminal: std::io::stderr().is_terminal(), ancestor, json, each: false }
    }

    /// For a command about one user, whose result is what it was run for.
    #[must_use]
    pub fn of_each(self) -> Self {
        Self { each: true, ..self }
    }

    /// Whether someone is watching.
    #[must_use]
    pub fn on_terminal(&self) -> bool {
        self.terminal && !self.json
    }

    /// Something to know before the run.
    pub fn note(&self, note: &str) {
        if !self.json {
            say::err(&format!("note: {note}"));
        }
    }

    /// Who runs this, where.
    pub fn identity(&self, arn: &str, users: usize, path: &str, target: &str) {
        if !self.json && !self.ancestor {
            let users = if users == 1 { "1 user".to_owned() } else { format!("{users} users") };
            say::err(&format!("{arn}: {users} on {path}, pairs go to {target}"));
        }
    }

    /// One user is finished. In a pipe only what needs attention is said.
    pub fn line(&self, line: &Line, width: usize, finished: usize, all: usize) {
        self.wipe();
        if !self.json && (self.on_terminal() || self.each || line.exit != Exit::Done) {
            say::err(&line.text(width));
        }
        if self.on_terminal() && finished < all {
            say::err_now(&format!("{finished} of {all} done …"));
        }
    }

    fn wipe(&self) {
        if self.on_terminal() {
            say::err_now("\r\x1b[K");
        }
    }

    /// The last line.
    pub fn summary(&self, lines: &[Line], took: Duration) {
        if self.json || (self.ancestor && !self.terminal && lines.iter().all(|line| line.exit == Exit::Done))
        {
            return;
        }
        let count = |code: &str| lines.iter().filter(|line| line.code == code).count();
        let words = |word: &str| lines.iter().filter(|line| line.word == word).count();
        let counts = [
            (count("rotated"), "rotated"),
            (count("handed-over"), "handed over"),
            (count("rolled-back"), "rolled back"),
            (count("revived"), "revived"),
            (count("revoked"), "revoked"),
            (count("retired"), "retired"),
            (count("settled"), "settled"),
            (count("done"), "not due"),
            (words("waits"), "waiting"),
            (words("refused"), "refused"),
            (words("failed"), "failed"),
            (words("stopped"), "stopped"),
        ];
        let parts = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let parts = if parts.is_empty() { "no user".to_owned() } else { parts };
        say::err(&format!("{parts} in {:.1} s", took.as_secs_f64()));
    }
}

/// The report for machines, with the last line of the journal, if there is one. `version` counts changes of
/// its shape.
#[must_use]
pub fn json(account: &str, path: &str, lines: &[Line], journal: Option<&Mark>, exit: Exit) -> Value {
    let mut report = json!({
        "version": 1,
        "account": account,
        "path": path,
        "users": lines.iter().map(Line::json).collect::<Vec<_>>(),
        "exit": exit.code(),
    });
    if let (Some(report), Some(mark)) = (report.as_object_mut(), journal) {
        report.insert("journal".to_owned(), json!(mark));
    }
    report
}
