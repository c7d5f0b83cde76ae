//! The trails that `cargo xtask check trails` made by running the ancestor and ours.

use std::path::PathBuf;

use rotator_cli::conform::conform;
use rotator_cli::conform::judge::Verdict;
use rotator_cli::conform::select::Selection;
use rotator_cli::trail::Progress;

use crate::trail::TIMES;

pub fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cloudtrail").join(name)
}

/// Each user's broken rules; whatever cannot be judged fails the test.
fn broken(name: &str) -> Vec<(String, Vec<&'static str>)> {
    let report = conform(&[fixture(name)], &Selection::default(), TIMES, &Progress::none()).unwrap();
    assert!(!report.gaps && report.reading.records > 100 && report.counts.uses > 50, "{report:?}");
    let users = report.users.into_iter().map(|(user, judged)| {
        assert!(judged.iter().all(|one| one.verdict != Verdict::Unjudged), "{}: {judged:?}", user.name);
        let broken = judged.iter().filter(|one| one.verdict == Verdict::Broken).map(|one| one.rule.id);
        (user.name, broken.collect())
    });
    users.collect()
}

#[test]
fn the_ancestor_is_convicted_for_exactly_the_users_whose_served_key_it_deleted() {
    let expected =
        [("alice", vec!["never-takes-served"]), ("bob", vec!["never-takes-served"]), ("carol", vec![])];
    assert_eq!(broken("ancestor-kills.json.gz"), expected.map(|(user, rules)| (user.to_owned(), rules)));
}

#[test]
fn ours_are_acquitted_in_the_same_circumstances() {
    for name in ["drop-in.json.gz", "rotator.json.gz", "rotator-store.json.gz"] {
        let expected = ["alice", "bob", "carol"].map(|user| (user.to_owned(), Vec::new()));
        assert_eq!(broken(name), expected, "{name}");
    }
}

/// What the acquittal rests on: keys were deleted, and calls were refused as they were for the ancestor.
#[test]
fn ours_were_tried_by_the_same_circumstances() {
    let counts =
        |name: &str| conform(&[fixture(name)], &Selection::default(), TIMES, &Progress::none()).unwrap();
    let deleted = |name: &str| {
        let users = counts(name).users;
        users.iter().flat_map(|(user, _)| &user.keys).filter(|key| key.gone.is_some()).count()
    };
    for name in ["ancestor-kills.json.gz", "drop-in.json.gz", "rotator.json.gz", "rotator-store.json.gz"] {
        assert!(counts(name).counts.denied >= 2, "{name}: the third user was to be refused a key twice");
    }
    assert!(deleted("ancestor-kills.json.gz") >= 2);
    assert!(deleted("rotator-store.json.gz") >= 2);
}

/// Four accounts and a real record in one folder, with a README beside them.
#[test]
fn accounts_are_kept_apart() {
    let report = conform(&[fixture("")], &Selection::default(), TIMES, &Progress::none()).unwrap();
    let accounts: std::collections::BTreeSet<_> =
        report.users.iter().map(|(user, _)| user.account.as_str()).collect();
    assert_eq!((accounts.len(), report.users.len()), (5, 13));
    let broken =
        report.users.iter().filter(|(_, judged)| judged.iter().any(|one| one.verdict == Verdict::Broken));
    let broken: Vec<_> = broken.map(|(user, _)| (user.account.as_str(), user.name.as_str())).collect();
    assert_eq!(broken, [("111122223333", "alice"), ("111122223333", "bob")]);
}
