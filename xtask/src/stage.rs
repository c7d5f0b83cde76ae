//! Where one scenario plays: its own IAM path, its own names, its own folder, one transcript.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::accounts::{ADMIN, Accounts, Pair, REGION};
use crate::check::canary::{Ears, LOUD};
use crate::python::Ancestor;
use crate::redact::{self, Known};

/// No run may hold up the others for ever.
const LONGEST_RUN: Duration = Duration::from_secs(120);

/// The times of the pattern, short enough to sit through. A scenario that needs others says so in its
/// own command lines.
const TIMES: [(&str, &str); 4] = [
    ("ROTATOR_DEADLINE", "8s"),
    ("ROTATOR_STRAY_AFTER", "15s"),
    ("ROTATOR_MIN_AGE", "15s"),
    ("ROTATOR_SETTLE", "2s"),
];
/// Longer than any scenario, for what must not come to pass while it is looked at.
pub const PATIENT: [&str; 2] = ["--stray-after=5min", "--min-age=5min"];
/// The same for the drop-in.
pub const PATIENT_VARIABLES: [(&str, &str); 2] =
    [("ROTATOR_STRAY_AFTER", "5min"), ("ROTATOR_MIN_AGE", "5min")];
/// `min-age`, and as much again as whole-second dates on either side can hide.
const REST: Duration = Duration::from_secs(17);

/// Where the scenarios are played.
pub struct Site<'a> {
    pub endpoint: &'a str,
    pub binaries: &'a Path,
    /// Our own LocalStack's; None where one was named that runs already.
    pub container: Option<&'a str>,
    /// Hears all that the programs show, and has them say as much as they can.
    pub ears: Option<&'a Ears>,
}

pub struct Stage<'a> {
    pub accounts: &'a Accounts<'a>,
    site: &'a Site<'a>,
    scratch: TempDir,
    /// Part of every name, so that scenarios and earlier runs never meet. Redacted away.
    run: String,
    transcript: String,
    /// Files that the scenario wrote, not a program.
    written: Vec<String>,
}

pub struct Output {
    pub stdout: String,
    pub stderr: String,
    /// None when a signal ended the program.
    pub code: Option<i32>,
}

impl<'a> Stage<'a> {
    pub fn new(accounts: &'a Accounts<'a>, site: &'a Site<'a>) -> Result<Self> {
        Ok(Self {
            accounts,
            site,
            scratch: tempfile::Builder::new().prefix("rotator-e2e-").tempdir()?,
            run: format!("{:08x}", RandomState::new().build_hasher().finish() as u32),
            transcript: String::new(),
            written: Vec::new(),
        })
    }

    /// The IAM path of this scenario's users; reads `/e2e/` in the transcript.
    pub fn path(&self) -> String {
        format!("/e2e-{}/", self.run)
    }

    /// A name that nobody else has; reads `word` in the transcript.
    pub fn name(&self, word: &str) -> String {
        format!("{word}-{}", self.run)
    }

    /// A file or folder that goes away with the scenario; the programs run in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// A user on this scenario's path.
    pub fn user(&self, word: &str) -> Result<String> {
        let name = self.name(word);
        self.accounts.create_user(&self.path(), &name)?;
        Ok(name)
    }

    /// A user on a path below this scenario's.
    pub fn user_below(&self, folder: &str, word: &str) -> Result<String> {
        let name = self.name(word);
        self.accounts.create_user(&format!("{}{folder}/", self.path()), &name)?;
        Ok(name)
    }

    /// A secret in Secrets Manager that holds `value`.
    pub fn secret(&self, word: &str, value: &str) -> Result<String> {
        let name = self.name(word);
        self.accounts.create_secret(&name, value)?;
        Ok(name)
    }

    pub fn read(&self, name: &str) -> Result<String> {
        fs::read_to_string(self.file(name)).with_context(|| format!("cannot read `{name}`"))
    }

