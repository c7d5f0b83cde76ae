//! `exec:COMMAND`, with and without a command that tells what is served.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use rotator_cli::clock::{Stopwatch, sleep};
use rotator_cli::failure::Class;
use rotator_cli::iam::User;
use rotator_cli::ses::Extras;
use rotator_cli::store::exec::{CommandLine, Exec, Place, parse};
use rotator_cli::store::{Adapter, Reading, Serves, Undelivered};
use tempfile::TempDir;

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, alice, id, no_secret_in, pair, secret, wait};

const STORE: &str = r#"
case "$(cat "$1/mode" 2>/dev/null)" in slow) sleep 60;; esac
cat > "$1/$2.$$" && mv "$1/$2.$$" "$1/$2.json"
case "$(cat "$1/mode" 2>/dev/null)" in
denies) cat "$1/$2.json"; cat "$1/$2.json" >&2; base64 -w0 "$1/$2.json" >&2; exit 3;;
esac
"#;
const SERVED: &str = r#"
case "$(cat "$1/mode" 2>/dev/null)" in
forbidden) echo "not for you" >&2; exit 1;;
wrong) echo "S3CR3T/0";;
esac
[ -e "$1/$2.json" ] || exit 0
sed -n 's/.*[{,]"AccessKeyId":"\([A-Za-z0-9_]*\)".*/\1/p' "$1/$2.json"
"#;

/// A folder of files, written by a script. With `TOLD`, another one tells what is served.
struct Scripts<const TOLD: bool> {
    folder: TempDir,
    mode: Mutex<Option<Trouble>>,
}

impl<const TOLD: bool> Scripts<TOLD> {
    fn file(&self, user: &User) -> PathBuf {
        self.folder.path().join(format!("{}.json", user.name))
    }
}

impl<const TOLD: bool> Rig for Scripts<TOLD> {
    type Store = Exec;

    fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("store.sh"), STORE).unwrap();
        fs::write(folder.path().join("served.sh"), SERVED).unwrap();
        Self { folder, mode: Mutex::default() }
    }

    fn store(&self) -> Exec {
        let mode = *self.mode.lock().unwrap();
        let (shell, limit) = match mode {
            Some(Trouble::Unavailable) => ("/nowhere/sh", LONG),
            Some(Trouble::Slow) => ("/bin/sh", SOON),
            _ => ("/bin/sh", LONG),
        };
        let folder = self.folder.path().display();
        let script = |name: &str| parse(&format!("{shell} '{folder}/{name}' {folder} '{{user}}'")).unwrap();
        Exec::new(place(script("store.sh")), TOLD.then(|| script("served.sh")), "123456789012", limit)
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let text = fs::read_to_string(self.file(user)).ok()?;
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let field = |name: &str| value[name].as_str().unwrap().to_owned();
        Some((field("AccessKeyId"), field("SecretAccessKey")))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        let value = serde_json::json!({ "AccessKeyId": id, "SecretAccessKey": secret });
        fs::write(self.file(user), value.to_string()).unwrap();
    }

    fn arrange(&self, trouble: Trouble, _: &User) -> bool {
        let mode = match trouble {
            Trouble::Forbidden => "forbidden",
            Trouble::WrongType => "wrong",
            Trouble::Slow => "slow",
            Trouble::Denies => "denies",
            Trouble::Unavailable => "unavailable",
            // How much a command takes is its own matter.
            Trouble::Oversized => return false,
        };
        fs::write(self.folder.path().join("mode"), mode).unwrap();
        *self.mode.lock().unwrap() = Some(trouble);
        true
    }
}

