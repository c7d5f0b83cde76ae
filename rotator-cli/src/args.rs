//! The command line of `rotator`: clap types, and nothing else.

mod auditors;
mod fleet;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::aws::Access;
use crate::ses::Extras;
use crate::store::StoreUrl;
use crate::store::exec::CommandLine;

pub use fleet::FleetArgs;

pub use auditors::{ANY, AuditArgs, ConformArgs, Format, MemoryArgs, PolicyArgs, SpecArgs, VerifyArgs};

/// Rotates the access keys of AWS IAM machine users by the CURRENT/LAST pattern.
///
/// A rotation deletes LAST, creates a key, proves it, and makes it CURRENT in the store that jobs read;
/// the old CURRENT becomes LAST. So a job in flight keeps a working key until the next rotation.
#[derive(Debug, Parser)]
#[command(name = "rotator", version, propagate_version = false, max_term_width = 100)]
#[command(after_help = "Exit codes and examples: `rotator help COMMAND`, README.md")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Rotate the machine users on a path
    Rotate(RotateArgs),
    /// Say for each user what `rotate` would do and why; change nothing
    Plan(RotateArgs),
    /// Show each user's keys: role, age, last use, next due date
    Status(RotateArgs),
    /// Say that handed-over pairs are stored now
    Confirm(ConfirmArgs),
    /// Say which key of a user jobs use
    Adopt(AdoptArgs),
    /// Serve LAST again, since the new key is bad for somebody; nothing is deleted
    Rollback(RollbackArgs),
    /// Replace CURRENT, which has leaked, and switch it off
    Revoke(RevokeArgs),
    /// Switch LAST off once it has rested, and delete it after a quarantine
    Retire(RetireArgs),
    /// Let LAST work again
    Revive(KeyArgs),
    /// Replay journals: decide again from every recorded observation, and check every line
    Verify(VerifyArgs),
    /// Judge CloudTrail against the pattern, whatever tool made it
    Conform(ConformArgs),
    /// Report on the account as it stands: each key, judged by rule
    Audit(AuditArgs),
    /// Print the specification that this program carries
    Spec(SpecArgs),
    /// Print the least IAM policy for a configuration
    Policy(PolicyArgs),
    /// Compare the stores: what each promises, and what it does not
    Stores,
    /// See two rotations with a job in flight, without an AWS account
    Demo(DemoArgs),
}

/// Which account, by which way.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "AWS")]
pub struct AwsArgs {
    /// A profile of the shared AWS configuration
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The region; for IAM alone none is needed
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Another endpoint than AWS's, for all services
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
}

impl From<AwsArgs> for Access {
    fn from(args: AwsArgs) -> Self {
        Self {
            profile: args.profile,
            region: args.region,
            endpoint_url: args.endpoint_url,
            credentials: None,
        }
    }
}

/// The times of the pattern. Each takes `90s`, `15min`, `12h`, `30d` and the like.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Times")]
pub struct TimeArgs {
    /// LAST is deleted only when it was neither served nor used for this long; longer than any job
    #[arg(long, env = "ROTATOR_MIN_AGE", hide_env_values = true, value_name = "SPAN", default_value = "12h", value_parser = span)]
    pub min_age: Duration,
    /// A key without a name and this old is a dead run's
    #[arg(long, env = "ROTATOR_STRAY_AFTER", hide_env_values = true, value_name = "SPAN", default_value = "1h", value_parser = span)]
    pub stray_after: Duration,
    /// For one user; nothing is begun later
    #[arg(long, env = "ROTATOR_DEADLINE", hide_env_values = true, value_name = "SPAN", default_value = "10min", value_parser = span)]
    pub deadline: Duration,
    /// How long IAM's answers may lag behind a change
    #[arg(long, env = "ROTATOR_SETTLE", hide_env_values = true, value_name = "SPAN", default_value = "60s", value_parser = span)]
    pub settle: Duration,
    /// Rotate only users whose CURRENT is older [default: all on the path are due]
    #[arg(long, env = "ROTATOR_ROTATE_AFTER", hide_env_values = true, value_name = "SPAN", value_parser = span)]
    pub rotate_after: Option<Duration>,
}

