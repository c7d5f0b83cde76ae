//! When a key was used, in little memory: uses that lie close together are one span.

use std::collections::BTreeMap;

/// Uses this many seconds apart or less are one span. So a key takes at most 96 spans a day, and one that is
/// always in use takes one; and within a span the last use before a moment is known to a quarter of an hour.
pub const GAP: u64 = 15 * 60;

/// Spans by their first use, each with its last. Which they are does not depend on the order of the uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(BTreeMap<u64, u64>);

impl Spans {
    /// Adds one use, in seconds since 1970.
    pub fn add(&mut self, at: u64) {
        self.add_span(at, at);
    }

    /// Adds a span that is known from elsewhere.
    pub fn add_span(&mut self, mut first: u64, mut last: u64) {
        while let Some((&from, &to)) = self.0.range(..=last.saturating_add(GAP)).next_back() {
            if to.saturating_add(GAP) < first {
                break;
            }
            if from <= first && last <= to {
                return;
            }
            (first, last) = (first.min(from), last.max(to));
            self.0.remove(&from);
        }
        self.0.insert(first, last);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First and last use of each, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.0.iter().map(|(from, to)| (*from, *to))
    }

    /// The first use.
    #[must_use]
    pub fn first(&self) -> Option<u64> {
        self.iter().next().map(|(from, _)| from)
    }

    /// The last use.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.iter().next_back().map(|(_, to)| to)
    }

    /// The last use at a moment or before it, or up to [`GAP`] earlier than that: never later than it was.
    #[must_use]
    pub fn last_by(&self, at: u64) -> Option<u64> {
        let (&from, &to) = self.0.range(..=at).next_back()?;
        Some(if to <= at { to } else { from.max(at.saturating_sub(GAP)) })
    }

    /// The first use after a moment that surely is one.
    #[must_use]
    pub fn first_after(&self, at: u64) -> Option<u64> {
        self.iter().find(|(_, to)| *to > at).map(|(from, to)| if from > at { from } else { to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_do_not_depend_on_the_order() {
        let uses = [0, 900, 1801, 5_000, 4_100, 2_702, 3_600, 90_000];
        let mut forth = Spans::default();
        uses.iter().for_each(|at| forth.add(*at));
        let mut back = Spans::default();
        uses.iter().rev().for_each(|at| back.add(*at));
        assert_eq!(forth, back);
        let all: Vec<_> = forth.iter().collect();
        assert_eq!(all, [(0, 900), (1801, 1801), (2702, 5_000), (90_000, 90_000)]);
    }

    #[test]
    fn the_last_use_is_never_said_to_be_later_than_it_was() {
        let mut spans = Spans::default();
        [1000, 1800, 2600, 50_000].iter().for_each(|at| spans.add(*at));
        let by = [999, 1000, 2000, 2600, 49_999, 60_000].map(|at| spans.last_by(at));
        assert_eq!(by, [None, Some(1000), Some(1100), Some(2600), Some(2600), Some(50_000)]);
        assert_eq!(
            [0, 1000, 2600, 50_000].map(|at| spans.first_after(at)),
            [Some(1000), Some(2600), Some(50_000), None]
        );
    }
}
