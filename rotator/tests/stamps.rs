//! A store beside a ledger that tells only that it was written: whether PENDING arrived.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::*;

const HOUR: Duration = Duration::from_secs(3_600);

fn id(number: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA__________{number:02}")).unwrap()
}

fn key(number: u8, age: Duration, used: Used) -> Key {
    Key { id: id(number), status: Status::Active, age, used }
}

/// CURRENT is 1; 2 was made and named PENDING so long ago.
fn pending(ago: Duration, served: Served, used: Used) -> Facts {
    Facts {
        keys: vec![key(1, 900 * HOUR, Used::Ago(HOUR)), key(2, ago, used)],
        slots: Slots { current: Some(id(1)), pending: Some(id(2)), ..Slots::default() },
        written: Some(ago),
        served,
        ..Facts::default()
    }
}

fn decided(facts: Facts) -> Decision {
    decide(&Observation::new(facts).unwrap(), &Policy::default())
}

#[test]
fn what_was_written_is_pending() {
    let facts = pending(2 * HOUR, Served::Changed, Used::Never);
    assert_eq!(decided(facts), Decision::Perform(Effect::Promote(id(2))));
    let facts = pending(2 * HOUR, Served::Untold, Used::Never);
    assert_eq!(decided(facts), Decision::Refuse(Refusal::MaybeServed(id(2))), "nobody knows");
}

#[test]
fn a_run_at_work_names_its_own_key() {
    let facts = pending(HOUR / 2, Served::Changed, Used::Never);
    assert_eq!(decided(facts.clone()), Decision::Wait(Pause::InFlight(id(2)), HOUR / 2));
    let own = Facts { hand: Hand::Sent(id(2)), ..facts };
    assert_eq!(decided(own), Decision::Perform(Effect::Promote(id(2))), "no answer came, and it arrived");
}

#[test]
fn what_was_not_written_is_not_served() {
    let facts = pending(2 * HOUR, Served::Unchanged, Used::Never);
    assert_eq!(decided(facts), Decision::Perform(Effect::Delete(id(2))));
    let facts = pending(HOUR / 2, Served::Unchanged, Used::Never);
    assert_eq!(decided(facts), Decision::Wait(Pause::InFlight(id(2)), HOUR / 2), "it may be on its way");
    let facts = pending(2 * HOUR, Served::Unchanged, Used::Unknown);
    assert_eq!(decided(facts), Decision::Wait(Pause::UseUnreadable(id(2)), HOUR), "no person is asked");
}

#[test]
fn use_contradicts_a_store_that_was_not_written() {
    let facts = pending(3 * HOUR, Served::Unchanged, Used::Ago(HOUR));
    assert_eq!(decided(facts), Decision::Refuse(Refusal::MaybeServed(id(2))));
    let facts = pending(3 * HOUR, Served::Changed, Used::Ago(HOUR));
    assert_eq!(decided(facts), Decision::Perform(Effect::Promote(id(2))));
}

#[test]
fn only_a_store_beside_a_ledger_tells_that() {
    for served in [Served::Changed, Served::Unchanged] {
        let facts = Facts { served, ..Facts::default() };
        let beside = |memory| Observation::new(Facts { memory, ..facts.clone() }).unwrap_err();
        assert_eq!(beside(Memory::Document), Contradiction::ToldBesideDocument);
        assert_eq!(beside(Memory::Dates), Contradiction::ReadWithoutLedger);
    }
}

#[test]
fn the_store_is_noted_while_the_rotation_is_open() {
    let open = Slots { current: Some(id(1)), open: true, ..Slots::default() };
    let minute = Duration::from_secs(60);
    assert!(open.notes_the_store(None, minute));
    assert!(open.notes_the_store(Some(minute), minute));
    assert!(!open.notes_the_store(Some(minute / 2), minute), "by a run that had not seen the names");
    assert!(!Slots { open: false, ..open }.notes_the_store(None, minute));
}
