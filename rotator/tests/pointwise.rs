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
            ("adopt", 655),
            ("ambiguous-current", 432),
            ("another-user", 17_588),
            ("create", 255),
            ("current-inactive", 7_558),
            ("current-missing", 57_833),
            ("deactivate", 100),
            ("delete", 1_394),
            ("done", 8_570),
            ("in-flight", 5_725),
            ("list-may-lag", 141_824),
            ("may-be-in-use", 1_178),
            ("observations", 285_028),
            ("open", 2_247),
            ("own-key", 516),
            ("promote", 6_569),
            ("slots-are-new", 2_795),
            ("stage", 1_501),
            ("store-rejects", 8_298),
            ("too-many-keys", 1_424),
            ("too-new", 1_267),
            ("unknown-key", 16_874),
            ("use-unreadable", 425),
        ],
    );
}

#[test]
fn ledger() {
    visit_all(
        Memory::Ledger,
        &[
            ("adopt", 1_980),
            ("ambiguous-current", 432),
            ("another-user", 22_098),
            ("create", 314),
            ("current-inactive", 12_347),
            ("current-missing", 96_026),
            ("deactivate", 109),
            ("delete", 1_650),
            ("done", 9_139),
            ("in-flight", 8_366),
            ("list-may-lag", 148_528),
            ("may-be-in-use", 1_360),
            ("maybe-served", 1_959),
            ("observations", 356_275),
            ("open", 2_389),
            ("own-key", 665),
            ("promote", 10_259),
            ("publish", 465),
            ("slots-are-new", 3_744),
            ("stage", 1_501),
            ("store-rejects", 9_984),
            ("too-many-keys", 1_792),
            ("too-new", 3_364),
            ("unknown-key", 17_348),
            ("use-unreadable", 456),
        ],
    );
}

#[test]
fn dates() {
    visit_all(
        Memory::Dates,
        &[
            ("ambiguous-current", 10_952),
            ("another-user", 25_875),
            ("create", 7_666),
            ("current-inactive", 51_989),
            ("current-missing", 31_881),
            ("deactivate", 1_423),
            ("delete", 11_790),
            ("done", 74_318),
            ("in-flight", 9_541),
            ("list-may-lag", 122_345),
            ("may-be-in-use", 16_277),
            ("maybe-served", 6_668),
            ("observations", 414_080),
            ("own-key", 6_647),
            ("publish", 15_633),
            ("store-rejects", 16_486),
            ("too-many-keys", 3_751),
            ("use-unreadable", 838),
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
