//! The audit's page and its timelines: whole, well-formed, and the same each time.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end by panicking")]

mod samples;

#[test]
fn write() {
    for (name, audit) in samples::all() {
        std::fs::create_dir_all("/tmp/pages").unwrap();
        std::fs::write(format!("/tmp/pages/{name}.html"), rotator_cli::audit::html::html(&audit)).unwrap();
    }
}
