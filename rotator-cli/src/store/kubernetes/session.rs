//! Calls to one API server, and what its answers mean when they are none that were asked for.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::access::{Access, Token};
use crate::failure::{Class, Failure};
use crate::store::http::{Answer, Lost, Request, Server};

/// An API server, and who one is there.
#[derive(Debug)]
pub(super) struct Session {
    server: Server,
    token: Token,
}

impl Session {
    /// Reads the certificates; nothing is called.
    pub(super) fn new(access: Access, time_limit: Duration) -> Result<Self, String> {
        let Access { address, authorities, identity, token } = access;
        let server = Server::with(&address, time_limit, authorities.as_ref(), identity.as_ref())?;
        Ok(Self { server, token })
    }

    /// Reads.
    pub(super) async fn get(&self, path: &[&str], doing: &str) -> Result<Answer, Failure> {
        let token = self.bearer().map_err(|said| Failure::new(Class::Setup, doing, said))?;
        let answer = self.server.send(request(Method::GET, path, token)).await;
        answer.map_err(|lost| lost.failure(doing))
    }

    /// Writes a document with secrets in it, once, and not after the time that is left.
    pub(super) async fn write(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
        secrets: Vec<SecretString>,
        left: Duration,
    ) -> Result<Answer, Lost> {
        let mut request = request(method, path, self.bearer().map_err(Lost::Unsent)?);
        request.secrets.extend(secrets);
        // By this name the object's managedFields tell who has set its data.
        request.query = Some(("fieldManager", "rotator".to_owned()));
        self.server.send(Request { body: Some(body), left: Some(left), ..request }).await
    }

    fn bearer(&self) -> Result<Option<SecretString>, String> {
        match &self.token {
            Token::None => Ok(None),
            Token::Text(token) => Ok(Some(token.clone())),
            Token::File(file) => read(file).map(Some),
        }
    }
}

fn request<'a>(method: Method, path: &[&'a str], token: Option<SecretString>) -> Request<'a> {
    let path = [&["api", "v1"], path].concat();
    let bearer = |token: &SecretString| SecretString::from(format!("Bearer {}", token.expose_secret()));
    let credential = token.as_ref().map(|token| ("authorization", bearer(token)));
    let secrets = token.into_iter().collect();
    Request { method, path, query: None, headers: Vec::new(), credential, body: None, secrets, left: None }
}

fn read(file: &Path) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    match text.trim() {
        "" => Err(format!("{} is empty", file.display())),
        token => Ok(SecretString::from(token)),
    }
}

/// A word of the `Status` that an API server gives where it gives nothing else (API conventions, "Response
/// Status Kind"). Without one, something in between has answered.
pub(super) fn status<'a>(answer: &'a Answer, pointer: &str) -> Option<&'a str> {
    let is_status = answer.at("/kind").and_then(Value::as_str) == Some("Status")
        && answer.at("/apiVersion").and_then(Value::as_str) == Some("v1");
    if is_status { answer.at(pointer)?.as_str() } else { None }
}

/// An answer that is a failure, whatever was asked. `right` is what the call needs.
pub(super) fn failure(answer: &Answer, right: &'static str, doing: &str) -> Failure {
    let code = answer.status.as_u16();
    if answer.status.is_redirection() {
        let to = answer.elsewhere.as_deref().unwrap_or("another server");
        let said = format!("we are sent to {to}, where the token is not taken; name the API server itself");
        return Failure::new(Class::Setup, doing, said);
    }
    let Some(words) = status(answer, "/status").filter(|word| *word == "Failure").map(|_| words(answer))
    else {
        let said = format!("the answer is none that a Kubernetes API server would give (HTTP {code})");
        return Failure::new(Class::Garbled, doing, said);
    };
    let class = match code {
        401 => {
            Class::Token("the token or certificate that the cluster was shown (kubeconfig, service account)")
        }
        // Quotas and admission forbid as well; only RBAC says who cannot do what.
        403 if words.contains(" cannot ") => Class::Denied(right),
        409 => Class::Conflict,
        429 => Class::Throttled,
        408 | 500.. => Class::Unanswered,
        _ => Class::Rejected,
    };
    Failure::new(class, doing, format!("{words} (HTTP {code})"))
}

fn words(answer: &Answer) -> String {
    let words =
        status(answer, "/message").or_else(|| status(answer, "/reason")).unwrap_or("no reason is given");
    answer.quote(words)
}
