//! `rotator demo`: the pattern as a short story, told by the program itself over an account in memory.
//!
//! Everything is real but the account: the driver, the SDK, the store and the jobs that use the keys
//! run over loopback against [`crate::sandbox`], whose clock is moved on. The demo checks what it
//! tells, and fails where it does not hold.

mod faults;
mod jobs;
mod stage;
mod story;

use crate::args::DemoArgs;
use crate::commands::Ended;
use crate::exit::Exit;
use stage::Stage;

/// Failures that the demo can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// The answer to CreateAccessKey is lost: a live key whose secret nobody holds
    LostAnswer,
    /// CreateAccessKey is throttled for one of three users, twice in a row
    Throttled,
    /// The store refuses the new pair of one user
    StoreDown,
    /// The process is killed while it hands a new pair to the store
    Killed,
    /// New keys take five seconds to work
    SlowKey,
    /// A person has made a key by hand
    Person,
}

/// Runs the demo.
///
/// # Errors
/// [`Ended`]: it could not begin, or the account in memory did not do as it was told.
pub async fn run(args: DemoArgs) -> Result<Exit, Ended> {
    let mut stage = Stage::open().await?;
    match args.fault {
        None => story::two_rotations(&mut stage).await?,
        Some(Fault::LostAnswer) => faults::lost_answer(&mut stage).await?,
        Some(Fault::Throttled) => faults::throttled(&mut stage).await?,
        Some(Fault::StoreDown) => faults::store_down(&mut stage).await?,
        Some(Fault::Killed) => faults::killed(&mut stage).await?,
        Some(Fault::SlowKey) => faults::slow_key(&mut stage).await?,
        Some(Fault::Person) => faults::person(&mut stage).await?,
    }
    let exit = stage.close();
    if args.fault.is_none() {
        story::what_else();
    }
    Ok(exit)
}
