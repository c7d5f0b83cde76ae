//! What a person reads, and the same as data. The story goes to stderr; stdout is for results.

use std::fmt;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anstyle::{AnsiColor, Style};
use rotator::{AccessKeyId, Goal, Memory};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::clock::{local_now, rfc3339};
use crate::drive::Outcome;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet::{NotBegun, Tally};
use crate::iam::User;
use crate::journal::Mark;
use crate::progress::{Progress, Shown};
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
    /// What became of the key that this program signs with, where it is this user's.
    pub own_key: Option<OwnKey>,
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
            own_key: None,
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

    /// Words for a user that was deleted after it was listed.
    #[must_use]
    pub fn gone(user: &User) -> Self {
        let mut line = Self::new(user, &Outcome::NothingDue, Memory::Ledger, false);
        line.code = "gone";
        line.says = "somebody deleted the user since it was listed; this run had no key of it in hand".into();
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
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("user", &self.user)?;
        map.serialize_entry("outcome", self.word)?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("says", &self.says)?;
        map.serialize_entry("next", &self.next)?;
        map.serialize_entry("run_again_after", &self.again.map(rfc3339))?;
        map.serialize_entry("key", &self.key.as_ref().map(AccessKeyId::as_str))?;
        if let Some(own) = &self.own_key {
            map.serialize_entry("own_key", own)?;
        }
        map.end()
    }
}

/// This program signed with a key of a user that it rotated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnKey {
    /// The key that it signed with.
    pub signs: AccessKeyId,
    /// What that one is now: LAST, or CURRENT until the new one is confirmed.
    pub now: &'static str,
    /// The key that it should sign with from now on.
    #[serde(rename = "use")]
    pub take: AccessKeyId,
}

impl OwnKey {
    /// What an outcome means for it.
    #[must_use]
    pub fn after(outcome: &Outcome, signs: &AccessKeyId) -> Option<Self> {
        let (now, take) = match outcome {
            Outcome::Rotated(id) => ("LAST", id),
            Outcome::HandedOver(id) => ("CURRENT", id),
            Outcome::NothingDue
            | Outcome::Settled
            | Outcome::Granted(_)
            | Outcome::Waiting(..)
            | Outcome::Refused(..)
            | Outcome::Failed(_)
            | Outcome::Stopped => return None,
        };
        (take != signs).then(|| Self { signs: signs.clone(), now, take: take.clone() })
    }
}

impl fmt::Display for OwnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { signs, now, take } = self;
        if *now == "LAST" {
            return write!(
                f,
                "rotator signs with {signs}, which is LAST now and works at least until the next rotation; let it \
                 sign with {take} from now on"
            );
        }
        write!(
            f,
            "rotator signs with {signs}, which is {now} until {take} is confirmed or seen in use, and works at least \
             until the rotation after that; let it sign with {take} once that is stored"
        )
    }
}

