//! The adapter for GitHub's secrets against a fake that opens what is sealed for it, and each request and
//! answer of theirs against GitHub's own description.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking, and so may its helpers"
)]

mod deaths;
mod kit;
mod openapi;
mod places;
mod refusals;
mod schema;
mod sealed;
