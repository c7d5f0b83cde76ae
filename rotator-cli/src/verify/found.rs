//! What was found in one journal.

use super::code::Code;
use crate::journal::Mark;

/// So many findings are kept. Those beyond are counted.
const AT_MOST: usize = 1_000;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The first line that it is about, as the file has them, from 1 on.
    pub line: u64,
    /// The last one.
    pub last: u64,
    /// What does not hold.
    pub code: Code,
    /// The same in a sentence.
    pub says: String,
    /// The claim's name, where it is one.
    pub claim: Option<&'static str>,
}

/// Something to know that is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line.
    pub line: u64,
    /// What there is to know.
    pub says: String,
}

/// How one claim fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The claim's name.
    pub claim: &'static str,
    /// On how many steps it could be judged.
    pub steps: u64,
    /// On how many of them it did not hold.
    pub broken: u64,
}

/// All that was found in one journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Lines, as the file has them.
    pub lines: u64,
    /// Runs.
    pub runs: u64,
    /// Runs that were killed.
    pub killed: u64,
    /// Users.
    pub users: u64,
    /// Decisions made again.
    pub decisions: u64,
    /// Effects of which the journal tells what became.
    pub effects: u64,
    /// One for each claim, in the order of [`rotator::CLAIMS`].
    pub claims: Vec<Judged>,
    /// What there is to know.
    pub notes: Vec<Note>,
    /// Notes beyond those.
    pub more_notes: u64,
    /// What does not hold, by line.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more: u64,
    /// The last line, if it is whole.
    pub head: Option<Mark>,
}

impl Found {
    /// Nothing yet, of any claim.
    pub(super) fn new() -> Self {
        let claims = rotator::CLAIMS.iter().map(|claim| Judged { claim: claim.name, steps: 0, broken: 0 });
        Self { claims: claims.collect(), ..Self::default() }
    }

    /// Whether all holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// Adds a finding, or lengthens the one before. Its place.
    pub(super) fn find(&mut self, code: Code, (line, last): (u64, u64), says: impl Into<String>) -> usize {
        self.find_claim(code, None, (line, last), says)
    }

    pub(super) fn find_claim(
        &mut self,
        code: Code,
        claim: Option<&'static str>,
        (line, last): (u64, u64),
        says: impl Into<String>,
    ) -> usize {
        let at = self.findings.len();
        if let Some(before) = self.findings.last_mut()
            && before.code == code
            && code.is_of_lines()
            && before.last + 1 == line
        {
            before.last = last;
            return at - 1;
        }
        if at < AT_MOST {
            self.findings.push(Finding { line, last, code, says: says.into(), claim });
        } else {
            self.more += 1;
        }
        at
    }

    /// What a finding turns out to be.
    pub(super) fn change(
        &mut self,
        at: usize,
        code: Code,
        (line, last): (u64, u64),
        says: impl Into<String>,
    ) {
        if let Some(finding) = self.findings.get_mut(at) {
            *finding = Finding { line, last, code, says: says.into(), claim: None };
        }
    }

    pub(super) fn note(&mut self, line: u64, says: impl Into<String>) {
        if self.notes.len() < AT_MOST {
            self.notes.push(Note { line, says: says.into() });
        } else {
            self.more_notes += 1;
        }
    }
}
