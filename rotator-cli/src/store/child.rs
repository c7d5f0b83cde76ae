//! A program that is run with something on its standard input and a limit on its time.

use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::clock::within;
use crate::redact::Redact;

/// So much of each output is kept, of its end.
const KEPT: usize = 64 * 1024;
/// What a failure says of it.
const LINES: usize = 3;
const LETTERS: usize = 400;
/// So long does output count after the program has ended: what it left running may hold its pipes for ever.
const DRAIN: Duration = Duration::from_secs(1);

/// How a program ended.
pub(super) struct Ran {
    /// `None`: it did not end in time, and was killed with all that it had started.
    pub(super) status: Option<ExitStatus>,
    pub(super) out: Vec<u8>,
    err: Vec<u8>,
}

/// Runs it. It leads a process group of its own, which is killed as one when the time is over, and when
/// nobody waits any more.
///
/// # Errors
/// It cannot be started.
pub(super) async fn run(argv: &[String], input: &[u8], limit: Duration) -> io::Result<Ran> {
    let (program, arguments) = argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.process_group(0).kill_on_drop(true).spawn()?;
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let mut ran = Ran { status: None, out: Vec::new(), err: Vec::new() };
    let talk = async {
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program need not read it all, so that it does not is no error; it ends as it ends.
                drop(stdin.write_all(input).await);
            }
        };
        tokio::join!(feed, keep_end(stdout, &mut ran.out), keep_end(stderr, &mut ran.err));
    };
    let mut status = None;
    within(limit, async {
        let mut talk = pin!(talk);
        let mut silent = false;
        let ended = tokio::select! {
            ended = child.wait() => ended,
            () = &mut talk => {
                silent = true;
                child.wait().await
            }
        };
        // It is waited for: from here on its number may be another process's.
        group.0 = None;
        status = ended.ok();
        if !silent {
            within(DRAIN, talk).await;
        }
    })
    .await;
    ran.status = status;
    Ok(ran)
}

impl Ran {
    /// How it ended and the last that it said, for a person.
    pub(super) fn tell(&self, limit: Duration, redact: &Redact) -> String {
        let ended = match self.status {
            None => {
                format!("it did not end within {} and was killed", humantime::format_duration(limit))
            }
            Some(status) => format!("it ended with {status}"),
        };
        let said = last_lines(if self.err.trim_ascii().is_empty() { &self.out } else { &self.err }, redact);
        if said.is_empty() { ended } else { format!("{ended}; it said: {said}") }
    }

    /// The same where its output may be a secret that nobody here knows.
    pub(super) fn tell_quietly(&self, limit: Duration) -> String {
        Self { status: self.status, out: Vec::new(), err: Vec::new() }.tell(limit, &Redact::new(""))
    }
}

/// Redacted before it is cut, so that no piece of a secret is left at the edge.
fn last_lines(output: &[u8], redact: &Redact) -> String {
    let text = redact.text(&String::from_utf8_lossy(output));
    // What it prints may be meant to steer a terminal.
    let clean = |line: &str| line.replace(char::is_control, " ").trim().to_owned();
    let lines: Vec<String> = text.lines().map(clean).filter(|line| !line.is_empty()).collect();
    let last: Vec<&str> = lines.iter().rev().take(LINES).rev().map(String::as_str).collect();
    let line = last.join(" / ");
    let surplus = line.chars().count().saturating_sub(LETTERS);
    line.chars().skip(surplus).collect()
}

/// Reads to the end and keeps what came last.
async fn keep_end(from: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut from) = from else { return };
    let mut piece = Vec::with_capacity(8 * 1024);
    while let Ok(1..) = from.read_buf(&mut piece).await {
        kept.append(&mut piece);
        kept.drain(..kept.len().saturating_sub(KEPT));
    }
}

/// A process group that is not to outlive the one who waits for it.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It fails for one that has ended by itself, which needs no killing.
            kill_process_group(leader, Signal::KILL).ok();
        }
    }
}
