//! `rotator policy`: what it prints is enough for the program, and nothing in it is too much.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper does not get ends its test"
)]

#[path = "../stores/age.rs"]
mod age;
mod enough;
#[path = "../cli/kit.rs"]
#[expect(dead_code, reason = "a part of it is enough here")]
mod kit;
mod lives;
mod printed;
#[path = "../cli/redact.rs"]
mod redact;
mod stage;
