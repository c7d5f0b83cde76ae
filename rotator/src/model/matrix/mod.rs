//! The worlds that are walked: one row for each kind of memory, store, beginning and trouble. The
//! standard rows are walked by `cargo test`, the deep ones by `cargo xtask check --deep`.

mod dates;
mod documents;
mod ledgers;
mod limits;
mod readable;
mod stamped;
mod troubles;
mod wishes;

use alloc::vec::Vec;

use self::troubles::ALL;
use super::pins::PINS;
use super::setup::{Looks, Setup, Start, Store, Times};
use crate::{Adopt, Memory, decide};

/// One kind of world.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its rules.
    pub setup: Setup,
    /// What a reader should know of it.
    pub about: &'static str,
    /// Walked in `cargo test`, not only in the deep form.
    pub standard: bool,
    /// What comes of it.
    pub expect: Expect,
}

/// What comes of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Every claim holds, in so many worlds with so many steps between them.
    Holds {
        /// Different worlds.
        worlds: usize,
        /// Steps between them.
        edges: u64,
    },
    /// A limit: what no rotator can know, or a rule that is broken here. This claim fails after so many
    /// steps.
    Fails {
        /// The claim's name.
        claim: &'static str,
        /// Steps of the shortest story.
        steps: usize,
    },
    /// It was not walked yet.
    Unknown,
}

/// All rows.
#[must_use]
pub fn matrix() -> Vec<Row> {
    let mut rows = documents::rows();
    rows.extend(ledgers::rows());
    rows.extend(readable::rows());
    rows.extend(stamped::rows());
    rows.extend(wishes::rows());
    rows.extend(dates::rows());
    rows.extend(limits::rows());
    rows
}

fn row(about: &'static str, mut setup: Setup) -> Row {
    // Two runs that may both look as they like have too many worlds for each test run; see `either`.
    if setup.runs > 1 && setup.looks == Looks::Either {
        setup.looks = Looks::Spared;
    }
    let pin = PINS.iter().find(|(name, _)| *name == setup.name);
    Row { setup, about, standard: true, expect: pin.map_or(Expect::Unknown, |(_, expect)| *expect) }
}

fn deep(about: &'static str, setup: Setup) -> Row {
    Row { standard: false, ..row(about, Setup { looks: Looks::EachTime, ..setup }) }
}

impl Setup {
    /// The plain case: CURRENT and LAST are named, one run, everything may be late or lost.
    fn named(name: &'static str, memory: Memory) -> Self {
        Self {
            name,
            memory,
            store: Store::Acknowledges,
            reads: false,
            stamps: false,
            notes_late: false,
            torn: false,
            follower: false,
            keeps: false,
            wishes: &[],
            start: Start::NamedWithLast,
            times: Times::QUICK,
            runs: 1,
            looks: Looks::Either,
            allows: ALL,
            people: &[],
            deeds: 0,
            trust: false,
            adopt: Adopt::Dates,
            waives: &[],
            decide,
        }
    }
}
