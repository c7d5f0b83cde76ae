//! Each rule held, broken and not judgeable, and at its border to the second.

use std::time::Duration;

use rotator::{AccessKeyId, Facts, Key, Memory, Served, Slots, Status, Used};
use rotator_cli::audit::judge::{Looked, Seen, Terms, judge};
use rotator_cli::audit::{
    AuditedKey, AuditedUser, CURRENT_WORKS, HALF_DONE, ONE_ACTIVE, OVERDUE, OWN_KEY, Outcome, ROTATED_90,
    Rule, TOO_MANY_KEYS, UNKNOWN_KEY, UNUSED_45, UNUSED_90, Verdict,
};
use rotator_cli::history::{Role, UserHistory};

use crate::account::noon;
use crate::kit::{DAY, HOUR};

const SECOND: Duration = Duration::from_secs(1);

fn id(n: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA___________{n}")).unwrap()
}

/// An Active key, in use.
fn key(n: u8, role: Option<Role>, age: Duration) -> AuditedKey {
    let used = Used::Ago(Duration::ZERO);
    let created = noon() - age;
    AuditedKey { id: id(n), status: Status::Active, role, created, age, used, used_by: None, due: None }
}

/// What would have been seen where keys have these roles.
fn user(keys: Vec<AuditedKey>) -> Looked {
    let of = |role| keys.iter().find(|key| key.role == Some(role)).map(|key| key.id.clone());
    let slots = Slots {
        current: of(Role::Current),
        last: of(Role::Last),
        pending: of(Role::Pending),
        ..Slots::default()
    };
    let listed =
        keys.iter().map(|key| Key { id: key.id.clone(), status: key.status, age: key.age, used: key.used });
    let written = (!slots.is_empty()).then_some(DAY);
    let facts = Facts { keys: listed.collect(), slots: slots.clone(), written, ..Facts::default() };
    let user = AuditedUser {
        name: "ci".to_owned(),
        path: "/ci/".to_owned(),
        keys,
        seen: true,
        note: None,
        history: UserHistory::default(),
    };
    Looked { user, seen: Some(Seen { facts, slots }) }
}

fn verdicts(rule: &Rule, looked: &Looked) -> Vec<Verdict> {
    let terms = Terms {
        rotate_after: Some(30 * DAY),
        stray_after: HOUR,
        signer: Some("ci".to_owned()),
        words_for: &|_| Memory::Ledger,
    };
    let (rules, verdicts) = judge(std::slice::from_ref(looked), &terms);
    assert_eq!(rules.len(), 10);
    verdicts.into_iter().filter(|verdict| verdict.rule == rule).collect()
}

#[track_caller]
fn one(rule: &Rule, looked: &Looked) -> Outcome {
    let verdicts = verdicts(rule, looked);
    assert_eq!(verdicts.len(), 1, "{verdicts:?}");
    let Verdict { outcome, next, .. } = &verdicts[0];
    // What is not held tells what to do.
    assert_eq!(next.is_some(), *outcome != Outcome::Held, "{verdicts:?}");
    *outcome
}

fn one_key(rule: &Rule, key: AuditedKey) -> Outcome {
    one(rule, &user(vec![key]))
}

#[test]
fn ninety_days_or_less() {
    let aged = |age| key(1, Some(Role::Current), age);
    assert_eq!(one_key(&ROTATED_90, aged(90 * DAY)), Outcome::Held);
    assert_eq!(one_key(&ROTATED_90, aged(90 * DAY + SECOND)), Outcome::Broken);
    let off = AuditedKey { status: Status::Inactive, ..aged(400 * DAY) };
    assert_eq!(one_key(&ROTATED_90, off), Outcome::Held);
}

