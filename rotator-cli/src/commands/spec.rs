//! `rotator spec`: the specification that the binary carries.

use super::Ended;
use crate::args::SpecArgs;
use crate::exit::Exit;

/// Prints the specification.
///
/// # Errors
/// [`Ended`].
pub fn run(args: SpecArgs) -> Result<Exit, Ended> {
    let _ = args;
    Err(Ended::Usage("not there yet".into()))
}
