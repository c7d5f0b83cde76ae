//! What the two programs do. It is here and not in `bin/`, since what is awaited is compiled where it is
//! waited for: in `bin/` it would be compiled twice.

mod ancestor;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::commands::rotate::Surface;
use crate::commands::{
    audit, config, conform, demo, key, plan, policy, retire, rotate, spec, status, stores, verify, word,
};
use crate::config::{assignments, retirements};

pub use ancestor::iam_credential_rotation;

/// `rotator`: parse, run, exit code.
#[must_use]
#[tokio::main(flavor = "current_thread")]
pub async fn rotator() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Rotate(args) => match assignments("rotate", &args) {
            Ok(assignments) => rotate::run(assignments, Surface::Rotator).await,
            Err(ended) => Err(ended),
        },
        Command::Plan(args) => match assignments("plan", &args) {
            Ok(assignments) => plan::run(assignments).await,
            Err(ended) => Err(ended),
        },
        Command::Status(args) => match assignments("status", &args) {
            Ok(assignments) => status::run(assignments).await,
            Err(ended) => Err(ended),
        },
        Command::Confirm(args) => word::confirm(args).await,
        Command::Adopt(args) => word::adopt(args).await,
        Command::Rollback(args) => key::roll_back(args).await,
        Command::Revoke(args) => key::revoke(args).await,
        Command::Revive(args) => key::revive(args).await,
        Command::Retire(args) => match retirements(&args) {
            Ok(assignments) => retire::run(assignments, args.yes).await,
            Err(ended) => Err(ended),
        },
        Command::Verify(args) => verify::run(args),
        Command::Conform(args) => conform::run(args),
        Command::Audit(args) => audit::run(args).await,
        Command::Spec(args) => spec::run(args),
        Command::Policy(args) => match assignments("policy", &args.rotate) {
            Ok(assignments) => policy::run(args, assignments).await,
            Err(ended) => Err(ended),
        },
        Command::Config(args) => config::run(args),
        Command::Stores => stores::run(),
        Command::Demo(args) => demo::run(args).await,
    };
    let exit = ended.unwrap_or_else(|ended| {
        ended.tell(false);
        ended.exit()
    });
    ExitCode::from(exit.code())
}
