//! The same driver in memory, over the reference world of the pure crate: nothing waits, so all of it is
//! told each time.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use rotator::{AccessKeyId, Became, Effect, Memory, Observation, Policy};
use rotator_cli::drive::{self, Step};
use rotator_cli::failure::{Class, Failure};
use rotator_cli::store::Tells;

use crate::faulty::{Fault, Wire};
use crate::place::{Pipeline, Place, Settled, Start, Store, To, Told};
use crate::play::MINUTE;
use crate::storm::Storm;
use crate::world::{self, Blur, Fate, Setup, World, millis};

pub const STORES: [Store; 9] = [
    like("document, compare and swap", Memory::Document, true, Settled::Answer),
    like("document", Memory::Document, false, Settled::Answer),
    like("ledger, acknowledged", Memory::Ledger, false, Settled::Answer),
    beside("ledger, can be asked", Tells::Key),
    beside("ledger, tells when it was written", Tells::Writes),
    like("ledger, confirm", Memory::Ledger, false, Settled::Word),
    like("ledger, evidence", Memory::Ledger, false, Settled::Use),
    like("dates, trust", Memory::Dates, false, Settled::Answer),
    like("dates, evidence", Memory::Dates, false, Settled::Use),
];

const fn like(name: &'static str, memory: Memory, compare_and_swap: bool, settled: Settled) -> Store {
    Store { name, memory, to: To::Memory { compare_and_swap, tells: Tells::Nothing }, settled }
}

const fn beside(name: &'static str, tells: Tells) -> Store {
    let to = To::Memory { compare_and_swap: false, tells };
    Store { name, memory: Memory::Ledger, to, settled: Settled::Answer }
}

/// A reference world, and what goes wrong in it next.
pub struct Sim {
    store: Store,
    policy: Policy,
    world: RefCell<World>,
    behind: Cell<Pipeline>,
    served_before: RefCell<Option<AccessKeyId>>,
    armed: Cell<Option<(&'static str, Fault)>>,
    struck: Cell<usize>,
    /// Where it is on, anything may go wrong at any call.
    pub storm: RefCell<Option<Storm>>,
}

impl Sim {
    pub fn start(store: Store, policy: Policy, start: Start) -> Self {
        let from = match start {
            Start::Empty => world::Start::Empty,
            Start::One => world::Start::Unmet,
            Start::Two | Start::Ambiguous => world::Start::UnmetNewerServed,
        };
        let plain = Setup::of(store.memory, from, policy.clone(), 2 * MINUTE);
        let setup = Setup {
            pipeline: store.settled != Settled::Answer,
            compare_and_swap: matches!(store.to, To::Memory { compare_and_swap: true, .. }),
            reads: store.can_be_asked(),
            stamps: matches!(store.to, To::Memory { tells: Tells::Writes, .. }).then_some(1_000),
            keeps: store.keeps_last(),
            eager: policy.trust,
            ..plain
        };
        let mut world = World::new(setup);
        if start == Start::Ambiguous {
            let (older, now) = (world::id(1), world.now);
            world.iam.used(&older, now, 0);
        }
        Self {
            store,
            policy,
            served_before: RefCell::new(world.served.clone()),
            world: RefCell::new(world),
            behind: Cell::new(Pipeline::Stores),
            armed: Cell::default(),
            struck: Cell::default(),
            storm: RefCell::default(),
        }
    }
}

impl Place for Sim {
    type Process = ();
    type Run<'a> = Run<'a>;

    fn store(&self) -> &Store {
        &self.store
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }

    async fn process(&self, behind: Pipeline) {
        self.behind.set(behind);
    }

    fn run<'a>(&'a self, (): &'a (), told: &Told, policy: &Policy) -> Run<'a> {
        let mut world = self.world.borrow_mut();
        world.setup.policy = policy.clone();
        world.start(0, told.word().is_some());
        Run(self)
    }

    fn saw(&self, step: &Step<'_>, policy: &Policy) {
        let mut world = self.world.borrow_mut();
        match step {
            Step::Decided(seen, decision, sight) => {
                let now = world.now;
                world.story.push(format!("{now}: {sight:?} {:?}: {decision}", seen.facts()));
                world.judge_decision(seen, policy, decision);
            }
            Step::Became(effect, result) => {
                let became = result.map_or_else(ToString::to_string, |()| "done".to_owned());
                world.story.push(format!("{effect}: {became}"));
                world.judge_now();
            }
        }
    }

    fn ended(&self) -> Option<AccessKeyId> {
        let mut world = self.world.borrow_mut();
        world.runs = [None, None];
        world.setup.policy = self.policy.clone();
        let stored = world.served.clone().filter(|id| self.served_before.borrow().as_ref() != Some(id));
        self.served_before.replace(world.served.clone());
        stored
    }

    fn pass(&self, span: Duration) {
        self.world.borrow_mut().pass(millis(span));
    }

    fn job(&self) {
        self.world.borrow_mut().job(0);
    }

    fn served(&self) -> Option<AccessKeyId> {
        self.world.borrow().served.clone()
    }

    fn works(&self, id: &AccessKeyId) -> bool {
        let world = self.world.borrow();
        world.iam.works(id, world.now)
    }

