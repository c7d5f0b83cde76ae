//! What the endpoints do otherwise than AWS. Nothing else is excused, and a row that is never met is
//! stale.

use super::answer::{Answer, Who};
use super::reference::Case;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The IAM of the demo and the tests, over HTTP.
    Embedded,
    LocalStack,
    Moto,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Difference {
    pub endpoint: Endpoint,
    /// For a reader: the call, and on what.
    pub operation: &'static str,
    pub aws: &'static str,
    /// AWS's page, or who saw it.
    pub source: &'static str,
    /// For a reader: what the endpoint does.
    pub instead: &'static str,
    pub case: Case,
    pub does: Does,
    pub then: Then,
}

/// What exactly is excused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    Answers(Answer),
    /// CreateDate has fractions of a second.
    Fractions,
    /// Key ids do not begin with `AKIA`.
    Prefix,
    /// Two tags whose keys differ by case alone.
    TagsTwice,
    /// A list has other entries. No row excuses it.
    Lists,
}

/// How the comparison goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It had no consequence.
    GoOn,
    /// The reference does the same.
    Follow,
    /// The endpoint is brought to where AWS would be.
    Undo,
}

pub const DIFFERENCES: &[Difference] = &[];

/// The rows of one endpoint.
pub fn of(endpoint: Endpoint) -> Vec<Difference> {
    DIFFERENCES.iter().filter(|row| row.endpoint == endpoint).cloned().collect()
}

/// The table as the document shows it.
pub fn table() -> String {
    let rows = DIFFERENCES.iter().map(|row| {
        let Difference { endpoint, operation, aws, source, instead, .. } = row;
        format!("| {} | {operation} | {aws} | {source} | {instead} |", endpoint.name())
    });
    let head = ["| endpoint | operation | AWS | source | instead |", "| --- | --- | --- | --- | --- |"];
    head.into_iter().map(str::to_owned).chain(rows).collect::<Vec<_>>().join("\n")
}

impl Endpoint {
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::LocalStack => "LocalStack 4.14.0",
            Self::Moto => "moto 5.2.5",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    impl Difference {
        /// For tests that care for the comparison alone.
        pub fn of_nobody() -> Self {
            Self {
                endpoint: Endpoint::Embedded,
                operation: "",
                aws: "",
                source: "",
                instead: "",
                case: Case::Ordinary,
                does: Does::Lists,
                then: Then::GoOn,
            }
        }
    }

    #[test]
    fn lists_are_never_excused_and_every_row_has_a_source() {
        for row in DIFFERENCES {
            assert_ne!(row.does, Does::Lists, "{}", row.operation);
            assert!(!row.source.is_empty(), "{}", row.operation);
        }
    }

    /// `cargo xtask docs` writes the table that this test compares.
    #[test]
    fn the_document_shows_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/assurance.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (begin, end) = ("<!-- begin: differences -->\n", "\n<!-- end: differences -->");
        let (before, rest) = text.split_once(begin).unwrap();
        let (_, after) = rest.split_once(end).unwrap();
        let current = format!("{before}{begin}{}{end}{after}", table());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, current).unwrap();
        } else {
            assert!(text == current, "docs/assurance.md is not current: run `cargo xtask docs`");
        }
    }
}
