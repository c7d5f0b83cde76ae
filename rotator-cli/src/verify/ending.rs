//! Which outcomes a user's steps can lead to. The driver's own words for an end, read backwards.

use rotator::{Decision, Effect, Goal, Hand, Observation, Pause, Policy};

use crate::failure::Failure;
use crate::journal::line::Fate;

/// The outcomes with which a run may exit with 0.
const GOOD: [&str; 9] =
    ["done", "rotated", "handed-over", "settled", "rolled-back", "revived", "revoked", "retired", "gone"];

/// Whether a user that ended so asks nothing of anybody.
pub fn is_good(outcome: &str) -> bool {
    GOOD.contains(&outcome)
}

/// A user's last step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Last {
    /// Nothing was decided yet.
    #[default]
    Nothing,
    /// Lines are missing.
    Unknown,
    /// This was decided.
    Decided(Decision),
    /// This was done, or tried.
    Did(Effect),
}

/// What matters of a user's steps for its end.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    last: Last,
    hand: Hand,
    young: bool,
    did: bool,
    made_current: bool,
    switched_off: bool,
    taken: bool,
    not_proved: bool,
    /// The last thing that was tried failed.
    failing: bool,
}

impl Steps {
    /// Lines are missing: any end will do.
    pub fn unknown() -> Self {
        Self { last: Last::Unknown, ..Self::default() }
    }

    /// The last step.
    pub fn last(&self) -> &Last {
        &self.last
    }

    /// Whether nothing can follow but the end.
    pub fn are_over(&self) -> bool {
        matches!(self.last, Last::Decided(Decision::Done | Decision::Refuse(_)))
    }

    /// A look and a decision.
    pub fn decided(&mut self, seen: &Observation, policy: &Policy, decision: &Decision) {
        let facts = seen.facts();
        self.hand = facts.hand.clone();
        let current = facts.slots.current.as_ref().and_then(|id| seen.key(id));
        self.young = current.is_some_and(|key| key.age < policy.min_age);
        if self.last != Last::Unknown {
            self.last = Last::Decided(decision.clone());
        }
    }

    /// What became of an effect.
    pub fn became(&mut self, effect: &Effect, fate: &Fate<'_>) {
        match fate {
            Fate::TookHold(_) => {
                self.did = true;
                self.failing = false;
                self.made_current |= matches!(effect, Effect::Promote(_));
                self.switched_off |= matches!(effect, Effect::Deactivate(_));
                self.taken |= matches!(effect, Effect::Deactivate(_) | Effect::Delete(_));
            }
            Fate::Failed { failed, .. } => {
                // The first clear no to a new pair is remembered, and not counted.
                let no = failed == "not-proved" || failed == "store-rejected";
                self.not_proved |= failed == "not-proved";
                self.failing |= !no;
            }
        }
        if self.last != Last::Unknown {
            self.last = Last::Did(effect.clone());
        }
    }

    /// Whether a user whose steps these are can end so.
    pub fn lead_to(&self, outcome: &str, policy: &Policy) -> bool {
        // A user that is gone makes the next look fail, whatever was decided before.
        let failed = Failure::CODES.contains(&outcome) || ["stopped", "gone"].contains(&outcome);
        let settled =
            |code: &str| code == if self.taken && policy.retire.is_some() { "retired" } else { "settled" };
        match &self.last {
            Last::Unknown => true,
            // A look that failed leaves no line.
            Last::Nothing | Last::Did(_) => failed,
            Last::Decided(Decision::Done) => match (&policy.goal, self.hand.key()) {
                (Goal::RollBack(_), _) => outcome == "rolled-back",
                (Goal::Revive(_), _) => outcome == "revived",
                (Goal::Revoke(_), _) => outcome == "revoked",
                (Goal::Rotate, Some(_)) => outcome == "rotated",
                (Goal::Rotate, None) if self.did => settled(outcome),
                (Goal::Rotate, None) => outcome == "done",
            },
            Last::Decided(Decision::Refuse(refusal)) => {
                outcome == refusal.code() || self.not_proved && outcome == "not-proved"
            }
            Last::Decided(Decision::Wait(pause, _)) => {
                let delivered =
                    matches!((pause, &self.hand), (Pause::InFlight(id), Hand::Sent(sent)) if id == sent);
                if delivered && outcome == "handed-over" {
                    return !self.failing;
                }
                let turned = self.made_current && self.young && policy.goal == Goal::Rotate;
                let retired = self.switched_off && policy.retire.is_some();
                let rests =
                    matches!(pause, Pause::SlotsAreNew | Pause::MayBeInUse(_) | Pause::UseUnreadable(_));
                if rests && (turned || retired) && settled(outcome) {
                    return !self.failing;
                }
                // The key in use is the program's own.
                let own = matches!(pause, Pause::MayBeInUse(_)) && outcome == "own-key";
                failed || own || outcome == pause.code()
            }
            // What was decided was not done: told elsewhere.
            Last::Decided(Decision::Perform(_)) => true,
        }
    }
}
