//! What stands after `vault:`, and what of the environment belongs to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::ses::Extras;
use crate::store::options::{Fields, Options};
use crate::store::value::Shape;

const KNOWN: &[&str] = &[
    "id-field",
    "secret-field",
    "version",
    "addr",
    "ca-file",
    "namespace",
    "auth",
    "auth-mount",
    "role",
    "role-id",
    "secret-id-file",
    "token-file",
    "server-id",
    "sts-region",
];

/// A store named `vault:MOUNT/PATH?…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Mount and path, with `{user}`, `{path}` and `{account}`.
    pub place: String,
    /// The names of the pair's two fields.
    pub fields: Fields,
    /// What stands beside them.
    pub extras: Extras,
    /// The engine's version, if it is said and not asked for.
    pub version: Option<Version>,
    /// The server; without it, VAULT_ADDR.
    pub address: Option<String>,
    /// The only authorities that are believed.
    pub ca_file: Option<PathBuf>,
    /// The namespace.
    pub namespace: Option<String>,
    /// How the token is come by.
    pub auth: Auth,
}

impl Config {
    /// The same with more beside each pair.
    ///
    /// # Errors
    /// A sentence for the command line: two things have one name.
    pub fn with(self, extras: Extras) -> Result<Self, String> {
        Shape::new(self.fields.clone(), extras.clone())?;
        Ok(Self { extras, ..self })
    }
}

/// Of the key/value engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// It holds one map in each place, and the last writer wins.
    One,
    /// It keeps versions, and refuses a write over one that was not seen.
    Two,
}

/// How the token is come by. None of it is a secret: those are in files or in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// VAULT_TOKEN, or the file that `vault login` writes.
    Token,
    /// A role's id, and its secret id from a file or VAULT_SECRET_ID.
    AppRole {
        /// Where the method is mounted.
        mount: String,
        /// The role's id.
        role_id: String,
        /// The file with the secret id.
        secret_id_file: Option<PathBuf>,
    },
    /// A pod's service account.
    Kubernetes {
        /// Where the method is mounted.
        mount: String,
        /// The role.
        role: String,
        /// The file with the service account's token.
        token_file: PathBuf,
    },
    /// The AWS identity that runs this.
    Aws {
        /// Where the method is mounted.
        mount: String,
        /// The role; without it, the identity's own name.
        role: Option<String>,
        /// `iam_server_id_header_value` of the method's configuration.
        server_id: Option<String>,
        /// The region of the token service that Vault is configured to ask.
        sts_region: Option<String>,
    },
}

/// The options that a way to log in takes.
const TOKEN: &[&str] = &[];
const APPROLE: &[&str] = &["auth-mount", "role-id", "secret-id-file"];
const KUBERNETES: &[&str] = &["auth-mount", "role", "token-file"];
const AWS: &[&str] = &["auth-mount", "role", "server-id", "sts-region"];

const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// Reads what stands after `vault:`.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(text: &str) -> Result<Config, String> {
    let options = Options::parse(text, KNOWN)?;
    let place = options.place.trim_matches('/').to_owned();
    match place.split_once('/') {
        Some((mount, _)) if !mount.contains('{') => {}
        Some(_) => return Err("the mount cannot depend on the user: 'vault:MOUNT/{user}'".to_owned()),
        None => return Err("name the mount and the path, for example 'vault:secret/ci/{user}'".to_owned()),
    }
    let version = match options.get("version") {
        None => None,
        Some("1") => Some(Version::One),
        Some("2") => Some(Version::Two),
        Some(other) => return Err(format!("`version={other}`: the engine's version is 1 or 2")),
    };
    Ok(Config {
        place,
        fields: options.fields()?,
        extras: Extras::default(),
        version,
        address: options.get("addr").map(str::to_owned),
        ca_file: options.get("ca-file").map(PathBuf::from),
        namespace: options.get("namespace").map(|name| name.trim_matches('/').to_owned()),
        auth: auth(&options)?,
    })
}

fn auth(options: &Options) -> Result<Auth, String> {
    let name = options.get("auth").unwrap_or("token");
    let taken = match name {
        "token" => TOKEN,
        "approle" => APPROLE,
        "kubernetes" => KUBERNETES,
        "aws" => AWS,
        _ => return Err(format!("`auth={name}` is not known; known are token, approle, kubernetes and aws")),
    };
    for option in [APPROLE, KUBERNETES, AWS].concat() {
        if options.get(option).is_some() && !taken.contains(&option) {
            return Err(format!("`{option}` is no option of `auth={name}`"));
        }
    }
    let needed = |option| {
        options.get(option).map(str::to_owned).ok_or_else(|| format!("`auth={name}` needs `{option}=…`"))
    };
    let mount = options.get("auth-mount").unwrap_or(name).trim_matches('/').to_owned();
    Ok(match name {
        "approle" => Auth::AppRole {
            mount,
            role_id: needed("role-id")?,
            secret_id_file: options.get("secret-id-file").map(PathBuf::from),
        },
        "kubernetes" => Auth::Kubernetes {
            mount,
            role: needed("role")?,
            token_file: options.get("token-file").unwrap_or(SERVICE_ACCOUNT).into(),
        },
        "aws" => Auth::Aws {
            mount,
            role: options.get("role").map(str::to_owned),
            server_id: options.get("server-id").map(str::to_owned),
            sts_region: options.get("sts-region").map(str::to_owned),
        },
        _ => Auth::Token,
    })
}

