//! The states of a user's keys and the effects between them, as data, as Mermaid and as SVG. They are what the
//! walk through every world went through; a test holds them to it (`tests/docs/proof.rs`).

use std::fmt::Write;

use crate::page::escape;

/// The states with one memory.
#[derive(Debug, Clone, Copy)]
pub struct Diagram {
    /// The memory: `ledger`, `document`.
    pub name: &'static str,
    /// For whoever hears it and does not see it.
    pub title: &'static str,
    /// In the order of their states.
    pub edges: &'static [Edge],
}

/// Effects that lead from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The state before, as the walk names it.
    pub from: &'static str,
    /// The state after.
    pub to: &'static str,
    /// Their codes.
    pub effects: &'static [&'static str],
}

const fn edge(from: &'static str, effects: &'static [&'static str], to: &'static str) -> Edge {
    Edge { from, to, effects }
}

const CURRENT: &str = "CURRENT";
const LAST: &str = "CURRENT, LAST";
const OFF: &str = "CURRENT, LAST (Inactive)";
const PENDING: &str = "CURRENT, PENDING";
const OPEN: &str = "CURRENT, open";
const OPEN_KEY: &str = "CURRENT, open, unnamed key";
const KEY: &str = "CURRENT, unnamed key";

/// Both memories, in SPEC.md's order.
pub const DIAGRAMS: [Diagram; 2] = [LEDGER, DOCUMENT];

/// Names in tags.
pub const LEDGER: Diagram = Diagram {
    name: "ledger",
    title: "States with names in a ledger",
    edges: &[
        edge(CURRENT, &["open"], OPEN),
        edge(CURRENT, &["create"], KEY),
        edge(LAST, &["deactivate"], OFF),
        edge(OFF, &["delete"], CURRENT),
        edge(PENDING, &["delete"], CURRENT),
        edge(PENDING, &["promote"], LAST),
        edge(OPEN, &["create"], OPEN_KEY),
        edge(OPEN_KEY, &["stage"], PENDING),
        edge(OPEN_KEY, &["delete"], OPEN),
        edge(KEY, &["delete"], CURRENT),
        edge(KEY, &["stage"], PENDING),
    ],
};

/// Names in the store.
pub const DOCUMENT: Diagram = Diagram {
    name: "document",
    title: "States with names in a document",
    edges: &[
        edge(CURRENT, &["open"], OPEN),
        edge(LAST, &["deactivate"], OFF),
        edge(OFF, &["delete"], CURRENT),
        edge(PENDING, &["promote"], LAST),
        edge(OPEN, &["create"], OPEN_KEY),
        edge(OPEN_KEY, &["stage"], PENDING),
        edge(OPEN_KEY, &["delete"], OPEN),
    ],
};

impl Diagram {
    /// Every state, in alphabetical order.
    #[must_use]
    pub fn states(&self) -> Vec<&'static str> {
        let mut states: Vec<_> = self.edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        states.sort_unstable();
        states.dedup();
        states
    }

    /// As SPEC.md has it.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let states = self.states();
        let number = |state: &str| states.iter().position(|one| *one == state).unwrap_or_default();
        let mut text = String::from("stateDiagram-v2\n");
        for state in &states {
            text += &format!("    s{}: {state}\n", number(state));
        }
        for Edge { from, to, effects } in self.edges {
            text += &format!("    s{} --> s{}: {}\n", number(from), number(to), effects.join(", "));
        }
        text
    }
}

/// Where a state stands: its box's left upper corner. All boxes are of one size.
fn corner(state: &str) -> Option<(u32, u32)> {
    Some(match state {
        CURRENT => (COLUMN, 12),
        OPEN => (COLUMN, 104),
        KEY => (272, 150),
        OPEN_KEY => (COLUMN, 196),
        PENDING => (COLUMN, 288),
        LAST => (COLUMN, 380),
        OFF => (COLUMN, 472),
        _ => return None,
    })
}

/// How an arrow goes, and where its words begin.
fn route(from: &str, to: &str) -> Option<(&'static str, (u32, u32))> {
    Some(match (from, to) {
        (CURRENT, OPEN) => ("M188 52V104", (196, 82)),
        (CURRENT, KEY) => ("M258 22H384V150", (264, 16)),
        (OPEN, OPEN_KEY) => ("M158 144V196", (112, 174)),
        (OPEN_KEY, OPEN) => ("M218 196V144", (224, 174)),
        (OPEN_KEY, PENDING) => ("M188 236V288", (196, 266)),
        (PENDING, LAST) => ("M188 328V380", (196, 358)),
        (LAST, OFF) => ("M188 420V472", (196, 450)),
        (OFF, CURRENT) => ("M118 492H14V22H118", (19, 82)),
        (PENDING, CURRENT) => ("M118 308H66V42H118", (71, 82)),
        (KEY, CURRENT) => ("M326 150V42H258", (264, 58)),
        (KEY, PENDING) => ("M338 190V308H258", (344, 266)),
        _ => return None,
    })
}

const COLUMN: u32 = 118;
/// A box's width and height.
const BOX: (u32, u32) = (140, 40);
/// The picture's width and height.
const SIZE: (u32, u32) = (418, 524);

/// Draws it: boxes and arrows in the colour of the text around it, so that it is read in the dark, in print and
/// without colour. What has no place in the layout is left out, and a test finds that.
#[must_use]
pub fn svg(diagram: &Diagram) -> String {
    let (name, (width, height)) = (diagram.name, SIZE);
    let told: Vec<_> = diagram
        .edges
        .iter()
        .map(|edge| format!("{} leads from {} to {}", edge.effects.join(" or "), edge.from, edge.to))
        .collect();
    let mut text = format!(
        "<svg class=\"states\" role=\"img\" aria-labelledby=\"states-{name}-title states-{name}-desc\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         style=\"max-width:100%;height:auto\" fill=\"none\" stroke=\"currentColor\" font-family=\"sans-serif\" \
         font-size=\"13\">\n\
         <title id=\"states-{name}-title\">{}</title>\n<desc id=\"states-{name}-desc\">{}.</desc>\n\
         <defs><marker id=\"states-{name}-arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"currentColor\" stroke=\"none\" />\
         </marker></defs>\n",
        escape(diagram.title),
        escape(&told.join("; "))
    );
    for state in diagram.states() {
        let Some((x, y)) = corner(state) else { continue };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "<g class=\"state\" data-state=\"{}\"><rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"6\" />{}</g>",
            escape(state),
            BOX.0,
            BOX.1,
            words(state, x, y)
        );
    }
    for Edge { from, to, effects } in diagram.edges {
        let Some((path, (x, y))) = route(from, to) else { continue };
        let _ = writeln!(
            text,
            "<g class=\"effect\" data-from=\"{}\" data-to=\"{}\"><path d=\"{path}\" \
             marker-end=\"url(#states-{name}-arrow)\" /><text x=\"{x}\" y=\"{y}\" fill=\"currentColor\" \
             stroke=\"none\">{}</text></g>",
            escape(from),
            escape(to),
            escape(&effects.join(", "))
        );
    }
    text + "</svg>\n"
}

/// A state's words in its box: CURRENT, and below it the rest.
fn words(state: &str, x: u32, y: u32) -> String {
    let middle = x + BOX.0 / 2;
    let line = |y: u32, words: &str| {
        format!(
            "<text x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{}</text>",
            escape(words)
        )
    };
    match state.split_once(", ") {
        Some((first, rest)) => line(y + 17, first) + &line(y + 33, rest),
        None => line(y + 25, state),
    }
}
