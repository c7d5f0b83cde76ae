//! Users are told in the order of the list, so that two runs of one story read the same; a terminal is told at
//! once. One slow user does not hold thousands of lines back: the window is bounded.

use std::collections::BTreeMap;

use super::{Run, Tally};
use crate::report::Line;

/// So many lines wait for an earlier one at most.
const WINDOW: usize = 256;

/// The lines that are not told yet.
pub(super) struct Order<'a> {
    run: &'a Run<'a>,
    /// The place of the next line.
    next: usize,
    early: BTreeMap<usize, Line>,
    tally: Tally,
}

impl<'a> Order<'a> {
    pub(super) fn new(run: &'a Run<'a>) -> Self {
        Self { run, next: 0, early: BTreeMap::new(), tally: Tally::new(run.keeps) }
    }

    /// How many users were begun, once all of them are finished.
    pub(super) fn begun(&self) -> usize {
        self.tally.users + self.early.len()
    }

    /// A user is finished.
    pub(super) fn finished(&mut self, place: usize, line: Line) {
        if let Some(budget) = self.run.budget {
            budget.count(&line);
        }
        if self.run.teller.on_terminal() {
            self.run.teller.line(&line, self.run.width);
        }
        self.run.teller.finished(&line);
        self.early.insert(place, line);
        if self.early.len() > WINDOW
            && let Some(first) = self.early.first_key_value()
        {
            self.next = self.next.max(*first.0);
        }
        while let Some(first) = self.early.first_entry().filter(|first| *first.key() <= self.next) {
            let (place, line) = first.remove_entry();
            self.next = self.next.max(place + 1);
            self.tell(line);
        }
    }

    fn tell(&mut self, line: Line) {
        if !self.run.teller.on_terminal() {
            self.run.teller.line(&line, self.run.width);
        }
        self.tally.add(line);
    }

    /// All are finished.
    pub(super) fn close(mut self) -> Tally {
        while let Some((_, line)) = self.early.pop_first() {
            self.tell(line);
        }
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use rotator::{Memory, Policy};

    use super::*;
    use crate::drive::Outcome;
    use crate::iam::User;
    use crate::journal::Journal;
    use crate::report::Teller;

    fn line(place: usize) -> Line {
        let user = User { name: format!("u{place}"), id: String::new(), path: String::new() };
        Line::new(&user, &Outcome::NothingDue, Memory::Ledger, false)
    }

    fn told(places: impl Iterator<Item = usize>) -> (Vec<String>, usize) {
        let (policy, journal, teller) = (Policy::default(), Journal::default(), Teller::new(false, true));
        let run = Run::of_few(&policy, 1, &journal, &teller);
        let mut order = Order::new(&run);
        let mut most = 0;
        for place in places {
            order.finished(place, line(place));
            most = most.max(order.early.len());
        }
        (order.close().lines.into_iter().map(|line| line.user).collect(), most)
    }

    #[test]
    fn lines_are_in_the_order_of_the_list() {
        assert_eq!(told([2, 0, 3, 1].into_iter()).0, ["u0", "u1", "u2", "u3"]);
    }

    #[test]
    fn a_slow_user_holds_back_a_window_of_lines_and_no_more() {
        let (lines, most) = told((1..2000).chain([0]));
        assert_eq!(most, WINDOW);
        assert_eq!(
            (lines.len(), lines.first(), lines.last()),
            (2000, Some(&"u1".into()), Some(&"u0".into()))
        );
    }
}
