//! Honest journals hold, whatever became of their runs.

use std::time::Duration;

use rotator_cli::sandbox::{Fault, What};

use crate::forge::{WITH, findings, found, found_in, honest};
use crate::kit::{DAY, HOUR, World};

/// How much was judged is pinned: a check that stops checking fails here.
#[test]
fn what_is_judged_is_counted() {
    let found = found(&honest());
    assert_eq!(findings(&found), []);
    assert_eq!((found.runs, found.killed, found.users), (5, 0, 2));
    let steps: Vec<_> =
        found.claims.iter().map(|judged| format!("{} {}", judged.claim, judged.steps)).collect();
    let head = found.head.as_ref().unwrap();
    assert_eq!(head.line, found.lines);
    insta::assert_snapshot!(
        "judged",
        format!("{} decisions, {} effects\n{}", found.decisions, found.effects, steps.join("\n"))
    );
}

/// Cut anywhere, a journal is that of a run that was killed there.
#[test]
fn a_run_that_was_killed_verifies_with_a_note() {
    let text = format!("{}\n", honest().join("\n"));
    let (mut killed, mut whole) = (0, 0);
    for end in (1..text.len()).step_by(613) {
        let found = found_in(&text.as_bytes()[..end], None);
        assert_eq!(findings(&found), [], "cut after {end} bytes");
        match found.notes.len() {
            0 => whole += 1,
            _ => killed += 1,
        }
        assert!(found.notes.len() <= 2, "{:?}", found.notes);
    }
    assert!(killed > 50 && whole < killed / 5, "{killed} {whole}");
}

/// A run is killed while one of its calls is not answered; the next one follows in the same file.
#[test]
fn a_run_killed_by_the_system_and_the_next_one() {
    let mut world = World::users(&["ci"]);
    world.used_key("ci", 40 * DAY);
    let wait = What::Hang(Duration::from_secs(600));
    let hits = world.sandbox.inject(Fault::always("iam:CreateAccessKey", wait));
    let mut child = world.command(&format!("rotator rotate ci {WITH}")).spawn().unwrap();
    while hits.count() == 0 {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    world.sandbox.clear_faults();
    // Half a line, as a kill may leave it.
    let text = world.read("journal");
    let killed = found_in(text.as_bytes(), None);
    assert_eq!((findings(&killed).len(), killed.killed), (0, 1));
    assert!(
        killed.notes[0].says.contains("nobody heard what became of `create a key`"),
        "{:?}",
        killed.notes
    );
    let torn = format!("{{\"rotator\":2,\"line\":{},\"prev\":\"", killed.lines + 1);
    world.write("journal", &format!("{text}{torn}"));
    world.advance(2 * HOUR);
    assert_eq!(world.run(&format!("rotator rotate ci {WITH}")).code, Some(0));
    let found = found_in(world.read("journal").as_bytes(), None);
    assert_eq!(findings(&found), []);
    assert_eq!((found.runs, found.killed, found.notes.len()), (2, 1, 2), "{:?}", found.notes);
}
