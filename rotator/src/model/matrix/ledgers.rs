//! Worlds in which tags keep the names, beside a store that cannot be read.

use alloc::vec::Vec;

use super::super::explore::SETTLES;
use super::super::setup::{Allows, Deed, Setup, Start, Store, Times};
use super::troubles::{
    ALL, BREAK, BUSY, CLOCKS, HASTY, HURRIED, LONG_REST, LONG_RETIRE, LOSE, OTHER, OWN_KEY, PLAIN, PUNCTUAL,
    QUOTA, RETIRE, SLACK, SLOW_PIPELINE, TOLD,
};
use super::{Row, deep, row};
use crate::Memory;

pub fn rows() -> Vec<Row> {
    let ledger = |name| Setup { allows: PUNCTUAL, ..Setup::named(name, Memory::Ledger) };
    let pipeline = |name| Setup { store: Store::Pipeline, ..ledger(name) };
    let late = |name| Setup { waives: &["no-false-refusal"], ..ledger(name) };
    alloc::vec![
        row("a store that acknowledges", ledger("ledger")),
        row("a pipeline that says nothing, and may drop the pair", pipeline("ledger-pipeline")),
        row(
            "a pipeline that stores as late as it may",
            Setup { times: SLOW_PIPELINE, allows: PLAIN, ..pipeline("ledger-late-pipeline") },
        ),
        deep(
            "requests that land late: a name may be lost, which needs a person and takes nothing",
            Setup { allows: HASTY, ..late("ledger-late") },
        ),
        row("two runs", Setup { runs: 2, allows: PLAIN, ..ledger("ledger-two-runs") }),
        row(
            "a user without a key, and two runs: the names may be those of the older key, and nothing is taken",
            Setup {
                start: Start::Empty,
                runs: 2,
                allows: HURRIED,
                waives: &["ledger-true"],
                ..ledger("ledger-two-first")
            }
        ),
        row(
            "two runs, and people who say what the store serves",
            Setup { runs: 2, allows: TOLD, start: Start::Named, ..ledger("ledger-two-runs-told") }
        ),
        row("LAST is retired", Setup { times: RETIRE, allows: PLAIN, ..ledger("ledger-retire") }),
        row(
            "LAST is retired, and jobs last longer than runs",
            Setup { times: LONG_RETIRE, allows: PLAIN, ..ledger("ledger-long-retire") },
        ),
        row(
            "a user without a key",
            Setup { start: Start::Empty, allows: PLAIN, ..pipeline("ledger-first-key") }
        ),
        row(
            "one key that was there before",
            Setup { start: Start::Unmet, allows: PLAIN, ..pipeline("ledger-unmet") }
        ),
        row(
            "two keys that were there before, the newer served",
            Setup { start: Start::UnmetNewerServed, allows: PLAIN, ..pipeline("ledger-unmet-newer") },
        ),
        row(
            "two keys that were there before, the newer served all the time, and a person who uses the older",
            Setup {
                start: Start::UnmetNewerServed,
                people: OTHER,
                deeds: 2,
                times: LONG_REST,
                allows: BUSY,
                ..ledger("ledger-unmet-newer-busy")
            },
        ),
        row(
            "two keys that were there before, the older served",
            Setup { start: Start::UnmetOlderServed, allows: PLAIN, ..pipeline("ledger-unmet-older") },
        ),
        row(
            "two keys that were there before, the older served all the time, and a person who uses the newer (who may then have to say a word)",
            Setup {
                start: Start::UnmetOlderServed,
                people: OTHER,
                deeds: 2,
                times: LONG_REST,
                allows: BUSY,
                waives: &[SETTLES],
                ..ledger("ledger-unmet-older-busy")
            },
        ),
        deep(
            "a person breaks or makes a key",
            Setup { people: BREAK, deeds: 1, allows: PLAIN, ..ledger("ledger-people") }
        ),
        row(
            "a person removes the tags, or CURRENT's name",
            Setup { people: LOSE, deeds: 1, allows: PLAIN, ..pipeline("ledger-wiped") }
        ),
        deep("runs that last and wait", Setup { times: Times::SLOW, allows: PLAIN, ..ledger("ledger-slow") }),
        row(
            "jobs that last longer than runs",
            Setup { times: LONG_REST, allows: PLAIN, ..pipeline("ledger-long-jobs") }
        ),
        row(
            "a ledger that lies, and jobs that run all the time: the rest since last use holds on to what they use",
            Setup {
                people: &[Deed::Swaps],
                deeds: 1,
                times: LONG_REST,
                allows: BUSY,
                waives: &["ledger-true", SETTLES],
                ..ledger("ledger-lying-busy")
            },
        ),
        row("nothing goes wrong", Setup { allows: Allows::JOBS, ..ledger("ledger-faultless") }),
        row("the run signs with the user's own key", Setup { allows: OWN_KEY, ..ledger("ledger-own-key") }),
        deep(
            "clocks a tick off, with the slack they need",
            Setup { times: SLACK, allows: CLOCKS, ..ledger("ledger-clocks") }
        ),
        row(
            "IAM makes a third key",
            Setup {
                runs: 2,
                allows: QUOTA,
                start: Start::Named,
                store: Store::Pipeline,
                ..late("ledger-beyond-quota")
            }
        ),
        deep("requests that land late, and everything", Setup { allows: ALL, ..late("ledger-late-all") }),
        deep(
            "LAST is retired, and everything that is punctual",
            Setup { times: RETIRE, ..ledger("ledger-retire-all") }
        ),
        deep(
            "a user without a key, and everything that is punctual",
            Setup { start: Start::Empty, ..pipeline("ledger-first-key-all") }
        ),
        deep(
            "one key that was there before, and everything that is punctual",
            Setup { start: Start::Unmet, ..pipeline("ledger-unmet-all") }
        ),
        deep("two runs, and everything that is punctual", Setup { runs: 2, ..ledger("ledger-two-runs-all") }),
        deep("a pipeline and two runs", Setup { runs: 2, ..pipeline("ledger-pipeline-two-runs") }),
        deep(
            "two deeds of people",
            Setup { people: BREAK, deeds: 2, allows: PLAIN, ..ledger("ledger-people-twice") }
        ),
        deep(
            "a person, and everything that is punctual",
            Setup { people: BREAK, deeds: 1, ..pipeline("ledger-people-all") }
        ),
        deep(
            "tags removed, and everything that is punctual",
            Setup { people: LOSE, deeds: 1, ..ledger("ledger-wiped-all") }
        ),
        deep(
            "runs that last and wait, and everything that is punctual",
            Setup { times: Times::SLOW, ..pipeline("ledger-slow-all") }
        ),
    ]
}
