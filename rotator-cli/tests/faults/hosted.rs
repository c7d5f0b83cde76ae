//! Hosted stores, by their real adapters and before stand-ins: what a job gets there, what a person has put
//! there, and what goes wrong.

use std::path::Path;
use std::time::{Duration, SystemTime};

use fakes::github::Hub;
use fakes::gitlab::{Gitlab as Variables, Person};
use fakes::kubernetes::{Cluster, decode, encode, failure};
use fakes::server::{Answer, Api, Server, What};
use rotator_cli::store::beside::Stores;
use rotator_cli::store::github::{self, GitHub};
use rotator_cli::store::gitlab::{self, Gitlab};
use rotator_cli::store::kubernetes::{self, Kubernetes};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::faulty::Fault;
use crate::place::Host;
use crate::play::DAY;

const TOKEN: &str = "t-ok-en";
/// A repository, and a project.
const APP: &str = "acme/app";
const TIME_LIMIT: Duration = Duration::from_secs(20);
const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const ONE_SECRET: &str = "ROTATOR_CI";
const ONE_VARIABLE: &str = "AWS_SHARED_CREDENTIALS_FILE";
const NAMESPACE: &str = "ci";
const OBJECT: &str = "aws-ci";

/// What a job finds: an id and a secret to sign with, of one pair or not.
#[derive(Default)]
pub struct Parts {
    pub id: Option<String>,
    pub secret: Option<String>,
}

/// A stand-in with one user's place in it.
pub struct Hosted {
    /// A pair is stored by two writes.
    two: bool,
    service: Service,
}

enum Service {
    GitHub(Server<Hub>),
    Gitlab(Server<Variables>),
    Kubernetes(Server<Cluster>),
}

/// The same call of whichever it is.
macro_rules! each {
    ($self:ident, $server:ident => $call:expr) => {
        match &$self.service {
            Service::GitHub($server) => $call,
            Service::Gitlab($server) => $call,
            Service::Kubernetes($server) => $call,
        }
    };
}

impl Hosted {
    /// The place is there, and nothing is in it.
    pub async fn start(host: Host) -> Self {
        let service = match host {
            Host::GitHub | Host::GitHubTwo => {
                let mut hub = Hub::new(TOKEN);
                hub.place(APP);
                Service::GitHub(start(hub).await)
            }
            Host::Gitlab | Host::GitlabTwo => {
                let mut variables = Variables::default();
                variables.owner("projects", APP);
                variables.token(TOKEN, Person::Maintainer);
                Service::Gitlab(start(variables).await)
            }
            Host::Kubernetes => {
                let mut cluster = Cluster::default();
                cluster.namespace(NAMESPACE);
                cluster.admin(TOKEN);
                Service::Kubernetes(start(cluster).await)
            }
        };
        Self { two: matches!(host, Host::GitHubTwo | Host::GitlabTwo), service }
    }

    /// Files that it needs are made in the folder.
    pub fn store(&self, account: &str, folder: &Path) -> Stores {
        let url = each!(self, server => server.url());
        let two = if self.two { "names=two" } else { "" };
        match self.service {
            Service::GitHub(_) => {
                let config = github::parse(&format!("{APP}?{two}")).unwrap();
                let variables = [("GH_TOKEN", TOKEN.to_owned()), ("GITHUB_API_URL", url)];
                let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
                let around = github::Surroundings { variables };
                let store = GitHub::new(config, &around, account, TIME_LIMIT).unwrap();
                Stores::GitHub(Box::new(store))
            }
            Service::Gitlab(_) => {
                let config = gitlab::parse(&format!("projects/{APP}?addr={url}&{two}")).unwrap();
                let token = Some(SecretString::from(TOKEN));
                let around = gitlab::Surroundings { token, ..Default::default() };
                Stores::Gitlab(Box::new(Gitlab::open(config, &around, account, TIME_LIMIT).unwrap()))
            }
            Service::Kubernetes(_) => {
                let file = folder.join("kubeconfig");
                let text = format!(
                    "contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
                     clusters: [{{name: c, cluster: {{server: '{url}'}}}}]\n\
                     users: [{{name: u, user: {{token: {TOKEN}}}}}]\n"
                );
                std::fs::write(&file, text).unwrap();
                let place = format!("{NAMESPACE}/aws-{{user}}?kubeconfig={}", file.display());
                let config = kubernetes::parse(&place).unwrap();
                let around = kubernetes::Surroundings::default();
                let store = Kubernetes::open(config, &around, account, TIME_LIMIT).unwrap();
                Stores::Kubernetes(Box::new(store))
            }
        }
    }

