//! Commands for a bad day: `rollback`, `retire`, `revive`.

use std::collections::{BTreeMap, BTreeSet};

use rotator_cli::permissions::NEEDS;
use rotator_cli::sandbox::{Fault, KeyStatus, What};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::journal;
use crate::kit::{DAY, HOUR, Handed, MINUTE, World, handed};
use crate::stores::pass;

pub const SECRET: &str = "--store secretsmanager:ci/{user}";
pub const FILE: &str = "--store file:keys.json";
pub const PARAMETER: &str = "--store ssm:/ci/{user}";
/// Answers lag by a second at most, so that a test does not wait for a minute.
pub const SOON: &str = "--settle 1s --journal journal";

/// What jobs are given.
#[track_caller]
pub fn served(world: &World, store: &str) -> Handed {
    let pair = match store {
        SECRET => {
            let value = world.sandbox.account().secret_value("ci/ci", "AWSCURRENT").unwrap();
            value.expose_secret().to_owned()
        }
        PARAMETER => {
            let parameter = world.sandbox.account().parameter("/ci/ci").unwrap();
            parameter.versions.last().unwrap().value.expose_secret().to_owned()
        }
        _ => {
            let file: Value = serde_json::from_str(&world.read("keys.json")).unwrap();
            file["ci"]["CURRENT"].to_string()
        }
    };
    handed(&format!("{{\"ci\": {pair}}}")).remove(0)
}

/// Two rotations, so that both keys are the store's own: LAST and CURRENT, which are new.
pub fn rotated_twice(store: &str) -> (World, Handed, Handed) {
    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    assert_eq!(world.run(&format!("rotator rotate ci {store} {SOON}")).code, Some(0));
    let last = served(&world, store);
    pass(&world, 13 * HOUR);
    assert_eq!(world.run(&format!("rotator rotate ci {store} {SOON}")).code, Some(0));
    let current = served(&world, store);
    pass(&world, 2 * MINUTE);
    world.job(&current);
    world.job(&last);
    (world, last, current)
}

/// The end of a story: the journal is one chain, and holds no secret.
#[track_caller]
pub fn end(world: &World, pairs: &[&Handed], name: &str) {
    let journal = world.read("journal");
    journal::check(&journal);
    for pair in pairs {
        assert!(!journal.contains(&pair.secret));
    }
    world.check(name);
}

#[test]
fn last_is_served_again_at_once() {
    for (store, name) in
        [(SECRET, "key_rollback_secret"), (FILE, "key_rollback_file"), (PARAMETER, "key_rollback_ssm")]
    {
        let (mut world, last, current) = rotated_twice(store);
        let line = format!("rotator rollback ci {store} {SOON}");
        let key = format!("--key {}", last.id);
        assert_eq!(world.run(&line).code, Some(2), "nobody can be asked");
        assert_eq!(
            world.run(&format!("{line} --yes")).code,
            Some(2),
            "repeated, it would mean the other key"
        );
        assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
        assert_eq!(world.run(&format!("{line} --dry-run --json")).code, Some(0));
        assert_eq!(served(&world, store), current);
        assert_eq!(world.run(&format!("{line} {key} --yes")).code, Some(0));
        for _ in 0..2 {
            assert_eq!(served(&world, store), last);
            world.job(&last);
            world.job(&current);
            pass(&world, HOUR);
            world.run(&format!("rotator status ci {store}"));
            assert_eq!(world.run(&format!("{line} {key} --yes --json")).code, Some(0), "it is so already");
        }
        // The key that was bad rests as LAST, like any.
        assert_eq!(world.run(&format!("rotator rotate ci {store} {SOON}")).code, Some(5));
        pass(&world, 13 * HOUR);
        assert_eq!(world.run(&format!("rotator rotate ci {store} {SOON}")).code, Some(0));
        assert_eq!((world.works(&last), world.works(&current)), (true, false));
        end(&world, &[&last, &current], name);
    }
}

