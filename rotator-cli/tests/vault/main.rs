//! The Vault adapter against a real OpenBao: what it promises, what becomes of a write in trouble, and how
//! a token is come by. `cargo xtask check stores` installs the server and names it in ROTATOR_TEST_BAO;
//! without that nothing here can run, and each test says so.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end by panicking"
)]

#[path = "../stores/conform.rs"]
mod conform;
mod documented;
mod kit;
mod kubernetes;
mod login;
mod promises;
mod proxy;
mod refusals;
#[path = "../stores/rig.rs"]
mod rig;
mod rights;
mod suite;
mod trouble;
