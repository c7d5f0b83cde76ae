//! What a run carries from one look to the next, and what each effect makes of it.

use crate::{AccessKeyId, Effect, Hand, Memory};

/// All that a run knows and nobody else does. It dies with the run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    /// The key it made, and who has seen its secret.
    pub hand: Hand,
    /// Whether the store takes what it is given, as far as this run knows.
    pub writable: bool,
}

/// What became of an effect, as far as the run that performed it can tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Became {
    /// It took hold. For a hand-over: whoever took the pair says nothing about storing it.
    Done,
    /// CreateAccessKey took hold, and this is the key.
    Made(AccessKeyId),
    /// The store says that it has the pair.
    Stored,
    /// The store said no, clearly and to the only attempt; or the new key could not be proved, and was
    /// not handed over.
    Rejected,
    /// It may have taken hold or not.
    Unclear,
    /// It surely did not take hold.
    Failed,
}

impl Default for Run {
    fn default() -> Self {
        Self { hand: Hand::Empty, writable: true }
    }
}

impl Run {
    /// Takes down what became of an effect.
    ///
    /// ```
    /// use rotator::*;
    ///
    /// # let id = AccessKeyId::parse("AKIA___________1")?;
    /// let mut run = Run::default();
    /// run.take_down(&Effect::Create, Memory::Ledger, &Became::Made(id.clone()));
    /// assert_eq!(run.hand, Hand::Holds(id.clone()));
    ///
    /// // After a time-out the pair may have arrived: it is never taken for rejected.
    /// run.take_down(&Effect::Publish(id.clone()), Memory::Ledger, &Became::Unclear);
    /// assert_eq!((run.hand, run.writable), (Hand::Sent(id), true));
    /// # Ok::<(), NotAKeyId>(())
    /// ```
    pub fn take_down(&mut self, effect: &Effect, memory: Memory, became: &Became) {
        match effect {
            Effect::Create => match became {
                Became::Made(id) => self.hand = Hand::Holds(id.clone()),
                Became::Unclear => self.hand = Hand::Asked,
                Became::Done | Became::Stored | Became::Rejected | Became::Failed => {}
            },
            // Only these two carry the secret: a document takes it with the name.
            Effect::Publish(id) => self.hand_over(id, became),
            Effect::Stage(id) if memory == Memory::Document => self.hand_over(id, became),
            Effect::Delete(id) => {
                if *became == Became::Done && self.hand.key() == Some(id) {
                    self.hand = Hand::Empty;
                }
            }
            Effect::Adopt { .. }
            | Effect::Open
            | Effect::Stage(_)
            | Effect::Promote(_)
            | Effect::Rest(_)
            | Effect::Restore(_)
            | Effect::Activate(_)
            | Effect::Deactivate(_) => {}
        }
    }

    fn hand_over(&mut self, id: &AccessKeyId, became: &Became) {
        match became {
            Became::Stored => self.hand = Hand::Stored(id.clone()),
            Became::Done | Became::Unclear | Became::Made(_) => self.hand = Hand::Sent(id.clone()),
            Became::Rejected => self.writable = false,
            Became::Failed => {}
        }
    }
}