#[test]
fn unused_for_so_many_days_or_more() {
    for (rule, days) in [(&UNUSED_45, 45), (&UNUSED_90, 90)] {
        let limit = days * DAY;
        let used = |used, age| AuditedKey { used, ..key(1, Some(Role::Current), age) };
        assert_eq!(one_key(rule, used(Used::Ago(limit - SECOND), 400 * DAY)), Outcome::Held);
        assert_eq!(one_key(rule, used(Used::Ago(limit), 400 * DAY)), Outcome::Broken);
        assert_eq!(one_key(rule, used(Used::Never, limit - SECOND)), Outcome::Held);
        assert_eq!(one_key(rule, used(Used::Never, limit)), Outcome::Broken);
        // Nobody can have left it unused for longer than it is there.
        assert_eq!(one_key(rule, used(Used::Unknown, limit - SECOND)), Outcome::Held);
        assert_eq!(one_key(rule, used(Used::Unknown, limit)), Outcome::Unjudged);
        let off = AuditedKey { status: Status::Inactive, ..used(Used::Unknown, 400 * DAY) };
        assert_eq!(one_key(rule, off), Outcome::Held);
    }
}

#[test]
fn one_active_key() {
    let two = |status| {
        let last = AuditedKey { status, ..key(1, Some(Role::Last), 2 * DAY) };
        user(vec![last, key(2, Some(Role::Current), DAY)])
    };
    assert_eq!(one(&ONE_ACTIVE, &two(Status::Active)), Outcome::Broken);
    assert_eq!(one(&ONE_ACTIVE, &two(Status::Inactive)), Outcome::Held);
    assert!(verdicts(&ONE_ACTIVE, &user(Vec::new())).is_empty());
}

#[test]
fn current_is_there_and_works() {
    let good = || user(vec![key(1, Some(Role::Current), DAY)]);
    assert_eq!(one(&CURRENT_WORKS, &good()), Outcome::Held);
    let off = AuditedKey { status: Status::Inactive, ..key(1, Some(Role::Current), DAY) };
    assert_eq!(one_key(&CURRENT_WORKS, off), Outcome::Broken);
    // Named, and not listed.
    let mut gone = good();
    gone.seen.as_mut().unwrap().facts.keys.clear();
    assert_eq!(one(&CURRENT_WORKS, &gone), Outcome::Broken);
    // LAST alone.
    assert_eq!(one_key(&CURRENT_WORKS, key(1, Some(Role::Last), DAY)), Outcome::Broken);
    // Nothing named.
    assert_eq!(one_key(&CURRENT_WORKS, key(1, None, DAY)), Outcome::Unjudged);
    // The store tells.
    let served = |served, open| {
        let mut looked = good();
        let seen = looked.seen.as_mut().unwrap();
        seen.facts.served = served;
        seen.slots.open = open;
        one(&CURRENT_WORKS, &looked)
    };
    assert_eq!(served(Served::Read(Some(id(1))), false), Outcome::Held);
    assert_eq!(served(Served::Read(Some(id(2))), false), Outcome::Broken);
    assert_eq!(served(Served::Read(None), false), Outcome::Broken);
    assert_eq!(served(Served::Read(None), true), Outcome::Unjudged);
    assert!(verdicts(&CURRENT_WORKS, &user(Vec::new())).is_empty());
}

#[test]
fn every_key_has_a_name() {
    for role in [Role::Current, Role::Last, Role::Pending] {
        assert_eq!(one_key(&UNKNOWN_KEY, key(1, Some(role), DAY)), Outcome::Held);
    }
    assert_eq!(one_key(&UNKNOWN_KEY, key(1, Some(Role::Stray), HOUR - SECOND)), Outcome::Unjudged);
    assert_eq!(one_key(&UNKNOWN_KEY, key(1, Some(Role::Stray), HOUR)), Outcome::Broken);
    assert_eq!(one_key(&UNKNOWN_KEY, key(1, None, DAY)), Outcome::Unjudged);
}

