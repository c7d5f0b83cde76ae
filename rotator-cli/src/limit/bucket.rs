//! The limiter's rule, without a clock of its own: a token bucket whose rate follows what was throttled.

use std::collections::VecDeque;
use std::time::Duration;

/// Calls each second below which no throttling leads.
const LEAST: f64 = 1.0;
/// The first throttled answers tell little of a rate, so none below this is taken from them.
const FIRST: f64 = 10.0;
/// What is left of the rate that was too high.
const CUT: f64 = 0.5;
/// How far it comes back at once.
const BACK: f64 = 0.95;
/// How long that takes, in seconds.
const RECOVERY: f64 = 1.0;
/// After that, each second adds so much of the ceiling.
const CREEP: f64 = 0.005;
/// And by this many seconds after it, the growing part has added the whole ceiling.
const DOUBLES: f64 = 20.0;
/// Over so long the rate is measured.
const MEASURED: Duration = Duration::from_secs(1);
/// A shorter time than this is too short to measure a rate.
const SHORTEST: Duration = Duration::from_millis(250);
/// So many seconds' worth may be saved, and two tokens at least: a sleep is never exact.
const SAVED: f64 = 0.05;

/// Who may call, and since which throttling it has been so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    round: u64,
}

/// The tokens of one API action. `now` is any clock that only moves forward, from zero.
#[derive(Debug, Default)]
pub struct Bucket {
    /// What is known since a call was throttled; until then, nothing is limited.
    learnt: Option<Learnt>,
    round: u64,
    /// When calls were answered that were not throttled, as far back as is measured.
    passed: VecDeque<Duration>,
}

#[derive(Debug)]
struct Learnt {
    /// The rate that was throttled last.
    ceiling: f64,
    /// When that was.
    throttled: Duration,
    tokens: f64,
    /// When the tokens were counted.
    counted: Duration,
}

impl Bucket {
    /// Takes a token, or says when to ask again.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&mut self, now: Duration) -> Result<Ticket, Duration> {
        let ticket = Ticket { round: self.round };
        let Some(learnt) = &mut self.learnt else { return Ok(ticket) };
        let rate = learnt.rate(now);
        let gained = rate * now.saturating_sub(learnt.counted).as_secs_f64();
        learnt.tokens = (learnt.tokens + gained).min((rate * SAVED).max(2.0));
        learnt.counted = now;
        if learnt.tokens >= 1.0 {
            learnt.tokens -= 1.0;
            return Ok(ticket);
        }
        // A little more than it takes, so that it is not asked for again in vain.
        let wait = (1.0 - learnt.tokens) / rate + 1e-6;
        Err(Duration::try_from_secs_f64(wait).unwrap_or(MEASURED))
    }

    /// An answer. Those to calls of before the last cut tell nothing new, so all calls that were on their way
    /// together cut the rate once.
    pub fn answered(&mut self, now: Duration, ticket: Ticket, throttled: bool) {
        while self.passed.front().is_some_and(|at| now.saturating_sub(*at) > MEASURED) {
            self.passed.pop_front();
        }
        if !throttled {
            self.passed.push_back(now);
            return;
        }
        if ticket.round != self.round {
            return;
        }
        self.round += 1;
        let measured = self.measured(now);
        let ceiling = match self.rate(now) {
            None => measured.max(FIRST),
            // A rate that nobody used is not the one that was too high.
            Some(rate) => rate.min(measured.max(FIRST)),
        };
        let ceiling = ceiling.max(LEAST / CUT);
        self.learnt = Some(Learnt { ceiling, throttled: now, tokens: 0.0, counted: now });
    }

    /// Calls each second that are allowed now; `None`: as many as there are.
    #[must_use]
    pub fn rate(&self, now: Duration) -> Option<f64> {
        self.learnt.as_ref().map(|learnt| learnt.rate(now))
    }

    /// Whether the rate was cut within this span.
    #[must_use]
    pub fn throttled_within(&self, now: Duration, span: Duration) -> bool {
        self.learnt.as_ref().is_some_and(|learnt| now.saturating_sub(learnt.throttled) < span)
    }

    /// Calls each second that were answered lately and not throttled.
    fn measured(&self, now: Duration) -> f64 {
        let Some(first) = self.passed.front() else { return 0.0 };
        let calls = u32::try_from(self.passed.len()).unwrap_or(u32::MAX);
        f64::from(calls) / now.saturating_sub(*first).max(SHORTEST).as_secs_f64()
    }
}

