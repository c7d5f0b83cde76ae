//! `file:PATH`: the JSON file that holds the slots.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use regex::Regex;
use rotator::{AccessKeyId, Effect, Facts, Memory, Observation, Slots};
use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::User;
use rotator_cli::store::file::{Document, JsonFile, parse};
use serde_json::Value;
use tempfile::TempDir;

use crate::rig::{LONG, SOON, alice, found, id, no_secret_in, pair, secret, user, wait};

/// A folder with the file.
struct Place(TempDir);

impl Place {
    fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(text: &str) -> Self {
        let place = Self::fresh();
        fs::write(place.path(), text).unwrap();
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o600)).unwrap();
        place
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("keys.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn store(&self) -> JsonFile {
        store(&self.path(), "")
    }

    fn look(&self) -> Document {
        wait(self.store().read(&alice())).unwrap()
    }

    fn slots(&self) -> Slots {
        let Document { slots, other_user, written, .. } = self.look();
        assert!(!other_user);
        let written = written.map(|_| Duration::ZERO);
        let facts = Facts { memory: Memory::Document, slots: slots.clone(), written, ..Facts::default() };
        Observation::new(facts).unwrap();
        slots
    }

    /// One rotation of alice's, as the driver does it.
    fn rotate(&self, n: usize) {
        let store = self.store();
        let seen = self.look();
        wait(store.write_names(&alice(), &seen, &seen.slots.after(&Effect::Open, &[]))).unwrap();
        let seen = self.look();
        assert!(seen.slots.open);
        wait(store.stage(&alice(), &seen, &pair(n))).unwrap();
        let seen = self.look();
        assert_eq!((&seen.slots.pending, seen.slots.open), (&Some(id(n)), false));
        let staged = wait(store.staged(&alice(), &seen)).unwrap();
        assert_eq!(staged.id, id(n));
        wait(store.promote(&alice(), &seen, &promoted(&seen, n))).unwrap();
        assert_eq!(self.slots(), promoted(&seen, n));
    }
}

pub fn store(path: &Path, options: &str) -> JsonFile {
    JsonFile::new(parse(&format!("{}{options}", path.display())).unwrap(), "123456789012", LONG)
}

pub fn promoted(seen: &Document, n: usize) -> Slots {
    seen.slots.after(&Effect::Promote(id(n)), &[])
}

/// What a consumer finds, by other code than the store's.
pub fn serves(path: &Path, user: &User) -> Option<(String, String)> {
    let value: Value = serde_json::from_str(&fs::read_to_string(path).ok()?).unwrap();
    let field = |name: &str| value[&user.name]["CURRENT"][name].as_str().map(str::to_owned);
    field("AccessKeyId").zip(field("SecretAccessKey"))
}

fn named(current: usize, last: usize) -> Slots {
    Slots { current: Some(id(current)), last: Some(id(last)), ..Slots::default() }
}

fn conflict<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    let failure = result.unwrap_err();
    assert_eq!(failure.class, Class::Conflict, "{failure}");
    no_secret_in(&format!("{failure} {failure:?}"));
    failure.said
}

#[test]
fn slots_survive_rotations_and_last_is_served_again() {
    let place = Place::fresh();
    assert_eq!(place.look(), Document::default());
    place.rotate(1);
    place.rotate(2);
    assert_eq!(serves(&place.path(), &alice()), Some(found(2)));
    let seen = place.look();
    assert_eq!(wait(place.store().previous(&alice(), &seen)).unwrap().id, id(1));
    wait(place.store().restore(&alice(), &seen)).unwrap();
    assert_eq!(place.slots(), named(1, 2));
    assert_eq!(serves(&place.path(), &alice()), Some(found(1)), "with its secret");
    wait(place.store().restore(&alice(), &place.look())).unwrap();
    assert_eq!(serves(&place.path(), &alice()), Some(found(2)), "there and back");
    place.rotate(3);
    assert_eq!(place.slots(), named(3, 2));
    assert!(place.look().written.is_some());
    assert_eq!(fs::metadata(place.path()).unwrap().permissions().mode() & 0o777, 0o600);
}

const WRITTEN: &str = r#"{
  "note": {"by":
 1.50},
  "alice": {
    "rotator": {
      "user": "AIDAalice",
      "written": "TIME",
      "open": "TIME"
    },
    "CURRENT": {
      "AccessKeyId": "AKIA0000000000000002",
      "SecretAccessKey": "S3CR3T/000000000000002+S3CR3T/abcdefg+x"
    },
    "LAST": {
      "AccessKeyId": "AKIA0000000000000001",
      "SecretAccessKey": "S3CR3T/000000000000001+S3CR3T/abcdefg+x"
    }
  }
}
"#;

