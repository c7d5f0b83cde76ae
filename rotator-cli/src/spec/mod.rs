//! The specification that the binary carries.
//!
//! [`TEXT`] is SPEC.md itself, taken in when the program was built. That is honest because SPEC.md's tables are
//! no prose about the code: a test prints each of them from the code and from the walks, and fails where one
//! word differs (`tests/docs`). The decision tables, effects, refusals, pauses, claims and diagrams are data
//! here, so they can be printed as data too; how many worlds a claim held in comes from the walks, which the
//! program does not carry, and stands in the text alone.

pub mod decisions;
pub mod diagram;
pub mod effects;
mod html;
mod json;
pub mod words;

use sha2::{Digest, Sha256};

pub use html::html;
pub use json::json;

/// SPEC.md, byte for byte.
pub const TEXT: &str = include_str!("../../../SPEC.md");

/// The SHA-256 of [`TEXT`], as `sha256sum` prints it.
#[must_use]
pub fn sha256() -> String {
    Sha256::digest(TEXT).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A table in Markdown. The cells of a row are held apart by ` ~ `.
#[must_use]
pub fn table(headings: &[&str], rows: &[String]) -> String {
    let rules = vec!["---"; headings.len()].join(" | ");
    let rows: Vec<String> = rows.iter().map(|row| format!("| {} |", row.replace(" ~ ", " | "))).collect();
    format!("| {} |\n| {rules} |\n{}", headings.join(" | "), rows.join("\n"))
}
