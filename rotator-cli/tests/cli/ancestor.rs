//! `iam-credential-rotation` as the pipelines of the Python tool start it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rotator_cli::sandbox::{Fault, What};

use crate::kill::both_pipelines;
use crate::kit::{DAY, HOUR, World, handed};

/// Everything is as its users have it by default, so throttled calls are asked again for a while.
#[test]
fn survives_what_killed_the_ancestor() {
    let line = "ROTATOR_CONCURRENCY= iam-credential-rotation ci";
    for (world, name) in both_pipelines(line).iter().zip(["killing_drop_in_drops", "killing_drop_in_stores"])
    {
        world.check(name);
    }
}

#[test]
fn users_with_no_one_and_two_keys() {
    let mut world = World::users(&["none", "one", "two"]);
    world.user("nested", "/ci/below/");
    let one = world.used_key("one", 40 * DAY);
    let oldest = world.key("two", 70 * DAY);
    let two = world.used_key("two", 40 * DAY);
    let ran = world.run("ROTATOR_CONCURRENCY= iam-credential-rotation ci");
    assert_eq!(ran.code, Some(0));
    let users: Vec<_> = ran.handed().into_iter().map(|pair| pair.user).collect();
    assert_eq!(users, ["nested", "none", "one", "two"], "nested users too, in IAM's order");
    assert!(world.works(&one) && world.works(&two) && !world.works(&oldest));
    assert!(ran.handed().iter().all(|pair| world.works(pair)));
    assert!(world.sandbox.account().tags("one").unwrap().is_empty(), "it needs no leave to write tags");
    world.tell_account();
    world.check("drop_in");
}

#[test]
fn the_outfile_is_replaced() {
    let mut world = World::users(&["ci"]);
    world.write("pairs.json", r#"{"gone": {"AccessKeyId": "x", "SecretAccessKey": "y"}}"#);
    fs::set_permissions(world.path("pairs.json"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(world.run("iam-credential-rotation -o pairs.json ci").code, Some(0));
    let text = world.read("pairs.json");
    let mode = fs::metadata(world.path("pairs.json")).unwrap().permissions().mode();
    assert_eq!((handed(&text).len(), mode & 0o777), (1, 0o600));
    world.tell(&text);
    world.check("drop_in_outfile");
}

#[test]
fn no_user_and_too_many() {
    let mut world = World::users(&[]);
    assert_eq!(world.run("iam-credential-rotation ci").code, Some(2));
    for n in 0..21 {
        world.user(&format!("ci-{n:02}"), "/ci/");
    }
    assert_eq!(world.run("iam-credential-rotation ci").code, Some(2));
    assert_eq!(world.run("ROTATOR_MAX_USERS=1 iam-credential-rotation ci").code, Some(2));
    assert!(world.sandbox.calls().iter().all(|call| call.action != "iam:CreateAccessKey"));
    world.check("drop_in_counts");
}

#[test]
fn without_leave_to_read_last_use_it_says_so() {
    let mut world = World::users(&["ci"]);
    world.key("ci", 70 * DAY);
    world.used_key("ci", 40 * DAY);
    let hits = world.sandbox.inject(Fault::always("iam:GetAccessKeyLastUsed", What::Deny));
    assert_eq!(world.run("iam-credential-rotation ci").code, Some(5));
    assert!(hits.count() > 0);
    assert_eq!(world.ids("ci").len(), 2, "unknown is not never");
    world.check("drop_in_without_last_use");
}

#[test]
fn variables_lift_it_to_the_full_protocol() {
    let mut world = World::users(&["ci"]);
    let line = "ROTATOR_LEDGER=tags ROTATOR_HANDOVER=confirm ROTATOR_MIN_AGE=2h iam-credential-rotation ci";
    let handed = world.run(line).handed();
    assert_eq!(world.sandbox.account().tags("ci").unwrap().len(), 2);
    world.run(&format!("rotator confirm --user ci --key {}", handed[0].id));
    world.advance(3 * HOUR);
    assert_eq!(world.run(line).handed().len(), 1);
    for bad in [
        "ROTATOR_MIN_AGE=soon iam-credential-rotation ci",
        "ROTATOR_LEDGER=store iam-credential-rotation ci",
        "ROTATOR_HANDOVER=confirm iam-credential-rotation ci",
        "ROTATOR_STORE=secretsmanager:x iam-credential-rotation -o pairs.json ci",
    ] {
        assert_eq!(world.run(bad).code, Some(2), "{bad}");
    }
    world.tell_account();
    world.check("drop_in_variables");
}
