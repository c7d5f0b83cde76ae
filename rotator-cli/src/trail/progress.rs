//! How far the reading is: a bar on a terminal, nothing in a pipe.

use std::io::{self, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Below this nobody waits.
const WORTH_A_BAR: u64 = 8 * 1024 * 1024;

/// By compressed bytes, for those are known beforehand.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// On stderr, if that is a terminal.
    #[must_use]
    pub fn on_stderr() -> Self {
        Self(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()))
    }

    /// None.
    #[must_use]
    pub fn none() -> Self {
        Self(ProgressBar::hidden())
    }

    pub(super) fn expect(&self, bytes: u64) {
        let template = match bytes {
            0 => "reading {bytes} {binary_bytes_per_sec}",
            1..WORTH_A_BAR => return self.0.set_draw_target(ProgressDrawTarget::hidden()),
            _ => "reading {bar:30} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left",
        };
        if bytes > 0 {
            self.0.set_length(bytes);
        }
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style.progress_chars("=> "));
        }
    }

    pub(super) fn counting<R: Read>(&self, from: R) -> Counting<'_, R> {
        Counting { from, bar: &self.0 }
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// Reads, and counts what was read.
pub(super) struct Counting<'a, R> {
    from: R,
    bar: &'a ProgressBar,
}

impl<R: Read> Read for Counting<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        self.bar.inc(count as u64);
        Ok(count)
    }
}
