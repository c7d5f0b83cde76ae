//! The checks that every store stands, for a parameter.

use std::sync::{Mutex, mpsc};
use std::time::Duration;

use rotator_cli::iam::User;
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use rotator_cli::store::ssm::ParameterStore;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::conform::conform;
use crate::impatient;
use crate::rig::{LONG, Rig, SOON, Trouble, wait};

struct Parameters {
    sandbox: Sandbox,
    time_limit: Mutex<Duration>,
    /// Ends the sandbox's thread.
    _end: oneshot::Sender<()>,
}

impl Parameters {
    fn put(&self, user: &User, text: &str) {
        self.sandbox.account().put_parameter(&format!("/ci/{}", user.name), text, "SecureString").unwrap();
    }

    fn fault(&self, action: &str, what: What) -> bool {
        let _hits = self.sandbox.inject(Fault::always(action, what));
        true
    }
}

impl Rig for Parameters {
    type Store = ParameterStore;

    // A creation never goes over a value, and each check here begins with nothing.
    const LOOKS: bool = true;
    const PUTS: usize = 40;
    const PRINTS: bool = false;
    const ANY_NAME: bool = false;

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

    fn store(&self) -> ParameterStore {
        let limit = *self.time_limit.lock().unwrap();
        wait(impatient(&self.sandbox, "/ci/{user}", limit))
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let parameter = self.sandbox.account().parameter(&format!("/ci/{}", user.name)).ok()?.clone();
        let value = parameter.versions.last()?.value.expose_secret().to_owned();
        let pair: Value = serde_json::from_str(&value).ok()?;
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

#[test]
fn it_conforms() {
    assert_eq!(
        conform::<Parameters>(),
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
