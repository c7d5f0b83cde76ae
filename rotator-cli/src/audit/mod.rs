//! What an audit came to: the account's keys, judged by rule. Formats are one file each.

pub mod html;
mod report;
pub mod timeline;

pub use report::{Audit, AuditedKey, AuditedUser, Outcome, Rule, Standard, Verdict};
