//! `rotator rollback`, `rotator revive`, `rotator revoke`: somebody asks for one key of one user. What is
//! about to happen is said first, and asked for on a terminal.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use rotator::{
    AccessKeyId, Decision, Facts, Goal, Key, Limits, Memory, Observation, Slots, Status, Used, decide, roles,
};

use super::{Ended, finish, hand_over, on_signals, open};
use crate::args::{KeyArgs, RevokeArgs, RollbackArgs};
use crate::commands::plan;
use crate::drive::World;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet::{self, Run};
use crate::iam::User;
use crate::journal::Journal;
use crate::live::Live;
use crate::report::Teller;
use crate::say;
use crate::settings::Settings;
use crate::store::Adapter;
use crate::table::short;
use crate::target::{Shared, Target};

/// LAST is served again.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn roll_back(args: RollbackArgs) -> Result<Exit, Ended> {
    let named = named(args.key.as_deref(), args.common.yes)?;
    run("rollback", args.common, named.is_some(), move |slots, _| {
        let last = named.clone().or(slots.last.clone());
        Ok(Goal::RollBack(last.ok_or("the user has no LAST that could be served again")?))
    })
    .await
}

/// LAST works again; or CURRENT, if that is the one that somebody switched off.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn revive(args: KeyArgs) -> Result<Exit, Ended> {
    run("revive", args, true, |slots, facts| {
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
    let named = named(args.key.as_deref(), args.common.yes)?;
    run("revoke", args.common, named.is_some(), move |slots, facts| {
        let key = named.clone().or(slots.current.clone());
        let key = key.ok_or("nothing tells which key is CURRENT; say it: --key ID")?;
        // Nobody is to be told that a key does not work which was mistyped.
        if !slots.names(&key) && facts.keys.iter().all(|listed| listed.id != key) {
            return Err("the user has no such key: it is deleted, or it is another user's");
        }
        Ok(Goal::Revoke(key))
    })
    .await
}

/// The key that was named. Who is not asked has to name it: LAST and CURRENT change places, so the same
/// line without it would take hold of the other key when it is run again.
fn named(key: Option<&str>, yes: bool) -> Result<Option<AccessKeyId>, Ended> {
    let key = key.map(AccessKeyId::parse).transpose();
    let key = key.map_err(|error| Ended::Usage(format!("--key: {error}")))?;
    if yes && key.is_none() {
        let said = "--yes needs --key ID, so that the same line means the same key when it is run again; \
                    --dry-run shows which it would be";
        return Err(Ended::Usage(said.into()));
    }
    Ok(key)
}

async fn run(
    command: &str,
    args: KeyArgs,
    named: bool,
    goal: impl Fn(&Slots, &Facts) -> Result<Goal, &'static str>,
) -> Result<Exit, Ended> {
    let mut settings = Settings::new(&args.store, &args.times, false).map_err(Ended::Usage)?;
    if settings.memory == Memory::Dates {
        let said = "--ledger dates keeps no memory, so it cannot tell which key is CURRENT and which LAST; leave it away";
        return Err(Ended::Usage(said.into()));
    }
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
    let stop = on_signals()?;
    let mut shared = open(&args.aws, &settings, to, stop).await?;
    let user = shared.iam.user(&args.user).await?;
    let mut seen = Live::begin(&shared, user.clone(), None, 0).observe().await?;
    let slots = roles(&seen, &settings.policy);
    settings.policy.goal = goal(&slots, seen.facts()).map_err(|said| {
        Failure::new(
            Class::Setup,
            format!("{} a key of {}", command.replace("rollback", "roll back"), user.name),
            said,
        )
    })?;
    if is_lost(&shared, &user, &slots, &settings.policy.goal).await? {
        shared.last_is_lost = true;
        seen = Live::begin(&shared, user.clone(), None, 0).observe().await?;
    }
    // What has leaked is due, whatever its age.
    if let Goal::Revoke(_) = settings.policy.goal {
        settings.policy.max_age = Duration::ZERO;
    }
    settings.limits = Limits::new(args.times.deadline, &settings.policy)
        .map_err(|conflict| Ended::Usage(conflict.to_string()))?;
    if args.dry_run {
        return plan::show(&shared, &settings, vec![(user, None)], args.json).await;
    }
    // A wait may end within this run.
    if let Decision::Perform(_) | Decision::Wait(..) = decide(&seen, &settings.policy) {
        let question = announce(&shared, &user, &seen, &slots, &settings.policy.goal).await;
        let yes = if named { "--yes".to_owned() } else { said_again(&settings.policy.goal) + " --yes" };
        if !agreed(&question, args.yes, &yes)? {
            return Ok(Exit::Stopped);
        }
    }
    let teller = Teller::new(false, args.json).of_each();
    journal.begin(command, &shared.caller.account, &shared.caller.arn, &settings.policy, &settings.limits);
    let run = Run::of_few(&settings.policy, 1, &journal, &teller);
    let mut tally = fleet::few(&shared, &run, vec![(user, None)]).await;
    let (lines, mut exit) = (&tally.lines, tally.exit);
    if let (Goal::Revoke(id), true) =
        (&settings.policy.goal, lines.iter().any(|line| line.code == "handed-over"))
    {
        teller.note(&format!(
            "{id} still works, since nothing tells yet that the new pair is stored: store it, confirm it \
             (`rotator confirm`), then run `rotator revoke {} --key {id}`",
            args.user
        ));
        exit = exit.max(Exit::Waiting);
    }
    if let (Goal::Revoke(id), Some(last)) = (&settings.policy.goal, &slots.last)
        && lines.iter().any(|line| line.code == "may-be-in-use")
    {
        teller.note(&format!(
            "until then {id} works. If that is worse than jobs that fail: `aws iam delete-access-key --user-name {} \
             --access-key-id {last}`, then run this again with --key {id}",
            args.user
        ));
    } else if exit != Exit::Done && !named && !lines.iter().any(|line| line.code == "handed-over") {
        let again = said_again(&settings.policy.goal);
        teller.note(&format!("run it again with {again}: by then another key may be CURRENT"));
    }
    if let Target::HandOver { to, .. } = &shared.target
        && pairs_on_stdout
        && let Err(error) = to.close()
    {
        say::err(&format!("error: cannot close the document on stdout: {error}"));
        exit = exit.max(Exit::Failed);
    }
    tally.exit = exit;
    Ok(finish(journal, &shared, tally, &teller, args.json))
}

/// Whether LAST's pair is missed in a store that keeps pairs. That it keeps them does not say that it ever had
/// this one, and whoever asks for it is to hear of that before anything is done.
async fn is_lost(shared: &Shared, user: &User, slots: &Slots, goal: &Goal) -> Result<bool, Failure> {
    let (Target::Store(store), Some(last)) = (&shared.target, &slots.last) else { return Ok(false) };
    let wanted = matches!(goal, Goal::RollBack(_) | Goal::Revoke(_)) && store.promises().keeps_previous;
    Ok(wanted && store.previous(user, last).await?.is_none())
}

/// What names the key of a goal, for the same command again.
fn said_again(goal: &Goal) -> String {
    match goal {
        Goal::Rotate => String::new(),
        Goal::RollBack(id) | Goal::Revive(id) | Goal::Revoke(id) => format!("--key {id}"),
    }
}

/// What is about to happen, and to whom.
async fn announce(shared: &Shared, user: &User, seen: &Observation, slots: &Slots, goal: &Goal) -> String {
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
                    let last = shared.iam.last_use(id).await.ok().and_then(|last| last.by);
                    let by = last.map_or_else(String::new, |by| format!(" by {by}"));
                    format!("was last used {} ago{by}", short(ago))
                }
            };
            let age = key.map_or_else(String::new, |Key { age, .. }| format!(", {} old,", short(*age)));
            let when = match &shared.target {
                _ if slots.current.as_ref() != Some(id) => "",
                Target::HandOver { trust: true, .. } => {
                    " as soon as a new pair has left, stored or not (--handover trust)"
                }
                Target::HandOver { .. } => " once a new pair is confirmed or seen in use",
                Target::Document(_) | Target::Store(_) => " as soon as the store serves another key",
            };
            format!(
                "{name}: {id}{age} {used}. It is switched off{when}, and every job that holds it fails from then on"
            )
        }
    }
}

/// Asks on a terminal. In a pipe nobody can be asked, so the command line has to say it: `say`.
///
/// # Errors
/// [`Ended::Usage`] where nobody can be asked.
pub fn agreed(what: &str, yes: bool, say: &str) -> Result<bool, Ended> {
    if yes {
        return Ok(true);
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Ended::Usage(format!(
            "{what}. Nobody can be asked here: say {say}, or look with --dry-run"
        )));
    }
    say::err(what);
    say::err_now("Go on? [y/N] ");
    let mut answer = String::new();
    let go_on = stdin.lock().read_line(&mut answer).is_ok() && is_yes(&answer);
    if !go_on {
        say::err("nothing was changed");
    }
    Ok(go_on)
}

/// Anything else, and the end of input, is a no.
fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for yes in ["y\n", "Y\n", " yes \n", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n\n", "no\n", "yes, but\n", "j\n"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }

    #[test]
    fn who_is_not_asked_names_the_key() {
        let id = "AKIAIOSFODNN7EXAMPLE";
        assert!(named(None, true).is_err() && named(Some("short"), false).is_err());
        assert_eq!(named(None, false).unwrap(), None);
        assert_eq!(named(Some(id), true).unwrap().unwrap().as_str(), id);
    }
}
