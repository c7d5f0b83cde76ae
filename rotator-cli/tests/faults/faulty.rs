//! A world in which one thing goes wrong: at one effect, in one way, and it is counted.

use rotator::{Became, Effect, Observation};
use rotator_cli::drive::World;
use rotator_cli::failure::{Class, Failure};
use tokio::sync::Notify;

/// What goes wrong with an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It fails and does not take hold.
    ErrorBefore,
    /// It takes hold and is said to have failed.
    ErrorAfter,
    /// It takes hold, and the connection breaks.
    AnswerLost,
    /// The run dies before it is sent.
    KilledBefore,
    /// The run dies as soon as it took hold.
    KilledAfter,
    /// From here on the run is told to slow down whenever it tries.
    Throttled,
    /// From here on the run may not.
    Denied,
}

impl Fault {
    pub const ALL: [Self; 7] = [
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::AnswerLost,
        Self::KilledBefore,
        Self::KilledAfter,
        Self::Throttled,
        Self::Denied,
    ];

    /// Those that the other side makes. A run's own death is not among them.
    pub const OF_THE_OTHER_SIDE: [Self; 5] =
        [Self::ErrorBefore, Self::ErrorAfter, Self::AnswerLost, Self::Throttled, Self::Denied];

    pub fn for_good(self) -> bool {
        match self {
            Self::Throttled | Self::Denied => true,
            Self::ErrorBefore
            | Self::ErrorAfter
            | Self::AnswerLost
            | Self::KilledBefore
            | Self::KilledAfter => false,
        }
    }

    pub fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter)
    }
}

/// Who is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The driver: its world knows what became of the effect, the driver is told otherwise.
    Seam,
    /// The call that is the effect's commit point: world and driver know what the answer tells, no more.
    Wire,
    /// So many writes after that call, where the store takes the effect in several.
    Later(usize),
}

/// One fault, at the n-th effect of this name. The first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    pub effect: &'static str,
    pub nth: usize,
    pub fault: Fault,
    pub at: At,
}

/// The side on which commit points are.
pub trait Wire {
    /// The calls that the effect is made of go wrong from now on, once so many writes have passed.
    fn arm(&self, effect: &Effect, fault: Fault, passes: usize);
    /// They no longer do. How many calls were struck.
    fn disarm(&self) -> usize;
    /// How many writes have come to the store, where it counts them.
    fn writes(&self) -> usize {
        0
    }
}

/// Wraps a world.
pub struct Faulty<'a, W> {
    inner: W,
    wire: &'a dyn Wire,
    strike: Option<Strike>,
    /// Told when the run is to be dropped.
    pub death: &'a Notify,
    /// The effects that were begun, in order.
    pub begun: Vec<&'static str>,
    /// How many writes each of them took of the store, if it came to an end.
    pub writes: Vec<usize>,
    /// Where the strike hit: a place in `begun`.
    pub hit: Option<usize>,
    /// How often it hit: each call on the wire counts.
    pub hits: usize,
}

impl<'a, W: World> Faulty<'a, W> {
    pub fn new(inner: W, wire: &'a dyn Wire, strike: Option<Strike>, death: &'a Notify) -> Self {
        Self { inner, wire, strike, death, begun: Vec::new(), writes: Vec::new(), hit: None, hits: 0 }
    }

    /// What was armed for good is over: the run has ended.
    pub fn over(&mut self) {
        self.hits += self.wire.disarm();
    }

    async fn at_seam(&mut self, effect: &Effect, fault: Fault) -> Result<Became, Failure> {
        self.hits += 1;
        let failed = |class, said: &str| Err(Failure::new(class, effect.to_string(), said));
        match fault {
            Fault::ErrorBefore => failed(Class::Unanswered, "it fails before"),
            Fault::ErrorAfter => {
                self.inner.perform(effect).await?;
                failed(Class::Unanswered, "it fails after")
            }
            Fault::AnswerLost => {
                self.inner.perform(effect).await?;
                failed(Class::Unreachable, "its answer is lost")
            }
            Fault::KilledBefore => self.die().await,
            Fault::KilledAfter => {
                self.inner.perform(effect).await?;
                self.die().await
            }
            Fault::Throttled => failed(Class::Throttled, "too many calls"),
            Fault::Denied => failed(Class::Denied("any:Action"), "not allowed"),
        }
    }

    async fn on_wire(&mut self, effect: &Effect, fault: Fault, passes: usize) -> Result<Became, Failure> {
        // Who dies once a write took hold has not heard of it, and sends no other.
        self.wire.arm(effect, if fault.kills() { Fault::AnswerLost } else { fault }, passes);
        let became = self.inner.perform(effect).await;
        if !fault.for_good() {
            self.hits += self.wire.disarm();
        }
        if fault.kills() {
            return self.die().await;
        }
        became
    }

    /// Never comes back: the run is dropped here.
    async fn die(&self) -> Result<Became, Failure> {
        self.death.notify_one();
        std::future::pending().await
    }

    async fn done_or_struck(&mut self, effect: &Effect) -> Result<Became, Failure> {
        let nth = self.begun.iter().filter(|code| **code == effect.code()).count();
        let Some(strike) = self.strike.filter(|strike| strike.effect == effect.code()) else {
            return self.inner.perform(effect).await;
        };
        let first = nth == strike.nth;
        if first {
            self.hit = Some(self.begun.len() - 1);
        }
        match strike.at {
            At::Seam if first || (nth > strike.nth && strike.fault.for_good()) => {
                self.at_seam(effect, strike.fault).await
            }
            At::Wire if first => self.on_wire(effect, strike.fault, 0).await,
            At::Later(passes) if first => self.on_wire(effect, strike.fault, passes).await,
            At::Seam | At::Wire | At::Later(_) => self.inner.perform(effect).await,
        }
    }
}

impl<W: World> World for Faulty<'_, W> {
    async fn observe(&mut self) -> Result<Observation, Failure> {
        self.inner.observe().await
    }

    fn goes_on(&mut self, from: &Observation) -> bool {
        self.inner.goes_on(from)
    }

    async fn perform(&mut self, effect: &Effect) -> Result<Became, Failure> {
        self.begun.push(effect.code());
        let before = self.wire.writes();
        let became = self.done_or_struck(effect).await;
        self.writes.push(self.wire.writes() - before);
        became
    }

    async fn pause(&mut self, span: std::time::Duration, nap: std::time::Duration) -> bool {
        self.inner.pause(span, nap).await
    }
}
