//! The worlds that are walked: one row for each kind of memory, store, beginning and trouble. The
//! standard rows are walked by `cargo test`, the deep ones by `cargo xtask check --deep`.

use alloc::vec::Vec;

use super::explore::SETTLES;
use super::pins::PINS;
use super::setup::{Allows, Deed, Setup, Start, Store, Times};
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

/// Everything goes wrong that may, but for what a row is about.
const ALL: Allows = Allows {
    faults: true,
    late_requests: true,
    rejections: true,
    stale_lists: true,
    stale_slots: true,
    late_use: true,
    unread_use: true,
    propagation: true,
    words: true,
    ..Allows::JOBS
};
const PUNCTUAL: Allows = Allows { late_requests: false, ..ALL };
/// What a second run meets: no lateness but that of lists and slots.
const PLAIN: Allows =
    Allows { late_use: false, unread_use: false, propagation: false, words: false, ..PUNCTUAL };
const PLAIN_LATE: Allows = Allows { late_requests: true, ..PLAIN };
/// Requests that land late, and little else.
const HASTY: Allows = Allows { stale_slots: false, ..PLAIN_LATE };
/// Runs die, answers are lost, and people say what they know.
const TOLD: Allows = Allows { faults: true, words: true, ..Allows::JOBS };
const OWN_KEY: Allows = Allows { own_key: true, ..PLAIN };
const CLOCKS: Allows = Allows { clock_off: true, slots_clock_off: true, ..PLAIN };
const QUOTA: Allows = Allows { beyond_quota: true, ..PLAIN };
/// Nothing goes wrong, and jobs run all the time.
const CALM: Allows = Allows { jobs: false, eager_jobs: true, ..Allows::JOBS };
const BUSY: Allows = Allows { late_use: true, unread_use: true, ..EAGER };
const EAGER: Allows = Allows { jobs: false, eager_jobs: true, ..PLAIN };

const BREAK: &[Deed] = &[
    Deed::Creates,
    Deed::Uses,
    Deed::Deactivates,
    Deed::Deletes,
    Deed::DeactivatesOther,
    Deed::DeletesOther,
    Deed::Activates,
    Deed::Recreates,
];
const EDIT: &[Deed] = &[Deed::Wipes, Deed::DropsCurrent, Deed::Swaps];
const OTHER: &[Deed] = &[Deed::UsesOther];
const LOSE: &[Deed] = &[Deed::Wipes, Deed::DropsCurrent];

const RETIRE: Times = Times { max_age: 3, retire: Some(2), ..Times::QUICK };
/// A tick of slack for each clock that may be a tick off.
const SLACK: Times =
    Times { max_age: 4, min_age: 3, stray_after: 3, settle: 2, longest_job: 1, ..Times::QUICK };
/// A run is short, and its pair may be on its way for two ticks more.
const SLOW_PIPELINE: Times = Times { max_age: 4, min_age: 3, stray_after: 3, longest_job: 3, ..Times::QUICK };
/// The quarantine is longer than the rest.
const LONG_RETIRE: Times = Times { max_age: 4, retire: Some(3), ..Times::QUICK };
/// Jobs last longer than runs, as they do.
const LONG_REST: Times = Times { max_age: 4, min_age: 3, longest_job: 3, ..Times::QUICK };
const SLOW_LONG_REST: Times = Times { max_age: 5, min_age: 4, longest_job: 4, ..Times::SLOW };
const BOUNDLESS: Times = Times { deadline: 1, ..Times::QUICK };
const LONG_JOBS: Times = Times { longest_job: 2, ..Times::QUICK };

/// All rows.
#[must_use]
pub fn matrix() -> Vec<Row> {
    let mut rows = documents();
    rows.extend(ledgers());
    rows.extend(dates());
    rows.extend(limits());
    rows
}

