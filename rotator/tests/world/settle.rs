//! From where a history ends, faultless runs get two further rotations done, or refuse for a reason
//! that a person gave them.

use rotator::*;

use super::{Blur, Fate, World, run::Step};

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    TwoRotations,
    /// Refused, as is right after what people did.
    Refused(Refusal),
    /// It got nowhere.
    Stuck(Option<Decision>),
}

impl World {
    /// One faultless run, from beginning to end.
    pub fn run(&mut self, with_word: bool) -> Option<Decision> {
        self.start(0, with_word);
        loop {
            if let Step::Ended(decision) = self.call(0, Fate::Good, Blur::default()) {
                return decision;
            }
            self.pass(100);
        }
    }

    pub fn settle(&mut self) -> Settled {
        self.story.push(format!("{}: nothing fails any more", self.now));
        self.runs = [None, None];
        self.pass(self.rest_of_everything());
        let before = self.rotated.len();
        let mut word = false;
        let mut last = None;
        for _ in 0..16 {
            // New CURRENT is used where its use is the only way to learn of it.
            let decision = self.run(word);
            if self.rotated.len() >= before + 2 {
                return Settled::TwoRotations;
            }
            word = false;
            self.pass(self.rest_of_everything());
            self.job(0);
            self.pass(1_000_000);
            match &decision {
                Some(Decision::Refuse(refusal)) => match refusal {
                    // Nothing is served yet, so nobody misses the key.
                    Refusal::MaybeServed(id) if self.served.is_none() => self.person_deletes(&id.clone()),
                    Refusal::MaybeServed(_) if self.setup.memory != Memory::Document => word = true,
                    Refusal::UnknownKey(id) if self.served.as_ref() == Some(id) && self.adopted_over => {
                        word = true;
                    }
                    Refusal::UnknownKey(id) if self.people.created || self.adopted_over || self.two_began => {
                        self.person_deletes(&id.clone());
                    }
                    Refusal::AmbiguousCurrent => {
                        word = self.setup.memory != Memory::Document && self.served.is_some();
                        if !word {
                            self.person_deletes_what_is_not_served();
                        }
                    }
                    Refusal::OwnKey(_) => self.signs_with = self.served.clone(),
                    Refusal::AnotherUser if self.people.recreated => {
                        return Settled::Refused(refusal.clone());
                    }
                    Refusal::CurrentMissing(_) | Refusal::CurrentInactive(_) if self.people.any() => {
                        return Settled::Refused(refusal.clone());
                    }
                    _ => return Settled::Stuck(decision),
                },
                Some(_) | None => {}
            }
            last = decision;
        }
        Settled::Stuck(last)
    }
}
