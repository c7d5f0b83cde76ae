//! What the two programs do. It is here and not in `bin/`, since what is awaited is compiled where it is
//! waited for: in `bin/` it would be compiled twice.

mod ancestor;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command, RotateArgs};
use crate::assignment::Assignment;
use crate::commands::Ended;
use crate::commands::rotate::Surface;
use crate::commands::{
    audit, conform, demo, key, plan, policy, retire, rotate, spec, status, stores, verify, word,
};

pub use ancestor::iam_credential_rotation;

/// `rotator`: parse, run, exit code.
#[must_use]
#[tokio::main(flavor = "current_thread")]
pub async fn rotator() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Rotate(args) => match one(args) {
            Ok(assignments) => rotate::run(assignments, Surface::Rotator).await,
            Err(ended) => Err(ended),
        },
        Command::Plan(args) => plan::run(args).await,
        Command::Status(args) => status::run(args).await,
        Command::Confirm(args) => word::confirm(args).await,
        Command::Adopt(args) => word::adopt(args).await,
        Command::Rollback(args) => key::roll_back(args).await,
        Command::Revoke(args) => key::revoke(args).await,
        Command::Revive(args) => key::revive(args).await,
        Command::Retire(args) => match one(args.common.clone()) {
            Ok(assignments) => retire::run(args, assignments).await,
            Err(ended) => Err(ended),
        },
        Command::Verify(args) => verify::run(args),
        Command::Conform(args) => conform::run(args),
        Command::Audit(args) => audit::run(args).await,
        Command::Spec(args) => spec::run(args),
        Command::Policy(args) => policy::run(args).await,
        Command::Stores => stores::run(),
        Command::Demo(args) => demo::run(args).await,
    };
    let exit = ended.unwrap_or_else(|ended| {
        ended.tell(false);
        ended.exit()
    });
    ExitCode::from(exit.code())
}

/// What the command line alone asks for.
fn one(args: RotateArgs) -> Result<Vec<Assignment>, Ended> {
    Assignment::of_path(args).map(|one| vec![one]).map_err(Ended::Usage)
}
