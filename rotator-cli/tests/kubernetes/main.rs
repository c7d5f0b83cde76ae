//! What is special about `kubernetes:`: objects that belong to others, writes in trouble, the rights that it
//! takes, whom it believes and how it says who it is, and that `kubectl` and our stand-in for an API server understand each other. `cargo xtask check
//! stores` installs kubectl and names it in ROTATOR_TEST_KUBECTL; without that those tests cannot run, and
//! say so.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking"
)]

mod documented;
mod kit;
mod kubectl;
mod objects;
mod tls;
mod trouble;
