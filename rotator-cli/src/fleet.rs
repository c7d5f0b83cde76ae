//! Users side by side. A user that fails never stops another.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream;
use rotator::{AccessKeyId, Effect, Facts, Pause, Policy, Status};

use crate::clock::Stopwatch;
use crate::drive::{Outcome, Step, drive};
use crate::exit::Exit;
use crate::failure::Class;
use crate::iam::User;
use crate::journal::Journal;
use crate::live::Live;
use crate::report::{Line, Teller};
use crate::target::Shared;

/// A user, and what somebody says the store serves for it.
pub type Task = (User, Option<AccessKeyId>);

/// Rotates all of them, so many at a time, and tells of each as it is finished.
pub async fn rotate(
    shared: &Shared,
    policy: &Policy,
    tasks: Vec<Task>,
    at_once: usize,
    journal: &Journal,
    teller: Teller,
) -> Vec<Line> {
    let watch = Stopwatch::start();
    let all = tasks.len();
    let width = tasks.iter().map(|(user, _)| user.name.len()).max().unwrap_or_default();
    let one = |(place, (user, word)): (usize, Task)| async move {
        if shared.stop.is_set() {
            shared.turns.over(place);
            return (place, Line::new(&user, &Outcome::Stopped, shared.target.memory(), false));
        }
        let mut live = Live::begin(shared, user.clone(), word, place).deciding_by(policy);
        let mut retired = None;
        let mut record = |step: Step<'_>| {
            journal.step(&user.name, &user.id, &step);
            retired = if policy.retire.is_some() { taken(&step).or(retired.take()) } else { None };
        };
        let outcome = drive(&mut live, policy, &mut record).await;
        shared.turns.over(place);
        let denied =
            live.use_unread.as_ref().is_some_and(|failure| matches!(failure.class, Class::Denied(_)));
        let memory = if let Outcome::Refused(refusal, _) = &outcome {
            shared.target.words_for(refusal)
        } else {
            shared.target.memory()
        };
        let mut line = Line::new(&user, &outcome, memory, denied);
        match (&outcome, retired) {
            (Outcome::Settled, Some(says)) => (line.code, line.says) = ("retired", says),
            (Outcome::Waiting(pause, _), _) => line.says = why_wait(pause, live.seen()),
            (_, _) => {}
        }
        journal.ended(&user.name, &user.id, line.code);
        (place, line)
    };
    let mut finished = stream::iter(tasks).enumerate().map(one).buffer_unordered(at_once.max(1));
    // Told in the order of the list, so that two runs of one story read the same; a terminal is told at once.
    let mut lines: Vec<Line> = Vec::with_capacity(all);
    let mut early = BTreeMap::new();
    while let Some((place, line)) = finished.next().await {
        if teller.on_terminal() {
            teller.line(&line, width, lines.len() + early.len() + 1, all);
        }
        early.insert(place, line);
        while let Some(line) = early.remove(&lines.len()) {
            if !teller.on_terminal() {
                teller.line(&line, width, lines.len() + 1, all);
            }
            lines.push(line);
        }
    }
    drop(finished);
    teller.summary(&lines, watch.elapsed());
    lines
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
