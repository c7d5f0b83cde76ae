//! CloudTrail judged against the CURRENT/LAST pattern, whatever tool made it.
//!
//! ```text
//! files -> trail::read -> collect (changes, spans of use) -> users::rebuild -> judge -> report
//! ```

pub mod collect;
mod histories;
pub mod judge;
pub mod report;
pub mod rules;
pub mod select;
pub mod spans;
pub mod tool;
pub mod users;

use std::path::PathBuf;

pub use histories::histories;

use crate::failure::Failure;
use crate::trail::{self, Progress};
use collect::Collected;
use judge::Times;
use report::Report;
use select::{Selection, Taken};

/// Reads trails and judges every user that the selection takes.
///
/// # Errors
/// Nothing can be read of what was named.
pub fn conform(
    trails: &[PathBuf],
    selection: &Selection,
    times: Times,
    progress: &Progress,
) -> Result<Report, Failure> {
    let mut collected = Collected::default();
    let reading = trail::read(trails, progress, &mut |record| collected.add(record))?;
    let whole = reading.whole() && collected.counts.unclear == 0;
    let spans = collected.accounts.values().filter_map(|account| account.span);
    let span = spans.reduce(|(a, b), (from, to)| (a.min(from), b.max(to)));
    let mut report = Report {
        reading,
        counts: collected.counts.clone(),
        span,
        times,
        gaps: !whole,
        users: Vec::new(),
        pathless: Vec::new(),
    };
    for (number, account) in &collected.accounts {
        for user in users::rebuild(number, account) {
            match selection.takes(&user) {
                Taken::Yes => {
                    report.gaps |= !account.shows_deletions;
                    let judged = judge::judge(&user, times, whole && account.shows_deletions);
                    report.users.push((user, judged));
                }
                Taken::PathUnknown => report.pathless.push(user.name),
                Taken::No => {}
            }
        }
    }
    report.users.sort_by_cached_key(|(user, _)| {
        (
            user.account.clone(),
            user.name.to_lowercase(),
            user.keys.iter().filter_map(users::Key::first_seen).min(),
        )
    });
    report.pathless.sort();
    Ok(report)
}
