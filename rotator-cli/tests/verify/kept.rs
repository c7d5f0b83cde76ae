//! The journal in `fixtures/journals/`, which later versions have to go on reading.

use std::path::Path;

use crate::forge::{findings, found_in, honest};

#[test]
fn the_journal_that_was_kept_verifies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/journals/honest.jsonl");
    if std::env::var_os("KEEP_JOURNAL").is_some() {
        std::fs::write(&path, format!("{}\n", honest().join("\n"))).unwrap();
    }
    let found = found_in(&std::fs::read(path).unwrap(), None);
    assert_eq!(findings(&found), []);
    assert!(found.decisions > 10 && found.effects > 5 && found.runs > 2, "{found:?}");
}
