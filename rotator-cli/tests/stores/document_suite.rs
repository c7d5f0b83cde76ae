//! The checks that every store stands, for the JSON file that holds the slots.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use rotator_cli::iam::User;
use rotator_cli::store::documents::Documents;
use rotator_cli::store::file::{JsonFile, parse};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble};
use crate::steps::AsAdapter;

struct Keys {
    folder: TempDir,
    limit: Mutex<Duration>,
    /// Held by somebody who does not let go.
    lock: Mutex<Option<fs::File>>,
}

impl Keys {
    fn path(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    fn document(&self) -> Value {
        fs::read(self.path()).map_or(json!({}), |text| serde_json::from_slice(&text).unwrap())
    }

    fn write(&self, text: &str) -> bool {
        let mut options = fs::OpenOptions::new();
        let file = options.create(true).write(true).truncate(true).mode(0o600).open(self.path());
        std::io::Write::write_all(&mut file.unwrap(), text.as_bytes()).unwrap();
        true
    }
}

impl Rig for Keys {
    type Store = AsAdapter;

    const PRINTS: bool = false;

    fn fresh() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), limit: Mutex::new(LONG), lock: Mutex::new(None) }
    }

    fn store(&self) -> AsAdapter {
        let place = parse(&self.path().display().to_string()).unwrap();
        AsAdapter(Documents::File(JsonFile::new(place, "123456789012", *self.limit.lock().unwrap())))
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let document = self.document();
        let field = |name: &str| Some(document[&user.name]["CURRENT"][name].as_str()?.to_owned());
        Some((field("AccessKeyId")?, field("SecretAccessKey")?))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        let mut document = self.document();
        document[&user.name] = json!({ "CURRENT": { "AccessKeyId": id, "SecretAccessKey": secret } });
        self.write(&document.to_string());
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            Trouble::Forbidden => {
                self.write("{}");
                fs::set_permissions(self.path(), fs::Permissions::from_mode(0o644)).unwrap();
                true
            }
            Trouble::WrongType => self.write(&format!(r#"{{"{}": "S3CR3T/0"}}"#, user.name)),
            Trouble::Oversized => self.write(&format!(r#"{{"x": "{}"}}"#, "x".repeat(64 * 1024 * 1024))),
            Trouble::Unavailable => {
                fs::remove_dir_all(self.folder.path()).unwrap();
                true
            }
            Trouble::Slow => {
                *self.limit.lock().unwrap() = SOON;
                let beside = self.folder.path().join(".keys.json.rotator-lock");
                let file = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(beside).unwrap();
                file.lock().unwrap();
                *self.lock.lock().unwrap() = Some(file);
                true
            }
            // A file does not speak.
            Trouble::Denies => false,
        }
    }
}

#[test]
fn it_conforms() {
    assert_eq!(
        conform::<Keys>(),
        "what is put is served
each user has a place
any name of a user
absent is nothing
a stale write is refused
a write that was not heard of is found
no reader sees a torn pair
of ten writers at once the pair of one
forbidden is not absent
something else is left alone
too large is found before a key is made
a clear no is a clear no
nobody waits for ever
the pair before is kept"
    );
}
