//! What fails without each guard. Written by `UPDATE_PINS=1 cargo xtask check guards`, and compared by
//! `cargo xtask check guards`; the guards that only a named test catches are put here by hand.

use super::guards::Caught;

pub const CAUGHT: &[(&str, Caught)] = &[
    ("another-user", Caught::Test("encounters::what_a_person_broke_is_not_rotated")),
    ("too-many-keys", Caught::Test("corners::of_three_keys_nobody_can_tell_whose_is_which")),
    (
        "word-may-be-old",
        Caught::Test("encounters::a_word_is_not_believed_against_a_promotion_that_came_after_it"),
    ),
    (
        "evidence-against-word",
        Caught::Test("corners::a_word_for_current_and_use_of_pending_contradict_each_other"),
    ),
    (
        "word-is-as-old-as-its-run",
        Caught::Test("encounters::a_word_does_not_drop_a_key_that_was_published_after_it"),
    ),
    (
        "evidence-does-not-delete",
        Caught::Test("corners::a_word_for_current_and_use_of_pending_contradict_each_other"),
    ),
    (
        "own-key-is-not-due",
        Caught::Test("corners::the_key_that_this_run_made_is_the_newer_even_within_one_second"),
    ),
    ("quarantine", Caught::Test("stories::retire_switches_last_off_before_it_is_deleted")),
    ("off-before-gone", Caught::Test("stories::retire_switches_last_off_before_it_is_deleted")),
    (
        "adopted-last-rests",
        Caught::Test("corners::an_adoption_opens_a_rotation_only_where_there_is_room_and_no_word"),
    ),
    (
        "word-opens-nothing",
        Caught::Test("corners::an_adoption_opens_a_rotation_only_where_there_is_room_and_no_word"),
    ),
    (
        "made-is-newer",
        Caught::Test("corners::the_key_that_this_run_made_is_the_newer_even_within_one_second"),
    ),
    ("tie", Caught::Test("encounters::two_keys_of_one_second_are_one_too_many_for_dates")),
    (
        "doubt-not-of-own",
        Caught::Test("corners::the_key_that_this_run_made_is_the_newer_even_within_one_second"),
    ),
    ("adopt-use-unread", Caught::Test("stories::an_unreadable_use_at_a_first_meeting_is_waited_for")),
    ("meets-empty-handed", Caught::Test("guards::meets_empty_handed")),
    ("strays-before-pending", Caught::Test("guards::strays_before_pending")),
    ("document-keeps-named", Caught::Test("guards::document_keeps_named")),
    ("adopt-never", Caught::Test("guards::adopt_never")),
    ("nothing-written-early", Caught::Test("guards::nothing_written_early")),
    ("adopted-is-the-words", Caught::Test("guards::adopted_is_the_words")),
    ("adopted-is-active", Caught::Test("guards::adopted_is_active")),
    ("adopted-when-due", Caught::Test("guards::adopted_when_due")),
    ("adopted-with-a-store", Caught::Test("guards::adopted_with_a_store")),
    ("adopt-word-in-flight", Caught::Test("guards::adopt_word_in_flight")),
    ("adopt-tie", Caught::Test("guards::adopt_tie")),
    ("adopt-older-unless-new-unused", Caught::Test("guards::adopt_older_unless_new_unused")),
    ("adopt-older-active", Caught::Test("guards::adopt_older_active")),
    ("adopt-newer-alone", Caught::Test("guards::adopt_newer_alone")),
    ("word-for-the-older", Caught::Test("guards::word_for_the_older")),
    ("proven-by-the-store", Caught::Test("guards::proven_by_the_store")),
    ("proven-by-word", Caught::Test("guards::proven_by_word")),
    ("doubt-by-the-older", Caught::Test("guards::doubt_by_the_older")),
    ("trust-for-jobs-in-flight", Caught::Test("guards::trust_for_jobs_in_flight")),
];
