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

    /// `120 of 5000 users, about 80 s left; 118 done, 1 waiting, 1 refused; 61 users/s`. Where there is room for so
    /// many characters only, whole parts are left out from the end; never the first.
    #[must_use]
    pub fn sentence(&self, took: Duration, throttled: bool, room: usize) -> String {
        let parts = self.parts(took, throttled).into_iter().filter(|part| !part.is_empty());
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() && text.chars().count() + part.chars().count() > room {
                break;
            }
            text.push_str(&part);
        }
        text
    }

    /// The most important first.
    fn parts(&self, took: Duration, throttled: bool) -> [String; 6] {
        let Self { all, accounts, accounts_finished, .. } = *self;
        let users = self.users();
        let (seconds, finished) = (took.as_secs_f64(), f64::from(u32::try_from(users).unwrap_or(u32::MAX)));
        // The first second tells nothing of the others.
        let rate = (seconds >= 1.0 && users > 0).then(|| finished / seconds);
        let left =
            rate.map(|rate| f64::from(u32::try_from(all.saturating_sub(users)).unwrap_or(u32::MAX)) / rate);
        [
            format!("{users} of {all} users"),
            left.map(|left| format!(", {} left", about(left))).unwrap_or_default(),
            if users > 0 { format!("; {}", self.outcomes()) } else { String::new() },
            if accounts > 1 {
                format!("; {accounts_finished} of {accounts} accounts")
            } else {
                String::new()
            },
            if throttled { "; throttled".to_owned() } else { String::new() },
            rate.map(|rate| format!("; {}", per_second(rate))).unwrap_or_default(),
        ]
    }

    /// `118 done, 1 refused`: of each kind that there is.
    fn outcomes(&self) -> String {
        let Self { done, waiting, refused, failed, stopped, .. } = *self;
        let kinds = [
            (done, "done"),
            (waiting, "waiting"),
            (refused, "refused"),
            (failed, "failed"),
            (stopped, "stopped"),
        ];
        let kinds = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, kind)| format!("{n} {kind}"));
        kinds.collect::<Vec<_>>().join(", ")
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

    const WIDE: usize = 200;

    fn count(all: usize, done: usize) -> Count {
        Count { all, done, ..Count::default() }
    }

    #[test]
    fn one_sentence() {
        let all = Count { waiting: 1, refused: 1, ..count(5_000, 118) };
        assert_eq!(
            all.sentence(Duration::from_secs(2), false, WIDE),
            "120 of 5000 users, about 90 s left; 118 done, 1 waiting, 1 refused; 60 users/s"
        );
        let several = Count { accounts: 3, accounts_finished: 1, failed: 2, stopped: 1, ..all };
        assert_eq!(
            several.sentence(Duration::from_secs(123), true, WIDE),
            "123 of 5000 users, about 82 min left; 118 done, 1 waiting, 1 refused, 2 failed, 1 stopped; \
             1 of 3 accounts; throttled; 1.0 users/s"
        );
    }

    #[test]
    fn where_room_is_short_whole_parts_are_left_out() {
        let several = Count { accounts: 3, accounts_finished: 1, ..count(60, 12) };
        let within = |room| several.sentence(Duration::from_secs(2), true, room);
        assert_eq!(
            within(80),
            "12 of 60 users, about 8 s left; 12 done; 1 of 3 accounts; throttled; 6.0 users/s"
        );
        assert_eq!(within(79), "12 of 60 users, about 8 s left; 12 done; 1 of 3 accounts; throttled");
        assert_eq!(within(40), "12 of 60 users, about 8 s left; 12 done");
        assert_eq!(within(31), "12 of 60 users, about 8 s left");
        assert_eq!(within(29), "12 of 60 users");
        assert_eq!(within(0), "12 of 60 users", "cut by whoever draws it");
    }

    #[test]
    fn nothing_is_said_about_speed_before_it_is_known() {
        assert_eq!(count(7, 0).sentence(Duration::from_secs(60), false, WIDE), "0 of 7 users");
        assert_eq!(count(7, 3).sentence(Duration::from_millis(999), false, WIDE), "3 of 7 users; 3 done");
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
