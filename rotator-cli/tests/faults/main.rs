//! The same driver under fire: for each effect of each kind of rotation, each fault, each kind of store.
//! It strikes there and nowhere else, clean runs follow, and every claim holds at every moment.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end by panicking, and so may its helpers")]

mod bystander;
mod faulty;
mod http;
mod kinds;
mod pipe;
mod place;
mod play;
mod side_by_side;
mod strikes;

use rotator_cli::clock::Stopwatch;

use crate::http::Endpoint;
use crate::side_by_side::side_by_side;
use crate::strikes::{Case, Figures, Plan, clean, struck};

/// The live world, the real SDK and the embedded endpoint. The short form takes every n-th pair.
#[test]
fn over_http() {
    let watch = Stopwatch::start();
    let deep = std::env::var_os("ROTATOR_DEEP").is_some();
    let cases = Case::all(&http::STORES);
    let begun = side_by_side(cases.clone(), async |number, case: &Case| {
        let Case { store, kind } = *case;
        let place = Endpoint::start(store, kind.policy(&store), kind.start(), number).await;
        clean(&place, kind, 1).await
    });
    let plan = Plan::of(&cases, &begun);
    let all = plan.pairs();
    let every = if deep { 1 } else { 16 };
    let chosen: Vec<_> = all.iter().copied().step_by(every).collect();
    let ends = side_by_side(chosen.clone(), async |number, pair| {
        let Case { store, kind } = pair.case;
        let place = Endpoint::start(store, kind.policy(&store), kind.start(), 1_000 + number).await;
        struck(&place, pair, 1).await
    });
    let figures = Figures::of(&chosen, &ends);
    insta::assert_snapshot!("over_http", plan.table());
    println!("faults over HTTP: {} of {} pairs, {figures}, {:.1} s", chosen.len(), all.len(), watch.elapsed().as_secs_f64());
}
