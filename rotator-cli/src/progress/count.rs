//! What was counted, in one sentence.

use std::time::Duration;

/// Users by their outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// How many there are.
    pub all: usize,
    /// How many accounts.
    pub accounts: usize,
    /// How many accounts are finished.
    pub accounts_finished: usize,
    done: usize,
    waiting: usize,
    refused: usize,
    failed: usize,
    stopped: usize,
}

impl Count {
    /// One more, by the word of its line.
    pub fn finished(&mut self, word: &str) {
        let count = match word {
            "done" => &mut self.done,
            "waits" => &mut self.waiting,
            "refused" => &mut self.refused,
            "stopped" => &mut self.stopped,
            _ => &mut self.failed,
        };
        *count += 1;
    }

    /// How many users are finished.
    #[must_use]
    pub fn users(&self) -> usize {
        self.done + self.waiting + self.refused + self.failed + self.stopped
    }

    /// `120 of 5000 users: 118 done, 1 waiting, 1 refused, 0 failed; 61 users/s, about 80 s left`.
    #[must_use]
    pub fn sentence(&self, took: Duration, throttled: bool) -> String {
        let Self { all, accounts, accounts_finished, done, waiting, refused, failed, stopped } = self;
        let users = self.users();
        let mut text = format!(
            "{users} of {all} users: {done} done, {waiting} waiting, {refused} refused, {failed} failed"
        );
        if *stopped > 0 {
            text = format!("{text}, {stopped} stopped");
        }
        if *accounts > 1 {
            text = format!("{text}; {accounts_finished} of {accounts} accounts");
        }
        let (seconds, finished) = (took.as_secs_f64(), f64::from(u32::try_from(users).unwrap_or(u32::MAX)));
        // The first second tells nothing of the others.
        if seconds >= 1.0 && users > 0 {
            let rate = finished / seconds;
            let left = f64::from(u32::try_from(all.saturating_sub(users)).unwrap_or(u32::MAX)) / rate;
            text = format!("{text}; {}, {} left", per_second(rate), about(left));
        }
        if throttled {
            text = format!("{text}; throttled");
        }
        text
    }
}

fn per_second(rate: f64) -> String {
    if rate >= 9.95 { format!("{rate:.0} users/s") } else { format!("{rate:.1} users/s") }
}

/// As exactly as it can be known.
fn about(seconds: f64) -> String {
    match seconds {
        ..10.0 => format!("about {:.0} s", seconds.ceil()),
        10.0..120.0 => format!("about {:.0} s", (seconds / 10.0).ceil() * 10.0),
        120.0..7200.0 => format!("about {:.0} min", (seconds / 60.0).ceil()),
        _ => format!("about {:.0} h", (seconds / 3600.0).ceil()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(all: usize, done: usize) -> Count {
        Count { all, done, ..Count::default() }
    }

    #[test]
    fn one_sentence() {
        let all = Count { waiting: 1, refused: 1, ..count(5_000, 118) };
        assert_eq!(
            all.sentence(Duration::from_secs(2), false),
            "120 of 5000 users: 118 done, 1 waiting, 1 refused, 0 failed; 60 users/s, about 90 s left"
        );
        let several = Count { accounts: 3, accounts_finished: 1, failed: 2, stopped: 1, ..all };
        assert_eq!(
            several.sentence(Duration::from_secs(123), true),
            "123 of 5000 users: 118 done, 1 waiting, 1 refused, 2 failed, 1 stopped; 1 of 3 accounts; \
             1.0 users/s, about 82 min left; throttled"
        );
    }

    #[test]
    fn nothing_is_said_about_speed_before_it_is_known() {
        let nobody = "0 of 7 users: 0 done, 0 waiting, 0 refused, 0 failed";
        assert_eq!(count(7, 0).sentence(Duration::from_secs(60), false), nobody);
        assert!(!count(7, 3).sentence(Duration::from_millis(999), false).contains("left"));
    }

    #[test]
    fn each_word_has_its_place() {
        let mut all = Count::default();
        for word in ["done", "waits", "refused", "failed", "stopped"] {
            all.finished(word);
        }
        let each = Count { done: 1, waiting: 1, refused: 1, failed: 1, stopped: 1, ..Count::default() };
        assert_eq!((all.users(), all), (5, each));
    }

    #[test]
    fn the_further_away_the_less_exactly() {
        let times = [0.0, 3.2, 10.0, 71.0, 119.0, 121.0, 7199.0, 7201.0].map(about);
        let texts = ["0 s", "4 s", "10 s", "80 s", "120 s", "3 min", "120 min", "3 h"];
        assert_eq!(times, texts.map(|text| format!("about {text}")));
    }
}
