//! Stories of a run that is not alone: other runs, people, and keys that were there before it.

mod world;

use core::time::Duration;

use rotator::*;
use world::{Blur, DAY, Fate, HOUR, MINUTE, Person, Settled, Setup, Start, Tell, World, id, story};

// Two runs at once.

#[test]
fn of_two_runs_one_creates() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open");
    w.does(1, "create");
    w.decides(1, "stage");
    w.says(0, "list-may-lag");
    w.call(1, Fate::Good, Blur::default());
    w.does(1, "publish promote");
    w.after(2 * MINUTE);
    w.says(0, "may-be-in-use");
}

#[test]
fn a_word_is_not_believed_against_a_promotion_that_came_after_it() {
    // Found by random histories: the ledger then named what was no longer served.
    let mut w = story(Memory::Ledger, Start::Named);
    w.start(1, true);
    w.does(0, "open create stage publish promote");
    w.says(1, "slots-are-new");
}

#[test]
fn a_word_does_not_drop_a_key_that_was_published_after_it() {
    // Found by random histories: the pair was taken from under the store.
    let limit = 10 * MINUTE;
    let policy = Policy { stray_after: limit + Duration::from_secs(93), ..Policy::default() };
    for (memory, effects) in [(Memory::Ledger, "open create stage"), (Memory::Dates, "create")] {
        let mut w = World::new(Setup::of(memory, Start::Named, policy.clone(), limit));
        w.does(0, effects);
        w.after(limit - MINUTE);
        w.start(1, true);
        w.does(0, "publish");
        w.runs[0] = None;
        w.after(2 * MINUTE);
        w.says(1, "in-flight");
    }
}

#[test]
fn a_late_adoption_leaves_the_rotation_open() {
    // Found by random histories: without `open` the stray could only be refused.
    let mut w = story(Memory::Ledger, Start::Unmet);
    w.start(1, true);
    w.decides(1, "adopt");
    w.call(1, Fate::Late(100), Blur::default());
    w.does(0, "adopt");
    w.after(MINUTE / 2);
    w.does_with(0, "create", Fate::Unheard);
    w.after(2 * HOUR);
    w.does(0, "delete");
}

#[test]
fn dates_cannot_keep_the_first_two_runs_of_an_empty_user_apart() {
    // A limit: the second hand-over is the older key, and use of the newer one speaks against it.
    let mut w = story(Memory::Dates, Start::Empty);
    w.decides(1, "create");
    w.does(0, "create");
    w.decides(0, "publish");
    w.after(Duration::from_secs(2));
    w.call(1, Fate::Good, Blur::default());
    w.does(1, "publish");
    w.call(0, Fate::Good, Blur::default());
    assert_eq!(w.served, Some(id(1)), "the older key");
    w.runs = [None, None];
    w.after(2 * HOUR);
    w.job(1);
    w.after(DAY);
    w.decides(0, "delete");
    assert_eq!(w.decision, Some(Decision::Perform(Effect::Delete(id(1)))), "which the store serves");
}

#[test]
fn a_rotation_opened_over_names_unseen_notes_nothing_of_the_store() {
    // Found by random histories: the second key, which was never put, was made CURRENT, and the first one taken.
    let plain = story(Memory::Ledger, Start::Empty).setup;
    let mut w = World::new(Setup { stamps: Some(1_000), ..plain });
    w.decides(0, "open");
    w.does(1, "open create stage publish promote");
    w.runs[1] = None;
    let old = Blur { stale_store: true, ..Blur::default() };
    for _ in 0..4 {
        w.call(0, Fate::Good, old);
    }
    w.call(0, Fate::Unheard, old);
    assert_eq!(w.decision.as_ref().map(Decision::code), Some("stage"));
    w.after(2 * HOUR);
    w.says(0, "maybe-served");
}

// People.

#[test]
fn a_persons_key_is_refused_not_touched() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.person(Person::Creates);
    w.says(0, "in-flight");
    w.after(2 * HOUR);
    w.says(0, "unknown-key");
}

#[test]
fn a_key_that_is_used_is_not_a_stray() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open");
    w.runs[0] = None;
    w.person(Person::Creates);
    w.person(Person::Uses);
    w.after(HOUR);
    w.says_blurred(0, "use-unreadable", Blur { unread: [false, true], ..Blur::default() });
    w.says(0, "unknown-key");
}

#[test]
fn what_a_person_broke_is_not_rotated() {
    for (does, word) in [
        (Person::Deactivates, "current-inactive"),
        (Person::Deletes, "current-missing"),
        (Person::Recreates, "another-user"),
    ] {
        let mut w = story(Memory::Ledger, Start::Named);
        w.person(does);
        w.says(0, word);
    }
}