/// What the environment says to Vault's own command.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Its variables; only those of Vault are looked at.
    pub variables: BTreeMap<String, String>,
    /// Where `.vault-token` is.
    pub home: Option<PathBuf>,
}

impl std::fmt::Debug for Surroundings {
    // Tokens are among the variables.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("home", &self.home).finish_non_exhaustive()
    }
}

impl Surroundings {
    /// This process's.
    #[must_use]
    pub fn of_this_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let variables = std::env::vars_os().filter_map(text);
        Self {
            variables: variables.filter(|(name, _)| name.starts_with("VAULT_")).collect(),
            home: std::env::home_dir(),
        }
    }

    /// A variable that is set to something.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Where `vault login` keeps its token.
    #[must_use]
    pub fn token_file(&self) -> Option<PathBuf> {
        self.home.as_deref().map(|home| Path::join(home, ".vault-token"))
    }

    /// Refuses what would change to whom secrets go without standing on the command line, and what is
    /// not done here at all. A variable that is left over from another server is too easily overlooked.
    ///
    /// # Errors
    /// A sentence.
    pub fn agree(&self, config: &Config) -> Result<(), String> {
        if self.get("VAULT_SKIP_VERIFY").is_some_and(|value| !matches!(value, "0" | "f" | "false" | "FALSE"))
        {
            return Err("VAULT_SKIP_VERIFY is set, and certificates are always verified here; unset it, and name the \
                        authority: `ca-file=…`"
                .to_owned());
        }
        let named = [
            ("VAULT_NAMESPACE", "namespace", config.namespace.is_some()),
            ("VAULT_CACERT", "ca-file", config.ca_file.is_some()),
        ];
        for (variable, option, given) in named {
            if self.get(variable).is_some() && !given {
                return Err(format!(
                    "{variable} is set, and it is not read here; name it in the store (`{option}=…`), or unset it"
                ));
            }
        }
        for variable in NOT_DONE {
            if self.get(variable).is_some() {
                return Err(format!("{variable} is set, and it is not read here; unset it"));
            }
        }
        Ok(())
    }
}

/// They change where Vault's own command goes, or as whom.
const NOT_DONE: [&str; 9] = [
    "VAULT_AGENT_ADDR",
    "VAULT_CACERT_BYTES",
    "VAULT_CAPATH",
    "VAULT_CLIENT_CERT",
    "VAULT_CLIENT_KEY",
    "VAULT_HTTP_PROXY",
    "VAULT_PROXY_ADDR",
    "VAULT_TLS_SERVER_NAME",
    "VAULT_WRAP_TTL",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_its_options() {
        let plain = parse("secret/ci/{user}").unwrap();
        assert_eq!(
            (plain.place.as_str(), plain.version, plain.auth),
            ("secret/ci/{user}", None, Auth::Token)
        );
        let full = "kv/{account}/{user}?version=1&namespace=team/&ca-file=/ca.pem&auth=approle&role-id=r&auth-mount=ci/";
        let full = parse(full).unwrap();
        assert_eq!((full.version, full.namespace.as_deref()), (Some(Version::One), Some("team")));
        let auth = Auth::AppRole { mount: "ci".into(), role_id: "r".into(), secret_id_file: None };
        assert_eq!(full.auth, auth);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for text in [
            "",
            "secret",
            "{user}/x",
            "secret/x?version=3",
            "secret/x?auth=ldap",
            "secret/x?auth=approle",
            "secret/x?role=ci",
            "secret/x?auth=aws&role-id=r",
            "secret/x?token=s.1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_environment_changes_nothing_by_itself() {
        let config = parse("secret/x?namespace=a").unwrap();
        let with = |name: &str, value: &str| Surroundings {
            variables: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            home: None,
        };
        for (name, value) in [("VAULT_SKIP_VERIFY", "1"), ("VAULT_CACERT", "/x"), ("VAULT_CAPATH", "/x")] {
            let said = with(name, value).agree(&config).unwrap_err();
            assert!(said.contains(name), "{said}");
        }
        for (name, value) in
            [("VAULT_NAMESPACE", "b"), ("VAULT_SKIP_VERIFY", "false"), ("VAULT_TOKEN", "s.1")]
        {
            assert_eq!(with(name, value).agree(&config), Ok(()), "{name}");
        }
        let shown = format!("{:?}", with("VAULT_TOKEN", "s.se-cret"));
        assert!(!shown.contains("se-cret"), "{shown}");
    }
}
