//! No secret leaves by another way than it was told to, however much is asked to be told.

use secrecy::ExposeSecret;

use crate::kit::{DAY, HOUR, Handed, World};

/// Every run of eight characters of a secret.
fn pieces(secret: &str) -> impl Iterator<Item = &str> {
    (0..=secret.len() - 8).map(|at| &secret[at..at + 8])
}

#[track_caller]
fn assert_clean(what: &str, text: &str, pairs: &[Handed]) {
    for pair in pairs {
        for piece in pieces(&pair.secret) {
            assert!(!text.contains(piece), "a piece of the secret of {} is in {what}", pair.id);
        }
    }
}

#[test]
fn nothing_but_the_document_holds_a_secret() {
    let mut world = World::users(&["alice", "bob"]);
    let mut pairs = vec![world.used_key("alice", 40 * DAY), world.used_key("bob", 40 * DAY)];
    let admin = world.sandbox.admin();
    let secret = admin.secret.expose_secret().to_owned();
    pairs.push(Handed { user: "admin".to_owned(), id: admin.id.clone(), secret });
    let loud = "RUST_LOG=trace RUST_BACKTRACE=full ROTATOR_JOURNAL=journal";
    let mut checked = 0;
    let lines = [
        "rotator rotate ci -o pairs.json --json",
        "rotator confirm pairs.json",
        "rotator status ci",
        "rotator plan ci --json",
        "rotator rotate ci --store secretsmanager:{user} --json",
        "rotator status ci --store secretsmanager:{user} --json",
        "rotator rotate ci --endpoint-url http://127.0.0.1:1",
        "rotator rotate ci",
        "iam-credential-rotation ci",
    ];
    for line in lines {
        let ran = world.run(&format!("{loud} {line}"));
        let on_stdout = line.ends_with("rotate ci") || line.starts_with("iam-");
        if on_stdout {
            pairs.extend(ran.handed());
        }
        if line.contains("-o ") {
            pairs.extend(crate::kit::handed(&world.read("pairs.json")));
        }
        for user in ["alice", "bob"] {
            if let Some(value) = world.sandbox.account().secret_value(user, "AWSCURRENT") {
                pairs.extend(crate::kit::handed(&format!("{{\"{user}\": {}}}", value.expose_secret())));
            }
        }
        assert_clean("stderr", &ran.stderr, &pairs);
        if !on_stdout {
            assert_clean("stdout", &ran.stdout, &pairs);
        }
        assert_clean("the journal", &world.read("journal"), &pairs);
        assert!(!ran.stderr.contains("stack backtrace"), "{}", ran.stderr);
        checked += 1;
        world.advance(13 * HOUR);
    }
    pairs.sort_by(|a, b| a.id.cmp(&b.id));
    pairs.dedup();
    assert_eq!(checked, 9);
    assert!(pairs.len() >= 7, "only {} pairs were made", pairs.len());
}
