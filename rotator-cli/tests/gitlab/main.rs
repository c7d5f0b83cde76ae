//! What is special about `gitlab:`: variables that are not ours, pairs that are torn, writes in trouble, and
//! that python-gitlab and our stand-in for a GitLab understand each other. `cargo xtask check stores` installs
//! python-gitlab and names its Python in ROTATOR_TEST_PYTHON; without that the last cannot run, and says so.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end by panicking")]

mod documented;
mod kit;
mod python;
mod trouble;
mod variables;
