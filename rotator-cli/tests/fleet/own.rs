//! The program signs with the key of a user that it rotates.

use rotator_cli::sandbox::Pair;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::kit::{HOUR, Ran, World, finish};

const OWN: &str = "a-rotator";
const STORE: &str = "--store 'secretsmanager:ci/{user}'";

/// Two machine users and the one that runs it, which is the first of the list and may what the policy allows.
fn account(options: &str) -> (World, Pair) {
    let world = World::users(&[OWN, "bob", "carol"]);
    let line = format!("rotator policy ci {options} --for rotate --account 111122223333");
    let policy = finish(world.command(&line).spawn().unwrap()).stdout;
    let mut account = world.sandbox.account();
    account.attach_policy(OWN, &policy).unwrap();
    let own = account.create_key(OWN).unwrap();
    drop(account);
    (world, own)
}

fn run(world: &mut World, signs: &Pair, line: &str) -> Ran {
    let mut command = world.command(line);
    command.env("AWS_ACCESS_KEY_ID", &signs.id);
    command.env("AWS_SECRET_ACCESS_KEY", signs.secret.expose_secret());
    let ran = finish(command.spawn().unwrap());
    world.tell_run(line, &ran);
    ran
}

fn made(world: &World, user: &str) -> Pair {
    let ids = world.ids(user);
    let account = world.sandbox.account();
    account.issued().iter().rfind(|pair| ids.contains(&pair.id)).unwrap().clone()
}

#[test]
fn as_current_its_key_becomes_last_and_goes_on_working() {
    let (mut world, own) = account(STORE);
    let line = format!("ROTATOR_CONCURRENCY= rotator rotate ci {STORE} --journal journal");
    let ran = run(&mut world, &own, &line);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let new = made(&world, OWN);
    assert_ne!(new.id, own.id);
    let note = format!(
        "note: {OWN}: rotator signs with {}, which is LAST now and works at least until the next rotation; let it \
         sign with {} from now on",
        own.id, new.id
    );
    assert!(ran.stderr.contains(&note), "{}", ran.stderr);
    assert!(world.sandbox.account().works(&own.id, own.secret.expose_secret()));

    // It comes last: all others are finished when the first thing is done to it.
    let calls = world.sandbox.calls();
    let about = |call: &&rotator_cli::sandbox::Call, user: &str| {
        call.user.as_deref() == Some(user)
            && call.action != "sts:GetCallerIdentity"
            && call.action != "iam:GetUser"
    };
    let first = calls.iter().position(|call| about(&call, OWN)).unwrap();
    let others = calls.iter().rposition(|call| about(&call, "bob") || about(&call, "carol")).unwrap();
    assert!(others < first, "{others} {first}");

    // As LAST it is refused, and nothing of the user is touched.
    world.advance(13 * HOUR);
    let before = world.ids(OWN);
    let ran = run(&mut world, &own, &line);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    let squeezed = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let says = format!(
        "refused {OWN} rotator signs with LAST, {}, which it would have to take away [own-key]",
        own.id
    );
    assert!(squeezed.contains(&says), "{}", ran.stderr);
    assert!(squeezed.contains("next: let rotator sign with CURRENT, then run again"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 rotated, 1 refused in "), "{}", ran.stderr);
    assert_eq!(world.ids(OWN), before);

    // With CURRENT it goes on, once LAST has rested.
    world.advance(13 * HOUR);
    let ran = run(&mut world, &new, &format!("{line} --json"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let users = report["users"].as_array().unwrap();
    assert_eq!(users.iter().filter(|user| user.get("own_key").is_some()).count(), 1);
    let newest = made(&world, OWN);
    let own_key = &users.iter().find(|user| user["user"] == OWN).unwrap()["own_key"];
    assert_eq!(*own_key, serde_json::json!({ "signs": new.id, "now": "LAST", "use": newest.id }));
    assert_eq!(world.ids(OWN), [new.id, newest.id]);
    assert_eq!(world.run("rotator verify journal").code, Some(0), "the journal tells the same");
}

#[test]
fn handed_over_it_stays_current_until_that_is_confirmed() {
    let (mut world, own) = account("");
    let ran = run(&mut world, &own, "rotator rotate ci -o pairs.json --json");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let last = report["users"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["user"], &last["own_key"]["now"]), (&OWN.into(), &"CURRENT".into()), "{report:#}");
    assert_eq!(last["own_key"]["use"], made(&world, OWN).id);
}
