//! The journal of struck runs, in one file: `verify` replays it, and accuses nobody.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use rotator_cli::clock::Stopwatch;
use rotator_cli::verify::{Found, verify};

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
    let path = folder.path().join("journal");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ends = runtime.block_on(async {
        let mut ends = Vec::new();
        // One after the other: each has the file for itself.
        for (number, pair) in chosen.iter().enumerate() {
            let mut place = endpoint(cases.len() + number, pair.case).await;
            place.journals = Some(path.clone());
            ends.push(struck(&place, pair, 1).await);
        }
        ends
    });
    let hits = good(ends).len();
    let found = read(&path);
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

fn read(path: &Path) -> Found {
    verify(BufReader::new(File::open(path).unwrap()), "journal", None, |_| {}).unwrap()
}
