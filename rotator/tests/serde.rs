//! What the journal writes down, it reads back unchanged.
#![cfg(feature = "serde")]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::*;

fn id(text: &str) -> AccessKeyId {
    AccessKeyId::parse(text).unwrap()
}

fn observation() -> Observation {
    let (k1, k2) = (id("AKIA_________ONE"), id("AKIA_________TWO"));
    let age = Duration::from_secs(86_400);
    let unread = Key { id: k1.clone(), status: Status::Inactive, age, used: Used::Unknown };
    let used = Used::Ago(Duration::from_secs(60));
    let fresh = Key { id: k2.clone(), status: Status::Active, age: Duration::ZERO, used };
    let slots = Slots {
        current: Some(k1),
        last: None,
        pending: Some(k2.clone()),
        open: true,
        resting: Some(Status::Inactive),
    };
    let facts = Facts {
        keys: vec![unread, fresh],
        slots,
        written: Some(Duration::from_secs(1)),
        hand: Hand::Sent(k2.clone()),
        own: Some(k2),
        ..Facts::default()
    };
    Observation::new(facts).unwrap()
}

#[test]
fn an_observation_survives_the_journal() {
    let seen = observation();
    let written = serde_json::to_string(&seen).unwrap();
    assert_eq!(serde_json::from_str::<Observation>(&written).unwrap(), seen);
}

#[test]
fn an_observation_is_readable_in_the_journal() {
    let written = serde_json::to_value(observation()).unwrap();
    let expected = serde_json::json!({
        "same_user": true,
        "keys": [
            {"id": "AKIA_________ONE", "status": "inactive", "age_ms": 86_400_000, "used": "unknown"},
            {"id": "AKIA_________TWO", "status": "active", "age_ms": 0, "used": {"ago": 60_000}},
        ],
        "memory": "ledger",
        "slots": {"current": "AKIA_________ONE", "last": null, "pending": "AKIA_________TWO", "open": true, "resting": "inactive"},
        "written_ms": 1_000,
        "hand": {"sent": "AKIA_________TWO"},
        "writable": true,
        "served": "untold",
        "kept": false,
        "own": "AKIA_________TWO",
    });
    assert_eq!(written, expected);
}

#[test]
fn facts_that_contradict_each_other_cannot_be_read_from_a_journal() {
    let mut written = serde_json::to_value(observation()).unwrap();
    written["slots"]["last"] = "AKIA_________ONE".into();
    let error = serde_json::from_value::<Observation>(written).unwrap_err();
    assert!(error.to_string().contains("one key in two slots"), "{error}");
}

#[test]
fn every_kind_of_decision_survives_the_journal() {
    let k = id("AKIA_________ONE");
    let adopt = Effect::Adopt { current: k.clone(), last: Some(id("AKIA_________TWO")), open: true };
    let effects = [
        adopt,
        Effect::Open,
        Effect::Create,
        Effect::Stage(k.clone()),
        Effect::Publish(k.clone()),
        Effect::Promote(k.clone()),
        Effect::Deactivate(k.clone()),
        Effect::Delete(k.clone()),
    ];
    let pauses = [
        Pause::ListMayLag,
        Pause::SlotsAreNew,
        Pause::InFlight(k.clone()),
        Pause::MayBeInUse(k.clone()),
        Pause::TooNew(k.clone()),
        Pause::UseUnreadable(k.clone()),
    ];
    let refusals = [
        Refusal::AnotherUser,
        Refusal::TooManyKeys,
        Refusal::CurrentMissing(None),
        Refusal::CurrentMissing(Some(k.clone())),
        Refusal::CurrentInactive(k.clone()),
        Refusal::AmbiguousCurrent,
        Refusal::UnknownKey(k.clone()),
        Refusal::MaybeServed(k.clone()),
        Refusal::StoreRejects,
        Refusal::OwnKey(k),
    ];
    let waits = pauses.into_iter().map(|pause| Decision::Wait(pause, Duration::from_millis(1_500)));
    let decisions = effects.into_iter().map(Decision::Perform).chain(waits).chain([Decision::Done]);
    for decision in decisions.chain(refusals.into_iter().map(Decision::Refuse)) {
        let written = serde_json::to_string(&decision).unwrap();
        assert_eq!(serde_json::from_str::<Decision>(&written).unwrap(), decision, "{written}");
    }
}

#[test]
fn a_policy_survives_the_journal() {
    let policy = Policy { retire: Some(Duration::from_secs(604_800)), trust: true, ..Policy::default() };
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), policy);
}
