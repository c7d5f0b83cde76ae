//! The command lines of those who look and change nothing: `verify`, `conform`, `audit`, `spec`, `policy`.

use std::path::PathBuf;

use clap::Args;

use super::{AwsArgs, RotateArgs, StoreArgs, TimeArgs};
use crate::verify::Kept;

/// `rotator verify`
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// The journals; `-` is standard input
    #[arg(required = true, value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,
    /// The last line that was kept elsewhere, as verify or a report of that run printed it; the journal must
    /// reach it. Once for each journal, in their order
    #[arg(long, value_name = "LINE:SHA256")]
    pub head: Vec<Kept>,
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