/// Where pairs go, and what is remembered where.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where pairs go")]
pub struct StoreArgs {
    /// Hand pairs over in this document (mode 0600, merged into) instead of on stdout
    #[arg(
        short,
        long,
        env = "ROTATOR_OUTFILE",
        hide_env_values = true,
        value_name = "FILE",
        conflicts_with = "store"
    )]
    pub outfile: Option<PathBuf>,
    /// Write pairs into this store, which jobs read: 'secretsmanager:NAME', 'vault:MOUNT/PATH' and more
    /// (`rotator stores`); the place may hold {user}, {path}, {account}
    #[arg(long, env = "ROTATOR_STORE", hide_env_values = true, value_name = "STORE")]
    pub store: Option<StoreUrl>,
    /// The command that prints which key the store 'exec:COMMAND' serves
    #[arg(long, env = "ROTATOR_EXEC_SERVED", hide_env_values = true, value_name = "COMMAND", value_parser = crate::store::exec::parse)]
    pub exec_served: Option<CommandLine>,
    /// Store more beside each pair: 'ses-smtp=REGION[,REGION]' adds SMTP logins for Amazon SES
    #[arg(long, env = "ROTATOR_WITH", hide_env_values = true, value_name = "WHAT")]
    pub with: Option<Extras>,
    /// Where it is remembered which key is which [default: the store if it can, else tags]
    #[arg(long, env = "ROTATOR_LEDGER", hide_env_values = true, value_name = "WHERE")]
    pub ledger: Option<LedgerArg>,
    /// When a pair on stdout or in a document counts as stored [default: evidence]
    #[arg(long, env = "ROTATOR_HANDOVER", hide_env_values = true, value_name = "WHEN")]
    pub handover: Option<HandOverArg>,
    /// How users met for the first time are read
    #[arg(long, env = "ROTATOR_ADOPT", hide_env_values = true, value_name = "HOW", default_value = "dates")]
    pub adopt: AdoptArg,
}

/// `--ledger`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LedgerArg {
    /// In the store itself
    Store,
    /// In tags of the IAM user
    Tags,
    /// Nowhere: guessed from creation dates and last use
    Dates,
}

/// `--handover`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HandOverArg {
    /// Once `rotator confirm` says so
    Confirm,
    /// Once confirmed, or once the new key is seen in use
    Evidence,
    /// Once delivered without error
    Trust,
}

/// `--adopt`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AdoptArg {
    /// By creation dates and last use, where they leave no doubt
    Dates,
    /// Not at all; `rotator adopt` says it
    Never,
}

/// `rotator rotate`, and for the sake of equal options `plan` and `status`.
#[derive(Debug, Clone, Args)]
pub struct RotateArgs {
    /// The path of the machine users, with or without slashes at its ends
    #[arg(required_unless_present_any = ["all", "target"])]
    pub path: Option<String>,
    /// Which targets of a configuration, and which share of the users.
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// Take users on paths below PATH too
    #[arg(long, env = "ROTATOR_RECURSIVE", hide_env_values = true)]
    pub recursive: bool,
    /// Where pairs go.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The times.
    #[command(flatten)]
    pub times: TimeArgs,
    /// Refuse to begin with more users than this
    #[arg(
        long,
        env = "ROTATOR_MAX_USERS",
        hide_env_values = true,
        value_name = "N",
        default_value_t = 20,
        help_heading = "Run"
    )]
    pub max_users: usize,
    /// Users rotated at the same time
    #[arg(
        long,
        env = "ROTATOR_CONCURRENCY",
        hide_env_values = true,
        value_name = "N",
        default_value_t = 32,
        help_heading = "Run"
    )]
    pub concurrency: usize,
    /// Show the plan and change nothing
    #[arg(long, help_heading = "Run")]
    pub dry_run: bool,
    /// Append each observation, decision and effect to this file (JSON lines, no secret)
    #[arg(long, env = "ROTATOR_JOURNAL", hide_env_values = true, value_name = "FILE", help_heading = "Run")]
    pub journal: Option<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long, help_heading = "Run")]
    pub json: bool,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// `rotator confirm`
