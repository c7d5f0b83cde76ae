//! kubectl against our stand-in for an API server: it takes it for one. What it writes the adapter reads,
//! and the other way round.

use std::path::PathBuf;
use std::process::{Command, Output};

use fakes::kubernetes::encode;
use fakes::tls::Authority;
use rotator_cli::store::{Adapter, Serves};
use serde_json::{Value, json};

use crate::kit::{Place, TOKEN, alice, became, data, id, pair, put, read, secret};

/// The program, or a word that there is none.
fn kubectl() -> Option<PathBuf> {
    let program = std::env::var_os("ROTATOR_TEST_KUBECTL").map(PathBuf::from);
    if program.is_none() {
        eprintln!("not run: ROTATOR_TEST_KUBECTL names no kubectl; `cargo xtask check stores` installs one");
    }
    program
}

/// Without TLS kubectl sends no token, so whoever sends none may do all.
async fn open() -> Place {
    let place = Place::new().await;
    place.server.with(|cluster| cluster.admin(""));
    place
}

async fn run(place: &Place, program: PathBuf, args: &[&str]) -> Output {
    let folder = place.folder.path().to_owned();
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    // It speaks to a server that this runtime serves.
    let run = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(program);
        command.args(args).current_dir(&folder).env_clear().env("HOME", &folder);
        command.env("KUBECONFIG", folder.join("config")).output().unwrap()
    });
    run.await.unwrap()
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn what_one_writes_the_other_reads() {
    let Some(kubectl) = kubectl() else { return };
    let place = open().await;
    let store = place.store();
    // As a person writes it. (`create secret generic` would send protobuf, which is not read there.)
    let object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "aws-alice" },
        "stringData": { "AWS_ACCESS_KEY_ID": id(1).as_str(), "AWS_SECRET_ACCESS_KEY": secret(1) },
    });
    std::fs::write(place.folder.path().join("new.json"), object.to_string()).unwrap();
    let create = ["create", "--validate=false", "-f", "new.json"];
    said(&run(&place, kubectl.clone(), &create).await);
    assert_eq!(read(&store).await.serves, Serves::Key(id(1)));
    assert_eq!(place.value("AWS_SECRET_ACCESS_KEY"), secret(1));
    let again = run(&place, kubectl.clone(), &create).await;
    let words = String::from_utf8(again.stderr).unwrap();
    assert!(words.contains("AlreadyExists") || words.contains("already exists"), "{words}");

    put(&store, 2).await;
    let get = ["get", "secret", "aws-alice", "-o", "json"];
    let object: Value = serde_json::from_str(&said(&run(&place, kubectl.clone(), &get).await)).unwrap();
    assert_eq!(object["data"], place.stored()["data"]);

    // It rests on the version that it has read, and somebody else is first.
    std::fs::write(place.folder.path().join("old.json"), object.to_string()).unwrap();
    put(&store, 3).await;
    let replace = ["replace", "--validate=false", "-f", "old.json"];
    let refused = run(&place, kubectl.clone(), &replace).await;
    assert!(!refused.status.success());
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("the object has been modified"), "{words}");
    assert_eq!(read(&store).await.serves, Serves::Key(id(3)));

    // And the other way round.
    let over = read(&store).await;
    let object = said(&run(&place, kubectl.clone(), &get).await);
    let other = object.replace(
        place.stored()["data"]["AWS_ACCESS_KEY_ID"].as_str().unwrap(),
        "QUtJQTAwMDAwMDAwMDAwMDAwMDQ=",
    );
    std::fs::write(place.folder.path().join("old.json"), other).unwrap();
    said(&run(&place, kubectl.clone(), &replace).await);
    assert_eq!(became(store.put(&alice(), &pair(5), &over).await).0, "stale");
    assert_eq!(read(&store).await.serves, Serves::Key(id(4)));
}

#[tokio::test]
async fn it_understands_each_no() {
    let Some(kubectl) = kubectl() else { return };
    let place = open().await;
    let get = ["get", "secret", "aws-alice", "-o", "json"];
    let words = |output: Output| {
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(words(run(&place, kubectl.clone(), &get).await).contains("(NotFound)"));
    place.server.with(|cluster| cluster.role("", "nobody", Vec::new()));
    assert!(words(run(&place, kubectl.clone(), &get).await).contains("(Forbidden)"));
    let unauthorized = words(run(&Place::new().await, kubectl, &get).await);
    assert!(unauthorized.contains("Unauthorized") || unauthorized.contains("logged in"), "{unauthorized}");
}

/// As with a real cluster: its own authority, and a token, which kubectl sends over TLS alone.
#[tokio::test]
async fn both_speak_tls_by_the_same_kubeconfig() {
    let Some(kubectl) = kubectl() else { return };
    let authority = Authority::new("the cluster's");
    let place = Place::over_tls(&authority, false).await;
    let cluster = format!(", certificate-authority-data: {}", encode(authority.pem.as_bytes()));
    place.kubeconfig_with(&cluster, &format!("token: {TOKEN}"));
    put(&place.store(), 1).await;
    let get = ["get", "secret", "aws-alice", "-o", "json"];
    let object: Value = serde_json::from_str(&said(&run(&place, kubectl, &get).await)).unwrap();
    assert_eq!(object["data"], data(1));
    let seen = place.server.requests();
    let bearer = format!("Bearer {TOKEN}");
    assert!(!seen.is_empty() && seen.iter().all(|one| one.header("authorization") == Some(&bearer)));
}
