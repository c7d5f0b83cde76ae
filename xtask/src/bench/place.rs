//! The account that a run finds, and what it must have made of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rotator_cli::sandbox::{Call, LastUse, Sandbox, Settings};
use secrecy::{ExposeSecret, SecretString};

use super::measure::{self, Run};
use super::tools::{Tool, Tools};
use crate::accounts::{Pair, REGION};
use crate::stage::pairs;

/// Without the slashes at its ends, as the ancestor wants it.
pub const PATH: &str = "bench";
/// Each user's secret: this, and its name.
pub const SECRETS: &str = "bench/";
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A fresh account whose users have CURRENT, which jobs used yesterday, and LAST, unused for a month.
pub struct Place {
    sandbox: Sandbox,
    users: Vec<String>,
    /// Each user's LAST and CURRENT, before the run.
    before: BTreeMap<String, [String; 2]>,
}

/// A run, and what the endpoint saw of it.
pub struct Seen {
    pub run: Run,
    pub calls: Vec<Call>,
}

impl Place {
    /// For this tool: where it names its keys, it has made CURRENT itself, in a rotation that is not measured.
    pub async fn new(tool: Tool, users: usize, tools: &Tools, folder: &Path) -> Result<Self> {
        let sandbox = Sandbox::start(Settings::default()).await?;
        let users: Vec<_> = (1..=users).map(|number| format!("user-{number:04}")).collect();
        let mut place = Self { sandbox, users, before: BTreeMap::new() };
        for user in &place.users {
            place.sandbox.account().add_user(user, &format!("/{PATH}/"))?;
        }
        place.make_keys()?;
        place.month(0)?;
        if tool.names_keys() {
            let ran = place.run(tool, tools, folder).await?;
            ensure!(ran.code == Some(0), "the rotation before the measured one failed: {}", ran.stderr);
        } else {
            place.make_keys()?;
        }
        place.month(1)?;
        for user in &place.users {
            let keys = place.keys(user)?;
            let two =
                <[String; 2]>::try_from(keys).ok().with_context(|| format!("{user} has no two keys"))?;
            place.before.insert(user.clone(), two);
        }
        Ok(place)
    }

    /// Runs the tool to its end; it must have rotated every user.
    pub async fn play(
        self,
        tool: Tool,
        tools: &Tools,
        folder: &Path,
        latency: Duration,
        rate: Option<u32>,
        progress: impl Fn(usize),
    ) -> Result<Seen> {
        self.sandbox.account().settings.latency = latency;
        self.sandbox.account().settings.rate = rate;
        self.sandbox.clear_calls();
        let run = {
            let ran = self.run(tool, tools, folder);
            tokio::pin!(ran);
            loop {
                tokio::select! {
                    ran = &mut ran => break ran?,
                    () = tokio::time::sleep(Duration::from_secs(10)) => {
                        progress(self.sandbox.done("iam:CreateAccessKey"));
                    }
                }
            }
        };
        let calls = self.sandbox.calls();
        self.check(tool, &run).with_context(|| format!("{}: {}", tool.name(), last_lines(&run.stderr)))?;
        Ok(Seen { run, calls })
    }

