//! The account in memory with its users and jobs, what is shown of it, and what is checked of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use aws_credential_types::Credentials;
use rotator::{AccessKeyId, Limits, Policy, Slots, roles};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::task::JoinHandle;

use super::jobs::{Job, Runner};
use crate::aws::{Access, identify};
use crate::drive::World;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet::{self, Run};
use crate::iam::{Iam, User};
use crate::journal::Journal;
use crate::live::Live;
use crate::report::{Line, Teller};
use crate::sandbox::{AwsError, Sandbox, Settings};
use crate::say;
use crate::stop::Stop;
use crate::store::documents::Documents;
use crate::store::secretsmanager::SecretsManager;
use crate::table::table;
use crate::target::{Shared, Target};
use crate::turns::Turns;

/// The machine users, in IAM's order.
pub(super) const USERS: [&str; 3] = ["deploy", "nightly", "release"];
pub(super) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const PATH: &str = "/machines/";
const STORE: &str = "ci/{user}";
/// Lines are no longer than this.
const WIDTH: usize = 100;

/// The account, and what happens on it.
pub(super) struct Stage {
    pub(super) sandbox: Sandbox,
    policy: Policy,
    limits: Limits,
    runner: Runner,
    starting: Option<JoinHandle<()>>,
    pub(super) jobs: Vec<Job>,
    /// Every key that a table has shown, so that it can say which are gone.
    shown: BTreeMap<String, Vec<AccessKeyId>>,
    /// What was told and does not hold.
    broken: Vec<String>,
}

impl Stage {
    /// Three machine users, without keys.
    pub(super) async fn open() -> Result<Self, Failure> {
        let settings = Settings { seed: 7, ..Settings::default() };
        let sandbox = Sandbox::start(settings)
            .await
            .map_err(|error| Failure::new(Class::Setup, "listen on 127.0.0.1", error.to_string()))?;
        for user in USERS {
            sandbox.account().add_user(user, PATH).map_err(stage_fault)?;
        }
        let policy = Policy { max_age: 30 * DAY, ..Policy::default() };
        let limits = limits(Duration::from_secs(60), &policy)?;
        let caller = identify(&access(&sandbox), limits.request_timeout()).await?;
        Ok(Self {
            sandbox,
            policy,
            limits,
            runner: Runner::new(&caller.config),
            starting: None,
            jobs: Vec::new(),
            shown: BTreeMap::new(),
            broken: Vec::new(),
        })
    }

    // -- what has been there before

    /// A pair that somebody made and put into the store by hand.
    pub(super) fn key_by_hand(&mut self, user: &str) -> Result<(), Failure> {
        let mut account = self.sandbox.account();
        let pair = account.create_key(user).map_err(stage_fault)?;
        let value = json!({ "AccessKeyId": pair.id, "SecretAccessKey": pair.secret.expose_secret() });
        account.add_secret(&STORE.replace("{user}", user), Some(&value.to_string())).map_err(stage_fault)
    }

    /// Everybody has CURRENT and LAST, and the next rotation is due.
    pub(super) async fn rotated_a_month_ago(&mut self) -> Result<(), Failure> {
        for user in USERS {
            self.key_by_hand(user)?;
        }
        self.sandbox.advance(40 * DAY);
        let shared = self.shared().await?;
        let lines = self.run(&shared, USERS.len()).await?;
        self.claim(codes(&lines) == ["rotated"; 3], "the rotation a month ago went well");
        self.sandbox.advance(31 * DAY);
        Ok(())
    }

    /// New keys work only after so long.
    pub(super) fn propagation(&self, span: Duration) {
        self.sandbox.account().settings.propagation = span;
    }

    /// A user's rotation may take so long.
    pub(super) fn deadline(&mut self, span: Duration) -> Result<(), Failure> {
        self.limits = limits(span, &self.policy)?;
        Ok(())
    }

    // -- jobs

    /// Starts a lasting job for each user whom the store has a pair for, and short ones all the time.
    pub(super) async fn start_jobs(&mut self) {
        for user in USERS {
            match self.runner.start(user).await {
                Ok(job) => self.jobs.extend(job),
                Err(said) => {
                    self.broken.push(format!("a job of {user} takes its pair from the store ({said})"))
                }
            }
        }
        if self.starting.is_none() {
            self.starting = Some(self.runner.keep_starting(&USERS));
        }
    }

    /// Ends the lasting jobs.
    pub(super) fn end_jobs(&mut self) {
        self.jobs.clear();
    }

    // -- rotations

    /// `rotator rotate` over all users side by side, with its report.
    pub(super) async fn rotate(&mut self) -> Result<Vec<Line>, Failure> {
        command("rotator rotate machines --store 'secretsmanager:ci/{user}' --rotate-after 30d");
        let shared = self.shared().await?;
        let mut lines = self.run(&shared, USERS.len()).await?;
        for line in &mut lines {
            // A time of the account in memory would be read as one of the clock on the wall.
            line.again = None;
        }
        report(&lines);
        Ok(lines)
    }

