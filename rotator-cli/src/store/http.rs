//! One server that is spoken to in JSON, for the stores that have no SDK.
//!
//! A request is sent once. Nothing is retried and no redirect is followed: the other side's answer, not
//! ours, would choose who gets the token or the secret that the request carries. What became of a request
//! without an answer is told apart by whether any of it was sent.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Certificate, Identity, Method, StatusCode, Url, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::failure::{Class, Failure, last_cause};

/// More than any answer that is of use here: Vault's largest entry is 1 MiB.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
/// Of what the other side said, for a person.
const LONGEST_WORDS: usize = 300;

/// Where the server is, and whom it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `https://vault.example.com:8200`; without TLS on loopback only.
    pub address: String,
    /// The only authorities that are believed, in the place of the system's.
    pub ca_file: Option<PathBuf>,
    /// For a request with its answer, connecting included.
    pub time_limit: Duration,
}

/// Certificates of authorities, and where they come from: `the CA file /etc/ca.pem`.
#[derive(Debug, Clone)]
pub struct Authorities {
    /// For a person.
    pub name: String,
    /// One or more, as PEM.
    pub pem: Vec<u8>,
}

/// A server.
#[derive(Debug, Clone)]
pub struct Server {
    client: reqwest::Client,
    base: Url,
}

/// One request.
#[derive(Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: Method,
    /// The parts of its path, each of which is escaped.
    pub path: Vec<&'a str>,
    /// What follows the question mark.
    pub query: Option<(&'static str, String)>,
    /// Headers, named in small letters.
    pub headers: Vec<(&'static str, &'a str)>,
    /// The header that says who one is.
    pub credential: Option<(&'static str, SecretString)>,
    /// A document.
    pub body: Option<&'a Value>,
    /// What in the document is a secret.
    pub secrets: Vec<SecretString>,
    /// What is left of the time limit, where something that came before has used of it.
    pub left: Option<Duration>,
}

/// An answer, whatever its status.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// The document in it; none where it is empty or not JSON.
    pub body: Option<Value>,
    /// The server that it sends us to.
    pub elsewhere: Option<String>,
    headers: HeaderMap,
    /// What the request carried, and the answer may repeat.
    secrets: Vec<SecretString>,
}

/// A request without an answer.
#[derive(Debug)]
pub enum Lost {
    /// Nothing was sent: nobody has seen it.
    Unsent(String),
    /// It was sent, perhaps in part; what became of it is not known.
    Late,
    /// It was sent, perhaps in part, and the connection broke.
    Broken(String),
    /// An answer came that is too long to be one.
    TooLong,
}

impl Server {
    /// Reads the address and the authorities; nothing is called.
    ///
    /// # Errors
    /// A sentence: what is wrong with them.
    pub fn new(place: &Place) -> Result<Self, String> {
        let authorities = match &place.ca_file {
            None => None,
            Some(file) => {
                let name = format!("the CA file {}", file.display());
                let pem = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
                Some(Authorities { name, pem })
            }
        };
        Self::with(&place.address, place.time_limit, authorities.as_ref(), None)
    }

    /// The same where the authorities are not in a file, or where a certificate says who one is: PEM with
    /// its private key.
    ///
    /// # Errors
    /// A sentence: what is wrong with them.
    pub fn with(
        at: &str,
        time_limit: Duration,
        authorities: Option<&Authorities>,
        identity: Option<&SecretString>,
    ) -> Result<Self, String> {
        let base = address(at)?;
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("rotator/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(time_limit.min(Duration::from_secs(5)))
            .timeout(time_limit);
        // Elsewhere the proxies that the environment names are used, NO_PROXY respected. One of them could
        // never reach what listens on this machine, but would be told the token.
        if is_loopback(&base) {
            client = client.no_proxy();
        }
        // Where nobody shows a certificate, the system's authorities need not be read.
        if base.scheme() == "http" {
            client = client.tls_certs_only([]);
        }
        if let Some(Authorities { name, pem }) = authorities {
            let wrong = |said: String| format!("{name}: {said}");
            let certificates = Certificate::from_pem_bundle(pem).map_err(|e| wrong(last_cause(&e)))?;
            if certificates.is_empty() {
                return Err(wrong("no certificate is in it".into()));
            }
            client = client.tls_certs_only(certificates);
        }
        if let Some(identity) = identity {
            // What is wrong with it is not repeated: it is a secret.
            let read = Identity::from_pem(identity.expose_secret().as_bytes());
            client = client.identity(read.map_err(|_| "the client's certificate or its key cannot be read")?);
        }
        let client = client.build().map_err(|error| last_cause(&error))?;
        Ok(Self { client, base })
    }

    /// Sends a request, once.
    ///
    /// # Errors
    /// [`Lost`]: there is no answer.
    pub async fn send(&self, request: Request<'_>) -> Result<Answer, Lost> {
        if request.left == Some(Duration::ZERO) {
            return Err(Lost::Unsent("no time is left for it".into()));
        }
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Lost::Unsent("the address takes no path".into()))?
            .pop_if_empty()
            .extend(&request.path);
        if let Some((name, value)) = &request.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let mut call = self.client.request(request.method, url);
        for (name, value) in &request.headers {
            call = call.header(HeaderName::from_static(name), header(name, value)?);
        }
        if let Some((name, value)) = &request.credential {
            let mut value = header(name, value.expose_secret())?;
            value.set_sensitive(true);
            call = call.header(HeaderName::from_static(name), value);
        }
        if let Some(body) = request.body {
            call = call.json(body);
        }
        if let Some(left) = request.left {
            call = call.timeout(left);
        }
        let mut answer = call.send().await.map_err(|error| lost(&error))?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let elsewhere = headers.get(LOCATION).and_then(|to| self.host_of(to));
        let mut text = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| lost(&error))? {
            text.extend_from_slice(&piece);
            if text.len() > LONGEST_ANSWER {
                return Err(Lost::TooLong);
            }
        }
        let mut secrets = request.secrets;
        secrets.extend(request.credential.map(|(_, value)| value));
        Ok(Answer { status, body: serde_json::from_slice(&text).ok(), elsewhere, headers, secrets })
    }

    /// The host alone: the rest of a location may hold anything.
    fn host_of(&self, location: &HeaderValue) -> Option<String> {
        let url = self.base.join(location.to_str().ok()?).ok()?;
        url.host_str().map(str::to_owned)
    }
}

