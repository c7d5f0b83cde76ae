//! The demo as a person sees it, whole. It checks its own story and fails if a job's call fails, so the
//! exit code says more than the words.
//!
//! After a change of words: `INSTA_UPDATE=always cargo test --workspace --test demo`, and read the diff.
#![expect(clippy::expect_used, reason = "what a helper does not get ends its test")]

use std::process::{Command, Stdio};

fn demo(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rotator"));
    command.arg("demo").args(args).env_remove("CLICOLOR_FORCE");
    command
}

/// How many calls the jobs made depends on the machine; that none failed does not.
fn without_count(text: &str) -> String {
    let (before, after) = text.split_once("Calls made by jobs: ").expect("the last line");
    let (count, rest) = after.split_once(',').expect("a count");
    assert!(count.parse::<u32>().is_ok_and(|calls| calls > 0), "{count} calls");
    format!("{before}Calls made by jobs: N,{rest}")
}

fn tells(name: &str, args: &[&str]) {
    let out = demo(args).output().expect("the demo starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert_eq!((out.status.code(), stderr.as_ref()), (Some(0), ""), "{stdout}");
    let told = without_count(&stdout);
    let longest = told.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(100), "a line has {longest:?} characters");
    insta::assert_snapshot!(name, told);
}

#[test]
fn two_rotations() {
    tells("demo", &[]);
}

#[test]
fn lost_answer() {
    tells("demo-lost-answer", &["--fault", "lost-answer"]);
}

#[test]
fn throttled() {
    tells("demo-throttled", &["--fault", "throttled"]);
}

#[test]
fn store_down() {
    tells("demo-store-down", &["--fault", "store-down"]);
}

#[test]
fn killed() {
    tells("demo-killed", &["--fault", "killed"]);
}

#[test]
fn slow_key() {
    tells("demo-slow-key", &["--fault", "slow-key"]);
}

#[test]
fn person() {
    tells("demo-person", &["--fault", "person"]);
}

/// A company's proxy and endpoint settings are not for an account on loopback.
#[test]
fn the_environment_changes_nothing() {
    let nowhere = "http://127.0.0.1:1";
    let mut command = demo(&["--fault", "person"]);
    for proxy in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "AWS_ENDPOINT_URL_IAM"] {
        command.env(proxy, nowhere);
    }
    command.env("AWS_PROFILE", "nobody").env("AWS_USE_FIPS_ENDPOINT", "true").env("AWS_REGION", "eu-west-1");
    let out = command.output().expect("the demo starts");
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Whoever stops reading does not end it, and it does not panic.
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = demo(&["--fault", "person"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the demo starts");
    drop(child.stdout.take());
    let out = child.wait_with_output().expect("the demo ends");
    assert_eq!((out.status.code(), String::from_utf8_lossy(&out.stderr).as_ref()), (Some(0), ""));
}
