//! Calls to GitHub with one token, and what its answers mean.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::place::Kind;
use crate::failure::{Class, Failure};
use crate::secret::Pair;
use crate::store::http::{Answer, Lost, Place, Request, Server};

/// The version of the API that this was written for (GitHub, "API versions").
const VERSION: &str = "2022-11-28";
const GITHUB: &str = "https://api.github.com";

/// What the environment says to GitHub's own command and to a workflow's steps.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Its variables; only GitHub's are looked at.
    pub variables: BTreeMap<String, String>,
}

impl std::fmt::Debug for Surroundings {
    // A token is among the variables.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

impl Surroundings {
    /// This process's.
    #[must_use]
    pub fn of_this_process() -> Self {
        let read = |name: &str| Some((name.to_owned(), std::env::var(name).ok()?));
        Self {
            variables: ["GH_TOKEN", "GITHUB_TOKEN", "GITHUB_API_URL"].into_iter().filter_map(read).collect(),
        }
    }

    /// A variable that is set to something.
    fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// GitHub, and who one is there.
#[derive(Debug)]
pub(super) struct Session {
    server: Server,
    token: SecretString,
}

impl Session {
    /// Nothing is called.
    ///
    /// # Errors
    /// There is no token, or the address cannot be used: a sentence.
    pub(super) fn new(
        around: &Surroundings,
        ca_file: Option<std::path::PathBuf>,
        time_limit: Duration,
    ) -> Result<Self, String> {
        // In the order in which `gh` looks for it.
        let token = around.get("GH_TOKEN").or(around.get("GITHUB_TOKEN"));
        let token = token.ok_or("there is no token: set GH_TOKEN, or GITHUB_TOKEN")?;
        let address = around.get("GITHUB_API_URL").unwrap_or(GITHUB).to_owned();
        let server = Server::new(&Place { address, ca_file, time_limit })?;
        Ok(Self { server, token: SecretString::from(token) })
    }

    /// Reads.
    pub(super) async fn get(
        &self,
        path: Vec<&str>,
        query: Option<(&'static str, String)>,
    ) -> Result<Answer, Lost> {
        let request = self.request(Method::GET, path);
        self.server.send(Request { query, ..request }).await
    }

    /// Writes, once, and not after the time that is left. The pair is what an answer must not repeat.
    pub(super) async fn write(
        &self,
        method: Method,
        path: Vec<&str>,
        body: &Value,
        pair: &Pair,
        left: Duration,
    ) -> Result<Answer, Lost> {
        let mut request = self.request(method, path);
        request.secrets.push(SecretString::from(pair.expose_to_store()));
        self.server.send(Request { body: Some(body), left: Some(left), ..request }).await
    }

    fn request<'a>(&'a self, method: Method, path: Vec<&'a str>) -> Request<'a> {
        let bearer = SecretString::from(format!("Bearer {}", self.token.expose_secret()));
        Request {
            method,
            path,
            query: None,
            headers: vec![("accept", "application/vnd.github+json"), ("x-github-api-version", VERSION)],
            credential: Some(("authorization", bearer)),
            body: None,
            secrets: vec![self.token.clone()],
            left: None,
        }
    }
}

/// What a call needs, as a person grants it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Right {
    Secrets,
    Variables,
}

impl Right {
    fn words(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Secrets, Kind::Repository) => "the repository permission `Secrets: read and write`",
            (Self::Variables, Kind::Repository) => "the repository permission `Variables: read and write`",
            (_, Kind::Environment) => "the repository permission `Environments: read and write`",
            (Self::Secrets, Kind::Organisation) => "the organization permission `Secrets: read and write`",
            (Self::Variables, Kind::Organisation) => {
                "the organization permission `Variables: read and write`"
            }
        }
    }
}

/// An answer that is a failure, whatever was asked (GitHub, "Troubleshooting the REST API", "Rate limits").
pub(super) fn failure(answer: &Answer, right: Right, kind: Kind, doing: impl Into<String>) -> Failure {
    let status = answer.status.as_u16();
    if answer.status.is_redirection() {
        let to = answer.elsewhere.as_deref().unwrap_or("another address");
        let said =
            format!("GitHub sends us on to {to}, where the token is not taken; was the place renamed?");
        return Failure::new(Class::Setup, doing, said);
    }
    let Some(words) = answer.at("/message").and_then(Value::as_str) else {
        let said = format!("the answer is none that GitHub would give (HTTP {status})");
        return Failure::new(Class::Garbled, doing, said);
    };
    let mut said = format!("{} (HTTP {status})", answer.quote(words));
    let class = match status {
        401 => Class::Token("GH_TOKEN or GITHUB_TOKEN"),
        403 | 429 if is_limited(answer) => {
            if let Some(seconds) = answer.header("retry-after") {
                said = format!("{said}, to be asked again after {} s", answer.quote(seconds));
            }
            Class::Throttled
        }
        403 => {
            if let Some(accepted) = answer.header("x-accepted-github-permissions") {
                said = format!("{said}, it takes {}", answer.quote(accepted));
            }
            Class::Denied(right.words(kind))
        }
        404 => {
            said = format!("{said}: it is not there, or the token may not see it");
            Class::Missing
        }
        409 => Class::Conflict,
        408 | 500.. => Class::Unanswered,
        _ => Class::Rejected,
    };
    Failure::new(class, doing, said)
}

fn is_limited(answer: &Answer) -> bool {
    answer.status.as_u16() == 429
        || answer.header("retry-after").is_some()
        || answer.header("x-ratelimit-remaining") == Some("0")
}