#[test]
fn it_conforms_where_it_tells() {
    insta::assert_snapshot!(conform::<Scripts<true>>(), @r"
    what is put is served
    each user has a place
    any name of a user
    absent is nothing
    the last writer wins
    a write that was not heard of is found
    a denied write is found
    of ten writers at once the pair of one
    forbidden is not absent
    something else is left alone
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}

#[test]
fn it_conforms_where_it_does_not() {
    insta::assert_snapshot!(conform::<Scripts<false>>(), @r"
    what is put is served
    each user has a place
    any name of a user
    absent is nothing
    the last writer wins
    a denied write is found
    of ten writers at once the pair of one
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}

fn exec(command: &str) -> Exec {
    Exec::new(place(parse(command).unwrap()), None, "123456789012", LONG)
}

fn untold() -> Reading {
    Reading { serves: Serves::Untold, revision: None }
}

fn unclear(put: Result<(), Undelivered>) -> String {
    match put {
        Err(Undelivered::Unclear(failure)) => failure.said,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_pair_is_one_object_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().display();
    let exec =
        exec(&format!("/bin/sh -c 'cat > {to}/in; env > {to}/env; echo \"$@\" > {to}/args' x {{user}}"));
    let over = Reading { serves: Serves::Key(id(7)), revision: None };
    wait(exec.put(&alice(), &pair(1), &over)).unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let input = r#"{"Version":1,"AccessKeyId":"AKIA0000000000000001","SecretAccessKey":"S3CR3T/000000000000001+S3CR3T/abcdefg+x","User":"alice","Path":"/ci/","Account":"123456789012","PreviousAccessKeyId":"AKIA0000000000000007","IdempotencyKey":"rotator-AKIA0000000000000001"}"#;
    assert_eq!(read("in"), format!("{input}\n"));
    assert_eq!(read("args"), "alice\n");
    no_secret_in(&read("env"));
    wait(exec.put(&alice(), &pair(1), &untold())).unwrap();
    assert!(read("in").contains("\"PreviousAccessKeyId\":null"));
}

#[test]
fn a_command_that_reads_nothing_may_succeed() {
    for n in 0..50 {
        wait(exec("true").put(&alice(), &pair(n), &untold())).unwrap();
    }
}

#[test]
fn what_it_started_is_killed_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (late, limit) = (folder.path().join("late"), SOON);
    let script = format!("(sleep 2; touch {}) & sleep 60", late.display());
    let exec = Exec::new(place(parse(&format!("/bin/sh -c '{script}'")).unwrap()), None, "12", limit);
    let said = unclear(wait(exec.put(&alice(), &pair(1), &untold())));
    assert_eq!(said, "it did not end within 300ms and was killed");
    wait(sleep(Duration::from_secs(3)));
    assert!(!late.exists());
}

#[test]
fn what_it_leaves_running_holds_nobody_up() {
    let watch = Stopwatch::start();
    wait(exec("/bin/sh -c 'sleep 20 & exit 0'").put(&alice(), &pair(1), &untold())).unwrap();
    assert!(watch.elapsed() < Duration::from_secs(10), "{:?}", watch.elapsed());
}

#[test]
fn its_end_and_its_last_words_are_told() {
    let said = |script: &str| unclear(wait(exec(script).put(&alice(), &pair(1), &untold())));
    let loud = "/bin/sh -c 'echo out; for n in 1 2 3 4 5; do echo line $n >&2; done; exit 7'";
    assert_eq!(said(loud), "it ended with exit status: 7; it said: line 3 / line 4 / line 5");
    assert_eq!(said("/bin/sh -c 'kill -9 $$'"), "it ended with signal: 9 (SIGKILL)");
    let steering = "/bin/sh -c 'printf \"\\033[31mred\\r\\n\"; exit 1'";
    assert_eq!(said(steering), "it ended with exit status: 1; it said: [31mred");
    let much = "/bin/sh -c 'yes 0123456789 | head -c 1000000; cat; exit 1'";
    assert!(said(much).len() < 600);
    no_secret_in(&said(much));
    let inside = format!("/bin/sh -c 'echo key={} >&2; exit 1'", secret(1));
    assert!(said(&inside).ends_with("key=[REDACTED]"));
}

#[test]
fn what_cannot_be_started_is_found_before_a_key_is_made() {
    for command in ["/nowhere/store", "no-such-program-anywhere", "/etc/passwd", "/"] {
        let failure = wait(exec(command).read(&alice())).unwrap_err();
        assert_eq!(failure.class, Class::Setup, "{failure}");
        let put = wait(exec(command).put(&alice(), &pair(1), &untold()));
        assert!(matches!(put, Err(Undelivered::Rejected(_))), "{put:?}");
    }
}

fn place(command: CommandLine) -> Place {
    Place { command, extras: Extras::default() }
}
