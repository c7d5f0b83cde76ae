//! How a token is come by: given, or by a login with what this place is trusted for.

use std::path::Path;

use aws_config::SdkConfig;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::aws_login;
use super::config::{Auth, Surroundings};
use crate::failure::{Class, Failure};

/// What is sent to log in.
pub(super) struct Login<'a> {
    /// Where the method is mounted, below `auth/`.
    pub(super) mount: &'a str,
    /// The document to send.
    pub(super) body: Value,
    /// What in it is a secret.
    pub(super) secret: SecretString,
}

/// What it takes to have a token.
pub(super) enum Step<'a> {
    Given(SecretString),
    Login(Login<'a>),
}

/// Reads what there is now: files are read anew for each login, since they are renewed by others.
pub(super) async fn step<'a>(
    auth: &'a Auth,
    around: &Surroundings,
    aws: &SdkConfig,
) -> Result<Step<'a>, Failure> {
    match auth {
        Auth::Token => given(around).map(Step::Given),
        Auth::AppRole { mount, role_id, secret_id_file } => {
            let secret = secret_id(secret_id_file.as_deref(), around)?;
            let body = json!({ "role_id": role_id, "secret_id": secret.expose_secret() });
            Ok(Step::Login(Login { mount, body, secret }))
        }
        Auth::Kubernetes { mount, role, token_file } => {
            let secret = read(token_file)?;
            let body = json!({ "role": role, "jwt": secret.expose_secret() });
            Ok(Step::Login(Login { mount, body, secret }))
        }
        Auth::Aws { mount, role, server_id, sts_region } => {
            let signed = aws_login::sign(aws, server_id.as_deref(), sts_region.as_deref()).await?;
            let mut body = signed.body;
            if let (Some(role), Some(fields)) = (role, body.as_object_mut()) {
                fields.insert("role".to_owned(), json!(role));
            }
            Ok(Step::Login(Login { mount, body, secret: signed.secret }))
        }
    }
}

/// In the order of Vault's own command: the variable, then the file.
fn given(around: &Surroundings) -> Result<SecretString, Failure> {
    if let Some(token) = around.get("VAULT_TOKEN") {
        return Ok(SecretString::from(token));
    }
    match around.token_file() {
        Some(file) if file.exists() => read(&file),
        Some(_) | None => Err(none("there is no token, neither in VAULT_TOKEN nor in ~/.vault-token")),
    }
}

fn secret_id(file: Option<&Path>, around: &Surroundings) -> Result<SecretString, Failure> {
    match (file, around.get("VAULT_SECRET_ID")) {
        (Some(file), _) => read(file),
        (None, Some(secret)) => Ok(SecretString::from(secret)),
        (None, None) => {
            Err(none("there is no secret id; name its file (`secret-id-file=…`) or set VAULT_SECRET_ID"))
        }
    }
}

fn read(file: &Path) -> Result<SecretString, Failure> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| none(&format!("{}: {error}", file.display())))?;
    match text.trim() {
        "" => Err(none(&format!("{} is empty", file.display()))),
        secret => Ok(SecretString::from(secret)),
    }
}

fn none(said: &str) -> Failure {
    Failure::new(Class::Setup, "log in to Vault", said)
}
