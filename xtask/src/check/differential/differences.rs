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

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "ListAccessKeys",
        aws: "ids begin with `AKIA`",
        source: "user guide, IAM identifiers",
        instead: "`LKIA`",
        case: Case::ListAccessKeys,
        does: Does::Prefix,
        then: Then::GoOn,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "ListAccessKeys",
        aws: "CreateDate has whole seconds",
        source: "API reference, AccessKeyMetadata",
        instead: "microseconds",
        case: Case::ListAccessKeys,
        does: Does::Fractions,
        then: Then::GoOn,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "CreateUser, a name that differs by case alone",
        aws: "409 `EntityAlreadyExists`",
        source: "API reference, CreateUser",
        instead: "a second user",
        case: Case::CreateUserInCapitals,
        does: Does::Answers(Answer::Done),
        then: Then::Undo,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "DeleteUser while it has keys",
        aws: "409 `DeleteConflict`",
        source: "API reference, DeleteUser",
        instead: "the user goes, and its keys",
        case: Case::DeleteUserWithKeys,
        does: Does::Answers(Answer::Done),
        then: Then::Follow,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "TagUser, a key that differs by case alone",
        aws: "the tag is replaced",
        source: "user guide, tags for IAM resources",
        instead: "a second tag",
        case: Case::TagSpelledOtherwise,
        does: Does::TagsTwice,
        then: Then::Undo,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "TagUser, one of two tags invalid",
        aws: "the entire request fails",
        source: "API reference, TagUser",
        instead: "both are set",
        case: Case::TagBesideInvalid,
        does: Does::Answers(Answer::Done),
        then: Then::Undo,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "GetCallerIdentity with an Inactive key",
        aws: "refused",
        source: "API reference, UpdateAccessKey",
        instead: "the user's ARN, and a last use",
        case: Case::IdentityOfInactive,
        does: Does::Answers(Answer::Is(Who::User)),
        then: Then::Follow,
    },
    Difference {
        endpoint: Endpoint::LocalStack,
        operation: "GetCallerIdentity with a key that is gone",
        aws: "403 `InvalidClientTokenId`",
        source: "API reference, common errors",
        instead: "root's ARN",
        case: Case::IdentityOfGone,
        does: Does::Answers(Answer::Is(Who::Root)),
        then: Then::GoOn,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "ListAccessKeys",
        aws: "CreateDate has whole seconds",
        source: "API reference, AccessKeyMetadata",
        instead: "microseconds",
        case: Case::ListAccessKeys,
        does: Does::Fractions,
        then: Then::GoOn,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "CreateUser, a name that differs by case alone",
        aws: "409 `EntityAlreadyExists`",
        source: "API reference, CreateUser",
        instead: "a second user",
        case: Case::CreateUserInCapitals,
        does: Does::Answers(Answer::Done),
        then: Then::Undo,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "DeleteUser while it has keys",
        aws: "409 `DeleteConflict`",
        source: "API reference, DeleteUser",
        instead: "the user goes, and its keys",
        case: Case::DeleteUserWithKeys,
        does: Does::Answers(Answer::Done),
        then: Then::Follow,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "TagUser, a key that differs by case alone",
        aws: "the tag is replaced",
        source: "user guide, tags for IAM resources",
        instead: "a second tag",
        case: Case::TagSpelledOtherwise,
        does: Does::TagsTwice,
        then: Then::Undo,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "TagUser, one of two tags invalid",
        aws: "the entire request fails",
        source: "API reference, TagUser",
        instead: "both are set",
        case: Case::TagBesideInvalid,
        does: Does::Answers(Answer::Done),
        then: Then::Undo,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "GetCallerIdentity with an Inactive key",
        aws: "refused",
        source: "API reference, UpdateAccessKey",
        instead: "the user's ARN, and a last use",
        case: Case::IdentityOfInactive,
        does: Does::Answers(Answer::Is(Who::User)),
        then: Then::Follow,
    },
    Difference {
        endpoint: Endpoint::Moto,
        operation: "GetCallerIdentity with a key that is gone",
        aws: "403 `InvalidClientTokenId`",
        source: "API reference, common errors",
        instead: "the same code, not where an SDK reads it",
        case: Case::IdentityOfGone,
        does: Does::Answers(Answer::no(403, "InvalidClientTokenId, misplaced")),
        then: Then::GoOn,
    },
];

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
        let (begin, end) = ("<!-- begin: differences -->\n", "<!-- end: differences -->");
        let (before, rest) = text.split_once(begin).unwrap();
        let (_, after) = rest.split_once(end).unwrap();
        let current = format!("{before}{begin}{}\n{end}{after}", table());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, current).unwrap();
        } else {
            assert!(text == current, "docs/assurance.md is not current: run `cargo xtask docs`");
        }
    }
}
