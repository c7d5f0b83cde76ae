//! The timeline of one user's keys: a lane for each key, as inline SVG and in words.
//!
//! Places along the axis are percentages and everything else is pixels, so text keeps its size at any width;
//! what needs more room than there is carries the width from which on it is shown. Pure: what is not known is
//! drawn as not known, and the words say all that the picture does.

mod axis;
mod draw;
mod lanes;
mod room;
mod words;

use std::time::SystemTime;

pub use axis::{Axis, Tick, date, minute};
pub use draw::{PATTERNS, left_out, swatch, timeline};
pub use lanes::{Begin, End, Lane, Span, Today, Together, lanes, together};
pub use words::{gaps, in_words};

/// Seconds since 1970, before it below zero.
pub type At = i64;

/// A time as the calendar counts it.
#[must_use]
pub fn seconds(time: SystemTime) -> At {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => At::try_from(since.as_secs()).unwrap_or(At::MAX / 4),
        Err(before) => -At::try_from(before.duration().as_secs()).unwrap_or(At::MAX / 4),
    }
}
