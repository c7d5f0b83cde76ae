//! What `rotate`, `plan`, `status` and `retire` take beside a path: targets of a configuration file, a share of
//! the users, and when to give a bad day up.

use std::path::PathBuf;

use clap::Args;

use crate::shard::Shard;

/// Which targets, and which share of their users.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Fleet")]
pub struct FleetArgs {
    /// Every target of the configuration file, instead of PATH
    #[arg(long, conflicts_with_all = ["path", "target"])]
    pub all: bool,
    /// One target of the configuration file, by its name; may be given again
    #[arg(long, value_name = "NAME", conflicts_with = "path")]
    pub target: Vec<String>,
    /// The configuration file [default: the nearest rotator.toml, here or in a folder above]
    #[arg(long, env = "ROTATOR_CONFIG", hide_env_values = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Only the Ith of N shares of the users, by a stable hash of account and user
    #[arg(long, env = "ROTATOR_SHARD", hide_env_values = true, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Begin with no further user once so many have failed or were refused [default: never]
    #[arg(long, env = "ROTATOR_MAX_FAILURES", hide_env_values = true, value_name = "N")]
    pub max_failures: Option<usize>,
}
