//! Worlds in which the store keeps the names.

use alloc::vec::Vec;

use super::super::setup::{Allows, Setup, Start, Store, Times};
use super::troubles::{BREAK, CLOCKS, EDIT, LONG_REST, PLAIN, PLAIN_LATE, PUNCTUAL, QUOTA, RETIRE, SLACK};
use super::{Row, deep, row};
use crate::Memory;

pub fn rows() -> Vec<Row> {
    let document = |name| Setup { store: Store::Acknowledges, ..Setup::named(name, Memory::Document) };
    alloc::vec![
        row("one run, and everything that can be late or lost", document("document")),
        row(
            "two runs; the last writer wins",
            Setup { runs: 2, allows: PLAIN, ..document("document-two-runs") }
        ),
        row(
            "two runs; the store refuses a write over one that the writer has not seen",
            Setup { runs: 2, allows: PLAIN, store: Store::Swaps, ..document("document-swaps") },
        ),
        row(
            "IAM makes a third key, and the store refuses a write over one that was not seen",
            Setup {
                runs: 2,
                allows: QUOTA,
                start: Start::Named,
                store: Store::Swaps,
                waives: &["no-false-refusal"],
                ..document("document-beyond-quota")
            },
        ),
        row(
            "a user without a key, two runs, and a store that refuses a write over one that was not seen",
            Setup {
                start: Start::Empty,
                runs: 2,
                allows: PLAIN,
                store: Store::Swaps,
                ..document("document-two-first")
            },
        ),
        row(
            "one run, and a store that refuses a write over one that was not seen",
            Setup { store: Store::Swaps, ..document("document-swaps-alone") },
        ),
        row("LAST is retired", Setup { times: RETIRE, allows: PUNCTUAL, ..document("document-retire") }),
        deep(
            "a user without a key",
            Setup { start: Start::Empty, allows: PLAIN_LATE, ..document("document-first-key") }
        ),
        row(
            "one key that was there before",
            Setup { start: Start::Unmet, allows: PUNCTUAL, ..document("document-unmet") }
        ),
        row(
            "two keys that were there before, the newer served",
            Setup { start: Start::UnmetNewerServed, allows: PUNCTUAL, ..document("document-unmet-newer") },
        ),
        row(
            "two keys that were there before, the older served",
            Setup { start: Start::UnmetOlderServed, allows: PUNCTUAL, ..document("document-unmet-older") },
        ),
        row(
            "a person breaks or makes a key",
            Setup { people: BREAK, deeds: 1, allows: PLAIN, ..document("document-people") }
        ),
        row(
            "a person removes the document, edits it, or restores its older version",
            Setup { people: EDIT, deeds: 1, allows: PUNCTUAL, ..document("document-edited") },
        ),
        row(
            "runs that last and wait",
            Setup { times: Times::SLOW, allows: PLAIN, ..document("document-slow") }
        ),
        row(
            "jobs that last longer than runs",
            Setup { times: LONG_REST, allows: PUNCTUAL, ..document("document-long-jobs") }
        ),
        row("nothing goes wrong", Setup { allows: Allows::JOBS, ..document("document-faultless") }),
        row(
            "clocks a tick off, with the slack they need",
            Setup { times: SLACK, allows: CLOCKS, ..document("document-clocks") }
        ),
        deep("two runs, and everything", Setup { runs: 2, ..document("document-two-runs-all") }),
        deep(
            "a person, and everything",
            Setup { people: BREAK, deeds: 1, ..document("document-people-all") }
        ),
        deep(
            "two deeds of people",
            Setup { people: BREAK, deeds: 2, allows: PLAIN, ..document("document-people-twice") }
        ),
        deep(
            "runs that last and wait, and everything",
            Setup { times: Times::SLOW, ..document("document-slow-all") }
        ),
        deep("LAST is retired, and everything", Setup { times: RETIRE, ..document("document-retire-all") }),
        deep(
            "two runs, late requests; the store refuses a write over one that the writer has not seen",
            Setup { runs: 2, allows: PLAIN_LATE, store: Store::Swaps, ..document("document-swaps-late") },
        ),
    ]
}
