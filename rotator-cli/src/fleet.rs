//! Users side by side, taken from a stream. A user that fails never stops another; so many that fail do.

mod budget;
mod order;
mod tally;

use std::cell::RefCell;
use std::pin::pin;

use futures_util::future::{LocalBoxFuture, ready};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use rotator::{AccessKeyId, Effect, Facts, Pause, Policy, Refusal, Status};

pub use self::budget::Budget;
use self::order::Order;
pub use self::tally::{NotBegun, Tally};
use crate::clock::Stopwatch;
use crate::drive::{Outcome, Step, drive};
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::journal::Journal;
use crate::live::Live;
use crate::report::{Line, OwnKey, Teller};
use crate::target::Shared;

/// A user, and what somebody says the store serves for it.
pub type Task = (User, Option<AccessKeyId>);

/// What a run is to do with its users, and who is told.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The times.
    pub policy: &'a Policy,
    /// So many users at a time.
    pub at_once: usize,
    /// How many there are, as far as is known.
    pub all: usize,
    /// The longest name's length.
    pub width: usize,
    /// Where each step is written.
    pub journal: &'a Journal,
    /// Who tells of each user as it is finished.
    pub teller: &'a Teller,
    /// When to begin with no further user.
    pub budget: Option<&'a Budget>,
    /// Each user's line is kept, for a report.
    pub keeps: bool,
}

impl<'a> Run<'a> {
    /// For users that somebody has named: all of them, and each one's line is kept.
    #[must_use]
    pub fn of_few(policy: &'a Policy, at_once: usize, journal: &'a Journal, teller: &'a Teller) -> Self {
        Self { policy, at_once, all: 0, width: 0, journal, teller, budget: None, keeps: true }
    }

    /// Whether so many have failed that no further user is to be begun.
    fn gives_up(&self) -> bool {
        self.budget.is_some_and(Budget::is_spent)
    }
}

/// Rotates users that are in a list already.
pub async fn few(shared: &Shared, run: &Run<'_>, tasks: Vec<Task>) -> Tally {
    let width = tasks.iter().map(|(user, _)| user.name.chars().count()).max().unwrap_or_default();
    let run = Run { all: tasks.len(), width, ..*run };
    rotate(shared, &run, stream::iter(tasks.into_iter().map(Ok))).await
}

/// Rotates all of them, so many at a time, and tells of each as it is finished. The user whose key this program
/// signs with comes last, when all others are finished.
pub async fn rotate(
    shared: &Shared,
    run: &Run<'_>,
    users: impl Stream<Item = Result<Task, Failure>>,
) -> Tally {
    let watch = Stopwatch::start();
    run.teller.expect(run.all);
    let begins = || !shared.stop.is_set() && !run.gives_up();
    let (own, unlisted) = (RefCell::new(None), RefCell::new(None));
    let tasks = users
        .take_while(|_| ready(begins()))
        .filter_map(|task| {
            ready(match task {
                Err(failure) => {
                    unlisted.replace(Some(failure));
                    None
                }
                Ok(task) if own_key(shared, &task.0).is_some() => {
                    own.replace(Some(task));
                    None
                }
                Ok(task) => Some(task),
            })
        })
        .enumerate()
        .map(|(place, task)| one(shared, run, place, task))
        .buffer_unordered(run.at_once.max(1));
    let mut order = Order::new(run);
    let work = async {
        {
            let mut finished = pin!(tasks);
            while let Some((place, line)) = finished.next().await {
                order.finished(place, line);
            }
        }
        if let Some(task) = own.take()
            && begins()
        {
            let (place, line) = one(shared, run, order.begun(), task).await;
            order.finished(place, line);
        }
    };
    run.teller.during(Box::pin(work), || shared.iam.is_throttled()).await;
    let mut tally = order.close();
    if let Some(failure) = unlisted.take() {
        run.teller.fault(&failure);
        tally.exit = tally.exit.max(failure.exit());
    } else if !begins() {
        tally.leaves(run, shared.stop.is_set());
    }
    run.teller.summary(&tally, watch.elapsed());
    tally
}

