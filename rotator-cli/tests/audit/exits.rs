//! What the shell sees, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rotator_cli::sandbox::{Fault, What};

use crate::account::{current, everything, good, id, key, named, world};
use crate::kit::{DAY, HOUR, World};

#[track_caller]
fn exit(world: &mut World, line: &str) -> i32 {
    world.run(&format!("rotator audit {line}")).code.unwrap()
}

#[test]
fn fail_on_asks_its_rules_alone() {
    let mut world = world();
    good(&world, "ci", "/ci/", 20 * DAY);
    good(&world, "old", "/ci/", 100 * DAY);
    world.user("met", "/ci/");
    key(&world, "met", 30 * DAY, Some(HOUR));
    key(&world, "met", 20 * DAY, Some(HOUR));
    for (line, code) in [
        ("ci", 0),
        ("ci --fail-on rotated-90", 8),
        ("ci --fail-on one-active", 8),
        // Two keys that cannot be told apart.
        ("ci --fail-on unknown-key", 9),
        ("ci --fail-on unused-45", 0),
        ("ci --fail-on unused-45 --fail-on unknown-key", 9),
        ("ci --fail-on unknown-key --fail-on rotated-90", 8),
        ("ci --fail-on any", 8),
        ("ci --fail-on overdue --rotate-after 90d", 8),
        ("--all --fail-on half-done", 9),
        ("--all --fail-on too-many-keys", 0),
    ] {
        assert_eq!(exit(&mut world, line), code, "{line}");
    }
    // Why, where the report itself goes to a program.
    let ran = world.run("rotator audit ci --fail-on any --format csv");
    assert_eq!(ran.stderr, "--fail-on: broken: rotated-90 (1), one-active (1)\n");
    let ran = world.run("rotator audit ci --fail-on unknown-key --fail-on half-done --format csv");
    assert_eq!(ran.stderr, "--fail-on: cannot be judged: unknown-key (2), half-done (1)\n");
}

#[test]
fn a_user_who_cannot_be_looked_at() {
    let mut world = world();
    good(&world, "ci", "/ci/", DAY);
    let hits = world.sandbox.inject(Fault::always("iam:ListUserTags", What::Deny));
    assert_eq!(exit(&mut world, "ci"), 6);
    // What is missing says more than that a rule cannot be judged.
    assert_eq!(exit(&mut world, "ci --fail-on rotated-90"), 6);
    assert_eq!(exit(&mut world, "ci --fail-on any"), 6);
    assert_eq!(hits.count(), 3);
    // Without tags the rest can be seen.
    assert_eq!(exit(&mut world, "ci --ledger dates --fail-on any"), 0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut world = world();
    good(&world, "ci", "/ci/", DAY);
    fs::create_dir(world.path("folder")).unwrap();
    world.write("pairs.json", r#"{"ci": {"AccessKeyId": "AKIA", "SecretAccessKey": "s"}}"#);
    let mut said = String::new();
    for line in [
        "",
        "ci --all",
        "ci --fail-on nonsense",
        "ci --fail-on overdue",
        "ci --json --format csv",
        "ci --format pdf",
        "nobody",
        "ci --output same --html same",
        "ci --output folder",
        "ci --html absent/page.html",
        // What `rotate -o` wrote holds the only copy of a secret.
        "ci -o pairs.json",
    ] {
        let ran = world.run(&format!("rotator audit {line}"));
        assert_eq!(ran.stdout, "", "{line}");
        said.push_str(&format!("$ rotator audit {line}\n{}exit {}\n\n", ran.stderr, ran.code.unwrap()));
    }
    assert!(world.read("pairs.json").contains("SecretAccessKey"));
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("refused", said);
    });
}

