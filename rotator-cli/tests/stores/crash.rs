//! Processes that die, and disks that take no more, in the middle of writes. The test binary runs itself
//! again as the one who is struck.

use std::fs::{self, File, FileTimes};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rotator_cli::clock::sleep;
use rotator_cli::failure::Class;
use rotator_cli::store::disk::PrivateFile;
use rotator_cli::store::file::Document;

use crate::document::{promoted, serves, store};
use crate::rig::{LONG, alice, pair, secret, wait};

/// Names the file that the process is to write; unset where the test is run as a test.
const STRUCK: &str = "ROTATOR_TEST_STRUCK";
const KILLS: u64 = 25;

/// Rotates for as long as it lives.
#[test]
fn struck_amid_rotations() {
    let Some(path) = std::env::var_os(STRUCK) else { return };
    let store = store(Path::new(&path), "");
    for n in 1.. {
        let seen = wait(store.read(&alice())).unwrap();
        wait(store.stage(&alice(), &seen, &pair(n))).unwrap();
        let seen = wait(store.read(&alice())).unwrap();
        wait(store.promote(&alice(), &seen, &promoted(&seen, n))).unwrap();
    }
}

#[test]
fn who_is_killed_leaves_a_whole_file_and_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let mut rotated = 0;
    for kill in 0..KILLS {
        let mut child = again("crash::struck_amid_rotations", &path).spawn().unwrap();
        wait(sleep(Duration::from_millis(40 + 7 * kill)));
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9), "it was to be killed amid its work");

        let store = store(&path, "");
        let seen = wait(store.read(&alice())).unwrap();
        if let Some((id, held)) = serves(&path, &alice()) {
            assert_eq!(held, secret(id.trim_start_matches("AKIA").parse().unwrap()));
            rotated += 1;
        }
        if seen.slots.pending.is_some() {
            wait(store.staged(&alice(), &seen)).unwrap();
        }
        // The next writer has its turn at once, whatever the dead one held.
        let file = PrivateFile::find(&path).unwrap();
        wait(file.replace(Duration::from_secs(1), |now| Ok(now.text.clone()))).unwrap();
    }
    assert!(rotated > KILLS / 2, "the dead were to have worked before: {rotated}");
    assert!(left_behind(folder.path()).len() <= usize::try_from(KILLS).unwrap(), "a piece for each at most");
    for piece in left_behind(folder.path()) {
        let old = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        File::options().write(true).open(piece).unwrap().set_times(old).unwrap();
    }
    let file = PrivateFile::find(&path).unwrap();
    wait(file.replace(LONG, |now| Ok(now.text.clone()))).unwrap();
    assert_eq!(left_behind(folder.path()), Vec::<PathBuf>::new());
}

/// The temporary files.
fn left_behind(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().contains("/.rotator-keys.json-")).collect()
}

/// Writes once, with a limit on the size of files, and says what came of it.
#[test]
fn struck_by_a_full_disk() {
    let Some(path) = std::env::var_os(STRUCK) else { return };
    let store = store(Path::new(&path), "");
    let seen = wait(store.read(&alice())).unwrap();
    let failure = wait(store.stage(&alice(), &seen, &pair(1))).unwrap_err();
    assert_eq!(failure.class, Class::StoreRejected(None), "{failure}");
    assert!(failure.said.contains("too large"), "{failure}");
}

/// A limit on the size of files stands for a full disk: both break off amid the content, and this one
/// needs no mount, which not every machine that runs tests allows.
#[test]
fn a_disk_that_takes_no_more_keeps_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let text = format!("{{\"bob\": \"{}\"}}", "x".repeat(4096));
    let file = PrivateFile::find(&path).unwrap();
    wait(file.replace(LONG, |_| Ok(text.clone().into()))).unwrap();

    let mut limited = Command::new("sh");
    // The signal that comes with the limit is ignored, so the write fails as on a full disk.
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh"]);
    let test = again("crash::struck_by_a_full_disk", &path);
    limited.arg(test.get_program()).args(test.get_args()).env(STRUCK, &path);
    let output = limited.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));

    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the file and its lock");
    assert_eq!(wait(store(&path, "").read(&alice())).unwrap(), Document::default());
}

fn again(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env(STRUCK, path).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
