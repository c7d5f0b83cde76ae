//! What docs/fleets.md shows: manifests that can be read, and shares that are run as they are written.

use serde_json::Value;

use super::{blocks, shell, world};

const PAGE: &str = include_str!("../../../../docs/fleets.md");

#[test]
fn manifests_are_whole() {
    let yaml: Vec<Value> =
        blocks(PAGE, "yaml").into_iter().map(|text| yaml_serde::from_str(text).unwrap()).collect();
    let [job, github, gitlab] = &yaml[..] else { panic!("{} manifests", yaml.len()) };
    let spec = &job["spec"]["jobTemplate"]["spec"];
    assert_eq!((&job["kind"], &spec["completionMode"]), (&"CronJob".into(), &"Indexed".into()));
    let command = spec["template"]["spec"]["containers"][0]["args"][0].as_str().unwrap();
    let shares = spec["completions"].as_u64().unwrap();
    assert!(command.contains(&format!("--shard \"$((JOB_COMPLETION_INDEX + 1))/{shares}\"")), "{command}");
    let matrix = github["jobs"]["rotate"]["strategy"]["matrix"]["shard"].as_array().unwrap();
    assert_eq!(matrix, &[1, 2, 3, 4].map(Value::from));
    let run = github["jobs"]["rotate"]["steps"][1]["run"].as_str().unwrap();
    assert!(run.contains("--shard ${{ matrix.shard }}/${{ strategy.job-total }}"), "{run}");
    assert!(gitlab["rotate"]["script"][0].as_str().unwrap().contains("$CI_NODE_INDEX/$CI_NODE_TOTAL"));
    let json: Vec<Value> =
        blocks(PAGE, "json").into_iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let [machine] = &json[..] else { panic!("{} state machines", json.len()) };
    assert_eq!(machine["States"]["Rotate"]["Type"], "Map");
}

#[test]
fn shares_side_by_side_rotate_each_user_once() {
    let blocks = blocks(PAGE, "sh");
    let [shares] = &blocks[..] else { panic!("{blocks:?}") };
    let mut world = world("machines");
    let ran = shell(&mut world, "sh", shares);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for user in super::USERS {
        assert_eq!(world.ids(user).len(), 2, "{user}: {ran:?}");
    }
    // Of three shares of two users one at least has nobody, and says so without an error.
    assert!(ran.stderr.contains("no user in "), "{ran:?}");
}
