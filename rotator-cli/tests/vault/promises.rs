//! What the suite cannot ask of any store: fields beside the pair, deleted places, versions, namespaces.

use rotator_cli::store::{Adapter, Serves};
use serde_json::{Value, json};

use crate::kit::{connect, id, put, read, secret, served, user};
use bao::Bao;

/// The map as it is stored.
fn stored(n: u32) -> Value {
    json!({ "AccessKeyId": id(n).as_str(), "SecretAccessKey": secret(n) })
}

#[tokio::test]
async fn fields_beside_the_pair_stay() {
    let Some(bao) = Bao::shared() else { return };
    for version in [1, 2] {
        let mount = format!("beside{version}");
        bao.mount(&mount, version).await;
        let store = connect(bao, &format!("{mount}/x?id-field=id&secret-field=key")).await;
        let beside =
            |n| json!({ "url": "https://x", "id": id(n).as_str(), "key": secret(n), "n": { "a": [1] } });
        let (path, first) = match version {
            1 => (format!("{mount}/x"), beside(1)),
            _ => (format!("{mount}/data/x"), json!({ "data": beside(1) })),
        };
        bao.admin("POST", &path, first).await;
        put(&store, &user("x"), 2).await;
        let now = bao.admin("GET", &path, Value::Null).await;
        let now = if version == 1 { &now["data"] } else { &now["data"]["data"] };
        assert_eq!(*now, beside(2));
    }
}

#[tokio::test]
async fn deleted_and_destroyed_is_nothing_and_can_be_written_over() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("deleted", 2).await;
    // A place where whoever leaves `cas` out is refused.
    bao.admin("POST", "deleted/config", json!({ "cas_required": true })).await;
    let (store, who) = (connect(bao, "deleted/{user}").await, user("x"));
    put(&store, &who, 1).await;
    bao.admin("DELETE", "deleted/data/x", Value::Null).await;
    assert_eq!(served(&store, &who).await, Serves::Nothing);
    assert_eq!(read(&store, &who).await.revision.as_deref(), Some("1"));
    put(&store, &who, 2).await;
    bao.admin("POST", "deleted/destroy/x", json!({ "versions": [1, 2] })).await;
    assert_eq!(served(&store, &who).await, Serves::Nothing);
    assert!(store.previous(&who, &id(1)).await.unwrap().is_none());
    put(&store, &who, 3).await;
    assert_eq!(read(&store, &who).await.revision.as_deref(), Some("3"));
    bao.admin("DELETE", "deleted/metadata/x", Value::Null).await;
    assert_eq!(read(&store, &who).await.revision.as_deref(), Some("0"));
    put(&store, &who, 4).await;
}

#[tokio::test]
async fn only_so_many_versions_are_kept() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("kept", 2).await;
    bao.admin("POST", "kept/config", json!({ "max_versions": 3 })).await;
    let (store, who) = (connect(bao, "kept/{user}").await, user("x"));
    for n in 1..=5 {
        put(&store, &who, n).await;
    }
    for (n, kept) in [(1, false), (2, false), (3, true), (4, true), (5, true)] {
        assert_eq!(store.previous(&who, &id(n)).await.unwrap().is_some(), kept, "{n}");
    }
}

#[tokio::test]
async fn names_and_places() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("names/of/three", 2).await;
    let store = connect(bao, "names/of/three/{account}/{path}/{user}").await;
    for name in ["jörg", "a+b=c,d.e@f-g_h", "%2e%2e", "a b?c#d", "ключ"] {
        let who = user(name);
        put(&store, &who, 1).await;
        assert_eq!(served(&store, &who).await, Serves::Key(id(1)), "{name}");
    }
    let list = bao.admin("LIST", "names/of/three/metadata/123456789012/machines", Value::Null).await;
    let list = list["data"]["keys"].as_array().unwrap().len();
    assert_eq!(list, 5);
    for name in ["..", "."] {
        let failure = store.read(&user(name)).await.unwrap_err();
        assert!(failure.to_string().contains("no path in Vault"), "{failure}");
    }
}

#[tokio::test]
async fn namespaces_are_apart() {
    let Some(bao) = Bao::shared() else { return };
    bao.admin("POST", "sys/namespaces/team", json!({})).await;
    let engine = json!({ "type": "kv", "options": { "version": "2" } });
    bao.admin_in("team", "POST", "sys/mounts/inside", engine).await;
    bao.admin_in("team", "POST", "inside/config", json!({ "max_versions": 10 })).await;
    let store = connect(bao, "inside/{user}?namespace=team").await;
    put(&store, &user("x"), 1).await;
    let now = bao.admin_in("team", "GET", "inside/data/x", Value::Null).await;
    assert_eq!(now["data"]["data"], stored(1));
}
