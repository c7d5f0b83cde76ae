//! Somebody else's hand in a store: another pair there, or none.

use std::fs;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::Value;

use crate::kit::{DAY, HOUR, Handed, World, finish};
use crate::stores::{EXEC_SERVED, FILE, PARAMETER, PROFILE, pass, world};

/// Somebody writes after the look that the pair's put rests on.
#[test]
fn a_stranger_writes_meanwhile() {
    for (place, name, write) in [
        (
            PROFILE,
            "stores_profile_stale",
            (|world| {
                let text = world.read("credentials") + "\n[other]\nregion = eu-central-1\n";
                world.write("credentials", &text);
            }) as fn(&World),
        ),
        (PARAMETER, "stores_ssm_stale", |world| {
            let value = world.sandbox.account().parameter("/ci/ci").unwrap();
            let value = value.versions.last().unwrap().value.expose_secret().to_owned();
            world.sandbox.account().put_parameter("/ci/ci", &value, "SecureString").unwrap();
        }),
    ] {
        let mut world = world();
        let line = format!("rotator rotate ci {} --settle 1s", place.options);
        assert_eq!(world.run(&line).code, Some(0));
        let before = (place.read)(&world).unwrap();
        world.advance(13 * HOUR);
        world.sandbox.account().settings.latency = Duration::from_millis(30);
        world.sandbox.clear_calls();
        let mut child = world.command(&line).spawn().unwrap();
        let made =
            |world: &World| world.sandbox.calls().iter().any(|call| call.action == "iam:CreateAccessKey");
        while !made(&world) && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        write(&world);
        let ran = finish(child);
        world.tell_run(&line, &ran);
        let current = (place.read)(&world).unwrap();
        assert_ne!(current, before);
        assert_eq!(ran.code, Some(0), "{name}");
        world.job(&current);
        world.job(&before);
        world.check(name);
    }
}

/// What the store serves outweighs what the tags say, as far as it can be: a key of the user's.
#[test]
fn somebody_puts_another_pair_there() {
    for (place, name, put) in [
        (PROFILE, "stores_profile_by_hand", hand_profile as fn(&World, &Handed)),
        (EXEC_SERVED, "stores_exec_by_hand", hand_folder),
        (PARAMETER, "stores_ssm_by_hand", hand_parameter),
        (FILE, "stores_file_by_hand", hand_file),
    ] {
        let mut world = world();
        let line = format!("rotator rotate ci {} --settle 1s", place.options);
        let last = world.used_key("ci", 40 * DAY);
        assert_eq!(world.run(&line).code, Some(0), "{name}");
        pass(&world, 2 * HOUR);
        // LAST's pair, since the new one is bad for somebody.
        put(&world, &last);
        world.run(&format!("rotator status ci {}", place.options));
        world.run(&format!("rotator plan ci {}", place.options));
        world.run(&line);
        world.run(&format!("rotator status ci {}", place.options));
        assert!(world.works(&last), "{name}: it is served");
        // A pair that is no key of the user's.
        pass(&world, 13 * HOUR);
        let strange = Handed { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..last.clone() };
        put(&world, &strange);
        assert_eq!(world.run(&format!("rotator plan ci {}", place.options)).code, Some(4), "{name}");
        assert_eq!(world.run(&line).code, Some(4), "{name}");
        assert_eq!(world.ids("ci").len(), 2);
        world.check(name);
    }
}

fn hand_profile(world: &World, pair: &Handed) {
    let Handed { id, secret, .. } = pair;
    let text = format!("[ci]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    world.write("credentials", &text);
}

fn hand_folder(world: &World, pair: &Handed) {
    let Handed { id, secret, .. } = pair;
    world.write("ci.json", &format!(r#"{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}"}}"#));
}

fn hand_parameter(world: &World, pair: &Handed) {
    let Handed { id, secret, .. } = pair;
    let value = format!(r#"{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}"}}"#);
    world.sandbox.account().put_parameter("/ci/ci", &value, "SecureString").unwrap();
}

/// As somebody edits it who does not know what the rest is for.
fn hand_file(world: &World, pair: &Handed) {
    let mut file: Value = serde_json::from_str(&world.read("keys.json")).unwrap();
    let current = &file["ci"]["CURRENT"]["AccessKeyId"].as_str().unwrap().to_owned();
    file["ci"]["CURRENT"]["AccessKeyId"] = pair.id.as_str().into();
    file["ci"]["CURRENT"]["SecretAccessKey"] = pair.secret.as_str().into();
    if file["ci"]["LAST"]["AccessKeyId"] == pair.id.as_str() {
        file["ci"]["LAST"]["AccessKeyId"] = current.as_str().into();
    }
    world.write("keys.json", &file.to_string());
}

/// Nothing is due, and yet no job that starts finds a pair: that is said, and what puts one there.
#[test]
fn somebody_takes_the_pair_out() {
    for (place, name, take) in [
        (
            PROFILE,
            "stores_profile_lost",
            (|world| fs::remove_file(world.path("credentials")).unwrap()) as fn(&World),
        ),
        (EXEC_SERVED, "stores_exec_lost", |world| fs::remove_file(world.path("ci.json")).unwrap()),
        (PARAMETER, "stores_ssm_taken", |world| {
            world.sandbox.account().delete_parameter("/ci/ci").unwrap();
        }),
    ] {
        let mut world = world();
        let line = format!("rotator rotate ci {} --settle 1s", place.options);
        let first = world.used_key("ci", 40 * DAY);
        assert_eq!(world.run(&line).code, Some(0), "{name}");
        let lost = (place.read)(&world).unwrap();
        pass(&world, 13 * HOUR);
        let monthly = format!("{line} --rotate-after 30d");
        assert_eq!(world.run(&monthly).code, Some(0), "{name}");
        take(&world);
        world.run(&format!("rotator status ci {}", place.options));
        assert_eq!(world.run(&format!("rotator plan ci {} --rotate-after 30d", place.options)).code, Some(4));
        assert_eq!(world.run(&monthly).code, Some(4), "{name}");
        assert!(world.works(&lost) && world.works(&first), "{name}: nothing is taken");
        // As it says.
        assert_eq!(world.run(&format!("{line} --rotate-after 0s")).code, Some(0), "{name}");
        let current = (place.read)(&world).unwrap();
        world.job(&current);
        world.job(&lost);
        assert_eq!(world.run(&monthly).code, Some(0), "{name}");
        world.check(name);
    }
}
