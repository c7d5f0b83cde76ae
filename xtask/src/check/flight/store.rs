//! Stores as their consumers find them: read, and filled before the first rotation, by other means than ours.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use fakes::github::Hub;
use fakes::gitlab::{Gitlab, Person};
use fakes::kubernetes::{Cluster, decode, encode};
use fakes::server::Server;
use serde_json::{Map, Value, json};

use super::age::age;
use super::engine::Engine;
use super::place::Place;
use crate::accounts::Pair;
use crate::cargo;

/// Those in files are in the folder that the program runs in.
#[derive(Clone)]
pub enum Store {
    SecretsManager,
    Parameter,
    File(PathBuf),
    Profile(PathBuf),
    /// The scripts of docs/stores/exec.md, as they stand there.
    Exec(PathBuf),
    Vault(Engine),
    /// A stand-in for a cluster, and the name that the program knows the place by.
    Kubernetes(Arc<Server<Cluster>>, String),
    /// A stand-in for a GitLab, in which each user has a project.
    Gitlab(Arc<Server<Gitlab>>, String),
    /// A stand-in for GitHub, in which each user has a repository.
    GitHub(Arc<Server<Hub>>),
}

const TOKEN: &str = "glpat-t-ok-en";
const VARIABLE: &str = "AWS_SHARED_CREDENTIALS_FILE";
const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

impl Store {
    pub fn file(home: &Path) -> Self {
        Self::File(home.join("keys.json"))
    }

    pub fn profile(home: &Path) -> Self {
        Self::Profile(home.join("credentials"))
    }

    pub fn exec(home: &Path) -> Result<Self> {
        let page = fs::read_to_string(cargo::workspace().join("docs/stores/exec.md"))?;
        for name in ["store-pair", "served-pair"] {
            let starts = |block: &&str| block.contains(&format!("\n# {name} "));
            let script =
                page.split("```sh\n").skip(1).find(starts).and_then(|block| block.split("```").next());
            let script = script.with_context(|| format!("docs/stores/exec.md has no {name}"))?;
            fs::write(home.join(name), script)?;
            fs::set_permissions(home.join(name), fs::Permissions::from_mode(0o755))?;
        }
        fs::create_dir(home.join("keys"))?;
        Ok(Self::Exec(home.join("keys")))
    }

    pub fn kubernetes(home: &Path) -> Result<Self> {
        let mut cluster = Cluster::default();
        cluster.namespace("ci");
        cluster.admin(TOKEN);
        let server = Server::on_a_thread(cluster)?;
        let kubeconfig = format!(
            "contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{}'}}}}]\nusers: [{{name: u, user: {{token: {TOKEN}}}}}]\n",
            server.url()
        );
        private(&home.join("kubeconfig"), &kubeconfig)?;
        let name = format!("kubernetes:ci/aws-{{user}}?kubeconfig={}", home.join("kubeconfig").display());
        Ok(Self::Kubernetes(Arc::new(server), name))
    }

    pub fn gitlab() -> Result<Self> {
        let mut gitlab = Gitlab::default();
        gitlab.token(TOKEN, Person::Maintainer);
        let server = Server::on_a_thread(gitlab)?;
        let name = format!("gitlab:projects/acme/{{user}}?addr={}", server.url());
        Ok(Self::Gitlab(Arc::new(server), name))
    }

    pub fn github() -> Result<Self> {
        Ok(Self::GitHub(Arc::new(Server::on_a_thread(Hub::new(TOKEN))?)))
    }