impl Answer {
    /// An answer that nobody gave, for a test.
    #[cfg(test)]
    pub(crate) fn with(status: StatusCode, body: Value) -> Self {
        let headers = HeaderMap::new();
        Self { status, body: Some(body), elsewhere: None, headers, secrets: Vec::new() }
    }

    /// A header, named in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The document at a JSON pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.body.as_ref()?.pointer(pointer)
    }

    /// Words of the answer in one short line, without the secrets that they may repeat.
    #[must_use]
    pub fn quote(&self, words: &str) -> String {
        let secrets = self.secrets.iter().map(|secret| secret.expose_secret());
        // An empty one would be found everywhere.
        let text = secrets
            .filter(|secret| !secret.is_empty())
            .fold(words.to_owned(), |text, secret| text.replace(secret, "[REDACTED]"));
        let line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let line = line.collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST_WORDS) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line,
        }
    }
}

impl std::fmt::Debug for Answer {
    // What is in it may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Lost {
    /// Whether somebody may have seen the request.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unsent(_) => false,
            Self::Late | Self::Broken(_) | Self::TooLong => true,
        }
    }

    /// As a failure to do something.
    #[must_use]
    pub fn failure(&self, doing: impl Into<String>) -> Failure {
        match self {
            Self::Unsent(said) | Self::Broken(said) => Failure::new(Class::Unreachable, doing, said),
            Self::Late => Failure::new(Class::Unanswered, doing, "no answer in time"),
            Self::TooLong => Failure::new(Class::Garbled, doing, "the answer is too long to be one"),
        }
    }
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Lost> {
    HeaderValue::from_str(value)
        .map_err(|_| Lost::Unsent(format!("the value of `{name}` is none that a header can have")))
}

fn address(text: &str) -> Result<Url, String> {
    // The text itself is not repeated: it may hold a password.
    let url: Url = text.parse().map_err(|error| format!("its address cannot be read: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("the address of {host} must not hold a user or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("the address of {host} must end with its path"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(format!(
            "{host} is to be spoken to without TLS, and secrets would travel in the clear; use https"
        )),
        other => Err(format!("`{other}` is no way to speak to {host}; use https")),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What reqwest says of a connection that was not made (`is_connect`: names, TCP, a proxy's tunnel and the
/// TLS handshake) is said before the request is written.
fn lost(error: &reqwest::Error) -> Lost {
    if error.is_connect() || error.is_builder() {
        Lost::Unsent(last_cause(error))
    } else if error.is_timeout() {
        Lost::Late
    } else {
        Lost::Broken(last_cause(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_this_machine_is_spoken_to() {
        for good in ["https://vault:8200", "http://127.0.0.1:8200", "http://[::1]:1", "http://localhost/x"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://vault:8200",
            "http://localhost.example.com",
            "unix:///run/vault",
            "vault:8200",
            "",
            "https://h/?a",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
        let said = address("https://me:pass-word@vault").unwrap_err();
        assert!(!said.contains("pass-word"), "{said}");
    }

    #[test]
    fn others_words_are_one_short_line_without_our_secrets() {
        let secrets = vec![SecretString::from("s/1+"), SecretString::from("")];
        let answer = Answer { secrets, ..Answer::with(StatusCode::OK, Value::Null) };
        assert_eq!(answer.quote("1 error:\n\t* no s/1+ for\u{1b}you\n"), "1 error: * no [REDACTED] for you");
        assert_eq!(answer.quote(&"é".repeat(400)).chars().count(), LONGEST_WORDS + 1);
    }
}
