//! A reference world, for the checks: IAM, stores, runs, jobs and people, small enough to be walked
//! from end to end. Time is counted in ticks; each deviation from the ideal is a switch.

mod calm;
mod caught;
mod explore;
mod guards;
mod hash;
pub mod iam;
mod judge;
mod matrix;
mod memory;
mod mind;
mod people;
mod pins;
mod points;
mod run;
mod setup;
mod state;
mod step;
mod story;
mod world;

pub use explore::{Broken, Move, SETTLES, Walk, walk};
pub use guards::{Caught, Guard, catch, guards, is_caught};
pub use matrix::{Expect, Row, matrix};
pub use points::{Counts, Unclaimed, visit_points};
pub use setup::{Allows, Deed, Looks, Setup, Start, Store, TICK, Times, Wish};
pub use state::State;