    /// What the program finds in its environment.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Gitlab(..) => vec![("GITLAB_TOKEN", TOKEN.to_owned())],
            Self::GitHub(server) => {
                vec![("GITHUB_TOKEN", TOKEN.to_owned()), ("GITHUB_API_URL", server.url())]
            }
            Self::SecretsManager | Self::Parameter | Self::File(_) | Self::Profile(_) => Vec::new(),
            Self::Exec(_) | Self::Vault(_) | Self::Kubernetes(..) => Vec::new(),
        }
    }

    /// There is such a user from now on.
    pub fn meet(&self, user: &str) {
        match self {
            Self::Gitlab(server, _) => {
                server.with(|gitlab| gitlab.owner("projects", &format!("acme/{user}")));
            }
            Self::GitHub(server) => server.with(|hub| hub.place(&format!("acme/{user}"))),
            Self::SecretsManager | Self::Parameter | Self::File(_) | Self::Profile(_) => {}
            Self::Exec(_) | Self::Vault(_) | Self::Kubernetes(..) => {}
        }
    }

    /// What the program is told.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::SecretsManager => vec!["--store", "secretsmanager:ci/{user}"],
            Self::Parameter => vec!["--store", "ssm:/ci/{user}"],
            Self::File(_) => vec!["--store", "file:keys.json"],
            Self::Profile(_) => vec!["--store", "file+aws:credentials#{user}"],
            Self::Exec(_) => {
                vec!["--store", "exec:./store-pair keys {user}", "--exec-served", "./served-pair keys {user}"]
            }
            Self::Vault(engine) => vec!["--store", &engine.name],
            Self::Kubernetes(_, name) | Self::Gitlab(_, name) => vec!["--store", name],
            Self::GitHub(_) => vec!["--store", "github:acme/{user}?secret=KEYS&mark=KEYS_ID"],
        }
    }

    /// The pair that a job gets which starts now.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn read(&self, place: &Place, user: &str) -> Result<Option<Pair>, String> {
        match self {
            Self::SecretsManager => place.secret(&format!("ci/{user}")).await,
            Self::Parameter => place.parameter(&format!("/ci/{user}")).await,
            Self::File(path) => in_file(path, user).map_err(|error| format!("{error:#}")),
            Self::Profile(path) => in_profile(path, user).map_err(|error| format!("{error:#}")),
            Self::Exec(folder) => {
                let text =
                    text_of(&folder.join(format!("{user}.json"))).map_err(|error| format!("{error:#}"))?;
                Ok(text.as_deref().and_then(Pair::from_json))
            }
            Self::Vault(engine) => engine.read(user).await,
            Self::Kubernetes(server, _) => Ok(server.with(|cluster| in_secret(cluster, user))),
            Self::Gitlab(server, _) => Ok(server.with(|gitlab| {
                let file = gitlab.variable("projects", &format!("acme/{user}"), VARIABLE, "*")?;
                in_ini(&file.value, "default")
            })),
            Self::GitHub(server) => Ok(server.with(|hub| {
                let secret = hub.secret(&format!("acme/{user}"), "KEYS")?;
                Pair::from_json(&secret.value)
            })),
        }
    }

    /// Somebody puts a pair there by hand, while no program runs.
    pub async fn write(&self, place: &Place, user: &str, pair: &Pair) -> Result<()> {
        match self {
            Self::SecretsManager => place.create_secret(&format!("ci/{user}"), pair).await,
            Self::Parameter => place.create_parameter(&format!("/ci/{user}"), pair).await,
            Self::File(path) => {
                let mut users = users(path)?;
                let current: Value = serde_json::from_str(&pair.to_json())?;
                users.insert(user.to_owned(), json!({ "CURRENT": current }));
                private(path, &Value::Object(users).to_string())
            }
            Self::Profile(path) => {
                let Pair { id, secret } = pair;
                let before = text_of(path)?.unwrap_or_default();
                let text =
                    format!("{before}[{user}]\naws_access_key_id={id}\naws_secret_access_key={secret}\n");
                private(path, &text)
            }
            Self::Exec(folder) => private(&folder.join(format!("{user}.json")), &pair.to_json()),
            Self::Vault(engine) => engine.write(user, pair).await,
            Self::Kubernetes(server, _) => {
                let data = json!({ ID: encode(pair.id.as_bytes()), SECRET: encode(pair.secret.as_bytes()) });
                let name = format!("aws-{user}");
                let object = json!({
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": { "name": name },
                    "type": "Opaque",
                    "data": data,
                });
                let written = server.with(|cluster| cluster.write("ci", &name, object));
                written.map_err(|answer| anyhow!("the cluster answers {answer:?}"))
            }
            Self::Gitlab(server, _) => {
                let Pair { id, secret } = pair;
                let value = format!("[default]\naws_access_key_id={id}\naws_secret_access_key={secret}\n");
                let fields = json!({ "key": VARIABLE, "value": value, "variable_type": "file", "raw": true });
                let written =
                    server.with(|gitlab| gitlab.write("projects", &format!("acme/{user}"), &fields));
                written.map_err(|answer| anyhow!("GitLab answers {answer:?}"))
            }
            Self::GitHub(server) => {
                let (repository, value) = (format!("acme/{user}"), pair.to_json());
                server.with(|hub| hub.write_secret(&repository, "KEYS", &value, None));
                Ok(())
            }
        }
    }

    /// Time passes: a file is dated by the clock of this machine, which nobody can move on.
    pub fn pass(&self, span: Duration) -> Result<()> {
        let Self::File(path) = self else { return Ok(()) };
        age(path, span).with_context(|| format!("no time can pass for {}", path.display()))
    }
}

