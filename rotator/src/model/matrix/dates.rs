//! Worlds without a memory.

use alloc::vec::Vec;

use super::super::setup::{Setup, Start, Store, Times};
use super::troubles::{BREAK, BUSY, CALM, EAGER, LONG_REST, OTHER, PLAIN, SLOW_PIPELINE, TOLD};
use super::{Row, deep, row};
use crate::Memory;

pub fn rows() -> Vec<Row> {
    let dates = |name| Setup::named(name, Memory::Dates);
    let pipeline = |name| Setup { store: Store::Pipeline, ..dates(name) };
    alloc::vec![
        row("no memory; a store that acknowledges", dates("dates")),
        row("no memory; a pipeline", pipeline("dates-pipeline")),
        row("two runs", Setup { runs: 2, allows: PLAIN, ..dates("dates-two-runs") }),
        row(
            "two runs, and people who say what the store serves",
            Setup { runs: 2, allows: TOLD, times: Times::SLOW, ..dates("dates-two-runs-told") }
        ),
        row("a user without a key", Setup { start: Start::Empty, ..pipeline("dates-first-key") }),
        row(
            "a person breaks or makes a key",
            Setup { people: BREAK, deeds: 1, allows: PLAIN, ..dates("dates-people") }
        ),
        row(
            "jobs run all the time, and a person uses what is not served",
            Setup { people: OTHER, deeds: 2, times: LONG_REST, allows: BUSY, ..dates("dates-busy-people") },
        ),
        row("runs that last and wait", Setup { times: Times::SLOW, allows: PLAIN, ..pipeline("dates-slow") }),
        row(
            "a pipeline that stores as late as it may",
            Setup { times: SLOW_PIPELINE, allows: PLAIN, ..pipeline("dates-late-pipeline") },
        ),
        row("jobs that last longer than runs", Setup { times: LONG_REST, ..pipeline("dates-long-jobs") }),
        row(
            "nothing goes wrong, from the first key on",
            Setup { allows: CALM, start: Start::Empty, ..dates("dates-first-faultless") }
        ),
        row(
            "nothing goes wrong, and jobs run all the time",
            Setup { allows: CALM, ..dates("dates-faultless") }
        ),
        row(
            "a delivered pair counts as stored, as the Python tool assumes; jobs run all the time",
            Setup { allows: EAGER, trust: true, ..dates("dates-trust") },
        ),
        row(
            "a delivered pair counts as stored; a pipeline that drops, and jobs that run all the time",
            Setup { allows: EAGER, trust: true, store: Store::Pipeline, ..dates("dates-trust-dropped") },
        ),
        deep("two runs, and everything", Setup { runs: 2, ..dates("dates-two-runs-all") }),
        deep(
            "runs that last and wait, and everything",
            Setup { times: Times::SLOW, ..pipeline("dates-slow-all") }
        ),
    ]
}
