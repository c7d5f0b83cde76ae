//! Events arrive late, twice, and in any order within a second: the verdict is the same.

use rotator_cli::conform::judge::Verdict::{Broken, Held};
use serde_json::{Value, json};

use crate::trail::{DAY, HOUR, NEW, OLD, THIRD, Trail, judged, verdicts};

/// `SplitMix64`.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}

/// So many, or with `ROTATOR_DEEP=1` so many.
pub fn rounds(short: usize, deep: usize) -> usize {
    if std::env::var_os("ROTATOR_DEEP").is_some() { deep } else { short }
}

/// A history of one user at random: keys come and go, jobs use them, much of it within one second.
fn history(random: &mut Random) -> Trail {
    let keys = [OLD, NEW, THIRD];
    let mut trail = if random.below(2) == 0 { Trail::of_user() } else { Trail::new() };
    let mut at = 0;
    for _ in 0..random.below(25) + 1 {
        at += [0, 0, 1, 30, HOUR, 13 * HOUR, 20 * DAY][random.below(7)];
        let key = keys[random.below(3)];
        trail = match random.below(9) {
            0 => trail.made(at, key),
            1 => trail.gone(at, key),
            2 => trail.off(at, key),
            3 => trail.on(at, key),
            4 => trail.asked_who(at, key, "203.0.113.10", "Boto3/1.34.0"),
            5 if random.below(6) == 0 => trail.user_gone(at),
            5 if random.below(6) == 0 => trail.user_made(at),
            _ => trail.used(at, key),
        };
    }
    trail
}

#[test]
fn neither_order_nor_files_nor_repetition_matter() {
    let mut random = Random(3);
    let (mut broken, mut held) = (0, 0);
    for round in 0..rounds(150, 4_000) {
        let trail = history(&mut random);
        let told = |report: rotator_cli::conform::report::Report| {
            let mut json = report.json();
            for field in ["files", "records", "duplicates", "uses"] {
                json["trail"][field] = Value::Null;
            }
            json
        };
        let first = told(trail.report());
        broken += usize::from(first.to_string().contains("\"broken\""));
        held += usize::from(first.to_string().contains("\"verdict\":\"held\""));
        let mut records = trail.records.clone();
        for _ in 0..random.below(4) {
            records.push(records[random.below(records.len())].clone());
        }
        random.shuffle(&mut records);
        let cut = random.below(records.len() + 1);
        let (head, tail) = records.split_at(cut);
        let file = |records: &[Value]| json!({ "Records": records }).to_string().into_bytes();
        let again = told(judged(&[("a.json", file(tail)), ("b.json", file(head))]));
        assert_eq!(again, first, "round {round}: {:#}", json!(trail.records));
    }
    assert!(broken > 20 && held > 20, "{broken} broken, {held} held: these histories show too little");
}

#[test]
fn what_came_twice_is_counted_once() {
    let mut trail = Trail::of_user().made(1, OLD).made(DAY, NEW);
    let again = trail.records[2].clone();
    trail.records.push(again);
    let report = trail.report();
    assert_eq!((report.counts.changes, report.counts.duplicates), (3, 1));
    assert_eq!(report.users[0].0.keys.len(), 2);
}

/// Of the orders that events of one second can have had, the one that accuses nobody is taken.
#[test]
fn within_one_second_nobody_is_accused() {
    let now = 10 * DAY;
    let steps: [fn(Trail) -> Trail; 4] = [
        |trail| trail.gone(10 * DAY, OLD),
        |trail| trail.made(10 * DAY, THIRD),
        |trail| trail.off(10 * DAY, THIRD),
        |trail| trail.on(10 * DAY, THIRD),
    ];
    let mut random = Random(8);
    for _ in 0..24 {
        let mut steps = steps;
        random.shuffle(&mut steps);
        let before = Trail::of_user().made(1, OLD).made(DAY, NEW).busy(2 * DAY, now - HOUR, HOUR, NEW);
        let trail = steps.iter().fold(before, |trail, step| step(trail)).other(11 * DAY);
        let verdicts = verdicts(&trail.report());
        assert!(verdicts.iter().all(|(_, verdict)| *verdict == Held), "{verdicts:?}");
    }
    // A second later it is another matter.
    let apart = Trail::of_user().made(1, OLD).gone(DAY, OLD).made(DAY + 1, NEW).other(9 * DAY);
    assert_eq!(apart.verdict("current-works"), Broken);
}