fn in_file(path: &Path, user: &str) -> Result<Option<Pair>> {
    let current = users(path)?.get(user).and_then(|member| member.get("CURRENT")).cloned();
    Ok(current.and_then(|current| Pair::from_json(&current.to_string())))
}

fn users(path: &Path) -> Result<Map<String, Value>> {
    let Some(text) = text_of(path)? else { return Ok(Map::new()) };
    serde_json::from_str(&text).context("the file is not whole")
}

fn in_profile(path: &Path, user: &str) -> Result<Option<Pair>> {
    Ok(in_ini(&text_of(path)?.unwrap_or_default(), user))
}

fn in_secret(cluster: &Cluster, user: &str) -> Option<Pair> {
    let data = cluster.secret("ci", &format!("aws-{user}"))?.get("data")?;
    let value = |name: &str| String::from_utf8(decode(data.get(name)?.as_str()?)?).ok();
    Some(Pair { id: value(ID)?, secret: value(SECRET)? })
}

fn in_ini(text: &str, profile: &str) -> Option<Pair> {
    let profile = text.split_once(&format!("[{profile}]\n")).map_or("", |(_, rest)| rest);
    let lines = profile.lines().take_while(|line| !line.starts_with('['));
    let values: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let value = |name: &str| values.get(name).map(|value| (*value).to_owned());
    Some(Pair { id: value("aws_access_key_id")?, secret: value("aws_secret_access_key")? })
}

/// `None`: there is no such file.
fn text_of(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn private(path: &Path, text: &str) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::flight;

    fn id(found: Result<Option<Pair>>) -> Option<String> {
        found.unwrap().map(|pair| pair.id)
    }

    #[test]
    fn a_profile_is_read_from_its_own_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        assert_eq!(id(in_profile(&path, "a")), None);
        private(&path, "[a]\naws_access_key_id = A\n[b]\naws_access_key_id=B\naws_secret_access_key=s\n")
            .unwrap();
        assert_eq!(id(in_profile(&path, "a")), None, "half a pair is none");
        assert_eq!(id(in_profile(&path, "b")), Some("B".to_owned()));
    }

    #[test]
    fn what_is_put_there_by_hand_is_what_a_job_gets() {
        let folder = tempfile::tempdir().unwrap();
        let stores = [
            Store::file(folder.path()),
            Store::profile(folder.path()),
            Store::exec(folder.path()).unwrap(),
            Store::kubernetes(folder.path()).unwrap(),
            Store::gitlab().unwrap(),
            Store::github().unwrap(),
        ];
        flight::runtime().unwrap().block_on(async {
            let place = Place::memory(false, Duration::ZERO).await.unwrap();
            for store in stores {
                store.meet("m0-1");
                assert!(store.read(&place, "m0-1").await.unwrap().is_none());
                let pair = Pair { id: "AKIAIOSFODNN7EXAMPLE".into(), secret: "se/cr+et".into() };
                store.write(&place, "m0-1", &pair).await.unwrap();
                let read = store.read(&place, "m0-1").await.unwrap().unwrap();
                assert_eq!((read.id, read.secret), (pair.id, pair.secret));
            }
        });
    }

    #[test]
    fn time_passes_for_each_user_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::file(folder.path());
        let Store::File(path) = &store else { panic!() };
        store.pass(Duration::from_secs(60)).unwrap();
        assert!(!path.exists());
        private(path, r#"{"a":{"rotator":{"written":"2026-11-22T10:00:00Z"}}}"#).unwrap();
        store.pass(Duration::from_secs(3_600)).unwrap();
        assert!(fs::read_to_string(path).unwrap().contains("2026-11-22T09:00:00"));
        let age = fs::metadata(path).unwrap().modified().unwrap().elapsed().unwrap();
        assert!(age >= Duration::from_secs(3_600), "{age:?}");
    }
}
