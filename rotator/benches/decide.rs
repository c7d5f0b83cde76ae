//! How long one decision takes, on observations as a run makes them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench may fail loudly")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use rotator::{
    AccessKeyId, Decision, Effect, Facts, Hand, Key, Memory, Observation, Policy, Refusal, Slots, Status,
    Used, decide,
};

const DAY: Duration = Duration::from_secs(86_400);

fn id(number: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{number:016}")).unwrap()
}

fn key(number: u8, age: Duration, used: Used) -> Key {
    Key { id: id(number), status: Status::Active, age, used }
}

/// CURRENT is thirty days old and in use; LAST has rested as long.
fn named() -> Facts {
    Facts {
        keys: vec![key(1, 60 * DAY, Used::Ago(31 * DAY)), key(2, 30 * DAY, Used::Ago(Duration::ZERO))],
        memory: Memory::Ledger,
        slots: Slots { current: Some(id(2)), last: Some(id(1)), ..Slots::default() },
        written: Some(30 * DAY),
        ..Facts::default()
    }
}

/// The situations, each with what has to be decided: a bench of something else would be quick for nothing.
fn situations() -> [(&'static str, Facts, Decision); 6] {
    let slots = named().slots;
    let due = Facts { keys: vec![key(2, 30 * DAY, Used::Ago(Duration::ZERO))], ..named() };
    let open = Slots { open: true, ..slots.clone() };
    let opened = Facts { slots: open.clone(), written: Some(Duration::ZERO), ..due.clone() };
    let keys = vec![key(2, 30 * DAY, Used::Ago(Duration::ZERO)), key(3, Duration::ZERO, Used::Never)];
    let pending = Slots { last: None, ..open }.after(&Effect::Stage(id(3)), &keys);
    let stored = Facts { keys, slots: pending, hand: Hand::Stored(id(3)), ..opened.clone() };
    let young = vec![key(1, 31 * DAY, Used::Never), key(2, DAY, Used::Ago(Duration::ZERO))];
    let not_due = Facts { keys: young, written: Some(DAY), ..named() };
    let strange = Facts { keys: vec![key(2, 30 * DAY, Used::Never), key(9, 9 * DAY, Used::Never)], ..due };
    [
        ("nothing due", not_due, Decision::Done),
        ("delete LAST", named(), Decision::Perform(Effect::Delete(id(1)))),
        ("create", opened, Decision::Perform(Effect::Create)),
        ("promote", stored, Decision::Perform(Effect::Promote(id(3)))),
        ("refuse", strange, Decision::Refuse(Refusal::UnknownKey(id(9)))),
        ("delete LAST, by dates", by_dates(), Decision::Perform(Effect::Delete(id(1)))),
    ]
}

/// The same without names.
fn by_dates() -> Facts {
    Facts { memory: Memory::Dates, slots: Slots::default(), written: None, ..named() }
}

fn benches(criterion: &mut Criterion) {
    let policy = Policy { max_age: 30 * DAY, ..Policy::default() };
    let mut group = criterion.benchmark_group("decide");
    for (name, facts, expected) in situations() {
        let observation = Observation::new(facts).expect(name);
        assert_eq!(decide(&observation, &policy), expected, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| decide(black_box(&observation), black_box(&policy)))
        });
    }
    group.finish();
}

criterion_group!(decisions, benches);
criterion_main!(decisions);
