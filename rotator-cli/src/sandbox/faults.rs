//! What goes wrong, when, and how often it did.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Something that is to go wrong with calls of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `iam:CreateAccessKey`; a `*` at the end stands for anything.
    pub action: String,
    /// Only calls about this user (for Secrets Manager: this secret, for SSM: this parameter).
    pub user: Option<String>,
    /// Which of these calls.
    pub when: When,
    /// What becomes of them.
    pub what: What,
}

/// Which of the calls that match, counted from the moment of the injection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The first.
    Next,
    /// One of them; the first is 1.
    Nth(usize),
    /// Each, until the faults are cleared.
    Always,
}

/// What happens to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// 400 `Throttling`; nothing is done.
    Throttle,
    /// This error; nothing is done.
    ErrorBefore {
        /// `503`.
        status: u16,
        /// `ServiceUnavailable`; Secrets Manager answers with its own word where it has one.
        code: &'static str,
    },
    /// It is done, and the answer is a 500.
    ErrorAfter,
    /// It is done, and the connection closes without an answer.
    AnswerLost,
    /// The connection closes without an answer; nothing is done.
    Lost,
    /// 200 with a page of HTML, as from a proxy; nothing is done.
    NotXml,
    /// It is done so much later, in real time, even when the caller has gone by then.
    Hang(Duration),
    /// The caller's credentials are said to have expired; nothing is done.
    Expired,
    /// The caller is said to lack the permission; nothing is done.
    Deny,
}

impl Fault {
    /// Strikes the first call of this action, once.
    pub fn next(action: &str, what: What) -> Self {
        Fault::new(action, When::Next, what)
    }

    /// Strikes one call of this action; the first is 1.
    pub fn nth(nth: usize, action: &str, what: What) -> Self {
        Fault::new(action, When::Nth(nth), what)
    }

    /// Strikes every call of this action until the faults are cleared.
    pub fn always(action: &str, what: What) -> Self {
        Fault::new(action, When::Always, what)
    }

    /// Spares, and does not count, calls about another user (for Secrets Manager: another secret).
    #[must_use]
    pub fn for_user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    fn new(action: &str, when: When, what: What) -> Self {
        Fault { action: action.to_owned(), user: None, when, what }
    }
}

/// How often an injected fault struck: a test that injects one asserts that it did.
#[derive(Clone, Debug, Default)]
pub struct Hits(Arc<AtomicUsize>);

impl Hits {
    /// How many calls it struck so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Injected>);

#[derive(Debug)]
struct Injected {
    fault: Fault,
    matched: usize,
    hits: Hits,
}

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault) -> Hits {
        let hits = Hits::default();
        self.0.push(Injected { fault, matched: 0, hits: hits.clone() });
        hits
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts the call for every fault it matches; the first that is due strikes.
    pub(super) fn strike(&mut self, action: &str, user: Option<&str>) -> Option<What> {
        let mut struck = None;
        for injected in &mut self.0 {
            let fault = &injected.fault;
            let about = fault.user.is_none() || fault.user.as_deref() == user;
            if !about || !covers(&fault.action, action) {
                continue;
            }
            injected.matched += 1;
            let due = match fault.when {
                When::Next => injected.matched == 1,
                When::Nth(nth) => injected.matched == nth,
                When::Always => true,
            };
            if due && struck.is_none() {
                injected.hits.add();
                struck = Some(fault.what);
            }
        }
        struck
    }
}

/// Whether a pattern such as `iam:CreateAccessKey`, `iam:*` or `*` covers the action.
pub(super) fn covers(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => action.starts_with(start),
        None => pattern == action,
    }
}
