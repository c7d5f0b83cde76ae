//! The command lines of those who look and change nothing: `verify`, `conform`, `audit`, `spec`, `policy`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{AwsArgs, RotateArgs, StoreArgs, TimeArgs};

const WHOM: &str = "Whom [default: every user whose keys change in the trail]";

/// `rotator verify`
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// The journals; `-` is standard input
    #[arg(required = true, value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `rotator conform`
#[derive(Debug, Clone, Args)]
pub struct ConformArgs {
    /// Files as CloudTrail delivers them, folders of them, or what `lookup-events` printed; `-` is standard
    /// input
    #[arg(required = true, value_name = "CLOUDTRAIL")]
    pub trails: Vec<PathBuf>,
    /// Only users on this path, and on paths below it
    #[arg(long, value_name = "PATH", help_heading = WHOM)]
    pub path: Option<String>,
    /// Only users of this name; `*` and `?` stand for anything; may be given again
    #[arg(long = "user", value_name = "GLOB", help_heading = WHOM)]
    pub users: Vec<String>,
    /// Only users in this file: a name a line, or what `aws iam list-users` or
    /// `get-account-authorization-details` printed
    #[arg(long = "users", value_name = "FILE", help_heading = WHOM)]
    pub users_file: Option<PathBuf>,
    /// Only users that have this tag in that file
    #[arg(long, value_name = "KEY[=VALUE]", requires = "users_file", help_heading = WHOM)]
    pub tag: Option<String>,
    /// LAST rests for this long; a key that was used within it is in use
    #[arg(long, env = "ROTATOR_MIN_AGE", hide_env_values = true, value_name = "SPAN", default_value = "12h", value_parser = super::span, help_heading = "Times")]
    pub min_age: Duration,
    /// A key works for this long at most
    #[arg(long, value_name = "SPAN", default_value = "90d", value_parser = super::span, help_heading = "Times")]
    pub period: Duration,
    /// A key that was switched off is deleted no sooner than this
    #[arg(long, env = "ROTATOR_QUARANTINE", hide_env_values = true, value_name = "SPAN", default_value = "7d", value_parser = super::span, help_heading = "Times")]
    pub quarantine: Duration,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `rotator audit`
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// The path of the machine users, with or without slashes at its ends
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub path: Option<String>,
    /// Every user of the account
    #[arg(long)]
    pub all: bool,
    /// Take users on paths below PATH too
    #[arg(long, env = "ROTATOR_RECURSIVE", hide_env_values = true, conflicts_with = "all")]
    pub recursive: bool,
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

/// `rotator spec`
#[derive(Debug, Clone, Args)]
pub struct SpecArgs {
    /// The same as data
    #[arg(long)]
    pub json: bool,
}

/// `rotator policy`
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// The configuration, as `rotate` takes it.
    #[command(flatten)]
    pub rotate: RotateArgs,
}