/// LAST had rested: another run may be about to delete it, so its rest begins anew first.
#[test]
fn last_is_served_again_late() {
    for (store, name) in [(SECRET, "key_rollback_late_secret"), (FILE, "key_rollback_late_file")] {
        let (mut world, last, current) = rotated_twice(store);
        pass(&world, 13 * HOUR);
        let line = format!("rotator rollback ci {store} --key {} {SOON}", last.id);
        assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(5));
        assert_eq!(served(&world, store), current);
        assert_eq!(world.run(&format!("rotator rotate ci {store} {SOON}")).code, Some(5), "it rests");
        assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
        pass(&world, HOUR + 2 * MINUTE);
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(0));
        assert_eq!(served(&world, store), last);
        world.job(&last);
        world.job(&current);
        end(&world, &[&last, &current], name);
    }
}

/// What the reference says that each command needs is what it asks for: no less, and nothing else.
#[test]
fn permissions_are_those_that_are_told() {
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (store, row) in [
        (SECRET, "`rollback --store secretsmanager:…`"),
        (PARAMETER, "`rollback --store ssm:…`"),
        (FILE, "`rollback --store file:…`"),
    ] {
        for late in [false, true] {
            let (mut world, last, _) = rotated_twice(store);
            let line = format!("rotator rollback ci {store} --key {} --yes {SOON}", last.id);
            world.sandbox.clear_calls();
            if late {
                pass(&world, 13 * HOUR);
                assert_eq!(world.run(&line).code, Some(5));
                pass(&world, HOUR + 2 * MINUTE);
            }
            assert_eq!(world.run(&line).code, Some(0));
            used.entry(row).or_default().extend(world.sandbox.calls().into_iter().map(|call| call.action));
        }
    }
    for (store, row) in [
        (SECRET, "`retire --store secretsmanager:…`"),
        (PARAMETER, "`retire` with tags"),
        (FILE, "`retire --store file:…`"),
    ] {
        let (mut world, ..) = rotated_twice(store);
        world.sandbox.clear_calls();
        for _ in 0..2 {
            pass(&world, 8 * DAY);
            world.run(&format!("rotator retire ci {store} --yes {SOON}"));
        }
        assert_eq!(world.ids("ci").len(), 1);
        let calls = world.sandbox.calls().into_iter().map(|call| call.action);
        // Beside a ledger the store is asked as well; that is in the row of `status`.
        used.entry(row).or_default().extend(calls.filter(|action| !action.starts_with("ssm:")));
    }
    for (row, mut actions) in used {
        let told = NEEDS.iter().find(|needs| needs.command == row).unwrap().actions();
        actions.remove("sts:GetCallerIdentity");
        // A secret's value is read for a pair that somebody put there by hand, too.
        if row.contains("secretsmanager") {
            actions.insert("secretsmanager:GetSecretValue".to_owned());
        }
        match row.contains("rollback") {
            // Asked in each look, and nothing is decided by it.
            true => actions.remove("iam:GetAccessKeyLastUsed"),
            // For a rotation that died before it (tests/policy).
            false if row.contains("secretsmanager") => {
                actions.insert("secretsmanager:UpdateSecretVersionStage".to_owned())
            }
            false => false,
        };
        assert_eq!(actions, told.map(str::to_owned).collect(), "{row}");
    }
}

#[test]
fn revive_needs_what_status_needs() {
    for (store, status) in [
        (SECRET, "… with `--store secretsmanager:…`"),
        (PARAMETER, "… with `--store ssm:…`"),
        (FILE, "… with `--store file:…`"),
    ] {
        let (mut world, last, _) = rotated_twice(store);
        world.status(&last, KeyStatus::Inactive);
        world.sandbox.clear_calls();
        assert_eq!(world.run(&format!("rotator revive ci {store} {SOON} --yes")).code, Some(0));
        let mut used: BTreeSet<_> = world.sandbox.calls().into_iter().map(|call| call.action).collect();
        used.remove("sts:GetCallerIdentity");
        // Asked in each look, and nothing is decided by it.
        used.remove("iam:GetAccessKeyLastUsed");
        if store == SECRET {
            // For a pair that somebody put there by hand.
            used.insert("secretsmanager:GetSecretValue".to_owned());
        }
        let rows =
            NEEDS.iter().filter(|needs| needs.command == status || needs.command.starts_with("`revive`"));
        let told = rows
            .flat_map(|needs| needs.actions())
            .filter(|action| !["iam:ListUsers", "iam:GetAccessKeyLastUsed"].contains(action));
        assert_eq!(used, told.map(str::to_owned).collect(), "{store}");
    }
}

