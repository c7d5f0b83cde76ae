//! `iam-credential-rotation`: the ancestor's surface over the same driver; see `program/ancestor.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rotator_cli::program::iam_credential_rotation()
}
