//! Places and settings that are not ours to write to, told apart before anything is made.

use std::collections::BTreeMap;

use rotator_cli::failure::Class;
use rotator_cli::store::Adapter;
use rotator_cli::store::vault::config::Surroundings;
use serde_json::json;

use crate::kit::{became, class, connect, connect_at, pair, read, user, with_token};
use bao::{Bao, ROOT};

#[tokio::test]
async fn a_place_that_holds_something_else() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("else", 2).await;
    let store = connect(bao, "else/{user}").await;
    let over = read(&store, &user("nobody")).await;
    for (name, data) in [
        ("other", json!({ "password": "se/cr+et" })),
        ("half", json!({ "AccessKeyId": "AKIA0000000000000001" })),
        ("type", json!({ "AccessKeyId": 1, "SecretAccessKey": ["se/cr+et"] })),
        ("swapped", json!({ "AccessKeyId": "se/cr+et", "SecretAccessKey": "AKIA0000000000000001" })),
    ] {
        bao.admin("POST", &format!("else/data/{name}"), json!({ "data": data })).await;
        assert_eq!(class(store.read(&user(name)).await), Class::Setup, "{name}");
        assert_eq!(became(store.put(&user(name), &pair(1), &over).await).0, "rejected", "{name}");
    }
}

#[tokio::test]
async fn a_mount_that_is_not_there_or_another() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("mine2", 2).await;
    bao.mount("mine1", 1).await;
    for place in
        ["nowhere/x", "cubbyhole/x", "mine2/x?version=1", "mine1/x?version=2", "mine2/x?namespace=nobodys"]
    {
        assert_eq!(class(connect_at(&bao.url, place, with_token(ROOT)).await), Class::Setup, "{place}");
    }
    for place in ["mine2/x?version=2", "mine1/x?version=1"] {
        assert!(connect_at(&bao.url, place, with_token(ROOT)).await.is_ok(), "{place}");
    }
}

#[tokio::test]
async fn an_engine_that_was_upgraded_meanwhile_is_not_empty() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("upgraded", 1).await;
    let store = connect(bao, "upgraded/{user}").await;
    bao.admin("POST", "sys/mounts/upgraded/tune", json!({ "options": { "version": "2" } })).await;
    bao.admin("POST", "upgraded/config", json!({ "max_versions": 10 })).await;
    assert_eq!(class(store.read(&user("x")).await), Class::Missing);
}

#[tokio::test]
async fn more_than_vault_stores_is_not_sent() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("large", 2).await;
    let store = connect(bao, "large/{user}").await;
    let beside = json!({ "AccessKeyId": "AKIA0000000000000001", "SecretAccessKey": "s", "beside": "x".repeat(600_000) });
    bao.admin("POST", "large/data/x", json!({ "data": beside })).await;
    let over = read(&store, &user("x")).await;
    let (word, class) = became(store.put(&user("x"), &pair(2), &over).await);
    assert_eq!((word, class), ("rejected", Some(Class::StoreRejected(None))));
    assert_eq!(read(&store, &user("x")).await, over);
}

/// Needs no server: nothing may be called.
#[tokio::test]
async fn settings_that_would_send_secrets_astray() {
    let with = |name: &str, value: &str| Surroundings {
        variables: BTreeMap::from([("VAULT_TOKEN".into(), ROOT.into()), (name.into(), value.into())]),
        home: None,
    };
    for (url, around) in [
        ("http://vault.example.com:8200", with_token(ROOT)),
        ("https://127.0.0.1:1", with("VAULT_SKIP_VERIFY", "true")),
        ("https://127.0.0.1:1", with("VAULT_NAMESPACE", "a")),
        ("https://127.0.0.1:1", with("VAULT_CACERT", "/ca.pem")),
        ("https://127.0.0.1:1", Surroundings::default()),
    ] {
        assert_eq!(class(connect_at(url, "secret/x", around).await), Class::Setup, "{url}");
    }
    for file in ["/nowhere/ca.pem", "/dev/null"] {
        let place = format!("secret/x?ca-file={file}");
        assert_eq!(class(connect_at("https://127.0.0.1:1", &place, with_token(ROOT)).await), Class::Setup);
    }
    assert_eq!(
        class(connect_at("https://127.0.0.1:1", "secret/x", with_token(ROOT)).await),
        Class::Unreachable
    );
}