#[test]
fn a_rollback_whose_answer_is_lost() {
    let (mut world, last, current) = rotated_twice(SECRET);
    let hits = world.sandbox.inject(Fault::next("secretsmanager:UpdateSecretVersionStage", What::AnswerLost));
    let line = format!("rotator rollback ci {SECRET} --key {} {SOON} --yes", last.id);
    world.run(&line);
    assert_eq!(hits.count(), 1);
    assert_eq!(served(&world, SECRET), last);
    world.advance(2 * MINUTE);
    assert_eq!(world.run(&line).code, Some(0));
    assert_eq!(served(&world, SECRET), last, "once is enough");
    world.job(&current);
    end(&world, &[&last, &current], "key_rollback_lost");
}

#[test]
fn a_last_that_is_switched_off() {
    let (mut world, last, current) = rotated_twice(SECRET);
    world.status(&last, KeyStatus::Inactive);
    let back = format!("rotator rollback ci {SECRET} --key {} {SOON}", last.id);
    let revive = format!("rotator revive ci {SECRET} {SOON}");
    assert_eq!(world.run(&format!("{back} --dry-run")).code, Some(4));
    assert_eq!(world.run(&format!("{back} --yes")).code, Some(4));
    assert_eq!(world.run(&revive).code, Some(2), "nobody can be asked");
    assert_eq!(world.run(&format!("{revive} --dry-run")).code, Some(0));
    assert!(!world.works(&last));
    assert_eq!(world.run(&format!("{revive} --yes")).code, Some(0));
    assert_eq!(world.run(&format!("{revive} --yes --json")).code, Some(0), "it works already");
    assert_eq!(world.run(&format!("{back} --yes")).code, Some(0));
    assert_eq!(served(&world, SECRET), last);
    world.job(&last);
    world.job(&current);
    end(&world, &[&last, &current], "key_revive");
}

/// Tags keep names, not pairs.
#[test]
fn a_pair_that_nobody_keeps() {
    let mut world = World::users(&["ci"]);
    let last = world.used_key("ci", 40 * DAY);
    let current = world.run(&format!("rotator rotate ci {SOON} --handover trust")).handed().remove(0);
    world.advance(2 * MINUTE);
    for line in [
        format!("rotator rollback ci {SOON} --dry-run"),
        format!("rotator rollback ci {SOON} --key {} --yes", last.id),
        format!("rotator rollback ci {SOON} --key {} --yes --json", last.id),
    ] {
        assert_eq!(world.run(&line).code, Some(4), "{line}");
    }
    // What is printed helps.
    assert_eq!(world.run(&format!("rotator adopt ci --current {} {SOON}", last.id)).code, Some(5));
    world.advance(2 * HOUR);
    assert_eq!(world.run(&format!("rotator adopt ci --current {} {SOON}", last.id)).code, Some(0));
    world.run("rotator status ci");
    world.job(&last);
    world.job(&current);
    end(&world, &[&last, &current], "key_rollback_not_kept");
}

#[test]
fn nobody_to_roll_back_to() {
    let mut world = World::users(&["ci", "new"]);
    let key = world.used_key("ci", 40 * DAY);
    for line in [
        "rotator rollback ci --dry-run",
        "rotator rollback new",
        "rotator rollback nobody",
        "rotator revive new --yes",
        "rotator revoke new",
        "rotator revoke ci --key AKIAIOSFODNN7EXAMPLE --yes --store secretsmanager:ci",
    ] {
        assert_eq!(world.run(line).code, Some(1), "{line}");
    }
    for line in [
        "rotator revoke ci --key short --yes",
        "rotator revoke ci --yes --key AKIAIOSFODNN7EXAMPLE --json",
        "rotator rollback ci --yes",
        "rotator revoke ci --yes",
        "rotator rollback",
        "rotator rollback ci --ledger dates",
        "rotator revive ci --ledger dates",
        "rotator revoke ci --ledger dates",
        "rotator retire ci --ledger dates",
        "rotator retire ci --quarantine 6h",
        "rotator retire",
    ] {
        assert_eq!(world.run(line).code, Some(2), "{line}");
    }
    assert!(world.works(&key));
    world.check("key_senseless");
}