    fn rotations(&self) -> usize {
        self.world.borrow().rotated.len()
    }

    fn person_deletes_what_is_not_served(&self) {
        self.world.borrow_mut().person_deletes_what_is_not_served();
    }

    fn tell(&self, line: String) {
        self.world.borrow_mut().story.push(line);
    }

    fn broken(&self) -> Option<String> {
        self.world.borrow().broken.map(str::to_owned)
    }

    fn story(&self) -> String {
        self.world.borrow().story.join("\n")
    }
}

impl Wire for Sim {
    fn arm(&self, effect: &Effect, fault: Fault, _: usize) {
        self.armed.set(Some((effect.code(), fault)));
    }

    fn disarm(&self) -> usize {
        self.armed.set(None);
        self.struck.take()
    }
}

/// A run in the reference world.
pub struct Run<'a>(&'a Sim);

impl Run<'_> {
    fn left(&self) -> Duration {
        let world = self.0.world.borrow();
        let so_far = world.began(0).map_or(0, |began| world.now - began);
        world.setup.limits.deadline().saturating_sub(Duration::from_millis(so_far))
    }

    /// What is to go wrong with the effect.
    fn fault(&self, effect: &Effect) -> Option<Fault> {
        let armed = self.0.armed.get().filter(|(code, _)| *code == effect.code()).map(|(_, fault)| fault);
        self.0.struck.update(|struck| struck + usize::from(armed.is_some()));
        armed.or_else(|| self.0.storm.borrow_mut().as_mut().and_then(Storm::fault))
    }

    fn fate(&self, effect: &Effect, fault: Option<Fault>) -> Fate {
        let slow = self.0.storm.borrow_mut().as_mut().and_then(Storm::slowness);
        let pipeline = self.0.store.settled != Settled::Answer;
        if let (Effect::Publish(_), None | Some(Fault::ErrorAfter | Fault::AnswerLost), true) =
            (effect, fault, pipeline)
        {
            // What becomes of it is the pipeline's doing, whatever the run hears.
            return match (self.0.behind.get(), slow) {
                (Pipeline::Drops, _) => Fate::Dropped,
                (Pipeline::Stores, Some(percent)) => Fate::Slow(percent),
                (Pipeline::Stores, None) => Fate::Good,
            };
        }
        match fault {
            None => Fate::Good,
            Some(Fault::ErrorBefore | Fault::Denied) => Fate::Rejected,
            Some(Fault::ErrorAfter) => Fate::Unheard,
            Some(Fault::AnswerLost) => Fate::Late(slow.unwrap_or(50)),
            Some(Fault::Throttled | Fault::KilledBefore | Fault::KilledAfter) => Fate::NeverSent,
        }
    }
}

impl drive::World for Run<'_> {
    async fn observe(&mut self) -> Result<Observation, Failure> {
        let blur = self.0.storm.borrow_mut().as_mut().map_or(Blur::default(), Storm::blur);
        let mut world = self.0.world.borrow_mut();
        world.pass(1_000);
        Ok(world.see(0, blur))
    }

    fn goes_on(&mut self, from: &Observation) -> bool {
        self.0.world.borrow_mut().goes_on(0, from)
    }

    async fn perform(&mut self, effect: &Effect) -> Result<Became, Failure> {
        let failed = |class, said: &str| Err(Failure::new(class, effect.to_string(), said));
        let request_timeout = self.0.world.borrow().setup.limits.request_timeout();
        if self.left() < request_timeout {
            return failed(Class::Deadline, "too little time is left for it");
        }
        let fault = self.fault(effect);
        let fate = self.fate(effect, fault);
        let step = match fault {
            Some(Fault::Throttled) => world::Step::Ended(None),
            _ => self.0.world.borrow_mut().act(0, effect, fate),
        };
        let to_store = match effect {
            Effect::Publish(_) => true,
            Effect::Stage(_) => self.0.store.memory == Memory::Document,
            Effect::Adopt { .. } | Effect::Open | Effect::Create | Effect::Promote(_) => false,
            Effect::Rest(_) | Effect::Restore(_) | Effect::Activate(_) => false,
            Effect::Deactivate(_) | Effect::Delete(_) => false,
        };
        match fault {
            None if step == world::Step::Performed => Ok(self.0.world.borrow().became(0, effect)),
            // The quota, a compare-and-swap, or a proof.
            None => failed(Class::Conflict, "it did not take hold"),
            Some(Fault::ErrorBefore | Fault::Denied) if to_store => {
                failed(Class::StoreRejected(None), "a clear no")
            }
            Some(Fault::ErrorBefore) => failed(Class::Rejected, "a clear no"),
            Some(Fault::Denied) => failed(Class::Denied("any:Action"), "not allowed"),
            Some(Fault::Throttled) => failed(Class::Throttled, "too many calls"),
            Some(Fault::ErrorAfter | Fault::AnswerLost | Fault::KilledBefore | Fault::KilledAfter) => {
                failed(Class::Unanswered, "no answer")
            }
        }
    }

    async fn pause(&mut self, span: Duration, nap: Duration) -> bool {
        if span >= self.left() {
            return false;
        }
        self.0.world.borrow_mut().pass(millis(nap));
        true
    }
}
