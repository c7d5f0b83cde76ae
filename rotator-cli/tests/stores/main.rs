//! Every store against one list of checks, and what is special about each.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking, and so may its helpers"
)]

mod conform;
mod crash;
mod disk;
mod document;
mod document_suite;
mod exec;
mod github;
mod gitlab;
mod kubernetes;
mod profile;
mod rig;
mod steps;
