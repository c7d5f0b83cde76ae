//! A run that dies within a put, a person who writes by hand, and what the next look tells.

use fakes::server::What;
use rotator_cli::store::{Adapter, Serves};

use crate::kit::{became, hub, id, marked, open, pair, put, read, serves, trouble, try_put, user};

const TWO: &str = "acme/app?names=two";

#[tokio::test]
async fn between_the_secret_and_the_mark() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    let before = read(&store).await;
    assert_eq!(before.serves, Serves::Key(id(1)));
    trouble(&server, "PATCH", "/variables/", What::Lost);
    assert_eq!(try_put(&store, 2).await.0, "unclear");
    let after = read(&store).await;
    assert_eq!(after.serves, Serves::Untold, "the mark is older than the secret");
    assert_ne!(after.revision, before.revision, "that it was written is told");
    put(&store, 3).await;
    assert_eq!(serves(&store).await, Serves::Key(id(3)));
}

#[tokio::test]
async fn before_the_secret() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    let before = read(&store).await;
    trouble(&server, "PUT", "/secrets/", What::Lost);
    assert_eq!(try_put(&store, 2).await.0, "unclear");
    assert_eq!(read(&store).await, before);
}

#[tokio::test]
async fn before_the_first_mark() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    let before = read(&store).await;
    assert_eq!(before.serves, Serves::Nothing);
    trouble(&server, "POST", "/variables", What::Lost);
    assert_eq!(try_put(&store, 1).await.0, "rejected", "nobody has seen the secret");
    assert!(server.requests().iter().all(|request| request.method != "PUT"));
    assert_eq!(read(&store).await, before);
    trouble(&server, "PATCH", "/variables/", What::Lost);
    assert_eq!(try_put(&store, 2).await.0, "unclear");
    let after = read(&store).await;
    assert_eq!(after.serves, Serves::Untold, "the mark names no key yet");
    assert_ne!(before.revision, after.revision);
}

#[tokio::test]
async fn between_two_secrets() {
    let server = hub().await;
    let store = open(&server, TWO);
    for n in [1, 3] {
        trouble(&server, "PUT", "/secrets/AWS_ACCESS_KEY_ID", What::Lost);
        assert_eq!(try_put(&store, n).await.0, "unclear");
        // The parts of two pairs, or a part of the first.
        assert_eq!(serves(&store).await, Serves::Torn, "{n}");
        put(&store, n + 1).await;
        assert_eq!(serves(&store).await, Serves::Key(id(n + 1)));
    }
    trouble(&server, "PATCH", "/variables/", What::Lost);
    assert_eq!(try_put(&store, 5).await.0, "unclear");
    assert_eq!(serves(&store).await, Serves::Untold, "both parts are there, and whose they are is not told");
}

#[tokio::test]
async fn a_clear_no_to_the_second_secret_is_unclear() {
    let server = hub().await;
    let store = open(&server, TWO);
    put(&store, 1).await;
    let no = fakes::server::Answer::json(422, serde_json::json!({ "message": "no" }));
    trouble(&server, "PUT", "/secrets/AWS_ACCESS_KEY_ID", What::Instead(no));
    assert_eq!(try_put(&store, 2).await.0, "unclear");
}

#[tokio::test]
async fn a_person_writes_the_secret() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    let over = read(&store).await;
    server.with(|hub| hub.write_secret("acme/app", "ROTATOR_CI", "{}", None));
    let seen = read(&store).await;
    assert_eq!(seen.serves, Serves::Untold);
    assert_ne!(seen.revision, over.revision);
    assert_eq!(became(store.put(&user("ci"), &pair(2), &over).await).0, "stale");
}

#[tokio::test]
async fn a_person_deletes_the_mark_or_the_secret() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    let before = read(&store).await;
    server.with(|hub| hub.delete("acme/app", "ROTATOR_CI_ID"));
    let seen = read(&store).await;
    assert_eq!((seen.serves, seen.revision), (Serves::Untold, before.revision));
    put(&store, 2).await;
    server.with(|hub| hub.delete("acme/app", "ROTATOR_CI"));
    assert_eq!(serves(&store).await, Serves::Nothing);
    put(&store, 3).await;
    assert_eq!(serves(&store).await, Serves::Key(id(3)));
}

#[tokio::test]
async fn half_a_pair_by_hand_is_left_alone() {
    let server = hub().await;
    let store = open(&server, TWO);
    server.with(|hub| hub.write_secret("acme/app", "AWS_ACCESS_KEY_ID", "x", None));
    let failure = store.read(&user("ci")).await.unwrap_err();
    assert!(failure.said.contains("none named `AWS_SECRET_ACCESS_KEY`"), "{failure}");
    // A workflow that keeps the id in a variable looks like this.
    server.with(|hub| hub.delete("acme/app", "AWS_ACCESS_KEY_ID"));
    server.with(|hub| hub.write_secret("acme/app", "AWS_SECRET_ACCESS_KEY", "x", None));
    let failure = store.read(&user("ci")).await.unwrap_err();
    assert!(failure.said.contains("none named `AWS_ACCESS_KEY_ID`"), "{failure}");
}

#[tokio::test]
async fn a_pair_by_hand_may_be_of_any_order() {
    for names in
        [["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"]]
    {
        let server = hub().await;
        let store = open(&server, TWO);
        for name in names {
            server.with(|hub| {
                hub.write_secret("acme/app", name, "x", None);
                hub.now += 60;
            });
        }
        assert_eq!(serves(&store).await, Serves::Untold);
        put(&store, 1).await;
        assert_eq!(serves(&store).await, Serves::Key(id(1)));
        // After ours, too: whose it is, is not told.
        for name in names {
            server.with(|hub| {
                hub.now += 60;
                hub.write_secret("acme/app", name, "x", None);
            });
        }
        assert_eq!(serves(&store).await, Serves::Untold);
    }
}

/// All of a put in one second: the mark counts as written after its secret.
#[tokio::test]
async fn secret_and_mark_of_one_second() {
    let server = hub().await;
    for (place, mark) in [("acme/app", "ROTATOR_CI_ID"), (TWO, "AWS_SECRET_ACCESS_KEY_ID")] {
        let store = open(&server, place);
        marked(&server, mark);
        server.with(|hub| hub.tick = 0);
        put(&store, 1).await;
        assert_eq!(serves(&store).await, Serves::Key(id(1)), "{place}");
        server.with(|hub| hub.now += 2);
        put(&store, 2).await;
        assert_eq!(serves(&store).await, Serves::Key(id(2)), "{place}");
    }
}

/// A put right after another would be dated like it, and a death in it could not be told from none. While
/// GitHub's clock stands still, it is not made; once the clock goes on, it waits.
#[tokio::test]
async fn no_two_puts_have_one_date() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    marked(&server, "ROTATOR_CI_ID");
    server.with(|hub| hub.tick = 0);
    put(&store, 1).await;
    server.requests();
    let (word, said) = try_put(&store, 2).await;
    assert_eq!(word, "stale", "{said}");
    assert!(server.requests().iter().all(|request| request.method == "GET"), "nothing was written");
    server.with(|hub| hub.now += 1);
    assert_eq!(try_put(&store, 2).await.0, "stale", "hosts may disagree by a second");
    server.with(|hub| hub.tick = 1);
    put(&store, 2).await;
    assert_eq!(serves(&store).await, Serves::Key(id(2)));
}