#[test]
fn what_is_written_is_read_by_people_too() {
    let place = Place::with("{\"note\": {\"by\":\n 1.50}}");
    place.rotate(1);
    place.rotate(2);
    let seen = place.look();
    wait(place.store().write_names(&alice(), &seen, &seen.slots.after(&Effect::Open, &[]))).unwrap();
    let time = Regex::new(r"\d{4}-\d\d-\d\dT[\d:]+Z").unwrap();
    assert_eq!(time.replace_all(&place.text(), "TIME"), WRITTEN);
}

#[test]
fn what_is_not_ours_is_kept() {
    let text = "{\"bob\": {\"CURRENT\":\"whatever\"}, \"alice\": {\"owner\":[\"me\"], \
        \"rotator\":{\"rest\":\"12h\"}, \"CURRENT\":{\"AccessKeyId\":\"AKIA0000000000000009\",\"SecretAccessKey\":\"x\",\"note\":1}}}";
    let place = Place::with(text);
    assert!(place.look().written.is_some(), "a member made by hand is as old as the file");
    place.rotate(1);
    let value: Value = serde_json::from_str(&place.text()).unwrap();
    assert_eq!(value["bob"]["CURRENT"], "whatever");
    assert_eq!(value["alice"]["owner"][0], "me");
    assert_eq!(value["alice"]["rotator"]["rest"], "12h");
    assert_eq!(value["alice"]["LAST"]["note"], 1, "it moves with its pair");
}

#[test]
fn fields_have_the_names_that_consumers_know() {
    let place = Place::fresh();
    let store = store(&place.path(), "?id-field=AWS_ACCESS_KEY_ID&secret-field=AWS_SECRET_ACCESS_KEY");
    wait(store.stage(&alice(), &Document::default(), &pair(1))).unwrap();
    let seen = wait(store.read(&alice())).unwrap();
    wait(store.promote(&alice(), &seen, &promoted(&seen, 1))).unwrap();
    let value: Value = serde_json::from_str(&place.text()).unwrap();
    assert_eq!(value["alice"]["CURRENT"]["AWS_SECRET_ACCESS_KEY"], secret(1).as_str());
    assert!(parse("/a?id-field=x&secret-field=x").is_err());
    assert!(parse("?id-field=x").is_err());
}

#[test]
fn of_ten_who_stage_at_once_one_does() {
    let place = Place::fresh();
    let won = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for n in 1..=10 {
            let (store, won) = (place.store(), &won);
            scope.spawn(move || match wait(store.stage(&alice(), &Document::default(), &pair(n))) {
                Ok(()) => won.lock().unwrap().push(n),
                Err(failure) => drop(conflict::<()>(Err(failure))),
            });
        }
    });
    let won = won.into_inner().unwrap();
    assert_eq!(won.len(), 1);
    let seen = place.look();
    assert_eq!(seen.slots.pending, Some(id(won[0])));
    wait(place.store().stage(&alice(), &Document::default(), &pair(won[0]))).unwrap();
    assert_eq!(place.look(), seen, "what is staged is staged");
}

#[test]
fn every_write_rests_on_what_was_seen() {
    let place = Place::fresh();
    place.rotate(1);
    place.rotate(2);
    let (store, old) = (place.store(), place.look());
    wait(store.stage(&alice(), &old, &pair(3))).unwrap();
    let text = place.text();
    conflict(wait(store.write_names(&alice(), &old, &old.slots.after(&Effect::Open, &[]))));
    conflict(wait(store.stage(&alice(), &old, &pair(4))));
    conflict(wait(store.staged(&alice(), &old)));
    conflict(wait(store.promote(&alice(), &old, &promoted(&old, 3))));
    conflict(wait(store.restore(&alice(), &old)));
    assert_eq!(place.text(), text);
}

#[test]
fn other_users_changes_are_no_conflict() {
    let place = Place::fresh();
    thread::scope(|scope| {
        for n in 0..10 {
            let store = place.store();
            scope.spawn(move || {
                let user = user(&format!("ключ{n}"));
                wait(store.stage(&user, &Document::default(), &pair(n))).unwrap();
                let seen = wait(store.read(&user)).unwrap();
                wait(store.promote(&user, &seen, &promoted(&seen, n))).unwrap();
            });
        }
    });
    for n in 0..10 {
        assert_eq!(serves(&place.path(), &user(&format!("ключ{n}"))), Some(found(n)));
    }
}

