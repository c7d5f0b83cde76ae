//! Three machine users, jobs that use what the store serves, and two runs that fail for the third user.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use aws_config::AppName;
use rotator_cli::sandbox::{Call, Fault, Sandbox, Settings, User, What};
use secrecy::ExposeSecret;

use crate::accounts::{Pair, REGION};
use crate::check::sdk;
use crate::python::Ancestor;
use crate::stage::pairs;

pub const USERS: [&str; 3] = ["alice", "bob", "carol"];
/// What jobs say of themselves.
pub const JOB: &str = "nightly-job";
const PATH: &str = "/ci/";
const PARAMETER: &str = "/ci/config";
const HOUR: Duration = Duration::from_secs(3_600);

/// Who rotates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The Python tool.
    Ancestor,
    /// Our program of that name.
    DropIn,
    /// `rotator`, handing over on stdout.
    Rotator,
    /// `rotator`, writing into the store itself.
    Store,
}

/// What happened.
pub struct Played {
    /// The account's number.
    pub account: String,
    pub calls: Vec<Call>,
    /// By the key, whose it was.
    pub owners: BTreeMap<String, User>,
    /// The users whose served key was taken.
    pub bereft: Vec<String>,
    /// Calls by jobs that failed.
    pub failed: usize,
}

impl Way {
    pub const ALL: [Self; 4] = [Self::Ancestor, Self::DropIn, Self::Rotator, Self::Store];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ancestor => "ancestor-kills",
            Self::DropIn => "drop-in",
            Self::Rotator => "rotator",
            Self::Store => "rotator-store",
        }
    }

    /// The command line.
    fn line(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Ancestor | Self::DropIn => ("iam-credential-rotation", &["ci"]),
            Self::Rotator => ("rotator", &["rotate", "ci", "--settle=1s", "--deadline=10s"]),
            Self::Store => (
                "rotator",
                &["rotate", "ci", "--store=secretsmanager:ci/{user}", "--settle=1s", "--deadline=10s"],
            ),
        }
    }
}

struct World {
    sandbox: Sandbox,
    /// What jobs are served.
    served: BTreeMap<String, Pair>,
    owners: BTreeMap<String, User>,
    bereft: Vec<String>,
    failed: usize,
    way: Way,
}

/// Plays it in a fresh account.
pub async fn play(way: Way, binaries: &Path, ancestor: impl Fn(&str) -> Result<Ancestor>) -> Result<Played> {
    // Accounts of their own, so that a folder of these trails can be judged at once.
    let number = Way::ALL.iter().position(|other| *other == way).unwrap_or_default() as u64 + 1;
    let account = format!("{:012}", 111_122_223_333 * number);
    let settings = Settings { account_id: account.clone(), seed: number, ..Settings::default() };
    let sandbox = Sandbox::start(settings).await?;
    let ancestor = if way == Way::Ancestor { Some(ancestor(&sandbox.endpoint())?) } else { None };
    let (served, owners) = (BTreeMap::new(), BTreeMap::new());
    let mut world = World { sandbox, served, owners, bereft: Vec::new(), failed: 0, way };
    world.begin().await?;
    // Keys that are due by any rule's period, and in use all the while.
    for _ in 0..8 {
        world.sandbox.advance(5 * 24 * HOUR);
        world.jobs().await?;
    }
    let fault = Fault::always("iam:CreateAccessKey", What::Deny).for_user("carol");
    let hits = world.sandbox.inject(fault);
    for turn in 1..=2 {
        let (before, told) = (hits.count(), world.rotate(binaries, ancestor.as_ref()).await?);
        ensure!(hits.count() > before, "turn {turn}: carol was to be refused a key");
        ensure!(told.is_none(), "turn {turn} was to fail");
        world.day().await?;
    }
    world.sandbox.clear_faults();
    if let Some(document) = world.rotate(binaries, ancestor.as_ref()).await? {
        for (user, pair) in pairs(&document)? {
            world.served.insert(user, pair);
        }
    }
    world.day().await?;
    let World { sandbox, owners, bereft, failed, .. } = world;
    Ok(Played { account, calls: sandbox.calls(), owners, bereft, failed })
}

impl World {
    fn admin(&self) -> Pair {
        let admin = self.sandbox.admin();
        Pair { id: admin.id.clone(), secret: admin.secret.expose_secret().to_owned() }
    }

