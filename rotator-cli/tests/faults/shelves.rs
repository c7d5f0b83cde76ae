//! Stores that no AWS endpoint serves, by their real adapters: what a bystander reads there by other means,
//! and what goes wrong there.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bao::{Bao, ROOT};
use rotator::AccessKeyId;
use rotator_cli::aws::Caller;
use rotator_cli::ses::Extras;
use rotator_cli::store::beside::Stores;
use rotator_cli::store::documents::Documents;
use rotator_cli::store::exec::{self, Exec};
use rotator_cli::store::file::{self, JsonFile};
use rotator_cli::store::profile::{self, Profile};
use rotator_cli::store::vault::{self, Surroundings, Vault};
use rotator_cli::target::Target;
use serde_json::Value;

use crate::age::age;
use crate::faulty::Fault;
use crate::hosted::Hosted;
use crate::http::USER;
use crate::place::To;
use crate::proxy::{Proxy, Trouble};

/// One user's place in it. Clones are the same place.
#[derive(Clone)]
pub struct Shelf(Rc<Inner>);

struct Inner {
    to: To,
    root: tempfile::TempDir,
    /// Somebody else's turn to write.
    held: RefCell<Option<File>>,
    server: Option<Server>,
    hosted: Option<Hosted>,
    armed: Cell<bool>,
}

/// A place of one's own in the OpenBao that all share.
struct Server {
    bao: &'static Bao,
    proxy: Proxy,
    path: String,
}

/// No write waits longer for its turn, and no command gets longer.
const PATIENCE: Duration = Duration::from_millis(50);
const COMMAND: Duration = Duration::from_secs(2);

/// It does what `mode` says, and counts what went wrong.
const STORE: &str = r#"set -eu
cd "$1"
put() { cat > pair.new && mv pair.new pair.json; }
if [ ! -e mode ]; then put; exit 0; fi
echo . >> struck
case "$(cat mode)" in
    refuses) exit 1 ;;
    fails-after) put; exit 1 ;;
    hangs-after) put; exec sleep 60 ;;
    hangs) exec sleep 60 ;;
    dies) kill -9 $$ ;;
esac
"#;
const SERVED: &str = r#"cd "$1"
[ -e pair.json ] || exit 0
sed -n 's/.*"AccessKeyId":"\([A-Z0-9]*\)".*/\1/p' pair.json
"#;

impl Shelf {
    /// `None`: AWS serves it, or a pipeline.
    pub async fn of(to: To, number: usize) -> Option<Self> {
        let (mut server, mut hosted) = (None, None);
        match to {
            To::JsonFile | To::Profile | To::Command => {}
            To::OpenBao => {
                let bao = Bao::shared().unwrap();
                let proxy = Proxy::before(&bao.url).await;
                server = Some(Server { bao, proxy, path: format!("story-{number}") });
            }
            To::Hosted(host) => hosted = Some(Hosted::start(host).await),
            To::SecretsManager | To::ParameterStore | To::File | To::Stdout | To::Memory { .. } => {
                return None;
            }
        }
        let (root, held, armed) = (tempfile::tempdir().unwrap(), None.into(), false.into());
        let shelf = Self(Rc::new(Inner { to, root, held, server, hosted, armed }));
        fs::create_dir(shelf.folder()).unwrap();
        fs::write(shelf.folder().join("store.sh"), STORE).unwrap();
        fs::write(shelf.folder().join("served.sh"), SERVED).unwrap();
        Some(shelf)
    }

    /// Where the pair is read in its parts.
    pub fn hosted(&self) -> Option<&Hosted> {
        self.0.hosted.as_ref()
    }

    fn folder(&self) -> PathBuf {
        self.0.root.path().join("shelf")
    }

    /// Where the folder is while it cannot be found.
    fn away(&self) -> PathBuf {
        self.0.root.path().join("away")
    }

    fn file(&self) -> PathBuf {
        self.folder().join("pairs")
    }

    pub async fn target(&self, caller: &Caller) -> Target {
        let account = caller.account.as_str();
        if let Some(hosted) = self.hosted() {
            return Target::Store(hosted.store(account, &self.folder()));
        }
        if let Some(Server { proxy, path, .. }) = &self.0.server {
            let config = vault::parse(&format!("secret/{path}?addr={}", proxy.url)).unwrap();
            let variables = BTreeMap::from([("VAULT_TOKEN".to_owned(), ROOT.to_owned())]);
            let around = Surroundings { variables, home: None };
            let store = Vault::connect(config, around, account, &caller.config, COMMAND).await.unwrap();
            return Target::Store(Stores::Vault(Box::new(store)));
        }
        let (folder, file) = (self.folder(), self.file());
        let (folder, file) = (folder.display(), file.display());
        let command = |script: &str| exec::parse(&format!("/bin/sh {folder}/{script} {folder}")).unwrap();
        if self.0.to == To::JsonFile {
            let place = file::parse(&file.to_string()).unwrap();
            return Target::Document(Documents::File(JsonFile::new(place, account, PATIENCE)));
        }
        Target::Store(if self.0.to == To::Profile {
            let place = profile::parse(&format!("{file}#{USER}")).unwrap();
            Stores::Profile(Profile::new(place, account, PATIENCE))
        } else {
            let place = exec::Place { command: command("store.sh"), extras: Extras::default() };
            Stores::Exec(Exec::new(place, Some(command("served.sh")), account, COMMAND))
        })
    }

