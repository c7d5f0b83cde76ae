//! Objects: what stays beside the pair, and which are not ours to write to.

use std::time::Duration;

use fakes::kubernetes::encode;
use rotator_cli::failure::Class;
use rotator_cli::store::{Adapter, Reading, Serves};
use serde_json::json;

use crate::kit::{Place, alice, became, data, failed, id, pair, put, read, secret};

#[tokio::test]
async fn a_secret_is_made_and_said_to_be_ours() {
    let place = Place::new().await;
    let store = place.store();
    assert_eq!(read(&store).await, Reading { serves: Serves::Nothing, revision: None });
    put(&store, 1).await;
    let stored = place.stored();
    assert_eq!(stored["metadata"]["labels"], json!({ "app.kubernetes.io/managed-by": "rotator" }));
    assert_eq!((&stored["type"], &stored["data"]), (&json!("Opaque"), &data(1)));
    let fields: Vec<String> = place.server.requests().into_iter().map(|request| request.query).collect();
    assert_eq!(fields.last().unwrap(), "fieldManager=rotator");
    put(&store, 2).await;
    assert_eq!(read(&store).await.serves, Serves::Key(id(2)));
    assert_eq!(store.name(&alice()), "kubernetes:ci/aws-alice");
}

#[tokio::test]
async fn all_that_stands_beside_the_pair_stays() {
    let place = Place::new().await;
    let mut before = data(1);
    before["region"] = json!(encode(b"eu-central-1"));
    before["binary"] = json!(encode(&[0, 255]));
    let metadata =
        json!({ "labels": { "team": "ci" }, "annotations": { "note": "x" }, "finalizers": ["a/b"] });
    place.write(&json!({ "metadata": metadata, "data": before }));
    put(&place.store(), 2).await;
    let after = place.stored();
    for field in ["labels", "annotations", "finalizers"] {
        assert_eq!(after["metadata"][field], metadata[field]);
    }
    let mut expected = data(2);
    expected["region"] = before["region"].clone();
    expected["binary"] = before["binary"].clone();
    assert_eq!(after["data"], expected);
}

#[tokio::test]
async fn the_data_keys_have_the_names_that_are_wanted() {
    let place = Place::new().await;
    let store = place.store_at("ci/aws-{user}?id-field=id&secret-field=key").unwrap();
    put(&store, 1).await;
    assert_eq!((place.value("id"), place.value("key")), (id(1).to_string(), secret(1)));
    let (class, said) = failed(place.store().read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("without data keys `AWS_ACCESS_KEY_ID`"), "{said}");
}

#[tokio::test]
async fn a_credentials_file_agrees_with_the_data_keys() {
    let place = Place::new().await;
    let store = place.store_at("ci/aws-{user}?profile=ci").unwrap();
    let file = "[other]\nregion = x\n\n[ci]\nregion = y\n";
    place.write(&json!({ "data": { "credentials": encode(file.as_bytes()) } }));
    let (_, said) = failed(store.read(&alice()).await);
    assert!(said.contains("something else"), "{said}");
    let mut both = data(1);
    both["credentials"] = json!(encode(file.as_bytes()));
    place.write(&json!({ "data": both }));
    put(&store, 2).await;
    let (id2, secret2) = (id(2), secret(2));
    let ours = format!("[ci]\naws_access_key_id = {id2}\naws_secret_access_key = {secret2}\nregion = y\n");
    assert_eq!(place.value("credentials"), format!("[other]\nregion = x\n\n{ours}"));
    assert_eq!(read(&store).await.serves, Serves::Key(id(2)));
    // Somebody has changed one of the two.
    let mut torn = place.stored()["data"].clone();
    torn["AWS_ACCESS_KEY_ID"] = data(3)["AWS_ACCESS_KEY_ID"].clone();
    place.write(&json!({ "data": torn }));
    let (class, said) = failed(store.read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("put one pair into both"), "{said}");
    torn["credentials"] = json!(encode(&[0, 255]));
    place.write(&json!({ "data": torn }));
    assert!(failed(store.read(&alice()).await).1.contains("`credentials` holds no text"));
}

