//! Five thousand users on an endpoint that throttles.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::place::Place;
use super::rate::{Used, used};
use super::report::{Bound, Met, Row};
use super::speed::LATENCY;
use super::statistics::digits;
use super::tools::{Tool, Tools};
use super::{MIB, say};
use crate::check::flight::runtime;

/// So many calls a second, for each action.
const RATE: u32 = 60;
const USERS: usize = 5_000;
const QUICK_USERS: usize = 500;
const MEMORY_MIB: f64 = 40.0;
const LEAST_USED: f64 = 90.0;
const MOST_THROTTLED: f64 = 5.0;

pub fn rows(tools: &Tools, scratch: &Path, quick: bool) -> Result<Vec<Row>> {
    let users = if quick { QUICK_USERS } else { USERS };
    let folder = tempfile::tempdir_in(scratch)?;
    say(&format!("fleet: an account of {users} users, and their first rotation"));
    let seen = runtime()?.block_on(async {
        let place = Place::new(Tool::Tags, users, tools, folder.path()).await?;
        say(&format!("fleet: {users} users at {RATE} calls a second for each action; this takes minutes"));
        let progress = |done| say(&format!("fleet: {done} of {users} new keys"));
        place.play(Tool::Tags, tools, folder.path(), LATENCY, Some(RATE), progress).await
    })?;
    let used = used(&seen.calls, RATE, seen.run.took).context("no call was answered")?;
    let peak = seen.run.peak as f64 / MIB;
    let mut rows = judged(users, seen.run.took, &used, peak);
    let cpu = format!("{} s", digits(seen.run.cpu.as_secs_f64()));
    rows.push(Row::told("fleet-cpu", format!("processor time, {users} users"), cpu));
    // A smaller fleet says nothing of the larger one.
    Ok(rows.into_iter().map(|row| if quick { Row { met: Met::Told, ..row } } else { row }).collect())
}

fn judged(users: usize, took: Duration, used: &Used, peak: f64) -> Vec<Row> {
    let Used { bottleneck, answered, share, throttled, calls } = used;
    let name = |what: &str| format!("fleet-{what}");
    let figure = |what: &str| format!("{users} users at {RATE} calls/s: {what}");
    let (share, throttled) = (share * 100.0, throttled * 100.0);
    let seconds = took.as_secs_f64();
    vec![
        // That every one is, the run was checked for; else there is no row at all.
        Row {
            met: Met::Yes,
            to_reach: "every user".to_owned(),
            ..Row::told(&name("rotated"), figure("rotated"), format!("{users} users in {seconds:.0} s"))
        },
        Row::new(
            &name("rate-used"),
            figure("of the rate used"),
            format!("{} % ({answered} × {bottleneck})", digits(share)),
            share,
            Bound::AtLeast(LEAST_USED),
        )
        .within(" %"),
        Row::new(
            &name("throttled"),
            figure("throttled answers"),
            format!("{} % of {calls}", digits(throttled)),
            throttled,
            Bound::Under(MOST_THROTTLED),
        )
        .within(" %"),
        Row::new(
            &name("memory"),
            format!("peak memory, {users} users"),
            format!("{} MiB", digits(peak)),
            peak,
            Bound::AtMost(MEMORY_MIB),
        )
        .within(" MiB"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_held_against_what_is_to_reach_in_percent() {
        let used = |share, throttled| Used {
            bottleneck: "sts:GetCallerIdentity".to_owned(),
            answered: 15_000,
            share,
            throttled,
            calls: 70_000,
        };
        let met = |used: &Used, peak| {
            let rows = judged(5_000, Duration::from_secs(260), used, peak);
            rows.iter().map(|row| row.met).collect::<Vec<_>>()
        };
        assert_eq!(met(&used(0.9, 0.049), 40.0), [Met::Yes; 4]);
        assert_eq!(met(&used(0.89, 0.05), 40.1), [Met::Yes, Met::No, Met::No, Met::No]);
    }
}
