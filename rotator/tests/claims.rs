//! Each claim can fail: a wrong decision, or a wrong moment, for every reason that a claim has; and
//! beside it what the claim allows.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use core::time::Duration;

use rotator::Effect::{
    Activate, Adopt, Create, Deactivate, Delete, Open, Promote, Publish, Rest, Restore, Stage,
};
use rotator::*;

const HOUR: Duration = Duration::from_secs(3_600);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

fn id(n: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA___________{n}")).unwrap()
}

fn key(n: u8, status: Status, hours: u32, used: Used) -> Key {
    Key { id: id(n), status, age: HOUR * hours, used }
}

/// CURRENT is 1 and used, LAST is 2; named a hundred hours ago.
fn facts() -> Facts {
    let used = Used::Ago(HOUR);
    let keys = vec![key(1, Status::Active, 1_000, used), key(2, Status::Active, 2_000, used)];
    let slots = Slots { current: Some(id(1)), last: Some(id(2)), ..Slots::default() };
    Facts { keys, slots, written: Some(100 * HOUR), ..Facts::default() }
}

/// The same, but 2 is PENDING, and younger.
fn pending(used: Used) -> Facts {
    let slots = Slots { current: Some(id(1)), pending: Some(id(2)), ..Slots::default() };
    let keys = vec![key(1, Status::Active, 1_000, Used::Ago(HOUR)), key(2, Status::Active, 100, used)];
    Facts { keys, slots, ..facts() }
}

/// The same, but 2 has no name.
fn stray(hours: u32, used: Used, open: bool) -> Facts {
    let slots = Slots { current: Some(id(1)), open, ..Slots::default() };
    let keys = vec![key(1, Status::Active, 1_000, Used::Ago(HOUR)), key(2, Status::Active, hours, used)];
    Facts { keys, slots, ..facts() }
}

/// CURRENT alone.
fn alone(open: bool) -> Facts {
    let slots = Slots { current: Some(id(1)), open, ..Slots::default() };
    Facts { keys: vec![key(1, Status::Active, 1_000, Used::Ago(HOUR))], slots, ..facts() }
}

fn held(n: u8, facts: Facts) -> Facts {
    Facts { hand: Hand::Holds(id(n)), ..facts }
}

fn word(n: u8, facts: Facts) -> Facts {
    Facts { served: Served::Said(id(n)), ..facts }
}

fn no_memory(facts: Facts) -> Facts {
    Facts { memory: Memory::Dates, slots: Slots::default(), written: None, ..facts }
}

/// Whether a claim holds of an effect, where nothing is retired and CURRENT is due after a month.
fn holds(claim: &str, facts: Facts, effect: Effect) -> bool {
    let policy = Policy { max_age: MONTH, ..Policy::default() };
    of(claim, facts, &policy, &Decision::Perform(effect))
}

fn of(claim: &str, facts: Facts, policy: &Policy, decision: &Decision) -> bool {
    let found = CLAIMS.iter().find(|known| known.name == claim);
    match found.map(|found| found.holds) {
        Some(Holds::Decision(holds)) => holds(&Observation::new(facts).unwrap(), policy, decision),
        Some(Holds::Moment(_)) | None => panic!("no claim about decisions is called {claim}"),
    }
}