    /// A file in the scenario's folder.
    pub fn write(&mut self, name: &str, text: &str) -> Result<()> {
        self.written.push(name.to_owned());
        fs::write(self.file(name), text).with_context(|| format!("cannot write `{name}`"))
    }

    /// Twelve digits that are this run's alone: an account of LocalStack.
    pub fn account(&self, number: u8) -> String {
        let run = u32::from_str_radix(&self.run, 16).unwrap_or_default();
        format!("{number:02}{run:010}")
    }

    /// Keys made before and after have different dates: until LocalStack's clock, which tells whole
    /// seconds, has passed the fraction in a key's date, that key is as young as one made now.
    pub fn a_second_passes(&self) {
        thread::sleep(Duration::from_millis(1_100));
    }

    /// LAST rests, and nothing is new any more.
    pub fn rest(&mut self) {
        self.note("min-age passes");
        thread::sleep(REST);
    }

    /// Until dates tell: a user with two keys is no longer too new, and LAST without a memory has rested.
    pub fn rest_twice(&mut self) {
        self.note("stray-after and min-age pass");
        thread::sleep(2 * REST);
    }

    /// A line for the reader of the transcript.
    pub fn note(&mut self, text: &str) {
        self.line(&format!("# {text}"));
    }

    pub fn show_keys(&mut self, user: &str) -> Result<()> {
        self.show_keys_in(self.accounts, user)
    }

    pub fn show_keys_in(&mut self, accounts: &Accounts, user: &str) -> Result<()> {
        let keys = accounts.keys(user)?;
        self.line(&format!("# keys of {user}: {}", keys.len()));
        for key in keys {
            self.line(&format!("#   {key}"));
        }
        Ok(())
    }

    pub fn show_tags(&mut self, user: &str) -> Result<()> {
        let tags = self.accounts.tags(user)?;
        self.line(&format!("# tags of {user}: {}", tags.len()));
        for (name, value) in tags {
            self.line(&format!("#   {name} = {value}"));
        }
        Ok(())
    }

    pub fn show_secret(&mut self, name: &str) -> Result<()> {
        let versions = self.accounts.versions(name)?;
        self.line(&format!("# versions of {name}: {}", versions.len()));
        for version in versions {
            self.line(&format!("#   {}: {}", version.labels.join(", "), version.value));
        }
        Ok(())
    }

    pub fn show_identity(&mut self, pair: &Pair) -> Result<()> {
        let arn = self.accounts.identity(pair)?;
        self.line(&format!("# {} is {arn}", pair.id));
        Ok(())
    }

    pub fn show_file(&mut self, name: &str) -> Result<()> {
        let text = self.read(name)?;
        self.line(&format!("# file {name}:"));
        self.line(text.trim_end());
        Ok(())
    }

    /// Runs one of our programs as the administrator.
    pub fn run(&mut self, binary: &str, args: &[&str]) -> Result<Output> {
        self.run_with(binary, args, &[])
    }

    /// The same, of which the transcript says nothing: what is counted in it differs from run to run.
    pub fn run_untold(&self, binary: &str, args: &[&str]) -> Result<Output> {
        let command = self.command(binary, args, &[]);
        self.play(command, binary, args)
    }

    /// The same, with variables that are added to, or replace, the administrator's.
    pub fn run_with(&mut self, binary: &str, args: &[&str], variables: &[(&str, &str)]) -> Result<Output> {
        let command = self.command(binary, args, variables);
        self.perform(command, binary, args, variables)
    }

