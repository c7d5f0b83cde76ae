//! Worlds in which tags keep the names, beside a store that can be asked which key it serves.

use alloc::vec::Vec;

use super::super::setup::{Allows, Deed, Setup, Start, Times};
use super::troubles::{ALL, BREAK, FRESH, HASTY, HURRIED, LONG_REST, LOSE, PLAIN, PUNCTUAL, RETIRE};
use super::{Row, deep, row};
use crate::Memory;

pub fn rows() -> Vec<Row> {
    let read = |name| Setup { reads: true, allows: PUNCTUAL, ..Setup::named(name, Memory::Ledger) };
    let late = |name| Setup { waives: &["no-false-refusal"], ..read(name) };
    alloc::vec![
        row("one run, and everything punctual that can be lost; the last writer wins", read("read")),
        deep(
            "requests that land late: a name may be lost, which needs a person and takes nothing",
            Setup { allows: HASTY, ..late("read-late") },
        ),
        deep("two runs; the last writer wins", Setup { runs: 2, allows: PLAIN, ..read("read-two-runs") }),
        row("LAST is retired", Setup { times: RETIRE, allows: PLAIN, ..read("read-retire") }),
        row(
            "a user without a key, and two runs",
            Setup { start: Start::Empty, runs: 2, allows: HURRIED, ..read("read-two-first") }
        ),
        row("a user without a key", Setup { start: Start::Empty, allows: PLAIN, ..read("read-first-key") }),
        row(
            "one key that was there before",
            Setup { start: Start::Unmet, allows: PLAIN, ..read("read-unmet") }
        ),
        row(
            "two keys that were there before, the newer served",
            Setup { start: Start::UnmetNewerServed, allows: PLAIN, ..read("read-unmet-newer") },
        ),
        row(
            "two keys that were there before, the older served",
            Setup { start: Start::UnmetOlderServed, allows: PLAIN, ..read("read-unmet-older") },
        ),
        deep(
            "a person breaks or makes a key",
            Setup { people: BREAK, deeds: 1, allows: PLAIN, ..read("read-people") }
        ),
        deep(
            "a person removes the tags, or CURRENT's name",
            Setup { people: LOSE, deeds: 1, allows: PLAIN, ..read("read-wiped") }
        ),
        row(
            "a person swaps the names, or puts LAST's pair back into the store",
            Setup {
                people: &[Deed::Swaps, Deed::PutsBack],
                deeds: 1,
                times: LONG_REST,
                allows: FRESH,
                ..read("read-put-back")
            },
        ),
        row("runs that last and wait", Setup { times: Times::SLOW, allows: PLAIN, ..read("read-slow") }),
        row(
            "jobs that last longer than runs",
            Setup { times: LONG_REST, allows: PLAIN, ..read("read-long-jobs") }
        ),
        row("nothing goes wrong", Setup { allows: Allows::JOBS, ..read("read-faultless") }),
        deep("requests that land late, and everything", Setup { allows: ALL, ..late("read-late-all") }),
        deep("two runs, and everything that is punctual", Setup { runs: 2, ..read("read-two-runs-all") }),
        deep(
            "two deeds of people",
            Setup { people: BREAK, deeds: 2, allows: PLAIN, ..read("read-people-twice") }
        ),
        deep(
            "runs that last and wait, and everything that is punctual",
            Setup { times: Times::SLOW, ..read("read-slow-all") }
        ),
    ]
}
