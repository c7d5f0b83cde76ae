//! HashiCorp Vault and OpenBao: one place in a key/value engine for each user.
//!
//! On version 2 of the engine a write names the version that it rests on (`cas`), so of two writers one
//! is refused; on version 1 the last writer wins. The pair is two fields of one map, written as one unit;
//! fields beside them stay as they are.

mod auth;
mod aws_login;
pub mod config;
mod kv;
mod mount;
mod session;

use std::time::Duration;

use aws_config::SdkConfig;
use rotator::AccessKeyId;
use secrecy::SecretString;

use self::config::Version;
pub use self::config::{Config, Surroundings};
use self::kv::{Seen, is_stored, seen};
use self::mount::Mount;
use self::session::{Session, errors, failure};
use crate::clock::Deadline;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::http::{Place, Server};
use crate::store::{Adapter, Promises, Reading, Tells, Undelivered, fill};

pub use self::config::parse;

const READ: &str = "the Vault capability `read`";
const WRITE: &str = "the Vault capabilities `create` and `update`";
/// Consul's largest entry; the other storages take more (Vault, "Limits and maximums").
const LARGEST: usize = 512 * 1024;
/// So many versions are looked back: what the engine keeps unless told otherwise.
const LOOK_BACK: u64 = 10;

/// A Vault that one is logged in to.
#[derive(Debug)]
pub struct Vault {
    session: Session,
    place: String,
    config: Config,
    mount: Mount,
    account: String,
    time_limit: Duration,
}

impl Vault {
    /// What version 2 of the engine can and cannot do.
    pub const KV2: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: true,
        keeps_previous: true,
        consumers: "at their next read; what an agent or an operator renders, when that reads again \
                    (Vault Agent: within 5 minutes unless set otherwise)",
    };
    /// What version 1 can and cannot do: it keeps no versions.
    pub const KV1: Promises = Promises { swaps: false, keeps_previous: false, ..Self::KV2 };

    /// Logs in and finds the engine; `aws` is what `auth=aws` logs in with.
    ///
    /// # Errors
    /// A wrong setting, a login that failed, or no such engine.
    pub async fn connect(
        config: Config,
        around: Surroundings,
        account: &str,
        aws: &SdkConfig,
        time_limit: Duration,
    ) -> Result<Self, Failure> {
        let setup = |said: String| Failure::new(Class::Setup, "speak to Vault", said);
        around.agree(&config).map_err(setup)?;
        let address = config.address.as_deref().or(around.get("VAULT_ADDR"));
        let address =
            address.ok_or_else(|| setup("name the server: `addr=https://…` or VAULT_ADDR".into()))?;
        let server = Place { address: address.to_owned(), ca_file: config.ca_file.clone(), time_limit };
        let server = Server::new(&server).map_err(setup)?;
        let session =
            Session::begin(server, config.namespace.clone(), config.auth.clone(), around, aws).await?;
        let place = config.place.replace("{account}", account);
        let mount = mount::find(&session, &config, &place).await?;
        Ok(Self { session, place, config, mount, account: account.to_owned(), time_limit })
    }

    /// The parts of a user's path below the mount. An empty `{path}` leaves no empty part behind.
    fn parts(&self, user: &User) -> Result<Vec<String>, Failure> {
        let whole = fill(&self.place, user, &self.account);
        let below = whole.strip_prefix(self.mount.path.as_str()).unwrap_or_default();
        let parts: Vec<String> =
            below.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        // In a URL they lead elsewhere, and IAM allows a user such a name.
        if parts.is_empty() || parts.iter().any(|part| part == "." || part == "..") {
            let doing = format!("name the place of {}", user.name);
            return Err(Failure::new(Class::Setup, doing, format!("`{whole}` is no path in Vault")));
        }
        Ok(parts)
    }

    /// The path in the API: version 2 has a part of its own for the data.
    fn path<'a>(&'a self, parts: &'a [String]) -> Vec<&'a str> {
        let mut path: Vec<&str> = self.mount.path.split('/').collect();
        if self.mount.version == Version::Two {
            path.push("data");
        }
        path.extend(parts.iter().map(String::as_str));
        path
    }

    async fn look(&self, user: &User, version: Option<u64>) -> Result<Seen, Failure> {
        let parts = self.parts(user)?;
        let doing = format!("read `{}`", self.name(user));
        let query = version.map(|version| ("version", version.to_string()));
        let answer = self.session.get(&self.path(&parts), query, &doing).await?;
        seen(self.mount.version, &answer).ok_or_else(|| {
            let other = failure(&answer, READ, &doing);
            // Nothing that is answered with 404 here is an absence that may be written to.
            if answer.status.as_u16() == 404 { Failure { class: Class::Missing, ..other } } else { other }
        })
    }

    fn reading(&self, user: &User, seen: &Seen) -> Result<Reading, Failure> {
        seen.reading(self.mount.version, &self.config.fields)
            .map_err(|said| Failure::new(Class::Setup, format!("use `{}`", self.name(user)), said))
    }
}

