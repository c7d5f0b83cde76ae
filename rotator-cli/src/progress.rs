//! How far a run is: a bar on a terminal, lines at intervals in a CI log, nothing in a pipe. One for all accounts
//! of a run.

mod count;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub use self::count::Count;
use crate::clock::{Stopwatch, meanwhile};
use crate::say;

/// A line in a CI log at least so often.
const EVERY: Duration = Duration::from_secs(10);
/// How often it is looked whether there is something to tell, though no user is finished.
const LOOK: Duration = Duration::from_secs(1);
/// A line at each tenth of the users, if there are so many.
const WORTH_TENTHS: usize = 100;
/// Narrower terminals have room for the words alone.
const WIDE: usize = 60;
/// What the bar takes of a line, and the gap behind it.
const BAR: usize = 17;

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A bar that is drawn anew: a terminal.
    Bar,
    /// Lines at intervals: a CI log, or a terminal that cannot move its cursor.
    Lines,
    /// Not at all.
    Nothing,
}

impl Shown {
    /// For this stderr: `CI` is set by GitHub Actions, GitLab and most others, and `TERM` is `dumb` or unset where
    /// nothing can be drawn anew.
    #[must_use]
    pub fn here() -> Self {
        Self::of(std::io::stderr().is_terminal(), |name| std::env::var_os(name))
    }

    fn of(terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name| variable(name).map(|value| value.to_string_lossy().to_ascii_lowercase());
        let drawn = text("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
        let ci = text("CI").is_some_and(|ci| !["", "false", "0"].contains(&ci.as_str()));
        match (terminal, drawn, ci) {
            (true, true, _) => Self::Bar,
            (true, false, _) | (false, _, true) => Self::Lines,
            (false, _, false) => Self::Nothing,
        }
    }
}

/// Of one run, whatever number of accounts it has.
#[derive(Debug)]
pub struct Progress {
    shown: Shown,
    bar: ProgressBar,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    count: Count,
    since: Stopwatch,
    /// When the last line was written, and how many tenths were finished.
    told: (Duration, usize),
    throttled: bool,
}

impl Progress {
    /// Nothing is drawn before users are expected.
    #[must_use]
    pub fn new(shown: Shown) -> Self {
        let state = State {
            count: Count::default(),
            since: Stopwatch::start(),
            told: (Duration::ZERO, 0),
            throttled: false,
        };
        Self { shown, bar: ProgressBar::hidden(), state: Mutex::new(state) }
    }

    /// So many accounts are worked on.
    pub fn accounts(&self, accounts: usize) {
        self.locked().count.accounts = accounts;
    }

    /// There are so many more users.
    pub fn expect(&self, more: usize) {
        let mut state = self.locked();
        if state.count.all == 0 {
            state.since = Stopwatch::start();
        }
        state.count.all += more;
        if self.shown == Shown::Bar && state.count.all > 1 {
            if self.bar.is_hidden() {
                self.bar.set_style(style());
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            self.bar.set_length(u64::try_from(state.count.all).unwrap_or(u64::MAX));
            self.bar.set_message(state.sentence(room()));
        }
    }

    /// Some work, while which it is told how far it is, whether or not a user is finished. `throttled`: whether calls
    /// were throttled lately.
    pub async fn during<T>(&self, work: impl Future<Output = T>, throttled: impl Fn() -> bool) -> T {
        match self.shown {
            Shown::Nothing => work.await,
            Shown::Bar | Shown::Lines => meanwhile(LOOK, work, || self.looked(throttled())).await,
        }
    }

    /// A user is finished, with the word of its line.
    pub fn finished(&self, word: &str) {
        let mut state = self.locked();
        state.count.finished(word);
        match self.shown {
            Shown::Bar => {
                self.bar.set_position(u64::try_from(state.count.users()).unwrap_or(u64::MAX));
                self.bar.set_message(state.sentence(room()));
            }
            Shown::Lines => {
                if let Some(line) = state.due() {
                    say::err(&line);
                }
            }
            Shown::Nothing => {}
        }
    }

    /// Time has passed.
    fn looked(&self, throttled: bool) {
        let mut state = self.locked();
        state.throttled = throttled;
        match self.shown {
            Shown::Bar => self.bar.set_message(state.sentence(room())),
            Shown::Lines => {
                if let Some(line) = state.due() {
                    say::err(&line);
                }
            }
            Shown::Nothing => {}
        }
    }

    /// All users of one account are finished.
    pub fn account_finished(&self) {
        let mut state = self.locked();
        state.count.accounts_finished += 1;
        if state.count.accounts_finished >= state.count.accounts {
            self.bar.finish_and_clear();
        }
    }

    /// Says something above the bar.
    pub fn above(&self, say: impl FnOnce()) {
        self.bar.suspend(say);
    }
}

impl Drop for Progress {
    /// However the run ends, the terminal is left as it was.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn sentence(&self, room: usize) -> String {
        self.count.sentence(self.since.elapsed(), self.throttled, room)
    }

