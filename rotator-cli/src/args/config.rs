//! `rotator config`

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `rotator config`
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What there is to do with a configuration file.
#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    /// Say what each target would do, or all that is wrong in the file; nobody is called
    Check(CheckArgs),
    /// Print the file's JSON Schema, for editors
    Schema,
}

/// `rotator config check`
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The configuration file [default: the nearest rotator.toml, here or in a folder above]
    #[arg(long, env = "ROTATOR_CONFIG", hide_env_values = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
}
