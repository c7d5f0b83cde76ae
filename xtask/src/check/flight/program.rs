//! The built program, started as its users start it, killed or left to its end, and what its journal says.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rotator_cli::verify::verify;
use serde_json::Value;
use tempfile::TempDir;

use super::place::{OPTIONS, Place};
use crate::accounts::REGION;

const JOURNAL: &str = "journal";
/// No run may hold up the check for ever.
const LONGEST_RUN: Duration = Duration::from_secs(60);

pub struct Program {
    binary: PathBuf,
    home: TempDir,
    /// What the store needs of its environment.
    pub variables: Vec<(&'static str, String)>,
    /// How far the journal was read.
    read: u64,
}

pub struct Ran {
    pub killed: bool,
    pub took: Duration,
    pub stderr: String,
    /// The journal's last word about an effect.
    pub last: Option<Last>,
    /// Each user's outcome, by its stable code.
    pub outcomes: Vec<(String, String)>,
    /// How many keys were made CURRENT or handed over.
    pub rotated: usize,
    /// A key was created, so that its length tells how long a rotation takes.
    pub created: bool,
}

/// An effect by its name, and whether it was under way or over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Last {
    pub effect: String,
    pub moment: Moment,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Decided; whether it took hold, nobody was told.
    Amid,
    /// It took hold, and the next one had not begun.
    After,
    /// The call failed.
    Failed,
}

impl Program {
    pub fn new(binaries: &Path) -> Result<Self> {
        Ok(Self { binary: binaries.join("rotator"), home: TempDir::new()?, variables: Vec::new(), read: 0 })
    }

    /// Leaves its files for whoever looks why the check failed.
    pub fn keep(self) -> PathBuf {
        self.home.keep()
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Files of dead runs beside the document, each of which only its owner can read.
    pub fn left_behind(&self) -> Result<usize> {
        let mut count = 0;
        for entry in fs::read_dir(self.home.path())? {
            count += usize::from(entry?.file_name().to_string_lossy().starts_with(".rotator-"));
        }
        Ok(count)
    }

    /// Runs it to its end, or to this moment.
    pub async fn run(&mut self, place: &Place, args: &[String], kill: Option<Duration>) -> Result<Ran> {
        let err = self.file("stderr");
        let started = Instant::now();
        let mut child = self
            .command(place, args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&err)?)
            .spawn()
            .context("cannot run rotator")?;
        let status = wait(&mut child, started, kill).await?;
        let took = started.elapsed();
        // What it had started, a command that stores a pair for one, may outlive it.
        let mut held = child.stdout.take().context("no pipe")?;
        held.read_to_end(&mut Vec::new())?;
        let killed = status.signal() == Some(9);
        ensure!(killed || status.code().is_some(), "rotator ended by {status}");
        let stderr = fs::read_to_string(&err)?;
        ensure!(!stderr.contains("panicked"), "rotator panicked:\n{stderr}");
        let lines = self.journal()?;
        let ended = lines.iter().filter(|line| text(line, "kind") == "ended");
        let outcomes = ended.map(|line| (text(line, "user").to_owned(), text(line, "outcome").to_owned()));
        let effects: Vec<_> = lines.iter().filter_map(last).collect();
        let over = |effect: &str| {
            effects.iter().filter(|last| last.effect == effect && last.moment == Moment::After).count()
        };
        Ok(Ran {
            killed,
            took,
            stderr,
            outcomes: outcomes.collect(),
            rotated: over("promote"),
            created: over("create") > 0,
            last: effects.last().cloned(),
        })
    }

    fn command(&self, place: &Place, args: &[String]) -> Command {
        // A pipe that whatever it starts holds too, so that it ends when all of them have ended.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$@" 3>&1 >stdout"#, "sh"])
            .arg(&self.binary)
            .args(args)
            .args(OPTIONS)
            .args(["--journal", JOURNAL])
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &place.url)
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", &place.admin.id)
            .env("AWS_SECRET_ACCESS_KEY", &place.admin.secret);
        command
    }

    /// What was written since it was last read. A killed run may leave half a line.
    fn journal(&mut self) -> Result<Vec<Value>> {
        let Ok(mut file) = File::open(self.file(JOURNAL)) else { return Ok(Vec::new()) };
        file.seek(SeekFrom::Start(self.read))?;
        let mut text = String::new();
        self.read += file.read_to_string(&mut text)? as u64;
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// The journal's lines about a user, oldest first.
    ///
    /// # Errors
    /// There is no journal.
    pub fn history(&self, user: &str) -> Result<String> {
        let journal = fs::read_to_string(self.file(JOURNAL))?;
        let about =
            |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|value| text(&value, "user") == user);
        Ok(journal.lines().filter(about).collect::<Vec<_>>().join("\n"))
    }

    /// Verifies the journal, through all kills; and how many lines it has.
    pub fn verified(&self) -> Result<usize> {
        let journal = BufReader::new(File::open(self.file(JOURNAL))?);
        let found = verify(journal, JOURNAL, None, |_| {})?;
        ensure!(found.holds(), "the journal does not verify: {:#?}", found.findings);
        Ok(usize::try_from(found.lines)?)
    }
}

async fn wait(
    child: &mut Child,
    started: Instant,
    kill: Option<Duration>,
) -> Result<std::process::ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let running = started.elapsed();
        ensure!(running < LONGEST_RUN, "rotator did not end within {LONGEST_RUN:?}");
        if kill.is_some_and(|after| after <= running) {
            child.kill()?;
            return Ok(child.wait()?);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// What a line says of an effect.
fn last(line: &Value) -> Option<Last> {
    let (effect, moment) = match text(line, "kind") {
        "decided" => (line.get("decision")?.get("perform")?, Moment::Amid),
        "became" if text(line, "became") == "took-hold" => (line.get("effect")?, Moment::After),
        "became" => (line.get("effect")?, Moment::Failed),
        _ => return None,
    };
    // `"create"`, or `{"stage": "AKIA…"}`.
    let name = effect.as_str().or_else(|| effect.as_object()?.keys().next().map(String::as_str))?;
    Some(Last { effect: name.to_owned(), moment })
}

fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_tells_where_the_kill_fell() {
        let told = |line: &str| {
            let last = last(&serde_json::from_str(line).unwrap())?;
            Some((last.effect, last.moment as u8))
        };
        let amid = Some(("create".to_owned(), 0));
        assert_eq!(told(r#"{"kind":"decided","decision":{"perform":"create"}}"#), amid);
        let after = Some(("stage".to_owned(), 1));
        assert_eq!(told(r#"{"kind":"became","effect":{"stage":"AKIA"},"became":"took-hold"}"#), after);
        let failed = Some(("open".to_owned(), 2));
        assert_eq!(told(r#"{"kind":"became","effect":"open","became":{"failed":"throttled"}}"#), failed);
        assert_eq!(told(r#"{"kind":"decided","decision":"done"}"#), None);
    }
}