impl Learnt {
    fn rate(&self, now: Duration) -> f64 {
        let since = now.saturating_sub(self.throttled).as_secs_f64();
        let after = since - RECOVERY;
        if after < 0.0 {
            return self.ceiling * (CUT + (BACK - CUT) * since / RECOVERY);
        }
        self.ceiling * (BACK + CREEP * after + (after / DOUBLES).powi(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A server's own bucket, and callers who do nothing but call: each waits for a token, is answered after the
    /// latency, and calls again; if it was throttled, with the same call.
    struct Simulated {
        bucket: Bucket,
        now: Duration,
        /// The server's rate, how much it saves, and what it has saved.
        rate: f64,
        saves: f64,
        saved: f64,
        latency: Duration,
        waiting: u32,
        /// When answers arrive.
        answers: VecDeque<(Duration, Ticket, bool)>,
        /// When requests arrive.
        requests: VecDeque<(Duration, Ticket)>,
        passed: u32,
        throttled: u32,
        /// How many the server would have taken at most.
        allowed: f64,
    }

    impl Simulated {
        fn new(rate: f64, saves: f64, latency: Duration, callers: u32) -> Self {
            Self {
                bucket: Bucket::default(),
                now: Duration::ZERO,
                rate,
                saves,
                saved: saves,
                latency,
                waiting: callers,
                answers: VecDeque::new(),
                requests: VecDeque::new(),
                passed: 0,
                throttled: 0,
                allowed: saves,
            }
        }

        fn run(&mut self, span: Duration) {
            let end = self.now + span;
            while self.now < end {
                self.millisecond();
            }
        }

        fn millisecond(&mut self) {
            self.now += MS;
            self.saved = (self.saved + self.rate / 1000.0).min(self.saves);
            self.allowed += self.rate / 1000.0;
            while let Some((at, ticket)) = self.requests.front().copied().filter(|(at, _)| *at <= self.now) {
                self.requests.pop_front();
                let takes = self.saved >= 1.0;
                self.saved -= f64::from(u8::from(takes));
                self.answers.push_back((at + self.latency / 2, ticket, !takes));
            }
            while let Some((_, ticket, throttled)) =
                self.answers.front().copied().filter(|(at, ..)| *at <= self.now)
            {
                self.answers.pop_front();
                self.bucket.answered(self.now, ticket, throttled);
                self.passed += u32::from(!throttled);
                self.throttled += u32::from(throttled);
                self.waiting += 1;
            }
            while self.waiting > 0
                && let Ok(ticket) = self.bucket.take(self.now)
            {
                self.waiting -= 1;
                self.requests.push_back((self.now + self.latency / 2, ticket));
            }
        }

        fn figures(&self) -> (f64, f64) {
            let all = f64::from(self.passed + self.throttled);
            (f64::from(self.passed) / self.allowed, f64::from(self.throttled) / all)
        }
    }

    /// The figure to reach: 90 % of what is allowed is used, and less than 5 % of the answers are throttled.
    #[track_caller]
    fn reaches(simulated: &Simulated, what: &str) {
        let (used, throttled) = simulated.figures();
        assert!(used >= 0.9 && throttled <= 0.05, "{what}: used {used:.3}, throttled {throttled:.3}");
    }

    #[test]
    fn what_is_allowed_is_used_at_every_rate_and_latency() {
        for rate in [5.0, 20.0, 60.0, 200.0] {
            for (latency, callers) in [(10, 32), (50, 32), (50, 64), (300, 64), (1000, 64)] {
                // What a server saves is not published: a second's worth, or little.
                for saves in [rate, rate / 4.0] {
                    let mut simulated = Simulated::new(rate, saves.max(2.0), latency * MS, callers);
                    let calls = (6000.0 / rate).max(120.0);
                    simulated.run(Duration::from_secs_f64(calls));
                    // Fewer callers than it takes to use the rate are no fault of the limiter.
                    if f64::from(callers) * 1000.0 / f64::from(latency) > 1.5 * rate {
                        reaches(
                            &simulated,
                            &format!("{rate}/s, {latency} ms, {callers} callers, saves {saves}"),
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_rate_that_changes_midway_is_found_again() {
        for (before, after) in [(60.0, 20.0), (20.0, 60.0), (200.0, 60.0), (60.0, 10.0)] {
            let mut simulated = Simulated::new(before, before, 50 * MS, 64);
            simulated.run(Duration::from_secs(120));
            (simulated.rate, simulated.saves) = (after, after);
            simulated.run(Duration::from_secs(240));
            reaches(&simulated, &format!("{before}/s, then {after}/s"));
        }
    }

    #[test]
    fn nothing_is_limited_before_anything_is_throttled() {
        let mut bucket = Bucket::default();
        for _ in 0..10_000 {
            let ticket = bucket.take(Duration::ZERO).unwrap();
            bucket.answered(Duration::ZERO, ticket, false);
        }
        assert_eq!(bucket.rate(Duration::ZERO), None);
    }

    #[test]
    fn calls_that_were_on_their_way_together_cut_the_rate_once() {
        let mut bucket = Bucket::default();
        let now = Duration::from_secs(1);
        let together: Vec<_> = (0..30).map(|_| bucket.take(now).unwrap()).collect();
        for ticket in together {
            bucket.answered(now, ticket, true);
        }
        assert_eq!(bucket.rate(now), Some(FIRST * CUT));
        // The next one was sent at the new rate, and tells that this is too high as well.
        let later = now + Duration::from_millis(500);
        let ticket = bucket.take(later).unwrap();
        let rate = bucket.rate(later).unwrap();
        bucket.answered(later, ticket, true);
        assert_eq!(bucket.rate(later), Some(rate * CUT));
    }

    #[test]
    fn whatever_is_throttled_a_call_each_second_remains() {
        let (mut bucket, mut now) = (Bucket::default(), Duration::ZERO);
        for _ in 0..100 {
            match bucket.take(now) {
                Ok(ticket) => bucket.answered(now, ticket, true),
                Err(wait) => {
                    assert!(wait <= Duration::from_millis(1001));
                    now += wait;
                }
            }
        }
        assert_eq!(bucket.rate(now).map(f64::floor), Some(LEAST));
    }
}
