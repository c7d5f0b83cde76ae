//! What somebody gets who asks for one key, each rule in the one situation in which it decides.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::*;

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

fn id(number: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA__________{number:02}")).unwrap()
}

fn key(number: u8, status: Status, used: Used) -> Key {
    Key { id: id(number), status, age: 900 * HOUR, used }
}

/// CURRENT is 2, LAST is 1, named so long ago; a document that keeps both.
fn named(ago: Duration) -> Facts {
    let used = Used::Ago(Duration::ZERO);
    Facts {
        keys: vec![key(1, Status::Active, used), key(2, Status::Active, used)],
        memory: Memory::Document,
        slots: Slots { current: Some(id(2)), last: Some(id(1)), ..Slots::default() },
        written: Some(ago),
        kept: true,
        ..Facts::default()
    }
}

/// The same beside a ledger, with a store that tells.
fn read(ago: Duration, serves: u8) -> Facts {
    Facts { memory: Memory::Ledger, served: Served::Read(Some(id(serves))), ..named(ago) }
}

fn last_off(facts: Facts) -> Facts {
    let keys = vec![key(1, Status::Inactive, Used::Never), key(2, Status::Active, Used::Never)];
    Facts { keys, ..facts }
}

fn current_off(facts: Facts) -> Facts {
    let keys = vec![key(1, Status::Active, Used::Never), key(2, Status::Inactive, Used::Never)];
    Facts { keys, ..facts }
}

fn resting(status: Status, facts: Facts) -> Facts {
    let slots = Slots { resting: Some(status), ..facts.slots.clone() };
    Facts { slots, ..facts }
}

fn asks(goal: Goal) -> Policy {
    Policy { goal, ..Policy::default() }
}

fn back(number: u8) -> Policy {
    asks(Goal::RollBack(id(number)))
}

fn revive(number: u8) -> Policy {
    asks(Goal::Revive(id(number)))
}

fn revoke(number: u8) -> Policy {
    asks(Goal::Revoke(id(number)))
}

fn retire() -> Policy {
    Policy { retire: Some(168 * HOUR), max_age: 2_000 * HOUR, ..Policy::default() }
}

/// What is decided on these facts.
macro_rules! decides {
    ($($story:ident: $facts:expr, $policy:expr => $code:literal;)*) => {$(
        #[test]
        fn $story() {
            let seen = Observation::new($facts).unwrap();
            assert_eq!(decide(&seen, &$policy).code(), $code);
        }
    )*};
}

