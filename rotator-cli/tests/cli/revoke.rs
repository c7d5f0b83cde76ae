//! `rotator revoke`: a key that has leaked.

use std::collections::BTreeSet;

use rotator_cli::permissions::NEEDS;
use rotator_cli::sandbox::{Fault, What};

use crate::key::{FILE, PARAMETER, SECRET, SOON, end, rotated_twice, served};
use crate::kit::{DAY, HOUR, MINUTE, World};
use crate::stores::pass;

#[test]
fn a_key_that_leaked_while_last_has_rested() {
    for (store, name) in [(SECRET, "key_revoke_secret"), (FILE, "key_revoke_file")] {
        let (mut world, last, leaked) = rotated_twice(store);
        pass(&world, 13 * HOUR);
        let line = format!("rotator revoke ci {store} {SOON}");
        let key = format!("--key {}", leaked.id);
        assert_eq!(world.run(&line).code, Some(2), "nobody can be asked");
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(2), "repeated, it would mean the new key");
        assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
        assert!(world.works(&leaked));
        assert_eq!(world.run(&format!("{line} {key} --yes")).code, Some(0));
        let current = served(&world, store);
        assert_eq!([&last, &leaked, &current].map(|pair| world.works(pair)), [false, false, true]);
        pass(&world, HOUR);
        world.run(&format!("rotator status ci {store}"));
        assert_eq!(world.run(&format!("{line} {key} --yes --json")).code, Some(0), "it is so already");
        assert_eq!(served(&world, store), current);
        end(&world, &[&last, &leaked, &current], name);
    }
}

/// There is no room for a new key, and LAST is trusted more than what has leaked.
#[test]
fn a_key_that_leaked_while_last_is_young() {
    for (store, name) in [
        (SECRET, "key_revoke_young_secret"),
        (FILE, "key_revoke_young_file"),
        (PARAMETER, "key_revoke_young_ssm"),
    ] {
        let (mut world, last, leaked) = rotated_twice(store);
        let line = format!("rotator revoke ci {store} {SOON} --key {}", leaked.id);
        assert_eq!(world.run(&format!("{line} --dry-run --json")).code, Some(0));
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(0));
        assert_eq!(served(&world, store), last);
        assert_eq!([&last, &leaked].map(|pair| world.works(pair)), [true, false]);
        end(&world, &[&last, &leaked], name);
    }
}

/// Tags keep no pair, so LAST cannot be served in its place: how to get on is said.
#[test]
fn a_key_that_leaked_and_no_room() {
    let mut world = World::users(&["ci"]);
    let last = world.used_key("ci", 40 * DAY);
    let leaked = world.run(&format!("rotator rotate ci {SOON} --handover trust")).handed().remove(0);
    world.advance(2 * HOUR);
    let line = format!("rotator revoke ci --handover trust {SOON} --key {}", leaked.id);
    assert_eq!(world.run(&format!("{line} --yes")).code, Some(5));
    assert!(world.works(&leaked) && world.works(&last));
    world.sandbox.account().delete_key("ci", &last.id).unwrap();
    let ran = world.run(&format!("{line} --yes"));
    assert_eq!(ran.code, Some(0));
    let new = ran.handed().remove(0);
    assert_eq!([&leaked, &new].map(|pair| world.works(pair)), [false, true]);
    end(&world, &[&last, &leaked, &new], "key_revoke_no_room");
}

#[test]
fn last_that_leaked() {
    let (mut world, last, current) = rotated_twice(SECRET);
    world.advance(HOUR);
    let line = format!("rotator revoke ci {SECRET} --key {} {SOON}", last.id);
    assert_eq!(world.run(&line).code, Some(2));
    assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
    assert_eq!(world.run(&format!("{line} --yes")).code, Some(0));
    assert_eq!([&last, &current].map(|pair| world.works(pair)), [false, true]);
    assert_eq!(served(&world, SECRET), current);
    end(&world, &[&last, &current], "key_revoke_last");
}

