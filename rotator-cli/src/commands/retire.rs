//! `rotator retire`: LAST is switched off once it has rested, and deleted after a quarantine.

use std::time::Duration;

use super::accounts::{Around, Work};
use super::several::{Part, each, teller};
use super::{Ended, counted, on_signals, open, plan};
use crate::assignment::{Assignment, RetireTimes};
use crate::commands::key::agreed;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::table::short;
use crate::users::all;

/// Retires LAST of the users of each assignment. No key is made.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn run(assignments: Vec<Assignment>, yes: bool) -> Result<Exit, Ended> {
    let work = Work { command: "retire", settings, hand_over: None, ancestor: false, says_who: false };
    for one in &assignments {
        of(one)?;
    }
    let around = Around::of(&assignments, &work, on_signals()?)?;
    let asked = |flag: fn(&Assignment) -> bool| assignments.iter().any(flag);
    if asked(|one| one.args.dry_run) {
        return each(assignments, look).await;
    }
    let as_json = asked(|one| one.args.json);
    let quarantines: std::collections::BTreeSet<_> =
        assignments.iter().filter_map(|one| one.retire).map(|times| times.quarantine).collect();
    let later = quarantines.into_iter().map(short).collect::<Vec<_>>().join(" or ");
    let opened = around.open(assignments, &work).await;
    let meant = opened.iter().flatten().map(|account| {
        let users = account.counted.users;
        let users = if users == 1 { "1 user".to_owned() } else { format!("{users} users") };
        let at = account.name.as_ref().map_or_else(String::new, |name| format!(" in {name}"));
        format!("{users} on {}{at}", account.scope.name())
    });
    let meant = meant.collect::<Vec<_>>().join(", ");
    let question = format!("LAST of {meant} is switched off once it has rested, and deleted {later} later");
    // Where no account was opened, there is nothing to ask.
    if !meant.is_empty() && !agreed(&question, yes, "--yes")? {
        return Ok(Exit::Stopped);
    }
    let reports = around.work(opened, &work).await?;
    Ok(around.end(reports, as_json))
}

fn settings(one: &Assignment, _: &Work) -> Result<Settings, Ended> {
    of(one)
}

fn of(one: &Assignment) -> Result<Settings, Ended> {
    let Some(RetireTimes { grace, quarantine }) = one.retire else {
        return Err(Ended::Usage("no quarantine".into()));
    };
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
async fn look(one: Assignment, several: bool) -> Result<Part, Ended> {
    let (settings, teller) = (of(&one)?, teller(&one, several));
    let Assignment { access, scope, args, .. } = one;
    let shared = open(&access, &settings, None, Stop::default()).await?;
    let (users, left_out) = all(&shared.iam, &scope, &shared.caller.account).await?;
    if let Some(note) = left_out {
        teller.note(&note);
    }
    counted(users.len(), args.max_users)?;
    let tasks = users.into_iter().map(|user| (user, None)).collect();
    Ok(plan::seen(&shared, &settings, tasks, &teller).await)
}
