//! What a sandbox can be told to be like.

use std::time::{Duration, SystemTime};

/// How the sandbox behaves. The default is a quick, calm account that authenticates every call.
///
/// All of it but the port, the seed and the stopped clock can be changed while it runs, through
/// [`Account::settings`](super::Account::settings).
#[derive(Clone, Debug)]
pub struct Settings {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Twelve digits. The default is the account of AWS's own examples.
    pub account_id: String,
    /// The region in the ARNs of secrets; callers may sign for any.
    pub region: String,
    /// Entries on a page when the request names no `MaxItems`. IAM's default is 100
    /// (API reference, ListUsers).
    pub page_size: usize,
    /// Pages end early, some of them empty, with more to come. IAM reserves
    /// the right to that (API reference, ListUsers); a reader must go by `IsTruncated`.
    pub short_pages: bool,
    /// Keys that a user may have, Active or not. Two, and it cannot be raised (IAM user guide, quotas);
    /// that it is not strictly atomic, so that more were seen, is what another number shows.
    pub keys_per_user: usize,
    /// A new key, and one made Active again, is refused for so long. No bound is published.
    pub propagation: Duration,
    /// ListAccessKeys shows the keys as before the last change while that is younger than this.
    pub list_lag: Duration,
    /// ListUserTags and GetUser show the tags likewise.
    pub tag_lag: Duration,
    /// Every answer takes at least so long, in real time.
    pub latency: Duration,
    /// Calls each second for each action, by the sandbox's clock; AWS's rates are not published.
    pub rate: Option<u32>,
    /// Whether a call must be signed by a key that works, with its secret. Without it every call
    /// that no known key signs is the administrator's.
    pub authenticate: bool,
    /// What GetAccessKeyLastUsed learns from calls.
    pub usage: Usage,
    /// Dates in XML with fractions of a second. AWS sends whole seconds.
    pub fractions: bool,
    /// Where the clock stands still until it is advanced. `None`: it runs with real time.
    pub stopped_at: Option<SystemTime>,
    /// Where ids and secrets are drawn from: the same seed, the same ids. Those of a user's keys follow
    /// from that user's keys alone.
    pub seed: u64,
}

/// How calls become "last used".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Each authenticated call counts, its time rounded down to a multiple of `every`.
    /// IAM records it about once in 15 minutes (user guide, "Get information about the last use
    /// of an access key"); how exactly, and how late, is not published.
    Recorded {
        /// Zero leaves each time as it is.
        every: Duration,
    },
    /// No call leaves a trace, as in some stand-ins for IAM.
    Ignored,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            port: 0,
            account_id: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            page_size: 100,
            short_pages: false,
            keys_per_user: 2,
            propagation: Duration::ZERO,
            list_lag: Duration::ZERO,
            tag_lag: Duration::ZERO,
            latency: Duration::ZERO,
            rate: None,
            authenticate: true,
            usage: Usage::Recorded { every: Duration::from_secs(15 * 60) },
            fractions: false,
            stopped_at: None,
            seed: 0,
        }
    }
}
