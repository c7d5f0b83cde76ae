//! The programs as their users start them, on an account in memory, with everything said that can be said.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rotator_cli::sandbox::{Fault, Sandbox, Settings};
use secrecy::ExposeSecret;
use tokio::sync::oneshot;

use super::judge::{Told, leaks};
use super::scan::Scanner;
use super::watch::{Watched, watch};
use crate::accounts::{Pair, REGION};

/// Whatever could make a program, the SDK or a runtime talk.
pub const LOUD: [(&str, &str); 6] = [
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
    ("RUST_LIB_BACKTRACE", "full"),
    ("AWS_SDK_LOG", "trace"),
    ("AWS_LOG_LEVEL", "trace"),
    ("SMITHY_LOG", "trace"),
];

/// Handed to every run, and sent with every call: it must not come back out.
const SESSION_TOKEN: &str = "FwoGZXIvYXdzEJr//////////wEaDKcanary7s3ss10nT0k3nThatNobodyMayEverPrint0987";

/// Counted over all runs.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    pub runs: usize,
    pub killed: usize,
    pub secrets: usize,
    pub texts: usize,
    pub bytes: usize,
    pub looks: usize,
    pub children: usize,
}

/// An account, and the folder in which the programs run.
pub struct Theatre<'a> {
    pub sandbox: Sandbox,
    binaries: &'a Path,
    home: tempfile::TempDir,
    given: BTreeMap<String, Vec<u8>>,
    /// Secrets that the account did not make.
    others: Vec<Pair>,
    pub counts: Counts,
    _end: oneshot::Sender<()>,
}

