//! Every claim about one decision, on observations from the whole input space, reachable or not.
//!
//! The space (statuses, ages and uses around each threshold, every slot assignment, every hand and
//! word, each policy) has some 10^9 points. They are visited in an order that spreads evenly over all
//! dimensions; `ROTATOR_POINTS=N` visits N for each number of keys and memory, and each point once if
//! N is large enough.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use core::time::Duration;
use std::collections::BTreeMap;

use rotator::*;

const SECOND: Duration = Duration::from_secs(1);
const SETTLE: Duration = Duration::from_secs(60);
const STRAY: Duration = Duration::from_secs(3_600);
const REST: Duration = Duration::from_secs(12 * 3_600);
const WEEK: Duration = Duration::from_secs(7 * 86_400);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// How many points are visited for each number of keys and each memory.
const POINTS: u64 = 200_000;

#[test]
fn document() {
    visit_all(
        Memory::Document,
        &[
            ("adopt", 380),
            ("ambiguous-current", 230),
            ("another-user", 16_569),
            ("create", 114),
            ("current-inactive", 6_189),
            ("current-missing", 41_051),
            ("deactivate", 85),
            ("delete", 1_214),
            ("done", 7_033),
            ("in-flight", 4_684),
            ("list-may-lag", 160_826),
            ("may-be-in-use", 1_002),
            ("observations", 273_888),
            ("open", 1_299),
            ("own-key", 920),
            ("promote", 5_983),
            ("slots-are-new", 2_907),
            ("stage", 1_613),
            ("store-rejects", 5_407),
            ("too-many-keys", 1_664),
            ("too-new", 704),
            ("unknown-key", 13_694),
            ("use-unreadable", 320),
        ],
    );
}

#[test]
fn ledger() {
    visit_all(
        Memory::Ledger,
        &[
            ("adopt", 2_437),
            ("ambiguous-current", 230),
            ("another-user", 21_497),
            ("create", 172),
            ("current-inactive", 12_025),
            ("current-missing", 86_442),
            ("deactivate", 98),
            ("delete", 1_488),
            ("done", 7_595),
            ("in-flight", 7_106),
            ("list-may-lag", 168_865),
            ("may-be-in-use", 1_170),
            ("maybe-served", 1_717),
            ("observations", 356_265),
            ("open", 1_470),
            ("own-key", 1_151),
            ("promote", 11_566),
            ("publish", 333),
            ("slots-are-new", 3_975),
            ("stage", 1_613),
            ("store-rejects", 7_802),
            ("too-many-keys", 2_288),
            ("too-new", 704),
            ("unknown-key", 14_180),
            ("use-unreadable", 341),
        ],
    );
}

#[test]
fn dates() {
    visit_all(
        Memory::Dates,
        &[
            ("ambiguous-current", 9_006),
            ("another-user", 25_796),
            ("create", 6_493),
            ("current-inactive", 46_276),
            ("current-missing", 36_586),
            ("deactivate", 1_990),
            ("delete", 13_588),
            ("done", 68_881),
            ("in-flight", 7_375),
            ("list-may-lag", 136_849),
            ("may-be-in-use", 13_789),
            ("maybe-served", 5_095),
            ("observations", 412_736),
            ("own-key", 7_870),
            ("publish", 18_095),
            ("store-rejects", 10_285),
            ("too-many-keys", 3_751),
            ("use-unreadable", 1_011),
        ],
    );
}