impl Adapter for Vault {
    fn promises(&self) -> Promises {
        match self.mount.version {
            Version::Two => Self::KV2,
            Version::One => Self::KV1,
        }
    }

    fn name(&self, user: &User) -> String {
        format!("vault:{}", fill(&self.place, user, &self.account))
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let seen = self.look(user, None).await?;
        self.reading(user, &seen)
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        // From here on: the driver reckons with a write that takes hold within one time limit.
        let deadline = Deadline::begin(self.time_limit);
        let doing = format!("put {} into `{}`", pair.id, self.name(user));
        // The fields beside ours have to be sent along, and a token that has expired is renewed here.
        let before = self.look(user, None).await.map_err(|failure| Undelivered::unsent(&doing, failure))?;
        let now = self.reading(user, &before).map_err(|failure| Undelivered::unsent(&doing, failure))?;
        if now != *over {
            // On version 1 this is all the protection there is: a write in the moment between is not seen.
            let said = "somebody has written there since it was looked at";
            return Err(Undelivered::Stale(Failure::new(Class::Conflict, doing, said)));
        }
        let parts = self.parts(user).map_err(|failure| Undelivered::unsent(&doing, failure))?;
        let body = before.with(self.mount.version, &self.config, pair);
        if body.to_string().len() > LARGEST {
            let said = "with the fields beside it, it is larger than what Vault stores in one place";
            return Err(Undelivered::Rejected(Failure::new(Class::StoreRejected(None), doing, said)));
        }
        let mut secrets = vec![SecretString::from(pair.expose_to_store())];
        secrets.extend(self.config.extras.secrets(pair));
        let answer = match self.session.post(&self.path(&parts), &body, secrets, deadline.left()).await {
            Ok(answer) => answer,
            Err(lost) if lost.may_have_arrived() => return Err(Undelivered::Unclear(lost.failure(doing))),
            Err(lost) => return Err(Undelivered::unsent(&doing, lost.failure(&doing))),
        };
        if is_stored(self.mount.version, &answer) {
            return Ok(());
        }
        let failure = failure(&answer, WRITE, &doing);
        // It has no code of its own.
        if answer.status.as_u16() == 400
            && errors(&answer).is_some_and(|said| said.contains("did not match the current version"))
        {
            return Err(Undelivered::Stale(Failure { class: Class::Conflict, ..failure }));
        }
        // Only Vault's own no counts as one. All of them are given before anything is stored: the rights, the
        // quota (429), the state that the server must have (412), the form of the request (400, 404, 405,
        // 413). 503 may be said of a seal that came in between, and a 5xx or a proxy's answer says nothing.
        Err(Undelivered::refused(failure))
    }

    async fn previous(&self, user: &User, id: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        if self.mount.version == Version::One {
            return Ok(None);
        }
        let newest = self.look(user, None).await?.version;
        // Each version by its number: what lists them needs a right of its own.
        for version in (newest.saturating_sub(LOOK_BACK)..=newest).rev().filter(|version| *version > 0) {
            let found = self.look(user, Some(version)).await?;
            if let Some(pair) = found.pair(&self.config.fields, id) {
                return Ok(Some(pair));
            }
        }
        Ok(None)
    }
}
