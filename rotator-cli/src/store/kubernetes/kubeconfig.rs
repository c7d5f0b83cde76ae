//! A kubeconfig: which API server a context means, whom that is believed by, and who one is there
//! (Kubernetes, "Organizing Cluster Access Using kubeconfig Files", and kubeconfig (v1)).
//!
//! What is not done here is refused, and not left out: to leave it out would be to go elsewhere, or as
//! somebody else.

use std::path::{Path, PathBuf};

use aws_smithy_types::base64;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::access::{Access, Token};
use crate::store::http::Authorities;

/// `kubectl proxy` does all that is refused here.
const BY_PROXY: &str = "run `kubectl proxy`, and name a kubeconfig whose server is http://127.0.0.1:8001";

/// Reads the file and takes the context from it; without a name, the only one that is there.
///
/// # Errors
/// A sentence. It quotes nothing out of the file but names, since any of it may be a secret.
pub(super) fn read(file: &Path, context: Option<&str>) -> Result<Access, String> {
    let wrong = |said: String| format!("the kubeconfig {}: {said}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    access(&text, folder, context).map_err(wrong)
}

/// `kubectl config` writes a list without members as `null`.
#[derive(Deserialize)]
struct Kubeconfig {
    contexts: Option<Vec<NamedContext>>,
    clusters: Option<Vec<NamedCluster>>,
    users: Option<Vec<NamedUser>>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    cluster: String,
    /// Of nobody it is written as left out, and by `kubectl config` as empty.
    user: Option<String>,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Cluster {
    server: String,
    certificate_authority: Option<PathBuf>,
    certificate_authority_data: Option<String>,
    #[serde(default)]
    insecure_skip_tls_verify: bool,
    tls_server_name: Option<String>,
    proxy_url: Option<String>,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    #[serde(default)]
    user: Identity,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
struct Identity {
    token: Option<String>,
    #[serde(rename = "tokenFile")]
    token_file: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_certificate_data: Option<String>,
    client_key: Option<PathBuf>,
    client_key_data: Option<String>,
    exec: Option<IgnoredAny>,
    auth_provider: Option<IgnoredAny>,
    username: Option<IgnoredAny>,
    #[serde(rename = "as")]
    impersonated: Option<IgnoredAny>,
}

fn access(text: &str, folder: &Path, context: Option<&str>) -> Result<Access, String> {
    let file: Kubeconfig = yaml_serde::from_str(text).map_err(|error| {
        // The parser's own words may quote a value.
        let line = error.location().map(|at| format!(" (line {})", at.line())).unwrap_or_default();
        format!("it is none, or cannot be read as YAML{line}")
    })?;
    let contexts = file.contexts.unwrap_or_default();
    let names: Vec<&str> = contexts.iter().map(|context| context.name.as_str()).collect();
    let named = match (context, contexts.as_slice()) {
        (Some(name), contexts) => contexts.iter().find(|context| context.name == name),
        (None, [only]) => Some(only),
        (None, []) => return Err("it has no context".to_owned()),
        // `current-context` is whatever somebody has used last.
        (None, _) => {
            return Err(format!("it has more than one context; name one, `context=…`: {}", names.join(", ")));
        }
    };
    let Some(NamedContext { context, .. }) = named else {
        return Err(format!("it has no such context; it has {}", names.join(", ")));
    };
    let cluster = file.clusters.into_iter().flatten().find(|cluster| cluster.name == context.cluster);
    let cluster = cluster.ok_or_else(|| format!("it has no cluster `{}`", context.cluster))?;
    let user = match context.user.as_deref().filter(|name| !name.is_empty()) {
        None => NamedUser { name: String::new(), user: Identity::default() },
        Some(name) => {
            let user = file.users.into_iter().flatten().find(|user| user.name == name);
            user.ok_or_else(|| format!("it has no user `{name}`"))?
        }
    };
    refuse(&cluster, &user)?;
    let Cluster { server, certificate_authority, certificate_authority_data, .. } = cluster.cluster;
    let authorities = pem(
        &format!("certificate-authority of the cluster `{}`", cluster.name),
        certificate_authority_data.as_deref(),
        certificate_authority.as_deref(),
        folder,
    )?;
    let Identity { token, token_file, .. } = &user.user;
    let token = match (token_file, token) {
        (Some(file), _) => Token::File(folder.join(file)),
        (None, Some(token)) => Token::Text(SecretString::from(token.as_str())),
        (None, None) => Token::None,
    };
    Ok(Access { address: server, authorities, identity: certificate(&user, folder)?, token })
}

/// What would change where one goes, or as whom.
fn refuse(cluster: &NamedCluster, user: &NamedUser) -> Result<(), String> {
    let Cluster { insecure_skip_tls_verify, tls_server_name, proxy_url, .. } = &cluster.cluster;
    let Identity { exec, auth_provider, username, impersonated, .. } = &user.user;
    if *insecure_skip_tls_verify {
        return Err(format!(
            "the cluster `{}` has `insecure-skip-tls-verify`, and certificates are always verified here; name its \
             authority (`certificate-authority-data`)",
            cluster.name
        ));
    }
    let in_cluster = [("tls-server-name", tls_server_name.is_some()), ("proxy-url", proxy_url.is_some())];
    if let Some((field, _)) = in_cluster.iter().find(|(_, given)| *given) {
        return Err(format!(
            "the cluster `{}` has `{field}`, which is not done here; {BY_PROXY}",
            cluster.name
        ));
    }
    let in_user = [
        ("exec", exec.is_some()),
        ("auth-provider", auth_provider.is_some()),
        ("username", username.is_some()),
        ("as", impersonated.is_some()),
    ];
    match in_user.iter().find(|(_, given)| *given) {
        Some((field, _)) => {
            Err(format!("the user `{}` has `{field}`, which is not done here; {BY_PROXY}", user.name))
        }
        None => Ok(()),
    }
}

/// The client's certificate with its private key.
fn certificate(user: &NamedUser, folder: &Path) -> Result<Option<SecretString>, String> {
    let Identity { client_certificate, client_certificate_data, client_key, client_key_data, .. } =
        &user.user;
    let part = |field: &str, data: &Option<String>, file: &Option<PathBuf>| {
        pem(&format!("{field} of the user `{}`", user.name), data.as_deref(), file.as_deref(), folder)
    };
    let certificate = part("client-certificate", client_certificate_data, client_certificate)?;
    let key = part("client-key", client_key_data, client_key)?;
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            let whole = [certificate.pem, b"\n".to_vec(), key.pem].concat();
            let whole = String::from_utf8(whole).map_err(|_| "the client's certificate is not PEM")?;
            Ok(Some(SecretString::from(whole)))
        }
        (Some(_), None) | (None, Some(_)) => {
            Err(format!("the user `{}` has a client certificate or its key, but not both", user.name))
        }
    }
}

/// PEM that is written in the kubeconfig, or in a file beside it. What is written there comes first.
fn pem(
    name: &str,
    data: Option<&str>,
    file: Option<&Path>,
    folder: &Path,
) -> Result<Option<Authorities>, String> {
    let (name, pem) = match (data, file) {
        (Some(data), _) => {
            let pem = base64::decode(data.trim()).map_err(|_| format!("the {name} is not base64"))?;
            (format!("the {name}"), pem)
        }
        (None, Some(file)) => {
            let file = folder.join(file);
            let pem = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            (format!("the {name}, {}", file.display()), pem)
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Authorities { name, pem }))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const WHOLE: &str = "
apiVersion: v1
kind: Config
current-context: prod
preferences: {}
contexts:
- {name: prod, context: {cluster: one, user: robot, namespace: ci}}
- {name: dev, context: {cluster: two, user: person}}
- {name: plain, context: {cluster: proxied}}
clusters:
- {name: one, cluster: {server: 'https://10.0.0.1:6443', certificate-authority-data: UEVN}}
- {name: two, cluster: {server: 'https://dev.example.com', certificate-authority: ca.pem}}
- {name: proxied, cluster: {server: 'http://127.0.0.1:8001'}}
users:
- {name: robot, user: {token: S3CR3T-1, tokenFile: token}}
- {name: person, user: {token: S3CR3T-2, client-certificate-data: Q0VSVA==, client-key-data: S0VZ}}
";

    fn reads(text: &str, context: Option<&str>) -> Result<Access, String> {
        access(text, Path::new("/home/me/.kube"), context)
    }

    fn why(text: &str, context: Option<&str>) -> String {
        let said = reads(text, context).map(drop).unwrap_err();
        assert!(!said.contains("S3CR3T"), "{said}");
        said
    }

    #[test]
    fn a_context_is_an_address_its_authority_and_who_one_is() {
        let prod = reads(WHOLE, Some("prod")).unwrap();
        assert_eq!(prod.address, "https://10.0.0.1:6443");
        assert_eq!(prod.authorities.unwrap().pem, b"PEM");
        // Relative to the kubeconfig, and before the token that is written there.
        assert!(matches!(&prod.token, Token::File(file) if file == Path::new("/home/me/.kube/token")));
        let plain = reads(WHOLE, Some("plain")).unwrap();
        assert!(
            matches!(plain.token, Token::None) && plain.authorities.is_none() && plain.identity.is_none()
        );
        let text = WHOLE.replace("certificate-authority: ca.pem", "certificate-authority-data: UEVN");
        let dev = reads(&text, Some("dev")).unwrap();
        assert_eq!(dev.identity.unwrap().expose_secret(), "CERT\nKEY");
        assert!(matches!(&dev.token, Token::Text(token) if token.expose_secret() == "S3CR3T-2"));
    }

    /// As `kubectl config` 1.37 writes it for a proxy, to which one is nobody.
    #[test]
    fn what_is_empty_is_absent() {
        let text = "apiVersion: v1\nclusters:\n- cluster:\n    server: http://127.0.0.1:8001\n  name: proxy\n\
                    contexts:\n- context:\n    cluster: proxy\n    user: \"\"\n  name: proxy\n\
                    current-context: \"\"\nkind: Config\nusers: null\n";
        let proxy = reads(text, None).unwrap();
        assert_eq!(proxy.address, "http://127.0.0.1:8001");
        assert!(matches!(proxy.token, Token::None) && proxy.identity.is_none());
        assert_eq!(why("clusters: null\ncontexts: null", None), "it has no context");
    }

    #[test]
    fn of_several_contexts_one_is_named() {
        let said = why(WHOLE, None);
        assert!(said.contains("name one") && said.contains("prod, dev, plain"), "{said}");
        assert!(why(WHOLE, Some("test")).contains("no such context"));
        let dev = "- {name: dev, context: {cluster: two, user: person}}\n";
        let plain = "- {name: plain, context: {cluster: proxied}}\n";
        let one = WHOLE.replace(dev, "").replace(plain, "");
        assert_eq!(reads(&one, None).unwrap().address, "https://10.0.0.1:6443");
        assert!(why(&WHOLE.replace("name: one,", "name: three,"), Some("prod")).contains("no cluster `one`"));
        assert!(why(&WHOLE.replace("name: robot", "name: other"), Some("prod")).contains("no user `robot`"));
    }

    #[test]
    fn what_is_not_done_is_refused_with_what_to_do() {
        let robot = "token: S3CR3T-1, tokenFile: token";
        for other in [
            "exec: {command: aws, args: [S3CR3T]}",
            "auth-provider: {name: gcp}",
            "username: me, password: S3CR3T",
            "token: S3CR3T, as: admin",
        ] {
            let said = why(&WHOLE.replace(robot, other), Some("prod"));
            assert!(said.contains("kubectl proxy"), "{said}");
        }
        let ca = "certificate-authority-data: UEVN";
        for (other, word) in [
            ("insecure-skip-tls-verify: true", "always verified"),
            ("tls-server-name: x", "kubectl proxy"),
            ("proxy-url: 'http://me:S3CR3T@x'", "kubectl proxy"),
        ] {
            assert!(why(&WHOLE.replace(ca, other), Some("prod")).contains(word), "{other}");
        }
        assert!(why(&WHOLE.replace(ca, "certificate-authority-data: '%'"), Some("prod")).contains("base64"));
        let half = why(&WHOLE.replace(robot, "client-certificate-data: Q0VSVA=="), Some("prod"));
        assert!(half.contains("not both"), "{half}");
    }

    #[test]
    fn something_else_is_not_quoted() {
        for text in ["S3CR3T", "users: S3CR3T", "contexts: [{name: S3CR3T}]", "a: [S3CR3T", "\u{0}S3CR3T"] {
            why(text, None);
        }
        assert!(why("apiVersion: v1", None).contains("no context"));
    }
}
