//! Observe, decide, perform, look again: one user's rotation over any world. What a look would only read back
//! is not looked at.

use std::time::Duration;

use rotator::{
    AccessKeyId, Became, Decision, Effect, Goal, Hand, Observation, Pause, Policy, Refusal, carry, decide,
};

use crate::failure::{Class, Failure};

/// The seam between deciding and the world: look, do, wait. The live world and a simulated one have the same
/// driver.
pub trait World {
    /// Looks at everything that a decision needs. What this run wrote before is already visible in it.
    fn observe(&mut self) -> impl Future<Output = Result<Observation, Failure>>;

    /// Whether this can stand for a look: the last one and what came of the effect since, as
    /// [`carry`](rotator::carry) has it. A world may always say no, and is looked at then.
    fn goes_on(&mut self, from: &Observation) -> bool;

    /// Does one thing. `Ok` means that it took hold, and tells how.
    fn perform(&mut self, effect: &Effect) -> impl Future<Output = Result<Became, Failure>>;

    /// Sleeps for `nap`, a part of `span`. Or says no, and does not sleep: the deadline comes before the
    /// end of `span`, or the run was told to stop and this user has no new key in hand.
    fn pause(&mut self, span: Duration, nap: Duration) -> impl Future<Output = bool>;
}

/// One step of a history, for the journal.
#[derive(Debug)]
pub enum Step<'a> {
    /// What was seen, and what follows from it.
    Decided(&'a Observation, &'a Decision, Sight),
    /// What became of the effect.
    Became(&'a Effect, Result<(), &'a Failure>),
}

/// Where an observation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// From a look.
    Looked,
    /// From the look before and what came of the effect since.
    Carried,
}

/// How one user's rotation ended.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was due, and nothing was done.
    NothingDue,
    /// Something that an earlier run or a word left to do was done; nothing else was due.
    Settled,
    /// The new key is CURRENT.
    Rotated(AccessKeyId),
    /// What was asked for is so.
    Granted(Goal),
    /// The new pair was handed over; the key is PENDING until that is confirmed or its use is seen.
    HandedOver(AccessKeyId),
    /// Worth running again after so long.
    Waiting(Pause, Duration),
    /// A person's turn; with what the store said, where that is the reason.
    Refused(Refusal, Option<Failure>),
    /// A call failed.
    Failed(Failure),
    /// The run was told to stop before this user's turn.
    Stopped,
}

/// How many failures in a row end a user's run.
const FAILURES: u32 = 6;
/// How often to look while waiting: most waits are for IAM's lists, which lag by seconds.
const LOOK: Duration = Duration::from_secs(2);

/// Drives one user until nothing more is to be done now.
pub async fn drive(world: &mut impl World, policy: &Policy, record: &mut impl FnMut(Step<'_>)) -> Outcome {
    let mut failures = Failures::default();
    let mut did_something = false;
    let mut made_current = false;
    let mut switched_off = false;
    let mut ahead: Option<Observation> = None;
    loop {
        let carried = ahead.take().filter(|next| world.goes_on(next));
        let (seen, sight) = match carried {
            Some(next) => (next, Sight::Carried),
            None => match world.observe().await {
                Ok(seen) => (seen, Sight::Looked),
                Err(failure) => match failures.again(world, failure).await {
                    Ok(()) => continue,
                    Err(failure) if failure.class == Class::Stopped => return Outcome::Stopped,
                    Err(failure) => return Outcome::Failed(failure),
                },
            },
        };
        let decision = decide(&seen, policy);
        record(Step::Decided(&seen, &decision, sight));
        match decision {
            Decision::Done => {
                if policy.goal != Goal::Rotate {
                    return Outcome::Granted(policy.goal.clone());
                }
                return match seen.facts().hand.key() {
                    Some(id) => Outcome::Rotated(id.clone()),
                    None if did_something => Outcome::Settled,
                    None => Outcome::NothingDue,
                };
            }
            Decision::Refuse(refusal) => {
                return match failures.rejected {
                    Some(failure) if failure.class == Class::NotProved => Outcome::Failed(failure),
                    rejected => Outcome::Refused(refusal, rejected),
                };
            }
            Decision::Wait(pause, span) => {
                // The delivered key is PENDING now; waiting for its use is for another day.
                if let (Pause::InFlight(id), Hand::Sent(sent), None) =
                    (&pause, &seen.facts().hand, &failures.last)
                    && id == sent
                {
                    return Outcome::HandedOver(id.clone());
                }
                // What an earlier run began is complete, and the key which this run made CURRENT is young. That it
                // is due again, since rotation was asked for, is for another day too.
                let rest =
                    matches!(pause, Pause::SlotsAreNew | Pause::MayBeInUse(_) | Pause::UseUnreadable(_));
                let current = seen.facts().slots.current.as_ref().and_then(|id| seen.key(id));
                let young = current.is_some_and(|key| key.age < policy.min_age);
                let turned = made_current && young && policy.goal == Goal::Rotate;
                // Likewise LAST, which this run switched off: its quarantine is the order of things.
                let retired = switched_off && policy.retire.is_some();
                if (turned || retired) && rest && failures.last.is_none() {
                    return Outcome::Settled;
                }
                if !world.pause(span, span.min(LOOK)).await {
                    return failures.last.map_or(Outcome::Waiting(pause, span), Outcome::Failed);
                }
            }
            Decision::Perform(effect) => {
                let became = world.perform(&effect).await;
                record(Step::Became(&effect, became.as_ref().map(drop)));
                match became {
                    Ok(became) => {
                        ahead = carry(&seen, &effect, &became, policy);
                        did_something = true;
                        made_current |= matches!(effect, Effect::Promote(_));
                        switched_off |= matches!(effect, Effect::Deactivate(_));
                        failures.passed();
                    }
                    Err(failure) => {
                        // A late one would write the old names over those that this run writes next.
                        if failure.is_unclear() && matches!(effect, Effect::Adopt { .. }) {
                            return Outcome::Failed(failure);
                        }
                        if let Err(failure) = failures.again(world, failure).await {
                            return Outcome::Failed(failure);
                        }
                    }
                }
            }
        }
    }
}

/// Failures in a row. They set how long to wait before the next look, and when to give up.
#[derive(Default)]
struct Failures {
    in_a_row: u32,
    last: Option<Failure>,
    /// The clear no to the new pair, which outlives the looks that follow.
    rejected: Option<Failure>,
}

impl Failures {
    fn passed(&mut self) {
        (self.in_a_row, self.last) = (0, None);
    }

    /// Waits for another look, or gives the failure back if there is no sense or no time for one.
    async fn again(&mut self, world: &mut impl World, failure: Failure) -> Result<(), Failure> {
        // The world takes it into account, so the next look leads to another decision. A second no ends it.
        if matches!(failure.class, Class::StoreRejected(_) | Class::NotProved) && self.rejected.is_none() {
            self.rejected = Some(failure);
            return Ok(());
        }
        // Out of time: the call that took the time is what a person has to know of.
        if failure.class == Class::Deadline
            && let Some(last) = self.last.take()
        {
            return Err(last);
        }
        self.in_a_row += 1;
        let wait = Duration::from_millis(250) * 2_u32.saturating_pow(self.in_a_row);
        if failure.may_pass() && self.in_a_row < FAILURES && world.pause(wait, wait).await {
            self.last = Some(failure);
            return Ok(());
        }
        Err(failure)
    }
}