#[test]
fn last_is_retired() {
    for (store, name) in [(SECRET, "key_retire_secret"), (FILE, "key_retire_file"), ("", "key_retire_tags")] {
        let mut world = World::users(&["ci"]);
        let last = world.used_key("ci", 40 * DAY);
        let gap = if store.is_empty() { "" } else { " " };
        let hand = if store.is_empty() { "-o pairs.json --handover trust" } else { store };
        assert_eq!(world.run(&format!("rotator rotate ci {hand} {SOON}")).code, Some(0));
        let current = if store.is_empty() {
            handed(&world.read("pairs.json")).remove(0)
        } else {
            served(&world, store)
        };
        let line = format!("rotator retire ci{gap}{store} --grace 24h --quarantine 7d {SOON}");
        pass(&world, 2 * MINUTE);
        assert_eq!(world.run(&line).code, Some(2), "nobody can be asked");
        assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(5), "LAST rests");
        pass(&world, 25 * HOUR);
        world.job(&current);
        assert_eq!(world.run(&format!("{line} --dry-run --json")).code, Some(0));
        assert!(world.works(&last));
        world.run(&format!("{line} --yes"));
        assert!(!world.works(&last), "switched off");
        pass(&world, 6 * DAY);
        assert_eq!(world.run(&format!("{line} --dry-run")).code, Some(0));
        assert_eq!(world.run(&format!("{line} --yes --json")).code, Some(5), "the quarantine");

        // Somebody needs it after all: it rests once more, and is switched off once more.
        let revive = format!("rotator revive ci{gap}{store} {SOON}");
        assert_eq!(world.run(&format!("{revive} --yes")).code, Some(0));
        world.job(&last);
        pass(&world, 2 * DAY);
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(5), "it rests from when that was seen");
        assert!(world.works(&last));
        pass(&world, 25 * HOUR);
        world.run(&format!("{line} --yes"));
        assert!(!world.works(&last));
        pass(&world, 8 * DAY);
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(0));
        assert_eq!(world.ids("ci"), [current.id.as_str()]);
        assert_eq!(world.run(&format!("{line} --yes")).code, Some(0), "nothing is left to do");
        world.job(&current);
        end(&world, &[&last, &current], name);
    }
}

/// The store keeps pairs, and never had that of LAST, which is older than it: that is said before anything is
/// done.
#[test]
fn a_pair_that_the_store_never_had() {
    let mut world = World::users(&["ci"]);
    let last = world.used_key("ci", 40 * DAY);
    assert_eq!(world.run(&format!("rotator rotate ci {PARAMETER} {SOON}")).code, Some(0));
    let current = served(&world, PARAMETER);
    world.advance(2 * HOUR);
    let back = format!("rotator rollback ci {PARAMETER} --key {} {SOON}", last.id);
    let revoke = format!("rotator revoke ci {PARAMETER} --key {} {SOON}", current.id);
    for line in
        [format!("{back} --dry-run"), format!("{back} --yes"), format!("rotator rollback ci {PARAMETER}")]
    {
        assert_eq!(world.run(&line).code, Some(4), "{line}");
    }
    assert_eq!(world.run(&format!("{revoke} --dry-run")).code, Some(0));
    assert_eq!(world.run(&format!("{revoke} --yes")).code, Some(5));
    assert_eq!(served(&world, PARAMETER), current);
    assert!(world.works(&last) && world.works(&current));
    // As it says.
    world.sandbox.account().delete_key("ci", &last.id).unwrap();
    assert_eq!(world.run(&format!("{revoke} --yes")).code, Some(0));
    let new = served(&world, PARAMETER);
    assert_eq!([&current, &new].map(|pair| world.works(pair)), [false, true]);
    end(&world, &[&last, &current, &new], "key_never_kept");
}