#[derive(Debug, Clone, Args)]
pub struct ConfirmArgs {
    /// The document that was handed over; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["user", "all"], conflicts_with_all = ["user", "all"])]
    pub document: Option<PathBuf>,
    /// Everything that was handed over for the users on this path is stored
    #[arg(long, value_name = "PATH", conflicts_with = "user")]
    pub all: Option<String>,
    /// With --all, also users on paths below it
    #[arg(long, requires = "all")]
    pub recursive: bool,
    /// With --all, do not ask
    #[arg(long, short, requires = "all")]
    pub yes: bool,
    /// One user instead of a document
    #[arg(long, value_name = "NAME", requires = "key")]
    pub user: Option<String>,
    /// The key that the store serves
    #[arg(long, value_name = "ID", requires = "user")]
    pub key: Option<String>,
    /// The word's common options.
    #[command(flatten)]
    pub word: WordArgs,
}

/// `rotator adopt`
#[derive(Debug, Clone, Args)]
pub struct AdoptArgs {
    /// The user's name
    pub user: String,
    /// The key that jobs use
    #[arg(long, value_name = "KEYID")]
    pub current: String,
    /// The word's common options.
    #[command(flatten)]
    pub word: WordArgs,
}

/// What `confirm` and `adopt` have in common.
#[derive(Debug, Clone, Args)]
pub struct WordArgs {
    /// Show what would be done and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Append each observation, decision and effect to this file (JSON lines, no secret)
    #[arg(long, env = "ROTATOR_JOURNAL", hide_env_values = true, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
    /// The times.
    #[command(flatten)]
    pub times: TimeArgs,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// `rotator revive`, and what `rotator rollback` and `rotator revoke` share with it.
#[derive(Debug, Clone, Args)]
pub struct KeyArgs {
    /// The user's name
    pub user: String,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Show what would be done and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Append each observation, decision and effect to this file (JSON lines, no secret)
    #[arg(long, env = "ROTATOR_JOURNAL", hide_env_values = true, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
    /// Where pairs go.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The times.
    #[command(flatten)]
    pub times: TimeArgs,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// `rotator rollback`
#[derive(Debug, Clone, Args)]
pub struct RollbackArgs {
    /// The key to serve again; --yes needs it, since LAST is another key afterwards [default: LAST]
    #[arg(long, value_name = "ID")]
    pub key: Option<String>,
    /// What these commands have in common.
    #[command(flatten)]
    pub common: KeyArgs,
}

/// `rotator revoke`
#[derive(Debug, Clone, Args)]
pub struct RevokeArgs {
    /// The key that has leaked, CURRENT or LAST; --yes needs it, since CURRENT is another key afterwards
    /// [default: CURRENT]
    #[arg(long, value_name = "ID")]
    pub key: Option<String>,
    /// What these commands have in common.
    #[command(flatten)]
    pub common: KeyArgs,
}

/// `rotator retire`
#[derive(Debug, Clone, Args)]
pub struct RetireArgs {
    /// LAST is switched off once it was neither served nor used for this long [default: --min-age]
    #[arg(long, env = "ROTATOR_GRACE", hide_env_values = true, value_name = "SPAN", value_parser = span)]
    pub grace: Option<Duration>,
    /// LAST is deleted once it was switched off for this long
    #[arg(long, env = "ROTATOR_QUARANTINE", hide_env_values = true, value_name = "SPAN", default_value = "7d", value_parser = span)]
    pub quarantine: Duration,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Whom, and how.
    #[command(flatten)]
    pub common: RotateArgs,
}

/// `rotator demo`
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Show one failure and how it is survived
    #[arg(long, value_name = "NAME")]
    pub fault: Option<crate::commands::demo::Fault>,
}

/// Reads `90s`, `15min`, `12h`, `30d`, and `0`.
fn span(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 90s, 15min, 12h or 30d"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
