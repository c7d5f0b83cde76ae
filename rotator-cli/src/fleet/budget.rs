//! `--max-failures`: how many users may fail or be refused before no further one is begun. One budget is for all
//! accounts of a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::report::Line;

/// What may fail, and what has failed. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Budget(Arc<Spent>);

#[derive(Debug, Default)]
struct Spent {
    at_most: Option<usize>,
    failed: AtomicUsize,
}

impl Budget {
    /// So many users, or any number.
    #[must_use]
    pub fn new(at_most: Option<usize>) -> Self {
        Self(Arc::new(Spent { at_most, failed: AtomicUsize::new(0) }))
    }

    /// Takes a user's end into account.
    pub(super) fn count(&self, line: &Line) {
        if ["failed", "refused"].contains(&line.word) {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether no further user is to be begun.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.0.at_most.is_some_and(|at_most| self.failed() >= at_most)
    }

    /// How many have failed or were refused, in all accounts.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.0.failed.load(Ordering::Relaxed)
    }
}
