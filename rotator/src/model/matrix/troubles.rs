//! What goes wrong in the rows, who meddles, and the times.

use super::super::setup::{Allows, Deed, Times};

/// Everything goes wrong that may, but for what a row is about.
pub const ALL: Allows = Allows {
    faults: true,
    late_requests: true,
    rejections: true,
    stale_lists: true,
    stale_slots: true,
    stale_reads: true,
    late_use: true,
    unread_use: true,
    propagation: true,
    words: true,
    ..Allows::JOBS
};
pub const PUNCTUAL: Allows = Allows { late_requests: false, ..ALL };
/// What a second run meets: no lateness but that of lists and slots.
pub const PLAIN: Allows =
    Allows { late_use: false, unread_use: false, propagation: false, words: false, ..PUNCTUAL };
pub const PLAIN_LATE: Allows = Allows { late_requests: true, ..PLAIN };
/// Requests that land late, and little else.
pub const HASTY: Allows = Allows { stale_slots: false, ..PLAIN_LATE };
/// Runs die, answers are lost, and people say what they know.
pub const TOLD: Allows = Allows { faults: true, words: true, ..Allows::JOBS };
/// Runs die, answers are lost, slots and the store's answer are behind: what somebody meets who is in a hurry.
pub const HURRIED: Allows = Allows { faults: true, stale_slots: true, stale_reads: true, ..Allows::JOBS };
/// The same with the latest slots.
pub const HURRIED_FRESH: Allows = Allows { stale_slots: false, ..HURRIED };
/// Neither the slots nor the store's answer are behind.
pub const FRESH: Allows = Allows { stale_slots: false, stale_reads: false, ..PLAIN };
pub const OWN_KEY: Allows = Allows { own_key: true, ..PLAIN };
pub const CLOCKS: Allows = Allows { clock_off: true, slots_clock_off: true, ..PLAIN };
pub const QUOTA: Allows = Allows { beyond_quota: true, ..PLAIN };
/// Nothing goes wrong, and jobs run all the time.
pub const CALM: Allows = Allows { jobs: false, eager_jobs: true, ..Allows::JOBS };
pub const BUSY: Allows = Allows { late_use: true, unread_use: true, ..EAGER };
pub const EAGER: Allows = Allows { jobs: false, eager_jobs: true, ..PLAIN };

pub const BREAK: &[Deed] = &[
    Deed::Creates,
    Deed::Uses,
    Deed::Deactivates,
    Deed::Deletes,
    Deed::DeactivatesOther,
    Deed::DeletesOther,
    Deed::Activates,
    Deed::Recreates,
];
pub const EDIT: &[Deed] = &[Deed::Wipes, Deed::DropsCurrent, Deed::Swaps];
pub const OTHER: &[Deed] = &[Deed::UsesOther];
pub const LOSE: &[Deed] = &[Deed::Wipes, Deed::DropsCurrent];

pub const RETIRE: Times = Times { max_age: 3, retire: Some(2), ..Times::QUICK };
/// A tick of slack for each clock that may be a tick off.
pub const SLACK: Times =
    Times { max_age: 4, min_age: 3, stray_after: 3, settle: 2, longest_job: 1, ..Times::QUICK };
/// A run is short, and its pair may be on its way for two ticks more.
pub const SLOW_PIPELINE: Times =
    Times { max_age: 4, min_age: 3, stray_after: 3, longest_job: 3, ..Times::QUICK };
/// Time enough for LAST to be served again: whoever may be taking it has landed.
pub const LONG: Times = Times { max_age: 5, min_age: 4, longest_job: 2, ..Times::QUICK };
pub const LONG_QUARANTINE: Times = Times { max_age: 7, retire: Some(6), ..LONG };
/// The quarantine is longer than the rest.
pub const LONG_RETIRE: Times = Times { max_age: 4, retire: Some(3), ..Times::QUICK };
/// Jobs last longer than runs, as they do.
pub const LONG_REST: Times = Times { max_age: 4, min_age: 3, longest_job: 3, ..Times::QUICK };
pub const SLOW_LONG_REST: Times = Times { max_age: 5, min_age: 4, longest_job: 4, ..Times::SLOW };
pub const BOUNDLESS: Times = Times { deadline: 1, ..Times::QUICK };
pub const LONG_JOBS: Times = Times { longest_job: 2, ..Times::QUICK };
