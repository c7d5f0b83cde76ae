//! The sandbox's own time.

use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::clock::local_now;

/// Real time plus what [`advance`](Clock::advance) added, or a stopped hand that moves only so.
///
/// Propagation, lag, rates and every date go by this clock and never by the machine's,
/// so that a test lives through a month at once.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    stopped_at: Option<SystemTime>,
    advanced: Duration,
}

impl Clock {
    pub(super) fn new(stopped_at: Option<SystemTime>) -> Self {
        Clock { stopped_at, advanced: Duration::ZERO }
    }

    pub(super) fn now(&self) -> SystemTime {
        later(self.stopped_at.unwrap_or_else(local_now), self.advanced)
    }

    pub(super) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }
}

/// A time so much later. What no clock can show (`Duration::MAX` stands for "never") is taken for
/// a thousand years.
pub(super) fn later(at: SystemTime, by: Duration) -> SystemTime {
    const AGES: Duration = Duration::from_secs(1000 * 365 * 24 * 60 * 60);
    at.checked_add(by.min(AGES)).unwrap_or(at)
}

/// The time of an HTTP `Date` header, which has no fractions (RFC 9110, section 5.6.7).
pub(super) fn http_date(at: SystemTime) -> String {
    let whole = DateTime::from_secs(DateTime::from(at).secs());
    whole.fmt(Format::HttpDate).unwrap_or_default()
}

/// The time as IAM writes it in XML: whole seconds, unless fractions are asked for.
pub(super) fn xml_date(at: SystemTime, fractions: bool) -> String {
    let exact = DateTime::from(at);
    let shown = if fractions { exact } else { DateTime::from_secs(exact.secs()) };
    shown.fmt(Format::DateTime).unwrap_or_default()
}

/// The time as the JSON services write it: seconds since the epoch, with a fraction.
pub(super) fn json_date(at: SystemTime) -> f64 {
    // Milliseconds are what a double holds without noise at this magnitude.
    DateTime::from(at).to_millis().map_or(0.0, |millis| millis as f64 / 1000.0)
}

/// The last multiple of `grain` at or before `at`.
pub(super) fn floor(at: SystemTime, grain: Duration) -> SystemTime {
    let Ok(since) = at.duration_since(SystemTime::UNIX_EPOCH) else {
        return at;
    };
    match since.as_nanos().checked_rem(grain.as_nanos()) {
        Some(rest) => at - nanos(rest),
        None => at,
    }
}

fn nanos(count: u128) -> Duration {
    let seconds = count / 1_000_000_000;
    let rest = count % 1_000_000_000;
    Duration::new(u64::try_from(seconds).unwrap_or(u64::MAX), u32::try_from(rest).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn times_round_down_to_their_grain() {
        let at = SystemTime::UNIX_EPOCH + SECOND * 1000 + Duration::from_nanos(7);
        let floored = floor(at, SECOND * 900);
        assert_eq!(floored, SystemTime::UNIX_EPOCH + SECOND * 900);
        assert_eq!(floor(floored, SECOND * 900), floored);
        assert_eq!(floor(at, Duration::ZERO), at);
    }

    #[test]
    fn never_is_later_than_anything_and_no_panic() {
        let now = local_now();
        assert!(later(now, Duration::MAX) > later(now, SECOND * 1_000_000));
        assert_eq!(later(now, SECOND), now + SECOND);
    }

    #[test]
    fn dates_are_written_as_each_protocol_writes_them() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_500);
        assert_eq!(http_date(at), "Thu, 01 Jan 1970 00:00:01 GMT");
        assert_eq!(xml_date(at, false), "1970-01-01T00:00:01Z");
        assert_eq!(xml_date(at, true), "1970-01-01T00:00:01.5Z");
        assert!((json_date(at) - 1.5).abs() < f64::EPSILON);
    }
}
