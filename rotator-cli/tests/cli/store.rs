//! Pairs written straight into Secrets Manager, which is its own memory.

use rotator_cli::sandbox::Secret;
use secrecy::ExposeSecret;

use crate::kit::{DAY, HOUR, Handed, World, handed};

const LINE: &str = "rotator rotate ci --store secretsmanager:ci/{user}";

/// The pair under a stage of the secret.
#[track_caller]
fn at(secret: &Secret, stage: &str) -> Handed {
    let version = secret.at(stage).unwrap_or_else(|| panic!("nothing is {stage}"));
    let pair = handed(&format!("{{\"ci\": {}}}", version.value.expose_secret())).remove(0);
    assert!(version.id.ends_with(&pair.id), "the version {} carries the key's id", version.id);
    pair
}

#[test]
fn stages_move_and_the_secret_is_created_if_absent() {
    let mut world = World::users(&["ci"]);
    let mut served: Vec<Handed> = vec![world.used_key("ci", 40 * DAY)];
    for turn in 1..=3 {
        assert_eq!(world.run(LINE).code, Some(0), "turn {turn}");
        let secret = world.sandbox.account().secret("ci/ci").unwrap();
        let current = at(&secret, "AWSCURRENT");
        assert!(secret.at("AWSPENDING").is_none(), "other tools take it for a rotation under way");
        let last = served.last().unwrap();
        if turn > 1 {
            assert_eq!(at(&secret, "AWSPREVIOUS"), *last);
        }
        assert!(world.works(&current) && world.works(last));
        served.push(current);
        assert_eq!(world.run(LINE).code, Some(5), "LAST rests");
        world.advance(13 * HOUR);
    }
    assert_eq!(served.iter().map(|pair| world.works(pair)).collect::<Vec<_>>(), [false, false, true, true]);
    world.run("rotator status ci --store secretsmanager:ci/{user}");
    world.check("store");
}

#[test]
fn a_value_put_by_hand_is_adopted() {
    let mut world = World::users(&["ci"]);
    let served = world.used_key("ci", 40 * DAY);
    let value = format!(
        r#"{{"AccessKeyId": "{}", "SecretAccessKey": "{}", "Note": "by hand"}}"#,
        served.id, served.secret
    );
    world.sandbox.account().add_secret("ci/ci", Some(&value)).unwrap();
    // A secret that changed within the hour may be another run's work.
    assert_eq!(world.run(LINE).code, Some(5));
    world.advance(2 * HOUR);
    assert_eq!(world.run("rotator plan ci --store secretsmanager:ci/{user}").code, Some(0));
    assert_eq!(world.run(LINE).code, Some(0));
    let secret = world.sandbox.account().secret("ci/ci").unwrap();
    let current = at(&secret, "AWSCURRENT");
    assert_ne!(current, served);
    assert!(world.works(&current) && world.works(&served));
    assert_eq!(secret.at("AWSPREVIOUS").unwrap().value.expose_secret(), value);
    world.check("store_by_hand");
}

#[test]
fn a_value_that_names_no_key_of_the_user_is_refused() {
    let mut world = World::users(&["ci"]);
    let key = world.used_key("ci", 40 * DAY);
    let value = r#"{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x"}"#;
    world.sandbox.account().add_secret("ci/ci", Some(value)).unwrap();
    world.advance(2 * HOUR);
    assert_eq!(world.run(LINE).code, Some(4));
    assert!(world.works(&key));
    world.check("store_other_key");
}

#[test]
fn names_are_filled_in_and_reports_are_data() {
    let mut world = World::users(&["alice", "bob"]);
    let line = "ROTATOR_STORE=secretsmanager:{account}/{path}/{user} rotator rotate ci --json";
    let ran = world.run(line);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.is_empty(), "nothing but the report is told");
    for user in ["alice", "bob"] {
        assert!(world.sandbox.account().secret(&format!("111122223333/ci/{user}")).is_ok());
    }
    world.check("store_json");
}
