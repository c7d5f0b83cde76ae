//! Calls that are denied, garbled or refused: what is missing is named, and nothing is lost.

use rotator_cli::permissions::NEEDS;
use rotator_cli::sandbox::{Fault, What};

use crate::kit::{DAY, HOUR, World, fixture, handed};

#[test]
fn each_needed_action_denied_in_turn() {
    // The very list that the documents print; the deletion has a test of its own below.
    let row = NEEDS.iter().find(|needs| needs.command.starts_with("`rotate` with tags")).unwrap();
    let printed = row.actions().filter(|action| *action != "iam:DeleteAccessKey");
    let actions: Vec<&str> = ["sts:GetCallerIdentity"].into_iter().chain(printed).collect();
    let mut world = World::users(&["ci"]);
    let last = world.key("ci", 80 * DAY);
    let current = world.used_key("ci", 40 * DAY);
    let document = format!(r#"{{"ci": {{"AccessKeyId": "{}"}}}}"#, current.id);
    world.run_with("rotator confirm -", &document);
    world.advance(13 * HOUR);
    for action in actions {
        let hits = world.sandbox.inject(Fault::always(action, What::Deny));
        world.tell(&format!("# without {action}"));
        let ran = world.run("rotator rotate ci");
        assert!(hits.count() > 0, "{action} was never asked for");
        // Last use that cannot be read is no failure: it is waited for.
        let code = if action == "iam:GetAccessKeyLastUsed" { 5 } else { 6 };
        assert_eq!(ran.code, Some(code), "{action}");
        assert!(ran.stderr.contains(&format!("allow {action} ")), "{}", ran.stderr);
        assert!(world.works(&current), "{action}");
        // LAST has rested and goes first: it is gone before anything is written or made.
        let gone = ["iam:TagUser", "iam:CreateAccessKey"].contains(&action);
        assert_eq!(world.works(&last), !gone, "{action}");
        world.sandbox.clear_faults();
    }
    assert_eq!(world.run("rotator rotate ci").code, Some(0));
    world.check("denied_tags");
}

#[test]
fn deletion_denied() {
    let mut world = World::users(&["ci"]);
    let last = world.key("ci", 80 * DAY);
    let current = world.used_key("ci", 40 * DAY);
    world.sandbox.account().deny("iam:DeleteAccessKey");
    world.run(&format!("rotator adopt ci --current {}", current.id));
    world.advance(13 * HOUR);
    assert_eq!(world.run("rotator rotate ci").code, Some(6));
    assert!(world.works(&last) && world.works(&current));
    world.check("denied_deletion");
}

#[test]
fn each_needed_action_of_the_store_denied_in_turn() {
    let mut world = World::users(&["ci"]);
    let line = "rotator rotate ci --settle 1s --store secretsmanager:ci/{user}";
    for action in ["DescribeSecret", "CreateSecret", "PutSecretValue", "UpdateSecretVersionStage"] {
        let action = format!("secretsmanager:{action}");
        let hits = world.sandbox.inject(Fault::always(&action, What::Deny));
        world.tell(&format!("# without {action}"));
        let ran = world.run(line);
        assert!(hits.count() > 0, "{action} was never asked for");
        assert_ne!(ran.code, Some(0), "{action}");
        assert!(ran.stderr.contains(&action), "{}", ran.stderr);
        world.tell_account();
        world.sandbox.clear_faults();
    }
    assert_eq!(world.run(line).code, Some(0), "the staged key is promoted");
    world.advance(13 * HOUR);
    let hits = world.sandbox.inject(Fault::always("secretsmanager:TagResource", What::Deny));
    assert_eq!((world.run(line).code, hits.count() > 0), (Some(6), true));
    world.sandbox.clear_faults();

    // A run that did not make the staged pair has to read it, to prove it.
    let hits = world.sandbox.inject(Fault::always("secretsmanager:UpdateSecretVersionStage", What::Deny));
    assert_eq!((world.run(line).code, hits.count() > 0), (Some(6), true));
    world.sandbox.clear_faults();
    let hits = world.sandbox.inject(Fault::always("secretsmanager:GetSecretValue", What::Deny));
    assert_eq!((world.run(line).code, hits.count() > 0), (Some(6), true));
    world.sandbox.clear_faults();
    assert_eq!(world.run(line).code, Some(0), "the staged key is promoted");
    world.check("denied_store");
}

#[test]
fn secrets_that_are_not_ours() {
    let users = ["deleted", "fields", "rotated", "text"];
    let mut world = World::users(&users);
    let keys = users.map(|user| world.used_key(user, 40 * DAY));
    {
        let mut account = world.sandbox.account();
        account.add_secret("text", Some(&fixture("secret-text.txt"))).unwrap();
        account.add_secret("fields", Some(&fixture("secret-other-fields.json"))).unwrap();
        account.add_secret("rotated", Some("{}")).unwrap();
        account.set_rotation_enabled("rotated", true).unwrap();
        account.add_secret("deleted", Some("{}")).unwrap();
        account.schedule_secret_deletion("deleted").unwrap();
    }
    assert_eq!(world.run("rotator rotate ci --store secretsmanager:{user}").code, Some(3));
    assert_eq!(world.run("rotator plan ci --store secretsmanager:{user}").code, Some(3));
    for key in &keys {
        assert!(world.works(key));
        assert_eq!(world.ids(&key.user).len(), 1);
    }
    world.check("secrets_not_ours");
}

#[test]
fn answers_that_are_no_xml() {
    let mut world = World::users(&["ci"]);
    let current = world.used_key("ci", 40 * DAY);
    for (action, code) in [("sts:GetCallerIdentity", 1), ("iam:ListUsers", 1), ("iam:ListAccessKeys", 3)] {
        let hits = world.sandbox.inject(Fault::always(action, What::NotXml));
        assert_eq!(world.run("rotator rotate ci --deadline 3s").code, Some(code), "{action}");
        assert!(hits.count() > 0);
        world.sandbox.clear_faults();
    }
    assert!(world.works(&current));
    assert_eq!(world.ids("ci").len(), 1);
    world.check("no_xml");
}

#[test]
fn credentials_that_expire_amid_the_run() {
    let mut world = World::users(&["alice", "bob"]);
    let hits = world.sandbox.inject(Fault::always("iam:*", What::Expired).for_user("bob"));
    let ran = world.run("rotator rotate ci");
    assert_eq!((ran.code, hits.count() > 0), (Some(3), true));
    assert_eq!(handed(&ran.stdout).len(), 1, "the other user is rotated");
    let hits = world.sandbox.inject(Fault::always("sts:*", What::Expired));
    assert_eq!((world.run("rotator rotate ci").code, hits.count() > 0), (Some(1), true));
    world.check("expired");
}
