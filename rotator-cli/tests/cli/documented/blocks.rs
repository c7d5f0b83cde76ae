//! What the pages show, all of it: which blocks there are, and that those which nothing runs are at least
//! what they say they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rotator_cli::permissions::NEEDS;
use rotator_cli::store::StoreUrl;
use serde_json::Value;

const PAGES: [(&str, &str); 11] = [
    ("README.md", include_str!("../../../../README.md")),
    ("stores/README.md", include_str!("../../../../docs/stores/README.md")),
    ("exec.md", include_str!("../../../../docs/stores/exec.md")),
    ("file.md", include_str!("../../../../docs/stores/file.md")),
    ("github.md", include_str!("../../../../docs/stores/github.md")),
    ("gitlab.md", include_str!("../../../../docs/stores/gitlab.md")),
    ("kubernetes.md", include_str!("../../../../docs/stores/kubernetes.md")),
    ("recipes.md", include_str!("../../../../docs/stores/recipes.md")),
    ("secretsmanager.md", include_str!("../../../../docs/stores/secretsmanager.md")),
    ("ssm.md", include_str!("../../../../docs/stores/ssm.md")),
    ("vault.md", include_str!("../../../../docs/stores/vault.md")),
];

/// How many blocks of a kind a page has, and what is done with them. A new block needs a row, and something
/// that runs it.
const BLOCKS: [(&str, &str, usize, &str); 30] = [
    (
        "README.md",
        "sh",
        4,
        "the gate and the demo; readmes_commands_do_what_they_say, …_for_fleets_…, …_for_auditors_…",
    ),
    ("README.md", "text", 2, "the demo as tests/docs prints it; a drawing"),
    ("exec.md", "console", 1, "recipes::the_example_of_a_command"),
    ("exec.md", "json", 1, "recipes::a_command_gets_what_the_page_says"),
    ("exec.md", "sh", 2, "recipes::the_example_of_a_command"),
    ("exec.md", "text", 1, "every_name_of_a_store_is_one"),
    ("file.md", "console", 2, "aws"),
    ("file.md", "json", 1, "aws"),
    ("file.md", "text", 2, "every_name_of_a_store_is_one"),
    ("github.md", "bash", 1, "hosted"),
    ("github.md", "console", 1, "hosted"),
    ("github.md", "text", 1, "every_name_of_a_store_is_one"),
    ("github.md", "yaml", 2, "hosted"),
    ("gitlab.md", "console", 1, "hosted"),
    ("gitlab.md", "text", 1, "every_name_of_a_store_is_one"),
    ("kubernetes.md", "console", 1, "kubernetes"),
    ("kubernetes.md", "sh", 1, "kubernetes"),
    ("kubernetes.md", "text", 1, "every_name_of_a_store_is_one"),
    ("kubernetes.md", "yaml", 1, "tests/kubernetes: the_role_is_enough"),
    ("recipes.md", "sh", 11, "recipes"),
    ("secretsmanager.md", "console", 2, "a_secret_and_a_parameter; aws"),
    ("secretsmanager.md", "json", 1, "the_policies_name_what_is_asked_for"),
    ("ssm.md", "console", 2, "a_secret_and_a_parameter; aws"),
    ("ssm.md", "json", 1, "the_policies_name_what_is_asked_for"),
    ("stores/README.md", "json", 1, "aws"),
    ("stores/README.md", "text", 1, "every_name_of_a_store_is_one"),
    ("vault.md", "console", 1, "vault"),
    ("vault.md", "hcl", 1, "vault; tests/vault: the_policy_and_the_commands_are_enough"),
    ("vault.md", "sh", 1, "vault; tests/vault: the_policy_and_the_commands_are_enough"),
    ("vault.md", "text", 1, "every_name_of_a_store_is_one"),
];

#[track_caller]
pub fn page(name: &str) -> &'static str {
    PAGES.iter().find(|(page, _)| *page == name).map(|(_, text)| *text).unwrap()
}

/// The blocks of a kind, in their order.
pub fn blocks(page: &'static str, kind: &str) -> Vec<&'static str> {
    all(page).into_iter().filter(|(of, _)| *of == kind).map(|(_, text)| text).collect()
}

/// Each block with its kind. Fences of a list are set in.
fn all(page: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("```") {
        let (kind, after) = after.split_once('\n').unwrap();
        let (text, after) = after.split_once("```").unwrap();
        found.push((kind, text.trim_end()));
        rest = after;
    }
    found
}

#[test]
fn each_block_is_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/stores");
    assert_eq!(fs::read_dir(folder).unwrap().count(), PAGES.len() - 1, "a page is left out");
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (name, text) in PAGES {
        for (kind, _) in all(text) {
            *found.entry((name, kind)).or_default() += 1;
        }
    }
    let known: BTreeMap<_, _> = BLOCKS.map(|(name, kind, how_many, _)| ((name, kind), how_many)).into();
    assert_eq!(found, known);
}

#[test]
fn every_name_of_a_store_is_one() {
    let mut names = 0;
    for (page, text) in PAGES.iter().filter(|(page, _)| *page != "README.md") {
        for name in blocks(text, "text").iter().flat_map(|block| block.lines()) {
            let store: Result<StoreUrl, String> = name.parse();
            assert!(store.is_ok(), "{page}: {name}: {store:?}");
            names += 1;
        }
    }
    assert_eq!(names, 32);
}

/// The lists of actions are those that a rotation and a rollback ask for; that the table is right about
/// these is tested by their calls.
#[test]
fn the_policies_name_what_is_asked_for() {
    for (name, service) in [("secretsmanager.md", "secretsmanager:"), ("ssm.md", "ssm:")] {
        let policy: Value = serde_json::from_str(blocks(page(name), "json")[0]).unwrap();
        let listed = policy["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap());
        let rows = NEEDS.iter().flat_map(|needs| needs.actions());
        let needed: BTreeSet<&str> = rows.filter(|action| action.starts_with(service)).collect();
        assert_eq!(listed.collect::<BTreeSet<_>>(), needed, "{name}");
    }
}
