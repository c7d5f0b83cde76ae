//! A read or a write in trouble: what the adapter says of it, and what the next look finds.

use std::time::Duration;

use fakes::kubernetes::{encode, failure};
use fakes::server::{Answer, What};
use rotator_cli::failure::Class;
use rotator_cli::store::{Adapter, Serves};
use serde_json::{Value, json};

use crate::kit::{Place, TIME_LIMIT, TOKEN, alice, became, data, failed, id, pair, put, read, secret};

const REJECTED: (&str, Option<Class>) = ("rejected", Some(Class::StoreRejected(None)));
const STALE: (&str, Option<Class>) = ("stale", Some(Class::Conflict));

#[tokio::test]
async fn what_is_said_of_a_write_follows_from_who_has_seen_it() {
    // Whoever answers may repeat what it was sent.
    let echo = format!("{TOKEN} {} {}", secret(2), encode(secret(2).as_bytes()));
    let status = |code, reason: &str| failure(code, reason, &echo, Value::Null);
    let elsewhere =
        Answer { status: 307, headers: vec![("location", "http://127.0.0.1:1/api".to_owned())], body: None };
    let unclear = |class| ("unclear", Some(class));
    let stories = [
        ("lost", What::Lost, unclear(Class::Unreachable), false),
        ("unheard", What::Unheard, unclear(Class::Unreachable), true),
        ("slow", What::Late(Duration::from_secs(60)), unclear(Class::Unanswered), false),
        ("broken", What::Denies(status(500, "InternalError")), unclear(Class::Unanswered), true),
        ("timeout", What::Denies(status(504, "Timeout")), unclear(Class::Unanswered), true),
        ("unavailable", What::Instead(status(503, "ServiceUnavailable")), unclear(Class::Unanswered), false),
        (
            "portal",
            What::Instead(Answer::json(200, json!({ "login": echo }))),
            unclear(Class::Garbled),
            false,
        ),
        ("by a proxy", What::Instead(Answer::json(403, json!(echo))), unclear(Class::Garbled), false),
        ("gateway", What::Instead(Answer::empty(502)), unclear(Class::Garbled), false),
        ("empty", What::Instead(Answer::empty(204)), unclear(Class::Garbled), false),
        ("elsewhere", What::Instead(elsewhere), REJECTED, false),
        ("busy", What::Instead(status(429, "TooManyRequests")), REJECTED, false),
        ("webhook", What::Instead(status(400, "BadRequest")), REJECTED, false),
        ("quota", What::Instead(status(403, "Forbidden")), REJECTED, false),
        ("invalid", What::Instead(status(422, "Invalid")), REJECTED, false),
        ("expired", What::Instead(status(401, "Unauthorized")), REJECTED, false),
        ("changed", What::Instead(status(409, "Conflict")), STALE, false),
    ];
    for (name, what, expected, landed) in stories {
        let place = Place::new().await;
        let store = place.store();
        put(&store, 1).await;
        let over = read(&store).await;
        place.next("PUT", what);
        assert_eq!(became(store.put(&alice(), &pair(2), &over).await), expected, "{name}");
        let serves = if landed { id(2) } else { id(1) };
        assert_eq!(read(&store).await.serves, Serves::Key(serves), "{name}");
        let requests = place.server.requests();
        assert_eq!(requests.iter().filter(|request| request.method == "PUT").count(), 1, "{name}: once");
    }
}

#[tokio::test]
async fn of_two_writers_one_is_refused() {
    let place = Place::new().await;
    let store = place.store();
    // The look finds what the write rests on; then somebody else is first.
    let overtaken = async |over, answer| {
        place.next("GET", What::Instead(answer));
        became(store.put(&alice(), &pair(9), &over).await)
    };
    let nothing = read(&store).await;
    let absent = failure(404, "NotFound", "gone", json!({ "kind": "secrets", "name": "aws-alice" }));
    put(&store, 1).await;
    assert_eq!(overtaken(nothing, absent).await, STALE, "made meanwhile: AlreadyExists");
    let (seen, stored) = (read(&store).await, place.stored());
    put(&store, 2).await;
    assert_eq!(overtaken(seen.clone(), Answer::json(200, stored.clone())).await, STALE, "changed: Conflict");
    place.server.with(|cluster| cluster.delete("ci", "aws-alice"));
    assert_eq!(overtaken(seen.clone(), Answer::json(200, stored.clone())).await, STALE, "deleted: NotFound");
    place.write(&json!({ "data": data(1) }));
    assert_eq!(overtaken(seen, Answer::json(200, stored)).await, STALE, "another object of that name");
    assert_eq!(place.stored()["data"], data(1));
}

