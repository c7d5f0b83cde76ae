//! `file+aws:PATH#PROFILE`.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use aws_config::profile::{ProfileFileCredentialsProvider, profile_file};
use aws_credential_types::provider::ProvideCredentials;
use rotator_cli::iam::User;
use rotator_cli::store::profile::{Profile, parse};
use rotator_cli::store::{Adapter, Undelivered};
use tempfile::TempDir;

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, alice, found, pair, user, wait};

struct Credentials {
    folder: TempDir,
    held: Mutex<Option<File>>,
}

impl Credentials {
    fn path(&self) -> PathBuf {
        self.folder.path().join("credentials")
    }

    fn write(&self, text: &str) {
        fs::write(self.path(), text).unwrap();
        fs::set_permissions(self.path(), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

impl Rig for Credentials {
    type Store = Profile;

    fn fresh() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), held: Mutex::default() }
    }

    fn store(&self) -> Profile {
        let wait = if self.held.lock().unwrap().is_some() { SOON } else { LONG };
        let place = parse(&format!("{}#{{user}}", self.path().display())).unwrap();
        Profile::new(place, "123456789012", wait)
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let text = fs::read_to_string(self.path()).ok()?;
        let section = text.split('[').find_map(|part| part.strip_prefix(&format!("{}]\n", user.name)))?;
        let value = |key: &str| {
            let line = section.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.trim_start_matches(" = ").to_owned())
        };
        value("aws_access_key_id").zip(value("aws_secret_access_key"))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        let name = &user.name;
        self.write(&format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"));
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            // Tests may run as root, who is forbidden nothing; a loop of links stops root too.
            Trouble::Forbidden => symlink(self.path(), self.path()).unwrap(),
            Trouble::WrongType => self.write(&format!("[{}]\ncredential_process = S3CR3T\n", user.name)),
            Trouble::Oversized => self.write(&"# S3CR3T\n".repeat(200_000)),
            Trouble::Unavailable => fs::remove_dir(self.folder.path()).unwrap(),
            Trouble::Slow => {
                let lock = File::create(self.folder.path().join(".credentials.rotator-lock")).unwrap();
                lock.lock().unwrap();
                *self.held.lock().unwrap() = Some(lock);
            }
            // Where the disk itself lies, there is no help.
            Trouble::Denies => return false,
        }
        true
    }
}

#[test]
fn it_conforms() {
    insta::assert_snapshot!(conform::<Credentials>(), @r"
    what is put is served
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
    the pair before is not kept
    ");
}

/// What AWS's own reader makes of the profile: id, secret, and whether a session token goes along.
fn as_the_sdk(place: &Credentials, profile: &str) -> (String, String, bool) {
    #[expect(deprecated, reason = "aws-config gives its reader out under no other name")]
    let (files, kind) = (profile_file::ProfileFiles::builder(), profile_file::ProfileFileKind::Credentials);
    let files = files.with_file(kind, place.path()).build();
    let provider =
        ProfileFileCredentialsProvider::builder().profile_files(files).profile_name(profile).build();
    let found = wait(provider.provide_credentials()).unwrap();
    let (id, secret) = (found.access_key_id().to_owned(), found.secret_access_key().to_owned());
    (id, secret, found.session_token().is_some())
}

#[test]
fn the_sdk_reads_what_is_written() {
    let before = "[default]\r\naws_access_key_id = AKIA0000000000000009\r\n\
        aws_secret_access_key = S3CR3T ; of alice\r\naws_session_token = stale\r\n# end";
    let place = Credentials::fresh();
    place.write(before);
    let path = place.path();
    for (n, named, profile) in [(1, "", "default"), (2, "#{account}/{user}", "123456789012/alice")] {
        let store = Profile::new(parse(&format!("{}{named}", path.display())).unwrap(), "123456789012", LONG);
        let seen = wait(store.read(&alice())).unwrap();
        wait(store.put(&alice(), &pair(n), &seen)).unwrap();
        let (id, secret) = found(n);
        assert_eq!(as_the_sdk(&place, profile), (id, secret, false));
    }
    let (id, secret) = found(1);
    assert_eq!(as_the_sdk(&place, "default"), (id, secret, false), "as it was");
    assert_eq!(fs::read_to_string(&path).unwrap().matches("# end").count(), 1);
}

#[test]
fn ten_users_at_once_lose_nobodys_pair() {
    let place = Credentials::fresh();
    place.write("# mine\n[other]\nregion = x");
    thread::scope(|scope| {
        for n in 0..10 {
            let store = place.store();
            scope.spawn(move || {
                let user = user(&format!("u{n}"));
                loop {
                    let seen = wait(store.read(&user)).unwrap();
                    match wait(store.put(&user, &pair(n), &seen)) {
                        Ok(()) => break,
                        Err(Undelivered::Stale(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    for n in 0..10 {
        assert_eq!(place.consumer(&user(&format!("u{n}"))), Some(found(n)));
    }
    assert!(fs::read_to_string(place.path()).unwrap().starts_with("# mine\n[other]\nregion = x\n"));
}
