//! Calls to one Vault with one token, which is come by once and again when it no longer works.

use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::Mutex;

use super::auth::{Login, Step, step};
use super::config::{Auth, Surroundings};
use crate::failure::{Class, Failure};
use crate::store::http::{Answer, Lost, Request, Server};

/// A Vault, and who one is there.
#[derive(Debug)]
pub(super) struct Session {
    server: Server,
    namespace: Option<String>,
    auth: Auth,
    around: Surroundings,
    aws: SdkConfig,
    held: Mutex<Held>,
}

#[derive(Debug, Clone)]
struct Held {
    token: SecretString,
    /// How many there were before.
    count: u32,
}

impl Session {
    /// Comes by the first token.
    pub(super) async fn begin(
        server: Server,
        namespace: Option<String>,
        auth: Auth,
        around: Surroundings,
        aws: &SdkConfig,
    ) -> Result<Self, Failure> {
        let nothing = Mutex::new(Held { token: SecretString::from(""), count: 0 });
        let session = Self { server, namespace, auth, around, aws: aws.clone(), held: nothing };
        let first = Held { token: session.token().await?, count: 0 };
        *session.held.lock().await = first;
        Ok(session)
    }

    /// Reads. A token that no longer works is replaced once, where that can be done here; so a write, which
    /// is never sent twice, is made right after a read.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: Option<(&'static str, String)>,
        doing: &str,
    ) -> Result<Answer, Failure> {
        let held = self.held.lock().await.clone();
        let request =
            |token| Request { query: query.clone(), ..self.request(Method::GET, path, Some(token)) };
        let answer = self.server.send(request(held.token.clone())).await;
        let answer = answer.map_err(|lost| lost.failure(doing))?;
        if answer.status != StatusCode::FORBIDDEN || self.still_works(&held, doing).await? {
            return Ok(answer);
        }
        let token = self.renew(&held, doing).await?;
        self.server.send(request(token)).await.map_err(|lost| lost.failure(doing))
    }

    /// Writes a document with this pair in it, once, and not after the time that is left.
    pub(super) async fn post(
        &self,
        path: &[&str],
        body: &Value,
        secrets: Vec<SecretString>,
        left: Duration,
    ) -> Result<Answer, Lost> {
        let held = self.held.lock().await.clone();
        let request = self.request(Method::POST, path, Some(held.token));
        self.server.send(Request { body: Some(body), secrets, left: Some(left), ..request }).await
    }

    /// Tells a token that is not accepted from one that may not: both answers are a bare 403. Every token
    /// may look itself up by the policy `default`.
    async fn still_works(&self, held: &Held, doing: &str) -> Result<bool, Failure> {
        let own = ["auth", "token", "lookup-self"];
        let answer = self.server.send(self.request(Method::GET, &own, Some(held.token.clone()))).await;
        let answer = answer.map_err(|lost| lost.failure(doing))?;
        match answer.status {
            StatusCode::OK => Ok(true),
            StatusCode::FORBIDDEN => Ok(false),
            _ => Err(failure(&answer, "the Vault capability `read`", doing)),
        }
    }

    /// A token in the place of this one. Of many that ask at once the first logs in.
    async fn renew(&self, refused: &Held, doing: &str) -> Result<SecretString, Failure> {
        let mut held = self.held.lock().await;
        if held.count == refused.count {
            if self.auth == Auth::Token {
                let said =
                    "Vault does not accept the token: it has expired, was revoked or is another server's";
                return Err(Failure::new(Class::Token("VAULT_TOKEN or ~/.vault-token"), doing, said));
            }
            *held = Held { token: self.token().await?, count: held.count + 1 };
        }
        Ok(held.token.clone())
    }

    async fn token(&self) -> Result<SecretString, Failure> {
        match step(&self.auth, &self.around, &self.aws).await? {
            Step::Given(token) => Ok(token),
            Step::Login(login) => self.log_in(login).await,
        }
    }

    async fn log_in(&self, login: Login<'_>) -> Result<SecretString, Failure> {
        let doing = format!("log in to Vault at auth/{}", login.mount);
        let mut path = vec!["auth"];
        path.extend(login.mount.split('/'));
        path.push("login");
        let request = self.request(Method::POST, &path, None);
        let request = Request { body: Some(&login.body), secrets: vec![login.secret], ..request };
        let answer = self.server.send(request).await;
        let answer = answer.map_err(|lost| lost.failure(&doing))?;
        match answer.at("/auth/client_token").and_then(Value::as_str) {
            Some(token) if answer.status.is_success() => Ok(SecretString::from(token)),
            Some(_) | None => {
                let failure = failure(&answer, "the Vault capability `update`", doing);
                if let Class::Denied(_) | Class::Rejected = failure.class {
                    return Err(Failure {
                        class: Class::Token("what Vault was shown to log in with"),
                        ..failure
                    });
                }
                Err(failure)
            }
        }
    }

    fn request<'a>(&'a self, method: Method, path: &[&'a str], token: Option<SecretString>) -> Request<'a> {
        // An agent that demands it would else take us for a page in somebody's browser.
        let mut headers = vec![("x-vault-request", "true")];
        headers.extend(self.namespace.iter().map(|name| ("x-vault-namespace", name.as_str())));
        let path = [&["v1"], path].concat();
        let credential = token.map(|token| ("x-vault-token", token));
        Request {
            method,
            path,
            query: None,
            headers,
            credential,
            body: None,
            secrets: Vec::new(),
            left: None,
        }
    }
}

/// Vault's own words in an answer that is not what was asked for: `{"errors": […]}`. Where even that form is
/// missing, something between here and there has answered.
pub(super) fn errors(answer: &Answer) -> Option<String> {
    strings(answer, "/errors")
}

fn strings(answer: &Answer, pointer: &str) -> Option<String> {
    let words = answer.at(pointer)?.as_array()?;
    Some(words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
}

/// An answer that is a failure, whatever was asked. `capability` is what the call needs.
pub(super) fn failure(answer: &Answer, capability: &'static str, doing: impl Into<String>) -> Failure {
    let status = answer.status.as_u16();
    if answer.status.is_redirection() {
        let to = answer.elsewhere.as_deref().unwrap_or("another server");
        let said = format!(
            "Vault sends us to {to}, where the token is not taken; name the active server (`addr=…`)"
        );
        return Failure::new(Class::Setup, doing, said);
    }
    let Some(words) = errors(answer).or_else(|| strings(answer, "/warnings")) else {
        return Failure::new(
            Class::Garbled,
            doing,
            format!("the answer is none that Vault would give (HTTP {status})"),
        );
    };
    let class = match status {
        403 => Class::Denied(capability),
        // The server does not have yet what it was asked to have (Vault API, "eventual consistency").
        412 => Class::Conflict,
        429 => Class::Throttled,
        408 | 500.. => Class::Unanswered,
        _ => Class::Rejected,
    };
    match answer.quote(&words) {
        words if words.is_empty() => Failure::new(class, doing, format!("HTTP {status}")),
        words => Failure::new(class, doing, format!("{words} (HTTP {status})")),
    }
}