decides! {
    right_after_a_rotation_last_is_served_again_at_once: named(HOUR), back(1) => "restore";
    names_that_are_new_are_not_exchanged: named(MINUTE / 2), back(1) => "slots-are-new";
    a_last_that_may_be_being_taken_rests_anew: named(11 * HOUR), back(1) => "rest";
    whoever_found_it_rested_gets_time: resting(Status::Active, named(HOUR)), back(1) => "may-be-taken";
    and_then_it_is_served: resting(Status::Active, named(HOUR + MINUTE)), back(1) => "restore";
    asked_for_twice_it_is_done_once: named(HOUR), back(2) => "done";
    only_last_is_served_again: named(HOUR), back(9) => "not-last";
    a_key_without_a_name_is_not_served_again:
        Facts { slots: Slots { current: Some(id(2)), ..Slots::default() }, ..named(HOUR) }, back(1) => "not-last";
    a_last_that_is_off_is_not_served: last_off(named(HOUR)), back(1) => "last-inactive";
    a_pair_that_is_not_kept_cannot_be_served: Facts { kept: false, ..named(HOUR) }, back(1) => "not-kept";
    what_is_served_already_is_named: read(2 * MINUTE, 1), back(1) => "promote";
    an_answer_may_be_old: read(MINUTE / 2, 1), back(1) => "slots-are-new";
    a_user_without_slots_has_no_last:
        Facts { slots: Slots::default(), written: None, ..named(HOUR) }, back(1) => "not-last";
    a_broken_current_is_no_obstacle: current_off(named(HOUR)), back(1) => "restore";

    last_works_again: last_off(named(HOUR)), revive(1) => "activate";
    current_works_again: current_off(named(HOUR)), revive(2) => "activate";
    what_works_is_left_alone: named(HOUR), revive(1) => "done";
    a_key_without_a_name_is_not_revived:
        Facts { slots: Slots { current: Some(id(2)), ..Slots::default() }, ..last_off(named(HOUR)) },
        revive(1) => "not-last";

    a_leaked_last_is_switched_off_at_once: named(HOUR), revoke(1) => "deactivate";
    not_before_everybody_sees_that_it_is_last: named(MINUTE / 2), revoke(1) => "slots-are-new";
    a_leaked_last_that_is_off_is_done_with: last_off(named(HOUR)), revoke(1) => "done";
    a_leaked_key_that_is_gone_is_done_with: named(HOUR), revoke(9) => "done";
    only_a_named_key_can_be_revoked:
        Facts { slots: Slots { current: Some(id(2)), ..Slots::default() }, ..named(HOUR) }, revoke(1) => "not-last";
    a_leaked_current_lets_last_be_served_again: named(HOUR), revoke(2) => "restore";
    a_last_that_has_rested_makes_room_instead:
        Facts {
            keys: vec![key(1, Status::Active, Used::Ago(900 * HOUR)), key(2, Status::Active, Used::Never)],
            ..named(900 * HOUR)
        },
        revoke(2) => "delete";
    where_last_is_not_kept_it_rests: Facts { kept: false, ..named(HOUR) }, revoke(2) => "may-be-in-use";
    where_there_is_no_time_for_last_it_rests:
        named(HOUR / 2), Policy { min_age: 2 * HOUR, ..revoke(2) } => "may-be-in-use";
    a_leaked_current_that_is_off_is_replaced: current_off(named(HOUR)), revoke(2) => "restore";
    unless_last_is_not_kept: current_off(Facts { kept: false, ..named(HOUR) }), revoke(2) => "current-inactive";
    somebody_elses_broken_current_is_refused: current_off(named(HOUR)), Policy::default() => "current-inactive";
    what_the_store_serves_is_not_switched_off: read(HOUR, 1), revoke(1) => "promote";

    a_run_names_its_own_pending_at_once:
        Facts {
            slots: Slots { current: Some(id(2)), pending: Some(id(1)), ..Slots::default() },
            hand: Hand::Sent(id(1)),
            ..read(Duration::ZERO, 1)
        },
        Policy::default() => "promote";
    another_runs_pending_is_left_to_it:
        Facts {
            slots: Slots { current: Some(id(2)), pending: Some(id(1)), ..Slots::default() },
            ..read(Duration::ZERO, 1)
        },
        Policy::default() => "in-flight";
    an_unread_use_asks_nobody_where_the_store_tells:
        Facts {
            keys: vec![key(1, Status::Active, Used::Unknown), key(2, Status::Active, Used::Never)],
            slots: Slots { current: Some(id(2)), pending: Some(id(1)), ..Slots::default() },
            ..read(2 * HOUR, 2)
        },
        Policy::default() => "use-unreadable";

    the_quarantine_begins_when_it_is_noted: last_off(named(900 * HOUR)), retire() => "rest";
    and_lasts: resting(Status::Inactive, last_off(named(100 * HOUR))), retire() => "may-be-in-use";
    and_ends: resting(Status::Inactive, last_off(named(168 * HOUR))), retire() => "delete";
    a_revived_last_rests_again: resting(Status::Inactive, named(900 * HOUR)), retire() => "rest";
}

/// CURRENT and LAST change places, and what stands beside them stays.
#[test]
fn what_is_served_again_is_current_again() {
    let before = Slots {
        current: Some(id(2)),
        last: Some(id(1)),
        pending: Some(id(3)),
        open: true,
        resting: Some(Status::Active),
    };
    let restored = before.after(&Effect::Restore(id(1)), &[]);
    let swapped = Slots { current: Some(id(1)), last: Some(id(2)), resting: None, ..before };
    assert_eq!(restored, swapped);
    assert_eq!(restored.after(&Effect::Restore(id(1)), &[]).last, None, "a key is not its own LAST");
}

#[test]
fn there_must_be_time_to_serve_last_again() {
    let short = Policy { min_age: 2 * HOUR, ..back(1) };
    let conflict = Limits::new(10 * MINUTE, &short).unwrap_err();
    assert_eq!(
        conflict.to_string(),
        "there is no time to serve LAST again: min-age (2h) must be more than twice stray-after (1h) and settle \
         (1min), so that whoever may be taking LAST has finished"
    );
    assert!(Limits::new(10 * MINUTE, &Policy { min_age: 2 * HOUR, ..Policy::default() }).is_ok());
    assert!(Limits::new(10 * MINUTE, &back(1)).is_ok());
}
