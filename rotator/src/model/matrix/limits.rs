//! What is not kept, and how soon it shows. Each is a limit in SPEC.md.

use alloc::vec::Vec;

use super::super::setup::{Deed, Setup, Start, Store};
use super::troubles::{
    BOUNDLESS, CLOCKS, HURRIED, HURRIED_FRESH, LONG_JOBS, PLAIN, PLAIN_LATE, RETIRE, SLOW_LONG_REST,
};
use super::{Row, row};
use crate::Memory;

pub fn rows() -> Vec<Row> {
    let ledger = |name| Setup { allows: PLAIN, ..Setup::named(name, Memory::Ledger) };
    let dates = |name| Setup { allows: PLAIN, ..Setup::named(name, Memory::Dates) };
    let document = |name| Setup { allows: PLAIN, ..Setup::named(name, Memory::Document) };
    alloc::vec![
        row(
            "somebody puts LAST's pair back into the store while a run, to which the store's answer is late, is about to delete it; `rotator rollback` waits",
            Setup { reads: true, people: &[Deed::PutsBack], deeds: 1, ..ledger("limit-put-back") },
        ),
        row(
            "two runs begin with a user who has no key, and one of them gets old names: the tags may name the older of two new keys",
            Setup { start: Start::Empty, runs: 2, allows: HURRIED, ..ledger("limit-two-first") },
        ),
        row(
            "what the store held is noted although another run has named its key since the rotation was opened",
            Setup {
                stamps: true,
                notes_late: true,
                start: Start::Empty,
                runs: 2,
                allows: HURRIED_FRESH,
                ..ledger("limit-noted-late")
            },
        ),
        row(
            "a store that takes a pair in two writes serves nothing that works between them",
            Setup { reads: true, torn: true, allows: PLAIN, ..ledger("limit-torn") },
        ),
        row(
            "two stores get each pair, the first decides, and a pair does not come as far as the second",
            Setup { reads: true, follower: true, ..ledger("limit-follower") },
        ),
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
            "LAST retired without a memory; no command line asks for it",
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
