//! Worlds in which tags keep the names, beside a store that tells when it was written and no more, and
//! worlds in which a pair is stored by two writes.

use alloc::vec::Vec;

use super::super::setup::{Allows, Setup, Start, Times};
use super::troubles::{
    ALL, BREAK, FRESH, HASTY, HURRIED, HURRIED_FRESH, LONG_REST, LOSE, PLAIN, PUNCTUAL, RETIRE,
};
use super::{Row, deep, row};
use crate::Memory;

pub fn rows() -> Vec<Row> {
    let stamped = |name| Setup { stamps: true, allows: PUNCTUAL, ..Setup::named(name, Memory::Ledger) };
    let late = |name| Setup { waives: &["no-false-refusal"], ..stamped(name) };
    // Until the next rotation puts a whole pair there, nothing that is served works.
    let torn = |name| Setup {
        reads: true,
        torn: true,
        allows: PUNCTUAL,
        waives: &["current-works", "ledger-true"],
        ..Setup::named(name, Memory::Ledger)
    };
    alloc::vec![
        row("one run, and everything punctual that can be lost", stamped("stamped")),
        deep(
            "requests that land late: a name may be lost, which needs a person and takes nothing",
            Setup { allows: HASTY, ..late("stamped-late") },
        ),
        deep(
            "two runs; the last writer wins",
            Setup { runs: 2, allows: PLAIN, ..stamped("stamped-two-runs") }
        ),
        row("LAST is retired", Setup { times: RETIRE, allows: PLAIN, ..stamped("stamped-retire") }),
        row(
            "a user without a key, and two runs that see the latest names",
            Setup { start: Start::Empty, runs: 2, allows: HURRIED_FRESH, ..stamped("stamped-two-first") }
        ),
        deep(
            "a user without a key, and two runs",
            Setup {
                start: Start::Empty,
                runs: 2,
                allows: HURRIED,
                waives: &["ledger-true"],
                ..stamped("stamped-two-first-stale")
            }
        ),
        row(
            "a user without a key",
            Setup { start: Start::Empty, allows: PLAIN, ..stamped("stamped-first-key") }
        ),
        row(
            "one key that was there before",
            Setup { start: Start::Unmet, allows: PLAIN, ..stamped("stamped-unmet") }
        ),
        deep(
            "a person breaks or makes a key",
            Setup { people: BREAK, deeds: 1, allows: PLAIN, ..stamped("stamped-people") }
        ),
        deep(
            "a person removes the tags, or CURRENT's name",
            Setup { people: LOSE, deeds: 1, allows: PLAIN, ..stamped("stamped-wiped") }
        ),
        deep(
            "runs that last and wait",
            Setup { times: Times::SLOW, allows: PLAIN, ..stamped("stamped-slow") }
        ),
        row(
            "jobs that last longer than runs",
            Setup { times: LONG_REST, allows: PLAIN, ..stamped("stamped-long-jobs") }
        ),
        row("nothing goes wrong", Setup { allows: Allows::JOBS, ..stamped("stamped-faultless") }),
        deep("requests that land late, and everything", Setup { allows: ALL, ..late("stamped-late-all") }),
        row("a pair of two writes, and a run that dies between them", torn("torn")),
        row("the same, and two runs", Setup { runs: 2, allows: FRESH, ..torn("torn-two-runs") }),
        row(
            "the same, for a user without a key",
            Setup { start: Start::Empty, allows: PLAIN, ..torn("torn-first-key") }
        ),
        deep(
            "the second write lands late",
            Setup {
                allows: HASTY,
                waives: &["current-works", "ledger-true", "no-false-refusal"],
                ..torn("torn-late")
            }
        ),
    ]
}
