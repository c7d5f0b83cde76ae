//! `kubernetes:NAMESPACE/NAME`, plain and with a mounted credentials file beside the two data keys.

use std::sync::Mutex;
use std::time::Duration;

use fakes::kubernetes::{Cluster, decode, encode, failure};
use fakes::server::{Answer, Server, Trouble as Fault, What};
use rotator_cli::iam::User;
use rotator_cli::store::kubernetes::{Kubernetes, Surroundings, parse};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, secret};

/// A cluster's Secrets. With `PROFILE`, the pair stands in a credentials file too.
struct Secrets<const PROFILE: bool> {
    server: Server<Cluster>,
    folder: TempDir,
    time_limit: Mutex<Duration>,
}

impl<const PROFILE: bool> Secrets<PROFILE> {
    fn stored(&self, user: &User) -> Option<Value> {
        let name = format!("aws-{}", user.name);
        self.server.with(|cluster| cluster.secret("ci", &name).cloned())
    }

    fn write(&self, user: &User, data: &Value) {
        let name = format!("aws-{}", user.name);
        let object =
            json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name }, "data": data });
        self.server.with(|cluster| cluster.write("ci", &name, object)).unwrap();
    }

    fn fault(&self, method: &'static str, what: What) {
        self.server.trouble(Fault { method, path: String::new(), what, always: true });
    }
}

impl<const PROFILE: bool> Rig for Secrets<PROFILE> {
    type Store = Kubernetes;

    const PUTS: usize = 60;
    const ANY_NAME: bool = false;

    fn fresh() -> Self {
        let mut cluster = Cluster::default();
        cluster.namespace("ci");
        cluster.admin("t-ok-en");
        let server = Server::on_a_thread(cluster).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{}'}}}}]\n\
             users: [{{name: u, user: {{token: t-ok-en}}}}]\n",
            server.url()
        );
        std::fs::write(folder.path().join("config"), text).unwrap();
        Self { server, folder, time_limit: Mutex::new(LONG) }
    }

    fn store(&self) -> Kubernetes {
        let profile = if PROFILE { "&profile=default" } else { "" };
        let kubeconfig = self.folder.path().join("config");
        let place = format!("ci/aws-{{user}}?kubeconfig={}{profile}", kubeconfig.display());
        let limit = *self.time_limit.lock().unwrap();
        Kubernetes::open(parse(&place).unwrap(), &Surroundings::default(), "123456789012", limit).unwrap()
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let secret = self.stored(user)?;
        let value = |key: &str| {
            let value = secret["data"][key].as_str().unwrap();
            String::from_utf8(decode(value).unwrap()).unwrap()
        };
        let pair = (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"));
        if PROFILE && secret["data"]["credentials"].is_string() {
            let (id, key) = &pair;
            let file = format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {key}\n");
            assert_eq!(value("credentials"), file);
        }
        Some(pair)
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        let (id, secret) = (encode(id.as_bytes()), encode(secret.as_bytes()));
        self.write(user, &json!({ "AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret }));
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        let denied = |said: &str| failure(403, "Forbidden", said, Value::Null);
        match trouble {
            Trouble::Forbidden => self.fault("GET", What::Instead(denied("User \"x\" cannot get resource"))),
            Trouble::WrongType => self.write(user, &json!({ "tls.key": encode(b"S3CR3T/0") })),
            Trouble::Oversized => {
                self.write(user, &json!({ "model": encode(&[b'x'; 1024 * 1024 - 100]) }));
            }
            Trouble::Unavailable => self.fault("POST", What::Instead(denied("User \"x\" cannot create"))),
            Trouble::Slow => {
                *self.time_limit.lock().unwrap() = SOON;
                self.fault("POST", What::Late(Duration::from_secs(60)));
            }
            Trouble::Denies => {
                let (plain, data) = (secret(1), encode(secret(1).as_bytes()));
                let answer: Answer = failure(500, "InternalError", &format!("{plain} {data}"), Value::Null);
                self.fault("POST", What::Denies(answer));
            }
        }
        true
    }
}

#[test]
fn it_conforms() {
    insta::assert_snapshot!(conform::<Secrets<false>>(), @r"
    what is put is served
    each user has a place
    a name that it cannot have is refused
    absent is nothing
    a stale write is refused
    a write that was not heard of is found
    a denied write is found
    no reader sees a torn pair
    of ten writers at once the pair of one
    forbidden is not absent
    something else is left alone
    too large is found before a key is made
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}

#[test]
fn it_conforms_with_a_file_to_mount() {
    insta::assert_snapshot!(conform::<Secrets<true>>(), @r"
    what is put is served
    each user has a place
    a name that it cannot have is refused
    absent is nothing
    a stale write is refused
    a write that was not heard of is found
    a denied write is found
    no reader sees a torn pair
    of ten writers at once the pair of one
    forbidden is not absent
    something else is left alone
    too large is found before a key is made
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}