#[tokio::test]
async fn what_is_not_a_pair_is_left_alone() {
    let one = &data(1)["AWS_ACCESS_KEY_ID"];
    for (object, word) in [
        (json!({ "data": { "password": encode(secret(1).as_bytes()) } }), "something else"),
        (json!({ "data": { "AWS_ACCESS_KEY_ID": one } }), "none named `AWS_SECRET_ACCESS_KEY`"),
        (json!({ "data": { "AWS_SECRET_ACCESS_KEY": one } }), "none named `AWS_ACCESS_KEY_ID`"),
        (
            json!({ "data": { "AWS_ACCESS_KEY_ID": encode(secret(1).as_bytes()), "AWS_SECRET_ACCESS_KEY": one } }),
            "no access key's id",
        ),
        (
            json!({ "data": { "AWS_ACCESS_KEY_ID": encode(&[255]), "AWS_SECRET_ACCESS_KEY": one } }),
            "holds no text",
        ),
        (json!({ "type": "kubernetes.io/tls", "data": data(1) }), "type is `kubernetes.io/tls`"),
        (json!({ "immutable": true, "data": data(1) }), "immutable"),
        (
            json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" }, "data": data(1) }),
            "being deleted",
        ),
    ] {
        let place = Place::new().await;
        place.write(&object);
        for store in [place.store(), place.store_at("ci/aws-{user}?managed=ignore").unwrap()] {
            let (class, said) = failed(store.read(&alice()).await);
            assert_eq!(class, Class::Setup);
            assert!(said.contains(word), "{said}");
            let over = Reading { serves: Serves::Nothing, revision: None };
            assert_eq!(became(store.put(&alice(), &pair(2), &over).await).0, "rejected", "{word}");
        }
        assert!(place.server.requests().iter().all(|request| request.method == "GET"), "{word}");
    }
}

#[tokio::test]
async fn an_empty_secret_is_filled() {
    for object in [json!({}), json!({ "data": {} }), json!({ "data": null })] {
        let place = Place::new().await;
        place.write(&object);
        let store = place.store();
        let seen = read(&store).await;
        assert!(seen.serves == Serves::Nothing && seen.revision.is_some());
        put(&store, 1).await;
        assert_eq!(place.stored()["data"], data(1));
    }
}

#[tokio::test]
async fn what_others_manage_is_written_only_if_that_is_said() {
    let owner = json!([{ "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "name": "aws", "uid": "1" }]);
    for metadata in [
        json!({ "ownerReferences": owner }),
        json!({ "labels": { "app.kubernetes.io/managed-by": "Helm" } }),
        json!({ "annotations": { "argocd.argoproj.io/tracking-id": "apps:/Secret:ci/aws-alice" } }),
    ] {
        let place = Place::new().await;
        place.write(&json!({ "metadata": metadata, "data": data(1) }));
        let (class, said) = failed(place.store().read(&alice()).await);
        assert_eq!(class, Class::Setup);
        assert!(said.contains("would be set back") && said.contains("managed=ignore"), "{said}");
        let store = place.store_at("ci/aws-{user}?managed=ignore").unwrap();
        put(&store, 2).await;
        assert_eq!(place.stored()["data"], data(2));
    }
}

#[tokio::test]
async fn a_secret_holds_a_mebibyte() {
    let place = Place::new().await;
    // So much takes a while to read and to write.
    let store = place.store_within("ci/aws-{user}", Duration::from_secs(60)).unwrap();
    let mut most = data(1);
    most["model"] = json!(encode(&vec![b'x'; 1024 * 1024 - 1025 - id(1).as_str().len() - secret(1).len()]));
    place.write(&json!({ "data": most }));
    put(&store, 2).await;
    most["more"] = json!(encode(&[b'x'; 4]));
    place.write(&json!({ "data": most }));
    let (class, said) = failed(store.read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("1 MiB"), "{said}");
}

#[tokio::test]
async fn a_secret_that_was_made_again_is_another() {
    let place = Place::new().await;
    put(&place.store(), 1).await;
    let seen = read(&place.store()).await;
    place.server.with(|cluster| cluster.delete("ci", "aws-alice"));
    place.write(&json!({ "data": data(1) }));
    let again = read(&place.store()).await;
    assert_eq!(again.serves, seen.serves);
    assert_ne!(again.revision, seen.revision);
    assert_eq!(became(place.store().put(&alice(), &pair(2), &seen).await).0, "stale");
}
