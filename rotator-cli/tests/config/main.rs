//! `rotator.toml`: what it says, what is wrong with it, who goes before whom, and three accounts at once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper does not get ends its test"
)]

mod accounts;
mod check;
mod faults;
#[expect(dead_code, reason = "the kit of the other commands' tests, which do more")]
#[path = "../cli/kit.rs"]
mod kit;
mod precedence;
#[path = "../cli/redact.rs"]
mod redact;
mod schema;
