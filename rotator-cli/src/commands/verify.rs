//! `rotator verify`: replays journals.

use super::Ended;
use crate::args::VerifyArgs;
use crate::exit::Exit;

/// Replays journals.
///
/// # Errors
/// [`Ended`].
pub fn run(args: VerifyArgs) -> Result<Exit, Ended> {
    drop(args);
    Err(Ended::Usage("not there yet".into()))
}
