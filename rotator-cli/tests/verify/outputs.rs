//! Whole outputs of the program.

use std::time::Duration;

use crate::forge::{WITH, chained, edit, place};
use crate::kit::{DAY, HOUR, World};

/// Two runs of one user, and the journal of a third one that was changed.
fn world() -> World {
    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    for gap in [Duration::ZERO, 13 * HOUR] {
        world.advance(gap);
        assert_eq!(world.run(&format!("rotator rotate ci {WITH}")).code, Some(0));
    }
    world
}

#[test]
fn what_is_printed() {
    let mut world = world();
    let journal = world.read("journal");
    assert_eq!(world.run("rotator verify journal").code, Some(0));
    assert_eq!(world.run_with("rotator verify - --json", &journal).code, Some(0));

    let mut lines: Vec<_> = journal.lines().map(str::to_owned).collect();
    let at = place(&lines, 0, |line| line["kind"] == "ended");
    edit(&mut lines, at, |line| line["outcome"] = "done".into());
    let deleted = place(&lines, 0, |line| line["decision"]["perform"].get("delete").is_some());
    edit(&mut lines, deleted, |line| line["observation"]["written_ms"] = 60_000.into());
    chained(&mut lines);
    lines.remove(4);
    world.write("forged", &lines.join("\n"));
    assert_eq!(world.run("rotator verify forged journal").code, Some(8));
    assert_eq!(world.run("rotator verify forged --json").code, Some(8));
    world.check("verify");
}

#[test]
fn what_cannot_be_verified() {
    let mut world = World::new();
    world.write("letter", "Dear auditor\n");
    world.write("old", "{\"rotator\":1,\"kind\":\"run\",\"prev\":\"0\",\"run\":\"x\",\"at\":\"y\"}\n");
    world.write("empty", "");
    for (line, code) in [
        ("rotator verify", 2),
        ("rotator verify no-such-file", 1),
        ("rotator verify .", 1),
        ("rotator verify no-such-file letter", 1),
        ("rotator verify letter old empty", 8),
        ("rotator verify - -", 2),
        ("rotator verify letter old --head 1:00", 2),
        (
            "rotator verify letter old --head 0000000000000000000000000000000000000000000000000000000000000000",
            2,
        ),
    ] {
        assert_eq!(world.run(line).code, Some(code), "{line}");
    }
    world.check("verify_cannot");
}