#[test]
fn reports_are_files_of_their_owner() {
    let mut world = world();
    good(&world, "ci", "/ci/", DAY);
    world.write("report.csv", "what was there before");
    let printed = world.run("rotator audit ci --format csv").stdout;
    let ran = world.run("rotator audit ci --format csv -o report.csv --html page.html");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(world.read("report.csv"), printed);
    assert!(world.read("page.html").starts_with("<!doctype html>"));
    for name in ["report.csv", "page.html"] {
        let mode = fs::metadata(world.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn every_user_of_a_big_account() {
    let mut world = world();
    for at in 0..250 {
        world.user(&format!("person-{at:03}"), "/people/");
    }
    good(&world, "ci", "/ci/", DAY);
    // Nobody's key is there, but the memory names one: that is no person.
    world.user("lost", "/ci/");
    named(&world, "lost", &current("AKIALOSTLOSTLOSTLOST"), DAY);
    world.sandbox.clear_calls();
    let ran = world.run("rotator audit --all --fail-on any");
    assert_eq!(ran.code, Some(8));
    assert!(ran.stdout.contains("250 more users have no key."), "{}", ran.stdout);
    assert!(!ran.stdout.contains("person-"), "{}", ran.stdout);
    assert!(ran.stdout.contains("lost"), "{}", ran.stdout);
    let calls = world.sandbox.calls();
    let count = |action: &str| calls.iter().filter(|call| call.action == action).count();
    // The sandbox's own administrator is a user, too.
    let users = world.sandbox.account().users().len();
    assert_eq!(count("iam:ListUsers"), 1, "a page of 1000");
    assert_eq!((count("iam:ListAccessKeys"), count("iam:ListUserTags")), (users, users));
    let json = world.run("rotator audit --all --json");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["users_without_keys"], 250);
    assert_eq!(json["users"].as_array().unwrap().len(), users - 250);
}

#[test]
fn what_the_store_serves_outweighs_the_names() {
    let mut world = world();
    world.user("ci", "/ci/");
    let old = key(&world, "ci", 20 * DAY, Some(HOUR));
    let new = key(&world, "ci", 10 * DAY, Some(HOUR));
    let slots = rotator::Slots { current: id(&old), last: id(&new), ..rotator::Slots::default() };
    named(&world, "ci", &slots, 10 * DAY);
    world.write("served", &new);
    let ran =
        world.run("rotator audit ci --store 'exec:/bin/true {user}' --exec-served '/bin/cat served' --json");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let keys = report["users"][0]["keys"].as_array().unwrap();
    let roles: Vec<_> = keys.iter().map(|key| (key["id"].as_str().unwrap(), &key["role"])).collect();
    assert_eq!(roles, [(old.as_str(), &"LAST".into()), (new.as_str(), &"CURRENT".into())]);
    assert_eq!(
        report["users"][0]["note"],
        format!("the store serves {new}, where the memory names {old}; the next run names {new} CURRENT")
    );
}

/// A user was deleted and made anew, by a tool that copies tags: the names are about the old one's keys.
#[test]
fn names_about_another_user_are_nobodys() {
    let mut world = world();
    world.user("ci", "/ci/");
    let made = key(&world, "ci", DAY, Some(HOUR));
    let value = format!("at=2026-05-31T12:00:00Z user=AIDASOMEBODYELSE current={made}");
    let tag = (rotator_cli::ledger::SLOTS.to_owned(), value);
    world.sandbox.account().tag_user("ci", &[tag]).unwrap();
    let ran = world.run("rotator audit ci --json --fail-on current-works");
    assert_eq!(ran.code, Some(9), "{}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["users"][0]["keys"][0]["role"], serde_json::Value::Null);
}

#[test]
fn an_audit_that_signs_with_last() {
    let mut world = world();
    world.user("ci", "/ci/");
    let last = world.key("ci", 20 * DAY);
    let now = key(&world, "ci", 10 * DAY, Some(HOUR));
    let slots = rotator::Slots { current: id(&now), last: id(&last.id), ..rotator::Slots::default() };
    named(&world, "ci", &slots, 10 * DAY);
    for action in ["iam:ListUsers", "iam:ListAccessKeys", "iam:ListUserTags", "iam:GetAccessKeyLastUsed"] {
        world.sandbox.account().allow("ci", action);
    }
    let signed = format!("AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}", last.id, last.secret);
    let ran = world.run(&format!("{signed} rotator audit ci --fail-on own-key"));
    assert_eq!(ran.code, Some(8), "{}", ran.stderr);
    assert!(
        ran.stdout.contains(&format!("the audit signs with {}, which is LAST", last.id)),
        "{}",
        ran.stdout
    );
    assert_eq!(exit(&mut world, "ci --fail-on own-key"), 0);
}

#[test]
fn the_report_names_its_sources() {
    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    assert_eq!(world.run("rotator rotate ci --handover trust --journal journal.jsonl").code, Some(0));
    world.write("trail.json", r#"{"Records": []}"#);
    let ran = world.run("rotator audit ci --journal journal.jsonl --cloudtrail trail.json --json");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let sources = [
        "IAM's lists of users and keys",
        "roles from tags of the users",
        "the journal journal.jsonl",
        "CloudTrail in trail.json",
    ];
    assert_eq!(report["sources"], serde_json::json!(sources));
}

#[test]
fn nothing_secret_is_in_any_report() {
    let (world, _) = everything();
    let mut world = world;
    let secrets: Vec<String> = world
        .sandbox
        .account()
        .issued()
        .iter()
        .map(|pair| secrecy::ExposeSecret::expose_secret(&pair.secret).to_owned())
        .collect();
    assert!(secrets.len() > 20);
    for format in ["table", "json", "csv", "markdown", "sarif", "junit"] {
        let ran = world.run(&format!("rotator audit --all --format {format} --html page.html"));
        let page = world.read("page.html");
        for text in [&ran.stdout, &ran.stderr, &page] {
            assert!(secrets.iter().all(|secret| !text.contains(secret)), "{format}");
        }
    }
}
