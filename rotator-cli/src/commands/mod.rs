//! One file for each command, and what they share.

pub mod accounts;
pub mod audit;
pub mod conform;
pub mod demo;
pub mod key;
pub mod plan;
pub mod policy;
pub mod retire;
pub mod rotate;
pub mod spec;
pub mod status;
pub mod stores;
pub mod verify;
pub mod word;

use rotator::Memory;

use crate::args::{AwsArgs, StoreArgs};
use crate::assignment::Scope;
use crate::aws::{Caller, identify};
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet::Tally;
use crate::iam::{Iam, User};
use crate::journal::Journal;
use crate::report::{Report, Teller, print};
use crate::say;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::store::StoreUrl;
use crate::store::beside::Stores;
use crate::store::documents::Documents;
use crate::store::exec::Exec;
use crate::store::file::JsonFile;
use crate::store::github::{self, GitHub};
use crate::store::gitlab::{self, Gitlab};
use crate::store::handover::HandOver;
use crate::store::kubernetes::{self, Kubernetes};
use crate::store::profile::Profile;
use crate::store::secretsmanager::SecretsManager;
use crate::store::ssm::ParameterStore;
use crate::store::vault::{Surroundings, Vault};
use crate::target::{Shared, Target};
use crate::users;

/// Why a command ended before any change.
#[derive(Debug)]
pub enum Ended {
    /// The command line makes no sense, or names no user, or too many.
    Usage(String),
    /// A call or a file failed.
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Ended {
    /// What the shell sees.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Failed(Failure { class: Class::Denied(_), .. }) => Exit::Denied,
            Self::Failed(_) => Exit::Setup,
        }
    }

    /// Says it on stderr: `error: …` and the next step, or for the ancestor's users click's `Error: …`.
    pub fn tell(&self, ancestor: bool) {
        let word = if ancestor { "Error" } else { "error" };
        match self {
            Self::Usage(text) => say::err(&format!("{word}: {text}")),
            Self::Failed(failure) => {
                say::err(&format!("{word}: {failure}"));
                if let Some(next) = failure.next_step() {
                    say::err(&format!(" next: {next}"));
                }
            }
        }
    }
}

/// Who runs this, over which endpoints, with what target: asked and checked before any change.
async fn open(aws: &AwsArgs, settings: &Settings, to: Option<HandOver>, stop: Stop) -> Result<Shared, Ended> {
    let caller = identify(&aws.clone().into(), settings.limits.request_timeout()).await?;
    let target = target_of(&caller, settings, to).await?;
    let iam = Iam::new(&caller);
    Ok(Shared::new(caller, iam, target, settings, stop))
}

/// Where pairs go, reached before any change.
async fn target_of(caller: &Caller, settings: &Settings, to: Option<HandOver>) -> Result<Target, Ended> {
    let (config, account) = (&caller.config, caller.account.as_str());
    // As long as one request may take: for a command to store a pair, and for a file's lock.
    let limit = settings.limits.request_timeout();
    let Some(url) = &settings.store else {
        let to = to.unwrap_or_else(HandOver::stdout);
        return Ok(Target::HandOver { to, memory: settings.memory, trust: settings.policy.trust });
    };
    if matches!(url, StoreUrl::SecretsManager(_) | StoreUrl::ParameterStore(_)) && !caller.region_is_set {
        let said = "no region is configured, and this store has one: set AWS_REGION or --region";
        return Err(Ended::Usage(said.into()));
    }
    Ok(match url.clone() {
        StoreUrl::SecretsManager(place) => {
            Target::Document(Documents::SecretsManager(SecretsManager::at(config, place, account)))
        }
        StoreUrl::File(place) => Target::Document(Documents::File(JsonFile::new(place, account, limit))),
        StoreUrl::Profile(place) => Target::Store(Stores::Profile(Profile::new(place, account, limit))),
        StoreUrl::Exec(place) => {
            Target::Store(Stores::Exec(Exec::new(place, settings.served.clone(), account, limit)))
        }
        StoreUrl::ParameterStore(place) => {
            Target::Store(Stores::ParameterStore(ParameterStore::at(config, place, account)))
        }
        StoreUrl::Vault(place) => {
            let around = Surroundings::of_this_process();
            let vault = Vault::connect(*place, around, account, config, limit).await?;
            Target::Store(Stores::Vault(Box::new(vault)))
        }
        StoreUrl::Gitlab(place) => {
            let around = gitlab::Surroundings::of_this_process();
            let gitlab = Gitlab::open(*place, &around, account, limit)?;
            Target::Store(Stores::Gitlab(Box::new(gitlab)))
        }
        StoreUrl::Kubernetes(place) => {
            let around = kubernetes::Surroundings::of_this_process();
            let cluster = Kubernetes::open(*place, &around, account, limit)?;
            Target::Store(Stores::Kubernetes(Box::new(cluster)))
        }
        StoreUrl::GitHub(place) => {
            let around = github::Surroundings::of_this_process();
            let github = GitHub::new(*place, &around, account, limit)?;
            Target::Store(Stores::GitHub(Box::new(github)))
        }
    })
}

