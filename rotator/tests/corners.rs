//! Corners that no honest history comes to: observations made by hand, and what is decided on them.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::*;

const HOUR: Duration = Duration::from_secs(3_600);

fn id(n: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA___________{n}")).unwrap()
}

fn key(n: u8, hours: u32, used: Used) -> Key {
    Key { id: id(n), status: Status::Active, age: HOUR * hours, used }
}

fn on(facts: Facts) -> Decision {
    decide(&Observation::new(facts).unwrap(), &Policy::default())
}

#[test]
fn of_three_keys_nobody_can_tell_whose_is_which() {
    let keys = (1..=3).map(|n| key(n, 100, Used::Never)).collect();
    assert_eq!(on(Facts { keys, ..Facts::default() }), Decision::Refuse(Refusal::TooManyKeys));
}

/// CURRENT is 1, PENDING is 2, named a day ago.
fn pending(used: Used) -> Facts {
    let slots = Slots { current: Some(id(1)), pending: Some(id(2)), ..Slots::default() };
    let keys = vec![key(1, 1_000, Used::Ago(HOUR)), key(2, 24, used)];
    Facts { keys, slots, written: Some(24 * HOUR), ..Facts::default() }
}

#[test]
fn a_word_for_current_and_use_of_pending_contradict_each_other() {
    let facts = Facts { served: Served::Said(id(1)), ..pending(Used::Ago(HOUR)) };
    assert_eq!(on(facts), Decision::Refuse(Refusal::MaybeServed(id(2))));
}

#[test]
fn a_word_does_not_drop_a_key_whose_use_is_unknown() {
    let facts = Facts { served: Served::Said(id(1)), ..pending(Used::Unknown) };
    assert_eq!(on(facts), Decision::Refuse(Refusal::MaybeServed(id(2))));
}

#[test]
fn a_pair_that_was_only_sent_is_not_stored() {
    let facts = Facts { hand: Hand::Sent(id(2)), ..pending(Used::Never) };
    assert_eq!(on(facts), Decision::Refuse(Refusal::MaybeServed(id(2))));
    let facts = Facts { hand: Hand::Stored(id(2)), ..pending(Used::Never) };
    assert_eq!(on(facts), Decision::Perform(Effect::Promote(id(2))));
}

#[test]
fn a_held_key_that_another_run_promoted_is_neither_deleted_nor_staged() {
    for writable in [false, true] {
        for memory in [Memory::Document, Memory::Ledger] {
            let slots = Slots { current: Some(id(2)), last: Some(id(1)), ..Slots::default() };
            let hand = Hand::Holds(id(2));
            let decision = on(Facts { slots, hand, writable, memory, ..pending(Used::Never) });
            assert_eq!(decision, Decision::Done);
        }
    }
}

#[test]
fn last_without_current_is_not_a_place_to_start() {
    let slots = Slots { last: Some(id(1)), ..Slots::default() };
    let facts = Facts { slots, keys: vec![key(1, 1_000, Used::Never)], ..pending(Used::Never) };
    assert_eq!(on(facts), Decision::Refuse(Refusal::CurrentMissing(None)));
}

#[test]
fn the_key_that_this_run_made_is_the_newer_even_within_one_second() {
    let keys = vec![key(2, 0, Used::Never), key(1, 0, Used::Never)];
    let dates = Facts { keys, memory: Memory::Dates, ..Facts::default() };
    assert_eq!(on(dates.clone()), Decision::Refuse(Refusal::AmbiguousCurrent));
    for hand in [Hand::Stored(id(2)), Hand::Sent(id(2))] {
        assert_eq!(on(Facts { hand, ..dates.clone() }), Decision::Done);
    }
}

/// Met for the first time: an old key that jobs use, and a newer one that nobody does.
fn unmet() -> Facts {
    let keys = vec![key(1, 1_000, Used::Ago(HOUR)), key(2, 500, Used::Never)];
    Facts { keys, ..Facts::default() }
}

fn adopts(facts: Facts, current: u8, last: Option<u8>, open: bool) {
    let adopted = Effect::Adopt { current: id(current), last: last.map(id), open };
    assert_eq!(on(facts), Decision::Perform(adopted));
}

#[test]
fn an_adoption_opens_a_rotation_only_where_there_is_room_and_no_word() {
    let one = Facts { keys: vec![key(1, 1_000, Used::Never)], ..Facts::default() };
    adopts(one.clone(), 1, None, true);
    adopts(Facts { served: Served::Said(id(1)), ..one }, 1, None, false);
    adopts(unmet(), 1, Some(2), false);
    adopts(Facts { served: Served::Said(id(2)), ..unmet() }, 2, Some(1), false);
}

fn named(facts: Facts, policy: &Policy) -> Slots {
    roles(&Observation::new(facts).unwrap(), policy)
}

#[test]
fn roles_are_the_memorys_names_or_what_an_adoption_would_write() {
    let by_use = Slots { current: Some(id(1)), last: Some(id(2)), ..Slots::default() };
    let never = Policy { adopt: Adopt::Never, ..Policy::default() };
    for memory in [Memory::Ledger, Memory::Document] {
        let unmet = Facts { memory, ..unmet() };
        assert_eq!(named(unmet.clone(), &Policy::default()), by_use);
        assert_eq!(named(unmet.clone(), &never), Slots::default());

        let other_way = Slots { current: Some(id(2)), ..Slots::default() };
        let met = Facts { slots: other_way.clone(), written: Some(HOUR), ..unmet };
        assert_eq!(named(met.clone(), &Policy::default()), other_way);
        assert_eq!(named(met, &never), other_way);
    }
}

#[test]
fn roles_without_memory_are_those_of_the_dates() {
    let keys = vec![key(1, 1_000, Used::Ago(HOUR)), key(2, 500, Used::Ago(HOUR))];
    let by_date = Slots { current: Some(id(2)), last: Some(id(1)), ..Slots::default() };
    let dates = Facts { keys, memory: Memory::Dates, ..Facts::default() };
    assert_eq!(named(dates, &Policy::default()), by_date);
}

#[test]
fn a_word_for_a_key_that_is_not_listed_names_nobody() {
    let facts = Facts { served: Served::Said(id(9)), ..unmet() };
    assert_eq!(named(facts.clone(), &Policy::default()), Slots::default());
    assert_eq!(on(facts), Decision::Refuse(Refusal::CurrentMissing(Some(id(9)))));
}

#[test]
fn last_is_the_old_current_unless_only_the_old_last_lives() {
    let slots = |current, last, open| Slots {
        current: Some(id(current)),
        last: Some(id(last)),
        open,
        ..Slots::default()
    };
    let promoted = |listed: &[u8]| {
        let keys: Vec<_> = listed.iter().map(|n| key(*n, 100, Used::Never)).collect();
        slots(2, 1, true).after(&Effect::Promote(id(3)), &keys)
    };
    assert_eq!(promoted(&[1, 2, 3]), slots(3, 2, false));
    assert_eq!(promoted(&[2, 3]), slots(3, 2, false));
    assert_eq!(promoted(&[1, 3]), slots(3, 1, false));
    assert_eq!(promoted(&[3]), slots(3, 2, false));
}

#[test]
fn staging_a_key_closes_what_was_open() {
    let opened = Slots { current: Some(id(1)), open: true, ..Slots::default() };
    let staged = Slots { pending: Some(id(2)), open: false, ..opened.clone() };
    assert_eq!(opened.after(&Effect::Stage(id(2)), &[]), staged);
}
