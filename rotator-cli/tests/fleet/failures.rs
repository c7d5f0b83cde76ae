//! A bad day is given up early: so many failures, no further user; those in hand are finished.

use rotator_cli::sandbox::{Fault, What};
use serde_json::Value;

use crate::kit::{Ran, World};

const USERS: usize = 12;

fn bad_day(world: &mut World, line: &str) -> Ran {
    for n in 0..USERS {
        world.user(&format!("ci-{n:02}"), "/ci/");
    }
    world.sandbox.inject(Fault::always("iam:CreateAccessKey", What::Deny));
    world.run(line)
}

/// How many users of each word: told one by one, and in the last line.
fn told(ran: &Ran, word: &str) -> usize {
    ran.stderr.lines().filter(|line| line.starts_with(word)).count()
}

#[test]
fn no_further_user_is_begun() {
    for (at_once, allowed) in [(1, 3), (8, 2)] {
        let mut world = World::new();
        let line =
            format!("ROTATOR_CONCURRENCY={at_once} rotator rotate ci --max-failures {allowed} -o pairs.json");
        let ran = bad_day(&mut world, &line);
        assert_eq!(ran.code, Some(6), "{}", ran.stderr);
        let failed = told(&ran, "failed");
        assert!(failed >= allowed && failed < allowed + at_once, "{}", ran.stderr);
        let left = USERS - failed;
        assert_eq!(told(&ran, "stopped"), 1, "one line for all of them: {}", ran.stderr);
        let expected = format!("{left} users not begun");
        let squeezed = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains(&expected), "{expected}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("{failed} failed, {left} stopped in ")), "{}", ran.stderr);
        let made = |n| !world.sandbox.account().tags(&format!("ci-{n:02}")).unwrap().is_empty();
        assert_eq!((0..USERS).filter(|n| made(*n)).count(), failed, "nobody else was touched");
    }
}

#[test]
fn the_report_counts_those_that_had_no_turn() {
    let mut world = World::new();
    let ran = bad_day(&mut world, "rotator rotate ci --max-failures 1 -o pairs.json --json");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["users"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&report["not_begun"]["users"], &report["not_begun"]["code"]),
        (&11.into(), &"max-failures".into())
    );
    assert_eq!(report["exit"], 6);
}

#[test]
fn one_failure_fewer_than_allowed_stops_nobody() {
    let mut world = World::users(&["alice", "bob", "carol"]);
    world.sandbox.inject(Fault::always("iam:CreateAccessKey", What::Deny).for_user("alice"));
    let ran = world.run("rotator rotate ci --max-failures 2 -o pairs.json");
    assert!(ran.stderr.contains("2 handed over, 1 failed in "), "{}", ran.stderr);
}

#[test]
fn refusals_count_too_and_nought_is_no_number() {
    let mut world = World::users(&["alice", "bob", "carol"]);
    world.key("alice", crate::kit::DAY);
    world.key("alice", crate::kit::DAY);
    let ran = world.run("rotator rotate ci --adopt never --max-failures 1 -o pairs.json");
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 refused, 2 stopped in "), "{}", ran.stderr);
    assert_eq!(world.run("rotator rotate ci --max-failures 0 -o pairs.json").code, Some(2));
}
