//! Many users, many accounts: throttling, long lists, bad days, and the program's own user.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper does not get ends its test"
)]

mod accounts;
mod failures;
#[path = "../cli/kit.rs"]
#[expect(dead_code, reason = "a part of it is enough here")]
mod kit;
mod limiter;
mod listing;
mod own;
mod place;
#[path = "../cli/redact.rs"]
mod redact;
