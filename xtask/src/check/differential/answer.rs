//! What a side answers and shows, in words that each of them has.

use std::borrow::Cow;
use std::fmt;

use rotator::Status;

use super::operation::Operation;

/// An IAM that can be asked: one user at a time, and a neighbour with one key.
pub trait Side {
    /// From here on it is about a user who does not exist yet.
    fn begin(&mut self);
    fn perform(&mut self, operation: &Operation) -> Answer;
    /// Both lists, and the neighbour if the operation was about her key.
    fn look(&mut self, after: &Operation) -> View;
    /// Takes back what AWS would not have done.
    fn undo(&mut self, operation: &Operation, tags: &[(String, String)]) -> Answer;
    /// Nothing of the user is left.
    fn end(&mut self);
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    /// A new key, the `n`th of this user.
    Key(u8),
    Is(Who),
    LastUse {
        owner: Who,
        dated: bool,
    },
    /// HTTP status and error code.
    No(u16, Cow<'static, str>),
    /// No answer that IAM or STS would give.
    Broken(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    User,
    Neighbour,
    Root,
    Other(String),
}

/// ListAccessKeys and ListUserTags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub keys: Result<Vec<Shown>, Answer>,
    pub tags: Result<Vec<(String, String)>, Answer>,
    /// The neighbour's one key is still there, and Active.
    pub neighbour_intact: bool,
}

/// A key in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// `None` if no answer to CreateAccessKey gave this id.
    pub number: Option<u8>,
    pub active: bool,
    /// CreateDate has no fraction of a second.
    pub whole_second: bool,
    /// The id begins with `AKIA`.
    pub prefix: bool,
}

impl Answer {
    pub const fn no(status: u16, code: &'static str) -> Self {
        Self::No(status, Cow::Borrowed(code))
    }
}

impl Shown {
    pub fn status(self) -> Status {
        if self.active { Status::Active } else { Status::Inactive }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Key(number) => write!(f, "key {number}"),
            Self::Is(who) => write!(f, "{who}"),
            Self::LastUse { owner, dated } => {
                write!(f, "{}, {owner}'s", if *dated { "used" } else { "never used" })
            }
            Self::No(status, code) => write!(f, "{status} {code}"),
            Self::Broken(why) => write!(f, "no answer of AWS's kind: {why}"),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => f.write_str("the user"),
            Self::Neighbour => f.write_str("another user"),
            Self::Root => f.write_str("root"),
            Self::Other(arn) => f.write_str(arn),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "key {number} {:?}", self.status()),
            None => write!(f, "an unknown key {:?}", self.status()),
        }
    }
}
