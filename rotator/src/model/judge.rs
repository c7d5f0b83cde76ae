//! The bystander, who knows everything and judges each moment by `CLAIMS`.

use alloc::vec::Vec;

use super::iam::{Id, Ticks};
use super::mind::{Act, Answer, name, span};
use super::setup::{Setup, Start};
use super::world::{Past, World};
use crate::{CLAIMS, Holds, Memory, Moment, Refusal, Taken};

/// What a step brought, beside the world that it led to.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// The stable word of what was decided.
    pub decided: Option<&'static str>,
    pub performed: Option<Act>,
    pub taken: Option<Taken>,
    pub refused: Option<Refusal>,
    /// The claim about one decision that did not hold.
    pub broken: Option<&'static str>,
    /// The store serves another key than before.
    pub rotated: bool,
}

impl Events {
    pub fn of_answer(answer: &Answer, with_word: bool) -> Self {
        Self {
            decided: Some(answer.decision.code()),
            // A word is a person's, who is at hand to say it again when IAM's list has caught up.
            refused: answer.refusal().filter(|_| !with_word).cloned(),
            broken: answer.broken,
            ..Self::default()
        }
    }
}

/// A claim about moments: its name, and whether it holds.
pub type MomentClaim = (&'static str, fn(&Moment) -> bool);

impl Setup {
    /// The claims about moments, as far as they are made here.
    pub fn moment_claims(&self) -> Vec<MomentClaim> {
        let kept = CLAIMS.iter().filter(|claim| !self.gives_up(claim.name));
        kept.filter_map(|claim| match claim.holds {
            Holds::Moment(holds) => Some((claim.name, holds)),
            Holds::Decision(_) => None,
        })
        .collect()
    }
}

impl World {
    /// This moment, with what has just happened in it.
    pub fn moment(&self, setup: &Setup, events: &Events) -> Moment {
        let Past { acted, two_began, adopted_over, .. } = self.past;
        // Two keys that no run made are a person's doing; and where two runs begin with an empty user, a
        // person may have to delete a key that nobody uses.
        let person_was_here = match setup.start {
            Start::Empty => two_began,
            Start::UnmetNewerServed | Start::UnmetOlderServed => true,
            Start::Named | Start::NamedWithLast | Start::Unmet => false,
        };
        let served = self.served.filter(|id| !self.past.broken.contains(&Some(*id)));
        Moment {
            served_works: if self.torn { Some(false) } else { served.map(|id| self.iam.works(id)) },
            taken: events.taken.clone(),
            longest_job: span(setup.times.longest_job),
            quarantine: setup.times.retire.map(span),
            named_is_served: self.named_is_served(setup),
            refused: events.refused.clone(),
            person_acted: acted || person_was_here || adopted_over,
            faultless: setup.allows.nothing_wrong() && !acted && !person_was_here,
        }
    }

    fn named_is_served(&self, setup: &Setup) -> Option<bool> {
        let truth = self.slots.read(setup.memory);
        let silent =
            truth.written.is_none() || truth.names.under_way() || self.on_the_way() || self.past.restored;
        let excused = self.past.acted || self.past.adopted_over;
        let applies = setup.memory != Memory::Dates && !silent && !excused;
        applies.then(|| truth.names.current == self.served)
    }

    /// What a bystander says of a key that is about to be taken, by a run that looked so long ago.
    pub fn taken(&self, setup: &Setup, id: Id, looked: Ticks, deletes: bool) -> Option<Taken> {
        let key = self.iam.key(id)?;
        // A first use that IAM did not show yet cannot be heeded.
        let visible = looked.saturating_add(setup.times.lag);
        let used = key.ghost.first_used.is_some_and(|age| age >= visible);
        Some(Taken {
            id: name(id),
            served: self.served == Some(id) || self.followed == Some(id),
            served_until: key.ghost.left.map(span),
            foreign: key.ghost.foreign && (used || !key.ghost.in_open),
            leaked: key.ghost.leaked,
            off_for: key.ghost.off.filter(|_| deletes).map(span),
        })
    }
}

impl Setup {
    /// Whether this claim is not made here. Without a memory, a person's key looks like ours.
    #[must_use]
    pub fn gives_up(&self, claim: &str) -> bool {
        let no_names = matches!(claim, "foreign-untouched" | "no-false-refusal");
        self.waives.contains(&claim) || self.memory == Memory::Dates && no_names
    }
}