#[test]
fn a_reader_never_finds_a_torn_pair() {
    let place = Place::fresh();
    place.rotate(0);
    thread::scope(|scope| {
        let writer = scope.spawn(|| (1..=70).for_each(|n| place.rotate(n)));
        while !writer.is_finished() {
            let (id, held) = serves(&place.path(), &alice()).unwrap();
            assert_eq!(held, secret(id.trim_start_matches("AKIA").parse().unwrap()));
        }
    });
}

#[test]
fn keys_that_were_there_before_are_named_without_a_secret() {
    let place = Place::fresh();
    let adopt = Effect::Adopt { current: id(8), last: Some(id(7)), open: true };
    let after = Slots::default().after(&adopt, &[]);
    wait(place.store().write_names(&alice(), &Document::default(), &after)).unwrap();
    let seen = place.look();
    assert_eq!(seen.slots, after);
    assert_eq!(serves(&place.path(), &alice()), None);
    for refused in [
        wait(place.store().previous(&alice(), &seen)).map(drop),
        wait(place.store().restore(&alice(), &seen)),
    ] {
        assert_eq!(refused.unwrap_err().class, Class::Missing);
    }
    wait(place.store().stage(&alice(), &seen, &pair(9))).unwrap();
    let seen = place.look();
    wait(place.store().promote(&alice(), &seen, &promoted(&seen, 9))).unwrap();
    assert_eq!(place.slots(), named(9, 8));
    assert_eq!(wait(place.store().restore(&alice(), &place.look())).unwrap_err().class, Class::Missing);
}

#[test]
fn a_user_of_the_same_name_is_another_user() {
    let place = Place::fresh();
    place.rotate(1);
    let later = User { id: "AIDALATER".into(), ..alice() };
    assert!(wait(place.store().read(&later)).unwrap().other_user);
}

#[test]
fn what_holds_something_else_is_left_alone() {
    let member = |text: &str| format!("{{\"alice\": {text}}}");
    for text in [
        "S3CR3T".to_owned(),
        "[\"S3CR3T\"]".to_owned(),
        "{\"alice\":{},\"alice\":{\"x\":\"S3CR3T\"}}".to_owned(),
        member("\"S3CR3T\""),
        member("{\"CURRENT\":\"S3CR3T\"}"),
        member("{\"CURRENT\":{\"SecretAccessKey\":\"S3CR3T\"}}"),
        member("{\"CURRENT\":{\"AccessKeyId\":\"S3CR3T\"}}"),
        member("{\"CURRENT\":{\"AccessKeyId\":7}}"),
        member("{\"PENDING\":{\"AccessKeyId\":\"AKIA0000000000000001\",\"AccessKeyId\":\"S3CR3T\"}}"),
        member("{\"rotator\":{\"open\":\"S3CR3T\"}}"),
        member("{\"rotator\":{\"written\":7}}"),
        member("{\"rotator\":\"S3CR3T\"}"),
        "S3CR3T ".repeat(200_000),
    ] {
        let place = Place::with(&text);
        let failure = wait(place.store().read(&alice())).unwrap_err();
        assert_eq!(failure.class, Class::Setup, "{failure}");
        no_secret_in(&format!("{failure} {failure:?}"));
    }
}

#[test]
fn the_secret_is_in_no_debug_output_and_no_failure() {
    let place = Place::fresh();
    place.rotate(1);
    place.rotate(2);
    let seen = place.look();
    no_secret_in(&format!(
        "{:?} {seen:?} {:?}",
        place.store(),
        wait(place.store().previous(&alice(), &seen))
    ));
    fs::remove_dir_all(place.0.path()).unwrap();
    let staged = wait(place.store().stage(&alice(), &seen, &pair(3))).unwrap_err();
    assert_eq!(staged.class, Class::StoreRejected(None), "a clear no");
    no_secret_in(&format!("{staged} {staged:?}"));
}

#[test]
fn a_lock_that_others_hold_is_a_conflict_in_time() {
    let place = Place::fresh();
    let lock = fs::File::create(place.0.path().join(".keys.json.rotator-lock")).unwrap();
    lock.lock().unwrap();
    let store = JsonFile::new(parse(&place.path().display().to_string()).unwrap(), "123456789012", SOON);
    let said = conflict(wait(store.stage(&alice(), &Document::default(), &pair(1))));
    assert!(said.contains("another program holds its lock"), "{said}");
    drop(lock);
    wait(store.stage(&alice(), &Document::default(), &pair(1))).unwrap();
    assert_eq!(place.look().slots.pending, AccessKeyId::parse(id(1).as_str()).ok());
}