#[test]
fn no_rotation_is_left_half_done() {
    let pending = |ago| {
        let mut looked = user(vec![key(1, Some(Role::Current), DAY), key(2, Some(Role::Pending), HOUR)]);
        looked.seen.as_mut().unwrap().facts.written = ago;
        one(&HALF_DONE, &looked)
    };
    assert_eq!(pending(Some(HOUR)), Outcome::Held);
    assert_eq!(pending(Some(HOUR + SECOND)), Outcome::Broken);
    // Without a memory the key's age tells.
    assert_eq!(pending(None), Outcome::Held);
    let open = |ago| {
        let mut looked = user(vec![key(1, Some(Role::Current), DAY)]);
        let seen = looked.seen.as_mut().unwrap();
        (seen.facts.written, seen.slots.open) = (Some(ago), true);
        one(&HALF_DONE, &looked)
    };
    assert_eq!(open(HOUR), Outcome::Held);
    assert_eq!(open(HOUR + SECOND), Outcome::Broken);
    assert_eq!(one_key(&HALF_DONE, key(1, Some(Role::Current), DAY)), Outcome::Held);
    // A key alone is no rotation; of two without names nobody knows.
    assert_eq!(one_key(&HALF_DONE, key(1, None, DAY)), Outcome::Held);
    assert_eq!(one(&HALF_DONE, &user(vec![key(1, None, DAY), key(2, None, DAY)])), Outcome::Unjudged);
}

#[test]
fn at_most_two_keys() {
    let many = |n: u8| user((1..=n).map(|n| key(n, Some(Role::Stray), DAY)).collect());
    assert_eq!(one(&TOO_MANY_KEYS, &many(1)), Outcome::Held);
    assert_eq!(one(&TOO_MANY_KEYS, &many(2)), Outcome::Held);
    assert_eq!(one(&TOO_MANY_KEYS, &many(3)), Outcome::Broken);
}

#[test]
fn current_is_not_overdue() {
    assert_eq!(one_key(&OVERDUE, key(1, Some(Role::Current), 30 * DAY)), Outcome::Held);
    assert_eq!(one_key(&OVERDUE, key(1, Some(Role::Current), 30 * DAY + SECOND)), Outcome::Broken);
    assert_eq!(one_key(&OVERDUE, key(1, None, DAY)), Outcome::Unjudged);
    assert!(verdicts(&OVERDUE, &user(Vec::new())).is_empty());
}

#[test]
fn the_audit_signs_with_no_last() {
    let own = |role| {
        let mut looked = user(vec![key(1, role, DAY)]);
        looked.seen.as_mut().unwrap().facts.own = Some(id(1));
        one(&OWN_KEY, &looked)
    };
    assert_eq!(own(Some(Role::Current)), Outcome::Held);
    assert_eq!(own(Some(Role::Last)), Outcome::Broken);
    assert_eq!(own(None), Outcome::Unjudged);
    assert_eq!(one(&OWN_KEY, &user(Vec::new())), Outcome::Held);
    // The signer's own user could not be looked at.
    let unseen = Looked { seen: None, ..user(Vec::new()) };
    assert_eq!(one(&OWN_KEY, &unseen), Outcome::Unjudged);
}

#[test]
fn of_a_user_who_could_not_be_looked_at_nothing_is_said() {
    let unseen = Looked { seen: None, ..user(Vec::new()) };
    for rule in rotator_cli::audit::RULES {
        assert_eq!(one(rule, &unseen), Outcome::Unjudged, "{}", rule.id);
    }
}

#[test]
fn of_names_that_are_about_another_user_nothing_is_said() {
    let mut looked = user(vec![key(1, None, DAY)]);
    looked.seen.as_mut().unwrap().facts.same_user = false;
    for rule in [&CURRENT_WORKS, &UNKNOWN_KEY, &HALF_DONE, &OVERDUE] {
        assert_eq!(one(rule, &looked), Outcome::Unjudged, "{}", rule.id);
    }
}
