//! `rotator demo`
use crate::args::DemoArgs;
use crate::commands::Ended;
use crate::exit::Exit;

/// Failures that the demo can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// none yet
    None,
}

/// Runs the demo.
///
/// # Errors
/// [`Ended`].
pub async fn run(_: DemoArgs) -> Result<Exit, Ended> {
    Ok(Exit::Done)
}
