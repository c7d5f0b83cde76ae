//! The commands of README and of the pages, run as they are written.

use std::path::Path;

use rotator_cli::store::StoreUrl;

use crate::kit::{DAY, World};

const README: &str = include_str!("../../../README.md");
const SECRETS_MANAGER: &str = include_str!("../../../docs/stores/secretsmanager.md");

/// The lines of a page that a reader types, without what is said about them.
fn typed(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("rotator "));
    lines.map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned()).collect()
}

/// Two users on each path that the pages name, each with a key that jobs use.
fn world() -> World {
    let world = World::new();
    for path in ["PSKServiceAccounts", "ci"] {
        for user in ["one", "two"] {
            let name = format!("{path}-{user}");
            world.user(&name, &format!("/{path}/"));
            world.used_key(&name, 40 * DAY);
        }
    }
    world
}

#[test]
fn readmes_commands_do_what_they_say() {
    let lines = typed(README);
    let (store, steps): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.contains("--store"));
    assert_eq!((steps.len(), store.len()), (4, 1));
    let mut first = world();
    for line in &steps {
        assert_eq!(first.run(line).code, Some(0), "{line}");
    }
    assert_eq!(world().run(&store[0]).code, Some(0));
}

#[test]
fn the_pages_commands_do_what_they_say() {
    let lines = typed(SECRETS_MANAGER);
    assert_eq!(lines.len(), 3);
    for line in lines {
        // The key that encrypts is named when a secret is made.
        assert_eq!(world().run(&line).code, Some(0), "{line}");
    }
}

/// Each store that any page names is one.
#[test]
fn every_name_of_a_store_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/stores");
    let mut names = 0;
    for page in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
        let blocks = text.split("```text\n").skip(1).filter_map(|block| block.split("```").next());
        for name in blocks.flat_map(str::lines).filter(|line| kind(line)) {
            let store: Result<StoreUrl, String> = name.parse();
            assert!(store.is_ok(), "{name}: {store:?}");
            names += 1;
        }
    }
    assert!(names >= 25, "{names}");
}

fn kind(line: &str) -> bool {
    let kinds =
        ["file:", "file+aws:", "secretsmanager:", "ssm:", "vault:", "github:", "gitlab:", "kubernetes:"];
    kinds.iter().any(|kind| line.starts_with(kind))
}
