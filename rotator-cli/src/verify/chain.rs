//! The chain: which line follows which. After something is wrong it finds its place again, so that one
//! forgery is one finding.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::code::Code;
use super::found::Found;
use super::lines::Raw;
use crate::journal::line::{FIRST, Head, Kind, VERSION};

/// So many of the last lines are known by their hashes.
const RECENT: usize = 4_096;
/// So many gaps are kept open for lines that come later.
const GAPS: usize = 64;

/// What a line's place means for what it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It follows the line before.
    Follows,
    /// It is in its place, and what came before is not known.
    AfterLoss,
    /// The same, and the line before is not to be believed either.
    AfterForgery,
    /// It is in no place, and tells nothing.
    Nowhere,
}

/// What is known of the chain so far.
#[derive(Debug)]
pub struct Chain {
    tip: Tip,
    /// Lines that cannot be read, since the tip before them.
    damaged: Option<Damaged>,
    /// Where the chain was left, in case that what followed was put in.
    fork: Option<Fork>,
    gaps: Vec<Gap>,
    recent: VecDeque<(u64, u64)>,
    runs: HashSet<u64>,
    /// The last line that was of no place here, to know its successors by.
    stranger: Option<Tip>,
    /// Whether any line had its place.
    pub any: bool,
}

#[derive(Debug, Clone, Default)]
struct Tip {
    at: u64,
    number: u64,
    hash: String,
    /// The hash of another line that has the same number.
    twin: Option<String>,
}

#[derive(Debug)]
struct Damaged {
    lines: (u64, u64),
    before: Tip,
    code: Code,
    says: String,
    torn: bool,
    ended: bool,
}

#[derive(Debug)]
struct Fork {
    finding: usize,
    from: u64,
    old: Tip,
}

#[derive(Debug)]
struct Gap {
    from: u64,
    to: u64,
    finding: usize,
    /// Lines of it came later.
    filled: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            tip: Tip { hash: FIRST.to_owned(), ..Tip::default() },
            damaged: None,
            fork: None,
            gaps: Vec::new(),
            recent: VecDeque::new(),
            runs: HashSet::new(),
            stranger: None,
            any: false,
        }
    }
}

impl Chain {
    /// A line that cannot be read. `open` is the run that was at work.
    pub fn damaged(&mut self, raw: &Raw<'_>, code: Code, says: String, open: Option<&str>) {
        let torn = !raw.long && self.may_be_torn(raw.text, open);
        let before = match self.damaged.take() {
            Some(Damaged { lines, before, code, says, .. }) => {
                let lines = (lines.0, raw.at);
                self.damaged = Some(Damaged { lines, before, code, says, torn: false, ended: raw.ended });
                None
            }
            None => Some(self.tip.clone()),
        };
        if let Some(before) = before {
            let lines = (raw.at, raw.at);
            self.damaged = Some(Damaged { lines, before, code, says, torn, ended: raw.ended });
        }
        let number = self.tip.number.saturating_add(1);
        self.tip = Tip { at: raw.at, number, hash: raw.hash.clone(), twin: None };
    }

    /// A line that was written so.
    pub fn line(&mut self, raw: &Raw<'_>, head: &Head<'_>, found: &mut Found) -> Placed {
        let mut known = true;
        if let Some(damaged) = self.damaged.take() {
            let Damaged { lines, before, code, says, torn, .. } = damaged;
            if head.line == before.number.saturating_add(1) && before.is(head) {
                found.find(
                    Code::Foreign,
                    lines,
                    "this is no line of the journal: the lines around it follow each other",
                );
                self.tip = before;
            } else if head.line > before.number {
                let whole = head.line == self.tip.number.saturating_add(1) && self.tip.is(head);
                if torn && whole && head.kind == Kind::Run {
                    found.note(
                        lines.0,
                        "a run was killed while it wrote this line; it counts, and tells nothing",
                    );
                } else {
                    found.find(code, lines, says);
                    known = false;
                }
                self.accept(raw, head);
                return if known { Placed::Follows } else { Placed::AfterLoss };
            } else {
                found.find(code, lines, says);
                self.tip = before;
                known = false;
            }
        }
        match self.place(raw, head, found) {
            Placed::Follows if !known => Placed::AfterLoss,
            placed @ (Placed::Follows | Placed::AfterLoss | Placed::AfterForgery | Placed::Nowhere) => placed,
        }
    }

