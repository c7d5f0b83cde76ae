//! What a run can have in its hand: every `Became` that fits what the journal tells of an effect is taken
//! down, and the next look must show one of them.

use rotator::{Became, Effect, Facts, Memory, Run};

use crate::failure::Failure;
use crate::journal::line::Fate;

/// All that the run may carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// One of these.
    OneOf(Vec<Run>),
    /// The key of a CreateAccessKey that took hold; the next look shows which.
    Made(Vec<Run>),
    /// Lines are missing that would tell.
    Unknown,
}

impl Default for Carried {
    fn default() -> Self {
        Self::OneOf(vec![Run::default()])
    }
}

impl Carried {
    /// The next look. Whether it fits; from then on what it shows is what the run carries.
    pub fn look(&mut self, facts: &Facts, known_before: impl Fn(&rotator::AccessKeyId) -> bool) -> bool {
        let possible = match std::mem::replace(self, Self::Unknown) {
            Self::Unknown => {
                *self = Self::OneOf(vec![Run { hand: facts.hand.clone(), writable: facts.writable }]);
                return true;
            }
            Self::OneOf(possible) => possible,
            // A key that was there before is no new one.
            Self::Made(possible) => match facts.hand.key().filter(|id| !known_before(id)) {
                Some(id) => possible
                    .into_iter()
                    .map(|mut run| {
                        run.take_down(&Effect::Create, facts.memory, &Became::Made(id.clone()));
                        run
                    })
                    .collect(),
                None => Vec::new(),
            },
        };
        // A hand-over that broke takes nothing more from any user of its run; a document is asked each time.
        let other_reason = facts.memory != Memory::Document;
        let fits = |run: &Run| {
            run.hand == facts.hand && (run.writable == facts.writable || !facts.writable && other_reason)
        };
        let fitting: Vec<_> = possible.into_iter().filter(fits).collect();
        let holds = !fitting.is_empty();
        *self = if holds { Self::OneOf(fitting) } else { Self::Unknown };
        holds
    }

    /// What the run may carry once the effect came to this.
    pub fn after(&mut self, effect: &Effect, memory: Memory, fate: &Fate<'_>) {
        let Self::OneOf(possible) = self else { return };
        if let (Effect::Create, Fate::TookHold(_)) = (effect, fate) {
            *self = Self::Made(std::mem::take(possible));
            return;
        }
        let became = fitting(effect, memory, fate);
        let mut after: Vec<Run> = Vec::new();
        for run in possible.iter() {
            for became in &became {
                let mut run = run.clone();
                run.take_down(effect, memory, became);
                if !after.contains(&run) {
                    after.push(run);
                }
            }
        }
        *possible = after;
    }
}

/// What can have become of an effect of which the run heard this.
fn fitting(effect: &Effect, memory: Memory, fate: &Fate<'_>) -> Vec<Became> {
    let carries = match effect {
        Effect::Publish(_) => true,
        Effect::Stage(_) => memory == Memory::Document,
        Effect::Adopt { .. }
        | Effect::Open
        | Effect::Create
        | Effect::Promote(_)
        | Effect::Rest(_)
        | Effect::Restore(_)
        | Effect::Activate(_)
        | Effect::Deactivate(_)
        | Effect::Delete(_) => false,
    };
    match (fate, effect) {
        // A hand-over says nothing about storing, unless that is trusted; a store does.
        (Fate::TookHold(_), Effect::Publish(_)) => vec![Became::Done, Became::Stored],
        (Fate::TookHold(_), _) if carries => vec![Became::Stored],
        (Fate::TookHold(_), _) => vec![Became::Done],
        // What leaves with the secret may have been refused, lost or not sent: the code tells only what was
        // heard last, the proof's own failures among it.
        (Fate::Failed { failed, .. }, _) if carries => match &**failed {
            "store-rejected" | "not-proved" => vec![Became::Rejected],
            _ => vec![Became::Rejected, Became::Unclear, Became::Failed],
        },
        (Fate::Failed { failed, .. }, _) if Failure::UNCLEAR.contains(&&**failed) => vec![Became::Unclear],
        (Fate::Failed { .. }, _) => vec![Became::Failed],
    }
}
