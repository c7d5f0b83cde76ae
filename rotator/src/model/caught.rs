//! What fails without each guard. Written by `UPDATE_PINS=1 cargo xtask check guards`, and compared by
//! `cargo xtask check guards`; the guards that only a named test catches are put here by hand.

use super::guards::Caught;

pub const CAUGHT: &[(&str, Caught)] = &[];
