//! `rotator`: see `program/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rotator_cli::program::rotator()
}
