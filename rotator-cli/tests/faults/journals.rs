//! The journals of struck runs, each as the program wrote it, and all as one file: `verify` replays them, and
//! accuses nobody.

use std::collections::BTreeSet;

use rotator_cli::clock::Stopwatch;
use rotator_cli::journal::hash;
use rotator_cli::verify::{Found, verify};
use serde_json::Value;

use crate::faulty::{At, Fault};
use crate::http::Endpoint;
use crate::place::Store;
use crate::side_by_side::side_by_side;
use crate::strikes::{Case, Pair, Plan, clean, good, struck};
use crate::{every, stores};

/// Each so many-th case, and of the pairs each so many-th, in the short form.
const SOME_CASES: usize = 5;
const SOME_PAIRS: usize = 11;

/// What the seam tells the driver is not what the world knows, and then the journal is no honest one; a death
/// at the seam is a death.
fn is_honest(pair: &Pair) -> bool {
    pair.strike.at != At::Seam || pair.strike.fault.kills()
}

#[test]
fn a_journal_of_faulty_runs_verifies() {
    let watch = Stopwatch::start();
    let stores: Vec<Store> = [&stores::OF_AWS[..], &stores::SHELVES[..], &stores::HOSTED[..]].concat();
    let cases = every(&Case::all(&stores), SOME_CASES);
    let endpoint = async |number, Case { store, kind }: Case| {
        Endpoint::start(store, kind.policy(&store), kind.start(), number).await
    };
    let plan = Plan::of(
        &cases,
        side_by_side(&cases, async |number, case: &Case| {
            clean(&endpoint(number, *case).await, case.kind, 1).await
        }),
    );
    let honest: Vec<_> = plan.pairs().into_iter().filter(is_honest).collect();
    let chosen = every(&honest, SOME_PAIRS);
    let faults: BTreeSet<Fault> = chosen.iter().map(|pair| pair.strike.fault).collect();
    assert_eq!(faults.len(), Fault::ALL.len(), "each kind of fault is among them");

    let folder = tempfile::tempdir().unwrap();
    let ends = side_by_side(&chosen, async |number, pair: &Pair| {
        let mut place = endpoint(cases.len() + number, pair.case).await;
        let path = folder.path().join(number.to_string());
        place.journals = Some(path.clone());
        struck(&place, pair, 1).await.map(|_| path)
    });
    let journals: Vec<_> =
        good(ends).into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for (journal, pair) in journals.iter().zip(&chosen) {
        let found = read(journal);
        assert!(found.holds(), "{pair:?}: {:#?}", found.findings);
    }
    let hits = journals.len();
    let found = read(&one_after_the_other(&journals));
    let seconds = watch.elapsed().as_secs_f64();
    println!(
        "journal of faults: {hits} struck of {} runs, {} killed, {} lines, {} decisions, {} effects, {seconds:.1} s",
        found.runs, found.killed, found.lines, found.decisions, found.effects
    );
    for judged in &found.claims {
        println!("  {} {}", judged.claim, judged.steps);
    }
    assert!(found.holds(), "{:#?}", found.findings.iter().take(5).collect::<Vec<_>>());
    assert!(hits >= 100 && found.runs > 4 * hits as u64, "{hits} of {}", found.runs);
    let killed = chosen.iter().filter(|pair| pair.strike.fault.kills()).count();
    assert!(found.killed as usize >= killed && killed > 20, "{} of {killed}", found.killed);
    assert_eq!(found.users as usize, hits, "each in an account of its own");
    let steps = |claim: &str| found.claims.iter().find(|judged| judged.claim == claim).unwrap().steps;
    for (claim, at_least) in [
        ("current-works", 700),
        ("never-takes-served", 80),
        ("last-works", 40),
        ("off-before-gone", 15),
        ("foreign-untouched", 140),
        ("ledger-true", 180),
        ("same-answer", 1_500),
    ] {
        assert!(steps(claim) >= at_least, "{claim} was judged on {} steps", steps(claim));
    }
}

fn read(journal: &str) -> Found {
    verify(journal.as_bytes(), "journal", None, |_| {}).unwrap()
}

/// As if all had been written into one file: numbers, hashes and sums are made anew, and nothing else.
fn one_after_the_other(journals: &[String]) -> String {
    let (mut all, mut prev) = (String::new(), "0".repeat(64));
    let lines =
        journals.iter().enumerate().flat_map(|(of, journal)| journal.lines().map(move |line| (of, line)));
    for (at, (of, line)) in lines.enumerate() {
        let mut fields: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        fields.insert("line".into(), (at + 1).into());
        fields.insert("prev".into(), prev.into());
        // Runs of several files may have begun in one second.
        let run = format!("{}/{of}", fields["run"].as_str().unwrap());
        fields.insert("run".into(), run.into());
        fields.shift_remove("sum");
        let text = Value::Object(fields).to_string();
        let text = text.strip_suffix('}').unwrap();
        let text = format!("{text},\"sum\":\"{}\"}}", hash(text.as_bytes()));
        prev = hash(text.as_bytes());
        all += &text;
        all.push('\n');
    }
    all
}
