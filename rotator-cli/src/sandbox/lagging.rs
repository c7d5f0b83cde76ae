//! A value whose readers may be one change behind.

use std::time::{Duration, SystemTime};

/// IAM is eventually consistent: a list may show what was there before the last change
/// (IAM user guide, "Troubleshooting IAM": changes are not always immediately visible).
///
/// How far behind a list may be is not published; here it is never more than one change.
#[derive(Clone)]
pub(super) struct Lagging<T> {
    value: T,
    before: Option<(SystemTime, T)>,
}

impl<T: Clone> Lagging<T> {
    pub(super) fn new(value: T) -> Self {
        Lagging { value, before: None }
    }

    pub(super) fn get(&self) -> &T {
        &self.value
    }

    /// Changes the value in a way that every reader sees at once.
    pub(super) fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Changes the value at a time from which late readers count.
    pub(super) fn change(&mut self, at: SystemTime, change: impl FnOnce(&mut T)) {
        let before = self.value.clone();
        change(&mut self.value);
        self.before = Some((at, before));
    }

    /// What a reader sees while answers are `lag` late.
    pub(super) fn seen(&self, now: SystemTime, lag: Duration) -> &T {
        match &self.before {
            Some((changed, before)) if now.duration_since(*changed).unwrap_or_default() < lag => before,
            Some(_) | None => &self.value,
        }
    }
}
