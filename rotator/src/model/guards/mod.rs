//! Every guard of `decide` and of the reading by date: what it says, and the edit of the source that takes
//! it out. `cargo xtask check guards` makes each edit, walks the matrix without the guard, and compares
//! what fails with [`CAUGHT`].

mod asking;
mod dates;
mod handing;
mod reading;
mod renewing;

use alloc::string::String;
use alloc::vec::Vec;

use super::caught::CAUGHT;
use super::explore::{Broken, walk};
use super::matrix::{Expect, Row, matrix};
use super::points::{Unclaimed, visit_points};
use super::setup::Setup;
use crate::{Decision, Memory, Observation, Policy};

/// A rule that keeps a decision from being made.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// Its name.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
    /// Where it stands: `decide`, `goals` or `dates`.
    pub file: &'static str,
    /// What to find there, exactly once, and what to put in its place.
    pub edits: &'static [(&'static str, &'static str)],
}

/// What fails without a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caught {
    /// A claim, in this row of the matrix, after so many steps.
    World {
        /// The row.
        row: &'static str,
        /// The claim.
        claim: &'static str,
        /// Steps of the shortest story there.
        steps: usize,
    },
    /// A claim about one decision, on an observation that no world of the matrix leads to.
    Point {
        /// The claim.
        claim: &'static str,
    },
    /// No claim: this named test.
    Test(&'static str),
}

impl Guard {
    /// What fails without it, if that is known.
    #[must_use]
    pub fn caught(&self) -> Option<Caught> {
        CAUGHT.iter().find(|(name, _)| *name == self.name).map(|(_, caught)| *caught)
    }
}

/// What fails first where users are rotated by `decide`, and the story that shows it. Cheap worlds come
/// first; a world in which a working key is taken ends the search.
#[must_use]
pub fn catch(decide: fn(&Observation, &Policy) -> Decision) -> Option<(Caught, Vec<String>)> {
    let held = |row: &Row| match row.expect {
        Expect::Holds { edges, .. } if row.standard => Some(edges),
        Expect::Holds { .. } | Expect::Fails { .. } | Expect::Unknown => None,
    };
    let mut rows: Vec<_> = matrix().into_iter().filter_map(|row| Some((held(&row)?, row))).collect();
    rows.sort_by_key(|(edges, _)| *edges);
    let mut worst: Option<(usize, Caught, Vec<String>)> = None;
    for (edges, row) in rows {
        if worst.is_some() && edges > ENOUGH {
            break;
        }
        let Some(Broken { claims, steps, story }) = walk(&Setup { decide, ..row.setup }).broken else {
            continue;
        };
        let harm = |claim: &str| HARM.iter().position(|name| *name == claim).unwrap_or(HARM.len());
        let Some(claim) = claims.into_iter().min_by_key(|claim| harm(claim)) else { continue };
        let rank = harm(claim);
        if worst.as_ref().is_none_or(|(before, ..)| rank < *before) {
            worst = Some((rank, Caught::World { row: row.setup.name, claim, steps }, story));
        }
        if rank == 0 {
            break;
        }
    }
    let point = || {
        let memories = [Memory::Document, Memory::Ledger, Memory::Dates];
        memories.into_iter().find_map(|memory| {
            let Unclaimed { claim, told } = visit_points(memory, POINTS, decide).err()?;
            Some((Caught::Point { claim }, alloc::vec![told]))
        })
    };
    worst.map(|(_, caught, story)| (caught, story)).or_else(point)
}

/// Whether what is said to fail does fail where users are rotated by `decide`: only that one row is
/// walked, or only the points. `None`: a named test says it.
#[must_use]
pub fn is_caught(caught: Caught, decide: fn(&Observation, &Policy) -> Decision) -> Option<bool> {
    match caught {
        Caught::World { row, claim, steps } => {
            let row = matrix().into_iter().find(|candidate| candidate.setup.name == row)?;
            let broken = walk(&Setup { decide, ..row.setup }).broken;
            Some(broken.is_some_and(|broken| broken.steps == steps && broken.claims.contains(&claim)))
        }
        Caught::Point { claim } => {
            let memories = [Memory::Document, Memory::Ledger, Memory::Dates];
            let found = memories.into_iter().find_map(|memory| visit_points(memory, POINTS, decide).err());
            Some(found.is_some_and(|found| found.claim == claim))
        }
        Caught::Test(_) => None,
    }
}

/// Claims, the gravest first.
const HARM: [&str; 3] = ["never-takes-served", "last-works", "foreign-untouched"];
/// Worlds with more edges than this are walked only where smaller ones show nothing.
const ENOUGH: u64 = 700_000;
/// Points for each number of keys.
const POINTS: u64 = 200_000;

/// The guards, in the order in which `decide` comes to them.
pub fn guards() -> impl Iterator<Item = &'static Guard> {
    [reading::READING, handing::HANDING, renewing::RENEWING, asking::ASKING, dates::DATES]
        .into_iter()
        .flatten()
}
