//! How often each API action may be called: one limiter for each account, which learns from throttling.
//!
//! IAM's rates are not published, and they count for an account, whoever else calls. So nothing is limited until
//! the first call is throttled. Then the rate is halved, comes back within a second to a little below the one that
//! was too high, and creeps up from there: slowly at first, faster the longer nothing is throttled, since the rate
//! may have been raised or another caller may have gone. It is the way of CUBIC (RFC 9438) with a plainer curve.

mod bucket;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use self::bucket::{Bucket, Ticket};
use crate::clock::{Stopwatch, sleep};

/// So long a throttled call counts as one of just now.
const LATELY: Duration = Duration::from_secs(5);

/// The limiters of all accounts of a run. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Limiters(Arc<Mutex<BTreeMap<String, Arc<Limiter>>>>);

impl Limiters {
    /// The one of an account, whoever asks for it.
    #[must_use]
    pub fn of(&self, account: &str) -> Arc<Limiter> {
        Arc::clone(locked(&self.0).entry(account.to_owned()).or_default())
    }
}

/// One account's limiter: a bucket for each API action.
#[derive(Debug)]
pub struct Limiter {
    since: Stopwatch,
    lanes: Mutex<BTreeMap<&'static str, Arc<Lane>>>,
}

/// Where the calls of one action wait.
#[derive(Debug, Default)]
struct Lane {
    /// Who holds it is the next one: first come, first served.
    next: tokio::sync::Mutex<()>,
    waiting: AtomicU32,
    bucket: Mutex<Bucket>,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { since: Stopwatch::start(), lanes: Mutex::default() }
    }
}

impl Limiter {
    /// Waits until the action may be called. Whoever gives up waiting loses no token.
    pub async fn ticket(&self, action: &'static str) -> Ticket {
        let lane = self.lane(action);
        let _waits = Waits::begin(&lane);
        let _next = lane.next.lock().await;
        loop {
            let taken = locked(&lane.bucket).take(self.since.elapsed());
            match taken {
                Ok(ticket) => return ticket,
                Err(wait) => sleep(wait).await,
            }
        }
    }

    /// What became of a call: `throttled` or not.
    pub fn answered(&self, action: &'static str, ticket: Ticket, throttled: bool) {
        locked(&self.lane(action).bucket).answered(self.since.elapsed(), ticket, throttled);
    }

    /// How long a call would wait that came now.
    #[must_use]
    pub fn backlog(&self, action: &'static str) -> Duration {
        let lane = self.lane(action);
        let waiting = lane.waiting.load(Ordering::Relaxed);
        let bucket = locked(&lane.bucket);
        bucket.rate(self.since.elapsed()).map_or(Duration::ZERO, |rate| {
            Duration::try_from_secs_f64(f64::from(waiting) / rate).unwrap_or(Duration::MAX)
        })
    }

    /// Whether any call was throttled within the last five seconds.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        let (lanes, now) = (locked(&self.lanes), self.since.elapsed());
        lanes.values().any(|lane| locked(&lane.bucket).throttled_within(now, LATELY))
    }

    fn lane(&self, action: &'static str) -> Arc<Lane> {
        Arc::clone(locked(&self.lanes).entry(action).or_default())
    }
}

/// Counted as waiting until it is dropped.
struct Waits<'a>(&'a Lane);

impl<'a> Waits<'a> {
    fn begin(lane: &'a Lane) -> Self {
        lane.waiting.fetch_add(1, Ordering::Relaxed);
        Self(lane)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_limiter() {
        let all = Limiters::default();
        assert!(Arc::ptr_eq(&all.of("1"), &all.clone().of("1")) && !Arc::ptr_eq(&all.of("1"), &all.of("2")));
    }

    #[tokio::test]
    async fn one_action_does_not_slow_down_another() {
        let limiter = Limiter::default();
        let ticket = limiter.ticket("iam:TagUser").await;
        limiter.answered("iam:TagUser", ticket, true);
        let rate = |action| locked(&limiter.lane(action).bucket).rate(limiter.since.elapsed());
        assert!(rate("iam:TagUser").is_some() && rate("iam:ListUserTags").is_none());
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_the_line() {
        let limiter = Limiter::default();
        let ticket = limiter.ticket("iam:TagUser").await;
        limiter.answered("iam:TagUser", ticket, true);
        // The first two may be served at once; the others wait, and are dropped.
        let many = futures_util::future::join_all((0..50).map(|_| limiter.ticket("iam:TagUser")));
        crate::clock::within(Duration::ZERO, async { drop(many.await) }).await;
        assert_eq!(limiter.backlog("iam:TagUser"), Duration::ZERO);
    }
}
