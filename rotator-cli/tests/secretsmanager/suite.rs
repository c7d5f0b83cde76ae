//! The checks that every store stands, for a secret.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use rotator_cli::iam::User;
use rotator_cli::sandbox::What;
use rotator_cli::store::documents::Documents;
use rotator_cli::store::secretsmanager::SecretsManager;
use serde_json::Value;

use crate::cloud::{Cloud, Embedded, Outside, SERVER, config};
use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, wait};
use crate::steps::AsAdapter;

struct Secrets<C> {
    cloud: C,
    time_limit: Mutex<Duration>,
}

impl<C: Cloud> Secrets<C> {
    fn name(&self, user: &User) -> String {
        format!("{}/{}", self.cloud.folder(), user.name)
    }

    /// Anybody's.
    fn client(&self) -> Client {
        Client::new(&config(&self.cloud.sound(), LONG))
    }

    fn put(&self, user: &User, text: &str) {
        let (client, name) = (self.client(), self.name(user));
        wait(async {
            let put = client.put_secret_value().secret_id(&name).secret_string(text).send().await;
            if put.is_err_and(|error| error.into_service_error().is_resource_not_found_exception()) {
                client.create_secret().name(name).secret_string(text).send().await.unwrap();
            }
        });
    }

    fn fault(&self, action: &str, what: What) -> bool {
        self.cloud.spoil(action, what);
        true
    }
}

impl<C: Cloud> Rig for Secrets<C> {
    type Store = AsAdapter;

    const ANY_NAME: bool = false;
    const PUTS: usize = 30;
    const PRINTS: bool = false;

    fn fresh() -> Self {
        Self { cloud: C::start(), time_limit: Mutex::new(LONG) }
    }

    fn store(&self) -> AsAdapter {
        let config = config(&self.cloud.spoilt(), *self.time_limit.lock().unwrap());
        let place = format!("{}/{{user}}", self.cloud.folder()).parse().unwrap();
        AsAdapter(Documents::SecretsManager(SecretsManager::at(&config, place, "111122223333")))
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let secret = wait(self.client().get_secret_value().secret_id(self.name(user)).send()).ok()?;
        let pair: Value = serde_json::from_str(secret.secret_string()?).ok()?;
        let field = |name: &str| Some(pair[name].as_str()?.to_owned());
        Some((field("AccessKeyId")?, field("SecretAccessKey")?))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        self.put(user, &format!(r#"{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}"}}"#));
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            Trouble::Forbidden => self.fault("secretsmanager:DescribeSecret", What::Deny),
            Trouble::WrongType => {
                self.put(user, "S3CR3T/0");
                true
            }
            // What others put there is no larger than what a secret can be.
            Trouble::Oversized => false,
            Trouble::Unavailable => self.fault("secretsmanager:CreateSecret", What::Deny),
            Trouble::Slow => {
                *self.time_limit.lock().unwrap() = SOON;
                self.fault("secretsmanager:PutSecretValue", What::Hang(Duration::from_secs(60)))
            }
            Trouble::Denies => self.fault("secretsmanager:UpdateSecretVersionStage", What::ErrorAfter),
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
    assert_eq!(conform::<Secrets<Embedded>>(), CHECKS);
}

#[test]
fn it_conforms_on_a_server_that_is_not_ours() {
    if std::env::var_os(SERVER).is_some() {
        assert_eq!(conform::<Secrets<Outside>>(), CHECKS);
    }
}
