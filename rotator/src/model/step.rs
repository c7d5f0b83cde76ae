//! Everything that can happen next in a world.

use alloc::vec::Vec;

use super::iam::IamKey;
use super::judge::Events;
use super::mind::Mind;
use super::run::{Blur, Fate};
use super::setup::{Allows, Deed, Looks, Setup, Wish};
use super::world::{Run, World};
use crate::Memory;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Time passes.
    Tick,
    /// A run begins.
    Start { who: usize, word: bool },
    /// A run begins that is asked for one key.
    Asks { who: usize, wish: Wish },
    /// A run dies.
    Dies { who: usize },
    /// A run looks and decides.
    Looks { who: usize, blur: Blur },
    /// A run goes on from its last look and what came of its effect.
    Carries { who: usize },
    /// A run sends the request that it decided on.
    Sends { who: usize, fate: Fate },
    /// A request that its run has given up lands.
    Lands { which: usize },
    /// A pipeline stores a pair.
    Arrives { which: usize },
    /// A job uses one of the keys that jobs may hold.
    Uses { nth: usize },
    /// A person acts.
    Person(Deed),
    /// A person who looked deletes a key that is not served, the nth of the list.
    Deletes { nth: usize },
}

impl World {
    /// All that may happen next.
    pub fn steps(&self, setup: &Setup, steps: &mut Vec<Step>) {
        let allows = setup.allows;
        // Without faults, runs come to their end before their time is over.
        let at_deadline = |run: &Run| run.age >= setup.times.deadline;
        if allows.faults || !self.runs.iter().flatten().any(at_deadline) {
            steps.push(Step::Tick);
        }
        for (who, run) in self.runs.iter().enumerate().take(setup.runs) {
            let Some(run) = run else {
                steps.push(Step::Start { who, word: false });
                if self.past.deeds_left > 0 {
                    steps.extend(setup.wishes.iter().map(|&wish| Step::Asks { who, wish }));
                }
                let tells = setup.memory == Memory::Document || setup.reads;
                if allows.words && !tells && self.served.is_some() {
                    steps.push(Step::Start { who, word: true });
                }
                continue;
            };
            if allows.faults {
                steps.push(Step::Dies { who });
            }
            match &run.decided {
                None => {
                    if run.carried.is_some() {
                        steps.push(Step::Carries { who });
                    }
                    if run.carried.is_none() || setup.looks == Looks::Either {
                        blurs(self, setup, run, |blur| steps.push(Step::Looks { who, blur }));
                    }
                }
                Some(request) => {
                    steps.extend(self.fates(setup, request).map(|fate| Step::Sends { who, fate }));
                }
            }
        }
        for which in 0..self.late.len() {
            if self.late.get(which).is_some_and(Option::is_some) {
                steps.push(Step::Lands { which });
            }
            if self.deliveries.get(which).is_some_and(Option::is_some) {
                steps.push(Step::Arrives { which });
            }
        }
        if allows.jobs {
            let held = self.held_by_jobs(setup).count();
            steps.extend((0..held).map(|nth| Step::Uses { nth }));
        }
        if self.past.deeds_left > 0 {
            steps.extend(setup.people.iter().map(|deed| Step::Person(*deed)));
        }
    }

    /// The world after this step.
    pub fn after(&self, setup: &Setup, mind: &mut Mind, step: Step) -> (Self, Events) {
        let mut after = *self;
        let events = after.happens(setup, mind, step);
        after.renumber();
        (after, events)
    }

    /// It happens. The keys keep their numbers, as a story needs it.
    pub fn happens(&mut self, setup: &Setup, mind: &mut Mind, step: Step) -> Events {
        let mut events = Events::default();
        match step {
            Step::Tick => self.tick(setup),
            Step::Start { who, word } => self.start(setup, who, word),
            Step::Asks { who, wish } => {
                self.start_asked(setup, who, wish);
                self.past.deeds_left = self.past.deeds_left.saturating_sub(1);
            }
            Step::Dies { who } => self.runs.get_mut(who).into_iter().for_each(|run| *run = None),
            Step::Looks { who, blur } => events = self.look(setup, mind, who, blur),
            Step::Carries { who } => events = self.carry(setup, mind, who),
            Step::Sends { who, fate } => events = self.perform(setup, mind, who, fate),
            Step::Lands { which } => {
                if let Some(request) = self.late.get_mut(which).and_then(Option::take) {
                    // Nobody is left to hear whether it took hold.
                    let _ = self.land(setup, &request, false, &mut events);
                }
            }
            Step::Arrives { which } => {
                if let Some((id, _)) = self.deliveries.get_mut(which).and_then(Option::take) {
                    events.rotated = self.serve(id);
                }
            }
            Step::Uses { nth } => {
                let held = self.held_by_jobs(setup).nth(nth);
                held.into_iter().for_each(|id| self.iam.used(id));
            }
            Step::Person(deed) => {
                if self.person(setup, deed) {
                    self.past.deeds_left = self.past.deeds_left.saturating_sub(1);
                }
            }
            Step::Deletes { nth } => {
                let key = self.iam.keys().nth(nth).map(|key| key.id);
                key.into_iter().for_each(|id| self.person_deletes(id));
            }
        }
        self.settle(setup);
        events
    }
}

/// All the ways in which this world lets a run see, as far as they make a difference.
fn blurs(world: &World, setup: &Setup, run: &Run, mut each: impl FnMut(Blur)) {
    let Allows {
        stale_lists,
        stale_slots,
        stale_reads,
        late_use,
        unread_use,
        clock_off,
        slots_clock_off,
        ..
    } = setup.allows;
    let either = |may: bool| if may { &[false, true][..] } else { &[false][..] };
    let off = |may: bool| if may { &[0, -1, 1][..] } else { &[0][..] };
    let recent = |key: &IamKey| key.used.is_some_and(|age| age < setup.times.lag);
    let unread = match (unread_use, world.iam.keys().count()) {
        (false, _) | (true, 0) => &[[false, false]][..],
        (true, 1) => &[[false, false], [true, false]],
        (true, _) => &[[false, false], [true, false], [false, true], [true, true]],
    };
    let slots = stale_slots && !run.saw_slots && world.slots.read_before(setup.memory).is_some();
    let reads = stale_reads && !run.saw_store && world.served_before.is_some();
    for &stale_keys in either(stale_lists && !run.saw_keys && world.iam.changed().is_some()) {
        for (&stale_slots, &stale_read) in
            either(slots).iter().flat_map(|slots| either(reads).iter().map(move |read| (slots, read)))
        {
            for &late_use in either(late_use && world.iam.keys().any(recent)) {
                for &unread in unread {
                    for &clock in off(clock_off) {
                        for &slots_clock in off(slots_clock_off) {
                            each(Blur {
                                stale_keys,
                                stale_slots,
                                stale_read,
                                late_use,
                                unread,
                                clock,
                                slots_clock,
                            });
                        }
                    }
                }
            }
        }
    }
}