    async fn run(&self, tool: Tool, tools: &Tools, folder: &Path) -> Result<Run> {
        let (program, args) = tools.line(tool, self.users.len())?;
        let admin = self.sandbox.admin();
        let variables = [
            ("AWS_ENDPOINT_URL", self.sandbox.endpoint()),
            ("AWS_ACCESS_KEY_ID", admin.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", admin.secret.expose_secret().to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        let folder = folder.to_owned();
        // The endpoint goes on serving in the meantime.
        tokio::task::spawn_blocking(move || {
            let args: Vec<_> = args.iter().map(String::as_str).collect();
            measure::run(&program, &args, &variables, &folder)
        })
        .await?
    }

    /// Every user: LAST is gone, CURRENT is still there, one key is new, and that one is what jobs get.
    fn check(&self, tool: Tool, run: &Run) -> Result<()> {
        ensure!(run.code == Some(0), "it ended with {:?}", run.code);
        let handed: BTreeMap<String, Pair> = match tool {
            Tool::Secrets => {
                self.users.iter().map(|user| Ok((user.clone(), self.stored(user)?))).collect::<Result<_>>()?
            }
            Tool::Ancestor | Tool::DropIn | Tool::Tags => pairs(&run.stdout)?.into_iter().collect(),
        };
        ensure!(
            handed.len() == self.users.len(),
            "{} of {} users have a pair",
            handed.len(),
            self.users.len()
        );
        for user in &self.users {
            let keys = self.keys(user)?;
            let [last, current] = self.before.get(user).with_context(|| format!("{user} is unknown"))?;
            let pair = handed.get(user).with_context(|| format!("{user} has no pair"))?;
            let rotated = keys == [current.clone(), pair.id.clone()] && pair.id != *last;
            ensure!(rotated, "{user} was not rotated: it had {last} and {current}, and has {keys:?}");
            let works = self.sandbox.account().works(&pair.id, &pair.secret);
            ensure!(works, "{user} was given a pair that does not work");
        }
        Ok(())
    }

    /// What the user's secret serves.
    fn stored(&self, user: &str) -> Result<Pair> {
        let value = self.sandbox.account().secret_value(&format!("{SECRETS}{user}"), "AWSCURRENT");
        let value = value.with_context(|| format!("{user} has no secret"))?;
        let document: serde_json::Value = serde_json::from_str(value.expose_secret())?;
        let current = document.get("CURRENT").unwrap_or(&document);
        Pair::from_json(&current.to_string()).with_context(|| format!("no pair is stored for {user}"))
    }

    fn make_keys(&self) -> Result<()> {
        for user in &self.users {
            let pair = self.sandbox.account().create_key(user)?;
            let pair = Pair { id: pair.id, secret: pair.secret.expose_secret().to_owned() };
            let name = format!("{SECRETS}{user}");
            let known = self.sandbox.account().secret(&name).is_ok();
            if !known {
                let text = SecretString::from(pair.to_json());
                // As rotator puts it, so that every run is one of many and not the first.
                let token = format!("rotator-access-key-id-{}", pair.id);
                self.sandbox.account().add_secret_under(&token, &name, Some(text.expose_secret()))?;
            }
        }
        Ok(())
    }

    /// Jobs use each user's key of this number, and a day later nobody has since.
    fn month(&self, number: usize) -> Result<()> {
        self.sandbox.advance(29 * DAY);
        for user in &self.users {
            let id =
                self.keys(user)?.into_iter().nth(number).with_context(|| format!("{user} has no key"))?;
            let mut account = self.sandbox.account();
            let used = LastUse { at: account.now(), service: "s3".to_owned(), region: REGION.to_owned() };
            account.set_last_used(&id, Some(used))?;
        }
        self.sandbox.advance(DAY);
        Ok(())
    }

    /// Oldest first.
    fn keys(&self, user: &str) -> Result<Vec<String>> {
        Ok(self.sandbox.account().keys(user)?.into_iter().map(|key| key.id).collect())
    }
}

/// Which of the users a call was about: by name, by its key, or by its secret. `None`: about the run.
pub fn whose(call: &Call) -> Option<&str> {
    let about = call.user.as_deref()?;
    let start = about.find("user-")?;
    about.get(start..start + "user-0000".len())
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::trips::tests::call;
    use super::*;

    #[test]
    fn a_call_is_about_the_user_whose_name_or_secret_it_names() {
        let about = |user: Option<&str>| whose(&call("iam:ListUsers", user, 0, 1)).map(str::to_owned);
        assert_eq!(about(Some("user-0007")).as_deref(), Some("user-0007"));
        assert_eq!(about(Some("bench/user-0007")).as_deref(), Some("user-0007"));
        let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:bench/user-0007-AbCdEf";
        assert_eq!(about(Some(arn)).as_deref(), Some("user-0007"));
        assert_eq!(about(Some("sandbox-administrator")), None);
        assert_eq!(about(None), None);
    }
}