/// One user, from its first look to its line. In a box: many of them wait side by side, most of them for little.
fn one<'a>(
    shared: &'a Shared,
    run: &'a Run<'_>,
    place: usize,
    task: Task,
) -> LocalBoxFuture<'a, (usize, Line)> {
    begun(shared, run, place, task).boxed_local()
}

async fn begun(shared: &Shared, run: &Run<'_>, place: usize, (user, word): Task) -> (usize, Line) {
    if shared.stop.is_set() {
        shared.turns.over(place);
        return (place, Line::new(&user, &Outcome::Stopped, shared.target.memory(), false));
    }
    let mut live = Live::begin(shared, user.clone(), word, place).deciding_by(run.policy);
    let mut retired = None;
    let mut record = |step: Step<'_>| {
        run.journal.step(&user.name, &user.id, &step);
        retired = if run.policy.retire.is_some() { taken(&step).or(retired.take()) } else { None };
    };
    let outcome = as_own(drive(&mut live, run.policy, &mut record).await, own_key(shared, &user));
    shared.turns.over(place);
    let denied = live.use_unread.as_ref().is_some_and(|failure| matches!(failure.class, Class::Denied(_)));
    let memory = if let Outcome::Refused(refusal, _) = &outcome {
        shared.target.words_for(refusal)
    } else {
        shared.target.memory()
    };
    let mut line = Line::new(&user, &outcome, memory, denied);
    match (&outcome, retired) {
        (Outcome::Settled, Some(says)) => (line.code, line.says) = ("retired", says),
        (Outcome::Waiting(pause, _), _) => line.says = why_wait(pause, live.seen()),
        (Outcome::Failed(failure), _) if is_gone(shared, &live, failure).await => line = Line::gone(&user),
        (_, _) => {}
    }
    line.own_key = own_key(shared, &user).and_then(|signs| OwnKey::after(&outcome, signs));
    if let Some(own) = &line.own_key {
        run.teller.note(&format!("{}: {own}", user.name));
    }
    run.journal.ended(&user.name, &user.id, line.code);
    (place, line)
}

/// The key that this program signs with, if it is this user's.
fn own_key<'a>(shared: &'a Shared, user: &User) -> Option<&'a AccessKeyId> {
    shared.caller.key.as_ref().filter(|_| shared.caller.user_id == user.id)
}

/// LAST that this program signs with is in use by that alone, each time it is run: waiting would not end.
fn as_own(outcome: Outcome, own: Option<&AccessKeyId>) -> Outcome {
    if let Outcome::Waiting(Pause::MayBeInUse(id), _) = &outcome
        && own == Some(id)
    {
        return Outcome::Refused(Refusal::OwnKey(id.clone()), None);
    }
    outcome
}

/// Whether the user was deleted since it was listed, while nothing of it was in hand. The store says "missing"
/// too, so IAM is asked once more.
async fn is_gone(shared: &Shared, live: &Live<'_>, failure: &Failure) -> bool {
    if failure.class != Class::Missing || live.holds_a_key() {
        return false;
    }
    let keys = shared.iam.keys(&live.user).await;
    keys.is_err_and(|failure| failure.class == Class::Missing)
}

/// What a step took from LAST.
fn taken(step: &Step<'_>) -> Option<String> {
    match step {
        Step::Became(Effect::Deactivate(id), Ok(())) => {
            Some(format!("{id} is switched off, and is deleted after the quarantine"))
        }
        Step::Became(Effect::Delete(id), Ok(())) => Some(format!("{id} is deleted")),
        Step::Became(..) | Step::Decided(..) => None,
    }
}

/// Why waiting is right: no job uses a key that is off, but somebody may turn out to need it.
pub fn why_wait(pause: &Pause, seen: &Facts) -> String {
    if let Pause::MayBeInUse(id) = pause
        && seen.keys.iter().any(|key| key.id == *id && key.status == Status::Inactive)
    {
        return format!("{id} is switched off, and its quarantine is not over");
    }
    pause.to_string()
}

/// One exit code for all.
#[must_use]
pub fn exit(lines: &[Line]) -> Exit {
    lines.iter().map(|line| line.exit).max().unwrap_or(Exit::Done)
}
