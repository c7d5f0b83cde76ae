//! Rotations by hand-over, from the first meeting on.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rotator_cli::sandbox::{Settings, Usage};

use crate::kit::{DAY, HOUR, World, handed};

#[test]
fn users_with_no_one_and_two_keys() {
    let mut world = World::users(&["none", "one", "two"]);
    let one = world.used_key("one", 40 * DAY);
    let last = world.key("two", 70 * DAY);
    let current = world.used_key("two", 40 * DAY);
    world.tell_account();
    let ran = world.run("rotator rotate ci");
    world.tell_account();

    let handed = ran.handed();
    assert_eq!(handed.len(), 2, "the third waits until LAST has rested");
    for pair in handed.iter().chain([&one, &current, &last]) {
        assert!(world.works(pair));
    }
    world.advance(13 * HOUR);
    world.job(&one);
    world.job(&current);
    for pair in &handed {
        world.job(pair);
    }
    let ran = world.run("rotator rotate ci");
    assert_eq!(ran.handed().len(), 1);
    world.tell_account();
    world.check("no_one_and_two_keys");
}

#[test]
fn three_rotations_in_a_row() {
    let mut world = World::users(&["alice", "bob"]);
    let mut served = Vec::new();
    for _ in 0..3 {
        world.run("rotator rotate /ci/ --outfile pairs.json");
        let text = world.read("pairs.json");
        served.push(handed(&text));
        world.run("rotator confirm pairs.json");
        world.advance(13 * HOUR);
    }
    world.tell_account();
    let mode = std::fs::metadata(world.path("pairs.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for (turn, pairs) in served.iter().enumerate() {
        assert_eq!(pairs.len(), 2);
        for pair in pairs {
            assert_eq!(world.works(pair), turn > 0, "{} of turn {turn}", pair.user);
        }
    }
    world.check("three_rotations");
}

#[test]
fn a_document_is_merged_into() {
    let mut world = World::users(&["alice", "bob"]);
    world.write("pairs.json", r#"{"zoe": {"AccessKeyId": "x", "SecretAccessKey": "y"}, "bob": {}}"#);
    assert_eq!(world.run("rotator rotate ci --outfile pairs.json --json").code, Some(0));
    let text = world.read("pairs.json");
    world.tell(&text);
    world.check("merged");
}

#[test]
fn use_of_the_new_key_stands_for_a_confirmation() {
    let mut world = World::users(&["ci"]);
    let first = world.run("rotator rotate ci").handed().remove(0);
    assert_eq!(world.run("rotator rotate ci").code, Some(5), "nobody has used it yet");
    world.advance(2 * HOUR);
    assert_eq!(world.run("rotator rotate ci").code, Some(4), "only a word or a use can tell");
    world.job(&first);
    assert_eq!(world.run("rotator rotate ci").code, Some(0));
    world.advance(2 * HOUR);
    let second = world.run("rotator rotate ci").handed().remove(0);
    assert!(world.works(&first) && world.works(&second));
    world.tell_account();
    world.check("evidence");
}

#[test]
fn trusted_and_remembered_nowhere() {
    let mut world = World::users(&["ci"]);
    let mut served = vec![world.used_key("ci", 40 * DAY)];
    for _ in 0..3 {
        served.push(world.run("rotator rotate ci --handover trust --ledger dates").handed().remove(0));
        world.job(served.last().unwrap());
        world.advance(13 * HOUR);
    }
    assert_eq!(served.iter().map(|pair| world.works(pair)).collect::<Vec<_>>(), [false, false, true, true]);
    let handed = world.run("rotator rotate ci --handover trust").handed();
    assert!(handed.is_empty(), "the newer of two keys is taken for CURRENT, and LAST rests first");
    world.tell_account();
    world.check("trust");
}

#[test]
fn words_settle_what_was_handed_over() {
    let mut world = World::users(&["alice", "bob", "carol"]);
    let ran = world.run("rotator rotate ci --handover confirm");
    let [alice, bob, carol] = [0, 1, 2].map(|at| ran.handed()[at].clone());
    assert_eq!(world.run_with("rotator confirm -", &ran.stdout).code, Some(0));
    assert_eq!(world.run_with("rotator confirm - --json --dry-run", &ran.stdout).code, Some(0));
    world.advance(13 * HOUR);
    let next = world.run("rotator rotate ci --handover confirm").handed();
    // One has stored the new pair, one has not, one says it in another way.
    world.advance(2 * HOUR);
    assert_eq!(world.run(&format!("rotator confirm --user alice --key {} --json", next[0].id)).code, Some(0));
    assert_eq!(world.run(&format!("rotator confirm --user bob --key {}", bob.id)).code, Some(0));
    assert_eq!(world.run(&format!("rotator adopt carol --current {}", next[2].id)).code, Some(0));
    assert!(world.works(&alice) && world.works(&bob) && world.works(&carol));
    assert!(world.works(&next[0]) && !world.works(&next[1]) && world.works(&next[2]));
    world.tell_account();
    world.check("words");
}

#[test]
fn paths_below_are_named_and_taken_on_demand() {
    let mut world = World::users(&["ci"]);
    for n in 0..7 {
        world.user(&format!("below-{n}"), "/ci/below/");
    }
    world.user("beside", "/cider/");
    for line in ["rotator plan ci", "rotator plan ci --recursive", "rotator rotate ci", "rotator rotate c"] {
        world.run(line);
    }
    assert_eq!(world.run("rotator rotate ci/below -o pairs.json").code, Some(0));
    assert_eq!(world.run("ROTATOR_RECURSIVE=true rotator rotate /ci/ -o pairs.json").code, Some(5));
    assert!(world.ids("beside").is_empty());
    world.check("paths");
}

#[test]
fn many_users_on_short_pages() {
    let settings = Settings { short_pages: true, page_size: 7, ..Settings::default() };
    let mut world = World::with(settings);
    for n in 0..105 {
        world.user(&format!("ci-{n:03}"), "/ci/");
    }
    assert_eq!(world.run("rotator rotate ci").code, Some(2));
    let line = "rotator rotate ci --max-users 200 --concurrency 20 -o pairs.json";
    assert_eq!(world.run(line).code, Some(0));
    let pairs = handed(&world.read("pairs.json"));
    assert_eq!(pairs.len(), 105);
    assert!(pairs.iter().all(|pair| world.works(pair)));
    world.check("many");
}

#[test]
fn plans_and_states() {
    // Last use to the second, so that no quarter of an hour is in the way.
    let usage = Usage::Recorded { every: Duration::from_secs(1) };
    let mut world = World::with(Settings { usage, ..Settings::default() });
    for user in ["empty", "new", "old", "two"] {
        world.user(user, "/ci/");
    }
    world.used_key("new", 10 * DAY + HOUR);
    world.used_key("old", 40 * DAY + HOUR);
    world.key("two", 70 * DAY + HOUR);
    world.used_key("two", 40 * DAY + HOUR);
    world.advance(HOUR / 2);
    for line in [
        "rotator status ci --rotate-after 30d",
        "rotator status ci --rotate-after 30d --json",
        "rotator plan ci --rotate-after 30d",
        "rotator plan ci --rotate-after 30d --json",
        "rotator rotate ci --rotate-after 30d --dry-run",
        "rotator plan ci --adopt never",
    ] {
        world.run(line);
    }
    let changes = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:TagUser"];
    assert!(world.sandbox.calls().iter().all(|call| !changes.contains(&call.action.as_str())));
    assert_eq!(world.run("rotator rotate ci --rotate-after 30d -o pairs.json").code, Some(5));
    world.advance(3 * HOUR / 2);
    assert_eq!(world.run("rotator status ci --rotate-after 30d").code, Some(0));
    world.check("plans_and_states");
}
