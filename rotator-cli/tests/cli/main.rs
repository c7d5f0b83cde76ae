//! The programs as their users run them, against an account in memory.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper does not get ends its test"
)]

#[path = "../stores/age.rs"]
mod age;
mod agent;
mod ancestor;
mod bad_calls;
mod bad_input;
mod beside;
mod confirm;
mod documented;
mod github;
mod hosted;
mod journal;
mod key;
mod kill;
mod kit;
mod recipes;
mod redact;
mod revoke;
mod rotate;
mod secrets;
mod store;
mod stores;
mod strangers;
mod streams;
