//! A store named on the command line: `KIND:PLACE`.

use std::str::FromStr;

use crate::ses::Extras;
use crate::store::{exec, file, github, gitlab, kubernetes, profile, secretsmanager, ssm, vault};

/// Which store, and where in it. Every place may hold `{user}`, `{path}` and `{account}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A JSON file that holds CURRENT and LAST of each user.
    File(file::Place),
    /// A profile of the AWS shared credentials file.
    Profile(profile::Place),
    /// Any command.
    Exec(exec::Place),
    /// AWS Secrets Manager, one secret for each user.
    SecretsManager(secretsmanager::Place),
    /// AWS Systems Manager Parameter Store, one SecureString for each user.
    ParameterStore(ssm::Place),
    /// HashiCorp Vault or OpenBao, one path for each user.
    Vault(Box<vault::Config>),
    /// GitLab CI/CD variables of a project or a group.
    Gitlab(Box<gitlab::Config>),
    /// Kubernetes, one Secret for each user.
    Kubernetes(Box<kubernetes::Config>),
    /// Secrets of GitHub Actions.
    GitHub(Box<github::Config>),
}

/// What a person may write, in the order of the documents.
pub const KINDS: [&str; 9] = [
    "file:PATH",
    "file+aws:PATH#PROFILE",
    "exec:COMMAND",
    "secretsmanager:NAME",
    "ssm:NAME",
    "vault:MOUNT/PATH",
    "github:OWNER/REPO",
    "gitlab:projects/PATH",
    "kubernetes:NAMESPACE/NAME",
];

impl StoreUrl {
    /// Whether the store holds the slots itself.
    #[must_use]
    pub fn is_document(&self) -> bool {
        match self {
            Self::File(_) | Self::SecretsManager(_) => true,
            Self::Profile(_)
            | Self::Exec(_)
            | Self::ParameterStore(_)
            | Self::Vault(_)
            | Self::Gitlab(_)
            | Self::Kubernetes(_)
            | Self::GitHub(_) => false,
        }
    }

    /// The same with more beside each pair.
    ///
    /// # Errors
    /// A sentence for the command line: the store has no place for it, or two things have one name.
    pub fn with(self, extras: Extras) -> Result<Self, String> {
        match self {
            _ if extras.is_empty() => Ok(self),
            Self::SecretsManager(place) => place.with(extras).map(Self::SecretsManager),
            Self::ParameterStore(place) => place.with(extras).map(Self::ParameterStore),
            Self::GitHub(config) => config.with(extras).map(|config| Self::GitHub(Box::new(config))),
            Self::File(place) => place.with(extras).map(Self::File),
            Self::Exec(place) => Ok(Self::Exec(exec::Place { extras, ..place })),
            Self::Vault(config) => config.with(extras).map(|config| Self::Vault(Box::new(config))),
            Self::Profile(_) | Self::Gitlab(_) | Self::Kubernetes(_) => {
                Err("--with has a place where a pair is JSON, not in a profile, a variable of GitLab or a \
                     Kubernetes Secret"
                    .to_owned())
            }
        }
    }
}

impl FromStr for StoreUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", place)) => file::parse(place).map(Self::File),
            Some(("file+aws", place)) => profile::parse(place).map(Self::Profile),
            Some(("exec", command)) => exec::parse(command)
                .map(|command| Self::Exec(exec::Place { command, extras: Extras::default() })),
            Some(("secretsmanager", place)) => place.parse().map(Self::SecretsManager),
            Some(("ssm", place)) => place.parse().map(Self::ParameterStore),
            Some(("vault", place)) => vault::parse(place).map(|config| Self::Vault(Box::new(config))),
            Some(("gitlab", place)) => gitlab::parse(place).map(|config| Self::Gitlab(Box::new(config))),
            Some(("kubernetes", place)) => {
                kubernetes::parse(place).map(|config| Self::Kubernetes(Box::new(config)))
            }
            Some(("github", place)) => github::parse(place).map(|config| Self::GitHub(Box::new(config))),
            Some(_) | None => {
                Err(format!("`{text}` is no store that is known; there are {}", KINDS.join(", ")))
            }
        }
    }
}
