//! A cluster, a store in it, and what became of a call.

use std::time::Duration;

use fakes::kubernetes::{Cluster, decode, encode};
use fakes::server::{Server, Trouble, What};
use fakes::tls::Authority;
use rotator::AccessKeyId;
use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::User;
use rotator_cli::secret::Pair;
use rotator_cli::store::kubernetes::{Kubernetes, Surroundings, parse};
use rotator_cli::store::{Adapter, Reading, Undelivered};
use serde_json::{Value, json};
use tempfile::TempDir;

/// In every secret, so that it is found wherever it leaks to.
const CANARY: &str = "se/cr+et";
pub const TOKEN: &str = "t-ok-en";
pub const TIME_LIMIT: Duration = Duration::from_secs(2);

pub fn alice() -> User {
    User { name: "Alice".to_owned(), id: "AIDAALICE".to_owned(), path: "/ci/".to_owned() }
}

pub fn id(n: u32) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
}

pub fn secret(n: u32) -> String {
    format!("{CANARY}/{n:0>31}")
}

pub fn pair(n: u32) -> Pair {
    Pair::new(id(n), secret(n))
}

/// The data keys of a pair.
pub fn data(n: u32) -> Value {
    json!({
        "AWS_ACCESS_KEY_ID": encode(id(n).as_str().as_bytes()),
        "AWS_SECRET_ACCESS_KEY": encode(secret(n).as_bytes()),
    })
}

/// A cluster with the namespace `ci`, and a kubeconfig for it.
pub struct Place {
    pub server: Server<Cluster>,
    pub folder: TempDir,
}

impl Place {
    pub async fn new() -> Self {
        let server = Server::start(cluster()).await.unwrap();
        let place = Self { server, folder: tempfile::tempdir().unwrap() };
        place.kubeconfig(&format!("token: {TOKEN}"));
        place
    }

    /// Over TLS, as every cluster is. Who shows the authority's certificate needs no token.
    pub async fn over_tls(authority: &Authority, for_clients: bool) -> Self {
        let tls = if for_clients { authority.server_for_clients() } else { authority.server() };
        let mut cluster = cluster();
        if for_clients {
            cluster.admin("");
        }
        let server = Server::start_tls(cluster, tls).await.unwrap();
        Self { server, folder: tempfile::tempdir().unwrap() }
    }

    /// The kubeconfig with somebody else in it.
    pub fn kubeconfig(&self, user: &str) {
        self.kubeconfig_with("", user);
    }

    /// The same where more is said of the cluster than its address.
    pub fn kubeconfig_with(&self, cluster: &str, user: &str) {
        let url = self.server.url();
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
             contexts: [{{name: c, context: {{cluster: c, user: u, namespace: ci}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{url}'{cluster}}}}}]\n\
             users: [{{name: u, user: {{{user}}}}}]\n"
        );
        std::fs::write(self.folder.path().join("config"), text).unwrap();
    }

    pub fn store_at(&self, place: &str) -> Result<Kubernetes, Failure> {
        self.store_within(place, TIME_LIMIT)
    }

    pub fn store_within(&self, place: &str, time_limit: Duration) -> Result<Kubernetes, Failure> {
        let mark = if place.contains('?') { '&' } else { '?' };
        let kubeconfig = self.folder.path().join("config");
        let config = parse(&format!("{place}{mark}kubeconfig={}", kubeconfig.display())).unwrap();
        Kubernetes::open(config, &Surroundings::default(), "123456789012", time_limit)
    }

    pub fn store(&self) -> Kubernetes {
        self.store_at("ci/aws-{user}").unwrap()
    }

    /// Puts an object there.
    pub fn write(&self, object: &Value) {
        let mut whole = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "aws-alice" }, "type": "Opaque" });
        for (name, value) in object.as_object().unwrap() {
            match value.as_object().filter(|_| name == "metadata") {
                Some(metadata) => {
                    for (name, value) in metadata {
                        whole["metadata"][name] = value.clone();
                    }
                }
                None => whole[name] = value.clone(),
            }
        }
        self.server.with(|cluster| cluster.write("ci", "aws-alice", whole)).unwrap();
    }

    pub fn stored(&self) -> Value {
        self.server.with(|cluster| cluster.secret("ci", "aws-alice").cloned()).unwrap_or(Value::Null)
    }

    /// One value of the data, as a pod has it.
    pub fn value(&self, key: &str) -> String {
        String::from_utf8(decode(self.stored()["data"][key].as_str().unwrap()).unwrap()).unwrap()
    }

    pub fn next(&self, method: &'static str, what: What) {
        self.server.trouble(Trouble { method, path: String::new(), what, always: false });
    }
}

fn cluster() -> Cluster {
    let mut cluster = Cluster::default();
    cluster.namespace("ci");
    cluster.admin(TOKEN);
    cluster
}

pub async fn read(store: &Kubernetes) -> Reading {
    store.read(&alice()).await.unwrap()
}

pub async fn put(store: &Kubernetes, n: u32) {
    let over = read(store).await;
    store.put(&alice(), &pair(n), &over).await.unwrap();
}

/// What a failure says, once it is sure that neither form of it shows a secret.
pub fn told(failure: &Failure) -> String {
    let (shown, debug) = (failure.to_string(), format!("{failure:?}"));
    for text in [&shown, &debug] {
        for form in [CANARY, TOKEN, &encode(CANARY.as_bytes())[..8]] {
            assert!(!text.contains(form), "{text}");
        }
    }
    shown
}

/// The class of a failure, and what it says.
pub fn failed<T>(became: Result<T, Failure>) -> (Class, String) {
    let Err(failure) = became else { panic!("it did not fail") };
    let said = told(&failure);
    (failure.class, said)
}

/// What became of a pair, in a word, with the class of the failure.
pub fn became(put: Result<(), Undelivered>) -> (&'static str, Option<Class>) {
    let (word, failure) = match put {
        Ok(()) => return ("stored", None),
        Err(Undelivered::Rejected(failure)) => ("rejected", failure),
        Err(Undelivered::Stale(failure)) => ("stale", failure),
        Err(Undelivered::Unclear(failure)) => ("unclear", failure),
    };
    told(&failure);
    (word, Some(failure.class))
}
