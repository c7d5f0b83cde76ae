//! Random histories of one user: runs that die, answers that are late or lost, two runs at once,
//! pipelines that drop, jobs, people. Every claim holds at every moment, and from where a history
//! ends, rotation goes on. The same histories are told each time; `PROPTEST_CASES=N` tells N new ones
//! for each kind of world.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod world;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rotator::*;
use world::{Blur, Fate, Person, Settled, Setup, Start, Step, World};

/// One step of a history.
#[derive(Debug, Clone)]
enum Event {
    /// Time passes: a multiple of a hundredth of one of the policy's times.
    Pass(usize, u8),
    /// A run is called so often; the last call has this fate, and all see as well as this.
    Calls {
        who: usize,
        count: u8,
        fate: Fate,
        blur: Blur,
    },
    /// A run goes on to its end, if nothing goes wrong.
    Rotate(usize),
    /// A run begins with a truthful word.
    Word(usize),
    /// A job uses a key that it may hold.
    Job(usize),
    Person(Person),
}

fn events(people: bool, store: Store) -> impl Strategy<Value = Vec<Event>> {
    let who = || prop_oneof![3 => Just(0_usize), 1 => Just(1_usize)];
    let fate = prop_oneof![
        4 => Just(Fate::Good),
        1 => Just(Fate::Rejected),
        2 => Just(Fate::NeverSent),
        2 => Just(Fate::Unheard),
        2 => (0..=100_u8).prop_map(Fate::Late),
        1 => Just(Fate::Dropped),
        1 => (0..=100_u8).prop_map(Fate::Slow),
    ];
    let blur = prop_oneof![
        3 => Just(Blur::default()),
        2 => any::<[bool; 6]>().prop_map(|[stale_list, stale_slots, stale_store, late_use, first, second]| {
            Blur { stale_list, stale_slots, stale_store, late_use, unread: [first, second] }
        }),
    ];
    let by_hand = u32::from(store == Store::Stamping);
    let person = prop_oneof![
        6 => Just(Person::Creates),
        6 => Just(Person::Uses),
        1 => Just(Person::Deactivates),
        1 => Just(Person::Deletes),
        1 => Just(Person::Recreates),
        4 * by_hand => Just(Person::PutsAgain),
        4 * by_hand => Just(Person::PutsBack),
    ];
    let event = prop_oneof![
        6 => (0..6_usize, prop_oneof![Just(1_u8), Just(100), Just(101), 0..=130_u8]).prop_map(|(of, n)| Event::Pass(of, n)),
        8 => (who(), 1..=9_u8, fate, blur).prop_map(|(who, count, fate, blur)| Event::Calls { who, count, fate, blur }),
        4 => who().prop_map(Event::Rotate),
        1 => who().prop_map(Event::Word),
        3 => (0..3_usize).prop_map(Event::Job),
        u32::from(people) => person.prop_map(Event::Person),
    ];
    prop::collection::vec(event, 1..24)
}

/// Times that go together, usual and odd.
fn policies(memory: Memory) -> impl Strategy<Value = (Policy, Duration)> {
    let seconds = Duration::from_secs;
    let deadline = prop_oneof![Just(seconds(8)), Just(seconds(60)), Just(seconds(600))];
    let more = || prop_oneof![Just(0_u64), Just(1), 0..5_000_u64];
    (deadline, more(), more(), 0..4_u8, 0..=100_u32, 0..3_u8, any::<bool>()).prop_map(
        move |(deadline, stray, rest, due, settle, retire, never)| {
            let timeout = (deadline / 4).min(seconds(30));
            let settle = (deadline * settle / 400).min(seconds(60));
            let stray_after = deadline + timeout + settle + 2 * Limits::CLOCK_ERROR + seconds(1 + stray);
            let min_age = stray_after + seconds(rest);
            let max_age = match due {
                0 => Duration::ZERO,
                1 => min_age + seconds(1),
                _ => min_age * 3 + seconds(rest),
            };
            let retire = (retire == 0 && memory != Memory::Dates).then(|| min_age + seconds(1 + rest));
            let adopt = if never && due == 0 { Adopt::Never } else { Adopt::Dates };
            (
                Policy {
                    max_age,
                    min_age,
                    retire,
                    stray_after,
                    settle,
                    trust: false,
                    adopt,
                    goal: Goal::Rotate,
                },
                deadline,
            )
        },
    )
}