/// Tells the story as it goes.
#[derive(Debug, Clone)]
pub struct Teller {
    terminal: bool,
    progress: Arc<Progress>,
    /// Of several targets, the one that is told of.
    target: Option<Arc<str>>,
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
        let terminal = std::io::stderr().is_terminal();
        // Who reads a report, and whoever expects the ancestor's silence, is told at a terminal alone.
        let shown = match Shown::here() {
            _ if json => Shown::Nothing,
            Shown::Lines if ancestor => Shown::Nothing,
            shown @ (Shown::Bar | Shown::Lines | Shown::Nothing) => shown,
        };
        Self { terminal, progress: Arc::new(Progress::new(shown)), target: None, ancestor, json, each: false }
    }

    /// For one of several targets, whose name is before each line.
    #[must_use]
    pub fn of_target(self, name: &str) -> Self {
        Self { target: Some(name.into()), ..self }
    }

    /// For a command about one user, whose result is what it was run for.
    #[must_use]
    pub fn of_each(self) -> Self {
        Self { each: true, ..self }
    }

    /// For one of several accounts, which share one progress.
    #[must_use]
    pub fn beside(self, other: &Self) -> Self {
        Self { progress: Arc::clone(&other.progress), ..self }
    }

    /// So many accounts are worked on.
    pub fn accounts(&self, accounts: usize) {
        self.progress.accounts(accounts);
    }

    /// There are so many more users.
    pub fn expect(&self, more: usize) {
        self.progress.expect(more);
    }

    /// A user is finished, and counts, whenever its line is told.
    pub fn finished(&self, line: &Line) {
        self.progress.finished(line.word);
    }

    /// Some work, while which it is told how far it is. `throttled`: whether calls were throttled lately.
    pub async fn during<T>(&self, work: impl Future<Output = T>, throttled: impl Fn() -> bool) -> T {
        self.progress.during(work, throttled).await
    }

    /// Whether someone is watching.
    #[must_use]
    pub fn on_terminal(&self) -> bool {
        self.terminal && !self.json
    }

    /// Something to know before the run.
    pub fn note(&self, note: &str) {
        if !self.json {
            self.say(&format!("note: {note}"));
        }
    }

    /// Something that went wrong, and what a person does next.
    pub fn fault(&self, failure: &Failure) {
        self.say(&format!("error: {failure}"));
        if let Some(next) = failure.next_step() {
            self.say(&format!(" next: {next}"));
        }
    }

    /// Lines on stderr, whatever else is to be told.
    pub fn say(&self, text: &str) {
        self.progress.above(|| match &self.target {
            Some(name) => text.lines().for_each(|line| say::err(&format!("{name}: {line}"))),
            None => say::err(text),
        });
    }

    /// Who runs this, where.
    pub fn identity(&self, arn: &str, users: usize, path: &str, target: &str) {
        if !self.json && !self.ancestor {
            let users = if users == 1 { "1 user".to_owned() } else { format!("{users} users") };
            self.say(&format!("{arn}: {users} on {path}, pairs go to {target}"));
        }
    }

    /// One user's line. In a pipe only what needs attention is said.
    pub fn line(&self, line: &Line, width: usize) {
        if !self.json && (self.on_terminal() || self.each || line.exit != Exit::Done) {
            self.say(&line.text(width));
        }
    }

    /// The last line.
    pub fn summary(&self, tally: &Tally, took: Duration) {
        self.progress.account_finished();
        if self.json || (self.ancestor && !self.terminal && tally.exit == Exit::Done) {
            return;
        }
        self.say(&format!("{} in {:.1} s", tally.sentence(), took.as_secs_f64()));
    }
}

/// The report for machines. `version` counts changes of its shape.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The target's name, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    version: u8,
    /// The account's number, if it could be asked for.
    pub account: Option<String>,
    /// The users' paths.
    pub path: String,
    /// Each user's line.
    pub users: Vec<Line>,
    /// Those who had no turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_begun: Option<NotBegun>,
    /// Why nothing was begun at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The exit code.
    #[serde(serialize_with = "code")]
    pub exit: Exit,
    /// The journal's last line, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<Mark>,
}

impl Report {
    /// About nobody yet.
    #[must_use]
    pub fn new(target: Option<String>, path: String) -> Self {
        Self {
            target,
            version: 1,
            account: None,
            path,
            users: Vec::new(),
            not_begun: None,
            error: None,
            exit: Exit::Done,
            journal: None,
        }
    }
}

/// The reports of several targets.
#[derive(Debug, Serialize)]
pub struct Reports {
    version: u8,
    targets: Vec<Report>,
    #[serde(serialize_with = "code")]
    exit: Exit,
}

impl Reports {
    /// Of them all, with the worst exit code.
    #[must_use]
    pub fn new(targets: Vec<Report>, exit: Exit) -> Self {
        Self { version: 1, targets, exit }
    }
}

fn code<S: Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(exit.code())
}

/// A report on stdout.
pub fn print(report: &impl Serialize) {
    match serde_json::to_string_pretty(report) {
        Ok(text) => say::out(&text),
        Err(error) => say::err(&format!("error: the report cannot be written: {error}")),
    }
}
