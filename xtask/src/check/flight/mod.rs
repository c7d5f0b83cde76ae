//! What the checks with jobs in flight share: an account, stores as their consumers find them, the jobs, and
//! the built program.

#[path = "../../../../rotator-cli/tests/stores/age.rs"]
mod age;
pub mod engine;
pub mod jobs;
pub mod place;
pub mod program;
pub mod store;

use std::thread;

use anyhow::{Result, bail};
use tokio::runtime::{Builder, Runtime};

pub fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// What a thread came to.
pub fn joined<T>(ended: thread::Result<Result<T>>) -> Result<T> {
    ended.unwrap_or_else(|_| bail!("a thread of the check panicked"))
}