/// Where a run hands pairs over, if it names no store.
fn hand_over(store: &StoreArgs, replace: bool) -> Result<HandOver, Failure> {
    match &store.outfile {
        Some(file) => HandOver::file(file, replace),
        None if store.store.is_some() => Ok(HandOver::stdout()),
        None => HandOver::open_stdout(),
    }
}

/// The users that a path means, and a note about those that it leaves out.
async fn users_on(iam: &Iam, path: &str, recursive: bool) -> Result<(Vec<User>, Option<String>), Failure> {
    let scope = Scope {
        paths: vec![path.to_owned()],
        recursive,
        include: Vec::new(),
        exclude: Vec::new(),
        shard: None,
    };
    users::all(iam, &scope, "").await
}

/// Last use that a permission hides is shown as unknown, and which permission that is would be told nowhere
/// else.
fn tell_unread(user: &User, unread: Option<&Failure>, teller: &Teller) -> Exit {
    let Some(failure @ Failure { class: Class::Denied(_), .. }) = unread else { return Exit::Done };
    teller.note(&format!("{}: {failure}", user.name));
    if let Some(next) = failure.next_step() {
        teller.note(&format!("next: {next}"));
    }
    failure.exit()
}

/// Told to stop by SIGINT and SIGTERM.
fn on_signals() -> Result<Stop, Failure> {
    Stop::on_signals()
        .map_err(|error| Failure::new(Class::Setup, "listen for SIGINT and SIGTERM", error.to_string()))
}

/// The end of a run: the journal's last line, and the report, if it was asked for.
fn finish(journal: Journal, shared: &Shared, tally: Tally, teller: &Teller, as_json: bool) -> Exit {
    let report = report_of(journal, shared, "", tally, teller);
    if as_json {
        print(&report);
    }
    report.exit
}

/// The end of a run in one account: the journal's last line, and what there is to report.
fn report_of(journal: Journal, shared: &Shared, path: &str, tally: Tally, teller: &Teller) -> Report {
    let mut report = Report::new(None, path.to_owned());
    report.account = Some(shared.caller.account.clone());
    (report.users, report.not_begun, report.exit) = (tally.lines, tally.not_begun, tally.exit);
    match journal.close(report.exit.code()) {
        Ok(mark) => report.journal = mark,
        Err(error) => {
            teller.say(&format!("error: the journal is not complete: {error}"));
            report.exit = report.exit.max(Exit::Failed);
        }
    }
    report
}

/// The ancestor's words for no user and for too many.
fn counted(users: usize, at_most: usize) -> Result<(), Ended> {
    match users {
        0 => Err(Ended::Usage("No IAM Users found on PATH".into())),
        _ if users > at_most => Err(Ended::Usage(format!(
            "Invalid value: Error: Found {users} IAM Users. This is more than the max allowed of {at_most}."
        ))),
        _ => Ok(()),
    }
}

/// Where pairs go, for a person.
fn target_name(target: &Target) -> String {
    match target {
        Target::Document(Documents::SecretsManager(_)) => "Secrets Manager".to_owned(),
        Target::Document(Documents::File(_)) => "a JSON file".to_owned(),
        Target::Store(Stores::Profile(_)) => "a credentials file".to_owned(),
        Target::Store(Stores::Exec(_)) => "a command".to_owned(),
        Target::Store(Stores::ParameterStore(_)) => "Parameter Store".to_owned(),
        Target::Store(Stores::Vault(_)) => "Vault".to_owned(),
        Target::Store(Stores::Gitlab(_)) => "GitLab".to_owned(),
        Target::Store(Stores::Kubernetes(_)) => "Kubernetes".to_owned(),
        Target::Store(Stores::GitHub(_)) => "GitHub Actions".to_owned(),
        Target::HandOver { to, .. } => to.name(),
    }
}

/// Whether a store's or a ledger's slots can be shown.
fn memory_name(memory: Memory) -> &'static str {
    match memory {
        Memory::Document => "store",
        Memory::Ledger => "tags",
        Memory::Dates => "dates",
    }
}
