//! What the formats have in common: how spans, uses and paths are written.

use std::time::Duration;

use rotator::Used;

use super::{AuditedKey, Rule};
use crate::clock::rfc3339;
use crate::history::Role;
use crate::table::short;

/// `91d`, `5h`: as in every table.
pub(super) fn span(span: Duration) -> String {
    short(span)
}

/// A span as an option takes it: `30d`, or in full where it is no whole number of days.
pub(super) fn option(span: Duration) -> String {
    match (span.as_secs() % 86_400, span.subsec_nanos()) {
        (0, 0) => short(span),
        _ => humantime::format_duration(span).to_string().replace(' ', ""),
    }
}

/// A path as an argument of a command line: `ci`, and quoted where a shell would read more into it.
pub(super) fn quoted_path(path: &str) -> String {
    match path.trim_matches('/') {
        "" => "/".to_owned(),
        inner => shell_words::quote(inner).into_owned(),
    }
}

/// `CURRENT` and its like; `unknown` where nothing tells.
pub(super) fn role(key: &AuditedKey) -> &'static str {
    key.role.map_or("unknown", Role::name)
}

/// `3d ago`, `none on record`, `unknown`.
pub(super) fn used(used: Used) -> String {
    match used {
        // IAM's null means never used or unknown (IAM user guide), so `never` would be too much.
        Used::Never => "none on record".to_owned(),
        Used::Unknown => "unknown".to_owned(),
        Used::Ago(ago) => format!("{} ago", short(ago)),
    }
}

/// When the key is due, as a date.
pub(super) fn due(key: &AuditedKey) -> Option<String> {
    key.due.map(rfc3339)
}

/// `rotated-90: No Active key is older than 90 days`
pub(super) fn heading(rule: &Rule) -> String {
    format!("{}: {}", rule.id, rule.title)
}
