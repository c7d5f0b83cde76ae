//! The checks that every store stands, for both versions of the engine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, mpsc};
use std::time::Duration;

use aws_config::SdkConfig;
use bao::{Bao, ROOT};
use rotator_cli::iam::User;
use rotator_cli::store::vault::{Vault, parse};
use serde_json::{Value, json};

use crate::conform::conform;
use crate::kit::{ACCOUNT, with_token};
use crate::proxy::{self, Proxy};
use crate::rig::{LONG, Rig, SOON, Trouble, wait};

/// A folder of its own in an engine of this version.
struct Engine<const VERSION: u8> {
    folder: String,
    token: Mutex<String>,
    time_limit: Mutex<Duration>,
    /// The server, or what stands before it.
    url: Mutex<String>,
}

impl<const VERSION: u8> Engine<VERSION> {
    fn bao() -> &'static Bao {
        static READY: OnceLock<&Bao> = OnceLock::new();
        READY.get_or_init(|| {
            let bao = Bao::shared().unwrap();
            wait(async {
                bao.mount("suite1", 1).await;
                bao.mount("suite2", 2).await;
            });
            bao
        })
    }

    fn path(&self, user: &User) -> String {
        let data = if VERSION == 2 { "data/" } else { "" };
        format!("suite{VERSION}/{data}{}/{}", self.folder, user.name)
    }

    fn write(&self, user: &User, map: Value) {
        let body = if VERSION == 2 { json!({ "data": map }) } else { map };
        wait(Self::bao().admin("POST", &self.path(user), body));
    }

    /// From here on something stands before the server, and this becomes of the next write.
    fn through(&self, trouble: proxy::Trouble) -> bool {
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            wait(async {
                let proxy = Proxy::before(&Self::bao().url).await;
                proxy.inject(trouble);
                ready.send(proxy.url.clone()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        *self.url.lock().unwrap() = started.recv().unwrap();
        true
    }

    /// From here on a token that may do no more than this.
    fn only(&self, capability: &str) -> bool {
        let data = if VERSION == 2 { "data/" } else { "" };
        let path = format!("suite{VERSION}/{data}{}/*", self.folder);
        let policy = format!("path \"{path}\" {{ capabilities = [\"{capability}\"] }}");
        let name = format!("suite{VERSION}-{}-{capability}", self.folder);
        *self.token.lock().unwrap() = wait(Self::bao().token(&name, &policy));
        true
    }
}

impl<const VERSION: u8> Rig for Engine<VERSION> {
    type Store = Vault;

    const LOOKS: bool = true;
    const PUTS: usize = 40;
    const PRINTS: bool = false;

    fn fresh() -> Self {
        static FOLDERS: AtomicUsize = AtomicUsize::new(0);
        Self {
            folder: format!("f{}", FOLDERS.fetch_add(1, Ordering::Relaxed)),
            token: Mutex::new(ROOT.to_owned()),
            time_limit: Mutex::new(LONG),
            url: Mutex::new(Self::bao().url.clone()),
        }
    }

    fn store(&self) -> Vault {
        let place = format!("suite{VERSION}/{}/{{user}}?addr={}", self.folder, self.url.lock().unwrap());
        let around = with_token(&self.token.lock().unwrap());
        let (aws, limit) = (SdkConfig::builder().build(), *self.time_limit.lock().unwrap());
        wait(Vault::connect(parse(&place).unwrap(), around, ACCOUNT, &aws, limit)).unwrap()
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let map = wait(Self::bao().look(&self.path(user)))?;
        let map = if VERSION == 2 { &map["data"]["data"] } else { &map["data"] };
        let field = |name: &str| map[name].as_str().unwrap().to_owned();
        Some((field("AccessKeyId"), field("SecretAccessKey")))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        self.write(user, json!({ "AccessKeyId": id, "SecretAccessKey": secret }));
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            Trouble::Forbidden => self.only("update"),
            Trouble::WrongType => {
                self.write(user, json!({ "password": "S3CR3T/0" }));
                true
            }
            // What is in a place is no larger than what may be.
            Trouble::Oversized => false,
            Trouble::Unavailable => self.only("read"),
            Trouble::Slow => {
                *self.time_limit.lock().unwrap() = SOON;
                self.through(proxy::Trouble::Silence)
            }
            Trouble::Denies => self.through(proxy::Trouble::AnswerLost),
        }
    }
}

const FIRST: &str = "what is put is served
each user has a place
any name of a user
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
";

#[test]
fn version_1_conforms() {
    if Bao::shared().is_some() {
        assert_eq!(conform::<Engine<1>>(), format!("{FIRST}the pair before is not kept"));
    }
}

#[test]
fn version_2_conforms() {
    if Bao::shared().is_some() {
        assert_eq!(conform::<Engine<2>>(), format!("{FIRST}the pair before is kept"));
    }
}
