//! Calls to one GitLab, and what its answers mean when they are none that were asked for.

use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use crate::failure::{Class, Failure};
use crate::store::http::{Answer, Lost, Request, Server};

/// What every call needs ("Project-level CI/CD variables API", "Group-level variables API").
const RIGHT: &str = "the scope `api` and the role Maintainer (in a group Owner) in GitLab";

/// A GitLab, and who one is there.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) server: Server,
    pub(super) token: SecretString,
}

impl Session {
    /// Reads.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: (&'static str, String),
        doing: &str,
    ) -> Result<Answer, Failure> {
        let answer = self.server.send(self.request(Method::GET, path, Some(query))).await;
        answer.map_err(|lost| lost.failure(doing))
    }

    /// Writes a document with secrets in it, once, and not after the time that is left.
    pub(super) async fn write(
        &self,
        method: Method,
        path: &[&str],
        query: Option<(&'static str, String)>,
        body: &Value,
        secrets: Vec<SecretString>,
        left: Duration,
    ) -> Result<Answer, Lost> {
        let request = self.request(method, path, query);
        self.server.send(Request { body: Some(body), secrets, left: Some(left), ..request }).await
    }

    fn request<'a>(
        &self,
        method: Method,
        path: &[&'a str],
        query: Option<(&'static str, String)>,
    ) -> Request<'a> {
        Request {
            method,
            path: [&["api", "v4"], path].concat(),
            query,
            headers: Vec::new(),
            credential: Some(("private-token", self.token.clone())),
            body: None,
            secrets: Vec::new(),
            left: None,
        }
    }
}

/// GitLab's own words in an answer that is not what was asked for: a `message` that is text or names fields,
/// or an `error`. Where even that is missing, something between here and there has answered.
pub(super) fn words(answer: &Answer) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let fields = |value: &Value| {
        let field = |(name, said): (&String, &Value)| format!("{name} {}", said.to_string().replace('"', ""));
        Some(value.as_object()?.iter().map(field).collect::<Vec<_>>().join("; "))
    };
    let message = answer.at("/message").and_then(|message| text(message).or_else(|| fields(message)));
    message.or_else(|| answer.at("/error").and_then(text))
}

/// An answer that is a failure, whatever was asked.
pub(super) fn failure(answer: &Answer, doing: &str) -> Failure {
    let code = answer.status.as_u16();
    if answer.status.is_redirection() {
        let to = answer.elsewhere.as_deref().unwrap_or("another server");
        let said = format!(
            "GitLab sends us to {to}, where the token is not taken; name the server or the path as it is now"
        );
        return Failure::new(Class::Setup, doing, said);
    }
    let class = match (code, words(answer)) {
        // A limit is told in plain text, and before anything is done.
        (429, _) => Class::Throttled,
        (_, None) => {
            let said = format!("the answer is none that GitLab would give (HTTP {code})");
            return Failure::new(Class::Garbled, doing, said);
        }
        (401, Some(_)) => Class::Token("GITLAB_TOKEN"),
        (403, Some(_)) => Class::Denied(RIGHT),
        (404, Some(_)) => Class::Missing,
        // Whatever is asked for one scope, an older GitLab may not look at it.
        (409, Some(said)) if said.contains("multiple variables") => Class::Setup,
        (409, Some(_)) => Class::Conflict,
        (408 | 500.., Some(_)) => Class::Unanswered,
        (_, Some(_)) => Class::Rejected,
    };
    let said = words(answer).unwrap_or_else(|| "too many requests".to_owned());
    let next = if class == Class::Setup {
        "; leave one variable of that name, or update GitLab (groups take a scope since 16.9)"
    } else {
        ""
    };
    Failure::new(class, doing, format!("{}{next} (HTTP {code})", answer.quote(&said)))
}
