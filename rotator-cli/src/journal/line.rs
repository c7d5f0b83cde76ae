//! A line of the journal, as it is written and as it is read: one set of types, so that the two cannot drift.

use std::borrow::Cow;

use rotator::{Decision, Effect, Facts, Limits, Policy};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The format's version.
pub const VERSION: u32 = 2;
/// What the first line of a file carries in the place of a hash.
pub const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What stands before a line's own sum. The sum is of all that comes before this.
const SUM: &[u8] = b",\"sum\":\"";
const HEX: usize = 64;

/// What every line begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head<'a> {
    /// The format's version.
    pub rotator: u32,
    /// The line's number in its file, from 1 on.
    pub line: u64,
    /// The hash of the line before; [`FIRST`] on the first.
    #[serde(borrow)]
    pub prev: Cow<'a, str>,
    /// Tells runs apart in a file that several have written.
    #[serde(borrow)]
    pub run: Cow<'a, str>,
    /// The time here, in whole seconds.
    #[serde(borrow)]
    pub at: Cow<'a, str>,
    /// What the line tells.
    pub kind: Kind,
}

/// What a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A run begins.
    Run,
    /// An observation of a user, and the decision.
    Decided,
    /// What became of an effect.
    Became,
    /// A user's run has ended.
    Ended,
    /// The run has ended.
    Closed,
}

/// What a line tells, with all that it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Event<'a> {
    /// A run begins.
    Run(Begun<'a>),
    /// An observation of a user, and the decision.
    Decided(Decided<'a>),
    /// What became of an effect.
    Became(Became<'a>),
    /// A user's run has ended.
    Ended(Ended<'a>),
    /// The run has ended.
    Closed(Closed),
}

/// Who runs what, where, and by which policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun<'a> {
    /// The program's version.
    pub version: Cow<'a, str>,
    /// The command.
    pub command: Cow<'a, str>,
    /// The account's number.
    pub account: Cow<'a, str>,
    /// Who runs it: an ARN.
    pub caller: Cow<'a, str>,
    /// What is decided by.
    pub policy: Cow<'a, Policy>,
    /// What the driver keeps to.
    pub limits: Times,
}

/// [`Limits`], as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// [`Limits::deadline`], in milliseconds.
    pub deadline_ms: u64,
    /// [`Limits::request_timeout`], in milliseconds.
    pub request_timeout_ms: u64,
}

/// One look, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided<'a> {
    /// The user's name.
    pub user: Cow<'a, str>,
    /// The user's id.
    pub user_id: Cow<'a, str>,
    /// The look was spared: it is the one before, with what came of the effect since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carried: bool,
    /// What was seen. Whether it contradicts itself is for the reader to find.
    pub observation: Cow<'a, Facts>,
    /// What was decided.
    pub decision: Cow<'a, Decision>,
}

/// One effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Became<'a> {
    /// The user's name.
    pub user: Cow<'a, str>,
    /// The user's id.
    pub user_id: Cow<'a, str>,
    /// What was done.
    pub effect: Cow<'a, Effect>,
    /// What became of it.
    pub became: Fate<'a>,
}

/// What became of an effect, as far as the run heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fate<'a> {
    /// It took hold.
    TookHold(TookHold),
    /// A call failed; it may have taken hold all the same.
    Failed {
        /// The failure's stable code.
        failed: Cow<'a, str>,
        /// The failure.
        said: Cow<'a, str>,
    },
}

/// The word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TookHold {
    /// `took-hold`
    #[serde(rename = "took-hold")]
    Word,
}

/// How one user's run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended<'a> {
    /// The user's name.
    pub user: Cow<'a, str>,
    /// The user's id.
    pub user_id: Cow<'a, str>,
    /// The outcome's stable code.
    pub outcome: Cow<'a, str>,
}

/// How the run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The exit code.
    pub exit: u8,
}

impl From<&Limits> for Times {
    fn from(limits: &Limits) -> Self {
        let millis = |span: std::time::Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Self { deadline_ms: millis(limits.deadline()), request_timeout_ms: millis(limits.request_timeout()) }
    }
}

impl<'a> Event<'a> {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Run(_) => Kind::Run,
            Self::Decided(_) => Kind::Decided,
            Self::Became(_) => Kind::Became,
            Self::Ended(_) => Kind::Ended,
            Self::Closed(_) => Kind::Closed,
        }
    }

    /// Reads a line of this kind.
    ///
    /// # Errors
    /// A field is missing, or is none that the program writes.
    pub fn read(kind: Kind, line: &[u8]) -> serde_json::Result<Self> {
        Ok(match kind {
            Kind::Run => Self::Run(serde_json::from_slice(line)?),
            Kind::Decided => Self::Decided(serde_json::from_slice(line)?),
            Kind::Became => Self::Became(serde_json::from_slice(line)?),
            Kind::Ended => Self::Ended(serde_json::from_slice(line)?),
            Kind::Closed => Self::Closed(serde_json::from_slice(line)?),
        })
    }
}

/// The line as it stands in the file, without its line feed.
///
/// # Errors
/// None that is known: everything in it can be written as JSON.
pub fn text(head: &Head<'_>, event: &Event<'_>) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Line<'a> {
        #[serde(flatten)]
        head: &'a Head<'a>,
        #[serde(flatten)]
        event: &'a Event<'a>,
    }
    let mut text = serde_json::to_string(&Line { head, event })?;
    text.pop();
    let sum = hash(text.as_bytes());
    text.push_str(&format!(",\"sum\":\"{sum}\"}}"));
    Ok(text)
}

/// SHA-256 in hexadecimal digits. Of a line without its line feed: what the next line carries.
#[must_use]
pub fn hash(text: &[u8]) -> String {
    hex(Sha256::digest(text).as_slice())
}

/// The same of a whole line, and whether its own sum is right; `None` if it carries none.
#[must_use]
pub fn hash_and_sum(line: &[u8]) -> (String, Option<bool>) {
    let Some((before, after)) =
        line.len().checked_sub(SUM.len() + HEX + 2).and_then(|at| line.split_at_checked(at))
    else {
        return (hash(line), None);
    };
    let sum = after.strip_prefix(SUM).and_then(|rest| rest.strip_suffix(b"\"}"));
    let mut digest = Sha256::new();
    digest.update(before);
    let right = sum.map(|sum| sum == hex(digest.clone().finalize().as_slice()).as_bytes());
    digest.update(after);
    (hex(digest.finalize().as_slice()), right)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |four: u8| DIGITS.get(usize::from(four)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