impl<'a> Theatre<'a> {
    /// With these users on `/ci/`.
    pub fn open(binaries: &'a Path, users: &[&str]) -> Result<Self> {
        let (ready, started) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                // Slow enough to be killed amid a call.
                let settings = Settings { latency: Duration::from_millis(3), ..Settings::default() };
                ready.send(Sandbox::start(settings).await?)?;
                drop(ended.await);
                Ok(())
            })
        });
        let sandbox = started.recv().context("the account in memory does not start")?;
        for user in users {
            sandbox.account().add_user(user, "/ci/")?;
            sandbox.account().create_key(user)?;
        }
        sandbox.advance(Duration::from_secs(40 * 86_400));
        let others = vec![Pair { id: "session token".into(), secret: SESSION_TOKEN.into() }];
        let home = tempfile::tempdir()?;
        let (given, counts) = (BTreeMap::new(), Counts::default());
        Ok(Self { sandbox, binaries, home, given, others, counts, _end: end })
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// What somebody else leaves in the folder.
    pub fn give(&mut self, name: &str, text: &str) -> Result<()> {
        let path = self.file(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(path, text)?;
        self.given.insert(name.into(), text.into());
        Ok(())
    }

    /// More that must not be shown.
    pub fn guard(&mut self, pairs: impl IntoIterator<Item = Pair>) {
        self.others.extend(pairs);
    }

    pub fn hours(&self, hours: u64) {
        self.sandbox.advance(Duration::from_secs(hours * 3_600));
    }

    /// One line, to its end.
    pub fn run(&mut self, line: &str) -> Result<Watched> {
        self.run_with(line, b"", None)
    }

    /// The same with a fault, which must strike.
    pub fn run_despite(&mut self, fault: Fault, line: &str) -> Result<Watched> {
        let what = format!("{fault:?}");
        let hits = self.sandbox.inject(fault);
        let watched = self.run(line)?;
        ensure!(hits.count() > 0, "{what} did not strike `{line}`");
        self.sandbox.clear_faults();
        Ok(watched)
    }

    /// Killed once the account has done so many calls for it.
    pub fn kill_after(&mut self, calls: usize, line: &str) -> Result<Watched> {
        self.sandbox.clear_calls();
        self.run_with(line, b"", Some(calls))
    }

    pub fn run_with(&mut self, line: &str, input: &[u8], kill: Option<usize>) -> Result<Watched> {
        let (mut command, mut told) = self.command(line)?;
        told.killed = kill.is_some();
        let sandbox = &self.sandbox;
        let until = kill.map(|calls| move || sandbox.calls().len() >= calls);
        let until = until.as_ref().map(|until| until as &dyn Fn() -> bool);
        let watched = watch(&mut command, self.home.path(), input, until)?;
        ensure!(
            kill.is_some() || watched.code.is_some_and(|code| code < 100),
            "`{line}` did not end as a program of ours does: {:?}",
            watched.code
        );
        let scanner = self.scanner();
        let mut found = leaks(&watched, &told, &scanner);
        found.extend(self.in_the_account(&scanner));
        ensure!(found.is_empty(), "`{line}`: {}", found.join("; "));
        // It was scanned; the next run begins another.
        drop(fs::remove_file(self.file("journal")));
        self.counts.runs += 1;
        self.counts.killed += usize::from(watched.code.is_none());
        self.counts.secrets = scanner.secrets();
        self.counts.texts += watched.shown.len();
        self.counts.bytes += watched.shown.iter().map(|shown| shown.text.len()).sum::<usize>();
        self.counts.looks += watched.looks;
        self.counts.children += watched.children;
        Ok(watched)
    }

    /// `NAME=value rotator rotate ci -o pairs.json`: an empty value takes a variable away.
    fn command(&self, line: &str) -> Result<(Command, Told)> {
        let mut words = line.split_whitespace().peekable();
        let admin = self.sandbox.admin();
        let mut environment: BTreeMap<String, String> =
            LOUD.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let home = self.home.path().display().to_string();
        let own = [
            ("HOME", home.clone()),
            ("TMPDIR", home),
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_ENDPOINT_URL", self.sandbox.endpoint()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", admin.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", admin.secret.expose_secret().to_owned()),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
            ("ROTATOR_DEADLINE", "5s".to_owned()),
            ("ROTATOR_SETTLE", "1s".to_owned()),
        ];
        environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            match value {
                "" => environment.remove(name),
                _ => environment.insert(name.to_owned(), value.to_owned()),
            };
            words.next();
        }
        let program = words.next().context("no program")?;
        let args: Vec<&str> = words.collect();
        let mut told = Told { given_files: self.given.clone(), ..Told::default() };
        told.given_environment = environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let elsewhere = args.contains(&"--store") || args.contains(&"--json") || args.contains(&"--dry-run");
        told.documents = self.documents();
        if let Some(at) = args.iter().position(|arg| *arg == "-o") {
            told.documents.extend(args.get(at + 1).map(|name| (*name).to_owned()));
        } else {
            let rotates = program != "rotator" || args.first() == Some(&"rotate");
            told.pairs_on_stdout = rotates && !elsewhere;
        }
        let mut command = Command::new(self.binaries.join(program));
        command.args(args).current_dir(self.home.path()).env_clear().envs(environment);
        Ok((command, told))
    }

    /// Those that earlier runs were told to write stay where they are.
    fn documents(&self) -> Vec<String> {
        ["pairs.json", "old.json", "killed.json"].map(str::to_owned).into()
    }

    fn scanner(&self) -> Scanner {
        let account = self.sandbox.account();
        let issued = account.issued().iter();
        let issued =
            issued.map(|pair| Pair { id: pair.id.clone(), secret: pair.secret.expose_secret().to_owned() });
        Scanner::new(&issued.chain(self.others.iter().cloned()).collect::<Vec<_>>())
    }

    /// Names, tags and descriptions are no place for a secret; a secret's value is.
    fn in_the_account(&self, scanner: &Scanner) -> Vec<String> {
        let account = self.sandbox.account();
        let mut texts = Vec::new();
        for user in account.users() {
            texts.push(("the tags of a user", format!("{:?}", account.tags(&user.name))));
            let Ok(secret) = account.secret(&user.name) else { continue };
            for version in &secret.versions {
                let value = scanner.cut(version.value.expose_secret(), false);
                texts.push(("the value of a secret, beside its pair", value));
            }
            texts.push(("what describes a secret", format!("{secret:?}")));
        }
        drop(account);
        texts.push(("the calls that were made", format!("{:?}", self.sandbox.calls())));
        let leak = |(place, text): (&str, String)| {
            scanner
                .find(text.as_bytes())
                .map(|found| format!("{place} shows a part of a secret {}", found.form))
        };
        texts.into_iter().filter_map(leak).collect()
    }
}
