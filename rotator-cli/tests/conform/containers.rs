//! The same records in every container come to the same.

use std::fs;
use std::path::PathBuf;

use rotator_cli::conform::conform;
use rotator_cli::conform::report::Report;
use rotator_cli::conform::select::Selection;
use rotator_cli::trail::Progress;
use serde_json::{Value, json};

use crate::trail::{DAY, HOUR, NEW, OLD, TIMES, Trail, folder, gzipped, judged, verdicts};

fn story() -> Trail {
    Trail::of_user().made(1, OLD).busy(HOUR, DAY, 6 * HOUR, OLD).made(DAY, NEW).gone(DAY + HOUR, OLD)
}

/// What `lookup-events` prints: each event again as a string.
fn looked_up(records: &[Value]) -> String {
    let events: Vec<_> = records
        .iter()
        .map(|record| json!({"EventId": record["eventID"], "Username": "x", "CloudTrailEvent": record.to_string()}))
        .collect();
    format!("{:#}", json!({"Events": events, "NextToken": "more"}))
}

fn same(report: &Report) {
    let whole = story().report();
    assert_eq!(report.reading.records, whole.reading.records);
    assert_eq!((&report.counts, report.span, report.gaps), (&whole.counts, whole.span, false), "{report:?}");
    assert_eq!(verdicts(report), verdicts(&whole));
    assert_eq!(report.exit(), whole.exit());
}

#[test]
fn every_container() {
    let trail = story();
    let (delivered, records) = (trail.delivered(), &trail.records);
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let array = json!(records).to_string();
    let (head, tail) = records.split_at(records.len() / 2);
    let pages = format!("{}\n{}\n", looked_up(head), looked_up(tail));
    let halves = [head, tail].map(|half| json!({ "Records": half }).to_string());
    let joined = [gzipped(&halves[0]), gzipped(&halves[1])].concat();
    for (name, bytes) in [
        ("delivered.json", delivered.clone().into_bytes()),
        ("delivered.json.gz", gzipped(&delivered)),
        ("by-another-name.txt", gzipped(&delivered)),
        ("pretty.json", format!("{:#}", json!({ "Records": records })).into_bytes()),
        ("array.json", array.into_bytes()),
        ("pretty-array.json", format!("{:#}", json!(records)).into_bytes()),
        ("lines.jsonl", lines.clone().into_bytes()),
        ("lines.jsonl.gz", gzipped(&lines)),
        ("no-end-of-line.jsonl", lines.trim_end().as_bytes().to_vec()),
        ("windows.jsonl", lines.replace('\n', "\r\n").into_bytes()),
        ("lookup.json", looked_up(records).into_bytes()),
        ("pages.json", pages.into_bytes()),
        ("joined.json.gz", joined),
        ("both.json", halves.concat().into_bytes()),
    ] {
        println!("{name}");
        same(&judged(&[(name, bytes)]));
    }
}

#[test]
fn a_folder_of_them_with_digests_beside() {
    let trail = story();
    let (head, tail) = trail.records.split_at(3);
    let part = |records: &[Value]| gzipped(&json!({ "Records": records }).to_string());
    let digest =
        gzipped(r#"{"awsAccountId":"111122223333","digestS3Object":"x","logFiles":[{"s3Object":"y"}]}"#);
    let report = judged(&[
        ("AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/02/b.json.gz", part(tail)),
        ("AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/01/a.json.gz", part(head)),
        ("AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/01/none.json.gz", part(&[])),
        ("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/01/d.json.gz", digest),
        ("AWSLogs/README", b"What this is.\n".to_vec()),
    ]);
    same(&report);
    assert_eq!((report.reading.files, report.reading.digests), (3, 1));
    assert_eq!(report.reading.problems.len(), 1, "{:?}", report.reading.problems);
    assert!(report.reading.problems[0].ends_with("README: is no trail"));
}

#[test]
fn the_real_record_is_understood() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cloudtrail/create-access-key.json");
    let real = fs::read(&path).unwrap();
    let report = judged(&[("real.json", real)]);
    assert_eq!((report.reading.records, report.counts.changes), (1, 1));
    let (user, _) = &report.users[0];
    assert_eq!(user.name, "stratus-red-team-backdoor-u-user");
    assert_eq!(
        user.keys[0].made.as_ref().unwrap().by.as_deref(),
        Some("arn:aws:iam::946986569305:user/christophe")
    );
}

/// Several that are named, each once; and a folder that is none.
#[test]
fn what_is_named_must_be_there() {
    let trail = story();
    let (head, tail) = trail.records.split_at(3);
    let part = |records: &[Value]| json!(records).to_string().into_bytes();
    let folder = folder(&[("a.json", part(head)), ("b.json", part(tail)), ("empty/.keep", Vec::new())]);
    let named = |names: &[&str]| {
        let paths: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
        conform(&paths, &Selection::default(), TIMES, &Progress::none())
    };
    same(&named(&["b.json", "a.json"]).unwrap());
    for missing in [&["a.json", "nowhere"][..], &["empty"], &["empty/.keep"]] {
        let failure = named(missing).unwrap_err();
        assert_eq!(failure.code(), "setup", "{failure}");
    }
}
