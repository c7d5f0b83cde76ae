use rotator::model::*;
use rotator::*;
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let all = Allows {
        faults: true,
        late_requests: true,
        rejections: true,
        stale_lists: true,
        stale_slots: true,
        late_use: true,
        unread_use: true,
        propagation: true,
        words: true,
        jobs: true,
        ..Allows::default()
    };
    let has = |w: &str| args.iter().any(|a| a == w);
    let memory = if has("doc") {
        Memory::Document
    } else if has("dates") {
        Memory::Dates
    } else {
        Memory::Ledger
    };
    let store = if has("cas") {
        Store::Swaps
    } else if has("pipe") {
        Store::Pipeline
    } else {
        Store::Acknowledges
    };
    let start = if has("empty") {
        Start::Empty
    } else if has("named") {
        Start::Named
    } else if has("unmet") {
        Start::Unmet
    } else if has("newer") {
        Start::UnmetNewerServed
    } else if has("older") {
        Start::UnmetOlderServed
    } else {
        Start::NamedWithLast
    };
    let mut allows = if has("none") { Allows::default() } else { all };
    if has("faults") {
        allows.faults = true;
    }
    if has("nolate") {
        allows.late_requests = false;
    }
    if has("nolists") {
        allows.stale_lists = false;
    }
    if has("noslots") {
        allows.stale_slots = false;
    }
    if has("nouse") {
        allows.late_use = false;
        allows.unread_use = false;
    }
    if has("noprop") {
        allows.propagation = false;
    }
    if has("nowords") {
        allows.words = false;
    }
    if has("eager") {
        allows.jobs = false;
        allows.eager_jobs = true;
    }
    let mut times = if has("slow") { Times::SLOW } else { Times::QUICK };
    if has("retire") {
        times.max_age = 3;
        times.retire = Some(2);
    }
    let people: &'static [Deed] = if has("wipe") {
        &[Deed::Wipes, Deed::DropsCurrent]
    } else if has("people") {
        &[
            Deed::Creates,
            Deed::Uses,
            Deed::Deactivates,
            Deed::Deletes,
            Deed::DeactivatesOther,
            Deed::DeletesOther,
            Deed::Activates,
            Deed::Recreates,
        ]
    } else if has("edits") {
        &[Deed::Wipes, Deed::DropsCurrent, Deed::Swaps]
    } else {
        &[]
    };
    let deeds = if has("d2") {
        2
    } else if people.is_empty() {
        0
    } else {
        1
    };
    let setup = Setup {
        name: "x",
        memory,
        store,
        start,
        times,
        runs: if has("two") { 2 } else { 1 },
        allows,
        people,
        deeds,
        trust: has("trust"),
        adopt: Adopt::Dates,
        waives: if has("waive") { &["no-false-refusal"] } else { &[] },
        decide,
    };
    let t = Instant::now();
    let w = walk(&setup, has("settles"));
    println!(
        "{} worlds {} edges depth {} obs {} in {:.2?}",
        w.worlds,
        w.edges,
        w.depth,
        w.observations,
        t.elapsed()
    );
    println!("{:?}", w.decided);
    if let Some(b) = w.broken {
        println!("BROKEN {} in {} steps", b.claim, b.steps);
        for l in b.story {
            println!("  {l}");
        }
    }
}
