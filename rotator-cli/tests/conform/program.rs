//! The program as an auditor runs it: every word it prints.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::fixtures::fixture;
use crate::trail::{DAY, HOUR, NEW, OLD, Trail, folder, gzipped};

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, line: &str, input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rotator"))
        .args(shell_words::split(line).unwrap())
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdin.take().unwrap().write_all(input));
    let out = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: out.status.code(), stdout: text(out.stdout), stderr: text(out.stderr) }
}

fn story(folder: &Path, lines: &[&str]) -> String {
    let mut story = String::new();
    for line in lines {
        let Ran { code, stdout, stderr } = run(folder, line, b"");
        let stderr: String = stderr.lines().map(|line| format!("2| {line}\n")).collect();
        story += &format!("$ rotator {line}\n{stdout}{stderr}exit {}\n\n", code.unwrap());
    }
    assert!(!story.contains("panicked"), "{story}");
    story
}

fn killed() -> Trail {
    Trail::of_user()
        .made(1, OLD)
        .busy(HOUR, 42 * DAY, 6 * HOUR, OLD)
        .made(40 * DAY, NEW)
        .gone(42 * DAY, OLD)
        .other(44 * DAY)
}

fn good() -> Trail {
    let trail = Trail::of_user().made(1, OLD).busy(HOUR, 40 * DAY, 6 * HOUR, OLD).made(40 * DAY, NEW);
    trail.busy(40 * DAY + HOUR, 42 * DAY, 6 * HOUR, NEW).gone(42 * DAY, OLD)
}

fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn verdicts_for_a_person() {
    let partly = Trail::new().made(HOUR, NEW).gone(DAY, OLD);
    let cut = format!("{}x", &killed().delivered()[..3_000]);
    let folder = folder(&[
        ("killed.json.gz", gzipped(&killed().delivered())),
        ("good.json", good().delivered().into_bytes()),
        ("partly.json", partly.delivered().into_bytes()),
        ("cut/a.json", cut.into_bytes()),
        ("cut/b.json", good().delivered().into_bytes()),
        ("cut/notes.txt", b"hello".to_vec()),
    ]);
    let lines = ["good.json", "killed.json.gz", "partly.json", "cut"].map(|name| format!("conform {name}"));
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    check("verdicts", &story(folder.path(), &lines));
}

#[test]
fn verdicts_as_data() {
    let folder = folder(&[("killed.json", killed().delivered().into_bytes())]);
    check("json", &story(folder.path(), &["conform --json killed.json"]));
}

#[test]
fn what_makes_no_sense() {
    let quiet = Trail::new().used(HOUR, OLD);
    let folder = folder(&[
        ("killed.json", killed().delivered().into_bytes()),
        ("quiet.json", quiet.delivered().into_bytes()),
        ("notes.json", b"hello".to_vec()),
        ("list.json", br#"{"Users":[{"UserName":"ci","Path":"/machines/"}]}"#.to_vec()),
    ]);
    let lines = [
        "conform",
        "conform nowhere.json",
        "conform notes.json",
        "conform quiet.json",
        "conform killed.json --user nobody",
        "conform killed.json --user '['",
        "conform killed.json --users nowhere.txt",
        "conform killed.json --tag team",
        "conform killed.json --users list.json --tag team",
        "conform killed.json --min-age soon",
    ];
    check("no_sense", &story(folder.path(), &lines));
}

#[test]
fn the_ancestors_trail() {
    let path = fixture("ancestor-kills.json.gz");
    let folder = path.parent().unwrap();
    let text = story(folder, &["conform ancestor-kills.json.gz"]);
    // The seconds that programs took are other ones whenever the trail is made anew.
    let times = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap();
    let events = regex::Regex::new("event [0-9a-f-]{36}").unwrap();
    let figures = regex::Regex::new(r"(records|keys|own): \d+").unwrap();
    let spans = regex::Regex::new(r"\d+(d|h|min|s)( \d+(d|h|min|s))?\b").unwrap();
    let text = times.replace_all(&text, "[TIME]");
    let text = events.replace_all(&text, "event [ID]");
    let text = figures.replace_all(&text, "$1: [N]");
    check("ancestor", &spans.replace_all(&text, "[SPAN]"));
}

#[test]
fn from_standard_input_and_in_a_pipe() {
    let folder = folder(&[]);
    let ran = run(folder.path(), "conform - --json", &gzipped(&killed().delivered()));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(8), ""));
    assert_eq!((&report["version"], &report["exit"]), (&1.into(), &8.into()));
    assert_eq!(report["users"][0]["verdict"], "broken");
    let ran = run(folder.path(), "conform -", b"");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
}

/// A reader of ours that takes any secret for a secret would be right: none is in a trail, and none comes out.
#[test]
fn the_options_set_the_times() {
    let folder = folder(&[("good.json", good().delivered().into_bytes())]);
    let code = |options: &str| run(folder.path(), &format!("conform good.json {options}"), b"").code;
    assert_eq!(code(""), Some(0));
    assert_eq!(code("--min-age 3d"), Some(8));
    assert_eq!(code("--period 30d"), Some(8));
}
