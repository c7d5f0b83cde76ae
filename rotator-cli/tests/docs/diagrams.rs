//! The diagrams that the program carries are what the walk went through, and what is drawn is just that.

use std::collections::BTreeSet;

use regex::Regex;
use rotator_cli::page::escape;
use rotator_cli::spec::diagram::{DIAGRAMS, DOCUMENT, LEDGER, svg};

use crate::proof;

#[test]
fn the_diagrams_are_the_walks() {
    for (diagram, row) in [(LEDGER, "ledger-retire"), (DOCUMENT, "document-retire")] {
        assert_eq!(format!("```mermaid\n{}```", diagram.mermaid()), proof::diagram(row), "{row}");
    }
}

#[test]
fn each_state_and_effect_is_drawn_and_nothing_else() {
    let state = Regex::new(r#"data-state="([^"]*)""#).unwrap();
    let effect =
        Regex::new(r#"data-from="([^"]*)" data-to="([^"]*)"><path [^>]*/><text [^>]*>([^<]*)<"#).unwrap();
    for diagram in DIAGRAMS {
        let drawing = svg(&diagram);
        let drawn: Vec<_> = state.captures_iter(&drawing).map(|found| found[1].to_owned()).collect();
        let states: Vec<_> = diagram.states().iter().map(|state| escape(state)).collect();
        assert_eq!(drawn, states, "{}", diagram.name);
        let drawn: Vec<_> = effect
            .captures_iter(&drawing)
            .map(|found| (found[1].to_owned(), found[2].to_owned(), found[3].to_owned()))
            .collect();
        let edges: Vec<_> = diagram
            .edges
            .iter()
            .map(|edge| (escape(edge.from), escape(edge.to), edge.effects.join(", ")))
            .collect();
        assert_eq!(drawn, edges, "{}", diagram.name);
        assert_eq!(drawing.matches("<g ").count(), states.len() + edges.len());
        assert_eq!(drawing.matches("role=\"img\"").count(), 1);
        assert_eq!(drawing.matches("<title").count() + drawing.matches("<desc").count(), 2);
    }
}

type Area = (f64, f64, f64, f64);

/// Words, boxes and arrows with the room that they take. A letter of this size is less than 7.4 wide on average.
fn areas(drawing: &str) -> (Vec<(String, Area)>, Vec<Area>, Vec<Area>) {
    let number = |text: &str| text.parse::<f64>().unwrap();
    let text = Regex::new(r#"<text x="(\d+)" y="(\d+)"( text-anchor="middle")?[^>]*>([^<]*)<"#).unwrap();
    let words = text.captures_iter(drawing).map(|found| {
        let width = 7.4 * found[4].chars().count() as f64;
        let middle = found.get(3).is_some();
        let left = number(&found[1]) - if middle { width / 2.0 } else { 0.0 };
        let base = number(&found[2]);
        (found[4].to_owned(), (left, base - 10.0, left + width, base + 3.0))
    });
    let rect = Regex::new(r#"<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)""#).unwrap();
    let boxes = rect.captures_iter(drawing).map(|found| {
        let (x, y) = (number(&found[1]), number(&found[2]));
        (x, y, x + number(&found[3]), y + number(&found[4]))
    });
    let path = Regex::new(r#"<path d="(M[^"z]*)" marker"#).unwrap();
    let step = Regex::new(r"([MHV])(\d+)(?: (\d+))?").unwrap();
    let mut lines = Vec::new();
    for found in path.captures_iter(drawing) {
        let mut at = (0.0, 0.0);
        for step in step.captures_iter(&found[1]) {
            let next = match &step[1] {
                "M" => (number(&step[2]), number(&step[3])),
                "H" => (number(&step[2]), at.1),
                _ => (at.0, number(&step[2])),
            };
            if &step[1] != "M" {
                lines.push((
                    f64::min(at.0, next.0),
                    f64::min(at.1, next.1),
                    f64::max(at.0, next.0),
                    f64::max(at.1, next.1),
                ));
            }
            at = next;
        }
    }
    (words.collect(), boxes.collect(), lines)
}

fn meet(one: Area, other: Area) -> bool {
    one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
}

#[test]
fn nothing_lies_over_words() {
    for diagram in DIAGRAMS {
        let drawing = svg(&diagram);
        let (words, boxes, lines) = areas(&drawing);
        assert_eq!((words.len(), boxes.len()), if diagram.name == "ledger" { (24, 7) } else { (18, 6) });
        assert!(lines.len() >= diagram.edges.len());
        for (place, (word, area)) in words.iter().enumerate() {
            for (other, there) in words.iter().skip(place + 1) {
                assert!(!meet(*area, *there), "{}: {word} and {other}", diagram.name);
            }
            let inside = |it: &&Area| area.0 >= it.0 && area.1 >= it.1 && area.2 <= it.2 && area.3 <= it.3;
            let crossed = boxes.iter().filter(|it| meet(*area, **it)).count();
            assert_eq!(
                crossed,
                boxes.iter().filter(inside).count(),
                "{}: {word} leaves its box",
                diagram.name
            );
            for line in &lines {
                assert!(!meet(*area, *line), "{}: an arrow through {word} {area:?} {line:?}", diagram.name);
            }
        }
        let names: BTreeSet<_> = diagram.states().into_iter().collect();
        assert_eq!(names.len(), boxes.len());
    }
}
