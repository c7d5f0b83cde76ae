//! Whom an API server is believed by, and how one says who one is there.

use std::fs;

use fakes::kubernetes::encode;
use fakes::tls::Authority;
use rotator_cli::failure::Class;
use rotator_cli::store::kubernetes::{Kubernetes, Surroundings, parse};
use rotator_cli::store::{Adapter, Serves};

use crate::kit::{Place, TIME_LIMIT, TOKEN, alice, failed, id, put, read, secret};

fn token() -> String {
    format!("token: {TOKEN}")
}

#[tokio::test]
async fn a_cluster_is_believed_by_its_own_authority() {
    let authority = Authority::new("the cluster's");
    let place = Place::over_tls(&authority, false).await;
    fs::write(place.folder.path().join("ca.pem"), &authority.pem).unwrap();
    let data = format!(", certificate-authority-data: {}", encode(authority.pem.as_bytes()));
    let both = [", certificate-authority: ca.pem", &data];
    for (n, cluster) in (1..).zip(both) {
        place.kubeconfig_with(cluster, &token());
        let store = place.store();
        put(&store, n).await;
        assert_eq!(read(&store).await.serves, Serves::Key(id(n)), "{cluster}");
        assert_eq!(place.value("AWS_SECRET_ACCESS_KEY"), secret(n));
    }
}

/// Neither token nor pair is shown to a server that others vouch for.
#[tokio::test]
async fn a_stranger_is_told_nothing() {
    let place = Place::over_tls(&Authority::new("a stranger's"), false).await;
    let data = encode(Authority::new("the cluster's").pem.as_bytes());
    // Without an authority it is the system's that are believed.
    for cluster in [format!(", certificate-authority-data: {data}"), String::new()] {
        place.kubeconfig_with(&cluster, &token());
        let (class, said) = failed(place.store().read(&alice()).await);
        assert_eq!(class, Class::Unreachable, "{said}");
        assert!(said.contains("certificate"), "{said}");
    }
    assert!(place.server.requests().is_empty());
}

#[tokio::test]
async fn a_clients_certificate_says_who_one_is() {
    let authority = Authority::new("the cluster's");
    let place = Place::over_tls(&authority, true).await;
    let cluster = format!(", certificate-authority-data: {}", encode(authority.pem.as_bytes()));
    let rotator = authority.client("rotator");
    let write = |name: &str, text: &str| fs::write(place.folder.path().join(name), text).unwrap();
    write("rotator.crt", &rotator.certificate);
    write("rotator.key", &rotator.key);
    let data = |what: &str, pem: &str| format!("client-{what}-data: {}", encode(pem.as_bytes()));
    let both = [
        "client-certificate: rotator.crt, client-key: rotator.key".to_owned(),
        format!("{}, {}", data("certificate", &rotator.certificate), data("key", &rotator.key)),
    ];
    for (n, user) in (1..).zip(&both) {
        place.kubeconfig_with(&cluster, user);
        put(&place.store(), n).await;
        assert_eq!(place.value("AWS_SECRET_ACCESS_KEY"), secret(n), "{user}");
    }
    let seen = place.server.requests().len();
    assert!(seen > 0);
    let stranger = Authority::new("a stranger's").client("rotator");
    let strange = format!("{}, {}", data("certificate", &stranger.certificate), data("key", &stranger.key));
    for user in [strange, token()] {
        place.kubeconfig_with(&cluster, &user);
        assert_eq!(failed(place.store().read(&alice()).await).0, Class::Unreachable, "{user}");
    }
    assert!(place.server.requests().is_empty());
}

/// As in a pod: the cluster's authority and the token are files, and the kubelet renews the token.
#[tokio::test]
async fn a_pods_service_account_is_taken() {
    let authority = Authority::new("the cluster's");
    let place = Place::over_tls(&authority, false).await;
    let write = |name: &str, text: &str| fs::write(place.folder.path().join(name), text).unwrap();
    write("ca.crt", &authority.pem);
    write("token", &format!("{TOKEN}\n"));
    let url = place.server.url();
    let (host, port) = url.strip_prefix("https://").unwrap().split_once(':').unwrap();
    let around = Surroundings {
        host: Some(host.to_owned()),
        port: Some(port.to_owned()),
        service_account: place.folder.path().to_owned(),
        ..Surroundings::default()
    };
    let config = parse("ci/aws-{user}").unwrap();
    let store = Kubernetes::open(config, &around, "123456789012", TIME_LIMIT).unwrap();
    put(&store, 1).await;
    write("token", "renewed");
    assert!(matches!(failed(store.read(&alice()).await).0, Class::Token(_)));
    place.server.with(|cluster| cluster.admin("renewed"));
    put(&store, 2).await;
    assert_eq!(place.value("AWS_SECRET_ACCESS_KEY"), secret(2));
}
