//! The built program: started as a schedule starts it, and killed once the account shows that it is midway.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rotator_cli::clock::sleep;
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

use super::account::{Account, PATH, SECRETS};
use crate::accounts::REGION;
use crate::check::journals::most_memory;

/// Users that a run has in hand at the same time.
pub const CONCURRENCY: usize = 32;
const JOURNAL: &str = "journal";
/// No run may hold up the check for ever.
const LONGEST_RUN: Duration = Duration::from_secs(20 * 60);

pub struct Program {
    binary: PathBuf,
    home: TempDir,
    args: Vec<String>,
    /// Of all runs, in KiB; 0 where `/proc` does not tell.
    pub peak: u64,
    /// Of all runs.
    pub took: Duration,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Killed,
    Code(i32),
}

/// What `rotator verify` says of the journal.
pub struct Verified {
    pub runs: u64,
    pub killed: u64,
    pub lines: u64,
}

impl Program {
    pub fn new(binary: &Path, most_users: usize) -> Result<Self> {
        let args = [
            "rotate".to_owned(),
            PATH.to_owned(),
            format!("--store=secretsmanager:{SECRETS}{{user}}"),
            format!("--max-users={most_users}"),
            format!("--concurrency={CONCURRENCY}"),
            // Whoever has a new key is not due again.
            "--rotate-after=1d".to_owned(),
            format!("--journal={JOURNAL}"),
        ];
        let args = args.to_vec();
        let home = TempDir::new()?;
        Ok(Self { binary: binary.to_owned(), home, args, peak: 0, took: Duration::ZERO })
    }

    /// Runs it to its end; or, with a number, kills it once so many keys have been made since the start of all.
    pub async fn run(&mut self, account: &Account, kill_at: Option<usize>) -> Result<End> {
        let began = Instant::now();
        let mut child = self.start(account)?;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            self.peak = self.peak.max(most_memory(&child).unwrap_or_default());
            if kill_at.is_some_and(|keys| account.keys_made() >= keys) {
                child.kill()?;
                break child.wait()?;
            }
            if began.elapsed() > LONGEST_RUN {
                child.kill()?;
                child.wait()?;
                anyhow::bail!("rotator did not end within {LONGEST_RUN:?}:\n{}", self.last_words());
            }
            sleep(Duration::from_millis(20)).await;
        };
        self.took += began.elapsed();
        account.quiet().await;
        self.end(status)
    }

    fn start(&self, account: &Account) -> Result<Child> {
        let (home, admin) = (self.home.path(), account.sandbox.admin());
        let mut command = Command::new(&self.binary);
        command
            .args(&self.args)
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", account.sandbox.endpoint())
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", &admin.id)
            .env("AWS_SECRET_ACCESS_KEY", admin.secret.expose_secret())
            .stdin(Stdio::null())
            .stdout(File::create(home.join("stdout"))?)
            .stderr(File::create(home.join("stderr"))?);
        command.spawn().context("cannot run rotator")
    }

    fn end(&self, status: ExitStatus) -> Result<End> {
        use std::os::unix::process::ExitStatusExt;
        if status.signal() == Some(9) {
            return Ok(End::Killed);
        }
        let code = status.code().with_context(|| format!("rotator ended by {status}"))?;
        ensure!([0, 5].contains(&code), "rotator ended with {code}:\n{}", self.last_words());
        Ok(End::Code(code))
    }

    /// The end of what the last run said to people.
    pub fn last_words(&self) -> String {
        let said = fs::read_to_string(self.home.path().join("stderr")).unwrap_or_default();
        let lines: Vec<_> = said.lines().rev().take(12).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// `rotator verify` on the journal that all runs wrote.
    pub fn verified(&self) -> Result<Verified> {
        let done = Command::new(&self.binary)
            .args(["verify", JOURNAL, "--json"])
            .current_dir(self.home.path())
            .output()
            .context("cannot run rotator")?;
        let said = String::from_utf8_lossy(&done.stdout);
        ensure!(done.status.code() == Some(0), "the journal does not verify, {}:\n{said}", done.status);
        let report: Value = serde_json::from_str(&said).context("`verify --json` is not JSON")?;
        let journal = report.pointer("/journals/0").context("no journal was verified")?;
        ensure!(journal.get("holds") == Some(&Value::Bool(true)), "the journal does not hold: {said}");
        let number =
            |name: &str| journal.get(name).and_then(Value::as_u64).with_context(|| format!("no {name}"));
        Ok(Verified { runs: number("runs")?, killed: number("killed_runs")?, lines: number("lines")? })
    }
}
