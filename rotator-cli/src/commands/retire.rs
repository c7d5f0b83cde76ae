//! `rotator retire`: LAST is switched off once it has rested, and deleted after a quarantine.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};

use super::accounts::{Account, Around, Work};
use super::{Ended, on_signals, plan};
use crate::args::RetireArgs;
use crate::assignment::Assignment;
use crate::commands::key::agreed;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::table::short;
use crate::users::stream;

/// Retires LAST of the users of each assignment. No key is made.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn run(args: RetireArgs, assignments: Vec<Assignment>) -> Result<Exit, Ended> {
    let RetireArgs { grace, quarantine, yes, .. } = args;
    let work = Work {
        command: "retire",
        settings,
        hand_over: None,
        ancestor: false,
        spans: Some((grace, quarantine)),
        says_who: false,
    };
    for one in &assignments {
        settings(one, &work)?;
    }
    let around = Around::of(&assignments, &work, on_signals()?)?;
    let asked = |flag: fn(&Assignment) -> bool| assignments.iter().any(flag);
    let (as_json, dry_run) = (asked(|one| one.args.json), asked(|one| one.args.dry_run));
    let opened = around.open(assignments, &work).await;
    if dry_run {
        let mut exit = Exit::Done;
        for account in opened {
            exit = exit.max(look(account.map_err(|unopened| unopened.into_ended())?).await?);
        }
        return Ok(exit);
    }
    let meant = opened.iter().flatten().map(|account| {
        let users = account.counted.users;
        let users = if users == 1 { "1 user".to_owned() } else { format!("{users} users") };
        let at = account.name.as_ref().map_or_else(String::new, |name| format!(" in {name}"));
        format!("{users} on {}{at}", account.scope.name())
    });
    let meant = meant.collect::<Vec<_>>().join(", ");
    let question = format!(
        "LAST of {meant} is switched off once it has rested, and deleted {} later",
        short(quarantine)
    );
    // Where no account was opened, there is nothing to ask.
    if !meant.is_empty() && !agreed(&question, yes, "--yes")? {
        return Ok(Exit::Stopped);
    }
    let reports = around.work(opened, &work).await?;
    Ok(around.end(reports, as_json))
}

fn settings(one: &Assignment, work: &Work) -> Result<Settings, Ended> {
    let Some((grace, quarantine)) = work.spans else { return Err(Ended::Usage("no quarantine".into())) };
    let mut times = one.args.times.clone();
    times.min_age = grace.unwrap_or(times.min_age);
    let mut settings = Settings::new(&one.args.store, &times, false).map_err(Ended::Usage)?;
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
    Ok(settings)
}

/// What it would do in one account.
async fn look(account: Account) -> Result<Exit, Ended> {
    let Account { shared, settings, choice, counted, args, .. } = account;
    let users = stream(&shared.iam, &choice, counted).map(|user| user.map(|user| (user, None)));
    let tasks = users.try_collect().await?;
    plan::show(&shared, &settings, tasks, args.json).await
}