    /// What a job would get.
    pub fn serves(&self) -> Option<AccessKeyId> {
        let read = |path: PathBuf| fs::read_to_string(path).ok();
        let away = || read(self.away().join("pairs"));
        let id = match self.0.to {
            To::JsonFile => {
                let file: Value = serde_json::from_str(&read(self.file()).or_else(away)?).unwrap();
                file.get(USER)?.get("CURRENT")?.get("AccessKeyId")?.as_str()?.to_owned()
            }
            To::Profile => {
                let file = read(self.file()).or_else(away)?;
                let line = file.lines().find(|line| line.starts_with("aws_access_key_id"))?;
                line.split_once('=')?.1.trim().to_owned()
            }
            To::OpenBao => self.0.server.as_ref()?.serves()?,
            To::SecretsManager | To::ParameterStore | To::File | To::Stdout | To::Memory { .. } => {
                return None;
            }
            To::Hosted(_) => return None,
            To::Command => {
                let pair: Value = serde_json::from_str(&read(self.folder().join("pair.json"))?).unwrap();
                pair.get("AccessKeyId")?.as_str()?.to_owned()
            }
        };
        AccessKeyId::parse(&id).ok()
    }

    /// Time passes for a file too, which is dated by the clock of this machine.
    pub fn pass(&self, span: Duration, now: SystemTime) {
        if let Some(hosted) = self.hosted() {
            return hosted.set_clock(now);
        }
        if self.0.to == To::JsonFile {
            age(&self.file(), span).unwrap();
        }
    }

    /// From now on it goes wrong, once so many writes have passed.
    pub fn arm(&self, fault: Fault, passes: usize) {
        if let Some(hosted) = self.hosted() {
            return hosted.arm(fault, passes);
        }
        if let Some(server) = &self.0.server {
            self.0.armed.set(true);
            return server.arm(fault);
        }
        let mode = match fault {
            Fault::ErrorBefore => "refuses",
            Fault::ErrorAfter => "fails-after",
            Fault::AnswerLost => "hangs-after",
            Fault::Throttled => "hangs",
            Fault::Denied => "dies",
            Fault::KilledBefore | Fault::KilledAfter => panic!("the other side kills nobody"),
        };
        match (self.0.to, fault) {
            (To::Command, _) => fs::write(self.folder().join("mode"), mode).unwrap(),
            // It is another program's turn, and stays so.
            (_, Fault::Throttled) => {
                let lock = File::create(self.folder().join(".pairs.rotator-lock")).unwrap();
                lock.lock().unwrap();
                self.0.held.replace(Some(lock));
            }
            (_, _) => fs::rename(self.folder(), self.away()).unwrap(),
        }
    }

    /// It no longer does. How often it did.
    pub fn mend(&self) -> usize {
        let held = usize::from(self.0.held.take().is_some());
        let gone = usize::from(fs::rename(self.away(), self.folder()).is_ok());
        let _ = fs::remove_file(self.folder().join("mode"));
        let struck = fs::read_to_string(self.folder().join("struck")).unwrap_or_default().lines().count();
        let _ = fs::remove_file(self.folder().join("struck"));
        let answered = self.0.armed.take() && self.0.server.as_ref().is_some_and(|s| s.proxy.has_hit());
        let hosted = self.hosted().map_or(0, Hosted::mend);
        held + gone + struck + usize::from(answered) + hosted
    }
}

impl Server {
    /// Of the next write. Those who are asked to slow down or who may not are asked once: no write is sent
    /// twice.
    fn arm(&self, fault: Fault) {
        let says = |status: &str| {
            let body = r#"{"errors":["no"]}"#;
            format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        self.proxy.inject(match fault {
            Fault::ErrorBefore => Trouble::Answer(says("400 Bad Request")),
            Fault::ErrorAfter => Trouble::Belied(says("500 Internal Server Error")),
            Fault::AnswerLost => Trouble::AnswerLost,
            Fault::Throttled => Trouble::Answer(says("429 Too Many Requests")),
            Fault::Denied => Trouble::Answer(says("403 Forbidden")),
            Fault::KilledBefore | Fault::KilledAfter => panic!("the other side kills nobody"),
        });
    }

    /// Past the proxy, and past the program's own client.
    fn serves(&self) -> Option<String> {
        let address = self.bao.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let path = &self.path;
        let head = format!("GET /v1/secret/data/{path} HTTP/1.0\r\nHost: x\r\nX-Vault-Token: {ROOT}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(answer.split_once("\r\n\r\n")?.1).unwrap();
        Some(answer.pointer("/data/data/AccessKeyId")?.as_str()?.to_owned())
    }
}
