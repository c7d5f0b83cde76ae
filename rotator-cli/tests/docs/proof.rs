//! What SPEC.md says of the proof: worlds, claims, guards and the walked states.

use std::collections::BTreeMap;

use rotator::model::{Caught, Expect, Row, SETTLES, matrix, walk};
use rotator::{CLAIMS, Memory};

use rotator_cli::spec::table;
use rotator_cli::spec::words::{SETTLES_SAYS, asked_of};

/// Each claim, and in how many worlds it was asked and held.
pub fn claims() -> String {
    let rows = CLAIMS.iter().map(|claim| {
        format!("{} ~ {} ~ {} ~ {}", claim.name, claim.says, asked_of(claim), grouped(worlds(claim.name)))
    });
    let (says, of) = SETTLES_SAYS;
    let settles = format!("{SETTLES} ~ {says} ~ {of} ~ {}", grouped(worlds(SETTLES)));
    table(
        &["claim", "promise", "asked of", "held in so many worlds"],
        &rows.chain([settles]).collect::<Vec<_>>(),
    )
}

fn worlds(claim: &str) -> u64 {
    let asked = |row: &Row| match claim {
        "asks-nobody" => row.setup.allows.nothing_wrong(),
        "ledger-true" => row.setup.memory != Memory::Dates,
        "never-takes-own" => row.setup.allows.own_key,
        _ => true,
    };
    let held = |row: &Row| match row.expect {
        Expect::Holds { worlds, .. } if asked(row) && !row.setup.gives_up(claim) => worlds as u64,
        Expect::Holds { .. } | Expect::Fails { .. } | Expect::Unknown => 0,
    };
    matrix().iter().map(held).sum()
}

/// The worlds in which every claim holds.
pub fn held() -> String {
    let rows = matrix().into_iter().filter_map(|row| match row.expect {
        Expect::Holds { worlds, edges } => {
            let Row { setup, about, standard, .. } = row;
            let walked = if standard { "`cargo test`" } else { "`--deep`" };
            let waived = match setup.waives {
                [] => String::new(),
                waives => format!(" (without {})", waives.join(", ")),
            };
            let (worlds, edges) = (grouped(worlds as u64), grouped(edges));
            Some(format!("{} ~ {about}{waived} ~ {worlds} ~ {edges} ~ {walked}", setup.name))
        }
        Expect::Fails { .. } | Expect::Unknown => None,
    });
    table(&["row", "what goes on", "worlds", "edges", "walked by"], &rows.collect::<Vec<_>>())
}

/// The worlds in which a claim does not hold.
pub fn limits() -> String {
    let rows = matrix().into_iter().filter_map(|row| match row.expect {
        Expect::Fails { claim, steps } => {
            Some(format!("{} ~ {} ~ {claim} ~ {steps}", row.setup.name, row.about))
        }
        Expect::Holds { .. } | Expect::Unknown => None,
    });
    table(&["row", "what goes on", "what fails", "after steps"], &rows.collect::<Vec<_>>())
}

/// Each guard, and what fails without it.
pub fn guards() -> String {
    let rows = rotator::model::guards().map(|guard| {
        let (what, steps, wher) = match guard.caught() {
            Some(Caught::World { row, claim, steps }) => (claim, steps.to_string(), row.to_owned()),
            Some(Caught::Point { claim }) => (claim, "1".to_owned(), "an observation by itself".to_owned()),
            Some(Caught::Test(test)) => {
                ("none: defence in depth", String::new(), format!("the test `{test}`"))
            }
            None => ("?", String::new(), String::new()),
        };
        format!("{} ~ {} ~ {} ~ {what} ~ {steps} ~ {wher}", guard.name, guard.file, guard.says)
    });
    let headings = ["guard", "in", "what it says", "without it fails", "after steps", "in"];
    table(&headings, &rows.collect::<Vec<_>>())
}

/// The states that one row's walk went through, and the effects between them.
pub fn diagram(name: &str) -> String {
    let row = matrix().into_iter().find(|row| row.setup.name == name).unwrap();
    let mut arrows = BTreeMap::<(String, String), Vec<&str>>::new();
    for (from, effect, to) in walk(&row.setup).moves {
        let (from, to) = (from.to_string(), to.to_string());
        if from != to {
            let effects = arrows.entry((from, to)).or_default();
            if !effects.contains(&effect) {
                effects.push(effect);
            }
        }
    }
    let mut states: Vec<&String> = arrows.keys().flat_map(|(from, to)| [from, to]).collect();
    states.sort();
    states.dedup();
    let number = |state: &String| states.binary_search(&state).unwrap();
    let mut text = String::from("```mermaid\nstateDiagram-v2\n");
    for state in &states {
        text += &format!("    s{}: {state}\n", number(state));
    }
    for ((from, to), effects) in &arrows {
        text += &format!("    s{} --> s{}: {}\n", number(from), number(to), effects.join(", "));
    }
    text + "```"
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}
