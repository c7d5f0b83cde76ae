//! `rotator rotate`, and under another surface `iam-credential-rotation`.

use super::accounts::{Around, Work};
use super::{Ended, hand_over, on_signals, plan};
use crate::assignment::Assignment;
use crate::exit::Exit;
use crate::settings::Settings;

/// Which surface the command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// `rotator rotate`.
    Rotator,
    /// `iam-credential-rotation`: users below the path too, the document replaced, dates and trust.
    Ancestor,
}

/// Rotates the users of each assignment, accounts side by side.
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn run(assignments: Vec<Assignment>, surface: Surface) -> Result<Exit, Ended> {
    let work = work(surface);
    for one in &assignments {
        (work.settings)(one, &work)?;
    }
    let asked = |flag: fn(&Assignment) -> bool| assignments.iter().any(flag);
    if asked(|one| one.args.dry_run) {
        let mut exit = Exit::Done;
        for one in assignments {
            exit = exit.max(plan::run(one.args).await?);
        }
        return Ok(exit);
    }
    let as_json = asked(|one| one.args.json);
    if as_json && asked(|one| one.args.store.store.is_none() && one.args.store.outfile.is_none()) {
        return Err(Ended::Usage(
            "stdout carries the pairs, so --json has no place: add -o FILE or --store".into(),
        ));
    }
    let around = Around::of(&assignments, &work, on_signals()?)?;
    let opened = around.open(assignments, &work).await;
    let reports = around.work(opened, &work).await?;
    Ok(around.end(reports, as_json))
}

/// What it does in each account.
#[must_use]
pub fn work(surface: Surface) -> Work {
    let ancestor = surface == Surface::Ancestor;
    Work {
        command: "rotate",
        settings: |one, work| {
            Settings::new(&one.args.store, &one.args.times, work.ancestor).map_err(Ended::Usage)
        },
        hand_over: Some(if ancestor {
            |args| hand_over(&args.store, true)
        } else {
            |args| hand_over(&args.store, false)
        }),
        ancestor,
        spans: None,
        says_who: true,
    }
}
