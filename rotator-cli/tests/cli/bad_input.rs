//! Bad input: each a clear sentence with what to do, the right exit code, and nothing lost.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use rotator_cli::sandbox::KeyStatus;

use crate::kit::{DAY, HOUR, MINUTE, World, fixture};

/// One user with a key that a job uses, which must work whatever happens.
fn world() -> (World, crate::kit::Handed) {
    let world = World::users(&["ci"]);
    let key = world.used_key("ci", 40 * DAY);
    (world, key)
}

#[test]
fn combinations_that_make_no_sense() {
    let (mut world, key) = world();
    let lines = [
        "rotator rotate ci --json",
        "rotator rotate ci --store secretsmanager:x --handover trust",
        "rotator rotate ci --store secretsmanager:x --ledger tags",
        "rotator rotate ci --store secretsmanager:x -o pairs.json",
        "rotator rotate ci --ledger store",
        "rotator rotate ci --ledger dates --handover confirm",
        "rotator rotate ci --store vault:x",
        "rotator rotate ci --store secretsmanager:",
        "rotator rotate ci --min-age 30min",
        "rotator rotate ci --deadline 2h",
        "rotator rotate ci --deadline 0",
        "rotator rotate ci --settle 2h",
        "rotator rotate ci --rotate-after 1h",
        "rotator rotate ci --min-age soon",
        "rotator rotate ci --min-age 12",
        "ROTATOR_MIN_AGE=soon rotator rotate ci",
        "rotator rotate ci --max-users many",
        "rotator rotate",
        "rotator confirm",
        "rotator confirm pairs.json --user ci --key AKIAIOSFODNN7EXAMPLE",
        "rotator confirm --user ci",
        "rotator confirm --user ci --key short",
        "rotator adopt ci",
        "rotator adopt ci --current no/key/at/all/here",
    ];
    for line in lines {
        assert_eq!(world.run(line).code, Some(2), "{line}");
    }
    assert!(world.sandbox.calls().is_empty(), "found before any call");
    assert!(world.works(&key));
    world.check("combinations");
}

#[test]
fn odd_paths() {
    let (mut world, _) = world();
    let long = "x".repeat(512);
    let lines = ["''", "ci\u{e9}", "ci\u{7f}", "/", "no-such-path", "CI", "c"];
    for path in lines {
        assert_eq!(world.run(&format!("rotator rotate {path}")).code, Some(2), "{path}");
    }
    assert_eq!(world.run(&format!("rotator plan {long}")).code, Some(2));
    assert_eq!(world.run("rotator status no-such-path").code, Some(2));
    world.check("odd_paths");
}

