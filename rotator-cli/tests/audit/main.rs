//! `rotator audit`: each rule at its border, every format as a whole, and what it may do.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper does not get ends its test"
)]

mod account;
mod borders;
mod exits;
mod formats;
mod history;
#[expect(dead_code, reason = "the kit of the other commands' tests, which do more")]
#[path = "../cli/kit.rs"]
mod kit;
mod needs;
mod past;
#[path = "../cli/redact.rs"]
mod redact;
mod rules;
mod schemas;
