//! From a world on, nothing fails any more: what is at work goes on, people do what a refusal asks of
//! them, jobs run. Does rotation go on for ever?

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashSet;

use super::hash::Quick;
use super::mind::{Asked, Held, Mind, Says, number};
use super::run::{Blur, Fate};
use super::setup::Setup;
use super::step::Step;
use super::story::tell;
use super::world::{Run, World};
use crate::{Memory, Refusal};

/// What comes next where nothing fails.
#[derive(Debug, Clone, Copy)]
enum Next {
    Step(Step),
    /// A person lets the run sign with what is served.
    Resigns,
    /// The refusal is right, after what people did.
    Rightly,
    Stuck,
}

/// Worlds from which rotation is known to go on.
#[derive(Default)]
pub struct Calm {
    known: HashSet<World, Quick>,
}

impl Calm {
    /// Whether rotation goes on from here, for ever or until a refusal that people earned.
    ///
    /// # Errors
    /// It does not; so many steps show it.
    pub fn goes_on(&mut self, setup: &Setup, mind: &mut Mind, from: &World) -> Result<(), usize> {
        let mut path: Vec<(World, bool)> = Vec::new();
        let mut world = *from;
        while !self.known.contains(&world) {
            if let Some(at) = path.iter().position(|(before, _)| *before == world) {
                if path.iter().skip(at).any(|(_, rotated)| *rotated) {
                    break;
                }
                return Err(path.len());
            }
            let next = world.calmly(setup, mind);
            match next {
                Next::Rightly => break,
                Next::Stuck => return Err(path.len() + 1),
                Next::Step(_) | Next::Resigns => {}
            }
            let before = world;
            let rotated = world.goes(setup, mind, next);
            world.renumber();
            path.push((before, rotated));
        }
        self.known.extend(path.into_iter().map(|(world, _)| world));
        Ok(())
    }
}

/// What happens from here on where nothing fails, in words.
pub fn tell_calmly(setup: &Setup, mut world: World, steps: usize) -> Vec<String> {
    let mut mind = Mind::new(setup);
    let told = (0..steps).map(|_| match world.calmly(setup, &mut mind) {
        Next::Step(step) => tell(setup, &mut mind, &mut world, step),
        Next::Resigns => {
            world.goes(setup, &mut mind, Next::Resigns);
            String::from("rotator is given what is served to sign with")
        }
        Next::Rightly => String::from("rightly refused"),
        Next::Stuck => {
            let said = [false, true].map(|word| world.would_say(setup, &mut mind, word).1);
            let [said, told] = said.map(|said| said.map_or("no refusal", |refusal| refusal.code()));
            format!("nothing can be done: {said}; with a word, {told}")
        }
    });
    told.collect()
}

impl World {
    /// Goes a step on. Whether the store serves another key then.
    fn goes(&mut self, setup: &Setup, mind: &mut Mind, next: Next) -> bool {
        match next {
            Next::Step(step) => self.happens(setup, mind, step).rotated,
            Next::Resigns => {
                self.signs_with = self.served;
                self.settle(setup);
                false
            }
            Next::Rightly | Next::Stuck => false,
        }
    }

    /// The next step where nothing fails. It depends on the world alone.
    fn calmly(&self, setup: &Setup, mind: &mut Mind) -> Next {
        for (who, run) in self.runs.iter().enumerate() {
            let Some(run) = run else { continue };
            if let Some(request) = &run.decided {
                let spoilt = self.past.acted && self.unprovable(setup, request.act);
                let sends = Step::Sends { who, fate: Fate::Good };
                return if spoilt { Next::Rightly } else { Next::Step(sends) };
            }
            let looks = Step::Looks { who, blur: Blur::default() };
            let after = self.after(setup, mind, looks).0;
            return if after == *self { self.waits() } else { Next::Step(looks) };
        }
        if let Some(which) = self.deliveries.iter().position(Option::is_some) {
            return Next::Step(Step::Arrives { which });
        }
        match self.would_say(setup, mind, false) {
            (Says::Perform(..), _) => Next::Step(Step::Start { who: 0, word: false }),
            (Says::Refuse, Some(refusal)) => self.helped(setup, mind, &refusal),
            (Says::Nothing, _) if self.past.acted => Next::Rightly,
            (Says::Wait(_) | Says::Done | Says::Refuse | Says::Nothing, _) => self.waits(),
        }
    }

