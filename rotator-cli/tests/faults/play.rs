//! A struck run, and the clean ones after it, until a rotation has got through.

use std::time::Duration;

use rotator::{AccessKeyId, Goal, Memory, Refusal};
use rotator_cli::drive::{Outcome, Step, drive};
use tokio::sync::Notify;

use crate::faulty::{Faulty, Strike};
use crate::place::{Pipeline, Place, Settled, Told};

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(60 * 60);
/// LAST may have to rest anew, and what a struck run left has to be settled first.
const ASKED_AGAIN: usize = 20;
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How one run went.
#[derive(Debug)]
pub struct Ran {
    /// `None`: it was killed.
    pub outcome: Option<Outcome>,
    /// The effects that it began, in order.
    pub begun: Vec<&'static str>,
    /// How many writes each that came to an end took of the store.
    pub writes: Vec<usize>,
    /// Where among them the strike hit, and how often.
    pub hit: Option<usize>,
    pub hits: usize,
}

/// One run of the program, and what the pipeline behind it makes of its output. What it stored, it says:
/// `rotator rotate | store && rotator confirm`.
pub async fn run<P: Place>(
    place: &P,
    told: &Told,
    strike: Option<Strike>,
    pipeline: Pipeline,
) -> Result<Ran, String> {
    let (ran, stored) = silent_run(place, told, strike, pipeline).await?;
    if let (Some(id), Settled::Word, Memory::Ledger) = (stored, place.store().settled, place.store().memory) {
        place.pass(MINUTE);
        clean(silent_run(place, &Told::Word(id), None, Pipeline::Stores).await?.0)?;
    }
    Ok(ran)
}

/// The same, where nobody says anything. What is newly stored.
pub async fn silent_run<P: Place>(
    place: &P,
    told: &Told,
    strike: Option<Strike>,
    pipeline: Pipeline,
) -> Result<(Ran, Option<AccessKeyId>), String> {
    // It is large, and stories hold one for each run that they tell.
    let ran = Box::pin(process(place, told, strike, pipeline)).await;
    let stored = place.ended();
    holds(place).map(|()| (ran, stored))
}

/// A clean run.
pub async fn clean_run<P: Place>(place: &P, told: &Told) -> Result<Ran, String> {
    clean(run(place, told, None, Pipeline::Stores).await?)
}

/// Time passes, with jobs before and after.
pub fn pass<P: Place>(place: &P, span: Duration) -> Result<(), String> {
    let jobs = place.store().settled != Settled::Word;
    for part in [span, 20 * MINUTE] {
        if jobs {
            place.job();
        }
        place.pass(part);
    }
    holds(place)
}

/// Nothing goes wrong any more: the store comes to serve so many new keys, and people do what refusals
/// ask of them. Which refusals that took.
pub async fn settle<P: Place>(place: &P, rotations: usize) -> Result<Vec<&'static str>, String> {
    let before = place.rotations();
    let mut asked = Vec::new();
    let last = if place.policy().retire.is_some() { 31 * DAY } else { 13 * HOUR };
    let gaps = [MINUTE, 2 * HOUR, 13 * HOUR].into_iter().chain(std::iter::repeat_n(last, 4 * rotations));
    for gap in gaps {
        pass(place, gap)?;
        let ran = clean_run(place, &Told::Nothing).await?;
        if place.rotations() >= before + rotations {
            // Jobs go on with what they hold for as long as they may.
            return pass(place, 13 * HOUR).map(|()| asked);
        }
        if let Some(Outcome::Refused(refusal, _)) = &ran.outcome {
            asked.push(refusal.code());
            help(place, refusal).await?;
        }
    }
    Err("no rotation gets through".into())
}

