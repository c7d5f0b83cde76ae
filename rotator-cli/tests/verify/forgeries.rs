//! Each forgery is found by its own name, once, and where it is.

use std::collections::BTreeSet;

use rotator_cli::journal::hash;
use rotator_cli::verify::{Code, Kept, LONGEST};
use serde_json::{Value, json};

use crate::forge::{chained, edit, findings, found, found_in, honest, other, place, value};
use crate::kit::HOUR;

/// What is done to the lines. The findings that must come of it, by code and lines from 1 on.
type Forgery = (&'static str, fn(&mut Vec<String>) -> Vec<(Code, usize, usize)>);

fn is(kind: &'static str) -> impl Fn(&Value) -> bool {
    move |line| line["kind"] == kind
}

fn effect(code: &'static str) -> impl Fn(&Value) -> bool {
    move |line| {
        let effect = &line["effect"];
        line["kind"] == "became" && (*effect == code || effect.get(code).is_some())
    }
}

fn decides(code: &'static str) -> impl Fn(&Value) -> bool {
    move |line| {
        let effect = &line["decision"]["perform"];
        line["kind"] == "decided" && (*effect == code || effect.get(code).is_some())
    }
}

/// Forgeries of who does not make the chain anew.
const OF_LINES: [Forgery; 15] = [
    ("a word is changed", |lines| {
        lines[5] = lines[5].replace("\"writable\":true", "\"writable\":false");
        vec![(Code::Edited, 6, 6)]
    }),
    ("and the line's sum is made right", |lines| {
        edit(lines, 5, |line| line["user"] = "someone".into());
        vec![(Code::Edited, 6, 6)]
    }),
    ("a line is taken out", |lines| {
        lines.remove(7);
        vec![(Code::Missing, 8, 8)]
    }),
    ("many lines are taken out, with the beginning of a run", |lines| {
        let run = place(lines, 1, is("run"));
        lines.drain(run - 2..run + 3);
        vec![(Code::Missing, run - 1, run - 1)]
    }),
    ("a line is there twice", |lines| {
        lines.insert(9, lines[4].clone());
        vec![(Code::Duplicated, 10, 10)]
    }),
    ("a whole run is there twice", |lines| {
        let run = place(lines, 1, is("run"));
        let again = lines[..run].to_vec();
        lines.splice(run..run, again);
        vec![(Code::Duplicated, run + 1, 2 * run)]
    }),
    ("two lines change places", |lines| {
        lines.swap(6, 7);
        vec![(Code::Reordered, 8, 8)]
    }),
    ("a line is moved down", |lines| {
        let line = lines.remove(3);
        lines.insert(10, line);
        vec![(Code::Reordered, 11, 11)]
    }),
    ("lines are moved down", |lines| {
        let moved: Vec<_> = lines.drain(3..6).collect();
        lines.splice(10..10, moved);
        vec![(Code::Reordered, 11, 13)]
    }),
    ("a line of another journal is put in", |lines| {
        lines.insert(4, other()[4].clone());
        vec![(Code::Foreign, 5, 5)]
    }),
    ("another journal is put in the middle", |lines| {
        let run = place(lines, 2, is("run"));
        let all = other();
        let last = run + all.len();
        lines.splice(run..run, all);
        vec![(Code::Foreign, run + 1, last)]
    }),
    ("another journal is put at the end", |lines| {
        let own = lines.len();
        lines.extend(other());
        vec![(Code::Foreign, own + 1, lines.len())]
    }),
    ("a letter is put in", |lines| {
        lines.insert(8, "Dear auditor, all is well.".to_owned());
        vec![(Code::Foreign, 9, 9)]
    }),
    ("the beginning is cut off", |lines| {
        lines.drain(..4);
        vec![(Code::Truncated, 1, 1)]
    }),
    ("an endless line", |lines| {
        lines[5] = "x".repeat(LONGEST + 1);
        vec![(Code::LineTooLong, 6, 6)]
    }),
];

/// The run went on without a look.
fn carried(line: &Value) -> bool {
    line["carried"] == json!(true)
}

/// Forgeries of who makes the whole chain anew: only what the lines tell can give them away.
const CHAINED: [Forgery; 17] = [
    ("a key is deleted that was used a minute ago", |lines| {
        let at = place(lines, 0, decides("delete"));
        edit(lines, at, |line| {
            let taken = line["decision"]["perform"]["delete"].clone();
            for key in line["observation"]["keys"].as_array_mut().unwrap() {
                if key["id"] == taken {
                    key["used"] = json!({"ago": 60_000});
                }
            }
        });
        vec![(Code::WrongDecision, at + 1, at + 1)]
    }),
    ("CURRENT is deleted", |lines| {
        let at = place(lines, 0, decides("delete"));
        let current = value(&lines[at])["observation"]["slots"]["current"].clone();
        edit(lines, at, |line| line["decision"]["perform"]["delete"] = current.clone());
        edit(lines, at + 1, |line| line["effect"]["delete"] = current.clone());
        vec![(Code::WrongDecision, at + 1, at + 1)]
    }),
    ("a look that was spared shows another time", |lines| {
        let at = place(lines, 0, carried);
        edit(lines, at, |line| line["observation"]["written_ms"] = json!(1));
        vec![(Code::Carried, at + 1, at + 1)]
    }),
    ("the first look was spared", |lines| {
        let at = place(lines, 0, is("decided"));
        edit(lines, at, |line| line["carried"] = json!(true));
        vec![(Code::Carried, at + 1, at + 1)]
    }),
    ("an effect without its decision", |lines| {
        let at = place(lines, 0, decides("create"));
        lines.remove(at);
        vec![(Code::UndecidedEffect, at + 1, at + 1)]
    }),
    ("another effect than the decided one", |lines| {
        let at = place(lines, 0, effect("delete"));
        edit(lines, at, |line| {
            let id = line["effect"]["delete"].clone();
            line["effect"] = json!({"deactivate": id});
        });
        vec![(Code::UndecidedEffect, at + 1, at + 1)]
    }),
    ("what became of an effect is taken out", |lines| {
        let at = place(lines, 0, effect("promote"));
        lines.remove(at);
        vec![(Code::UnreportedEffect, at + 1, at + 1)]
    }),
    ("a user goes on after its end", |lines| {
        let at = place(lines, 0, is("ended"));
        let look = lines[at - 1].clone();
        lines.insert(at + 1, look);
        vec![(Code::AfterTheEnd, at + 2, at + 2)]
    }),
    ("a run goes on after its end", |lines| {
        let at = place(lines, 0, is("closed"));
        let look = lines[at - 2].clone();
        lines.insert(at + 1, look);
        vec![(Code::AfterTheEnd, at + 2, at + 2)]
    }),
    ("a run's first line is taken out", |lines| {
        let at = place(lines, 2, is("run"));
        lines.remove(at);
        vec![(Code::NoBeginning, at + 1, at + 1)]
    }),
    ("a user's end is taken out", |lines| {
        let at = place(lines, 0, is("ended"));
        lines.remove(at);
        let closed = place(lines, 0, is("closed"));
        vec![(Code::NoEnd, closed + 1, closed + 1)]
    }),
    ("who had to wait is done", |lines| {
        let at = place(lines, 0, |line| line["outcome"] == "may-be-in-use");
        edit(lines, at, |line| line["outcome"] = "rotated".into());
        vec![(Code::WrongOutcome, at + 1, at + 1)]
    }),
    ("the exit code is 0", |lines| {
        let at = place(lines, 0, |line| line["exit"] == 5);
        edit(lines, at, |line| line["exit"] = 0.into());
        vec![(Code::WrongExit, at + 1, at + 1)]
    }),
    ("a pair that was stored is said to be on its way", |lines| {
        let first = place(lines, 0, effect("stage")) + 1;
        let end = place(lines, 0, is("ended"));
        for at in first..end {
            edit(lines, at, |line| {
                if let Some(id) = line["observation"]["hand"].get("stored").cloned() {
                    line["observation"]["hand"] = json!({"sent": id});
                }
            });
        }
        vec![(Code::Carried, first + 1, first + 1)]
    }),
    ("one key is CURRENT and LAST", |lines| {
        let at = place(lines, 0, decides("delete"));
        edit(lines, at, |line| {
            line["observation"]["slots"]["last"] = line["observation"]["slots"]["current"].clone();
        });
        vec![(Code::Contradiction, at + 1, at + 1)]
    }),
    ("no time is left between a run's end and a stray", |lines| {
        edit(lines, 0, |line| line["limits"]["deadline_ms"] = 3_600_000.into());
        vec![(Code::Limits, 1, 1)]
    }),
    ("LAST has not rested: the names are said to be old, and the keys are young", |lines| {
        let run = place(lines, 2, is("run"));
        let back = u64::try_from(11 * HOUR.as_millis()).unwrap();
        for line in run..lines.len() {
            edit(lines, line, |line| {
                let ours = line["user"] == "ci";
                let Some(keys) = line["observation"].get_mut("keys").filter(|_| ours) else { return };
                for key in keys.as_array_mut().unwrap() {
                    key["age_ms"] = key["age_ms"].as_u64().unwrap().saturating_sub(back).into();
                }
            });
        }
        let at = place(lines, 0, decides("delete"));
        vec![(Code::Claim, at + 1, at + 1)]
    }),
];

#[track_caller]
fn check(name: &str, lines: &[String], expected: &[(Code, usize, usize)]) -> Vec<Code> {
    let found = found(lines);
    let number = |at: usize| u64::try_from(at).unwrap();
    let expected: Vec<_> =
        expected.iter().map(|(code, line, last)| (*code, number(*line), number(*last))).collect();
    assert_eq!(findings(&found), expected, "{name}: {:#?}", found.findings);
    expected.into_iter().map(|(code, ..)| code).collect()
}

/// An honest journal holds; with one thing done to it one thing is found; and each code is found by some.
#[test]
fn each_by_its_name() {
    assert_eq!(findings(&found(&honest())), []);
    let mut codes = BTreeSet::new();
    for (name, forge) in OF_LINES {
        let mut lines = honest();
        let expected = forge(&mut lines);
        codes.extend(check(name, &lines, &expected));
    }
    for (name, forge) in CHAINED {
        let mut lines = honest();
        let expected = forge(&mut lines);
        chained(&mut lines);
        codes.extend(check(name, &lines, &expected));
    }
    let elsewhere = [Code::NotAJournal, Code::UnknownVersion];
    let all: BTreeSet<_> = codes.iter().copied().chain(elsewhere).collect();
    assert_eq!(all, BTreeSet::from(Code::ALL), "each code is found in some journal");
}

/// The claim that a history breaks is named.
#[test]
fn the_broken_claim_is_named() {
    let (_, forge) = CHAINED[CHAINED.len() - 1];
    let mut lines = honest();
    forge(&mut lines);
    chained(&mut lines);
    let found = found(&lines);
    assert_eq!(found.findings[0].claim, Some("last-works"));
    let last_works = found.claims.iter().find(|judged| judged.claim == "last-works").unwrap();
    assert_eq!(last_works.broken, 1);
}

/// What a wrong decision breaks is said with it, and not told once more.
#[test]
fn a_wrong_decision_says_what_it_breaks() {
    let (name, forge) = CHAINED[1];
    assert_eq!(name, "CURRENT is deleted");
    let mut lines = honest();
    forge(&mut lines);
    chained(&mut lines);
    assert!(found(&lines).findings[0].says.contains("that breaks never-takes-named-current"));
}

#[test]
fn files_that_are_no_journals() {
    let one = |bytes: &[u8]| findings(&found_in(bytes, None));
    assert_eq!(one(b""), [(Code::NotAJournal, 1, 1)]);
    assert_eq!(one(b"\n"), [(Code::NotAJournal, 1, 1)]);
    assert_eq!(one(b"a letter\nof two lines\n"), [(Code::NotAJournal, 1, 2)]);
    assert_eq!(one(b"{\"Records\":[]}"), [(Code::NotAJournal, 1, 1)]);
    assert_eq!(one(&[0xff; 5_000]), [(Code::NotAJournal, 1, 1)]);
    let old = br#"{"rotator":1,"kind":"run","prev":"00","run":"x","at":"y"}"#;
    assert_eq!(one(old), [(Code::UnknownVersion, 1, 1)]);
}

/// A cut at a line's end looks like a killed run. Who kept the last line knows better.
#[test]
fn a_journal_that_was_cut_does_not_reach_the_line_that_was_kept() {
    let lines = honest();
    let last = lines.last().unwrap();
    let kept = Kept { line: Some(u64::try_from(lines.len()).unwrap()), sha256: hash(last.as_bytes()) };
    let text = |lines: &[String]| format!("{}\n", lines.join("\n"));
    assert_eq!(findings(&found_in(text(&lines).as_bytes(), Some(&kept))), []);
    // And it is reached where other runs followed.
    let earlier = Kept { line: None, sha256: hash(lines[7].as_bytes()) };
    assert_eq!(findings(&found_in(text(&lines).as_bytes(), Some(&earlier))), []);
    let cut = &lines[..lines.len() - 1];
    assert_eq!(findings(&found(cut)), [], "that the run was not killed is not to be seen");
    let at = u64::try_from(cut.len()).unwrap();
    assert_eq!(findings(&found_in(text(cut).as_bytes(), Some(&kept))), [(Code::Truncated, at, at)]);
    // Made anew to its end.
    let mut anew = lines.clone();
    edit(&mut anew, 0, |line| line["caller"] = "arn:aws:iam::111122223333:user/somebody".into());
    chained(&mut anew);
    assert_eq!(findings(&found(&anew)), [], "nothing in the file gives it away");
    assert_eq!(findings(&found_in(text(&anew).as_bytes(), Some(&kept))), [(Code::Edited, at + 1, at + 1)]);
}

/// Only the run that was at work can have been killed while it wrote.
#[test]
fn the_end_within_a_line_that_no_run_can_have_been_writing() {
    let lines = honest();
    // Cut within a line, and lines before it taken out.
    let at = place(&lines, 0, decides("delete"));
    let mut cut = lines[..at - 1].to_vec();
    cut.push(lines[at][..200].to_owned());
    let end = u64::try_from(cut.len()).unwrap();
    assert_eq!(findings(&found_in(cut.join("\n").as_bytes(), None)), [(Code::Truncated, end, end)]);
    // The run that the line claims was closed.
    let closed = place(&lines, 0, is("closed"));
    let mut cut = lines[..=closed].to_vec();
    let mut next = cut.clone();
    next.push(lines[closed - 1].clone());
    chained(&mut next);
    cut.push(next.last().unwrap()[..250].to_owned());
    let end = u64::try_from(cut.len()).unwrap();
    assert_eq!(findings(&found_in(cut.join("\n").as_bytes(), None)), [(Code::Truncated, end, end)]);
}
