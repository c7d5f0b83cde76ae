//! A journal replayed: every decision made again, every line checked against the one before.

mod bystander;
mod carried;
mod chain;
mod code;
mod ending;
mod found;
mod histories;
mod lines;
mod replay;
pub mod report;

use std::io::{self, BufRead};
use std::str::FromStr;

use serde::Deserialize;

use self::chain::{Chain, Placed};
use self::lines::{Lines, Raw};
use self::replay::{Place, Replay};
use crate::journal::Mark;
use crate::journal::line::{Event, Head, VERSION};

pub use self::code::Code;
pub use self::found::{Finding, Found, Judged, Note};
pub use self::histories::histories;
pub use self::lines::LONGEST;

/// The last line of a journal, as somebody kept it elsewhere: `LINE:SHA256`, or the hash alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The line's number.
    pub line: Option<u64>,
    /// Its hash.
    pub sha256: String,
}

impl FromStr for Kept {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (line, sha256) = match text.split_once(':') {
            Some((line, sha256)) => {
                (Some(line.parse().map_err(|_| format!("`{line}` is no line's number"))?), sha256)
            }
            None => (None, text),
        };
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("a head is LINE:SHA256, or the 64 hexadecimal digits alone".to_owned());
        }
        Ok(Self { line, sha256: sha256.to_ascii_lowercase() })
    }
}

/// Verifies one journal. `progress` is told from time to time how many bytes were read.
///
/// # Errors
/// It cannot be read.
pub fn verify(
    from: impl BufRead,
    name: &str,
    kept: Option<&Kept>,
    progress: impl Fn(u64),
) -> io::Result<Found> {
    let mut lines = Lines::of(from);
    let mut file = File { name, kept, found: Found::new(), ..File::default() };
    while let Some(raw) = lines.next()? {
        let at = raw.at;
        let go_on = file.line(&raw);
        if at % 1_024 == 0 {
            progress(lines.bytes);
        }
        if !go_on {
            return Ok(file.found);
        }
    }
    Ok(file.end())
}

/// A journal while it is read.
#[derive(Default)]
struct File<'a> {
    name: &'a str,
    kept: Option<&'a Kept>,
    reached: bool,
    found: Found,
    chain: Chain,
    replay: Replay,
    /// The last line in its place. It is believed once the next one carries its hash.
    held: Option<(Place, Event<'static>)>,
}

impl File<'_> {
    /// The next line. Whether the rest is worth reading.
    fn line(&mut self, raw: &Raw<'_>) -> bool {
        self.found.lines = raw.at;
        self.reached |= self.kept.is_some_and(|kept| kept.sha256 == raw.hash);
        let head: Option<Head<'_>> = serde_json::from_slice(raw.text).ok().filter(|_| !raw.long);
        if head.as_ref().is_none_or(|head| head.rotator != VERSION)
            && let Some(version) = other_version(raw)
            && (raw.sum == Some(true) || !self.chain.any)
        {
            let says = format!("it is of version {version}, and this program reads version {VERSION}");
            self.found.find(Code::UnknownVersion, (raw.at, raw.at), says);
            return false;
        }
        let read = head.filter(|head| head.rotator == VERSION && raw.sum == Some(true));
        let read = read.map(|head| (Event::read(head.kind, raw.text), head));
        match read {
            Some((Ok(event), head)) => self.placed(raw, &head, event),
            Some((Err(error), _)) => {
                self.damaged(
                    raw,
                    Code::Edited,
                    format!("it is none that the program writes: {}", plain(&error)),
                );
            }
            None if raw.long => {
                let says = format!("it is longer than {LONGEST} bytes");
                self.damaged(raw, Code::LineTooLong, says);
            }
            None => {
                let says = match raw.sum {
                    Some(false) => "its own sum is another",
                    Some(true) | None => "it is no whole line of a journal",
                };
                self.damaged(raw, Code::Edited, says.to_owned());
            }
        }
        true
    }

    fn placed(&mut self, raw: &Raw<'_>, head: &Head<'_>, event: Event<'static>) {
        let known = self.chain.knows(&head.run);
        if let Some(Kept { line: Some(line), sha256 }) = self.kept
            && *line == head.line
            && *sha256 != raw.hash
            && !self.reached
        {
            self.reached = true;
            let says = format!(
                "line {line} is not the one that was kept: the journal was made anew from there or before"
            );
            self.found.find(Code::Edited, (raw.at, raw.at), says);
        }
        let placed = self.chain.line(raw, head, &mut self.found);
        if placed == Placed::Nowhere {
            return;
        }
        match placed {
            Placed::AfterForgery => self.held = None,
            Placed::Follows | Placed::AfterLoss | Placed::Nowhere => self.tell_held(),
        }
        if placed != Placed::Follows {
            self.replay.lose();
        }
        let lost = placed != Placed::Follows;
        self.held = Some((Place { at: raw.at, run: head.run.clone().into_owned(), known, lost }, event));
        self.found.head =
            Some(Mark { path: self.name.to_owned(), line: head.line, sha256: raw.hash.clone() });
    }

    fn damaged(&mut self, raw: &Raw<'_>, code: Code, says: String) {
        self.tell_held();
        self.chain.damaged(raw, code, says, self.replay.open());
    }

    fn tell_held(&mut self) {
        if let Some((place, event)) = self.held.take() {
            self.replay.tell(&place, &event, &mut self.found);
        }
    }

    fn end(mut self) -> Found {
        self.tell_held();
        self.chain.end(&mut self.found);
        self.replay.end(&mut self.found);
        if !self.chain.any && (self.found.lines == 0 || !self.found.findings.is_empty()) {
            let says = if self.found.lines == 0 { "it is empty" } else { "no line of it is a journal's" };
            self.found.findings.clear();
            self.found.find(Code::NotAJournal, (1, self.found.lines.max(1)), says);
        }
        if let Some(kept) = self.kept.filter(|_| !self.reached) {
            let line = kept.line.map_or_else(String::new, |line| format!("line {line}, "));
            let says = format!("the line that was kept ({line}sha256 {}) is not there", kept.sha256);
            self.found.find(Code::Truncated, (self.found.lines.max(1), self.found.lines.max(1)), says);
        }
        self.found.findings.sort_by_key(|finding| (finding.line, finding.last));
        self.found.notes.sort_by_key(|note| note.line);
        self.found
    }
}

/// The version of a line that is not of ours, if it is a journal's.
fn other_version(raw: &Raw<'_>) -> Option<u64> {
    #[derive(Deserialize)]
    struct Version {
        rotator: u64,
        #[serde(rename = "kind")]
        _kind: serde::de::IgnoredAny,
    }
    let version = serde_json::from_slice::<Version>(raw.text).ok().filter(|_| !raw.long)?.rotator;
    Some(version).filter(|version| *version != u64::from(VERSION))
}

/// The parser's words without its place, which is a column of the line.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