    /// The Python tool that the drop-in stands in for, with nothing of ours around it.
    pub fn run_ancestor(
        &mut self,
        ancestor: &Ancestor,
        args: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<Output> {
        let region = [("AWS_REGION", REGION), ("AWS_DEFAULT_REGION", REGION)];
        let command = ancestor.command(args, &[&region, variables].concat());
        self.perform(command, "python:iam-credential-rotation", args, variables)
    }

    /// That tool, put where it can reach the endpoint.
    pub fn ancestor(&self) -> Result<Ancestor> {
        Ancestor::install(self.site, self.scratch.path())
    }

    fn perform(
        &mut self,
        command: Command,
        name: &str,
        args: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<Output> {
        let output = self.play(command, name, args)?;
        self.record(name, args, variables, &output);
        Ok(output)
    }

    fn play(&self, mut command: Command, name: &str, args: &[&str]) -> Result<Output> {
        // Files, not pipes: a program that waits for its reader would look like one that hangs.
        let out = tempfile::NamedTempFile::new()?;
        let err = tempfile::NamedTempFile::new()?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(File::create(out.path())?)
            .stderr(File::create(err.path())?)
            .spawn()
            .with_context(|| format!("cannot run `{name}`"))?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() > LONGEST_RUN {
                child.kill()?;
                child.wait()?;
                bail!("`{name} {}` did not end in {LONGEST_RUN:?}", args.join(" "));
            }
            thread::sleep(Duration::from_millis(10));
        };
        let output = Output {
            stdout: fs::read_to_string(out.path()).context("stdout is not UTF-8")?,
            stderr: fs::read_to_string(err.path()).context("stderr is not UTF-8")?,
            code: status.code(),
        };
        if let Some(ears) = self.site.ears.filter(|_| !name.starts_with("python:")) {
            ears.hear(&format!("{name} {}", args.join(" ")), &output, self.scratch.path(), &self.written);
        }
        Ok(output)
    }

    /// What the scenario told, without anything that differs from run to run.
    pub fn transcript(&self) -> String {
        let scratch = self.scratch.path().to_string_lossy();
        let known = Known { endpoint: self.site.endpoint, scratch: &scratch, run: &self.run };
        redact::redact(&self.transcript, &known)
    }

    /// Nothing of the caller's environment gets in: an `AWS_PROFILE` would change the story.
    fn command(&self, binary: &str, args: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(self.site.binaries.join(binary));
        command
            .args(args)
            .current_dir(self.scratch.path())
            .env_clear()
            .env("HOME", self.scratch.path())
            .env("NO_COLOR", "1")
            .env("AWS_ENDPOINT_URL", self.site.endpoint)
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", ADMIN.0)
            .env("AWS_SECRET_ACCESS_KEY", ADMIN.1)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(TIMES);
        if binary == "rotator" {
            // One user after the other, so that documents and reports have one order.
            command.env("ROTATOR_CONCURRENCY", "1");
        }
        if self.site.ears.is_some() {
            command.envs(LOUD);
        }
        command.envs(variables.iter().copied());
        command
    }

    fn record(&mut self, binary: &str, args: &[&str], variables: &[(&str, &str)], output: &Output) {
        let mut line = String::from("$");
        for (name, value) in variables {
            let _ = write!(line, " {name}={}", quoted(value));
        }
        let _ = write!(line, " {binary}");
        for arg in args {
            let _ = write!(line, " {}", quoted(arg));
        }
        self.line(&line);
        for (name, text) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !text.is_empty() {
                self.line(&format!("[{name}]"));
                self.line(text.trim_end_matches('\n'));
            }
        }
        match output.code {
            Some(code) => self.line(&format!("[exit {code}]\n")),
            None => self.line("[ended by a signal]\n"),
        }
    }

    fn line(&mut self, text: &str) {
        self.transcript.push_str(text);
        self.transcript.push('\n');
    }
}

/// The pairs of a handed-over document, in its order.
pub fn pairs(document: &str) -> Result<Vec<(String, Pair)>> {
    let users: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(document).context("it is no JSON object")?;
    let pair = |(user, value): (&String, &serde_json::Value)| {
        let field = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let fields = value.as_object().map(serde_json::Map::len);
        let id = field("AccessKeyId").filter(|_| fields == Some(2));
        let (id, secret) = id.zip(field("SecretAccessKey")).with_context(|| format!("no pair for {user}"))?;
        Ok((user.clone(), Pair { id, secret }))
    };
    users.iter().map(pair).collect()
}

/// As a shell would want it, so that a line of a transcript can be tried by hand.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