    fn place(&mut self, raw: &Raw<'_>, head: &Head<'_>, found: &mut Found) -> Placed {
        let here = (raw.at, raw.at);
        if let Some(before) = &self.stranger
            && head.line == before.number.saturating_add(1)
            && before.is(head)
        {
            self.foreign(raw, head, found);
            return Placed::Nowhere;
        }
        if let Some(Fork { finding, from, old }) = self.fork.take_if(|fork| {
            head.line == fork.old.number.saturating_add(1) && fork.old.is(head) && raw.at > fork.from
        }) {
            let says = "of another journal: the lines around it follow each other";
            found.change(finding, Code::Foreign, (from, raw.at - 1), says);
            self.gaps.retain(|gap| gap.finding != finding);
            self.tip = old;
            self.accept(raw, head);
            return Placed::AfterForgery;
        }
        let known = self.runs.contains(&short(&head.run));
        let expected = self.tip.number.saturating_add(1);
        if head.line == expected {
            if self.tip.is(head) {
                self.accept(raw, head);
                return Placed::Follows;
            }
            if !known && head.kind != Kind::Run {
                self.foreign(raw, head, found);
                return Placed::Nowhere;
            }
            let first = self.tip.number == 0;
            let at = if first { here } else { (self.tip.at, self.tip.at) };
            let says = match first {
                true => "it names a line before it, and is the first",
                false => "it is not the line after which the next one was written",
            };
            let finding = found.find(Code::Edited, at, says);
            self.fork = (!first).then(|| Fork { finding, from: raw.at, old: self.tip.clone() });
            self.accept(raw, head);
            return Placed::AfterForgery;
        }
        if head.line > expected {
            let (from, to) = (expected, head.line - 1);
            let (code, says) = match self.tip.number {
                0 => (
                    Code::Truncated,
                    format!("the journal begins with line {}: what was before is cut off", head.line),
                ),
                _ => (Code::Missing, format!("what was numbered {} before it is missing", numbers(from, to))),
            };
            let finding = found.find(code, here, says);
            if self.gaps.len() < GAPS {
                self.gaps.push(Gap { from, to, finding, filled: false });
            }
            // A line of a run that is of this journal was moved; one of another run may be of another journal.
            self.fork = (!known).then(|| Fork { finding, from: raw.at, old: self.tip.clone() });
            self.accept(raw, head);
            return Placed::AfterLoss;
        }
        self.late(raw, head, known, found);
        Placed::Nowhere
    }

    /// A line whose number was passed already.
    fn late(&mut self, raw: &Raw<'_>, head: &Head<'_>, known: bool, found: &mut Found) {
        let here = (raw.at, raw.at);
        if let Some(place) = self.gaps.iter().position(|gap| (gap.from..=gap.to).contains(&head.line)) {
            self.fill(place, raw, head, found);
            return;
        }
        let same = self.recent.iter().rev().find(|(number, _)| *number == head.line).map(|(_, hash)| *hash);
        match same {
            Some(hash) if hash == short(&raw.hash) => {
                found.find(Code::Duplicated, here, format!("it is line {} once more", head.line));
            }
            None if known => {
                found.find(Code::Duplicated, here, format!("a line {} was there before", head.line));
            }
            Some(_) | None => {
                if head.line == self.tip.number && known {
                    self.tip.twin = Some(raw.hash.clone());
                }
                self.foreign(raw, head, found);
            }
        }
    }