/// What takes the pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    /// It says whether it has the pair.
    Acknowledges,
    /// It says so, and can be asked what it serves.
    Readable,
    /// It says whether it has the pair, and can be asked when it was written.
    Stamping,
    /// It says nothing, and may drop the pair.
    Pipeline,
}

fn setups(memory: Memory, store: Store, trust: bool) -> impl Strategy<Value = Setup> {
    let start = prop_oneof![
        1 => Just(Start::Empty),
        2 => Just(Start::Named),
        3 => Just(Start::NamedWithLast),
        1 => Just(Start::Unmet),
        1 => Just(Start::UnmetNewerServed),
        1 => Just(Start::UnmetOlderServed),
    ];
    let quarter = 15 * 60_000;
    // Two writes soon after each other have one date, unless the second waits; coarse dates make that frequent.
    let grain = prop_oneof![Just(1_000), Just(60_000)];
    let spares_looks = prop_oneof![3 => Just(true), 1 => Just(false)];
    (start, policies(memory), any::<bool>(), 0..8_u8, any::<bool>(), grain, spares_looks).prop_map(
        move |(mut start, (mut policy, deadline), compare_and_swap, signs, coarse, grain, spares_looks)| {
            policy.trust = trust;
            if memory == Memory::Dates && start == Start::UnmetOlderServed {
                start = Start::UnmetNewerServed;
            }
            if policy.adopt == Adopt::Never
                && matches!(start, Start::Unmet | Start::UnmetNewerServed | Start::UnmetOlderServed)
            {
                policy.adopt = Adopt::Dates;
            }
            let coarse = if coarse && !trust { quarter } else { 0 };
            let signs = signs == 0;
            let plain = Setup::of(memory, start, policy, deadline);
            let compare_and_swap = compare_and_swap && memory == Memory::Document;
            let (pipeline, reads) = (store == Store::Pipeline, store == Store::Readable);
            let stamps = (store == Store::Stamping).then_some(grain);
            Setup {
                pipeline,
                reads,
                stamps,
                compare_and_swap,
                spares_looks,
                signs,
                eager: trust,
                coarse,
                ..plain
            }
        },
    )
}

fn happen(world: &mut World, event: &Event) {
    let policy = world.setup.policy.clone();
    match event {
        Event::Pass(of, percent) => {
            let spans = [
                Duration::from_secs(5),
                policy.settle,
                world.setup.limits.deadline(),
                policy.stray_after,
                policy.min_age,
                policy.max_age.max(policy.min_age),
            ];
            world.pass(world::millis(spans[of % spans.len()] * u32::from(*percent) / 100));
        }
        Event::Calls { who, count, fate, blur } => {
            for call in 1..=*count {
                let fate = if call == *count { *fate } else { Fate::Good };
                if let Step::Ended(_) = world.call(*who, fate, *blur) {
                    break;
                }
                world.pass(300);
            }
            // After a clear no, a run cleans up.
            if *fate == Fate::Rejected && world.runs[*who].is_some() {
                happen(world, &Event::Rotate(*who));
            }
        }
        Event::Rotate(who) => {
            while !matches!(world.call(*who, Fate::Good, Blur::default()), Step::Ended(_)) {
                world.pass(100);
            }
        }
        Event::Word(who) => world.start(*who, true),
        Event::Job(nth) => world.job(*nth),
        Event::Person(does) => world.person(*does),
    }
}

/// Every claim holds all along, and from where the history ends rotation goes on.
fn goes_well(world: &mut World, events: &[Event]) -> Result<(), String> {
    for event in events {
        happen(world, event);
        if let Some(broken) = world.broken {
            return Err(broken.to_owned());
        }
    }
    let settled = world.settle();
    match (world.broken, settled) {
        (Some(broken), _) => Err(broken.to_owned()),
        // Jobs may then use the key that is held to be LAST, and it is kept for them.
        (None, Settled::Stuck(_)) if world.first_two() => Ok(()),
        (None, Settled::Stuck(decision)) => Err(format!("stuck: {decision:?}")),
        (None, Settled::TwoRotations | Settled::Refused(_)) => Ok(()),
    }
}

/// How many histories of each kind are told, unless `PROPTEST_CASES` says it.
const CASES: u32 = 16_700;
/// And how many in the deep form, other ones each time.
const DEEP: u32 = 1_670_000;

