//! A user's keys over time, from whatever source: the account as it stands, journals, CloudTrail.
//!
//! `None` and an empty list mean "not known from this source", never "never".

use std::time::SystemTime;

use rotator::{AccessKeyId, Status};

/// What one source, or several put together, knows of one user's keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserHistory {
    /// The user's name.
    pub user: String,
    /// The account's number, where the source tells.
    pub account: Option<String>,
    /// The user's path, where the source tells.
    pub path: Option<String>,
    /// From when on the source would have told. Before that nothing is known.
    pub since: Option<SystemTime>,
    /// Each key that was seen, in the order in which they were made, as far as known.
    pub keys: Vec<KeyHistory>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHistory {
    /// Its id.
    pub id: AccessKeyId,
    /// When it was made; `None`: before the source begins.
    pub created: Option<SystemTime>,
    /// When it was deleted; `None`: it was there when the source ends.
    pub deleted: Option<SystemTime>,
    /// From when on it had which status, in order.
    pub statuses: Vec<(SystemTime, Status)>,
    /// From when on it had which role, in order, as far as the source tells roles.
    pub roles: Vec<(SystemTime, Role)>,
    /// Spans of use, first and last use of each, in order, without overlap. A single use is a span of no
    /// length.
    pub uses: Vec<(SystemTime, SystemTime)>,
}

/// A key's role in the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The store serves it.
    Current,
    /// The store served it before.
    Last,
    /// It is to be served next, and may be served already.
    Pending,
    /// Nothing names it: a dead run's, or a person's.
    Stray,
}

impl Role {
    /// As everywhere: `CURRENT`, `LAST`, `PENDING`, `STRAY`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "CURRENT",
            Self::Last => "LAST",
            Self::Pending => "PENDING",
            Self::Stray => "STRAY",
        }
    }
}
