//! What `docs/stores/gitlab.md` says can be named.

use rotator_cli::store::gitlab::parse;

const PAGE: &str = include_str!("../../../docs/stores/gitlab.md");

#[test]
fn every_name_of_a_store_is_one() {
    let blocks = PAGE.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("text\n"));
    let names: Vec<_> = blocks.flat_map(str::lines).collect();
    assert!(names.len() >= 5);
    for name in names {
        assert!(parse(name.strip_prefix("gitlab:").unwrap()).is_ok(), "{name}");
    }
}
