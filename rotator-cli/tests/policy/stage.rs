//! An identity that may what one policy allows and nothing else, and an administrator who prepares what it
//! finds.

use std::time::Duration;

use rotator_cli::sandbox::{Pair, Sandbox};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::age::age;
use crate::kit::{Handed, Ran, World, finish, handed};

/// Who signs the runs that count.
const RUNNER: &str = "runner";

/// The account as a story finds it, and who runs what.
pub struct Stage {
    pub world: World,
    runner: Pair,
    /// What each of the runner's runs came to.
    pub runs: Vec<(String, Ran)>,
    /// The runner is the administrator: how it goes where nothing is denied.
    free: bool,
    options: &'static str,
}

impl Stage {
    /// With this policy, or with every right.
    pub fn new(policy: Option<&Value>, options: &'static str) -> Self {
        let world = World::users(&["ci"]);
        let runner = {
            let mut account = world.sandbox.account();
            account.add_user(RUNNER, "/runners/").unwrap();
            if let Some(policy) = policy {
                account.attach_policy(RUNNER, &policy.to_string()).unwrap();
            }
            account.create_key(RUNNER).unwrap()
        };
        Self { world, runner, runs: Vec::new(), free: policy.is_none(), options }
    }

    /// The runner runs it. `{}` are the options.
    pub fn run(&mut self, line: &str) {
        self.run_bare(&self.line(line));
    }

    /// The same for a program that has no options.
    pub fn run_bare(&mut self, line: &str) {
        let line = line.to_owned();
        let mut command = self.world.command(&line);
        if !self.free {
            command.env("AWS_ACCESS_KEY_ID", &self.runner.id);
            command.env("AWS_SECRET_ACCESS_KEY", self.runner.secret.expose_secret());
        }
        let ran = finish(command.spawn().unwrap());
        self.runs.push((line, ran));
    }

    /// The administrator runs it, and that it ends so is no part of the story.
    #[track_caller]
    pub fn prepare(&mut self, line: &str, code: i32) -> Ran {
        let line = self.line(line);
        let ran = finish(self.world.command(&line).spawn().unwrap());
        assert_eq!(ran.code, Some(code), "{line}: {}", ran.stderr);
        ran
    }

    /// The administrator runs it, and it fails, one way or another.
    pub fn attempt(&mut self, line: &str) {
        let line = self.line(line);
        let ran = finish(self.world.command(&line).spawn().unwrap());
        assert_ne!(ran.code, Some(2), "{line}: {}", ran.stderr);
    }

    /// LAST of a user with two keys: the one that is not served.
    #[track_caller]
    pub fn last(&self) -> String {
        let served = self.served();
        self.world.ids("ci").into_iter().find(|id| *id != served.id).unwrap()
    }

    fn line(&self, line: &str) -> String {
        format!("{} --settle 1s", line.replace("{}", self.options))
    }

    pub fn sandbox(&self) -> &Sandbox {
        &self.world.sandbox
    }

    /// Time goes by for the account, and for a store that is a file.
    pub fn pass(&self, by: Duration) {
        self.world.advance(by);
        age(&self.world.path("keys.json"), by).unwrap();
    }

    /// What jobs are given.
    #[track_caller]
    pub fn served(&self) -> Handed {
        let value = |text: &str| handed(&format!("{{\"ci\": {text}}}")).remove(0);
        let account = self.world.sandbox.account();
        if self.options.contains("secretsmanager:") {
            return value(account.secret_value("ci/ci", "AWSCURRENT").unwrap().expose_secret());
        }
        if self.options.contains("ssm:") {
            let parameter = account.parameter("/ci/ci").unwrap();
            return value(parameter.versions.last().unwrap().value.expose_secret());
        }
        drop(account);
        if self.options.contains("file:") {
            let file: Value = serde_json::from_str(&self.world.read("keys.json")).unwrap();
            return value(&file["ci"]["CURRENT"].to_string());
        }
        handed(&self.world.read("pairs.json")).remove(0)
    }
}