/// What the visit comes to is pinned: a change of the rules or of the space shows here.
fn visit_all(memory: Memory, pinned: &[(&str, u64)]) {
    let points = std::env::var("ROTATOR_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(POINTS);
    let policies = policies();
    let mut counts = BTreeMap::new();
    for keys in 0..=3 {
        // Three keys have one answer.
        let points = if keys == 3 { points / 50 } else { points };
        visit(keys, memory, points, &policies, &mut counts);
    }
    if points == POINTS {
        let counted: Vec<_> = counts.into_iter().collect();
        assert_eq!(counted, pinned);
    }
}

fn visit(
    keys: usize,
    memory: Memory,
    points: u64,
    policies: &[Policy],
    counts: &mut BTreeMap<&'static str, u64>,
) {
    let size = facts(&mut Wheels::at(0), keys, memory, policies).2;
    let step = coprime_near(size / 1_000 * 618, size);
    for n in 0..points.min(size) {
        let at = u64::try_from(u128::from(n) * u128::from(step) % u128::from(size)).expect("below size");
        let (facts, policy, _) = facts(&mut Wheels::at(at), keys, memory, policies);
        let Ok(seen) = Observation::new(facts) else { continue };
        let decision = decide(&seen, policy);
        *counts.entry("observations").or_default() += 1;
        *counts.entry(decision.code()).or_default() += 1;
        for claim in CLAIMS {
            if let Holds::Decision(holds) = claim.holds {
                let held = holds(&seen, policy, &decision);
                assert!(held, "{}: {decision:?}\n{policy:?}\n{:?}", claim.name, seen.facts());
            }
        }
    }
}

/// One point of the space: facts, policy, and how many points there are.
fn facts<'a>(
    wheels: &mut Wheels,
    count: usize,
    memory: Memory,
    policies: &'a [Policy],
) -> (Facts, &'a Policy, u64) {
    let ids = ids();
    let [a, b, .., absent] = &ids;
    let policy = &policies[wheels.turn(policies.len())];
    let keys = ids.iter().take(count).map(|id| key(wheels, id)).collect();

    // Where something was written: two listed keys and an absent one, each in any slot or in none.
    let mut slots = Slots::default();
    let mut written = None;
    if memory != Memory::Dates {
        let times = [
            None,
            Some(0),
            Some(60),
            Some(3_599),
            Some(3_600),
            Some(43_200),
            Some(604_800),
            Some(MONTH.as_secs()),
        ];
        written = times[wheels.turn(times.len())].map(Duration::from_secs);
        let named = [(); 3].map(|()| [None, Some(a), Some(b), Some(absent)][wheels.turn(4)].cloned());
        let open = wheels.turn(2) == 1;
        if written.is_some() {
            let [current, last, pending] = named;
            slots = Slots { current, last, pending, open };
        }
    }

    // A key in hand, or a word, or neither.
    let three = [a, b, absent];
    let at = wheels.turn(13);
    let id = three[at % 3].clone();
    let (hand, served) = match at / 3 {
        0 => (Hand::Holds(id), None),
        1 => (Hand::Sent(id), None),
        2 => (Hand::Stored(id), None),
        3 => (Hand::Empty, Some(id)),
        _ => (Hand::Empty, None),
    };
    let writable = wheels.turn(2) == 0;
    let own = [None, Some(a), Some(b)][wheels.turn(3)].cloned();
    let same_user = wheels.turn(16) != 0;
    let facts = Facts { same_user, keys, memory, slots, written, hand, writable, served, own };
    (facts, policy, wheels.size)
}

fn key(wheels: &mut Wheels, id: &AccessKeyId) -> Key {
    let status = [Status::Active, Status::Inactive][usize::from(wheels.turn(4) == 0)];
    let ages = [Duration::ZERO, SETTLE, STRAY, REST, REST + STRAY, REST + STRAY + SECOND, MONTH, 2 * MONTH];
    let age = ages[wheels.turn(ages.len())];
    let agos = [Duration::ZERO, STRAY - SECOND, STRAY, REST - SECOND, REST, WEEK, MONTH];
    let used = match wheels.turn(agos.len() + 2) {
        0 => Used::Never,
        1 => Used::Unknown,
        ago => Used::Ago(agos[ago - 2]),
    };
    Key { id: id.clone(), status, age, used }
}

fn policies() -> Vec<Policy> {
    let keep = Policy { max_age: MONTH, ..Policy::default() };
    vec![
        Policy::default(),
        Policy { retire: Some(WEEK), ..keep.clone() },
        Policy { retire: Some(WEEK), ..Policy::default() },
        Policy { trust: true, ..keep.clone() },
        Policy { trust: true, ..Policy::default() },
        Policy { adopt: Adopt::Never, ..keep.clone() },
        keep,
    ]
}

fn ids() -> [AccessKeyId; 4] {
    ["AKIA_____LISTED1", "AKIA_____LISTED2", "AKIA_____LISTED3", "AKIA______ABSENT"]
        .map(|text| AccessKeyId::parse(text).expect("an id"))
}

/// A point's number, read as one digit for each choice.
struct Wheels {
    rest: u64,
    size: u64,
}

impl Wheels {
    fn at(number: u64) -> Self {
        Self { rest: number, size: 1 }
    }

    fn turn(&mut self, faces: usize) -> usize {
        let faces = faces as u64;
        let face = self.rest % faces;
        self.rest /= faces;
        self.size *= faces;
        usize::try_from(face).expect("fewer faces than usize")
    }
}

/// A step that comes to each of `size` points before it comes to one again.
fn coprime_near(start: u64, size: u64) -> u64 {
    let divisor = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (start.max(1)..).find(|step| divisor(*step, size) == 1).expect("a prime is near")
}
