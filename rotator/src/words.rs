//! The words for people, and the codes for machines: one place for the command line, the journal and
//! the documents.

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::{Decision, Effect, Memory, Pause, Refusal, Status};

impl Effect {
    /// The stable word for it in reports and journals.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Adopt { .. } => "adopt",
            Self::Open => "open",
            Self::Create => "create",
            Self::Stage(_) => "stage",
            Self::Publish(_) => "publish",
            Self::Promote(_) => "promote",
            Self::Rest(_) => "rest",
            Self::Restore(_) => "restore",
            Self::Activate(_) => "activate",
            Self::Deactivate(_) => "deactivate",
            Self::Delete(_) => "delete",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adopt { current, last: None, .. } => write!(f, "name {current} CURRENT"),
            Self::Adopt { current, last: Some(last), .. } => {
                write!(f, "name {current} CURRENT and {last} LAST")
            }
            Self::Open => f.write_str("note that a rotation has begun"),
            Self::Create => f.write_str("create a key"),
            Self::Stage(id) => write!(f, "name {id} PENDING"),
            Self::Publish(id) => write!(f, "hand {id} over"),
            Self::Promote(id) => write!(f, "make {id} CURRENT"),
            Self::Rest(id) => write!(f, "note that {id} rests from now on"),
            Self::Restore(id) => write!(f, "serve {id} again"),
            Self::Activate(id) => write!(f, "activate {id}"),
            Self::Deactivate(id) => write!(f, "deactivate {id}"),
            Self::Delete(id) => write!(f, "delete {id}"),
        }
    }
}

impl Pause {
    /// The stable word for it in reports and journals.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ListMayLag => "list-may-lag",
            Self::SlotsAreNew => "slots-are-new",
            Self::InFlight(_) => "in-flight",
            Self::MayBeInUse(_) => "may-be-in-use",
            Self::MayBeTaken(_) => "may-be-taken",
            Self::TooNew(_) => "too-new",
            Self::UseUnreadable(_) => "use-unreadable",
        }
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ListMayLag => f.write_str("IAM's list may not show the latest change yet"),
            Self::SlotsAreNew => {
                f.write_str("the keys were named so recently that another run may be at work")
            }
            Self::InFlight(id) => write!(f, "a run may be handing {id} to the store"),
            Self::MayBeInUse(id) => write!(f, "jobs may still hold {id}"),
            Self::MayBeTaken(id) => write!(f, "{id} had rested, so another run may be taking it away"),
            Self::TooNew(id) => {
                write!(
                    f,
                    "the user is met for the first time, and {id} is too new to tell which key jobs use"
                )
            }
            Self::UseUnreadable(id) => {
                write!(f, "IAM did not say when {id} was last used, and unknown is not never")
            }
        }
    }
}

