//! `rotator verify`: honest journals hold, and each forgery is told by its own name.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking, and so may its helpers"
)]

mod bits;
mod forge;
mod forgeries;
mod histories;
mod honest;
mod kept;
#[expect(dead_code, reason = "the tests of the other commands ask for more")]
#[path = "../cli/kit.rs"]
mod kit;
mod outputs;
#[path = "../cli/redact.rs"]
mod redact;
