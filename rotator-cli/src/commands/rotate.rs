//! `rotator rotate`, and under another surface `iam-credential-rotation`.

use super::{Ended, counted, finish, hand_over, on_signals, open, plan, target_name, users_on};
use crate::args::RotateArgs;
use crate::assignment::Assignment;
use crate::exit::Exit;
use crate::fleet;
use crate::journal::Journal;
use crate::report::Teller;
use crate::say;
use crate::settings::Settings;
use crate::target::Target;

/// Which surface the command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// `rotator rotate`.
    Rotator,
    /// `iam-credential-rotation`: users below the path too, the document replaced, dates and trust.
    Ancestor,
}

/// Rotates the users on a path.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn run(args: RotateArgs, surface: Surface) -> Result<Exit, Ended> {
    let ancestor = surface == Surface::Ancestor;
    let settings = Settings::new(&args.store, &args.times, ancestor).map_err(Ended::Usage)?;
    // The ancestor puts slashes around whatever it is given, and takes nested users too.
    let path = if ancestor {
        format!("/{}/", args.path.as_deref().unwrap_or_default())
    } else {
        Assignment::of_path(args.clone()).map_err(Ended::Usage)?.scope.name()
    };
    if args.dry_run {
        return plan::run(args).await;
    }
    if args.json && args.store.store.is_none() && args.store.outfile.is_none() {
        return Err(Ended::Usage(
            "stdout carries the pairs, so --json has no place: add -o FILE or --store".into(),
        ));
    }
    let stop = on_signals()?;
    let to = hand_over(&args.store, ancestor)?;
    let journal = Journal::open(args.journal.as_deref())?;
    let teller = Teller::new(ancestor, args.json);
    let shared = open(&args.aws, &settings, Some(to), stop).await?;
    let (users, left_out) = users_on(&shared.iam, &path, ancestor || args.recursive).await?;
    // First, since it may be the reason why there is nobody on the path itself.
    if let Some(note) = left_out {
        teller.note(&note);
    }
    counted(users.len(), args.max_users)?;
    for note in settings.notes() {
        teller.note(&note);
    }
    teller.identity(&shared.caller.arn, users.len(), &path, &target_name(&shared.target));

    journal.begin("rotate", &shared.caller.account, &shared.caller.arn, &settings.policy, &settings.limits);
    let tasks = users.into_iter().map(|user| (user, None)).collect();
    let lines = fleet::rotate(&shared, &settings.policy, tasks, args.concurrency, &journal, teller).await;
    let mut exit = fleet::exit(&lines);
    if let Target::HandOver { to, .. } = &shared.target
        && let Err(error) = to.close()
    {
        say::err(&format!("error: cannot close the document on stdout: {error}"));
        exit = exit.max(Exit::Failed);
    }
    Ok(finish(journal, &shared, &path, &lines, args.json, exit))
}
