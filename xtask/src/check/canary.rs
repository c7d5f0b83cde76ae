//! Looks for secrets where none may be.

use anyhow::Result;

use super::{Effort, Figure};

pub fn run(_effort: Effort) -> Result<Vec<Figure>> {
    anyhow::bail!("not written yet")
}
