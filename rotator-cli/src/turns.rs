//! Users are rotated side by side, and handed over in the order of IAM's list, as the Python tool does it.
//! But a pair that waits in memory is lost with the process, so nobody waits long for an earlier user.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::within;

/// The longest wait for one's turn.
const AT_MOST: Duration = Duration::from_secs(3);

/// Who has had its turn.
#[derive(Debug, Default)]
pub struct Turns {
    had: Mutex<Had>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Had {
    /// Everybody before this place has had its turn.
    before: usize,
    /// And these, of later places. As many as are worked on side by side, and no more.
    beyond: BTreeSet<usize>,
}

impl Turns {
    /// The user at this place of the list has handed over, or will not.
    pub fn over(&self, place: usize) {
        let mut had = self.had.lock().unwrap_or_else(PoisonError::into_inner);
        if place >= had.before {
            had.beyond.insert(place);
        }
        while had.beyond.first() == Some(&had.before) {
            had.beyond.pop_first();
            had.before += 1;
        }
        drop(had);
        self.changed.notify_waiters();
    }

    /// Waits until all users before this place have had their turn, or for long enough. `spare` is what the
    /// user's own deadline can spare.
    pub async fn wait(&self, place: usize, spare: Duration) {
        within(AT_MOST.min(spare), async {
            loop {
                let changed = self.changed.notified();
                if self.all_before(place) {
                    return;
                }
                changed.await;
            }
        })
        .await;
    }

    fn all_before(&self, place: usize) -> bool {
        self.had.lock().unwrap_or_else(PoisonError::into_inner).before >= place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_third_goes_after_the_first_two_however_they_end() {
        let turns = Turns::default();
        let told = Mutex::new(Vec::new());
        let turn = |place: usize| {
            let (turns, told) = (&turns, &told);
            async move {
                turns.wait(place, Duration::MAX).await;
                told.lock().unwrap().push(place);
                turns.over(place);
            }
        };
        // Begun in the wrong order; the first one never hands over.
        tokio::join!(turn(2), turn(1), async { turns.over(0) });
        assert_eq!(*told.lock().unwrap(), [1, 2]);
    }

    #[test]
    fn a_long_list_takes_no_more_room() {
        let turns = Turns::default();
        for place in (0..5000).step_by(2) {
            turns.over(place + 1);
            turns.over(place);
            turns.over(place);
        }
        let had = turns.had.lock().unwrap();
        assert_eq!((had.before, had.beyond.len()), (5000, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        Turns::default().wait(1, Duration::MAX).await;
    }
}