    /// What a job gets that starts now.
    pub fn parts(&self) -> Parts {
        let [id, secret] = match (&self.service, self.two) {
            (Service::GitHub(server), true) => [ID, SECRET].map(|name| in_hub(server, name)),
            (Service::GitHub(server), false) => {
                let pair = in_hub(server, ONE_SECRET);
                let pair: Value = pair.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
                ["AccessKeyId", "SecretAccessKey"].map(|name| Some(pair.get(name)?.as_str()?.to_owned()))
            }
            (Service::Gitlab(server), true) => [ID, SECRET].map(|name| in_project(server, name)),
            (Service::Gitlab(server), false) => {
                let file = in_project(server, ONE_VARIABLE).unwrap_or_default();
                ["aws_access_key_id", "aws_secret_access_key"].map(|name| {
                    let line =
                        file.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix('='));
                    Some(line?.trim().to_owned())
                })
            }
            (Service::Kubernetes(server), _) => {
                let object = server.with(|cluster| cluster.secret(NAMESPACE, OBJECT).cloned());
                let value = |name| object.as_ref()?.pointer(&format!("/data/{name}"))?.as_str();
                [ID, SECRET].map(|name| String::from_utf8(decode(value(name)?)?).ok())
            }
        };
        Parts { id, secret }
    }

    /// A person has put a pair there, long ago.
    pub fn fill(&self, id: &str, secret: &str) {
        match (&self.service, self.two) {
            (Service::GitHub(server), two) => server.with(|hub| {
                let pair = json!({ "AccessKeyId": id, "SecretAccessKey": secret }).to_string();
                let now = hub.now;
                hub.now -= (40 * DAY).as_secs();
                let values = match two {
                    true => vec![(ID, id), (SECRET, secret)],
                    false => vec![(ONE_SECRET, pair.as_str())],
                };
                for (name, value) in values {
                    hub.write_secret(APP, name, value, None);
                }
                hub.now = now;
            }),
            (Service::Gitlab(server), two) => {
                let file = format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
                let values = match two {
                    true => vec![(ID, "env_var", id), (SECRET, "env_var", secret)],
                    false => vec![(ONE_VARIABLE, "file", file.as_str())],
                };
                for (key, kind, value) in values {
                    let fields = json!({ "key": key, "variable_type": kind, "value": value, "raw": true });
                    server.with(|variables| variables.write("projects", APP, &fields)).unwrap();
                }
            }
            (Service::Kubernetes(server), _) => {
                let data = json!({ ID: encode(id.as_bytes()), SECRET: encode(secret.as_bytes()) });
                let object = json!({
                    "apiVersion": "v1", "kind": "Secret", "metadata": { "name": OBJECT }, "data": data,
                });
                server.with(|cluster| cluster.write(NAMESPACE, OBJECT, object)).unwrap();
            }
        }
    }

    /// It is so late there too. Between two requests a second passes for GitHub, so that nobody waits for
    /// what was seen to be old enough.
    pub fn set_clock(&self, now: SystemTime) {
        let Service::GitHub(server) = &self.service else { return };
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        server.with(|hub| hub.now = hub.now.max(now));
    }

    /// From now on it goes wrong, once so many writes have passed.
    pub fn arm(&self, fault: Fault, passes: usize) {
        let what = match fault {
            Fault::ErrorBefore => What::Instead(self.says(422, "Invalid", "it is not taken")),
            Fault::ErrorAfter => What::Denies(self.says(500, "InternalError", "something went wrong")),
            Fault::AnswerLost => What::Unheard,
            Fault::Throttled => What::Instead(self.says(429, "TooManyRequests", "slow down")),
            Fault::Denied => What::Instead(self.says(403, "Forbidden", "User \"ci\" cannot do this")),
            Fault::KilledBefore | Fault::KilledAfter => panic!("the other side kills nobody"),
        };
        each!(self, server => server.strike(passes, what, fault.for_good()));
    }

    /// It no longer does. How often it did.
    pub fn mend(&self) -> usize {
        each!(self, server => server.mend())
    }

    pub fn writes(&self) -> usize {
        each!(self, server => server.writes())
    }

    /// A no in the form that each gives it.
    fn says(&self, status: u16, reason: &str, words: &str) -> Answer {
        match self.service {
            Service::GitHub(_) | Service::Gitlab(_) => Answer::json(status, json!({ "message": words })),
            Service::Kubernetes(_) => failure(status, reason, words, Value::Null),
        }
    }
}

async fn start<A: Api>(api: A) -> Server<A> {
    Server::start(api).await.unwrap()
}

/// A secret, opened.
fn in_hub(server: &Server<Hub>, name: &str) -> Option<String> {
    server.with(|hub| hub.secret(APP, name).map(|entry| entry.value.clone()))
}

fn in_project(server: &Server<Variables>, name: &str) -> Option<String> {
    server.with(|variables| {
        variables.variable("projects", APP, name, "*").map(|variable| variable.value.clone())
    })
}
