//! `rotator rollback`, `rotator revive`, `rotator revoke`: somebody asks for one key of one user. What is
//! about to happen is said first, and asked for on a terminal.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use rotator::{
    AccessKeyId, Decision, Facts, Goal, Key, Limits, Observation, Slots, Status, Used, decide, roles,
};

use super::{Ended, hand_over, open};
use crate::args::{KeyArgs, RevokeArgs};
use crate::commands::plan;
use crate::drive::World;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet;
use crate::iam::User;
use crate::journal::Journal;
use crate::live::Live;
use crate::report::{Teller, json};
use crate::say;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::table::short;
use crate::target::Shared;

/// LAST is served again.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn roll_back(args: KeyArgs) -> Result<Exit, Ended> {
    run("rollback", args, |slots, _| {
        let last = slots.last.clone().ok_or("the user has no LAST that could be served again")?;
        Ok(Goal::RollBack(last))
    })
    .await
}

/// LAST works again; or CURRENT, if that is the one that somebody switched off.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn revive(args: KeyArgs) -> Result<Exit, Ended> {
    run("revive", args, |slots, facts| {
        let off =
            |id: &&AccessKeyId| facts.keys.iter().any(|key| key.id == **id && key.status == Status::Inactive);
        let named = [&slots.current, &slots.last].into_iter().flatten();
        let key = named.clone().find(off).or(slots.last.as_ref()).or(slots.current.as_ref());
        Ok(Goal::Revive(key.ok_or("the user has no key with a name")?.clone()))
    })
    .await
}

/// A key has leaked: it is replaced if it is CURRENT, and switched off.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn revoke(args: RevokeArgs) -> Result<Exit, Ended> {
    let named = args.key.as_deref().map(AccessKeyId::parse).transpose();
    let named = named.map_err(|error| Ended::Usage(format!("--key: {error}")))?;
    run("revoke", args.common, move |slots, _| {
        let key = named.clone().or(slots.current.clone());
        let key = key.ok_or("nothing tells which key is CURRENT; say it: --key ID")?;
        Ok(Goal::Revoke(key))
    })
    .await
}

async fn run(
    command: &str,
    args: KeyArgs,
    goal: impl Fn(&Slots, &Facts) -> Result<Goal, &'static str>,
) -> Result<Exit, Ended> {
    let mut settings = Settings::new(&args.store, &args.times, false).map_err(Ended::Usage)?;
    let pairs_on_stdout =
        command == "revoke" && !args.dry_run && args.store.store.is_none() && args.store.outfile.is_none();
    if args.json && pairs_on_stdout {
        return Err(Ended::Usage(
            "stdout carries the new pair, so --json has no place: add -o FILE or --store".into(),
        ));
    }
    let to = if pairs_on_stdout || args.store.outfile.is_some() {
        Some(hand_over(&args.store, false)?)
    } else {
        None
    };
    let journal = Journal::open(args.journal.as_deref())?;
    let stop = Stop::on_signals()
        .map_err(|error| Failure::new(Class::Setup, "listen for SIGINT and SIGTERM", error.to_string()))?;
    let shared = open(&args.aws, &settings, to, stop).await?;
    let user = shared.iam.user(&args.user).await?;
    let seen = Live::begin(&shared, user.clone(), None, 0).observe().await?;
    let slots = roles(&seen, &settings.policy);
    settings.policy.goal = goal(&slots, seen.facts())
        .map_err(|said| Failure::new(Class::Setup, format!("{command} a key of {}", user.name), said))?;
    // What has leaked is due, whatever its age.
    if let Goal::Revoke(_) = settings.policy.goal {
        settings.policy.max_age = Duration::ZERO;
    }
    settings.limits = Limits::new(args.times.deadline, &settings.policy)
        .map_err(|conflict| Ended::Usage(conflict.to_string()))?;
    if args.dry_run {
        return plan::show(&shared, &settings, vec![(user, None)], args.json).await;
    }
    if let Decision::Perform(_) = decide(&seen, &settings.policy) {
        let question = announce(&shared, &user, &seen, &settings.policy.goal).await;
        if !agreed(&question, args.yes)? {
            return Ok(Exit::Stopped);
        }
    }
    let teller = Teller::new(false, args.json);
    journal.begin(command, &shared.caller.account, &shared.caller.arn, &settings.policy, &settings.limits);
    let lines = fleet::rotate(&shared, &settings.policy, vec![(user, None)], 1, &journal, teller).await;
    let mut exit = fleet::exit(&lines);
    if let (Goal::Revoke(id), true) =
        (&settings.policy.goal, lines.iter().any(|line| line.code == "handed-over"))
    {
        teller.note(&format!(
            "{id} still works, since nothing tells yet that the new pair is stored: store it, confirm it \
             (`rotator confirm`), then run this again"
        ));
        exit = exit.max(Exit::Waiting);
    }
    if let crate::target::Target::HandOver { to, .. } = &shared.target
        && pairs_on_stdout
        && let Err(error) = to.close()
    {
        say::err(&format!("error: cannot close the document on stdout: {error}"));
        exit = exit.max(Exit::Failed);
    }
    if args.json {
        say::out(&format!("{:#}", json(&shared.caller.account, "", &lines, exit)));
    }
    if let Err(error) = journal.close(exit.code()) {
        say::err(&format!("error: the journal is not complete: {error}"));
        exit = exit.max(Exit::Failed);
    }
    Ok(exit)
}

/// What is about to happen, and to whom.
async fn announce(shared: &Shared, user: &User, seen: &Observation, goal: &Goal) -> String {
    let name = &user.name;
    match goal {
        Goal::Rotate => format!("the keys of {name} are rotated"),
        Goal::RollBack(id) => {
            let current = seen.facts().keys.iter().find(|key| key.id != *id);
            let current = current.map_or_else(String::new, |key| format!("; {} rests as LAST", key.id));
            format!("{name}: the store serves {id} again{current}; no key is deleted")
        }
        Goal::Revive(id) => format!("{name}: {id} is switched on again"),
        Goal::Revoke(id) => {
            let key = seen.key(id);
            let used = match key.map(|key| key.used) {
                Some(Used::Never) => "was never used".to_owned(),
                Some(Used::Unknown) | None => {
                    "may be in use: IAM did not say when it was last used".to_owned()
                }
                Some(Used::Ago(ago)) => {
                    let by = shared.iam.used_by(id).await.unwrap_or_default();
                    format!("was last used {} ago{by}", short(ago))
                }
            };
            let age = key.map_or_else(String::new, |Key { age, .. }| format!(", {} old,", short(*age)));
            format!(
                "{name}: {id}{age} {used}. It is switched off as soon as the store serves another key, and every job \
                 that holds it fails from then on"
            )
        }
    }
}

/// Asks on a terminal. In a pipe nobody can be asked, so `--yes` has to say it.
///
/// # Errors
/// [`Ended::Usage`] where nobody can be asked.
pub fn agreed(what: &str, yes: bool) -> Result<bool, Ended> {
    if yes {
        return Ok(true);
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Ended::Usage(format!(
            "{what}. Nobody can be asked here: say --yes, or look with --dry-run"
        )));
    }
    say::err(what);
    say::err_now("Go on? [y/N] ");
    let mut answer = String::new();
    let read = stdin.lock().read_line(&mut answer);
    let go_on = read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str());
    if !go_on {
        say::err("nothing was changed");
    }
    Ok(go_on)
}