#[test]
fn the_key_that_the_run_signs_with_is_not_taken() {
    let policy = Policy::default();
    let setup = Setup { signs: true, ..Setup::of(Memory::Ledger, Start::Named, policy, 10 * MINUTE) };
    let mut w = World::new(setup);
    w.does(0, "open create stage publish promote");
    w.says(0, "done");
    w.after(13 * HOUR);
    w.says(0, "own-key");
}

/// What is served is put into a store once more by hand, which tells when it was written; a run begins so
/// much later, to which the store's answers are old, and dies before it hands its key over.
fn put_by_hand_before(gap: Duration) -> World {
    let plain = story(Memory::Ledger, Start::Named).setup;
    let mut w = World::new(Setup { stamps: Some(1_000), ..plain });
    w.put(id(1));
    w.after(gap);
    for effect in ["open", "create", "stage"] {
        for _ in 0..2 {
            w.call(0, Fate::Good, Blur { stale_store: true, ..Blur::default() });
        }
        assert_eq!(w.decision.as_ref().map(Decision::code), Some(effect));
    }
    w.runs[0] = None;
    w.after(2 * HOUR);
    w
}

/// LAST's pair is put back by hand, so much later than it was named LAST, and the run that is told so gets
/// the names of before.
fn put_back_after(gap: Duration) -> World {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage publish");
    w.runs[0] = None;
    w.after(3 * HOUR);
    w.start(0, true);
    w.does(0, "promote");
    w.runs[0] = None;
    w.after(gap);
    w.put(id(1));
    w.start(0, true);
    w.call(0, Fate::Good, Blur { stale_slots: true, ..Blur::default() });
    w
}

// Both were found by random histories, and are why people are asked to wait.

#[test]
fn between_a_write_by_hand_and_a_run_goes_settle() {
    let mut w = put_by_hand_before(MINUTE);
    w.does(0, "delete");

    // A key that was never put counts as served.
    let mut w = put_by_hand_before(Duration::ZERO);
    w.decides(0, "promote");
    w.call(0, Fate::Good, Blur::default());
    assert_eq!(w.broken, Some("ledger-true"));
}

#[test]
fn between_a_run_and_a_write_by_hand_goes_settle() {
    let w = put_back_after(MINUTE);
    assert_eq!(w.decision.as_ref().map(Decision::code), Some("slots-are-new"));

    // The key that was served until now counts as one that never was, and jobs hold it.
    let mut w = put_back_after(Duration::ZERO);
    assert_eq!(w.decision.as_ref().map(Decision::code), Some("delete"));
    assert_eq!(w.broken.take(), Some("ledger-true"), "until the word is heeded");
    w.call(0, Fate::Good, Blur::default());
    assert_eq!(w.broken, Some("last-works"));
}

// A first meeting.

#[test]
fn one_key_at_a_first_meeting_is_current() {
    let mut w = story(Memory::Ledger, Start::Unmet);
    w.does(0, "adopt create stage publish promote");
}

#[test]
fn of_two_keys_at_a_first_meeting_current_is_the_one_in_use_and_last_rests_from_now() {
    for start in [Start::UnmetNewerServed, Start::UnmetOlderServed] {
        for memory in [Memory::Document, Memory::Ledger] {
            let mut w = story(memory, start);
            let served = w.served.clone();
            w.does(0, "adopt");
            w.says(0, "may-be-in-use");
            assert_eq!(w.served, served);
            w.after(13 * HOUR);
            w.does(0, "delete open create stage");
        }
    }
}

#[test]
fn two_keys_in_use_at_a_first_meeting_need_a_word() {
    let mut w = story(Memory::Ledger, Start::UnmetNewerServed);
    w.iam.used(&id(1), w.now, 0);
    w.says(0, "ambiguous-current");
    w.start(0, true);
    w.does(0, "adopt");
    assert_eq!(w.settle(), Settled::TwoRotations);
}

#[test]
fn a_young_pair_of_keys_is_not_judged() {
    let mut w = story(Memory::Ledger, Start::Unmet);
    w.person(Person::Creates);
    w.after(HOUR);
    w.says(0, "too-new");
}

#[test]
fn two_keys_of_one_second_are_one_too_many_for_dates() {
    let mut w = story(Memory::Dates, Start::Empty);
    w.decides(1, "create");
    w.does_with(0, "create", Fate::Unheard);
    w.iam.add(w.now, 0); // the other one's, in the same second
    w.runs = [None, None];
    w.after(DAY);
    w.says(0, "ambiguous-current");
}

#[test]
fn without_a_memory_a_second_pair_does_not_overtake_the_first() {
    // Found by random histories: the pipeline stored the first pair after the second one.
    let mut w = World::new(Setup {
        pipeline: true,
        ..Setup::of(Memory::Dates, Start::Empty, Policy::default(), 10 * MINUTE)
    });
    w.does(0, "create");
    w.does_with(0, "publish", Fate::Slow(50));
    w.runs[0] = None;
    w.says(0, "in-flight");
    w.after(HOUR);
    w.does(0, "create publish");
}