    /// Jobs use what is served, and time passes.
    fn waits(&self) -> Next {
        let used = |id| self.iam.key(id).is_none_or(|key| key.used == Some(0) || !self.iam.works(id));
        Next::Step(if self.served.is_none_or(used) { Step::Tick } else { Step::Uses { nth: 0 } })
    }

    /// What people do about a refusal.
    fn helped(&self, setup: &Setup, mind: &mut Mind, refusal: &Refusal) -> Next {
        let word = self.served.is_some() && setup.memory != Memory::Document && !setup.reads;
        let acted = self.past.acted;
        // After a late write of names, too, a key may have lost its name.
        let late = setup.allows.late_requests && setup.memory == Memory::Ledger;
        let crowded = self.past.adopted_over || self.past.two_began || late;
        match refusal {
            Refusal::MaybeServed(id) if self.served.is_none() => self.deleted(number(id)),
            // What arrived is settled by one use, if the old key was not put back into service.
            Refusal::MaybeServed(id) if self.served == Some(number(id)) && self.iam.works(number(id)) => {
                self.waits()
            }
            Refusal::UnknownKey(id) if self.served == Some(number(id)) && word => self.told(setup, mind),
            Refusal::UnknownKey(id) if (acted || crowded) && self.served != Some(number(id)) => {
                self.deleted(number(id))
            }
            Refusal::MaybeServed(_) | Refusal::AmbiguousCurrent if word => self.told(setup, mind),
            Refusal::AmbiguousCurrent | Refusal::TooManyKeys => {
                let names = self.slots.read(setup.memory).names;
                let idle = |id| self.served != Some(id) && names.current != Some(id);
                match self.iam.keys().filter(|key| idle(key.id)).last() {
                    Some(key) => self.deleted(key.id),
                    None => Next::Stuck,
                }
            }
            Refusal::OwnKey(_) if self.signs_with != self.served => Next::Resigns,
            Refusal::AnotherUser if self.past.recreated => Next::Rightly,
            Refusal::CurrentMissing(_) | Refusal::CurrentInactive(_) | Refusal::UnknownKey(_) if acted => {
                Next::Rightly
            }
            Refusal::AnotherUser
            | Refusal::CurrentMissing(_)
            | Refusal::CurrentInactive(_)
            | Refusal::UnknownKey(_)
            | Refusal::MaybeServed(_)
            | Refusal::OwnKey(_)
            | Refusal::NotLast(_)
            | Refusal::LastInactive(_)
            | Refusal::NotKept(_)
            | Refusal::NothingServed(_)
            | Refusal::StoreRejects => Next::Stuck,
        }
    }

    /// Somebody says what the store serves, as soon as that is of use.
    fn told(&self, setup: &Setup, mind: &mut Mind) -> Next {
        match self.would_say(setup, mind, true) {
            (Says::Perform(..), _) => Next::Step(Step::Start { who: 0, word: true }),
            (Says::Wait(_) | Says::Done, _) => self.waits(),
            // Somebody broke what is served: no word helps.
            (Says::Refuse, Some(_))
                if self.past.acted && self.served.is_none_or(|id| !self.iam.works(id)) =>
            {
                Next::Rightly
            }
            (Says::Refuse | Says::Nothing, _) => Next::Stuck,
        }
    }

    fn deleted(&self, id: super::iam::Id) -> Next {
        let at = self.iam.keys().position(|key| key.id == id);
        at.map_or(Next::Stuck, |nth| Next::Step(Step::Deletes { nth }))
    }

    /// What a run that began now would decide.
    fn would_say(&self, setup: &Setup, mind: &mut Mind, word: bool) -> (Says, Option<Refusal>) {
        let run = Run {
            age: 0,
            hand: Held::Empty,
            writable: true,
            asked: Asked::Rotate,
            word: self.served.filter(|_| word),
            user: self.user,
            saw_slots: true,
            saw_keys: true,
            saw_store: true,
            decided: None,
            carried: None,
            carried_stale: false,
        };
        let answer = mind.decide(&self.see(setup, &run, Blur::default()));
        (answer.says, answer.refusal().cloned())
    }
}
