//! SIGINT and SIGTERM: no new user is begun, and users in hand are brought to a state that the next run
//! completes. Never an abort amid a step.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

/// Whether the run was told to stop. Clones share one answer.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    is_set: AtomicBool,
    now: Notify,
}

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system takes no signal handlers.
    pub fn on_signals() -> std::io::Result<Self> {
        let stop = Self::default();
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let flag = stop.clone();
        tokio::spawn(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            flag.set();
        });
        Ok(stop)
    }

    /// Tells it to stop.
    pub fn set(&self) {
        self.0.is_set.store(true, Ordering::SeqCst);
        self.0.now.notify_waiters();
    }

    /// Whether it was told to.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.is_set.load(Ordering::SeqCst)
    }

    /// Waits until it is told to.
    pub async fn told(&self) {
        // Made before the question, so that no word falls between the two.
        let now = self.0.now.notified();
        if !self.is_set() {
            now.await;
        }
    }
}
