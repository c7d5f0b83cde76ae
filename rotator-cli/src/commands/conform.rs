//! `rotator conform`: judges CloudTrail.

use super::Ended;
use crate::args::ConformArgs;
use crate::exit::Exit;

/// Judges CloudTrail.
///
/// # Errors
/// [`Ended`].
pub fn run(args: ConformArgs) -> Result<Exit, Ended> {
    drop(args);
    Err(Ended::Usage("not there yet".into()))
}
