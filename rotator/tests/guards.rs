//! Guards that no walked world needs, each in the one situation in which it decides: what it says here is
//! for facts that only several faults at once, or a broken reader, lead to.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::*;

const HOUR: Duration = Duration::from_secs(3_600);

fn id(number: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA__________{number:02}")).unwrap()
}

fn key(number: u8, hours: u32, used: Option<u32>) -> Key {
    let used = used.map_or(Used::Never, |ago| Used::Ago(ago * HOUR));
    Key { id: id(number), status: Status::Active, age: hours * HOUR, used }
}

fn off(key: Key) -> Key {
    Key { status: Status::Inactive, ..key }
}

fn ledger(keys: &[Key]) -> Facts {
    Facts { keys: keys.to_vec(), ..Facts::default() }
}

/// CURRENT is 1, written down so many hours ago, and the store serves nothing.
fn lost(hand: Hand, hours: u32) -> Facts {
    Facts {
        slots: Slots { current: Some(id(1)), ..Slots::default() },
        written: Some(hours * HOUR),
        hand,
        served: Served::Read(None),
        ..ledger(&[key(1, 48, Some(0))])
    }
}

fn dates(keys: &[Key]) -> Facts {
    Facts { memory: Memory::Dates, ..ledger(keys) }
}

fn monthly() -> Policy {
    Policy { max_age: 720 * HOUR, ..Policy::default() }
}

/// What is decided on these facts.
macro_rules! decides {
    ($($guard:ident: $facts:expr, $policy:expr => $code:literal;)*) => {$(
        #[test]
        fn $guard() {
            let seen = Observation::new($facts).unwrap();
            assert_eq!(decide(&seen, &$policy).code(), $code);
        }
    )*};
}

decides! {
    meets_empty_handed:
        Facts { hand: Hand::Holds(id(2)), ..ledger(&[key(1, 900, Some(0)), key(2, 0, None)]) },
        Policy::default() => "unknown-key";
    strays_before_pending:
        Facts {
            slots: Slots { pending: Some(id(2)), ..Slots::default() },
            written: Some(2 * HOUR),
            ..ledger(&[key(1, 900, Some(0)), key(2, 2, None)])
        },
        Policy::default() => "unknown-key";
    document_keeps_named:
        Facts {
            memory: Memory::Document,
            slots: Slots { current: Some(id(1)), pending: Some(id(2)), ..Slots::default() },
            written: Some(Duration::ZERO),
            hand: Hand::Holds(id(2)),
            writable: false,
            ..ledger(&[key(1, 900, Some(0)), key(2, 0, None)])
        },
        Policy::default() => "promote";
    lost_pair_is_told: lost(Hand::Empty, 48), monthly() => "nothing-served";
    lost_pair_is_replaced_when_due: lost(Hand::Empty, 48), Policy::default() => "open";
    lost_pair_not_of_own: lost(Hand::Stored(id(1)), 48), monthly() => "done";
    lost_pair_may_be_late: lost(Hand::Empty, 0), monthly() => "done";
    adopt_never:
        ledger(&[key(1, 900, Some(0))]), Policy { adopt: Adopt::Never, ..Policy::default() } => "unknown-key";
    nothing_written_early: ledger(&[key(1, 480, Some(0)), key(2, 240, Some(0))]), monthly() => "done";
    adopted_is_the_words:
        Facts { served: Served::Said(id(9)), ..ledger(&[key(1, 900, Some(0))]) }, Policy::default() => "current-missing";
    adopted_is_active: ledger(&[off(key(1, 900, Some(0)))]), Policy::default() => "current-inactive";
    adopted_when_due: ledger(&[key(1, 960, None), key(2, 240, Some(0))]), monthly() => "done";
    adopted_with_a_store:
        Facts { writable: false, ..ledger(&[key(1, 900, Some(0))]) }, Policy::default() => "store-rejects";
    adopt_word_in_flight:
        Facts { served: Served::Said(id(1)), ..ledger(&[key(1, 900, Some(0)), key(2, 0, None)]) },
        Policy::default() => "too-new";
    adopt_tie: ledger(&[key(1, 900, Some(0)), key(2, 900, None)]), Policy::default() => "ambiguous-current";
    adopt_older_unless_new_unused:
        ledger(&[key(1, 900, Some(0)), key(2, 100, Some(100))]), Policy::default() => "ambiguous-current";
    adopt_older_active:
        ledger(&[off(key(1, 900, Some(0))), key(2, 100, None)]), Policy::default() => "ambiguous-current";
    adopt_newer_alone:
        ledger(&[key(1, 900, Some(0)), key(2, 100, Some(0))]), Policy::default() => "ambiguous-current";
    word_for_the_older:
        Facts { served: Served::Said(id(1)), ..dates(&[key(1, 100, None), key(2, 50, None)]) }, monthly() => "delete";
    proven_by_the_store:
        Facts { hand: Hand::Stored(id(2)), ..dates(&[key(1, 100, Some(0)), key(2, 14, None)]) },
        Policy::default() => "done";
    proven_by_word:
        Facts { served: Served::Said(id(2)), ..dates(&[key(1, 100, None), key(2, 20, None)]) },
        Policy::default() => "delete";
    doubt_by_the_older: dates(&[key(1, 100, Some(0)), key(2, 50, None)]), monthly() => "maybe-served";
    trust_for_jobs_in_flight:
        dates(&[key(1, 100, Some(1)), key(2, 2, None)]),
        Policy { trust: true, ..Policy::default() } => "may-be-in-use";
}
