//! The journal: every line parses, each carries the hash of the one before, none holds a secret, and it
//! verifies.

use serde_json::Value;

use crate::kit::{DAY, HOUR, World};

/// Checks the chain, verifies it, and gives the kinds of its lines.
#[track_caller]
pub fn check(text: &str) -> Vec<String> {
    let (mut prev, mut kinds) = ("0".repeat(64), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(value["prev"], prev.as_str(), "{line}");
        assert_eq!((&value["rotator"], &value["line"]), (&2.into(), &Value::from(number)));
        kinds.push(value["kind"].as_str().unwrap().to_owned());
        prev = rotator_cli::journal::hash(line.as_bytes());
    }
    let found = rotator_cli::verify::verify(text.as_bytes(), "journal", None, |_| {}).unwrap();
    assert!(found.holds(), "{:#?}", found.findings);
    kinds
}

#[test]
fn tells_each_step_of_each_run() {
    let mut world = World::users(&["ci"]);
    let current = world.used_key("ci", 40 * DAY);
    world.run("rotator rotate ci -o pairs.json --journal journal");
    world.run("ROTATOR_JOURNAL=journal rotator confirm pairs.json");
    world.advance(13 * HOUR);
    world.run("ROTATOR_JOURNAL=journal iam-credential-rotation ci");
    let text = world.read("journal");
    let kinds = check(&text);
    let mut story: Vec<String> = Vec::new();
    for (line, kind) in text.lines().zip(&kinds) {
        let value: Value = serde_json::from_str(line).unwrap();
        let what = match kind.as_str() {
            "run" => value["command"].to_string(),
            "decided" => value["decision"].to_string(),
            "became" => format!("{} {}", value["effect"], value["became"]),
            "ended" => value["outcome"].to_string(),
            "closed" => value["exit"].to_string(),
            other => panic!("{other}"),
        };
        story.push(format!("{kind} {what}"));
    }
    for line in story {
        world.tell(&line);
    }
    assert_eq!(kinds.iter().filter(|kind| *kind == "closed").count(), 3);
    assert!(!text.contains(&current.secret));
    world.check("journal");
}

#[test]
fn journals_that_cannot_be_written() {
    let mut world = World::users(&["ci"]);
    let held = std::fs::File::create(world.path("held")).unwrap();
    held.try_lock().unwrap();
    for line in [
        "rotator rotate ci --journal held",
        "rotator rotate ci --journal no/such/folder",
        "rotator rotate ci --journal .",
        "ROTATOR_JOURNAL=held iam-credential-rotation ci",
    ] {
        assert_eq!(world.run(line).code, Some(1), "{line}");
    }
    assert!(world.sandbox.calls().is_empty(), "found before any call");
    world.check("journals_unwritable");
}
