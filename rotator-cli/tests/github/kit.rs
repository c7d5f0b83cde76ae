//! A GitHub to speak to, and what is asked of it again and again.

use std::time::Duration;

use fakes::github::Hub;
use fakes::server::{Server, Trouble, What};
use rotator::AccessKeyId;
use rotator_cli::failure::Failure;
use rotator_cli::iam::User;
use rotator_cli::secret::Pair;
use rotator_cli::store::github::{GitHub, Surroundings, parse};
use rotator_cli::store::{Adapter, Reading, Serves, Undelivered};

/// In every secret, so that it is found wherever it leaks to.
const CANARY: &str = "se/cr+et";
pub const TOKEN: &str = "ghp_t0ken";

pub fn user(name: &str) -> User {
    User { name: name.to_owned(), id: format!("AIDA{name}"), path: "/ci/".to_owned() }
}

pub fn id(n: u32) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
}

pub fn secret(n: u32) -> String {
    format!("{CANARY}/{n:0>31}")
}

pub fn pair(n: u32) -> Pair {
    Pair::new(id(n), secret(n))
}

/// A repository, its environment, and an organisation.
pub async fn hub() -> Server<Hub> {
    let mut hub = Hub::new(TOKEN);
    for place in ["acme/app", "acme/app/a b/c", "acme"] {
        hub.place(place);
    }
    Server::start(hub).await.unwrap()
}

pub fn open(server: &Server<Hub>, place: &str) -> GitHub {
    open_with(server, place, TOKEN)
}

pub fn open_with(server: &Server<Hub>, place: &str, token: &str) -> GitHub {
    let variables = [("GITHUB_TOKEN", token.to_owned()), ("GITHUB_API_URL", server.url())];
    let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
    let limit = Duration::from_secs(20);
    GitHub::new(parse(place).unwrap(), &Surroundings { variables }, "123456789012", limit).unwrap()
}

pub async fn read(store: &GitHub) -> Reading {
    store.read(&user("ci")).await.unwrap()
}

pub async fn serves(store: &GitHub) -> Serves {
    read(store).await.serves
}

/// Puts what has to arrive.
pub async fn put(store: &GitHub, n: u32) {
    let over = read(store).await;
    store.put(&user("ci"), &pair(n), &over).await.unwrap();
}

/// Puts what may not arrive: what became of it, in a word, and what was said.
pub async fn try_put(store: &GitHub, n: u32) -> (&'static str, String) {
    let over = read(store).await;
    became(store.put(&user("ci"), &pair(n), &over).await)
}

pub fn became(put: Result<(), Undelivered>) -> (&'static str, String) {
    let (word, failure) = match put {
        Ok(()) => return ("stored", String::new()),
        Err(Undelivered::Rejected(failure)) => ("rejected", failure),
        Err(Undelivered::Stale(failure)) => ("stale", failure),
        Err(Undelivered::Unclear(failure)) => ("unclear", failure),
    };
    (word, told(&failure))
}

/// What a failure says, once it is sure that neither form of it shows a secret.
pub fn told(failure: &Failure) -> String {
    let (shown, debug) = (failure.to_string(), format!("{failure:?}"));
    for text in [&shown, &debug] {
        assert!(!text.contains(CANARY) && !text.contains(TOKEN), "{text}");
    }
    shown
}

/// The variable that names no key yet, made two seconds ago.
pub fn marked(server: &Server<Hub>, mark: &str) {
    server.with(|hub| {
        hub.write_variable("acme/app", mark, "none");
        hub.now += 2;
    });
}

/// The next request of this kind is in trouble.
pub fn trouble(server: &Server<Hub>, method: &'static str, path: &str, what: What) {
    server.trouble(Trouble { method, path: path.to_owned(), what, always: false });
}