    /// The same, one user after the other. The run is dropped amid whatever it does once `killed` says so.
    pub(super) async fn rotate_until(&mut self, killed: impl Future<Output = ()>) -> Result<(), Failure> {
        command(
            "rotator rotate machines --store 'secretsmanager:ci/{user}' --rotate-after 30d --concurrency 1",
        );
        let shared = self.shared().await?;
        tokio::select! {
            lines = self.run(&shared, 1) => report(&lines?),
            () = killed => paragraph("Killed"),
        }
        Ok(())
    }

    /// What a process of its own would have.
    async fn shared(&self) -> Result<Shared, Failure> {
        let caller = identify(&access(&self.sandbox), self.limits.request_timeout()).await?;
        let store = SecretsManager::new(&caller.config, STORE, &caller.account);
        Ok(Shared {
            iam: Iam::new(&caller),
            caller,
            target: Target::Document(Documents::SecretsManager(store)),
            limits: self.limits.clone(),
            stop: Stop::default(),
            settle: self.policy.settle,
            turns: Turns::default(),
            last_is_lost: false,
        })
    }

    async fn run(&self, shared: &Shared, at_once: usize) -> Result<Vec<Line>, Failure> {
        let tasks = shared.iam.users(PATH).await?.into_iter().map(|user| (user, None)).collect();
        // Told here, in the order of the users, not as each is finished.
        let teller = Teller::new(false, true);
        let journal = Journal::default();
        let run = Run::of_few(&self.policy, at_once, &journal, &teller);
        Ok(fleet::few(shared, &run, tasks).await.lines)
    }

    // -- what is shown

    /// Each user's keys by their roles, and whether jobs in flight still work.
    pub(super) async fn show(&mut self) -> Result<(), Failure> {
        let shared = self.shared().await?;
        let (mut rows, mut strays) = (Vec::new(), false);
        for user in shared.iam.users(PATH).await? {
            let [current, last, other, gone] = self.keys(&shared, user.clone()).await?;
            strays |= other != NONE;
            rows.push([user.name.clone(), current, last, other, gone, self.jobs_of(&user.name).await]);
        }
        let rows = rows.into_iter();
        let text = match strays {
            true => table(["USER", "CURRENT", "LAST", "STRAY", "GONE", "JOB IN FLIGHT"], rows),
            false => {
                let rows = rows.map(|[user, current, last, _, gone, job]| [user, current, last, gone, job]);
                table(["USER", "CURRENT", "LAST", "GONE", "JOB IN FLIGHT"], rows)
            }
        };
        let head = Style::new().bold();
        for (at, line) in text.lines().enumerate() {
            match at {
                0 => say::out(&format!("   {head}{line}{head:#}")),
                _ => say::out(&format!("   {line}")),
            }
        }
        Ok(())
    }

    /// CURRENT, LAST, what has no role, what is gone; and the check that the store serves CURRENT.
    async fn keys(&mut self, shared: &Shared, user: User) -> Result<[String; 4], Failure> {
        let name = user.name.clone();
        let seen = Live::begin(shared, user, None, 0).observe().await?;
        let listed: Vec<AccessKeyId> = seen.facts().keys.iter().map(|key| key.id.clone()).collect();
        let Slots { current, last, pending, .. } = roles(&seen, &self.policy);
        self.serves(&name, current.as_ref()).await;
        let lists = |id: &&AccessKeyId| listed.contains(id);
        let other = listed.iter().filter(|id| current.as_ref() != Some(id) && last.as_ref() != Some(id));
        let other = other.map(|id| match pending.as_ref() == Some(id) {
            true => format!("{} PENDING", short(id)),
            false => short(id),
        });
        let shown = self.shown.entry(name).or_default();
        shown.extend(listed.iter().filter(|id| !shown.contains(id)).cloned().collect::<Vec<_>>());
        let gone = shown.iter().filter(|id| !listed.contains(id)).map(short);
        Ok([
            join(current.iter().filter(lists).map(short)),
            join(last.iter().filter(lists).map(short)),
            join(other),
            join(gone),
        ])
    }

    /// Checks that a job which starts now gets CURRENT, and that it works.
    async fn serves(&mut self, user: &str, current: Option<&AccessKeyId>) {
        match self.runner.served(user).await {
            Ok(Some(pair)) => {
                self.claim(Some(&pair.id) == current, &format!("the store serves CURRENT for {user}"));
                let works = self.runner.call(&self.runner.sign_with(&pair), user).await;
                self.claim(works.is_ok(), &format!("what the store serves for {user} works"));
            }
            Ok(None) => self.claim(current.is_none(), &format!("the store has a pair for {user}")),
            Err(said) => self.broken.push(format!("the store can be read ({said})")),
        }
    }

