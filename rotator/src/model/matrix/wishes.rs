//! Worlds in which somebody asks for one key: to serve LAST again, to let it work again, to switch off what
//! has leaked.

use alloc::vec::Vec;

use super::super::setup::{Setup, Start, Store, Wish};
use super::troubles::{HURRIED, LONG, LONG_QUARANTINE, PLAIN, PLAIN_LATE, RETIRE};
use super::{Row, deep, row};
use crate::Memory;

const ROLL_BACK: &[Wish] = &[Wish::RollBack];
const REVIVE: &[Wish] = &[Wish::Revive];
const REVOKE: &[Wish] = &[Wish::RevokeCurrent, Wish::RevokeLast];

pub fn rows() -> Vec<Row> {
    let kept = |name, memory| Setup {
        keeps: true,
        times: LONG,
        allows: PLAIN,
        deeds: 1,
        ..Setup::named(name, memory)
    };
    let document = |name| kept(name, Memory::Document);
    let read = |name| Setup { reads: true, ..kept(name, Memory::Ledger) };
    let ledger = |name| Setup { keeps: false, ..kept(name, Memory::Ledger) };
    alloc::vec![
        row(
            "a document; LAST is served again, and asked for twice",
            Setup { wishes: ROLL_BACK, deeds: 2, allows: HURRIED, ..document("document-roll-back") }
        ),
        deep(
            "a document that compares, two runs; LAST is served again",
            Setup {
                wishes: ROLL_BACK,
                runs: 2,
                store: Store::Swaps,
                ..document("document-roll-back-two-runs")
            },
        ),
        row(
            "a store that can be asked; LAST is served again",
            Setup { wishes: ROLL_BACK, allows: HURRIED, ..read("read-roll-back") }
        ),
        row(
            "a store that does not keep LAST's pair; it is to be served again",
            Setup { wishes: ROLL_BACK, allows: HURRIED, ..ledger("ledger-roll-back") }
        ),
        row(
            "LAST is retired, and is to be served again or to work again",
            Setup {
                wishes: &[Wish::RollBack, Wish::Revive],
                times: LONG_QUARANTINE,
                allows: HURRIED,
                ..document("document-retired-roll-back")
            }
        ),
        row("a document; a key has leaked", Setup { wishes: REVOKE, ..document("document-revoke") }),
        row(
            "a store that cannot be asked; a key has leaked",
            Setup { wishes: REVOKE, ..ledger("ledger-revoke") }
        ),
        row(
            "a store that can be asked; a key has leaked",
            Setup { wishes: REVOKE, allows: HURRIED, ..read("read-revoke") }
        ),
        row(
            "a user with one key, which has leaked",
            Setup { wishes: REVOKE, start: Start::Named, ..document("document-revoke-only") },
        ),
        row(
            "LAST is retired, and is to work again",
            Setup { wishes: REVIVE, times: RETIRE, ..document("document-revive") },
        ),
        deep(
            "LAST is retired beside a ledger, and is to work again",
            Setup { wishes: REVIVE, times: RETIRE, ..ledger("ledger-revive") },
        ),
        deep(
            "a document, late requests; LAST is served again",
            Setup { wishes: ROLL_BACK, allows: PLAIN_LATE, ..document("document-roll-back-late") },
        ),
        deep(
            "a store that can be asked, two runs; LAST is served again",
            Setup { wishes: ROLL_BACK, runs: 2, allows: HURRIED, ..read("read-roll-back-two-runs") },
        ),
        deep(
            "a store that can be asked; LAST is served again, and everything that a second run meets",
            Setup { wishes: ROLL_BACK, ..read("read-roll-back-all") },
        ),
        deep(
            "a store that can be asked; a key has leaked, and everything that a second run meets",
            Setup { wishes: REVOKE, ..read("read-revoke-all") },
        ),
        deep(
            "a document, two runs; a key has leaked",
            Setup { wishes: REVOKE, runs: 2, ..document("document-revoke-two-runs") },
        ),
    ]
}
