//! Every claim about one decision, on observations from the whole input space, reachable or not
//! (`model::visit_points`). `ROTATOR_POINTS=N` visits N for each number of keys and memory;
//! `ROTATOR_DEEP=1` visits a hundred times as many as otherwise.

#![expect(clippy::panic, reason = "a test may fail loudly")]

use rotator::model::visit_points;
use rotator::{Memory, decide};

/// How many points are visited for each number of keys and each memory.
const POINTS: u64 = 200_000;

#[test]
fn document() {
    visit_all(
        Memory::Document,
        &[
            ("activate", 814),
            ("adopt", 613),
            ("ambiguous-current", 307),
            ("another-user", 46_034),
            ("create", 164),
            ("current-inactive", 4_876),
            ("current-missing", 36_975),
            ("deactivate", 125),
            ("delete", 977),
            ("done", 11_220),
            ("goes-on", 11_122),
            ("in-flight", 3_785),
            ("last-inactive", 264),
            ("list-may-lag", 124_850),
            ("may-be-in-use", 716),
            ("may-be-taken", 109),
            ("needs-no-use", 13_017),
            ("not-kept", 625),
            ("not-last", 23_508),
            ("observations", 285_228),
            ("open", 1_594),
            ("own-key", 399),
            ("promote", 4_470),
            ("rest", 191),
            ("restore", 64),
            ("slots-are-new", 1_593),
            ("stage", 827),
            ("store-rejects", 6_493),
            ("too-many-keys", 1_296),
            ("too-new", 1_035),
            ("unknown-key", 11_001),
            ("use-unreadable", 303),
        ],
    );
}

#[test]
fn ledger() {
    visit_all(
        Memory::Ledger,
        &[
            ("activate", 892),
            ("adopt", 1_614),
            ("ambiguous-current", 447),
            ("another-user", 57_105),
            ("create", 267),
            ("current-inactive", 9_678),
            ("current-missing", 51_752),
            ("deactivate", 171),
            ("delete", 1_207),
            ("done", 14_700),
            ("goes-on", 20_175),
            ("in-flight", 5_667),
            ("last-inactive", 368),
            ("list-may-lag", 138_102),
            ("may-be-in-use", 538),
            ("may-be-taken", 144),
            ("maybe-served", 883),
            ("needs-no-use", 23_521),
            ("not-kept", 673),
            ("not-last", 31_245),
            ("nothing-served", 119),
            ("observations", 355_590),
            ("open", 2_222),
            ("own-key", 614),
            ("promote", 12_247),
            ("publish", 222),
            ("rest", 457),
            ("restore", 33),
            ("slots-are-new", 2_041),
            ("stage", 678),
            ("store-rejects", 7_044),
            ("too-many-keys", 1_632),
            ("too-new", 2_314),
            ("unknown-key", 10_110),
            ("use-unreadable", 404),
        ],
    );
}

#[test]
fn dates() {
    visit_all(
        Memory::Dates,
        &[
            ("activate", 3_689),
            ("ambiguous-current", 7_301),
            ("another-user", 18_637),
            ("create", 5_246),
            ("current-inactive", 27_174),
            ("current-missing", 19_630),
            ("deactivate", 1_380),
            ("delete", 5_778),
            ("done", 60_661),
            ("goes-on", 11_639),
            ("in-flight", 5_262),
            ("last-inactive", 886),
            ("list-may-lag", 94_183),
            ("may-be-in-use", 7_800),
            ("maybe-served", 3_595),
            ("needs-no-use", 32_933),
            ("not-kept", 2_628),
            ("not-last", 9_398),
            ("observations", 298_155),
            ("own-key", 3_585),
            ("publish", 7_624),
            ("slots-are-new", 178),
            ("store-rejects", 10_608),
            ("too-many-keys", 2_511),
            ("use-unreadable", 401),
        ],
    );
}

/// What the visit comes to is pinned: a change of the rules or of the space shows here.
fn visit_all(memory: Memory, pinned: &[(&str, u64)]) {
    let asked = std::env::var("ROTATOR_POINTS").ok().and_then(|n| n.parse().ok());
    let deep = std::env::var_os("ROTATOR_DEEP").is_some();
    let points = asked.unwrap_or(if deep { 100 * POINTS } else { POINTS });
    let counts = match visit_points(memory, points, decide) {
        Ok(counts) => counts,
        Err(unclaimed) => panic!("{}: {}", unclaimed.claim, unclaimed.told),
    };
    println!("{memory:?}: {} observations", counts.get("observations").copied().unwrap_or_default());
    if points == POINTS {
        let counted: Vec<_> = counts.into_iter().collect();
        assert_eq!(counted, pinned);
    }
}
