//! An honest journal of the real program, and what a forger does to one.

use std::sync::OnceLock;

use rotator_cli::journal::hash;
use rotator_cli::verify::{Code, Found, Kept, verify};
use serde_json::Value;

use crate::kit::{DAY, HOUR, World};

/// The options of every run here.
pub const WITH: &str = "--store secretsmanager:{user} --settle 1s --journal journal";

/// Five runs for two users: the first rotation, a second one too soon, a third one that deletes LAST, a
/// revocation, and LAST retired.
pub fn honest() -> Vec<String> {
    static JOURNAL: OnceLock<String> = OnceLock::new();
    let text = JOURNAL.get_or_init(|| {
        let mut world = World::users(&["ci", "deploy"]);
        world.used_key("ci", 40 * DAY);
        for (gap, exit) in [(HOUR, 0), (2 * HOUR, 5), (13 * HOUR, 0)] {
            world.advance(gap);
            let ran = world.run(&format!("rotator rotate ci {WITH}"));
            assert_eq!(ran.code, Some(exit), "{}", ran.stderr);
        }
        world.advance(13 * HOUR);
        let last = world.ids("ci")[0].clone();
        let ran = world.run(&format!("rotator revoke ci --key {last} --yes {WITH}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let ran = world.run(&format!("rotator retire ci --yes {WITH}"));
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        world.read("journal")
    });
    text.lines().map(str::to_owned).collect()
}

/// Another honest journal, of another account.
pub fn other() -> Vec<String> {
    static JOURNAL: OnceLock<String> = OnceLock::new();
    let text = JOURNAL.get_or_init(|| {
        let mut world = World::users(&["stranger"]);
        assert_eq!(world.run(&format!("rotator rotate ci {WITH}")).code, Some(0));
        world.read("journal")
    });
    text.lines().map(str::to_owned).collect()
}

/// What `verify` finds in these lines.
pub fn found(lines: &[String]) -> Found {
    found_in(format!("{}\n", lines.join("\n")).as_bytes(), None)
}

pub fn found_in(bytes: &[u8], kept: Option<&Kept>) -> Found {
    verify(bytes, "journal", kept, |_| {}).unwrap()
}

/// The findings in short.
pub fn findings(found: &Found) -> Vec<(Code, u64, u64)> {
    found.findings.iter().map(|finding| (finding.code, finding.line, finding.last)).collect()
}

pub fn value(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// The n-th line, from 0 on, of which this is true; and its place.
#[track_caller]
pub fn place(lines: &[String], nth: usize, is: impl Fn(&Value) -> bool) -> usize {
    let places: Vec<_> = (0..lines.len()).filter(|at| is(&value(&lines[*at]))).collect();
    places[nth]
}

/// Edits a line, and gives it its right sum.
pub fn edit(lines: &mut [String], at: usize, how: impl FnOnce(&mut Value)) {
    let mut line = value(&lines[at]);
    how(&mut line);
    lines[at] = sealed(line);
}

/// Gives every line its right number, hash and sum: the chain is whole again.
pub fn chained(lines: &mut [String]) {
    let mut prev = "0".repeat(64);
    for (at, line) in lines.iter_mut().enumerate() {
        let mut fields = value(line);
        fields["line"] = (at + 1).into();
        fields["prev"] = prev.into();
        *line = sealed(fields);
        prev = hash(line.as_bytes());
    }
}

fn sealed(mut line: Value) -> String {
    line.as_object_mut().unwrap().shift_remove("sum");
    let mut text = line.to_string();
    assert_eq!(text.pop(), Some('}'));
    let sum = hash(text.as_bytes());
    format!("{text},\"sum\":\"{sum}\"}}")
}

/// A chain made anew of an honest journal is that journal.
#[test]
fn the_forger_writes_as_the_program_does() {
    let mut lines = honest();
    chained(&mut lines);
    assert_eq!(lines, honest());
}
