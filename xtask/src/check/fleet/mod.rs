//! Thousands of users on an endpoint that throttles; the run is killed twice midway, and run again.
//!
//! The built program rotates them into Secrets Manager, on the embedded IAM. It is killed by SIGKILL when a third
//! of the users are done, and again when two thirds are; then it runs to its end, and once more after
//! `stray_after` where a killed run has left users that must wait.

mod account;
mod run;

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use self::account::Account;
use self::run::{CONCURRENCY, End, Program};
use super::flight::place::STRAY_AFTER;
use super::flight::runtime;
use super::{Effort, Figure};
use crate::bench::rate::used;
use crate::cargo;

/// How many users, and how many calls a second the endpoint answers for each action: fewer than the program and
/// the endpoint, both not optimised, can do on two cores.
struct Extent {
    users: usize,
    rate: u32,
}

const SHORT: Extent = Extent { users: 600, rate: 50 };
const DEEP: Extent = Extent { users: 5_000, rate: 50 };
const KILLS: usize = 2;
/// In percent of all answers.
const MOST_THROTTLED: f64 = 5.0;
/// How often it runs on after the last kill: what a dead run left behind must be settled by then.
const LAST_TRIES: usize = 3;

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    cargo::run(&["build", "--quiet", "--workspace", "--locked", "--bins"])?;
    let binary = cargo::target_directory()?.join("debug/rotator");
    let extent = match effort {
        Effort::Short => SHORT,
        Effort::Deep => DEEP,
    };
    runtime()?.block_on(async {
        let account = Account::new(extent.users).await?;
        let mut program = Program::new(&binary, extent.users)?;
        let played = play(&extent, &account, &mut program).await;
        played.with_context(|| format!("the last run said:\n{}", program.last_words()))
    })
}

async fn play(extent: &Extent, account: &Account, program: &mut Program) -> Result<Vec<Figure>> {
    let Extent { users, rate } = *extent;
    account.throttle(rate);
    let mut figures = Vec::new();
    let mut in_hand = Vec::new();
    for kill in 1..=KILLS {
        // Of these keys as many may not be served yet as a run has users in hand, for each kill.
        let share = users * kill / (KILLS + 1);
        let end = program.run(account, Some(share + kill * CONCURRENCY)).await?;
        ensure!(end == End::Killed, "run {kill} was to be killed, and ended with {end:?}");
        let seen = account.look()?;
        let next = users * (kill + 1) / (KILLS + 1);
        ensure!((share..next).contains(&seen.rotated), "{} users were done at kill {kill}", seen.rotated);
        ensure!(seen.in_hand.len() <= kill * CONCURRENCY, "{:?} were in hand", seen.in_hand);
        let value = format!("{} of {users} done, {} had a key not served", seen.rotated, seen.in_hand.len());
        figures.push(Figure::new(format!("kill {kill}"), value));
        in_hand.push(seen.in_hand);
    }
    let mut codes = Vec::new();
    loop {
        let End::Code(code) = program.run(account, None).await? else { bail!("nobody killed this run") };
        codes.push(code.to_string());
        let seen = account.look()?;
        let left = users - seen.rotated;
        // Whoever waits is one that a killed run had in hand.
        ensure!((code == 5) == (left > 0), "exit code {code} with {left} users not rotated");
        figures.push(Figure::new(
            format!("run {}", KILLS + codes.len()),
            format!("exit code {code}, {left} users must wait"),
        ));
        if left == 0 {
            break;
        }
        ensure!(left <= KILLS * CONCURRENCY, "{left} users wait for what {KILLS} kills left");
        ensure!(codes.len() < LAST_TRIES, "{left} users are not rotated after {} runs", codes.len());
        account.sandbox.advance(STRAY_AFTER + Duration::from_secs(60));
    }
    account.all_rotated()?;
    let calls = account.sandbox.calls();
    let made = account.made(&calls, &in_hand)?;
    ensure!(
        made == account.keys_made(),
        "the log tells of {made} keys, the account of {}",
        account.keys_made()
    );
    let verified = program.verified()?;
    let runs = KILLS + codes.len();
    ensure!(verified.killed == u64::try_from(KILLS)?, "the journal tells of {} kills", verified.killed);
    ensure!(verified.runs == u64::try_from(runs)?, "the journal tells of {} runs", verified.runs);
    let used = used(&calls, rate, program.took).context("no call was answered")?;
    let (share, throttled) = (used.share * 100.0, used.throttled * 100.0);
    ensure!(throttled > 0.0, "the endpoint never throttled: {} calls", used.calls);
    ensure!(throttled < MOST_THROTTLED, "{throttled:.2} % of {} answers were throttled", used.calls);
    let seconds = program.took.as_secs_f64();
    let rows = [
        ("users, each served a new pair that works, once", users.to_string()),
        ("runs", format!("{runs}, {KILLS} of them killed; exit codes of the others: {}", codes.join(", "))),
        ("keys made", format!("{made}, {} of them taken back", made - users)),
        ("calls", used.calls.to_string()),
        ("throttled", format!("{throttled:.2} % at {rate} calls a second for each action")),
        ("of the rate used", format!("{share:.0} % ({})", used.bottleneck)),
        ("users a second", format!("{:.1} ({seconds:.0} s)", users as f64 / seconds)),
        ("most memory of a run", format!("{:.1} MiB", program.peak as f64 / 1024.0)),
        ("the journal of all runs verifies", format!("{} lines", verified.lines)),
    ];
    figures.extend(rows.into_iter().map(|(what, value)| Figure::new(what, value)));
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the documents say of this check.
    #[test]
    fn the_extent_is_what_is_promised() {
        assert_eq!((SHORT.users, DEEP.users, KILLS), (600, 5_000, 2));
    }
}
