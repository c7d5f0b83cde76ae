//! `rotator policy`: the least IAM policy for a configuration.

use super::Ended;
use crate::args::PolicyArgs;
use crate::exit::Exit;

/// Prints the policy.
///
/// # Errors
/// [`Ended`].
pub fn run(args: PolicyArgs) -> Result<Exit, Ended> {
    drop(args);
    Err(Ended::Usage("not there yet".into()))
}
