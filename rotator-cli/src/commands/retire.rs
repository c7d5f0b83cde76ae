//! `rotator retire`: LAST is switched off once it has rested, and deleted after a quarantine.

use std::time::Duration;

use super::{Ended, counted, finish, on_signals, open, plan, users_on};
use crate::args::RetireArgs;
use crate::assignment::Assignment;
use crate::commands::key::agreed;
use crate::exit::Exit;
use crate::fleet;
use crate::journal::Journal;
use crate::report::Teller;
use crate::settings::Settings;
use crate::table::short;

/// Retires LAST of the users on a path. No key is made.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn run(args: RetireArgs) -> Result<Exit, Ended> {
    let RetireArgs { grace, quarantine, yes, common: args } = args;
    let mut times = args.times.clone();
    times.min_age = grace.unwrap_or(times.min_age);
    let mut settings = Settings::new(&args.store, &times, false).map_err(Ended::Usage)?;
    if settings.memory == rotator::Memory::Dates {
        return Err(Ended::Usage(
            "--ledger dates keeps no memory, so it cannot tell how long LAST was off".into(),
        ));
    }
    settings.policy.retire = Some(quarantine);
    // No key is old enough to be due: nothing is rotated.
    settings.policy.max_age = Duration::MAX;
    settings.limits = rotator::Limits::new(times.deadline, &settings.policy)
        .map_err(|wrong| Ended::Usage(wrong.to_string()))?;
    let scope = Assignment::of_path(args.clone()).map_err(Ended::Usage)?.scope;
    let path = scope.name();
    let journal = Journal::open(args.journal.as_deref())?;
    let stop = on_signals()?;
    let shared = open(&args.aws, &settings, None, stop).await?;
    let teller = Teller::new(false, args.json);
    let (users, left_out) = users_on(&shared.iam, &path, args.recursive).await?;
    if let Some(note) = left_out {
        teller.note(&note);
    }
    counted(users.len(), args.max_users)?;
    let tasks: Vec<_> = users.into_iter().map(|user| (user, None)).collect();
    if args.dry_run {
        return plan::show(&shared, &settings, tasks, args.json).await;
    }
    let question = format!(
        "LAST of {} on {path} is switched off once it has rested, and deleted {} later",
        if tasks.len() == 1 { "1 user".to_owned() } else { format!("{} users", tasks.len()) },
        short(quarantine)
    );
    if !agreed(&question, yes, "--yes")? {
        return Ok(Exit::Stopped);
    }
    journal.begin("retire", &shared.caller.account, &shared.caller.arn, &settings.policy, &settings.limits);
    let lines = fleet::rotate(&shared, &settings.policy, tasks, args.concurrency, &journal, teller).await;
    let exit = fleet::exit(&lines);
    Ok(finish(journal, &shared, &path, &lines, args.json, exit))
}
