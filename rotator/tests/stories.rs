//! The protocol's stories, one test each: what a run does, step by step, and how it ends. The claims
//! are judged at every moment, here as in the random histories.

mod world;

use core::time::Duration;

use rotator::*;
use world::{Blur, Fate, Person, Settled, Setup, Start, World, id};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// A world with the default times: what is asked for is due, rest 12 h, stray after 1 h.
fn story(memory: Memory, start: Start) -> World {
    World::new(Setup::of(memory, start, Policy::default(), 10 * MINUTE))
}

fn pipeline(memory: Memory, start: Start) -> World {
    World::new(Setup { pipeline: true, ..Setup::of(memory, start, Policy::default(), 10 * MINUTE) })
}

trait Tell {
    fn does(&mut self, who: usize, effects: &str);
    fn does_with(&mut self, who: usize, effect: &str, fate: Fate);
    fn decides(&mut self, who: usize, effect: &str);
    fn says(&mut self, who: usize, word: &str);
    fn says_blurred(&mut self, who: usize, word: &str, blur: Blur);
    fn after(&mut self, span: Duration);
    fn holds(&self);
}

impl Tell for World {
    /// The run decides on these effects, one after the other, and they take hold.
    fn does(&mut self, who: usize, effects: &str) {
        for effect in effects.split_whitespace() {
            self.does_with(who, effect, Fate::Good);
        }
    }

    /// The run decides on this effect, and this becomes of it.
    fn does_with(&mut self, who: usize, effect: &str, fate: Fate) {
        self.decides(who, effect);
        self.call(who, fate, Blur::default());
        self.pass(100);
        self.holds();
    }

    /// The run decides on this effect, and does not perform it yet.
    fn decides(&mut self, who: usize, effect: &str) {
        self.call(who, Fate::Good, Blur::default());
        let decided = self.decision.as_ref().map(Decision::code);
        assert_eq!(decided, Some(effect), "\n{}", self.story.join("\n"));
    }

    /// The run waits, refuses or is done with this word, and ends.
    fn says(&mut self, who: usize, word: &str) {
        self.says_blurred(who, word, Blur::default());
    }

    fn says_blurred(&mut self, who: usize, word: &str, blur: Blur) {
        self.call(who, Fate::Good, blur);
        let said = self.decision.as_ref().map(Decision::code);
        assert_eq!(said, Some(word), "\n{}", self.story.join("\n"));
        self.runs[who] = None;
        self.holds();
    }

    fn after(&mut self, span: Duration) {
        self.pass(world::millis(span));
        self.holds();
    }

    fn holds(&self) {
        assert_eq!(self.broken, None, "\n{}", self.story.join("\n"));
    }
}

// A rotation where nothing fails, in each memory.

#[test]
fn a_document_takes_the_secret_before_it_is_served() {
    let mut w = story(Memory::Document, Start::NamedWithLast);
    w.does(0, "delete open create stage promote");
    w.says(0, "done");
    assert_eq!(w.served, Some(id(3)));
}

#[test]
fn a_ledger_names_the_key_before_it_is_handed_over() {
    let mut w = story(Memory::Ledger, Start::NamedWithLast);
    w.does(0, "delete open create stage publish promote");
    w.says(0, "done");
    w.after(HOUR);
    w.says(0, "may-be-in-use");
    w.after(12 * HOUR);
    w.does(0, "delete open create stage publish promote");
}

#[test]
fn dates_name_nothing() {
    let mut w = story(Memory::Dates, Start::NamedWithLast);
    w.does(0, "delete create publish");
    w.says(0, "done");
}

#[test]
fn an_empty_user_gets_its_first_key() {
    let mut w = story(Memory::Ledger, Start::Empty);
    w.does(0, "open create stage publish promote");
    w.says(0, "done");
}

#[test]
fn retire_switches_last_off_before_it_is_deleted() {
    let policy = Policy { max_age: 30 * DAY, retire: Some(7 * DAY), ..Policy::default() };
    let mut w = World::new(Setup::of(Memory::Ledger, Start::Named, policy, 10 * MINUTE));
    w.does(0, "open create stage publish promote");
    w.says(0, "may-be-in-use");
    w.after(12 * HOUR);
    w.does(0, "deactivate");
    w.says(0, "may-be-in-use");
    w.after(7 * DAY);
    w.does(0, "delete");
    w.says(0, "done");
}

// Deaths and lost answers.

#[test]
fn a_death_after_stage_leaves_a_document_that_any_run_can_promote() {
    let mut w = story(Memory::Document, Start::Named);
    w.does(0, "open create stage");
    w.does_with(0, "promote", Fate::NeverSent);
    w.does(0, "promote");
    assert_eq!(w.served, Some(id(2)));
}

#[test]
fn a_death_after_publish_is_settled_by_one_use_of_the_new_key() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage publish");
    w.does_with(0, "promote", Fate::NeverSent);
    w.says(0, "in-flight");
    w.after(2 * HOUR);
    w.says(0, "maybe-served");
    w.job(0);
    w.after(MINUTE);
    w.does(0, "promote");
}

#[test]
fn a_death_before_publish_is_settled_by_a_word_for_current() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage");
    w.does_with(0, "publish", Fate::NeverSent);
    w.after(3 * HOUR);
    w.says(0, "maybe-served");
    w.start(0, true);
    w.does(0, "delete");
    assert_eq!(w.served, Some(id(1)));
}

#[test]
fn a_death_after_publish_is_settled_by_a_word_for_the_new_key_at_once() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage");
    w.does_with(0, "publish", Fate::Good);
    w.runs[0] = None;
    w.start(0, true);
    w.does(0, "promote");
}

