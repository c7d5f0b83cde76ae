//! What is stored beside a pair: SMTP logins for Amazon SES.

use serde_json::Value;

use crate::kit::{DAY, World};

const WITH: &str = "--with ses-smtp=eu-central-1,us-east-1";

/// Each store that holds a JSON object of the pair holds the logins in it, one for each region.
#[test]
fn logins_stand_beside_the_pair() {
    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    world.write("store.sh", "umask 077; cat > stored.json");
    world.run(&format!("rotator rotate ci --store file:keys.json {WITH}"));
    let file: Value = serde_json::from_str(&world.read("keys.json")).unwrap();
    logins(&file["ci"]["CURRENT"]);

    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    world.write("store.sh", "umask 077; cat > stored.json");
    world.run(&format!("rotator rotate ci --store 'exec:/bin/sh store.sh' {WITH}"));
    logins(&serde_json::from_str(&world.read("stored.json")).unwrap());
}

#[track_caller]
fn logins(pair: &Value) {
    let id = pair["AccessKeyId"].as_str().unwrap();
    let regions = pair["SesSmtp"].as_object().unwrap();
    assert_eq!(regions.keys().collect::<Vec<_>>(), ["eu-central-1", "us-east-1"]);
    let password = |region: &str| regions[region]["Password"].as_str().unwrap();
    for (region, login) in regions {
        assert_eq!(login["Username"], id);
        // 33 bytes in base64, the first of which is the version.
        assert!(password(region).len() == 44 && password(region).starts_with('B'), "{region}");
    }
    assert_ne!(password("eu-central-1"), password("us-east-1"));
}

/// A command that prints what it was given prints a derived password too.
#[test]
fn a_command_that_prints_its_input_shows_no_login() {
    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    world.write("store.sh", "umask 077; tee stored.json >&2; exit 1");
    let ran = world.run(&format!("rotator rotate ci --store 'exec:/bin/sh store.sh' {WITH}"));
    let given: Value = serde_json::from_str(&world.read("stored.json")).unwrap();
    logins(&given);
    for secret in [&given["SecretAccessKey"], &given["SesSmtp"]["us-east-1"]["Password"]] {
        assert!(!ran.stderr.contains(secret.as_str().unwrap()), "{}", ran.stderr);
    }
    assert!(ran.stderr.contains("[REDACTED]"), "{}", ran.stderr);
}