    /// A line, if it is time for one. None for the last user, whom the summary follows.
    fn due(&mut self) -> Option<String> {
        let (now, users, all) = (self.since.elapsed(), self.count.users(), self.count.all);
        let tenths = if all < WORTH_TENTHS { 0 } else { users * 10 / all };
        let due = now.saturating_sub(self.told.0) >= EVERY || tenths > self.told.1;
        if !due || users >= all {
            return None;
        }
        self.told = (now, tenths);
        Some(self.sentence(usize::MAX))
    }
}

/// How wide the terminal is, in characters.
fn width() -> usize {
    terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| usize::from(width.0))
}

/// How many characters the words may take.
fn room() -> usize {
    let width = width();
    if width >= WIDE { width - BAR } else { width }
}

/// Words, cut at the terminal's edge, and a bar before them where there is room. No colour tells anything.
fn style() -> ProgressStyle {
    let template = if width() >= WIDE { "{bar:16} {wide_msg}" } else { "{wide_msg}" };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_shown_what() {
        let shown = |terminal, variables: &[(&str, &str)]| {
            let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
            Shown::of(terminal, |name| find(name).map(|(_, value)| value.into()))
        };
        assert_eq!(shown(true, &[("TERM", "xterm")]), Shown::Bar);
        assert_eq!(shown(true, &[("TERM", "xterm"), ("CI", "true")]), Shown::Bar);
        assert_eq!(shown(true, &[("TERM", "dumb")]), Shown::Lines);
        assert_eq!(shown(true, &[]), Shown::Lines);
        assert_eq!(shown(false, &[("TERM", "xterm"), ("CI", "true")]), Shown::Lines);
        assert_eq!(shown(false, &[("CI", "1")]), Shown::Lines);
        for no in ["", "false", "False", "0"] {
            assert_eq!(shown(false, &[("CI", no)]), Shown::Nothing, "{no}");
        }
        assert_eq!(shown(false, &[("TERM", "xterm")]), Shown::Nothing);
    }

    #[test]
    fn a_log_has_a_line_for_each_tenth_and_none_at_the_end() {
        let progress = Progress::new(Shown::Nothing);
        progress.expect(200);
        let mut lines = Vec::new();
        for _ in 0..200 {
            progress.finished("done");
            lines.extend(progress.locked().due());
        }
        assert_eq!(lines.len(), 9, "{lines:?}");
        assert!(lines[0].starts_with("20 of 200 users"), "{lines:?}");
    }

    #[test]
    fn a_short_log_has_no_lines_before_it_takes_long() {
        let progress = Progress::new(Shown::Nothing);
        progress.expect(50);
        for _ in 0..50 {
            progress.finished("done");
            assert_eq!(progress.locked().due(), None);
        }
    }
}
