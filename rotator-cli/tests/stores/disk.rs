//! The private file behind `file:` and `file+aws:`.

use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::User;
use rotator_cli::store::Undelivered;
use rotator_cli::store::disk::{PrivateFile, path_of};
use tempfile::TempDir;

use crate::rig::{LONG, no_secret_in, user, wait};

const START: SystemTime = SystemTime::UNIX_EPOCH;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn private(path: &Path, mode: u32) {
    fs::write(path, "S3CR3T").unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn replace(path: &Path, text: &str) -> Result<(), Undelivered> {
    let file = PrivateFile::find(path).map_err(Undelivered::Rejected)?;
    wait(file.replace(LONG, |_| Ok(text.into())))
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[track_caller]
fn refused(path: &Path) -> String {
    let Failure { class, said, .. } = PrivateFile::find(path).and_then(|file| file.look()).unwrap_err();
    assert_eq!(class, Class::Setup, "{said}");
    assert!(matches!(replace(path, "new"), Err(Undelivered::Rejected(_))));
    no_secret_in(&said);
    said
}

#[test]
fn a_links_target_is_replaced_and_not_the_link() {
    let (folder, elsewhere) = (folder(), folder());
    let (link, target) = (folder.path().join("link"), elsewhere.path().join("target"));
    private(&target, 0o600);
    symlink(&target, &link).unwrap();
    replace(&link, "new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    assert_eq!(names(&elsewhere), [".target.rotator-lock", "target"], "the lock is the target's");
    assert_eq!(names(&folder), ["link"]);
}

#[test]
fn a_stricter_mode_and_the_owner_are_kept() {
    let folder = folder();
    let path = folder.path().join("keys");
    private(&path, 0o400);
    // Only root can give a file away; for others the owner is the same anyway.
    let owner =
        if chown(&path, Some(1234), Some(1234)).is_ok() { 1234 } else { fs::metadata(&path).unwrap().uid() };
    replace(&path, "new").unwrap();
    let meta = fs::metadata(&path).unwrap();
    assert_eq!((meta.mode() & 0o777, meta.uid()), (0o400, owner));
    let new = folder.path().join("new");
    replace(&new, "new").unwrap();
    assert_eq!(fs::metadata(&new).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn what_is_no_private_file_is_refused() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for mode in [0o640, 0o604, 0o620, 0o644] {
        private(&at("open"), mode);
        assert!(refused(&at("open")).contains("chmod 600"));
    }
    private(&at("one"), 0o600);
    fs::hard_link(at("one"), at("two")).unwrap();
    assert!(refused(&at("one")).contains("hard links"));
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(at("pipe")).status().unwrap().success());
    assert!(refused(&at("pipe")).contains("not a file"));
    fs::create_dir(at("folder")).unwrap();
    assert!(refused(&at("folder")).contains("not a file"));
    assert!(refused(Path::new("/dev/null")).contains("not a file"));
    symlink("nowhere", at("dangling")).unwrap();
    assert!(refused(&at("dangling")).contains("leads nowhere"));
    symlink(at("loop"), at("loop")).unwrap();
    refused(&at("loop"));
    assert!(refused(&at("absent/keys")).contains("make it first"));
    refused(&at("open/keys"));
    refused(Path::new("/"));
}

#[test]
fn absent_is_not_empty() {
    let folder = folder();
    let file = PrivateFile::find(&folder.path().join("keys")).unwrap();
    let absent = file.look().unwrap();
    assert!(!absent.exists());
    wait(file.replace(LONG, |_| Ok(Vec::new()))).unwrap();
    let empty = file.look().unwrap();
    assert!(empty.exists());
    assert_ne!(absent.revision(), empty.revision());
}

#[test]
fn what_killed_runs_left_is_removed_once_it_is_old() {
    let folder = folder();
    let path = folder.path().join("keys");
    let left = [".rotator-keys-aBc123", ".rotator-keys-2-aBc123", ".rotator-keys-aBc1234", ".rotator-aBc123"];
    for name in left {
        let file = File::create(folder.path().join(name)).unwrap();
        file.set_times(FileTimes::new().set_modified(START + Duration::from_secs(1))).unwrap();
    }
    File::create(folder.path().join(".rotator-keys-young1")).unwrap();
    replace(&path, "new").unwrap();
    let mut kept = vec![".keys.rotator-lock", ".rotator-keys-young1", "keys"];
    kept.extend(&left[1..]);
    kept.sort_unstable();
    assert_eq!(names(&folder), kept, "other files' pieces are other writers' matter");
}

#[test]
fn a_refused_edit_leaves_all_as_it_was() {
    let folder = folder();
    let path = folder.path().join("keys");
    private(&path, 0o600);
    let file = PrivateFile::find(&path).unwrap();
    let no = Failure::new(Class::Conflict, "write", "no");
    let refused = wait(file.replace(LONG, |_| Err(Undelivered::Stale(no))));
    assert!(matches!(refused, Err(Undelivered::Stale(_))));
    let large = wait(file.replace(LONG, |_| Ok(vec![b'x'; 2 << 20])));
    assert!(matches!(large, Err(Undelivered::Rejected(_))));
    assert_eq!(fs::read_to_string(&path).unwrap(), "S3CR3T");
    assert_eq!(names(&folder), [".keys.rotator-lock", "keys"]);
}

#[test]
fn a_lock_that_is_no_file_holds_nobody_up() {
    let folder = folder();
    let lock = folder.path().join(".keys.rotator-lock");
    assert!(Command::new("mkfifo").arg(&lock).status().unwrap().success());
    let put = replace(&folder.path().join("keys"), "new");
    assert!(matches!(put, Err(Undelivered::Rejected(_))), "{put:?}");
    fs::remove_file(&lock).unwrap();
    symlink(folder.path().join("elsewhere"), &lock).unwrap();
    let put = replace(&folder.path().join("keys"), "new");
    assert!(matches!(put, Err(Undelivered::Rejected(_))), "{put:?}");
    assert_eq!(names(&folder), [".keys.rotator-lock"]);
}

#[test]
fn a_users_name_leads_nowhere_else() {
    let climbing = User { path: "/../../etc/".into(), ..user("..") };
    assert_eq!(path_of("/var/{user}/keys", &climbing, "12").unwrap_err().class, Class::Setup);
    assert_eq!(path_of("/var/{path}/keys", &climbing, "12").unwrap_err().class, Class::Setup);
    assert_eq!(path_of("/var/{account}/../keys", &climbing, "12").unwrap(), Path::new("/var/12/../keys"));
    assert_eq!(path_of("/var/{path}/{user}", &user("a..b"), "12").unwrap(), Path::new("/var/ci/a..b"));
    let home = std::env::home_dir().unwrap();
    assert_eq!(path_of("~/.aws/credentials", &user("a"), "12").unwrap(), home.join(".aws/credentials"));
}
