//! Who is refused, and with what words.

use fakes::github::May;
use fakes::server::{Answer, What};
use rotator_cli::failure::Class;
use rotator_cli::store::github::{GitHub, Surroundings, parse};
use rotator_cli::store::{Adapter, Serves};
use serde_json::json;

use crate::kit::{hub, marked, open, open_with, put, serves, told, trouble, try_put, user};

async fn refused(store: &GitHub) -> (Class, String) {
    let failure = store.read(&user("ci")).await.unwrap_err();
    let said = told(&failure);
    (failure.class, said)
}

#[tokio::test]
async fn absent_is_told_apart_from_forbidden() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    assert_eq!(serves(&store).await, Serves::Nothing);
    for may in [[May::Nothing, May::Write], [May::Write, May::Nothing]] {
        server.with(|hub| hub.may = may);
        let (class, said) = refused(&store).await;
        assert_eq!(class, Class::Missing, "{said}");
        assert!(said.ends_with("it is not there, or the token may not see it"), "{said}");
    }
    server.with(|hub| hub.may = [May::Read; 2]);
    assert_eq!(serves(&store).await, Serves::Nothing);
    for nowhere in ["acme/none", "acme/app?environment=none", "none?visibility=all"] {
        assert_eq!(refused(&open(&server, nowhere)).await.0, Class::Missing, "{nowhere}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    server.with(|hub| hub.may = [May::Read, May::Write]);
    let (word, said) = try_put(&store, 1).await;
    assert_eq!(word, "rejected");
    assert!(said.contains("it takes secrets=write"), "{said}");
    // The secret is written by then.
    server.with(|hub| hub.may = [May::Write, May::Read]);
    let (word, said) = try_put(&store, 1).await;
    assert_eq!(word, "unclear");
    assert!(said.contains("it takes variables=write"), "{said}");
    assert_eq!(serves(&store).await, Serves::Untold);
    assert_eq!(
        refused(&open_with(&server, "acme/app", "ghp_old")).await.0,
        Class::Token("GH_TOKEN or GITHUB_TOKEN")
    );
    let nobody =
        GitHub::new(parse("acme/app").unwrap(), &Surroundings::default(), "1", std::time::Duration::MAX);
    assert!(nobody.unwrap_err().said.contains("GH_TOKEN"));
}

#[tokio::test]
async fn too_many_requests() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    server.with(|hub| hub.left = Some(0));
    let (class, said) = refused(&store).await;
    assert_eq!(class, Class::Throttled);
    assert!(said.ends_with("to be asked again after 60 s"), "{said}");
    // Enough for the looks of a put, and for its key.
    server.with(|hub| hub.left = Some(9));
    assert_eq!(try_put(&store, 1).await.0, "rejected");
    server.with(|hub| hub.left = None);
    assert_eq!(serves(&store).await, Serves::Nothing);
}

#[tokio::test]
async fn a_key_that_is_renewed_meanwhile() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    let old = server.with(|hub| hub.key("acme/app").1.to_owned());
    let key = json!({ "key_id": old, "key": "bm9uZSBvZiBpdHMga2V5cywgbm9uZSBvZiB0aGVtISE=" });
    trouble(&server, "GET", "public-key", What::Instead(Answer::json(200, key)));
    let (word, said) = try_put(&store, 2).await;
    assert_eq!(word, "rejected", "a box that is sealed for another key: {said}");
    let key = json!({ "key_id": "1", "key": "no key" });
    trouble(&server, "GET", "public-key", What::Instead(Answer::json(200, key)));
    assert_eq!(try_put(&store, 2).await.0, "rejected");
    server.with(|hub| hub.renew_key("acme/app"));
    put(&store, 2).await;
}

#[tokio::test]
async fn what_is_said_of_a_write_follows_from_who_has_seen_it() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    let no = |status| What::Instead(Answer::json(status, json!({ "message": "no" })));
    let stories = [
        (What::Lost, "unclear"),
        (What::Unheard, "unclear"),
        (What::Instead(Answer::empty(200)), "unclear"),
        (What::Instead(Answer::empty(502)), "unclear"),
        (What::Instead(Answer::empty(403)), "unclear"),
        (no(500), "unclear"),
        (no(503), "unclear"),
        (no(403), "rejected"),
        (no(404), "rejected"),
        (no(409), "rejected"),
        (no(422), "rejected"),
        (no(429), "rejected"),
    ];
    for (what, expected) in stories {
        trouble(&server, "PUT", "/secrets/", what.clone());
        assert_eq!(try_put(&store, 1).await.0, expected, "{what:?}");
    }
    let elsewhere =
        Answer { status: 307, headers: vec![("location", format!("{}/x", server.url()))], body: None };
    trouble(&server, "PUT", "/secrets/", What::Instead(elsewhere));
    let (word, said) = try_put(&store, 1).await;
    assert_eq!(word, "rejected");
    assert!(said.contains("GitHub sends us on to 127.0.0.1"), "{said}");
}

#[tokio::test]
async fn what_it_was_given_is_not_shown() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    marked(&server, "ROTATOR_CI_ID");
    server.with(|hub| hub.blabs = true);
    let (word, said) = try_put(&store, 1).await;
    assert_eq!(word, "unclear");
    assert_eq!(said.matches("[REDACTED]").count(), 2, "the token and the secret: {said}");
    assert!(!format!("{store:?}").contains("ghp_"));
}

#[tokio::test]
async fn without_a_date_nothing_is_told() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    let odd = json!({ "name": "ROTATOR_CI", "created_at": "x", "updated_at": "yesterday" });
    trouble(&server, "GET", "/secrets/ROTATOR_CI", What::Instead(Answer::json(200, odd)));
    assert_eq!(refused(&store).await.0, Class::Garbled);
}