impl Refusal {
    /// The stable word for it in reports, journals and the documents.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AnotherUser => "another-user",
            Self::TooManyKeys => "too-many-keys",
            Self::CurrentMissing(_) => "current-missing",
            Self::CurrentInactive(_) => "current-inactive",
            Self::AmbiguousCurrent => "ambiguous-current",
            Self::UnknownKey(_) => "unknown-key",
            Self::MaybeServed(_) => "maybe-served",
            Self::NothingServed(_) => "nothing-served",
            Self::StoreRejects => "store-rejects",
            Self::OwnKey(_) => "own-key",
            Self::NotLast(_) => "not-last",
            Self::LastInactive(_) => "last-inactive",
            Self::NotKept(_) => "not-kept",
        }
    }

    /// What a person does next. `user` is the user's name; a document and a ledger take different
    /// words, since only a ledger can be told what the store serves.
    #[must_use]
    pub fn next_step(&self, user: &str, memory: Memory) -> String {
        match (self, memory) {
            (Self::AnotherUser, Memory::Document) => {
                String::from("delete or rename the old user's secret, then run again")
            }
            (Self::AnotherUser, Memory::Ledger | Memory::Dates) => {
                format!(
                    "remove the tags `rotator:slots`, `rotator:open` and `rotator:rest` from {user}, then run again"
                )
            }
            (Self::TooManyKeys, _) => String::from(
                "find who made the extra key and delete the one that nobody uses, then run again",
            ),
            (Self::CurrentMissing(_), Memory::Document) => {
                String::from("put a pair that works into the store, then run again")
            }
            (Self::CurrentMissing(_), Memory::Ledger) => {
                format!("look what the store serves, then say it: `rotator adopt {user} --current KEYID`")
            }
            (Self::CurrentMissing(_), Memory::Dates) => {
                String::from("look which key jobs use, then run again")
            }
            (Self::CurrentInactive(id), Memory::Ledger) => format!(
                "activate it (`aws iam update-access-key --user-name {user} --access-key-id {id} --status Active`), \
                 or put another key in the store and say so: `rotator adopt {user} --current KEYID`"
            ),
            (Self::CurrentInactive(id), Memory::Document | Memory::Dates) => format!(
                "activate it (`aws iam update-access-key --user-name {user} --access-key-id {id} --status Active`), \
                 or put another key in the store"
            ),
            (Self::AmbiguousCurrent, Memory::Ledger) => {
                format!("look which key jobs use, then say it: `rotator adopt {user} --current KEYID`")
            }
            (Self::AmbiguousCurrent, Memory::Document | Memory::Dates) => {
                String::from("look which key jobs use and delete the other one, then run again")
            }
            (Self::UnknownKey(id), Memory::Ledger) => format!(
                "find its owner, then delete it; or if it is what jobs use: `rotator adopt {user} --current {id}`"
            ),
            (Self::UnknownKey(_), Memory::Document | Memory::Dates) => {
                String::from("find its owner, then delete it; or if it is what jobs use, put it in the store")
            }
            (Self::MaybeServed(id), Memory::Ledger) => format!(
                "look which key the store serves, then say it: `rotator confirm --user {user} --key {id}` (or the \
                 other key's id). Or let a job run and wait: use of {id} settles it"
            ),
            (Self::MaybeServed(id), Memory::Document | Memory::Dates) => format!(
                "look which key the store serves and delete the other one. Or let a job run and wait: use of {id} \
                 settles it"
            ),
            (Self::NothingServed(_), _) => String::from(
                "see whether this is the store that jobs read; if its pair was taken out, put a new one there: run \
                 again with `--rotate-after 0s`",
            ),
            (Self::StoreRejects, _) => {
                String::from("see why the store refused what it was given, mend that, then run again")
            }
            (Self::OwnKey(_), _) => String::from("let rotator sign with CURRENT, then run again"),
            (Self::NotLast(id), _) => format!(
                "see which keys there are (`aws iam list-access-keys --user-name {user}`); if {id} has leaked and no \
                 store serves it: `aws iam update-access-key --user-name {user} --access-key-id {id} --status Inactive`"
            ),
            (Self::LastInactive(_), _) => {
                format!("let it work again with `rotator revive {user}`, then run again")
            }
            (Self::NotKept(id), Memory::Ledger) => format!(
                "put {id}'s pair back into the store by hand, then say so: `rotator adopt {user} --current {id}`"
            ),
            (Self::NotKept(id), Memory::Document | Memory::Dates) => {
                format!("put {id}'s pair back into the store by hand")
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnotherUser => {
                f.write_str("the user was deleted and made anew; the memory is about the old one's keys")
            }
            Self::TooManyKeys => f.write_str("the user has more than two keys"),
            Self::CurrentMissing(Some(id)) => {
                write!(f, "CURRENT should be {id}, but the user has no such key")
            }
            Self::CurrentMissing(None) => f.write_str("the memory names LAST but no CURRENT"),
            Self::CurrentInactive(id) => write!(f, "somebody deactivated CURRENT, {id}"),
            Self::AmbiguousCurrent => {
                f.write_str("the user has two keys, and neither dates nor use tell which one jobs use")
            }
            Self::UnknownKey(id) => {
                write!(f, "{id} was not made by rotator, or the run that made it cannot be told")
            }
            Self::MaybeServed(id) => {
                write!(f, "{id} was handed to the store, and nothing tells whether the store serves it")
            }
            Self::NothingServed(id) => {
                write!(
                    f,
                    "the store serves nothing, so jobs that start find no pair; CURRENT, {id}, is not due"
                )
            }
            Self::StoreRejects => f.write_str("the store does not take a new pair"),
            Self::OwnKey(id) => write!(f, "rotator signs with LAST, {id}, which it would have to take away"),
            Self::NotLast(id) => {
                write!(f, "{id} is not a key that can be asked for here: it has no name, or it is gone")
            }
            Self::LastInactive(id) => write!(f, "LAST, {id}, is switched off"),
            Self::NotKept(id) => write!(f, "the store does not have the pair of LAST, {id}"),
        }
    }
}

impl Decision {
    /// The stable word for its kind.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Perform(effect) => effect.code(),
            Self::Wait(pause, _) => pause.code(),
            Self::Done => "done",
            Self::Refuse(refusal) => refusal.code(),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Perform(effect) => effect.fmt(f),
            Self::Wait(pause, _) => pause.fmt(f),
            Self::Done => f.write_str("nothing is due"),
            Self::Refuse(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        })
    }
}
