//! A file that makes sense, as `rotator config check` tells of it.

use crate::kit::World;

pub const GOOD: &str = r#"
[defaults]
rotate-after = "30d"
min-age = "12h"
journal = "rotator.jsonl"

[[target]]
name = "production"
path = "ci"
role-arn = "arn:aws:iam::111122223333:role/rotator"
external-id = "f3a1-rotator"
store = "secretsmanager:ci/{user}"
region = "eu-central-1"

[[target]]
name = "staging"
paths = ["ci", "batch/nightly"]
profile = "staging"
include = ["ci-*"]
exclude = ["ci-old-*"]
tags = { team = "platform" }
outfile = "staging.json"
min-age = "2h"
recursive = true
concurrency = 20

[[target]]
name = "tools"
path = "/"
store = "exec:./put {user}"
exec-served = "./served {user}"
"#;

#[test]
fn a_good_file_in_one_line_for_each_target() {
    let mut world = World::new();
    world.write("rotator.toml", GOOD);
    assert_eq!(world.run("rotator config check").code, Some(0));
    assert_eq!(world.run("rotator config check --json").code, Some(0));
    assert_eq!(world.sandbox.calls(), []);
    world.check("config_good");
}

#[test]
fn the_file_is_found_from_a_folder_below_and_files_are_meant_from_its_own() {
    let mut world = World::new();
    world.write("rotator.toml", GOOD);
    let below = world.path("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let out = world.command("rotator config check --json").current_dir(&below).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let home = std::fs::canonicalize(world.path(".")).unwrap();
    assert_eq!(report["targets"][0]["journal"], home.join("rotator.jsonl").to_str().unwrap());
    assert_eq!(report["targets"][1]["pairs_go_to"], home.join("staging.json").to_str().unwrap());
    world.run("rotator config check --config nowhere.toml");
    world.run("ROTATOR_CONFIG=nowhere-either.toml rotator config check");
    std::fs::remove_file(world.path("rotator.toml")).unwrap();
    assert_eq!(world.run("rotator config check").code, Some(2));
    assert_eq!(world.run("rotator rotate --all").code, Some(2));
    assert_eq!(world.sandbox.calls(), []);
    world.check("config_no_file");
}

#[test]
fn a_target_is_named_and_nearly_named() {
    let mut world = World::new();
    world.write("rotator.toml", GOOD);
    assert_eq!(world.run("rotator rotate --target prodcution").code, Some(2));
    assert_eq!(world.run("rotator plan --target staging --target nothing-like-it").code, Some(2));
    assert_eq!(world.run("rotator rotate ci --all").code, Some(2));
    assert_eq!(world.run("rotator rotate ci --config rotator.toml").code, Some(2));
    world.write("odd.toml", "");
    assert_eq!(
        world.run("ROTATOR_CONFIG=odd.toml rotator rotate ci --dry-run").stderr,
        "error: No IAM Users found on PATH\n"
    );
    world.check("config_names");
}

#[test]
fn the_example_of_the_documents_makes_sense() {
    let mut world = World::new();
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/config.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let (_, rest) = docs.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    world.write("rotator.toml", example);
    let ran = world.run("rotator config check");
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 3), "{}", ran.stderr);
}
