//! Every world of the matrix, walked from end to end: in each that can be reached, every claim holds, and
//! from each rotation goes on. `ROTATOR_DEEP=1` walks the deep rows too; `UPDATE_PINS=1` writes down what
//! the walks come to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]
#![expect(clippy::disallowed_methods, reason = "how long a walk takes is told, and nothing follows from it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;
use std::time::Instant;

use rotator::model::{Expect, Row, Walk, matrix, walk};

static WALKS: LazyLock<Vec<(Row, Walk)>> = LazyLock::new(|| {
    let deep = std::env::var_os("ROTATOR_DEEP").is_some();
    let rows = matrix().into_iter().filter(|row| deep || row.standard);
    let walks = rows.map(|row| {
        let begun = Instant::now();
        let walk = walk(&row.setup);
        let (name, seconds) = (row.setup.name, begun.elapsed().as_secs_f64());
        let Walk { worlds, edges, depth, observations, .. } = walk;
        println!("{name}: {worlds} worlds, {edges} edges, {depth} steps deep, {observations} observations, {seconds:.2} s");
        (row, walk)
    });
    walks.collect()
});

#[test]
fn each_walk_comes_to_what_is_pinned() {
    if std::env::var_os("UPDATE_PINS").is_some() {
        update_pins();
        return;
    }
    for (row, walk) in WALKS.iter() {
        let name = row.setup.name;
        let story = walk.broken.as_ref().map(|broken| broken.story.join("\n")).unwrap_or_default();
        match (row.expect, &walk.broken) {
            (Expect::Holds { .. }, Some(broken)) => panic!("{name}: {:?}\n{story}", broken.claims),
            (Expect::Holds { worlds, edges }, None) => {
                assert_eq!((walk.worlds, walk.edges), (worlds, edges), "{name}");
            }
            (Expect::Fails { claim, steps }, Some(broken)) => {
                assert!(broken.claims.contains(&claim) && broken.steps == steps, "{name}: {story}");
            }
            (Expect::Fails { claim, .. }, None) => panic!("{name}: {claim} was to fail"),
            (Expect::Unknown, _) => panic!("{name} is not pinned"),
        }
    }
    let holds = WALKS.iter().filter(|(_, walk)| walk.broken.is_none());
    let (worlds, edges) = holds.fold((0, 0), |(w, e), (_, walk)| (w + walk.worlds, e + walk.edges));
    println!("{worlds} worlds and {edges} edges hold");
}

/// A check that never meets a rule does not check it.
#[test]
fn each_decision_occurs() {
    let mut decided = BTreeMap::<&str, u64>::new();
    for (_, walk) in WALKS.iter().filter(|(_, walk)| walk.broken.is_none()) {
        for (word, count) in &walk.decided {
            *decided.entry(word).or_default() += count;
        }
    }
    let words: BTreeSet<_> = decided.keys().copied().collect();
    assert_eq!(words, BTreeSet::from(WORDS), "{decided:?}");
}

/// Where the store tells what it serves, in two writes or in one, no person has to look.
#[test]
fn a_store_that_tells_asks_nobody() {
    let tells = |(row, walk): &&(Row, Walk)| row.setup.reads && walk.broken.is_none();
    let told: Vec<_> = WALKS.iter().filter(tells).collect();
    assert!(told.len() >= 15, "{}", told.len());
    for (row, walk) in told {
        assert_eq!(walk.decided.get("maybe-served"), None, "{}", row.setup.name);
    }
}

/// The stable words of all effects, pauses and refusals, and of nothing being due.
const WORDS: [&str; 31] = [
    "adopt",
    "open",
    "create",
    "stage",
    "publish",
    "promote",
    "rest",
    "restore",
    "activate",
    "deactivate",
    "delete",
    "list-may-lag",
    "slots-are-new",
    "in-flight",
    "may-be-in-use",
    "may-be-taken",
    "too-new",
    "use-unreadable",
    "done",
    "another-user",
    "too-many-keys",
    "current-missing",
    "current-inactive",
    "ambiguous-current",
    "unknown-key",
    "maybe-served",
    "store-rejects",
    "own-key",
    "not-last",
    "last-inactive",
    "not-kept",
];

fn update_pins() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/model/pins.rs");
    let old = std::fs::read_to_string(path).unwrap();
    let (head, _) = old.split_once("= &[").unwrap();
    let mut new = format!("{head}= &[\n");
    for row in matrix() {
        let walked = WALKS.iter().find(|(walked, _)| walked.setup.name == row.setup.name);
        let expect = match walked.map(|(_, walk)| walk) {
            Some(Walk { broken: Some(broken), .. }) => {
                let claim = if broken.claims.contains(&"never-takes-served") {
                    "never-takes-served"
                } else {
                    broken.claims[0]
                };
                Expect::Fails { claim, steps: broken.steps }
            }
            Some(walk) => Expect::Holds { worlds: walk.worlds, edges: walk.edges },
            None => row.expect,
        };
        let name = row.setup.name;
        let expect = match expect {
            Expect::Holds { worlds, edges } => {
                format!("Holds {{ worlds: {}, edges: {} }}", grouped(worlds as u64), grouped(edges))
            }
            Expect::Fails { claim, steps } => format!("Fails {{ claim: {claim:?}, steps: {steps} }}"),
            Expect::Unknown => continue,
        };
        writeln!(new, "    ({name:?}, Expect::{expect}),").unwrap();
    }
    new.push_str("];\n");
    std::fs::write(path, new).unwrap();
}

/// `1_234_567`, as clippy likes it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap());
    groups.collect::<Vec<_>>().join("_")
}
