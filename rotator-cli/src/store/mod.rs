//! Where pairs go: handed over to a pipeline, or written into a store that jobs read.

pub mod handover;
pub mod secretsmanager;

use std::str::FromStr;

/// A store named on the command line: `secretsmanager:NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// AWS Secrets Manager, one secret for each user; the name may hold `{user}`, `{path}`, `{account}`.
    SecretsManager(String),
}

impl FromStr for StoreUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("secretsmanager", name)) if !name.is_empty() => Ok(Self::SecretsManager(name.to_owned())),
            Some(("secretsmanager", _)) => {
                Err("name the secret, for example 'secretsmanager:ci/{user}'".to_owned())
            }
            Some(_) | None => {
                Err(format!("`{text}` is no store that is known; known is 'secretsmanager:NAME'"))
            }
        }
    }
}
