//! The report as one page.

use super::Audit;
use crate::page::{escape, page};

/// The page.
#[must_use]
pub fn html(audit: &Audit) -> String {
    page("Access keys", &format!("<h1>{}</h1>\n", escape(&audit.account)))
}
