//! The checks that every store stands, for a service of AWS's that holds a pair as one text: what its two
//! suites have in common.

use std::marker::PhantomData;
use std::sync::Mutex;
use std::time::Duration;

use aws_config::SdkConfig;
use rotator_cli::iam::User;
use rotator_cli::sandbox::What;
use rotator_cli::store::Adapter;
use serde_json::Value;

use crate::cloud::{Cloud, Embedded, Outside, SERVER, config};
use crate::conform::conform;
use crate::rig::{LONG, Rig, Trouble, wait};

/// A store, and plain calls to the service that it is in.
pub trait Service: Sync {
    type Store: Adapter + Send;

    /// What a name begins with.
    const ROOT: &str;
    const LOOKS: bool = false;
    const PUTS: usize;
    /// The first call that a store looks with.
    const READ: &str;
    /// The first call that it writes with, where nothing is.
    const WRITE: &str;
    /// A call of a write that brings the pair; nothing is served before it.
    const BRING: &str;
    /// The call of a write with which the pair is served.
    const SERVE: &str;

    fn open(config: &SdkConfig, place: &str) -> Self::Store;
    /// The text that is served.
    async fn get(config: &SdkConfig, name: &str) -> Option<String>;
    async fn put(config: &SdkConfig, name: &str, text: &str);
}

/// On the embedded service.
pub fn conforms<S: Service>() {
    assert_eq!(conform::<Held<S, Embedded>>(), CHECKS);
}

/// On a server that is not ours. Where none is named there is nobody to ask, and the test passes for
/// nothing; so who names one must look for the line that is said here.
pub fn conforms_outside<S: Service>() {
    if let Some(server) = std::env::var_os(SERVER) {
        assert_eq!(conform::<Held<S, Outside>>(), CHECKS);
        println!("{} checks held at {}", CHECKS.lines().count(), server.display());
    }
}

/// Which of them there are, for both services and on each server: none is excused.
const CHECKS: &str = "what is put is served
each user has a place
a name that it cannot have is refused
absent is nothing
a stale write is refused
a write that was not heard of is found
a denied write is found
no reader sees a torn pair
of ten writers at once the pair of one
forbidden is not absent
something else is left alone
a clear no is a clear no
nobody waits for ever
the pair before is kept";

/// The texts that a service holds, for one check.
struct Held<S, C> {
    cloud: C,
    time_limit: Mutex<Duration>,
    service: PhantomData<S>,
}

impl<S: Service, C: Cloud> Held<S, C> {
    /// `{user}` stands for every user.
    fn name(&self, user: &str) -> String {
        format!("{}{}/{user}", S::ROOT, self.cloud.folder())
    }

    /// Anybody's way to the service.
    fn plain(&self) -> SdkConfig {
        config(&self.cloud.sound(), LONG)
    }

    fn put(&self, user: &User, text: &str) {
        wait(S::put(&self.plain(), &self.name(&user.name), text));
    }
}

impl<S: Service, C: Cloud> Rig for Held<S, C> {
    type Store = S::Store;

    const LOOKS: bool = S::LOOKS;
    const PUTS: usize = S::PUTS;
    const PRINTS: bool = false;
    const ANY_NAME: bool = false;

    fn fresh() -> Self {
        Self { cloud: C::start(), time_limit: Mutex::new(LONG), service: PhantomData }
    }

    fn store(&self) -> S::Store {
        let config = config(&self.cloud.spoilt(), *self.time_limit.lock().unwrap());
        S::open(&config, &self.name("{user}"))
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let text = wait(S::get(&self.plain(), &self.name(&user.name)))?;
        let pair: Value = serde_json::from_str(&text).ok()?;
        let field = |name: &str| Some(pair[name].as_str()?.to_owned());
        Some((field("AccessKeyId")?, field("SecretAccessKey")?))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        self.put(user, &format!(r#"{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}"}}"#));
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            Trouble::Forbidden => self.cloud.spoil(S::READ, What::Deny),
            Trouble::WrongType => self.put(user, "S3CR3T/0"),
            // What others put there is no larger than what may be there.
            Trouble::Oversized => return false,
            Trouble::Unavailable => self.cloud.spoil(S::WRITE, What::Deny),
            Trouble::Slow => {
                *self.time_limit.lock().unwrap() = C::SOON;
                self.cloud.spoil(S::BRING, What::Hang(Duration::from_secs(60)));
            }
            Trouble::Denies => self.cloud.spoil(S::SERVE, What::ErrorAfter),
        }
        true
    }
}
