//! `rotator conform`: judges CloudTrail.

use super::Ended;
use crate::args::ConformArgs;
use crate::conform::conform;
use crate::conform::judge::Times;
use crate::conform::select::{Bad, Selection, Wish};
use crate::exit::Exit;
use crate::say;
use crate::trail::Progress;

/// Judges CloudTrail.
///
/// # Errors
/// [`Ended`].
pub fn run(args: ConformArgs) -> Result<Exit, Ended> {
    let wish = Wish { path: args.path, globs: args.users, file: args.users_file, tag: args.tag };
    let selection = Selection::new(&wish).map_err(|bad| match bad {
        Bad::Usage(said) => Ended::Usage(said),
        Bad::File(failure) => Ended::Failed(failure),
    })?;
    let times = Times {
        min_age: args.min_age.as_secs(),
        period: args.period.as_secs(),
        quarantine: args.quarantine.map(|span| span.as_secs()),
    };
    let report = conform(&args.trails, &selection, times, &Progress::on_stderr())?;
    for problem in &report.reading.problems {
        say::err(&format!("note: {problem}"));
    }
    if report.reading.more_problems > 0 {
        say::err(&format!("note: and {} more like these", report.reading.more_problems));
    }
    if report.users.is_empty() && report.pathless.is_empty() && selection.is_any() {
        return Err(Ended::Usage("no user in the trail is one of those that were asked for".into()));
    }
    if args.json {
        say::out(&format!("{:#}", report.json()));
    } else {
        if report.users.is_empty() {
            say::out("The trail shows no change of any user's keys: there is nothing to judge");
        }
        say::out(report.text().trim_end());
    }
    Ok(report.exit())
}