#[test]
fn a_key_without_a_name() {
    let mut world = World::users(&["ci"]);
    let current = world.run(&format!("rotator rotate ci {SECRET} {SOON}"));
    assert_eq!(current.code, Some(0));
    let current = served(&world, SECRET);
    world.advance(2 * HOUR);
    let stray = world.key("ci", 2 * HOUR);
    let line = format!("rotator revoke ci {SECRET} --key {} {SOON}", stray.id);
    assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(4));
    assert_eq!(world.run(&format!("{line} --yes")).code, Some(4));
    assert!(world.works(&stray) && world.works(&current));
    end(&world, &[&stray, &current], "key_revoke_stray");
}

#[test]
fn a_key_that_leaked_and_a_pipeline() {
    let mut world = World::users(&["ci"]);
    let leaked = world.run(&format!("rotator rotate ci {SOON} --handover trust")).handed().remove(0);
    world.job(&leaked);
    world.advance(2 * HOUR);
    let line = format!("rotator revoke ci --key {} {SOON}", leaked.id);
    assert_eq!(world.run(&line).code, Some(2));
    assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
    let ran = world.run(&format!("{line} --yes"));
    assert_eq!(ran.code, Some(5));
    let new = ran.handed().remove(0);
    assert!(world.works(&leaked), "nothing tells that the new one is stored");
    assert_eq!(world.run(&format!("rotator confirm --user ci --key {} {SOON}", new.id)).code, Some(0));
    world.advance(2 * MINUTE);
    let ran = world.run(&format!("{line} --yes"));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "{}\n"));
    assert_eq!([&leaked, &new].map(|pair| world.works(pair)), [false, true]);
    end(&world, &[&leaked, &new], "key_revoke_handed_over");
}

/// What leaked is not served any more, and works still: the same line ends it.
#[test]
fn a_revocation_that_stops_half_way() {
    let (mut world, last, leaked) = rotated_twice(SECRET);
    let line = format!("rotator revoke ci {SECRET} --key {} --yes {SOON}", leaked.id);
    let denied = world.sandbox.inject(Fault::always("iam:UpdateAccessKey", What::Deny));
    assert_eq!(world.run(&line).code, Some(6));
    assert!(denied.count() > 0);
    assert_eq!(served(&world, SECRET), last);
    world.sandbox.clear_faults();
    let lost = world.sandbox.inject(Fault::next("iam:UpdateAccessKey", What::AnswerLost));
    assert_eq!((world.run(&line).code, lost.count()), (Some(0), 1));
    assert_eq!([&last, &leaked].map(|pair| world.works(pair)), [true, false]);
    assert_eq!(served(&world, SECRET), last, "what leaked is not served again");
    end(&world, &[&last, &leaked], "key_revoke_half_way");
}

/// What the reference says that it needs with each store is what it asks for: no less, and nothing else.
#[test]
fn permissions_are_those_that_are_told() {
    let told = |command: &str| -> BTreeSet<&str> {
        NEEDS.iter().find(|needs| needs.command.starts_with(command)).unwrap().actions().collect()
    };
    for (store, rotate, rollback, first) in [
        (
            SECRET,
            "`rotate --store secretsmanager",
            "`rollback --store secretsmanager",
            // For a user whom the store does not know yet.
            Some("secretsmanager:CreateSecret"),
        ),
        (PARAMETER, "`rotate --store ssm", "`rollback --store ssm", None),
        (FILE, "`rotate --ledger dates`", "`rollback --store file", None),
    ] {
        let mut used = BTreeSet::new();
        for rest in [10 * MINUTE, 13 * HOUR] {
            let (mut world, _, leaked) = rotated_twice(store);
            pass(&world, rest);
            world.sandbox.clear_calls();
            let line = format!("rotator revoke ci {store} {SOON} --key {} --yes", leaked.id);
            assert_eq!(world.run(&line).code, Some(0));
            used.extend(world.sandbox.calls().into_iter().map(|call| call.action.to_string()));
        }
        let mut told: BTreeSet<_> =
            [rotate, rollback, "`revoke`"].iter().flat_map(|command| told(command)).collect();
        told.remove("iam:ListUsers");
        first.map(|action| told.remove(action));
        used.remove("sts:GetCallerIdentity");
        assert_eq!(used.iter().map(String::as_str).collect::<BTreeSet<_>>(), told, "{store}");
    }
}
