//! Where the API server is, whom that is believed by, and who one is there.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::config::Config;
use super::kubeconfig;
use crate::store::http::Authorities;

/// Where pods have their service account ("Accessing the Kubernetes API from a Pod").
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// An API server, and who one is there.
pub(super) struct Access {
    pub(super) address: String,
    pub(super) authorities: Option<Authorities>,
    /// A client's certificate with its key.
    pub(super) identity: Option<SecretString>,
    pub(super) token: Token,
}

/// How the bearer token is come by.
#[derive(Debug, Clone)]
pub(super) enum Token {
    /// There is none: a client's certificate, or a proxy that adds what it takes.
    None,
    Text(SecretString),
    /// Read anew for each request, since others renew it.
    File(PathBuf),
}

/// What around this process says where the cluster is.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// KUBERNETES_SERVICE_HOST.
    pub host: Option<String>,
    /// KUBERNETES_SERVICE_PORT.
    pub port: Option<String>,
    /// KUBECONFIG.
    pub kubeconfig: Option<String>,
    /// Where `.kube/config` is.
    pub home: Option<PathBuf>,
    /// Where the service account's files are.
    pub service_account: PathBuf,
}

impl Surroundings {
    /// This process's.
    #[must_use]
    pub fn of_this_process() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self {
            host: variable("KUBERNETES_SERVICE_HOST"),
            port: variable("KUBERNETES_SERVICE_PORT"),
            kubeconfig: variable("KUBECONFIG"),
            home: std::env::home_dir(),
            service_account: PathBuf::from(SERVICE_ACCOUNT),
        }
    }

    /// In kubectl's order: a kubeconfig that is named, the one at home, the pod's service account.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn access(&self, config: &Config) -> Result<Access, String> {
        let context = config.context.as_deref();
        if let Some(file) = self.named(config)? {
            return kubeconfig::read(&file, context);
        }
        let at_home = self.home.as_deref().map(|home| Path::join(home, ".kube/config"));
        match (at_home.filter(|file| file.exists()), &self.host) {
            (Some(file), _) => kubeconfig::read(&file, context),
            (None, _) if context.is_some() => {
                Err("there is no kubeconfig for `context=…` to be in".to_owned())
            }
            (None, Some(host)) => self.in_cluster(host),
            (None, None) => {
                Err("there is neither a kubeconfig (`kubeconfig=…`, KUBECONFIG, ~/.kube/config) nor a \
                                 pod's service account"
                    .to_owned())
            }
        }
    }

    fn named(&self, config: &Config) -> Result<Option<PathBuf>, String> {
        if let Some(file) = &config.kubeconfig {
            return Ok(Some(file.clone()));
        }
        let files = self.kubeconfig.iter().flat_map(std::env::split_paths);
        let mut files = files.filter(|file| !file.as_os_str().is_empty());
        match (files.next(), files.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err("KUBECONFIG names several files, which are not merged here; name one: \
                                 `kubeconfig=…`"
                .to_owned()),
        }
    }

    fn in_cluster(&self, host: &str) -> Result<Access, String> {
        let file = self.service_account.join("ca.crt");
        let name = format!("the cluster's authority {}", file.display());
        let pem = std::fs::read(&file).map_err(|error| format!("{name}: {error}"))?;
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        Ok(Access {
            address: format!("https://{host}:{}", self.port.as_deref().unwrap_or("443")),
            authorities: Some(Authorities { name, pem }),
            identity: None,
            token: Token::File(self.service_account.join("token")),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::kubernetes::parse;

    const PROXIED: &str = "contexts: [{name: c, context: {cluster: c}}]\n\
        clusters: [{name: c, cluster: {server: 'http://127.0.0.1:PORT'}}]\n";

    #[test]
    fn a_kubeconfig_comes_before_the_pod_and_a_named_one_before_all() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, port: &str| {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, PROXIED.replace("PORT", port)).unwrap();
            file.display().to_string()
        };
        fs::write(folder.path().join("ca.crt"), "PEM").unwrap();
        let mut around =
            Surroundings { service_account: folder.path().to_owned(), ..Surroundings::default() };
        let plain = parse("ci/x").unwrap();
        let at = |around: &Surroundings, config: &Config| around.access(config).map(|access| access.address);
        assert!(at(&around, &plain).is_err());

        around.host = Some("fd00::1".to_owned());
        assert_eq!(at(&around, &plain).unwrap(), "https://[fd00::1]:443");
        (around.host, around.port) = (Some("10.96.0.1".to_owned()), Some("6443".to_owned()));
        let access = around.access(&plain).unwrap();
        assert_eq!((access.address.as_str(), access.identity.is_none()), ("https://10.96.0.1:6443", true));
        assert!(matches!(&access.token, Token::File(file) if file.ends_with("token")));
        assert!(at(&around, &parse("ci/x?context=c").unwrap()).is_err());

        write(".kube/config", "1");
        around.home = Some(folder.path().to_owned());
        assert_eq!(at(&around, &plain).unwrap(), "http://127.0.0.1:1");
        assert_eq!(at(&around, &parse("ci/x?context=c").unwrap()).unwrap(), "http://127.0.0.1:1");

        let two = write("two", "2");
        around.kubeconfig = Some(format!(":{two}:"));
        assert_eq!(at(&around, &plain).unwrap(), "http://127.0.0.1:2");
        around.kubeconfig = Some(format!("{two}:{two}"));
        assert!(at(&around, &plain).unwrap_err().contains("several files"));
        let three = parse(&format!("ci/x?kubeconfig={}", write("three", "3"))).unwrap();
        assert_eq!(at(&around, &three).unwrap(), "http://127.0.0.1:3");
        let none = parse("ci/x?kubeconfig=/nowhere/config").unwrap();
        assert!(
            at(&around, &none).unwrap_err().contains("/nowhere/config"),
            "none is not looked for elsewhere"
        );
    }
}
