//! The decision tables go as the source goes.

use rotator::CLAIMS;
use rotator_cli::spec::decisions::{SETTLES, TABLES, Table};

const SOURCE: &str = include_str!("../../../rotator/src/decide.rs");
const GOALS: &str = include_str!("../../../rotator/src/goals.rs");

pub fn table(name: &str) -> Table {
    TABLES.into_iter().find(|table| table.name == name).unwrap()
}

/// The decisions that a function of the source makes, in its order.
fn decisions_of(source: &str, function: &str) -> Vec<String> {
    let (_, body) = source.split_once(&format!("fn {function}(")).unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let code = body.lines().filter(|line| !line.trim_start().starts_with("//"));
    let kinds =
        regex::Regex::new(r"(Refusal|Pause|Effect)::\w+|Decision::Done|\b(roll_back|revive|restore)\(")
            .unwrap();
    code.flat_map(|line| kinds.find_iter(line)).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn the_tables_go_as_the_source_goes() {
    for table in TABLES {
        let source = if ["decide", "meet"].contains(&table.name) { SOURCE } else { GOALS };
        let lines: Vec<_> = table.lines().map(|line| line.source.to_owned()).collect();
        assert_eq!(lines, decisions_of(source, table.name), "{}", table.name);
    }
}

#[test]
fn each_line_serves_a_claim() {
    assert_eq!(SETTLES, rotator::model::SETTLES);
    for line in TABLES.iter().flat_map(Table::lines) {
        let known = |name: &&str| *name == SETTLES || CLAIMS.iter().any(|claim| claim.name == *name);
        assert!(!line.serves.is_empty() && line.serves.iter().all(known), "{}", line.situation);
    }
}