/// Somebody who asked for one key asks again until it is granted, and looks whether it is.
pub async fn grant<P: Place>(place: &P, goal: &Goal) -> Result<(), String> {
    for _ in 0..ASKED_AGAIN {
        pass(place, HOUR)?;
        let ran = clean_run(place, &Told::Goal(goal.clone())).await?;
        match &ran.outcome {
            Some(Outcome::Granted(_)) => {
                let granted = match goal {
                    Goal::Rotate => true,
                    Goal::RollBack(id) => place.served().as_ref() == Some(id) && place.works(id),
                    Goal::Revive(id) => place.works(id),
                    Goal::Revoke(id) => place.served().as_ref() != Some(id) && !place.works(id),
                };
                return if granted { Ok(()) } else { Err(format!("granted, and it is not so: {goal:?}")) };
            }
            Some(Outcome::Refused(refusal, _)) => help(place, refusal).await?,
            Some(_) | None => {}
        }
    }
    Err(format!("never granted: {goal:?}"))
}

async fn process<P: Place>(place: &P, told: &Told, strike: Option<Strike>, behind: Pipeline) -> Ran {
    let policy = told.policy(place.policy());
    place.tell(format!("a run begins, told {told:?}, to be struck: {strike:?}"));
    let process = place.process(behind).await;
    let death = Notify::new();
    let mut faulty = Faulty::new(place.run(&process, told, &policy), place, strike, &death);
    let mut record = |step: Step<'_>| place.saw(&step, &policy);
    let outcome = tokio::select! {
        biased;
        outcome = drive(&mut faulty, &policy, &mut record) => Some(outcome),
        () = death.notified() => None,
    };
    faulty.over();
    place.over(outcome.as_ref());
    let Faulty { begun, writes, hit, hits, .. } = faulty;
    place.tell(format!("it ends: {outcome:?}"));
    Ran { outcome, begun, writes, hit, hits }
}

/// What people do about a refusal is what its next step says (`Refusal::next_step`).
async fn help<P: Place>(place: &P, refusal: &Refusal) -> Result<(), String> {
    match (refusal, place.store().memory, place.served()) {
        // "If it is what jobs use, …"
        (Refusal::UnknownKey(id), Memory::Ledger, Some(served)) if *id == served => {
            clean_run(place, &Told::Word(served)).await.map(drop)
        }
        (Refusal::MaybeServed(_) | Refusal::AmbiguousCurrent, Memory::Ledger, Some(served)) => {
            clean_run(place, &Told::Word(served)).await.map(drop)
        }
        (Refusal::MaybeServed(_), Memory::Ledger | Memory::Dates, _)
        | (Refusal::AmbiguousCurrent | Refusal::UnknownKey(_), _, _) => {
            place.person_deletes_what_is_not_served();
            Ok(())
        }
        // What stood in its way is mended.
        (Refusal::StoreRejects, ..) => Ok(()),
        (Refusal::MaybeServed(_), Memory::Document, _)
        | (
            Refusal::AnotherUser
            | Refusal::TooManyKeys
            | Refusal::CurrentMissing(_)
            | Refusal::CurrentInactive(_)
            | Refusal::OwnKey(_)
            | Refusal::NotLast(_)
            | Refusal::LastInactive(_)
            | Refusal::NotKept(_)
            | Refusal::NothingServed(_),
            ..,
        ) => Err(format!("refused for no reason: {refusal}")),
    }
}

fn clean(ran: Ran) -> Result<Ran, String> {
    match &ran.outcome {
        Some(
            Outcome::NothingDue
            | Outcome::Settled
            | Outcome::Rotated(_)
            | Outcome::Granted(_)
            | Outcome::HandedOver(_)
            | Outcome::Waiting(..)
            | Outcome::Refused(..),
        ) => Ok(ran),
        Some(Outcome::Failed(_) | Outcome::Stopped) | None => {
            Err(format!("a run to which nothing was done: {:?}", ran.outcome))
        }
    }
}

pub fn holds<P: Place>(place: &P) -> Result<(), String> {
    place.broken().map_or(Ok(()), |claim| Err(format!("NOT {claim}")))
}
