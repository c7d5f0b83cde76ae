//! What `docs/stores/kubernetes.md` says can be done.

use std::collections::BTreeMap;

use rotator_cli::store::kubernetes::parse;

use crate::kit::{Place, TOKEN, put};

const PAGE: &str = include_str!("../../../docs/stores/kubernetes.md");

/// The blocks of a kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let found = PAGE.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(kind));
    found.map(str::trim).collect()
}

#[test]
fn every_name_of_a_store_is_one() {
    let names: Vec<_> = blocks("text").iter().flat_map(|block| block.lines()).collect();
    assert!(names.len() >= 4);
    for name in names {
        assert!(parse(name.strip_prefix("kubernetes:").unwrap()).is_ok(), "{name}");
    }
}

/// The Role as it stands there, and a rotation's calls with it.
#[tokio::test]
async fn the_role_is_enough() {
    let role: BTreeMap<String, serde_json::Value> = yaml_serde::from_str(blocks("yaml")[0]).unwrap();
    let mut rights: Vec<(&'static str, String)> = Vec::new();
    for rule in role["rules"].as_array().unwrap() {
        assert_eq!((&rule["apiGroups"][0], &rule["resources"][0]), (&"".into(), &"secrets".into()));
        let names = rule.get("resourceNames").and_then(|names| names.as_array()).cloned();
        for verb in rule["verbs"].as_array().unwrap() {
            let verb = ["get", "create", "update"].into_iter().find(|known| verb == known).unwrap();
            for name in names.clone().unwrap_or_else(|| vec!["".into()]) {
                rights.push((verb, name.as_str().unwrap().to_owned()));
            }
        }
    }
    assert!(rights.iter().all(|(verb, name)| *verb == "create" || !name.is_empty()), "only what it must");
    let place = Place::new().await;
    place.server.with(|cluster| {
        cluster.role(TOKEN, "rotator", rights.iter().map(|(verb, name)| (*verb, name.as_str())).collect());
    });
    put(&place.store(), 1).await;
    put(&place.store(), 2).await;
}
