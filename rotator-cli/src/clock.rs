//! The one home of clocks and sleeps. Ages are taken against the `Date` header of the other side's
//! answers, so a wrong local clock does no harm.
#![expect(clippy::disallowed_methods, reason = "the one home of clocks and sleeps")]

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

/// The other side's clock, as its last answer told it. Clones share one clock.
#[derive(Debug, Clone, Default)]
pub struct ServerClock(Arc<Mutex<Option<(SystemTime, Instant)>>>);

impl ServerClock {
    /// The time there now. Before the first answer, or where answers carry no date: the time here.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((date, heard)) => date + heard.elapsed(),
            None => SystemTime::now(),
        }
    }

    /// How long ago `then` was, there. A time in the future is no time ago.
    #[must_use]
    pub fn since(&self, then: SystemTime) -> Duration {
        let ago = self.now().duration_since(then).unwrap_or_default();
        Duration::from_millis(u64::try_from(ago.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Intercept for ServerClock {
    fn name(&self) -> &'static str {
        "ServerClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(date) = date.and_then(parse_http_date) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, Instant::now()));
        }
        Ok(())
    }
}

/// The time that one user's rotation may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    began: Instant,
    allowed: Duration,
}

impl Deadline {
    /// Begins now.
    #[must_use]
    pub fn begin(allowed: Duration) -> Self {
        Self { began: Instant::now(), allowed }
    }

    /// What is left; zero once it has passed.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.allowed.saturating_sub(self.began.elapsed())
    }
}

/// How long something took.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The time here, for the journal's file and for telling a person when to come back.
#[must_use]
pub fn local_now() -> SystemTime {
    SystemTime::now()
}

/// Sleeps.
pub async fn sleep(span: Duration) {
    tokio::time::sleep(span).await;
}

/// Gives something up that takes longer.
pub async fn within(span: Duration, work: impl Future<Output = ()>) {
    drop(tokio::time::timeout(span, work).await);
}

/// What comes of some work, if it is done within that span.
pub async fn in_time<T>(span: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(span, work).await.ok()
}

/// Some work to its end, and something else each time that this span has passed meanwhile.
pub async fn meanwhile<T>(span: Duration, work: impl Future<Output = T>, mut other: impl FnMut()) -> T {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout(span, work.as_mut()).await {
            Ok(done) => return done,
            Err(_) => other(),
        }
    }
}

/// Seconds since the epoch as `2026-11-22T16:00:00Z`, in whole seconds.
#[must_use]
pub fn rfc3339(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    DateTime::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
        .fmt(Format::DateTime)
        .unwrap_or_else(|_| format!("{seconds} s after 1970"))
}

/// Without fractions of a second, as [`rfc3339`] writes it and as IAM has its dates.
#[must_use]
pub fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// Reads what [`rfc3339`] wrote.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<SystemTime> {
    DateTime::from_str(text, Format::DateTime).ok().and_then(|date| SystemTime::try_from(date).ok())
}

/// Reads the `Date` of an answer.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<SystemTime> {
    DateTime::from_str(text, Format::HttpDate).ok().and_then(|date| SystemTime::try_from(date).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn something_else_is_done_each_time_a_span_has_passed() {
        let mut times = 0;
        let work = async {
            sleep(Duration::from_millis(3_500)).await;
            "done"
        };
        assert_eq!(meanwhile(Duration::from_secs(1), work, || times += 1).await, "done");
        assert_eq!(times, 3);
        assert_eq!(meanwhile(Duration::from_secs(1), async { 7 }, || times += 1).await, 7);
        assert_eq!(times, 3, "work that ends at once is not disturbed");
    }
}