#[tokio::test]
async fn only_the_servers_own_absence_is_absence() {
    let place = Place::new().await;
    let store = place.store();
    let not_found =
        |kind: &str, name: &str| failure(404, "NotFound", "x", json!({ "kind": kind, "name": name }));
    let forged = json!({ "kind": "Secret", "apiVersion": "v1", "metadata": {} });
    for (answer, class) in [
        (not_found("namespaces", "ci"), Class::Missing),
        (not_found("secrets", "other"), Class::Missing),
        (
            failure(404, "NotFound", "the server could not find the requested resource", Value::Null),
            Class::Missing,
        ),
        (Answer::empty(404), Class::Garbled),
        (Answer::json(404, json!({ "error": "no route" })), Class::Garbled),
        (Answer::json(200, forged), Class::Garbled),
        (
            failure(401, "Unauthorized", "Unauthorized", Value::Null),
            Class::Token("the token or certificate that the cluster was shown (kubeconfig, service account)"),
        ),
        (failure(403, "Forbidden", "exceeded quota", Value::Null), Class::Rejected),
        (failure(429, "TooManyRequests", "x", Value::Null), Class::Throttled),
        (failure(503, "ServiceUnavailable", "x", Value::Null), Class::Unanswered),
    ] {
        let said = format!("{answer:?}");
        place.next("GET", What::Instead(answer));
        assert_eq!(failed(store.read(&alice()).await).0, class, "{said}");
    }
}

#[tokio::test]
async fn each_right_that_is_missing_is_named() {
    let place = Place::new().await;
    for (rights, code, right) in [
        (vec![("create", "")], "denied", "`get`"),
        (vec![("get", "aws-alice")], "store-rejected", "`create`"),
        (vec![("get", "aws-bob"), ("create", "")], "denied", "`get`"),
    ] {
        place.server.with(|cluster| cluster.role(TOKEN, "system:serviceaccount:ci:rotator", rights));
        let store = place.store();
        let failure = match store.read(&alice()).await {
            Err(failure) => failure,
            Ok(over) => match store.put(&alice(), &pair(1), &over).await {
                Err(rotator_cli::store::Undelivered::Rejected(failure)) => failure,
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(failure.code(), code);
        assert!(failure.next_step().unwrap().contains(right), "{failure}");
    }
    place.server.with(|cluster| cluster.role(TOKEN, "rotator", vec![("get", ""), ("create", "")]));
    put(&place.store(), 1).await;
    let over = read(&place.store()).await;
    let update =
        ("rejected", Some(Class::StoreRejected(Some("the Kubernetes verb `update` on this Secret"))));
    assert_eq!(became(place.store().put(&alice(), &pair(2), &over).await), update);
}

#[tokio::test]
async fn a_namespace_that_is_not_there_takes_nothing() {
    let place = Place::new().await;
    let store = place.store_at("nowhere/aws-{user}").unwrap();
    let over = read(&store).await;
    assert_eq!(over.serves, Serves::Nothing, "the server does not tell the two apart");
    assert_eq!(became(store.put(&alice(), &pair(1), &over).await), REJECTED);
}

#[tokio::test]
async fn a_token_is_read_anew_each_time() {
    let place = Place::new().await;
    let file = place.folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    place.kubeconfig("tokenFile: token");
    let store = place.store();
    put(&store, 1).await;
    std::fs::write(&file, "another").unwrap();
    assert!(matches!(failed(store.read(&alice()).await).0, Class::Token(_)));
    place.server.with(|cluster| cluster.admin("another"));
    put(&store, 2).await;
    std::fs::write(&file, " \n").unwrap();
    let (class, said) = failed(store.read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("is empty"), "{said}");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(failed(store.read(&alice()).await).0, Class::Setup);
}

#[tokio::test]
async fn secrets_travel_by_tls_or_not_at_all() {
    let place = Place::new().await;
    let config = place.folder.path().join("config");
    let text = std::fs::read_to_string(&config).unwrap().replace("127.0.0.1", "192.0.2.1");
    std::fs::write(&config, text).unwrap();
    let (class, said) = failed(place.store_at("ci/x"));
    assert_eq!(class, Class::Setup);
    assert!(said.contains("without TLS"), "{said}");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_not_repeated() {
    let place = Place::new().await;
    let pem = encode(format!("-----BEGIN PRIVATE KEY-----\n{}\n", secret(1)).as_bytes());
    place.kubeconfig(&format!("client-certificate-data: {pem}, client-key-data: {pem}"));
    let (class, said) = failed(place.store_at("ci/x"));
    assert_eq!(class, Class::Setup);
    assert!(said.contains("certificate"), "{said}");
}

#[tokio::test]
async fn a_write_takes_hold_within_one_time_limit_or_never() {
    let place = Place::new().await;
    let store = place.store();
    let over = read(&store).await;
    place.next("GET", What::Late(TIME_LIMIT / 2));
    place.next("POST", What::Late(Duration::from_secs(60)));
    let (who, one) = (alice(), pair(1));
    let put = tokio::time::timeout(TIME_LIMIT * 3 / 2, store.put(&who, &one, &over));
    assert_eq!(became(put.await.unwrap()), ("unclear", Some(Class::Unanswered)));
}
