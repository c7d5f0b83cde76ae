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
            ("in-flight", 3_785),
            ("last-inactive", 264),
            ("list-may-lag", 124_850),
            ("may-be-in-use", 716),
            ("may-be-taken", 109),
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
            ("activate", 908),
            ("adopt", 1_576),
            ("ambiguous-current", 263),
            ("another-user", 57_848),
            ("create", 238),
            ("current-inactive", 10_843),
            ("current-missing", 52_339),
            ("deactivate", 207),
            ("delete", 912),
            ("done", 15_301),
            ("in-flight", 6_097),
            ("last-inactive", 416),
            ("list-may-lag", 136_939),
            ("may-be-in-use", 961),
            ("may-be-taken", 83),
            ("maybe-served", 969),
            ("not-kept", 416),
            ("not-last", 30_617),
            ("observations", 356_555),
            ("open", 1_592),
            ("own-key", 513),
            ("promote", 15_067),
            ("publish", 199),
            ("rest", 259),
            ("restore", 36),
            ("slots-are-new", 1_861),
            ("stage", 495),
            ("store-rejects", 6_135),
            ("too-many-keys", 1_584),
            ("too-new", 2_142),
            ("unknown-key", 9_413),
            ("use-unreadable", 326),
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
            ("in-flight", 5_262),
            ("last-inactive", 886),
            ("list-may-lag", 94_183),
            ("may-be-in-use", 7_800),
            ("maybe-served", 3_595),
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
