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
    over: Mutex<BTreeSet<usize>>,
    changed: Notify,
}

impl Turns {
    /// The user at this place of the list has handed over, or will not.
    pub fn over(&self, place: usize) {
        self.over.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
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
        self.over.lock().unwrap_or_else(PoisonError::into_inner).range(..place).count() == place
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

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        Turns::default().wait(1, Duration::MAX).await;
    }
}
