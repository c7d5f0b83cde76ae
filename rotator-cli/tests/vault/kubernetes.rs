//! A pod's login: OpenBao asks the cluster whose token it is, and the cluster is one of ours on loopback.

use std::fs;
use std::net::Ipv4Addr;

use aws_smithy_types::base64;
use rotator_cli::failure::Class;
use rotator_cli::store::vault::config::Surroundings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::kit::{class, connect_at, put, user};
use bao::Bao;

const POLICY: &str = r#"path "secret/data/kubernetes/*" { capabilities = ["create", "update", "read"] }"#;

#[tokio::test]
async fn a_pod_logs_in_with_its_service_account() {
    let Some(bao) = Bao::shared() else { return };
    let cluster = cluster().await;
    bao.admin("POST", "sys/policies/acl/pod", json!({ "policy": POLICY })).await;
    bao.admin("POST", "sys/auth/kubernetes", json!({ "type": "kubernetes" })).await;
    let config = json!({ "kubernetes_host": cluster, "disable_local_ca_jwt": true, "kubernetes_ca_cert": "no TLS here", "token_reviewer_jwt": jwt("reviewer") });
    bao.admin("POST", "auth/kubernetes/config", config).await;
    let role = json!({
        "bound_service_account_names": ["rotator"],
        "bound_service_account_namespaces": ["ci"],
        "token_policies": ["pod"],
    });
    bao.admin("POST", "auth/kubernetes/role/ci", role).await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let place = format!("secret/kubernetes/{{user}}?auth=kubernetes&role=ci&token-file={}", file.display());
    fs::write(&file, jwt("rotator")).unwrap();
    let store = connect_at(&bao.url, &place, Surroundings::default()).await.unwrap();
    put(&store, &user("x"), 1).await;

    fs::write(&file, jwt("somebody")).unwrap();
    assert!(matches!(class(connect_at(&bao.url, &place, Surroundings::default()).await), Class::Token(_)));
    fs::remove_file(&file).unwrap();
    assert_eq!(class(connect_at(&bao.url, &place, Surroundings::default()).await), Class::Setup);
}

/// A service account's token; nobody here checks its signature.
fn jwt(account: &str) -> String {
    let claims = json!({
        "iss": "kubernetes/serviceaccount",
        "kubernetes.io/serviceaccount/namespace": "ci",
        "kubernetes.io/serviceaccount/service-account.name": account,
        "kubernetes.io/serviceaccount/service-account.uid": "0-1-2",
        "sub": format!("system:serviceaccount:ci:{account}"),
    });
    let part =
        |value: Value| base64::encode(value.to_string()).replace('+', "-").replace('/', "_").replace('=', "");
    format!("{}.{}.{}", part(json!({ "alg": "RS256", "typ": "JWT" })), part(claims), part(json!("signed")))
}

/// Answers each TokenReview: the token is the account's that it names.
async fn cluster() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let account = if request.contains(&jwt("rotator")) { "rotator" } else { "somebody" };
            let review = json!({
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenReview",
                "status": {
                    "authenticated": true,
                    "user": { "username": format!("system:serviceaccount:ci:{account}"), "uid": "0-1-2" },
                },
            });
            let review = review.to_string();
            let head = format!(
                "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                review.len()
            );
            stream.write_all(format!("{head}{review}").as_bytes()).await.unwrap();
        }
    });
    url
}
