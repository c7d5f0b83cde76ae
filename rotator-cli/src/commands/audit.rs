//! `rotator audit`: the account as it stands.

use super::Ended;
use crate::args::AuditArgs;
use crate::exit::Exit;

/// Reports on the account as it stands.
///
/// # Errors
/// [`Ended`].
pub async fn run(args: AuditArgs) -> Result<Exit, Ended> {
    drop(args);
    Err(Ended::Usage("not there yet".into()))
}