    async fn jobs_of(&mut self, user: &str) -> String {
        let (mut cells, mut failed) = (Vec::new(), BTreeSet::new());
        for job in self.jobs.iter().filter(|job| job.user == user) {
            let works = job.works().await.is_ok();
            if !works {
                failed.insert(job.key.clone());
            }
            let word = if works { "works" } else { "FAILS" };
            cells.push(format!("holds {}, {word}", short(&job.key)));
        }
        for key in failed {
            self.broken.push(format!("the job of {user} that holds {} goes on", short(&key)));
        }
        join(cells.into_iter())
    }

    // -- what is checked

    /// Something that the story says. The demo fails if it does not hold.
    pub(super) fn claim(&mut self, holds: bool, says: &str) {
        if !holds {
            self.broken.push(says.to_owned());
        }
    }

    /// Ends all jobs, and says whether everything that was told holds.
    pub(super) fn close(&mut self) -> Exit {
        self.end_jobs();
        if let Some(starting) = self.starting.take() {
            starting.abort();
        }
        let (calls, failed) = self.runner.tally().counts();
        let good = failed == 0 && calls > 0 && self.broken.is_empty();
        let colour = if good { AnsiColor::Green } else { AnsiColor::Red };
        let style = Style::new().fg_color(Some(colour.into())).bold();
        say::out(&format!("\n{style}Calls made by jobs: {calls}, failed: {failed}.{style:#}"));
        if let Some(said) = self.runner.tally().first_failure() {
            say::out(&format!("The first failure: {said}"));
        }
        for claim in &self.broken {
            say::out(&format!("{style}This does not hold:{style:#} {claim}."));
        }
        if good { Exit::Done } else { Exit::Failed }
    }
}

/// The stable codes of a run, in the users' order.
pub(super) fn codes(lines: &[Line]) -> Vec<&'static str> {
    lines.iter().map(|line| line.code).collect()
}

/// The account in memory did not do what it was told.
pub(super) fn stage_fault(error: AwsError) -> Failure {
    Failure::new(Class::Setup, "set the stage", error.to_string())
}

fn limits(deadline: Duration, policy: &Policy) -> Result<Limits, Failure> {
    Limits::new(deadline, policy)
        .map_err(|conflict| Failure::new(Class::Setup, "set the demo's times", conflict.to_string()))
}

fn access(sandbox: &Sandbox) -> Access {
    let admin = sandbox.admin();
    let secret = admin.secret.expose_secret();
    Access {
        profile: None,
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(sandbox.endpoint()),
        credentials: Some(Credentials::new(&admin.id, secret, None, None, "demo")),
    }
}

const NONE: &str = "-";

fn join(cells: impl Iterator<Item = String>) -> String {
    let cells = cells.collect::<Vec<_>>();
    if cells.is_empty() { NONE.to_owned() } else { cells.join(", ") }
}

/// The last four characters tell the keys of a demo apart.
pub(super) fn short(id: &AccessKeyId) -> String {
    let text = id.as_str();
    format!("…{}", text.get(text.len().saturating_sub(4)..).unwrap_or(text))
}

// -- words

/// A step's first line.
pub(super) fn step(heading: &str) {
    let style = Style::new().bold();
    say::out(&format!("\n{style}{heading}{style:#}"));
}

/// What is told about a step.
pub(super) fn paragraph(text: &str) {
    for line in wrapped(text, WIDTH - 3) {
        say::out(&format!("   {line}"));
    }
}

fn command(line: &str) {
    let style = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
    say::out(&format!("   {style}$ {line}{style:#}"));
}

fn report(lines: &[Line]) {
    let width = USERS.iter().map(|user| user.len()).max().unwrap_or_default();
    for part in lines.iter().flat_map(|line| line.text(width).lines().map(str::to_owned).collect::<Vec<_>>())
    {
        // Broken lines go on below the user's name.
        let mut indent = "   ";
        for piece in wrapped(&part, WIDTH - 12) {
            say::out(&format!("{indent}{piece}"));
            indent = "            ";
        }
    }
}

/// Breaks a line between words. Colours take no room.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let room = |line: &str| anstream::adapter::strip_str(line).to_string().chars().count();
    let (mut lines, mut line) = (Vec::new(), None::<String>);
    for word in text.split(' ') {
        line = Some(match line.take() {
            None => word.to_owned(),
            Some(before) if room(&before) + 1 + room(word) <= width => format!("{before} {word}"),
            Some(before) => {
                lines.push(before);
                word.to_owned()
            }
        });
    }
    lines.extend(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_their_columns() {
        let text = "\u{1b}[32mdone\u{1b}[0m   ci  is CURRENT";
        assert_eq!(wrapped(text, 13), ["\u{1b}[32mdone\u{1b}[0m   ci  is", "CURRENT"]);
        assert_eq!(wrapped("unbreakable", 3), ["unbreakable"]);
    }
}
