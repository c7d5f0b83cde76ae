//! Draws from a seed that is printed, so that a check can be told to draw the same again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `SplitMix64`: small, and good enough to spread moments over a run.
pub struct Random(u64);

/// The seed of this invocation: that of `ROTATOR_CHECK_SEED`, or one that no run had before.
pub fn seed() -> u64 {
    let given = std::env::var("ROTATOR_CHECK_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_secs() ^ u64::from(since.subsec_nanos())
    })
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Draws of its own for a part that runs beside others.
    pub fn of(seed: u64, part: u64) -> Self {
        let mut random = Self(seed ^ part.wrapping_mul(0xa076_1d64_78bd_642f));
        random.draw();
        random
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.draw() % 100 < percent
    }

    /// Anything from nothing to `longest`.
    pub fn span(&mut self, longest: Duration) -> Duration {
        let nanos = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.draw() % nanos.saturating_add(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_draws_the_same_and_two_parts_do_not() {
        let draws = |mut random: Random| [random.draw(), random.draw()];
        assert_eq!(draws(Random::of(7, 1)), draws(Random::of(7, 1)));
        assert_ne!(draws(Random::of(7, 1)), draws(Random::of(7, 2)));
    }

    #[test]
    fn spans_stay_within_and_reach_both_ends() {
        let mut random = Random::new(1);
        let spans: Vec<_> = (0..1_000).map(|_| random.span(Duration::from_nanos(3)).as_nanos()).collect();
        assert_eq!((spans.iter().min(), spans.iter().max()), (Some(&0), Some(&3)));
    }
}