/// What breaks each claim about a decision.
fn wrong() -> Vec<(&'static str, Facts, Effect)> {
    let (never, used, unknown) = (Used::Never, Used::Ago(HOUR), Used::Unknown);
    let unread = stray(2_000, unknown, false);
    let document = |facts| Facts { memory: Memory::Document, ..facts };
    let beside_inactive = vec![key(1, Status::Inactive, 1_000, used), key(2, Status::Active, 2_000, used)];
    let pending_alone = Facts { keys: vec![key(2, Status::Active, 100, used)], ..pending(used) };
    let beside_inactive = Facts { keys: beside_inactive, ..facts() };
    vec![
        ("same-answer", facts(), Open),
        ("takes-only-listed", facts(), Delete(id(9))),
        ("takes-only-listed", facts(), Deactivate(id(9))),
        ("never-takes-own", Facts { own: Some(id(2)), ..facts() }, Delete(id(2))),
        ("never-takes-named-current", facts(), Delete(id(1))),
        ("never-takes-named-current", word(2, facts()), Delete(id(2))),
        ("never-takes-named-current", word(2, no_memory(facts())), Delete(id(2))),
        ("unknown-is-not-never", unread.clone(), Delete(id(2))),
        ("unknown-is-not-never", held(9, unread.clone()), Delete(id(2))),
        ("unknown-is-not-never", Facts { hand: Hand::Sent(id(2)), ..unread }, Delete(id(2))),
        // Alone, beside a key that is switched off, never used but not of a rotation, used in a rotation.
        ("takes-beside-current", alone(false), Delete(id(1))),
        ("takes-beside-current", beside_inactive, Delete(id(2))),
        (
            "takes-beside-current",
            Facts { keys: vec![key(1, Status::Active, 9, never)], ..alone(false) },
            Delete(id(1)),
        ),
        ("takes-beside-current", alone(true), Delete(id(1))),
        // PENDING alone, of which nobody says that it is not served; another one, of which somebody does.
        ("takes-beside-current", pending_alone.clone(), Delete(id(2))),
        ("takes-beside-current", word(9, alone(false)), Delete(id(1))),
        // Used an hour ago: LAST, with a word or without; PENDING without a word.
        ("last-rests", facts(), Delete(id(2))),
        ("last-rests", word(1, facts()), Delete(id(2))),
        ("last-rests", pending(used), Delete(id(2))),
        ("last-rests", no_memory(facts()), Delete(id(2))),
        // Nothing was opened; made before it was opened; used.
        ("takes-strays-only-if-ours", stray(100, never, false), Delete(id(2))),
        ("takes-strays-only-if-ours", stray(102, never, true), Delete(id(2))),
        ("takes-strays-only-if-ours", stray(100, used, true), Delete(id(2))),
        ("keeps-last-until-due", Facts { keys: young(), ..facts() }, Delete(id(2))),
        ("keeps-last-until-due", Facts { keys: young(), ..facts() }, Deactivate(id(2))),
        // Two keys, or one in hand, or a store that takes nothing, or nothing opened.
        ("creates-with-room", stray(2, never, true), Create),
        ("creates-with-room", held(1, alone(true)), Create),
        ("creates-with-room", Facts { writable: false, ..alone(true) }, Create),
        ("creates-with-room", alone(false), Create),
        // In nobody's hand, or in another's; where the store takes nothing; where the document has it.
        ("hands-over-what-it-holds", pending(never), Stage(id(2))),
        ("hands-over-what-it-holds", pending(never), Publish(id(2))),
        ("hands-over-what-it-holds", held(2, Facts { writable: false, ..pending(never) }), Publish(id(2))),
        ("hands-over-what-it-holds", held(2, document(pending(never))), Publish(id(2))),
        // Named only; used, but only as early as a proof could have been; used, but not named; a word for
        // another; a document that does not hold it; stored, but not named; not listed.
        ("promotes-with-ground", pending(never), Promote(id(2))),
        ("promotes-with-ground", pending(Used::Ago(99 * HOUR)), Promote(id(2))),
        ("promotes-with-ground", facts(), Promote(id(2))),
        ("promotes-with-ground", word(1, pending(never)), Promote(id(2))),
        ("promotes-with-ground", document(facts()), Promote(id(2))),
        ("promotes-with-ground", Facts { hand: Hand::Stored(id(2)), ..facts() }, Promote(id(2))),
        ("promotes-with-ground", word(9, facts()), Promote(id(9))),
        ("no-memory-no-names", no_memory(facts()), Rest(id(2))),
        ("no-memory-no-names", no_memory(facts()), Restore(id(2))),
        // Nobody asked for it.
        ("restores-what-rests", kept(1), Restore(id(2))),
        ("activates-what-is-named", facts(), Activate(id(2))),
        ("no-memory-no-names", no_memory(facts()), Open),
        ("no-memory-no-names", no_memory(facts()), Stage(id(2))),
        ("no-memory-no-names", no_memory(facts()), Promote(id(2))),
        ("no-memory-no-names", no_memory(facts()), Adopt { current: id(1), last: None, open: true }),
    ]
}

/// The store has LAST's pair, and the slots were written so many hours ago.
fn kept(hours: u32) -> Facts {
    Facts { kept: true, written: Some(HOUR * hours), ..facts() }
}

