//! A write in trouble: what the adapter says of it, and what the next look finds.

use rotator_cli::failure::Class;
use rotator_cli::store::{Adapter, Serves};
use serde_json::{Value, json};

use crate::kit::{
    TIME_LIMIT, became, class, connect, connect_at, id, pair, put, read, secret, served, user, with_token,
};
use crate::proxy::{Proxy, Trouble};
use bao::{Bao, ROOT};

/// An answer by something in between.
fn answer(status: &str, body: &str) -> Trouble {
    Trouble::Answer(text(status, body))
}

fn text(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

const REJECTED: (&str, Option<Class>) = ("rejected", Some(Class::StoreRejected(None)));

async fn set_up(mount: &str, version: u8) -> Option<(&'static Bao, Proxy)> {
    let bao = Bao::shared()?;
    bao.mount(mount, version).await;
    Some((bao, Proxy::before(&bao.url).await))
}

#[tokio::test]
async fn what_is_said_of_a_write_follows_from_who_has_seen_it() {
    let Some((bao, proxy)) = set_up("trouble", 2).await else { return };
    let store = connect_at(&proxy.url, "trouble/{user}", with_token(ROOT)).await.unwrap();
    let direct = connect(bao, "trouble/{user}").await;
    // Where it would be taken, if anybody went there with it.
    let active = format!("{}/v1/trouble/data/standby?hvs.aaaaaaaaaaaaaaaaaaaaaaaa", bao.url);
    let elsewhere = format!("307 Temporary Redirect\r\nLocation: {active}");
    // Whoever answers may repeat what it was sent.
    let echo = format!(r#"{{"errors":["quota: {ROOT} sent {}"]}}"#, secret(2));
    let sealed = r#"{"errors":["Vault is sealed"]}"#;
    let late = r#"{"errors":["required index state not present"]}"#;
    let stories = [
        ("answer-lost", Trouble::AnswerLost, ("unclear", Some(Class::Unreachable)), true),
        ("request-lost", Trouble::RequestLost, ("unclear", Some(Class::Unreachable)), false),
        ("silence", Trouble::Silence, ("unclear", Some(Class::Unanswered)), false),
        ("portal", answer("200 OK", "<html></html>"), ("unclear", Some(Class::Garbled)), false),
        ("empty", answer("204 No Content", ""), ("unclear", Some(Class::Garbled)), false),
        ("gateway", answer("502 Bad Gateway", ""), ("unclear", Some(Class::Garbled)), false),
        ("by-proxy", answer("403 Forbidden", &secret(2)), ("unclear", Some(Class::Garbled)), false),
        ("sealed", answer("503 Service Unavailable", sealed), ("unclear", Some(Class::Unanswered)), false),
        ("broken", answer("500 Internal Server Error", &echo), ("unclear", Some(Class::Unanswered)), false),
        (
            "belied",
            Trouble::Belied(text("500 Internal Server Error", "")),
            ("unclear", Some(Class::Garbled)),
            true,
        ),
        ("late", answer("412 Precondition Failed", late), REJECTED, false),
        ("quota", answer("429 Too Many Requests", &echo), REJECTED, false),
        ("standby", answer(&elsewhere, ""), REJECTED, false),
    ];
    for (name, trouble, expected, landed) in stories {
        let who = user(name);
        put(&direct, &who, 1).await;
        let over = read(&store, &who).await;
        proxy.inject(trouble);
        assert_eq!(became(store.put(&who, &pair(2), &over).await), expected, "{name}");
        assert!(proxy.has_hit(), "{name}");
        // The next look tells it for sure; the driver goes on from there.
        let serves = if landed { id(2) } else { id(1) };
        assert_eq!(served(&store, &who).await, Serves::Key(serves), "{name}");
    }
}

#[tokio::test]
async fn a_write_that_is_overtaken_is_refused_by_version_2() {
    let Some((bao, proxy)) = set_up("overtaken2", 2).await else { return };
    let store = connect_at(&proxy.url, "overtaken2/{user}", with_token(ROOT)).await.unwrap();
    let who = user("x");
    let over = read(&store, &who).await;
    let other = json!({ "data": { "AccessKeyId": id(7).as_str(), "SecretAccessKey": secret(7) } });
    proxy.inject(Trouble::Overtaken("/v1/overtaken2/data/x", other.to_string()));
    assert_eq!(became(store.put(&who, &pair(1), &over).await), ("stale", Some(Class::Conflict)));
    assert_eq!(served(&connect(bao, "overtaken2/{user}").await, &who).await, Serves::Key(id(7)));
}

#[tokio::test]
async fn on_version_1_the_last_writer_wins() {
    let Some((bao, proxy)) = set_up("overtaken1", 1).await else { return };
    let store = connect_at(&proxy.url, "overtaken1/{user}", with_token(ROOT)).await.unwrap();
    let who = user("x");
    let over = read(&store, &who).await;
    let other = json!({ "AccessKeyId": id(7).as_str(), "SecretAccessKey": secret(7) });
    proxy.inject(Trouble::Overtaken("/v1/overtaken1/x", other.to_string()));
    assert_eq!(became(store.put(&who, &pair(1), &over).await).0, "stored");
    assert!(proxy.has_hit());
    assert_eq!(served(&connect(bao, "overtaken1/{user}").await, &who).await, Serves::Key(id(1)));
}

#[tokio::test]
async fn a_sealed_or_absent_server_has_seen_nothing() {
    let Some(bao) = Bao::start("http", &[]) else { return };
    let (store, who) = (connect(&bao, "secret/{user}").await, user("x"));
    let over = read(&store, &who).await;
    bao.admin("POST", "sys/seal", Value::Null).await;
    assert_eq!(class(store.read(&who).await), Class::Unanswered);
    assert_eq!(became(store.put(&who, &pair(1), &over).await).0, "rejected");
    assert_eq!(class(connect_at(&bao.url, "secret/x", with_token(ROOT)).await), Class::Unanswered);
    let url = bao.url.clone();
    drop(bao);
    let closed = connect_at(&url, "secret/x", with_token(ROOT)).await;
    assert_eq!(class(closed), Class::Unreachable);
    assert_eq!(became(store.put(&who, &pair(1), &over).await).0, "rejected");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let hanging = tokio::time::timeout(TIME_LIMIT * 2, connect_at(&url, "secret/x", with_token(ROOT)));
    assert_eq!(class(hanging.await.unwrap()), Class::Unanswered);
}

#[tokio::test]
async fn a_write_takes_hold_within_one_time_limit_or_never() {
    let Some((_, proxy)) = set_up("slow", 2).await else { return };
    let (store, who) = (connect_at(&proxy.url, "slow/{user}", with_token(ROOT)).await.unwrap(), user("x"));
    let over = read(&store, &who).await;
    proxy.inject(Trouble::SlowLook(TIME_LIMIT / 2));
    let first = pair(1);
    let put = tokio::time::timeout(TIME_LIMIT * 5 / 4, store.put(&who, &first, &over));
    assert_eq!(became(put.await.unwrap()), ("unclear", Some(Class::Unanswered)));
    assert!(proxy.has_hit());
}