#[test]
fn the_runs_own_proof_is_not_evidence() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage");
    w.does_with(0, "publish", Fate::Rejected); // proved all the same
    w.runs[0] = None;
    w.after(2 * HOUR);
    w.says(0, "maybe-served");
}

#[test]
fn a_lost_answer_of_create_leaves_a_stray_that_goes_after_a_while() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open");
    w.does_with(0, "create", Fate::Unheard);
    w.after(2 * MINUTE);
    w.says(0, "in-flight");
    w.after(HOUR);
    w.does(0, "delete open create stage publish promote");
}

#[test]
fn a_rejected_pair_is_deleted_and_last_lives() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage");
    w.does_with(0, "publish", Fate::Rejected);
    w.does(0, "delete");
    w.after(2 * MINUTE);
    w.says(0, "store-rejects");
    w.after(2 * HOUR);
    w.does(0, "open");
    w.after(MINUTE); // PENDING is named and not listed: that might be a stale list
    w.does(0, "create stage publish promote");
}

#[test]
fn a_rejected_document_deletes_the_unnamed_key() {
    let mut w = story(Memory::Document, Start::Named);
    w.does(0, "open create");
    w.does_with(0, "stage", Fate::Rejected);
    w.does(0, "delete");
    assert_eq!(w.served, Some(id(1)));
}

#[test]
fn a_pipeline_that_drops_keeps_current_served() {
    let mut w = pipeline(Memory::Ledger, Start::Named);
    w.does(0, "open create stage");
    w.does_with(0, "publish", Fate::Dropped);
    w.says(0, "in-flight");
    w.after(DAY);
    w.says(0, "maybe-served");
    assert_eq!(w.served, Some(id(1)));
}

// The ancestor's killing sequence: a run dies between Create and the store, and the next rotation
// takes the older key, which is the one that the store serves.

#[test]
fn the_sequence_that_killed_the_ancestor() {
    let mut w = pipeline(Memory::Dates, Start::NamedWithLast);
    w.does(0, "delete create");
    w.does_with(0, "publish", Fate::Dropped);
    w.runs[0] = None;
    w.after(30 * DAY);
    w.says(0, "maybe-served");
    w.start(0, true);
    w.does(0, "delete create publish");
}

#[test]
fn trust_is_not_blind() {
    let policy = Policy { trust: true, ..Policy::default() };
    let mut w = World::new(Setup::of(Memory::Dates, Start::NamedWithLast, policy, 10 * MINUTE));
    w.does(0, "delete");
    w.does_with(0, "create", Fate::Unheard);
    w.after(DAY);
    w.job(0);
    w.says(0, "maybe-served");
}

#[test]
fn trust_sees_through_its_own_proof() {
    // Found by random histories: the proof made the newer key look used.
    let policy = Policy { trust: true, ..Policy::default() };
    let mut w = World::new(Setup::of(Memory::Dates, Start::NamedWithLast, policy, 10 * MINUTE));
    w.does(0, "delete create");
    w.does_with(0, "publish", Fate::Rejected);
    w.runs[0] = None;
    w.after(DAY);
    w.job(0);
    w.after(13 * HOUR);
    w.says(0, "maybe-served");
}

// Lateness.

#[test]
fn a_late_open_does_not_erase_pending() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.decides(1, "open");
    w.call(1, Fate::Late(100), Blur::default());
    w.does(0, "open create stage");
    w.after(MINUTE / 2);
    w.does(0, "publish promote");
}

#[test]
fn a_stale_list_is_not_believed_while_the_slots_are_new() {
    let mut w = story(Memory::Ledger, Start::Named);
    let stale = Blur { stale_list: true, ..Blur::default() };
    w.does(0, "open create stage publish");
    w.says_blurred(1, "list-may-lag", stale);
    w.does(0, "promote");
    w.says_blurred(1, "list-may-lag", stale);
}

#[test]
fn stale_slots_are_not_believed_while_they_are_new() {
    let mut w = story(Memory::Ledger, Start::Named);
    w.does(0, "open create stage");
    w.says_blurred(1, "list-may-lag", Blur { stale_slots: true, ..Blur::default() });
}

#[test]
fn an_unreadable_use_of_last_is_waited_for() {
    let mut w = story(Memory::Ledger, Start::NamedWithLast);
    w.says_blurred(0, "use-unreadable", Blur { unread: [true, false], ..Blur::default() });
    w.does(0, "delete");
}

#[test]
fn an_unreadable_use_at_a_first_meeting_is_waited_for() {
    // Found by random histories: it was refused, though nobody need do anything.
    let mut w = story(Memory::Ledger, Start::UnmetNewerServed);
    w.says_blurred(0, "use-unreadable", Blur { unread: [true, false], ..Blur::default() });
    w.does(0, "adopt");
}

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
    let policy = Policy { stray_after: limit + Duration::from_secs(33), ..Policy::default() };
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
    w.does(0, "create");
    w.decides(0, "publish");
    w.after(Duration::from_secs(2));
    w.does(1, "create publish");
    w.call(0, Fate::Good, Blur::default());
    assert_eq!(w.served, Some(id(1)), "the older key");
    w.runs = [None, None];
    w.after(2 * HOUR);
    w.job(1);
    w.after(DAY);
    w.decides(0, "delete");
    assert_eq!(w.decision, Some(Decision::Perform(Effect::Delete(id(1)))), "which the store serves");
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
    w.says(0, "in-flight");
}

#[test]
fn two_keys_of_one_second_are_one_too_many_for_dates() {
    let mut w = story(Memory::Dates, Start::Empty);
    w.does_with(0, "create", Fate::Unheard);
    w.decides(1, "create"); // its list had been stale
    w.iam.add(w.now, 0);
    w.runs = [None, None];
    w.after(DAY);
    w.says(0, "ambiguous-current");
}