    fn fill(&mut self, place: usize, raw: &Raw<'_>, head: &Head<'_>, found: &mut Found) {
        let Some(gap) = self.gaps.get_mut(place) else { return };
        let says = format!("it was written before the lines that it stands after: it is line {}", head.line);
        let here = (raw.at, raw.at);
        if gap.filled {
            found.find(Code::Reordered, here, says);
        } else {
            gap.filled = true;
            found.change(gap.finding, Code::Reordered, here, says);
        }
        let Gap { from, to, finding, .. } = *gap;
        self.gaps.remove(place);
        // Where the gap's own finding is the last one, the lines that follow lengthen it.
        for (from, to) in [(from, head.line - 1), (head.line + 1, to)] {
            if from <= to && self.gaps.len() < GAPS {
                self.gaps.push(Gap { from, to, finding, filled: true });
            }
        }
        self.fork = None;
        if head.kind == Kind::Run {
            self.runs.insert(short(&head.run));
        }
    }

    fn foreign(&mut self, raw: &Raw<'_>, head: &Head<'_>, found: &mut Found) {
        found.find(
            Code::Foreign,
            (raw.at, raw.at),
            "of another journal: nothing here was written before or after it",
        );
        self.stranger = Some(Tip { at: raw.at, number: head.line, hash: raw.hash.clone(), twin: None });
    }

    fn accept(&mut self, raw: &Raw<'_>, head: &Head<'_>) {
        self.tip = Tip { at: raw.at, number: head.line, hash: raw.hash.clone(), twin: None };
        self.stranger = None;
        self.any = true;
        self.runs.insert(short(&head.run));
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((head.line, short(&raw.hash)));
    }

    /// The file is at its end.
    pub fn end(&mut self, found: &mut Found) {
        if let Some(Damaged { lines, code, says, torn, ended, .. }) = self.damaged.take() {
            if torn && !ended {
                let says = "a run was killed while it wrote this line, the last one; nothing vouches for what is there of it";
                found.note(lines.0, says);
            } else if !ended && code == Code::Edited {
                found.find(
                    Code::Truncated,
                    lines,
                    "the journal ends within a line that no run can have been writing",
                );
            } else {
                found.find(code, lines, says);
            }
        }
        for Gap { from, to, filled, .. } in self.gaps.drain(..) {
            if filled {
                found.find(
                    Code::Missing,
                    (self.tip.at, self.tip.at),
                    format!("what was numbered {} is missing", numbers(from, to)),
                );
            }
        }
    }

    /// Whether this may be how the next line begins, of which a killed run wrote no more.
    fn may_be_torn(&self, text: &[u8], open: Option<&str>) -> bool {
        let unfinished =
            serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err_and(|error| error.is_eof());
        let Tip { number, hash, .. } = &self.tip;
        let begins = format!(
            "{{\"rotator\":{VERSION},\"line\":{},\"prev\":\"{hash}\",\"run\":\"",
            number.saturating_add(1)
        );
        let fits = text.iter().zip(begins.as_bytes()).all(|(there, ours)| there == ours);
        let run = text.get(begins.len()..).and_then(|rest| rest.split(|byte| *byte == b'"').next());
        let whole = |run: &&[u8]| text.len() > begins.len() + run.len();
        let run = run.filter(whole).and_then(|run| std::str::from_utf8(run).ok());
        // A run that has ended writes nothing.
        let at_work = run.is_none_or(|run| open == Some(run) || !self.runs.contains(&short(run)));
        unfinished && fits && at_work
    }

    /// Whether a run of this name was there before.
    pub fn knows(&self, run: &str) -> bool {
        self.runs.contains(&short(run))
    }
}

impl Tip {
    fn is(&self, next: &Head<'_>) -> bool {
        next.prev == self.hash.as_str() || self.twin.as_deref() == Some(&*next.prev)
    }
}

fn numbers(from: u64, to: u64) -> String {
    if from == to { from.to_string() } else { format!("{from} to {to}") }
}

fn short(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
