//! An account in memory, the built programs as their users start them, and all that they printed as one
//! story to be compared as a whole.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rotator_cli::sandbox::{KeyStatus, LastUse, Pair, Sandbox, Settings};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::redact::redact;

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A sandbox, an empty home for the programs, and the story so far.
pub struct World {
    pub sandbox: Sandbox,
    home: tempfile::TempDir,
    story: String,
    variables: Vec<(&'static str, String)>,
    /// Ends the sandbox's thread.
    _end: tokio::sync::oneshot::Sender<()>,
}

/// What a program left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A handed-over pair: user, key id, secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    pub user: String,
    pub id: String,
    pub secret: String,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// The sandbox serves from a thread of its own, so that a test can wait for a program.
    pub fn with(settings: Settings) -> Self {
        let (ready, started) = mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                ready.send(Sandbox::start(settings).await.unwrap()).unwrap();
                drop(ended.await);
            });
        });
        let sandbox = started.recv().unwrap();
        Self {
            sandbox,
            home: tempfile::tempdir().unwrap(),
            story: String::new(),
            variables: Vec::new(),
            _end: end,
        }
    }

    /// Users on `/ci/`, without keys.
    pub fn users(names: &[&str]) -> Self {
        let world = Self::new();
        for name in names {
            world.user(name, "/ci/");
        }
        world
    }

    pub fn user(&self, name: &str, path: &str) {
        self.sandbox.account().add_user(name, path).unwrap();
    }

    /// A key that was made so long ago, and never used.
    pub fn key(&self, user: &str, age: Duration) -> Handed {
        let mut account = self.sandbox.account();
        let Pair { id, secret } = account.create_key(user).unwrap();
        let created = account.now() - age;
        account.set_created(&id, created).unwrap();
        Handed { user: user.to_owned(), id, secret: secret.expose_secret().to_owned() }
    }

    /// A key that was made so long ago, and that a job uses now.
    pub fn used_key(&self, user: &str, age: Duration) -> Handed {
        let pair = self.key(user, age);
        self.job(&pair);
        pair
    }

    /// A job signs with the pair, which must work.
    #[track_caller]
    pub fn job(&self, pair: &Handed) {
        assert!(self.works(pair), "the job's key {} of {} does not work", pair.id, pair.user);
        let mut account = self.sandbox.account();
        let at = account.now();
        let used = LastUse { at, service: "s3".to_owned(), region: "us-east-1".to_owned() };
        account.set_last_used(&pair.id, Some(used)).unwrap();
    }

    pub fn works(&self, pair: &Handed) -> bool {
        self.sandbox.account().works(&pair.id, &pair.secret)
    }

    pub fn advance(&self, by: Duration) {
        self.sandbox.advance(by);
    }

    /// The ids of a user's keys as they truly are, oldest first.
    pub fn ids(&self, user: &str) -> Vec<String> {
        self.sandbox.account().keys(user).unwrap().into_iter().map(|key| key.id).collect()
    }

    pub fn status(&self, pair: &Handed, status: KeyStatus) {
        self.sandbox.account().set_status(&pair.user, &pair.id, status).unwrap();
    }

    /// A variable of every program's environment from here on.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.variables.push((name, value.to_owned()));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A program as its users start it: `NAME=value rotator rotate ci -o pairs.json`, in the home folder,
    /// with an environment that holds nothing but what is needed.
    pub fn command(&self, line: &str) -> Command {
        let words = shell_words::split(line).unwrap();
        let mut words = words.iter().map(String::as_str).peekable();
        let mut env = Vec::new();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            env.push((name, value));
            words.next();
        }
        let program = match words.next() {
            Some("rotator") => env!("CARGO_BIN_EXE_rotator"),
            Some("iam-credential-rotation") => env!("CARGO_BIN_EXE_iam-credential-rotation"),
            other => panic!("no such program: {other:?}"),
        };
        let mut command = self.at_home(program);
        command.args(words);
        for (name, value) in env {
            // An empty value takes the variable away.
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        }
        command
    }

    /// Any program in the home folder, with the environment of ours.
    pub fn at_home(&self, program: impl AsRef<OsStr>) -> Command {
        let admin = self.sandbox.admin();
        let mut command = Command::new(program);
        command.current_dir(self.home.path()).env_clear();
        command.env("HOME", self.home.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ACCESS_KEY_ID", &admin.id);
        command.env("AWS_SECRET_ACCESS_KEY", admin.secret.expose_secret());
        command.env("AWS_ENDPOINT_URL", self.sandbox.endpoint()).env("AWS_REGION", "us-east-1");
        // One after the other, so that the order in which they are told is known.
        command.env("ROTATOR_CONCURRENCY", "1");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end, and tells of it in the story.
    pub fn run(&mut self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    /// The same with something on standard input.
    pub fn run_with(&mut self, line: &str, input: &str) -> Ran {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        // A program that does not read has closed it.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let ran = finish(child);
        self.tell_run(line, &ran);
        ran
    }

    pub fn tell_run(&mut self, line: &str, ran: &Ran) {
        let part = |text: &str| if text.is_empty() || text.ends_with('\n') { "" } else { "\\\n" };
        let Ran { stdout, stderr, code } = ran;
        let code = code.map_or("none".to_owned(), |code| code.to_string());
        self.tell(&format!("$ {line}"));
        write!(self.story, "{stdout}{}", part(stdout)).unwrap();
        for line in in_order(stderr) {
            self.tell(&format!("2| {line}"));
        }
        self.tell(&format!("exit {code}\n"));
    }

    /// A line of the story.
    pub fn tell(&mut self, text: &str) {
        writeln!(self.story, "{text}").unwrap();
    }

    /// The account as it truly is: each user's keys, oldest first, and the tags of ours.
    pub fn tell_account(&mut self) {
        let mut text = String::new();
        let account = self.sandbox.account();
        for user in account.users().iter().filter(|user| user.path != "/sandbox/") {
            let keys = account.keys(&user.name).unwrap();
            let ids: Vec<_> = keys.iter().map(|key| format!("{} {:?}", key.id, key.status)).collect();
            writeln!(text, "# {}{}: {}", user.path, user.name, ids.join(", ")).unwrap();
            for (tag, value) in account.tags(&user.name).unwrap() {
                writeln!(text, "#   {tag}: {value}").unwrap();
            }
        }
        drop(account);
        self.tell(text.trim_end());
        self.tell("");
    }

    /// Compares the whole story with what is on record.
    #[track_caller]
    pub fn check(&self, name: &str) {
        assert_plain(&self.story);
        let home = fs::canonicalize(self.home.path()).unwrap();
        let text = redact(&self.story, &self.sandbox.endpoint(), &[self.home.path(), &home]);
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

/// Users that are rotated side by side are told as they end; here by their names, each with its next step.
fn in_order(stderr: &str) -> Vec<&str> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in stderr.lines() {
        match blocks.last_mut() {
            Some(block) if line.starts_with("   ") => block.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    let word = |block: &[&str], at: usize| block[0].split_whitespace().nth(at).unwrap_or_default().to_owned();
    let about_user = |block: &[&str]| ["waits", "refused", "failed", "stopped"].contains(&&*word(block, 0));
    for some in blocks.chunk_by_mut(|a, b| about_user(a) && about_user(b)) {
        some.sort_by_key(|block| word(block, 1));
    }
    blocks.concat()
}

/// Waits for a child and takes what it printed.
pub fn finish(child: Child) -> Ran {
    let out = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: out.status.code(), stdout: text(out.stdout), stderr: text(out.stderr) }
}

impl Ran {
    /// The pairs in the document on stdout, in their order.
    #[track_caller]
    pub fn handed(&self) -> Vec<Handed> {
        handed(&self.stdout)
    }
}

/// The pairs in a document, in their order.
#[track_caller]
pub fn handed(document: &str) -> Vec<Handed> {
    let users: serde_json::Map<String, Value> =
        serde_json::from_str(document).unwrap_or_else(|error| panic!("{error}: {document}"));
    let word = |pair: &Value, field: &str| pair[field].as_str().unwrap().to_owned();
    let pairs = users.iter().map(|(user, pair)| Handed {
        user: user.clone(),
        id: word(pair, "AccessKeyId"),
        secret: word(pair, "SecretAccessKey"),
    });
    pairs.collect()
}

/// No program of ours ends by a panic, whatever it is given.
#[track_caller]
fn assert_plain(text: &str) {
    for word in
        ["panicked", "RUST_BACKTRACE", "stack backtrace", "rotator_cli::", "SdkError", "DispatchFailure"]
    {
        assert!(!text.contains(word), "`{word}` in:\n{text}");
    }
}

/// A case that is data.
pub fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/bad").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Drop for World {
    /// A test that failed shows how far its story went.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", redact(&self.story, &self.sandbox.endpoint(), &[self.home.path()]));
        }
    }
}
