//! What an audit came to: the account's keys, judged by rule. Formats are one file each.

mod asks;
mod collect;
mod csv;
pub mod html;
mod json;
pub mod judge;
mod junit;
mod markdown;
mod report;
mod rules;
mod sarif;
mod text;
pub mod timeline;
mod words;

pub use collect::{Collected, collect};
pub use csv::csv;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use report::{Audit, AuditedKey, AuditedUser, Outcome, Rule, Standard, Statement, Verdict};
pub use rules::{
    CURRENT_WORKS, HALF_DONE, ONE_ACTIVE, OVERDUE, OWN_KEY, ROTATED_90, ROTATED_WITHIN, RULES, TOO_MANY_KEYS,
    UNKNOWN_KEY, UNUSED_45, UNUSED_90, UNUSED_FOR_45, UNUSED_FOR_90, statements, table,
};
pub use sarif::sarif;
pub use text::text;
