//! Repositories, environments and organisations.

use rotator_cli::store::{Adapter, Serves};
use serde_json::{Value, json};

use crate::kit::{hub, id, open, put, read, secret, serves, user};

#[tokio::test]
async fn a_repository_and_its_environment_are_apart() {
    let server = hub().await;
    let places = [("acme/app", "acme/app"), ("acme/app?environment=a b/c", "acme/app/a b/c")];
    for (n, (place, at)) in (1..).zip(places) {
        let store = open(&server, place);
        assert_eq!(serves(&store).await, Serves::Nothing);
        put(&store, n).await;
        assert_eq!(serves(&store).await, Serves::Key(id(n)));
        let value = server.with(|hub| hub.secret(at, "ROTATOR_CI").unwrap().value.clone());
        let value: Value = serde_json::from_str(&value).unwrap();
        assert_eq!(value, json!({ "AccessKeyId": id(n).as_str(), "SecretAccessKey": secret(n) }));
    }
}

#[tokio::test]
async fn names_as_they_are_given() {
    let server = hub().await;
    let store = open(&server, "acme/app?secret=keys&id-field=id&secret-field=key&mark=whose");
    put(&store, 1).await;
    let (value, whose) = server.with(|hub| {
        let value = |entry: Option<&fakes::github::Entry>| entry.unwrap().value.clone();
        (value(hub.secret("acme/app", "KEYS")), value(hub.variable("acme/app", "WHOSE")))
    });
    assert_eq!(
        serde_json::from_str::<Value>(&value).unwrap(),
        json!({ "id": id(1).as_str(), "key": secret(1) })
    );
    assert_eq!(whose, id(1).as_str());
}

#[tokio::test]
async fn two_secrets_are_written_secret_first() {
    let server = hub().await;
    let store = open(&server, "acme/app?names=two");
    put(&store, 1).await;
    let writes: Vec<_> = server.requests().into_iter().filter(|request| request.method != "GET").collect();
    let paths: Vec<_> = writes.iter().map(|write| write.path.rsplit('/').next().unwrap()).collect();
    let mark = "AWS_SECRET_ACCESS_KEY_ID";
    assert_eq!(paths, ["variables", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", mark]);
    let value = |name: &str| server.with(|hub| hub.secret("acme/app", name).unwrap().value.clone());
    assert_eq!((value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")), (id(1).to_string(), secret(1)));
}

#[tokio::test]
async fn who_may_read_an_organisations_secret_stays() {
    let server = hub().await;
    let many: Vec<u64> = (1..=65).collect();
    for (visibility, chosen) in
        [("all", vec![]), ("private", vec![]), ("selected", many), ("selected", vec![])]
    {
        let reach = Some((visibility, chosen.as_slice()));
        server.with(|hub| {
            hub.delete("acme", "ROTATOR_CI");
            hub.delete("acme", "ROTATOR_CI_ID");
            hub.write_secret("acme", "ROTATOR_CI", "by hand", reach);
        });
        // What is said of new ones does not change what is there.
        for (n, place) in [(1, "acme"), (2, "acme?visibility=all")] {
            let store = open(&server, place);
            put(&store, n).await;
            assert_eq!(serves(&store).await, Serves::Key(id(n)));
            server.with(|hub| {
                let entries = [hub.secret("acme", "ROTATOR_CI"), hub.variable("acme", "ROTATOR_CI_ID")];
                for entry in entries.map(Option::unwrap) {
                    assert_eq!(entry.visibility.as_deref(), Some(visibility));
                    assert_eq!(entry.repositories, chosen);
                }
            });
        }
    }
}

#[tokio::test]
async fn a_new_secret_of_an_organisation_needs_a_word() {
    let server = hub().await;
    let failure = open(&server, "acme").read(&user("ci")).await.unwrap_err();
    assert!(failure.said.contains("visibility=private"), "{failure}");
    let store = open(&server, "acme?visibility=private");
    let before = read(&store).await;
    assert_eq!(before.serves, Serves::Nothing);
    put(&store, 1).await;
    let visibility = server.with(|hub| hub.secret("acme", "ROTATOR_CI").unwrap().visibility.clone());
    assert_eq!(visibility.as_deref(), Some("private"));
}
