//! How a token is come by, and what happens when it no longer works.

use std::collections::BTreeMap;
use std::fs;

use rotator_cli::failure::Class;
use rotator_cli::store::vault::config::Surroundings;
use rotator_cli::store::{Adapter, Serves};
use serde_json::{Value, json};

use crate::kit::{became, class, connect_at, id, pair, put, read, served, user, with_token};
use bao::{Bao, ROOT};

const POLICY: &str = r#"path "secret/data/login/*" { capabilities = ["create", "update", "read"] }"#;

fn with_secret_id(value: &str) -> Surroundings {
    Surroundings { variables: BTreeMap::from([("VAULT_SECRET_ID".into(), value.into())]), home: None }
}

/// Revokes every token that a mount has given out; how many there were.
async fn revoke(bao: &Bao, mount: &str) -> usize {
    let all = bao.admin("LIST", "auth/token/accessors", Value::Null).await;
    let mut revoked = 0;
    for accessor in all["data"]["keys"].as_array().unwrap() {
        let token = bao.admin("POST", "auth/token/lookup-accessor", json!({ "accessor": accessor })).await;
        if token["data"]["path"] == format!("auth/{mount}/login") {
            bao.admin("POST", "auth/token/revoke-accessor", json!({ "accessor": accessor })).await;
            revoked += 1;
        }
    }
    revoked
}

#[tokio::test]
async fn a_token_from_the_file_of_vault_login() {
    let Some(bao) = Bao::shared() else { return };
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".vault-token"), format!("{ROOT}\n")).unwrap();
    let around = |variables| Surroundings { variables, home: Some(home.path().to_owned()) };
    assert!(connect_at(&bao.url, "secret/x", around(BTreeMap::new())).await.is_ok());
    let other = BTreeMap::from([("VAULT_TOKEN".to_owned(), "s.wrong".to_owned())]);
    let refused = connect_at(&bao.url, "secret/x", around(other)).await;
    assert!(matches!(class(refused), Class::Token(_)), "the variable comes first");
    fs::write(home.path().join(".vault-token"), "two\nlines").unwrap();
    assert!(connect_at(&bao.url, "secret/x", around(BTreeMap::new())).await.is_err());
}

#[tokio::test]
async fn a_revoked_token_is_not_a_missing_right() {
    let Some(bao) = Bao::shared() else { return };
    let token = bao.token("revoked", POLICY).await;
    let store = connect_at(&bao.url, "secret/login/{user}", with_token(&token)).await.unwrap();
    let over = read(&store, &user("revoked")).await;
    bao.admin("POST", "auth/token/revoke", json!({ "token": token })).await;
    assert!(matches!(class(store.read(&user("revoked")).await), Class::Token(_)));
    assert_eq!(became(store.put(&user("revoked"), &pair(1), &over).await).0, "rejected");
}

#[tokio::test]
async fn approle_logs_in_again_when_its_token_is_gone() {
    let Some(bao) = Bao::shared() else { return };
    let (role_id, secret_id) = bao.role("ci-role", POLICY).await;
    let place = format!("secret/login/{{user}}?auth=approle&auth-mount=ci-role&role-id={role_id}");
    let store = connect_at(&bao.url, &place, with_secret_id(&secret_id)).await.unwrap();
    let who = user("approle");
    put(&store, &who, 1).await;
    // Gone between the look and the write, and the write is made once all the same.
    let over = read(&store, &who).await;
    assert_eq!(revoke(bao, "ci-role").await, 1);
    store.put(&who, &pair(2), &over).await.unwrap();
    assert_eq!(revoke(bao, "ci-role").await, 1);
    // Many at once log in once.
    let looks = futures_util::future::join_all((0..8).map(|_| served(&store, &who))).await;
    assert!(looks.iter().all(|serves| *serves == Serves::Key(id(2))));
    assert_eq!(revoke(bao, "ci-role").await, 1);
    bao.admin("DELETE", "auth/ci-role/role/ci", Value::Null).await;
    assert!(matches!(class(store.read(&who).await), Class::Token(_)));
}

#[tokio::test]
async fn a_login_that_fails_says_so() {
    let Some(bao) = Bao::shared() else { return };
    let (role_id, secret_id) = bao.role("other-role", POLICY).await;
    let place = |id: &str| format!("secret/login/x?auth=approle&auth-mount=other-role&role-id={id}");
    for (id, secret) in [(role_id.as_str(), "se/cr+et"), ("se/cr+et", secret_id.as_str())] {
        assert!(matches!(
            class(connect_at(&bao.url, &place(id), with_secret_id(secret)).await),
            Class::Token(_)
        ));
    }
    assert_eq!(class(connect_at(&bao.url, &place(&role_id), Surroundings::default()).await), Class::Setup);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret-id");
    fs::write(&file, format!("{secret_id}\n")).unwrap();
    let from_file = format!("{}&secret-id-file={}", place(&role_id), file.display());
    assert!(connect_at(&bao.url, &from_file, Surroundings::default()).await.is_ok());
    let nowhere = "secret/login/x?auth=approle&auth-mount=nowhere&role-id=x";
    assert!(matches!(class(connect_at(&bao.url, nowhere, with_secret_id("x")).await), Class::Token(_)));
}

#[tokio::test]
async fn tls_is_checked_against_the_named_authority() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = format!("-dev-tls-cert-dir={}", folder.path().display());
    let Some(bao) = Bao::start("https", &["-dev-tls", &certificates]) else { return };
    let ca = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let ca = ca.into_iter().find(|file| file.to_string_lossy().ends_with("-ca.pem")).unwrap();
    let store =
        connect_at(&bao.url, &format!("secret/{{user}}?ca-file={}", ca.display()), with_token(ROOT)).await;
    put(&store.unwrap(), &user("tls"), 1).await;
    let unknown = connect_at(&bao.url, "secret/x", with_token(ROOT)).await;
    assert_eq!(class(unknown), Class::Unreachable, "the system's authorities do not know it");
    let plain = bao.url.replace("https", "http");
    assert!(connect_at(&plain, "secret/x", with_token(ROOT)).await.is_err());
}
