//! Exit codes, in one table.

/// How a run ended, as the shell sees it. The numbers are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0
    Done,
    /// 9
    Unjudged,
    /// 5
    Waiting,
    /// 4
    Refused,
    /// 7
    Stopped,
    /// 3
    Failed,
    /// 6
    Denied,
    /// 8
    Found,
    /// 2
    Usage,
    /// 1
    Setup,
}

impl Exit {
    /// All of them, by number.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Setup,
        Self::Usage,
        Self::Failed,
        Self::Refused,
        Self::Waiting,
        Self::Denied,
        Self::Stopped,
        Self::Found,
        Self::Unjudged,
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Setup => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Refused => 4,
            Self::Waiting => 5,
            Self::Denied => 6,
            Self::Stopped => 7,
            Self::Found => 8,
            Self::Unjudged => 9,
        }
    }

    /// What it means. Of several that apply, the one that asks most of a person is taken; the order is
    /// that of the variants.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "all that was due is done",
            Self::Setup => "stopped before any change: credentials, endpoint, store or file",
            Self::Usage => "usage, no user on the path, or more users than allowed; nothing was changed",
            Self::Failed => "a call failed for at least one user; run again",
            Self::Refused => "at least one user needs a person; the next step is printed",
            Self::Waiting => "at least one user must wait; the time to run again is printed",
            Self::Denied => "a permission is missing; the action is printed",
            Self::Stopped => {
                "told to stop (SIGINT, SIGTERM, or a no to its question) before every user had its turn"
            }
            Self::Found => {
                "`verify`, `conform`, `audit --fail-on`: something does not hold; each finding is printed"
            }
            Self::Unjudged => {
                "`conform`, `audit --fail-on`: nothing was found, but not everything could be judged"
            }
        }
    }

    /// The table for the documents.
    #[must_use]
    pub fn table() -> String {
        let rows = Self::ALL.map(|exit| format!("| {} | {} |\n", exit.code(), exit.meaning()));
        format!("| code | meaning |\n| --- | --- |\n{}", rows.concat())
    }
}