/// Tells histories of one kind and judges them. Each of these words is to be heard, and no other.
fn tell(memory: Memory, store: Store, trust: bool, people: bool, words: &[&str]) {
    let deep = std::env::var_os("ROTATOR_DEEP").map(|_| DEEP);
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).or(deep);
    let config = Config {
        cases: cases.unwrap_or(CASES),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let seen = Mutex::new(BTreeMap::<&str, u64>::new());
    let mut runner = match cases {
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
        Some(_) => TestRunner::new(config),
    };
    let histories = (setups(memory, store, trust), events(people, store));
    let told = runner.run(&histories, |(setup, events)| {
        let mut world = World::new(setup.clone());
        world.telling = false;
        if let Err(wrong) = goes_well(&mut world, &events) {
            // Once more, aloud.
            let mut world = World::new(setup);
            let _ = goes_well(&mut world, &events);
            return Err(TestCaseError::fail(format!("{wrong}\n{}", world.story.join("\n"))));
        }
        let mut seen = seen.lock().unwrap();
        for (word, count) in &world.seen {
            *seen.entry(*word).or_default() += count;
        }
        Ok(())
    });
    if let Err(error) = told {
        panic!("{error}");
    }
    let seen = seen.into_inner().unwrap();
    println!("{memory:?}, {store:?}, trust {trust}: {} histories, {seen:?}", cases.unwrap_or(CASES));
    for word in seen.keys() {
        assert!(words.contains(word), "`{word}` is not to be heard here");
    }
    for word in words.iter().filter(|_| cases.is_none()) {
        assert!(seen.contains_key(word), "`{word}` was never heard: {seen:?}");
    }
}

/// What is heard wherever there are slots.
const WITH_SLOTS: [&str; 23] = [
    "goes on",
    // effects
    "adopt",
    "create",
    "deactivate",
    "delete",
    "open",
    "promote",
    "rest",
    "stage",
    // pauses
    "in-flight",
    "too-new",
    "list-may-lag",
    "may-be-in-use",
    "slots-are-new",
    "use-unreadable",
    // refusals
    "ambiguous-current",
    "another-user",
    "current-inactive",
    "current-missing",
    "own-key",
    "store-rejects",
    "unknown-key",
    "done",
];

/// What is heard where dates are all there is.
const BY_DATE: [&str; 14] = [
    "goes on",
    "create",
    "delete",
    "publish",
    "in-flight",
    "list-may-lag",
    "may-be-in-use",
    "use-unreadable",
    "ambiguous-current",
    "current-missing",
    "maybe-served",
    "own-key",
    "store-rejects",
    "done",
];

/// What is heard besides where a store tells when it was written: what that settled, and what comes in its way.
/// Never that a person is `asked in vain`, nor that PENDING is `named for a run at work`.
const BY_ITS_DATES: [&str; 6] =
    ["arrived", "own arrived", "did not arrive", "put again", "put back", "put waits"];

fn ledger_words() -> Vec<&'static str> {
    [&WITH_SLOTS[..], &["publish", "maybe-served"]].concat()
}

#[test]
fn document() {
    tell(Memory::Document, Store::Acknowledges, false, true, &WITH_SLOTS);
}

#[test]
fn ledger_with_a_store_that_acknowledges() {
    tell(Memory::Ledger, Store::Acknowledges, false, true, &ledger_words());
}

#[test]
fn ledger_with_a_store_that_can_be_read() {
    // Nobody is ever asked which key it serves: `maybe-served` is not to be heard.
    tell(Memory::Ledger, Store::Readable, false, true, &[&WITH_SLOTS[..], &["publish"]].concat());
}

#[test]
fn ledger_with_a_store_that_tells_when_it_was_written() {
    tell(Memory::Ledger, Store::Stamping, false, true, &[&ledger_words()[..], &BY_ITS_DATES].concat());
}

#[test]
fn ledger_with_a_pipeline() {
    tell(Memory::Ledger, Store::Pipeline, false, true, &ledger_words());
}

#[test]
fn dates_with_a_store_that_acknowledges() {
    tell(Memory::Dates, Store::Acknowledges, false, false, &BY_DATE);
}

#[test]
fn dates_with_a_pipeline() {
    tell(Memory::Dates, Store::Acknowledges, true, false, &BY_DATE);
}

#[test]
fn dates_that_trust() {
    tell(Memory::Dates, Store::Pipeline, false, false, &BY_DATE);
}
