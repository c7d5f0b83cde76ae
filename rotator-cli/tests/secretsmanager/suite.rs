//! The checks that every store stands, for a secret.

use std::sync::{Mutex, mpsc};
use std::time::Duration;

use aws_credential_types::Credentials;
use rotator_cli::aws::{Access, configure};
use rotator_cli::iam::User;
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use rotator_cli::store::documents::Documents;
use rotator_cli::store::secretsmanager::SecretsManager;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, wait};
use crate::steps::AsAdapter;

struct Secrets {
    sandbox: Sandbox,
    time_limit: Mutex<Duration>,
    /// Ends the sandbox's thread.
    _end: oneshot::Sender<()>,
}

impl Secrets {
    fn put(&self, user: &User, text: &str) {
        self.sandbox.account().add_secret(&format!("ci/{}", user.name), Some(text)).unwrap();
    }

    fn fault(&self, action: &str, what: What) -> bool {
        let _hits = self.sandbox.inject(Fault::always(action, what));
        true
    }
}

impl Rig for Secrets {
    type Store = AsAdapter;

    const ANY_NAME: bool = false;
    const PUTS: usize = 30;
    const PRINTS: bool = false;

    fn fresh() -> Self {
        let (ready, started) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                ready.send(Sandbox::start(Settings::default()).await.unwrap()).unwrap();
                drop(ended.await);
            });
        });
        Self { sandbox: started.recv().unwrap(), time_limit: Mutex::new(LONG), _end: end }
    }

    fn store(&self) -> AsAdapter {
        let admin = self.sandbox.admin();
        let access = Access {
            region: Some("us-east-1".to_owned()),
            endpoint_url: Some(self.sandbox.endpoint()),
            credentials: Some(Credentials::new(&admin.id, admin.secret.expose_secret(), None, None, "test")),
            ..Access::default()
        };
        let config = wait(configure(&access, *self.time_limit.lock().unwrap())).0;
        let place = "ci/{user}".parse().unwrap();
        AsAdapter(Documents::SecretsManager(SecretsManager::at(&config, place, "111122223333")))
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let value = self.sandbox.account().secret_value(&format!("ci/{}", user.name), "AWSCURRENT")?;
        let pair: Value = serde_json::from_str(value.expose_secret()).ok()?;
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

#[test]
fn it_conforms() {
    assert_eq!(
        conform::<Secrets>(),
        "what is put is served
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
the pair before is kept"
    );
}
