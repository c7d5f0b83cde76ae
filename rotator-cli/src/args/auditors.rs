//! The command lines of those who look and change nothing: `verify`, `conform`, `audit`, `spec`, `policy`.

use std::path::PathBuf;

use clap::Args;

use super::{AwsArgs, RotateArgs, StoreArgs, TimeArgs};
use crate::permissions::Task;

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
    /// The same as data, so that two programs can be compared
    #[arg(long, conflicts_with = "html")]
    pub json: bool,
    /// Write it to this file as a page, with the diagrams drawn
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `rotator policy`
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// The commands that are to be allowed, for these options
    #[arg(
        long = "for",
        value_name = "COMMAND",
        value_delimiter = ',',
        default_value = "rotate",
        help_heading = "Policy"
    )]
    pub tasks: Vec<Task>,
    /// The number of the account whose users they are [default: any]
    #[arg(long, value_name = "NUMBER", value_parser = account, help_heading = "Policy")]
    pub account: Option<String>,
    /// The partition in the ARNs [default: the region's, else aws]
    #[arg(long, value_name = "NAME", value_parser = partition, help_heading = "Policy")]
    pub partition: Option<String>,
    /// The configuration, as `rotate` takes it.
    #[command(flatten)]
    pub rotate: RotateArgs,
}

/// Twelve digits.
fn account(text: &str) -> Result<String, String> {
    match text.len() {
        12 if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.to_owned()),
        _ => Err("an account's number has twelve digits, and nothing else".to_owned()),
    }
}

/// `aws`, or `aws-…`.
fn partition(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    match text.split('-').next() {
        Some("aws") if text.bytes().all(fits) => Ok(text.to_owned()),
        Some(_) | None => Err("a partition is `aws`, `aws-cn`, `aws-us-gov` or the like".to_owned()),
    }
}