#[test]
fn outfiles_that_cannot_be_written() {
    let (mut world, key) = world();
    world.write("notes.txt", &fixture("outfile-not-json.txt"));
    world.write("array.json", &fixture("outfile-array.json"));
    symlink(world.path("elsewhere.json"), world.path("link.json")).unwrap();
    fs::create_dir(world.path("folder")).unwrap();
    for file in ["notes.txt", "array.json", "link.json", "folder", "no/such/folder.json"] {
        assert_eq!(world.run(&format!("rotator rotate ci -o {file}")).code, Some(1), "{file}");
    }
    // A superuser may write everywhere, so the mode is no hindrance to it.
    fs::create_dir(world.path("closed")).unwrap();
    fs::set_permissions(world.path("closed"), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(world.path("closed/probe"), "").is_err() {
        let ran = world.command("rotator rotate ci -o closed/pairs.json").output().unwrap();
        assert_eq!(ran.status.code(), Some(1));
    }
    fs::set_permissions(world.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(world.sandbox.calls().is_empty(), "found before any call");
    assert_eq!(world.read("notes.txt"), fixture("outfile-not-json.txt"));
    assert!(world.works(&key));
    world.check("outfiles");
}

#[test]
fn documents_that_confirm_nothing() {
    let (mut world, _) = world();
    world.write("notes.txt", &fixture("outfile-not-json.txt"));
    world.write("no-ids.json", &fixture("document-without-ids.json"));
    for (line, input) in [
        ("rotator confirm notes.txt", ""),
        ("rotator confirm no-ids.json", ""),
        ("rotator confirm nowhere.json", ""),
        ("rotator confirm -", ""),
        ("rotator confirm -", "{\"ci\": "),
        ("rotator confirm -", "{}"),
    ] {
        assert_ne!(world.run_with(line, input).code, Some(0), "{line} {input}");
    }
    assert!(world.sandbox.calls().is_empty(), "found before any call");
    world.check("confirm_nothing");
}

#[test]
fn words_about_nobody() {
    let (mut world, key) = world();
    assert_eq!(world.run("rotator confirm --user nobody --key AKIAIOSFODNN7EXAMPLE").code, Some(3));
    assert_eq!(world.run("rotator adopt nobody --current AKIAIOSFODNN7EXAMPLE").code, Some(3));
    world.run("rotator confirm --user ci --key AKIAIOSFODNN7EXAMPLE");
    world.run("rotator adopt ci --current AKIAIOSFODNN7EXAMPLE");
    // The one unknown does not stop the other.
    let document = format!(
        r#"{{"nobody": {{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}}, "ci": {{"AccessKeyId": "{}"}}}}"#,
        key.id
    );
    assert_eq!(world.run_with("rotator confirm -", &document).code, Some(3));
    world.tell_account();
    assert!(world.works(&key));
    world.check("words_about_nobody");
}

#[test]
fn credentials() {
    let (mut world, key) = world();
    let lines = [
        "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY rotator rotate ci",
        "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE rotator rotate ci",
        "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= rotator rotate ci",
        "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= rotator rotate ci --profile nowhere",
        "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= iam-credential-rotation ci",
    ];
    for line in lines {
        assert_eq!(world.run(line).code, Some(1), "{line}");
    }
    assert!(world.works(&key));
    world.check("credentials");
}

#[test]
fn no_region() {
    let (mut world, _) = world();
    assert_eq!(world.run("AWS_REGION= rotator rotate ci").code, Some(0), "IAM needs none");
    assert_eq!(world.run("AWS_REGION= rotator rotate ci --store secretsmanager:{user}").code, Some(2));
    world.check("no_region");
}

#[test]
fn nobody_answers() {
    let mut world = World::users(&["ci"]);
    for line in [
        "AWS_ENDPOINT_URL=http://127.0.0.1:1 rotator rotate ci",
        "rotator status ci --endpoint-url http://127.0.0.1:1",
        "rotator rotate ci --endpoint-url nonsense",
        "AWS_ENDPOINT_URL=http://127.0.0.1:1 iam-credential-rotation ci",
    ] {
        let began = rotator_cli::clock::Stopwatch::start();
        assert_eq!(world.run(line).code, Some(1), "{line}");
        assert!(began.elapsed() < MINUTE / 12, "{line} took {:?}", began.elapsed());
    }
    world.check("nobody_answers");
}

#[test]
fn keys_that_a_person_must_look_at() {
    let mut world = World::users(&["inactive", "three", "tie"]);
    let inactive = world.used_key("inactive", 40 * DAY);
    world.status(&inactive, KeyStatus::Inactive);
    let tie = [world.used_key("tie", 40 * DAY), world.used_key("tie", 40 * DAY)];
    let created = world.sandbox.account().key(&tie[0].id).unwrap().1.created;
    world.sandbox.account().set_created(&tie[1].id, created).unwrap();
    let mut three = vec![world.used_key("three", 40 * DAY), world.used_key("three", 30 * DAY)];
    world.sandbox.account().settings.keys_per_user = 3;
    three.push(world.used_key("three", 20 * DAY));
    let before: Vec<_> = ["inactive", "three", "tie"].map(|user| world.ids(user)).into();

    assert_eq!(world.run("rotator rotate ci").code, Some(4));
    assert_eq!(world.run("rotator plan ci").code, Some(4));
    assert_eq!(world.run("rotator rotate ci --store secretsmanager:{user}").code, Some(4));
    assert_eq!(world.run("iam-credential-rotation ci").code, Some(4));

    let after: Vec<_> = ["inactive", "three", "tie"].map(|user| world.ids(user)).into();
    assert_eq!(before, after);
    // The advice resolves it.
    let line = format!("rotator adopt tie --current {}", tie[1].id);
    assert_eq!(world.run(&line).code, Some(0));
    world.status(&inactive, KeyStatus::Active);
    world.sandbox.account().delete_key("three", &three[0].id).unwrap();
    world.advance(13 * HOUR);
    for pair in [&inactive, &tie[1], &three[2]] {
        world.job(pair);
    }
    let line = format!("rotator adopt three --current {}", three[2].id);
    assert_eq!(world.run(&line).code, Some(0));
    assert_eq!(world.run("rotator rotate ci").code, Some(5), "LAST rests from now on");
    world.check("keys_to_look_at");
}

#[test]
fn memories_that_a_person_changed() {
    let mut world = World::users(&["anew", "no-time", "twice", "words"]);
    let keys = ["anew", "no-time", "twice", "words"].map(|user| world.used_key(user, 40 * DAY));
    for key in keys.iter().skip(1) {
        let user = world.sandbox.account().user(&key.user).unwrap();
        let tag = fixture(&format!("slots-{}.txt", key.user));
        let tag = tag.replace("USER", &user.id).replace("KEY", &key.id);
        world.sandbox.account().tag_user(&key.user, &[("rotator:slots".to_owned(), tag)]).unwrap();
    }
    // Deleted and made anew, with the old one's tags put back by a template.
    world.run("rotator adopt anew --current AKIAIOSFODNN7EXAMPLE");
    let line = format!("rotator adopt anew --current {}", keys[0].id);
    world.run(&line);
    let tags = world.sandbox.account().tags("anew").unwrap();
    world.sandbox.account().remove_user("anew").unwrap();
    world.user("anew", "/ci/");
    world.sandbox.account().tag_user("anew", &tags).unwrap();
    let anew = world.used_key("anew", DAY);

    assert_eq!(world.run("rotator rotate ci").code, Some(3));
    world.advance(3 * MINUTE / 2);
    assert_eq!(world.run("rotator status ci").code, Some(3));
    for key in keys.iter().skip(1).chain([&anew]) {
        assert!(world.works(key));
        world.sandbox.account().untag_user(&key.user, &["rotator:slots".to_owned()]).unwrap();
    }
    assert_eq!(world.run("rotator rotate ci").code, Some(0), "the advice resolves it");
    world.check("memories_changed");
}
