//! `rotator`: parse, run, exit code.

use std::process::ExitCode;

use clap::Parser;
use rotator_cli::args::{Cli, Command, RotateArgs};
use rotator_cli::assignment::Assignment;
use rotator_cli::commands::Ended;
use rotator_cli::commands::rotate::Surface;
use rotator_cli::commands::{
    audit, conform, demo, key, plan, policy, retire, rotate, spec, status, stores, verify, word,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
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
