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

    /// Nothing fails any more. Time passes, jobs use what is served, and people do what the refusal
    /// asks of them.
    pub fn settle(&mut self) -> Settled {
        tell!(self, "{}: nothing fails any more", self.now);
        self.runs = [None, None];
        self.pass(self.rest_of_everything());
        let before = self.rotated.len();
        let mut help = Help::Wait;
        let mut last = None;
        for _ in 0..16 {
            last = self.run(help == Help::Word);
            if self.rotated.len() >= before + 2 {
                return Settled::TwoRotations;
            }
            self.pass(self.rest_of_everything());
            self.job(0);
            self.pass(1_000_000);
            help = match &last {
                Some(Decision::Refuse(refusal)) => self.help(refusal),
                Some(Decision::Perform(_) | Decision::Wait(..) | Decision::Done) | None => Help::Wait,
            };
            match (help, &last) {
                (Help::Rightly, Some(Decision::Refuse(refusal))) => {
                    return Settled::Refused(refusal.clone());
                }
                (Help::Not | Help::Rightly, _) => break,
                (Help::Wait | Help::Word, _) => {}
            }
        }
        Settled::Stuck(last)
    }

    /// What people do about a refusal.
    fn help(&mut self, refusal: &Refusal) -> Help {
        let word = if self.setup.memory == Memory::Document || self.setup.reads || self.served.is_none() {
            Help::Not // A document knows, and of nothing nobody can say that it is served.
        } else {
            Help::Word
        };
        let crowded = self.adopted_over || self.two_began;
        match refusal {
            // Nothing is served yet, so nobody misses the key.
            Refusal::MaybeServed(id) if self.served.is_none() => self.person_deletes(id),
            Refusal::MaybeServed(_) => return word,
            Refusal::UnknownKey(id) if self.adopted_over && self.served.as_ref() == Some(id) => return word,
            Refusal::UnknownKey(id) if self.people.created || crowded => self.person_deletes(id),
            Refusal::AmbiguousCurrent if word == Help::Word => return word,
            Refusal::AmbiguousCurrent => self.person_deletes_what_is_not_served(),
            Refusal::OwnKey(_) => self.signs_with = self.served.clone(),
            Refusal::AnotherUser if self.people.recreated => return Help::Rightly,
            Refusal::CurrentMissing(_) | Refusal::CurrentInactive(_) if self.people.any() => {
                return Help::Rightly;
            }
            Refusal::AnotherUser | Refusal::CurrentMissing(_) | Refusal::CurrentInactive(_) => {
                return Help::Not;
            }
            Refusal::TooManyKeys | Refusal::UnknownKey(_) => return Help::Not,
            Refusal::NothingServed(_) | Refusal::StoreRejects => return Help::Not,
            Refusal::NotLast(_) | Refusal::LastInactive(_) | Refusal::NotKept(_) => return Help::Not,
        }
        Help::Wait
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Help {
    /// It is done, or time does it.
    Wait,
    /// The next run is told what the store serves.
    Word,
    /// The refusal is right, after what people did.
    Rightly,
    /// Nothing is to be done: the refusal is wrong.
    Not,
}