fn documents() -> Vec<Row> {
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
        row("LAST is retired", Setup { times: RETIRE, allows: PUNCTUAL, ..document("document-retire") }),
        row(
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

fn ledgers() -> Vec<Row> {
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
        row(
            "requests that land late: a name may be lost, which needs a person and takes nothing",
            Setup { allows: HASTY, ..late("ledger-late") },
        ),
        row("two runs", Setup { runs: 2, allows: PLAIN, ..ledger("ledger-two-runs") }),
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
        row(
            "a person breaks or makes a key",
            Setup { people: BREAK, deeds: 1, allows: PLAIN, ..ledger("ledger-people") }
        ),
        row(
            "a person removes the tags, or CURRENT's name",
            Setup { people: LOSE, deeds: 1, allows: PLAIN, ..pipeline("ledger-wiped") }
        ),
        row("runs that last and wait", Setup { times: Times::SLOW, allows: PLAIN, ..ledger("ledger-slow") }),
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
        row(
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

fn dates() -> Vec<Row> {
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

/// What is not kept, and how soon it shows. Each is a limit in SPEC.md.
fn limits() -> Vec<Row> {
    let ledger = |name| Setup { allows: PLAIN, ..Setup::named(name, Memory::Ledger) };
    let dates = |name| Setup { allows: PLAIN, ..Setup::named(name, Memory::Dates) };
    let document = |name| Setup { allows: PLAIN, ..Setup::named(name, Memory::Document) };
    alloc::vec![
        row(
            "a ledger that lies is believed: somebody swaps CURRENT and LAST in the tags",
            Setup { people: &[Deed::Swaps], deeds: 1, ..ledger("limit-lying-ledger") },
        ),
        row(
            "without a memory, a key that a person makes and uses looks like ours",
            Setup { people: &[Deed::Creates, Deed::Uses], deeds: 2, ..dates("limit-dates-person") },
        ),
        row(
            "a pipeline that drops a pair which counted as stored",
            Setup {
                store: Store::Pipeline,
                trust: true,
                waives: &["ledger-true"],
                ..ledger("limit-trusted-pipeline")
            },
        ),
        row(
            "no memory, no key, two runs: nothing keeps their first keys apart",
            Setup { runs: 2, start: Start::Empty, times: SLOW_LONG_REST, ..dates("limit-dates-first-two") },
        ),
        row(
            "LAST retired without a memory; `Limits` and the command line refuse it",
            Setup { times: RETIRE, store: Store::Pipeline, ..dates("limit-dates-retire") },
        ),
        row(
            "a run that outlives `stray_after`; `Limits::new` refuses such times",
            Setup { times: BOUNDLESS, runs: 2, waives: &["no-false-refusal"], ..ledger("limit-no-deadline") },
        ),
        row("a job that outlives `min_age`", Setup { times: LONG_JOBS, ..document("limit-long-jobs") }),
        row(
            "clocks a tick off, without slack in `settle`",
            Setup { allows: CLOCKS, ..document("limit-clocks") },
        ),
        row(
            "clocks a tick off, without slack in `min_age`",
            Setup { allows: CLOCKS, waives: &["no-false-refusal"], ..document("limit-clocks-rest") },
        ),
        row(
            "a write of names that lands late undoes a newer one: a person is asked",
            Setup { allows: PLAIN_LATE, ..ledger("limit-late-names") },
        ),
    ]
}

fn row(about: &'static str, setup: Setup) -> Row {
    let pin = PINS.iter().find(|(name, _)| *name == setup.name);
    Row { setup, about, standard: true, expect: pin.map_or(Expect::Unknown, |(_, expect)| *expect) }
}

fn deep(about: &'static str, setup: Setup) -> Row {
    Row { standard: false, ..row(about, setup) }
}

impl Setup {
    /// The plain case: CURRENT and LAST are named, one run, everything may be late or lost.
    fn named(name: &'static str, memory: Memory) -> Self {
        Self {
            name,
            memory,
            store: Store::Acknowledges,
            start: Start::NamedWithLast,
            times: Times::QUICK,
            runs: 1,
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