/// What breaks a claim where somebody asks for one key, and what does not.
#[test]
fn who_asks_for_one_key_gets_that_and_no_more() {
    let asks = |goal| Policy { goal, max_age: MONTH, ..Policy::default() };
    let back = asks(Goal::RollBack(id(2)));
    let (revive, revoke) = (asks(Goal::Revive(id(2))), asks(Goal::Revoke(id(2))));
    let off = Facts {
        keys: vec![key(1, Status::Active, 9, Used::Never), key(2, Status::Inactive, 9, Used::Never)],
        ..kept(1)
    };
    let not_kept = Facts { kept: false, ..kept(1) };
    let unread = Facts {
        keys: vec![key(1, Status::Active, 9, Used::Never), key(2, Status::Active, 9, Used::Unknown)],
        ..facts()
    };
    for (claim, facts, policy, effect, holds) in [
        ("takes-nothing-back", facts(), &back, Delete(id(2)), false),
        ("takes-nothing-back", facts(), &revive, Create, false),
        ("takes-nothing-back", kept(1), &back, Restore(id(2)), true),
        ("takes-nothing-back", facts(), &revoke, Deactivate(id(2)), true),
        // Not LAST; switched off; not kept; rested so long that a run may be taking it.
        ("restores-what-rests", kept(1), &back, Restore(id(1)), false),
        ("restores-what-rests", off.clone(), &back, Restore(id(2)), false),
        ("restores-what-rests", not_kept, &back, Restore(id(2)), false),
        ("restores-what-rests", kept(11), &back, Restore(id(2)), false),
        ("restores-what-rests", kept(10), &back, Restore(id(2)), true),
        ("activates-what-is-named", off.clone(), &revive, Activate(id(1)), false),
        ("activates-what-is-named", off.clone(), &back, Activate(id(2)), false),
        ("activates-what-is-named", off, &revive, Activate(id(2)), true),
        // What has leaked is taken whoever uses it.
        ("last-rests", facts(), &revoke, Deactivate(id(2)), true),
        ("unknown-is-not-never", unread, &revoke, Deactivate(id(2)), true),
        ("keeps-last-until-due", Facts { keys: young(), ..facts() }, &revoke, Deactivate(id(2)), true),
        ("never-takes-named-current", facts(), &asks(Goal::Revoke(id(1))), Deactivate(id(1)), false),
    ] {
        assert_eq!(
            of(claim, facts.clone(), policy, &Decision::Perform(effect.clone())),
            holds,
            "{claim}: {effect:?} on\n{facts:?}"
        );
    }
}

/// CURRENT is an hour younger than a month.
fn young() -> Vec<Key> {
    let rested = Used::Ago(100 * HOUR);
    vec![key(1, Status::Active, 719, Used::Ago(HOUR)), key(2, Status::Active, 2_000, rested)]
}

#[test]
fn a_wrong_decision_breaks_its_claim() {
    for (claim, facts, effect) in wrong() {
        assert!(!holds(claim, facts.clone(), effect.clone()), "{claim} allows {effect:?} on\n{facts:?}");
    }
}

#[test]
fn what_is_right_breaks_nothing() {
    let (never, used) = (Used::Never, Used::Ago(HOUR));
    let due = Facts {
        keys: vec![key(1, Status::Active, 720, used), key(2, Status::Active, 2_000, Used::Ago(100 * HOUR))],
        ..facts()
    };
    let switched_off = Facts { keys: vec![key(2, Status::Inactive, 9, never)], ..alone(false) };
    let unread = held(2, stray(0, Used::Unknown, true));
    let twelve = Used::Ago(12 * HOUR);
    let rested = Facts {
        keys: vec![key(1, Status::Active, 720, used), key(2, Status::Active, 900, twelve)],
        ..facts()
    };
    for (claim, facts, effect) in [
        ("never-takes-own", Facts { own: Some(id(1)), ..facts() }, Delete(id(2))),
        ("never-takes-named-current", facts(), Delete(id(2))),
        ("never-takes-named-current", no_memory(facts()), Delete(id(1))),
        ("unknown-is-not-never", unread.clone(), Delete(id(2))),
        ("takes-beside-current", facts(), Delete(id(2))),
        ("takes-beside-current", switched_off, Delete(id(2))),
        ("takes-beside-current", held(1, alone(false)), Delete(id(1))),
        ("last-rests", rested, Delete(id(2))),
        ("last-rests", held(2, pending(used)), Delete(id(2))),
        ("last-rests", word(1, pending(used)), Delete(id(2))),
        ("last-rests", word(1, no_memory(facts())), Delete(id(2))),
        ("takes-strays-only-if-ours", stray(101, never, true), Delete(id(2))),
        ("takes-strays-only-if-ours", held(2, stray(0, used, false)), Delete(id(2))),
        ("takes-strays-only-if-ours", no_memory(stray(0, used, false)), Delete(id(2))),
        ("keeps-last-until-due", due, Delete(id(2))),
        ("keeps-last-until-due", Facts { keys: young(), ..pending(never) }, Delete(id(2))),
        ("creates-with-room", alone(true), Create),
        ("creates-with-room", no_memory(alone(false)), Create),
        ("hands-over-what-it-holds", held(2, pending(never)), Stage(id(2))),
        ("hands-over-what-it-holds", held(2, pending(never)), Publish(id(2))),
        ("promotes-with-ground", Facts { memory: Memory::Document, ..pending(never) }, Promote(id(2))),
        ("promotes-with-ground", Facts { hand: Hand::Stored(id(2)), ..pending(never) }, Promote(id(2))),
        ("promotes-with-ground", pending(Used::Ago(98 * HOUR)), Promote(id(2))),
        ("promotes-with-ground", word(2, facts()), Promote(id(2))),
        ("no-memory-no-names", no_memory(facts()), Create),
        ("no-memory-no-names", facts(), Open),
    ] {
        assert!(holds(claim, facts.clone(), effect.clone()), "{claim} forbids {effect:?} on\n{facts:?}");
    }
    let retire = Policy { max_age: MONTH, retire: Some(2 * MONTH), ..Policy::default() };
    let off = Decision::Perform(Deactivate(id(2)));
    assert!(of("keeps-last-until-due", Facts { keys: young(), ..facts() }, &retire, &off));
}

