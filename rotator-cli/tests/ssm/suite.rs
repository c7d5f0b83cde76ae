//! The checks that every store stands, for a parameter.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use rotator_cli::iam::User;
use rotator_cli::sandbox::What;
use rotator_cli::store::ssm::ParameterStore;
use serde_json::Value;

use crate::cloud::{Cloud, Embedded, Outside, SERVER, config};
use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, wait};

struct Parameters<C> {
    cloud: C,
    time_limit: Mutex<Duration>,
}

impl<C: Cloud> Parameters<C> {
    fn name(&self, user: &User) -> String {
        format!("/{}/{}", self.cloud.folder(), user.name)
    }

    /// Anybody's.
    fn client(&self) -> Client {
        Client::new(&config(&self.cloud.sound(), LONG))
    }

    fn put(&self, user: &User, text: &str) {
        let put = self.client().put_parameter().name(self.name(user)).value(text);
        wait(put.r#type(ParameterType::SecureString).overwrite(true).send()).unwrap();
    }

    fn fault(&self, action: &str, what: What) -> bool {
        self.cloud.spoil(action, what);
        true
    }
}

impl<C: Cloud> Rig for Parameters<C> {
    type Store = ParameterStore;

    // A creation never goes over a value, and each check here begins with nothing.
    const LOOKS: bool = true;
    const PUTS: usize = 40;
    const PRINTS: bool = false;
    const ANY_NAME: bool = false;

    fn fresh() -> Self {
        Self { cloud: C::start(), time_limit: Mutex::new(LONG) }
    }

    fn store(&self) -> ParameterStore {
        let config = config(&self.cloud.spoilt(), *self.time_limit.lock().unwrap());
        let place = format!("/{}/{{user}}", self.cloud.folder()).parse().unwrap();
        ParameterStore::at(&config, place, "111122223333")
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let get = self.client().get_parameter().name(self.name(user)).with_decryption(true);
        let parameter = wait(get.send()).ok()?.parameter?;
        let pair: Value = serde_json::from_str(parameter.value()?).ok()?;
        let field = |name: &str| Some(pair[name].as_str()?.to_owned());
        Some((field("AccessKeyId")?, field("SecretAccessKey")?))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        self.put(user, &format!(r#"{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}"}}"#));
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            Trouble::Forbidden => self.fault("ssm:GetParameter", What::Deny),
            Trouble::WrongType => {
                self.put(user, "S3CR3T/0");
                true
            }
            // What others put there is no larger than what a parameter can be.
            Trouble::Oversized => false,
            Trouble::Unavailable => self.fault("ssm:PutParameter", What::Deny),
            Trouble::Slow => {
                *self.time_limit.lock().unwrap() = SOON;
                self.fault("ssm:PutParameter", What::Hang(Duration::from_secs(60)))
            }
            Trouble::Denies => self.fault("ssm:PutParameter", What::ErrorAfter),
        }
    }
}

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

#[test]
fn it_conforms() {
    assert_eq!(conform::<Parameters<Embedded>>(), CHECKS);
}

#[test]
fn it_conforms_on_a_server_that_is_not_ours() {
    if std::env::var_os(SERVER).is_some() {
        assert_eq!(conform::<Parameters<Outside>>(), CHECKS);
    }
}
