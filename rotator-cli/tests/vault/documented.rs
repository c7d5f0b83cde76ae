//! What `docs/stores/vault.md` says can be done.

use std::process::Command;

use rotator_cli::store::Adapter;
use rotator_cli::store::vault::config::{Auth, Surroundings};
use rotator_cli::store::vault::parse;

use crate::kit::{connect_at, id, put, user};
use bao::{Bao, ROOT};

const PAGE: &str = include_str!("../../../docs/stores/vault.md");

/// The blocks of a kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let found = PAGE.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(kind));
    found.map(str::trim).collect()
}

#[test]
fn every_name_of_a_store_is_one() {
    let names: Vec<_> = blocks("text").iter().flat_map(|block| block.lines()).collect();
    let parsed: Vec<_> =
        names.iter().map(|name| parse(name.strip_prefix("vault:").unwrap()).unwrap().auth).collect();
    assert_eq!(parsed.len(), 6);
    let kinds = parsed.iter().map(|auth| match auth {
        Auth::Token => "token",
        Auth::AppRole { .. } => "approle",
        Auth::Kubernetes { .. } => "kubernetes",
        Auth::Aws { .. } => "aws",
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["token", "token", "token", "approle", "kubernetes", "aws"]);
}

/// The commands as they stand there, and a rotation's calls with what they gave.
#[tokio::test]
async fn the_policy_and_the_commands_are_enough() {
    let Some(bao) = Bao::start("http", &[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rotator.hcl"), blocks("hcl")[0]).unwrap();
    let mut said = Vec::new();
    for line in blocks("sh")[0].lines() {
        let words: Vec<_> = line.split(' ').collect();
        let done = Command::new(std::env::var_os("ROTATOR_TEST_BAO").unwrap())
            .args(words.strip_prefix(&["bao"]).unwrap())
            .env("BAO_ADDR", &bao.url)
            .env("BAO_TOKEN", ROOT)
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{line}: {done:?}");
        said.push(String::from_utf8(done.stdout).unwrap().trim().to_owned());
    }
    let secret_id = folder.path().join("secret-id");
    std::fs::write(&secret_id, &said[4]).unwrap();
    let options = format!("auth=approle&role-id={}&secret-id-file={}", said[3], secret_id.display());
    let place = format!("secret/ci/{{user}}?{options}");
    let store = connect_at(&bao.url, &place, Surroundings::default()).await.unwrap();
    put(&store, &user("x"), 1).await;
    put(&store, &user("x"), 2).await;
    assert!(store.previous(&user("x"), &id(1)).await.unwrap().is_some());
}