#[test]
fn what_is_lost_is_not_done() {
    let policy = Policy { max_age: 2 * MONTH, ..Policy::default() };
    let done = |facts: Facts, goal| {
        of("done-where-served", facts, &Policy { goal, ..policy.clone() }, &Decision::Done)
    };
    let lost = Facts { served: Served::Read(None), ..facts() };
    assert!(!done(lost.clone(), Goal::Rotate));
    assert!(!done(Facts { written: Some(policy.settle), ..lost.clone() }, Goal::Rotate));
    for right in [
        facts(),
        Facts { served: Served::Read(Some(id(1))), ..facts() },
        Facts { hand: Hand::Stored(id(1)), ..lost.clone() },
        Facts { written: Some(Duration::ZERO), ..lost.clone() },
    ] {
        assert!(done(right.clone(), Goal::Rotate), "{right:?}");
    }
    assert!(done(lost.clone(), Goal::Revive(id(1))), "who asked for it has it");
    let told = Decision::Refuse(Refusal::NothingServed(id(1)));
    assert!(of("done-where-served", lost, &policy, &told));
}

#[test]
fn a_wrong_moment_breaks_its_claim() {
    let taken =
        Taken { id: id(1), served: false, served_until: None, foreign: false, leaked: false, off_for: None };
    let took = |taken| Moment { taken: Some(taken), longest_job: HOUR, ..Moment::default() };
    let early = Some(HOUR - Duration::from_millis(1));
    let refused = Moment { refused: Some(Refusal::UnknownKey(id(2))), ..Moment::default() };
    let wrong = [
        ("current-works", Moment { served_works: Some(false), ..Moment::default() }),
        ("never-takes-served", took(Taken { served: true, ..taken.clone() })),
        ("last-works", took(Taken { served_until: early, ..taken.clone() })),
        ("foreign-untouched", took(Taken { foreign: true, ..taken.clone() })),
        (
            "off-before-gone",
            Moment { quarantine: Some(2 * HOUR), ..took(Taken { off_for: early, ..taken.clone() }) },
        ),
        ("ledger-true", Moment { named_is_served: Some(false), ..Moment::default() }),
        ("no-false-refusal", refused.clone()),
        ("asks-nobody", Moment { faultless: true, person_acted: true, ..refused.clone() }),
    ];
    for (claim, moment) in &wrong {
        assert_eq!(broken(moment), [*claim], "{moment:?}");
    }
    let right = [
        Moment::default(),
        Moment { served_works: Some(true), named_is_served: Some(true), ..Moment::default() },
        took(taken.clone()),
        took(Taken { served_until: Some(HOUR), ..taken.clone() }),
        took(Taken { served_until: early, leaked: true, ..taken.clone() }),
        Moment { quarantine: Some(HOUR), ..took(Taken { off_for: Some(HOUR), ..taken }) },
        Moment { person_acted: true, ..refused },
        Moment { refused: Some(Refusal::MaybeServed(id(2))), ..Moment::default() },
    ];
    for moment in right {
        assert!(broken(&moment).is_empty(), "{moment:?}");
    }
}

fn broken(moment: &Moment) -> Vec<&'static str> {
    let breaks = |claim: &&Claim| match claim.holds {
        Holds::Moment(holds) => !holds(moment),
        Holds::Decision(_) => false,
    };
    CLAIMS.iter().filter(breaks).map(|claim| claim.name).collect()
}

#[test]
fn no_claim_is_left_out() {
    let about_decisions = CLAIMS.iter().filter(|claim| matches!(claim.holds, Holds::Decision(_)));
    for claim in about_decisions {
        // `who_asks_for_one_key_gets_that_and_no_more`, and `what_is_lost_is_not_done`.
        let elsewhere = ["takes-nothing-back", "done-where-served"].contains(&claim.name);
        assert!(elsewhere || wrong().iter().any(|(name, ..)| *name == claim.name), "{}", claim.name);
    }
    let about_moments = CLAIMS.iter().filter(|claim| matches!(claim.holds, Holds::Moment(_)));
    assert_eq!(about_moments.count(), 8, "those of `a_wrong_moment_breaks_its_claim`");
}
