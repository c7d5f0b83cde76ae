//! What an observation is made of, and what none can be made of.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::*;

const HOUR: Duration = Duration::from_secs(3_600);

fn id(n: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA___________{n}")).unwrap()
}

fn key(n: u8) -> Key {
    Key { id: id(n), status: Status::Active, age: HOUR, used: Used::Never }
}

#[test]
fn an_id_has_16_to_128_letters_digits_and_underscores() {
    for (length, fits) in [(0, false), (15, false), (16, true), (128, true), (129, false)] {
        assert_eq!(AccessKeyId::parse(&"A".repeat(length)).is_ok(), fits, "{length}");
    }
    for letter in ["-", " ", "\n", "/", "é"] {
        let text = format!("AKIAIOSFODNN7EXAMPL{letter}");
        assert_eq!(AccessKeyId::parse(&text), Err(NotAKeyId), "{text:?}");
    }
    let id = AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap();
    assert_eq!((id.as_str(), id.to_string().as_str()), ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(AccessKeyId::try_from(String::from(id.clone())), Ok(id));
    assert_eq!(NotAKeyId.to_string(), "an access key id has 16 to 128 letters and digits");
}

#[test]
fn an_unread_use_is_not_within_any_time() {
    assert!(Used::Ago(HOUR - Duration::from_millis(1)).within(HOUR));
    for used in [Used::Ago(HOUR), Used::Never, Used::Unknown] {
        assert!(!used.within(HOUR), "{used:?}");
    }
}

#[test]
fn slots_that_name_nothing_are_empty() {
    assert!(Slots::default().is_empty() && !Slots::default().under_way());
    let open = Slots { open: true, ..Slots::default() };
    let pending = Slots { pending: Some(id(1)), ..Slots::default() };
    let current = Slots { current: Some(id(1)), last: Some(id(2)), ..Slots::default() };
    assert!([&open, &pending, &current].iter().all(|slots| !slots.is_empty()));
    assert!(open.under_way() && pending.under_way() && !current.under_way());
    assert!(open.notes_the_store(None, HOUR) && !pending.notes_the_store(None, HOUR));
    assert!(open.notes_the_store(Some(HOUR), HOUR) && !open.notes_the_store(Some(HOUR / 2), HOUR));
    assert!(
        current.names(&id(1)) && current.names(&id(2)) && pending.names(&id(1)) && !current.names(&id(3))
    );
}

#[test]
fn what_the_store_tells() {
    let (said, read) = (Served::Said(id(1)), Served::Read(Some(id(1))));
    assert_eq!([said.key(), read.key()], [Some(&id(1)), Some(&id(1))]);
    for silent in [Served::Untold, Served::Read(None), Served::Changed, Served::Unchanged] {
        assert_eq!(silent.key(), None, "{silent:?}");
    }
    let ruled_out = |served: &Served| served.rules_out(&id(2));
    assert!([&said, &read, &Served::Read(None), &Served::Unchanged].into_iter().all(ruled_out));
    assert!(![&Served::Untold, &Served::Changed].into_iter().any(ruled_out));
    assert!(!said.rules_out(&id(1)) && !read.rules_out(&id(1)));
    assert!(said.is_said() && !read.is_said() && read.is_read() && !said.is_read());
    assert!([&read, &Served::Changed, &Served::Unchanged].into_iter().all(Served::is_from_store));
    assert!(![&said, &Served::Untold].into_iter().any(Served::is_from_store));
    let made = [Hand::Holds(id(1)), Hand::Sent(id(1)), Hand::Stored(id(1))];
    assert!(made.iter().all(|hand| hand.key() == Some(&id(1))));
    assert!([Hand::Empty, Hand::Asked].iter().all(|hand| hand.key().is_none()));
}

#[test]
fn what_contradicts_itself_is_no_observation() {
    use Contradiction::{
        KeptWithoutMemory, KeyListedTwice, OneKeyInTwoSlots, ReadWithoutLedger, SlotsWithoutTime,
        ToldBesideDocument, WordWithKeyInHand,
    };
    let named = |current, last, pending| Facts {
        slots: Slots { current, last, pending, ..Slots::default() },
        written: Some(HOUR),
        ..Facts::default()
    };
    let served = |memory, served| Facts { memory, served, ..Facts::default() };
    let wrong = [
        (OneKeyInTwoSlots, named(Some(id(1)), Some(id(1)), None)),
        (OneKeyInTwoSlots, named(Some(id(1)), None, Some(id(1)))),
        (OneKeyInTwoSlots, named(None, Some(id(1)), Some(id(1)))),
        (KeyListedTwice, Facts { keys: vec![key(1), key(2), key(1)], ..Facts::default() }),
        (ToldBesideDocument, served(Memory::Document, Served::Said(id(1)))),
        (ToldBesideDocument, served(Memory::Document, Served::Read(None))),
        (ReadWithoutLedger, served(Memory::Dates, Served::Read(None))),
        (KeptWithoutMemory, Facts { memory: Memory::Dates, kept: true, ..Facts::default() }),
        (WordWithKeyInHand, Facts { hand: Hand::Sent(id(2)), ..served(Memory::Ledger, Served::Said(id(1))) }),
        (SlotsWithoutTime, Facts { written: None, ..named(Some(id(1)), None, None) }),
    ];
    let mut told = Vec::new();
    for (contradiction, facts) in wrong {
        assert_eq!(Observation::new(facts.clone()), Err(contradiction), "{facts:?}");
        told.push(contradiction.to_string());
    }
    told.dedup();
    assert_eq!(told.len(), 7, "each has words of its own: {told:?}");
    let right = [
        named(Some(id(1)), Some(id(2)), Some(id(3))),
        Facts { memory: Memory::Dates, written: None, ..named(Some(id(1)), None, None) },
        Facts { hand: Hand::Asked, ..served(Memory::Ledger, Served::Said(id(1))) },
        served(Memory::Dates, Served::Said(id(1))),
        Facts { kept: true, ..Facts::default() },
    ];
    for facts in right {
        let seen = Observation::new(facts.clone()).unwrap();
        assert_eq!(seen.facts(), &facts);
        assert_eq!(Facts::from(seen), facts);
    }
    let seen = Observation::new(Facts { keys: vec![key(1), key(2)], ..Facts::default() }).unwrap();
    assert_eq!((seen.key(&id(2)), seen.key(&id(3))), (Some(&key(2)), None));
}