    /// By calls, for a trail that begins with the users shows all of them.
    async fn begin(&mut self) -> Result<()> {
        let config = sdk::config(&self.sandbox.endpoint(), &self.admin()).await;
        let iam = aws_sdk_iam::Client::new(&config);
        for user in USERS {
            iam.create_user().path(PATH).user_name(user).send().await.context("cannot create a user")?;
            let made = iam.create_access_key().user_name(user).send().await.context("cannot create a key")?;
            let key = made.access_key.context("a new key without a key")?;
            let pair = Pair { id: key.access_key_id, secret: key.secret_access_key };
            if self.way == Way::Store {
                let secrets = aws_sdk_secretsmanager::Client::new(&config);
                let call = secrets.create_secret().name(format!("ci/{user}")).secret_string(pair.to_json());
                call.send().await.context("cannot create a secret")?;
            }
            self.served.insert(user.to_owned(), pair);
            self.sandbox.account().allow(user, "ssm:GetParameter");
        }
        let admin = self.sandbox.account().user(rotator_cli::sandbox::ADMINISTRATOR)?;
        self.owners.insert(self.sandbox.admin().id.clone(), admin);
        self.sandbox.account().put_parameter(PARAMETER, "{}", "String")?;
        Ok(())
    }

    /// A run to its end; what it printed, if it says that all went well.
    async fn rotate(&mut self, binaries: &Path, ancestor: Option<&Ancestor>) -> Result<Option<String>> {
        let (program, args) = self.way.line();
        let mut command = match ancestor {
            Some(ancestor) => ancestor.command(args, &[]),
            None => {
                let mut command = Command::new(binaries.join(program));
                command.args(args).env("AWS_ENDPOINT_URL", self.sandbox.endpoint());
                command
            }
        };
        let admin = self.admin();
        let home = tempfile::tempdir()?;
        command
            .env("AWS_ACCESS_KEY_ID", &admin.id)
            .env("AWS_SECRET_ACCESS_KEY", &admin.secret)
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .env("HOME", home.path())
            .env("AWS_REGION", REGION)
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(home.path())
            .stdin(Stdio::null());
        let served: Vec<_> = self.now_served().await?.into_iter().collect();
        let ran = tokio::task::spawn_blocking(move || command.output()).await?.context("cannot run it")?;
        for (user, pair) in served {
            let works = self.sandbox.account().works(&pair.id, &pair.secret);
            if !works && !self.bereft.contains(&user) {
                self.bereft.push(user);
            }
        }
        Ok(ran
            .status
            .success()
            .then(|| String::from_utf8_lossy(&ran.stdout).into_owned())
            .filter(|text| !text.is_empty()))
    }

    async fn day(&mut self) -> Result<()> {
        for _ in 0..4 {
            self.sandbox.advance(6 * HOUR);
            self.jobs().await?;
        }
        Ok(())
    }

    async fn now_served(&self) -> Result<BTreeMap<String, Pair>> {
        if self.way != Way::Store {
            return Ok(self.served.clone());
        }
        let config = sdk::config(&self.sandbox.endpoint(), &self.admin()).await;
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let mut served = BTreeMap::new();
        for user in USERS {
            let got = secrets.get_secret_value().secret_id(format!("ci/{user}")).send().await?;
            let value: serde_json::Value = serde_json::from_str(got.secret_string().unwrap_or_default())?;
            let current = value.get("CURRENT").unwrap_or(&value);
            let pair = Pair::from_json(&current.to_string()).context("the secret has no pair")?;
            served.insert(user.to_owned(), pair);
        }
        Ok(served)
    }

    /// A job of each user: who am I, and what is my configuration?
    async fn jobs(&mut self) -> Result<()> {
        self.learn_owners();
        for pair in self.now_served().await?.into_values() {
            let config = sdk::config(&self.sandbox.endpoint(), &pair).await;
            let config = config.into_builder().app_name(AppName::new(JOB)?).build();
            let identity = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
            let read = aws_sdk_ssm::Client::new(&config).get_parameter().name(PARAMETER).send().await;
            self.failed += usize::from(identity.is_err()) + usize::from(read.is_err());
        }
        Ok(())
    }

    fn learn_owners(&mut self) {
        let calls = self.sandbox.calls();
        let made = calls.iter().filter_map(|call| call.made.as_ref().zip(call.user.as_ref()));
        for (key, user) in made {
            if let Ok(user) = self.sandbox.account().user(user) {
                self.owners.insert(key.clone(), user);
            }
        }
    }
}

/// Seconds since 1970.
pub fn seconds(call: &Call) -> u64 {
    call.at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
