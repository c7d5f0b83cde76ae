//! The same driver under fire: for each effect of each kind of rotation, each fault, each kind of store.
//! It strikes there and nowhere else, clean runs follow, and every claim holds at every moment.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking, and so may its helpers"
)]

#[path = "../stores/age.rs"]
mod age;
mod bystander;
mod faulty;
mod hosted;
mod http;
mod journals;
mod kinds;
mod memory;
mod pipe;
mod place;
mod play;
#[expect(dead_code, reason = "the adapter's own tests ask for more")]
#[path = "../vault/proxy.rs"]
mod proxy;
mod shelves;
mod side_by_side;
mod stores;
mod stories;
mod storm;
mod strikes;
mod torn;
#[path = "../../../rotator/tests/world/mod.rs"]
mod world;

use std::collections::BTreeSet;

use bao::Bao;
use rotator_cli::clock::Stopwatch;

use crate::faulty::{At, Fault};
use crate::http::Endpoint;
use crate::memory::Sim;
use crate::place::Store;
use crate::side_by_side::side_by_side;
use crate::strikes::{Case, Figures, Pair, Plan, clean, good, struck, struck_twice};

/// Each so many-th is told in the short form. Prime, so that all kinds of faults take their turn.
const SOME_OVER_HTTP: usize = 29;
const SOME_ON_SHELVES: usize = 41;
const SOME_ON_OPENBAO: usize = 17;
const SOME_ON_HOSTED: usize = 53;
const SOME_DOUBLE: usize = 37;
const STORMS: u64 = 4_000;
const STORMS_DEEP: u64 = 200_000;

fn deep() -> bool {
    std::env::var_os("ROTATOR_DEEP").is_some()
}

fn every<T: Copy>(all: &[T], nth: usize) -> Vec<T> {
    all.iter().copied().step_by(if deep() { 1 } else { nth }).collect()
}

/// The live world, the real SDK and the embedded endpoint.
#[test]
fn over_http() {
    at_endpoints("over_http", &stores::OF_AWS, SOME_OVER_HTTP);
}

/// The same with a file, a profile and a command, and faults at those.
#[test]
fn on_shelves() {
    at_endpoints("on_shelves", &stores::SHELVES, SOME_ON_SHELVES);
}

/// And with OpenBao, which `cargo xtask check faults` brings.
#[test]
fn on_openbao() {
    if Bao::shared().is_some() {
        at_endpoints("on_openbao", &stores::SERVERS, SOME_ON_OPENBAO);
    }
}

/// And with stand-ins for GitHub, GitLab and Kubernetes. What jobs get there they sign with, and where a pair
/// is stored by two writes, a struck run may leave it torn.
#[test]
fn on_hosted() {
    let Figures { torn, failed, .. } = at_endpoints("on_hosted", &stores::HOSTED, SOME_ON_HOSTED);
    println!("faults, on_hosted: {torn} left a torn pair, on which {failed} calls of jobs failed");
    assert_eq!((torn, failed), if deep() { (84, 312) } else { (3, 12) });
}

#[track_caller]
fn at_endpoints(name: &str, stores: &[Store], some: usize) -> Figures {
    let watch = Stopwatch::start();
    let endpoint = async |number, Case { store, kind }: Case| {
        Endpoint::start(store, kind.policy(&store), kind.start(), number).await
    };
    let cases = Case::all(stores);
    let plan = Plan::of(
        &cases,
        side_by_side(&cases, async |number, case: &Case| {
            clean(&endpoint(number, *case).await, case.kind, 1).await
        }),
    );
    let chosen = every(&plan.pairs(), some);
    let faults: BTreeSet<_> = chosen.iter().map(|pair| (pair.strike.at, pair.strike.fault)).collect();
    let seam = Fault::ALL.map(|fault| (At::Seam, fault));
    let wire = Fault::OF_THE_OTHER_SIDE.map(|fault| (At::Wire, fault));
    let each = seam.iter().chain(&wire).all(|kind| faults.contains(kind));
    assert!(each, "each kind of fault is among those that are told");
    let ends = side_by_side(&chosen, async |number, pair: &Pair| {
        struck(&endpoint(cases.len() + number, pair.case).await, pair, 1).await
    });
    let figures = Figures::of(ends);
    insta::assert_snapshot!(name, plan.table());
    let (some, all, seconds) = (chosen.len(), plan.pairs().len(), watch.elapsed().as_secs_f64());
    println!("faults, {name}: {some} of {all} pairs of case and fault, {figures}, {seconds:.1} s");
    figures
}

/// The reference world: all of it, always.
#[test]
fn in_memory() {
    let watch = Stopwatch::start();
    let cases = Case::all(&memory::STORES);
    let plan =
        Plan::of(&cases, side_by_side(&cases, async |_, case: &Case| clean(&sim(*case), case.kind, 2).await));
    let pairs = plan.pairs();
    let figures =
        Figures::of(side_by_side(&pairs, async |_, pair: &Pair| struck(&sim(pair.case), pair, 2).await));
    insta::assert_snapshot!("in_memory", format!("{}{figures}\n", plan.table()));
    println!("faults in memory: {} pairs, {figures}, {:.1} s", pairs.len(), watch.elapsed().as_secs_f64());
}

/// Two runs are struck, one after the other.
#[test]
fn two_faults_in_memory() {
    let watch = Stopwatch::start();
    let cases = Case::all(&memory::STORES);
    let plan =
        Plan::of(&cases, side_by_side(&cases, async |_, case: &Case| clean(&sim(*case), case.kind, 1).await));
    let pairs = plan.pairs();
    let then =
        good(side_by_side(&pairs, async |_, pair: &Pair| struck_twice(&sim(pair.case), pair, None).await));
    let twice = pairs.iter().zip(&then);
    let twice = twice.flat_map(|(pair, then)| Plan::seconds(then).into_iter().map(|second| (*pair, second)));
    let twice: Vec<_> = twice.collect();
    let chosen = every(&twice, SOME_DOUBLE);
    let ends = side_by_side(&chosen, async |_, (pair, second)| {
        struck_twice(&sim(pair.case), pair, Some(*second)).await
    });
    good(ends);
    assert_eq!(twice.len(), 111_012);
    let (some, all, seconds) = (chosen.len(), twice.len(), watch.elapsed().as_secs_f64());
    println!("two faults in memory: {some} of {all} pairs with a second fault, {seconds:.1} s");
}

/// Anything at any call: runs one after the other, then clean ones.
#[test]
fn storms_in_memory() {
    let watch = Stopwatch::start();
    let seeds: Vec<u64> = (0..if deep() { STORMS_DEEP } else { STORMS }).collect();
    let told = good(side_by_side(&seeds, async |_, seed: &u64| storm::tell(*seed).await));
    let figures = storm::figures(told.iter().copied());
    if !deep() {
        insta::assert_snapshot!("storms_in_memory", figures);
    }
    println!("storms in memory: {} seeds, {figures}, {:.1} s", seeds.len(), watch.elapsed().as_secs_f64());
}

fn sim(Case { store, kind }: Case) -> Sim {
    Sim::start(store, kind.policy(&store), kind.start())
}
