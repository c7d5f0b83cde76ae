//! The state of a world, how it begins, and how time passes. A world is a few hundred bytes that can be
//! copied, compared and hashed: whatever is not in it cannot matter for what comes.

use super::iam::{Iam, Id, Ticks};
use super::memory::{Names, Revision, Slots};
use super::mind::{Act, Asked, Held, Seen};
use super::setup::{Setup, Start, Store};
use crate::Memory;

/// A moment of one user's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    pub iam: Iam,
    pub slots: Slots,
    /// What jobs get when they start.
    pub served: Option<Id>,
    /// What a reader gets whom the store's latest change has not reached, and how long ago that was.
    pub served_before: Option<(Option<Id>, Ticks)>,
    /// What a second store serves that is not looked at.
    pub followed: Option<Id>,
    /// The store holds parts of two pairs: whoever reads it now cannot sign.
    pub torn: bool,
    pub runs: [Option<Run>; 2],
    /// Requests that their run has given up, and that may still land.
    pub late: [Option<Request>; 2],
    /// Pairs on their way through a pipeline, and for how long.
    pub deliveries: [Option<(Id, Ticks)>; 2],
    pub signs_with: Option<Id>,
    /// Counts the users of this name, as UserId does.
    pub user: u8,
    pub past: Past,
}

/// What happened that later moments are judged by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Past {
    /// How much people may still do.
    pub deeds_left: u8,
    /// A person did something that a run may have to ask about.
    pub acted: bool,
    /// A person made a key.
    pub created: bool,
    /// A person made the user anew.
    pub recreated: bool,
    /// Keys whose not working is a person's doing.
    pub broken: [Option<Id>; 4],
    /// The user was empty or unmet when two runs began.
    pub two_began: bool,
    /// An adoption landed on slots that another run had written since.
    pub adopted_over: bool,
    /// The store serves LAST again, and the ledger beside it does not say so yet.
    pub restored: bool,
}

/// A run in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// Since it began.
    pub age: Ticks,
    pub hand: Held,
    pub writable: bool,
    /// What it was asked for.
    pub asked: Asked,
    /// What somebody who knew said when it began.
    pub word: Option<Id>,
    /// The user it began with.
    pub user: u8,
    /// It has seen the latest write of the slots; what it wrote itself it always sees.
    pub saw_slots: bool,
    /// The latest change of the keys is its own, and visible to it.
    pub saw_keys: bool,
    /// It has seen the latest change of the store.
    pub saw_store: bool,
    /// What it decided on its last look.
    pub decided: Option<Request>,
    /// What it goes on from if it does not look again: the look that it decided on, and once that took hold
    /// the same with what came of it.
    pub carried: Option<Seen>,
    /// Somebody else has written the slots since that look.
    pub carried_stale: bool,
}

/// What a run is about to ask for, or asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Request {
    pub act: Act,
    /// The names that it leaves.
    pub names: Names,
    /// What its run saw in the store, where that is noted.
    pub over: Option<Revision>,
    /// Since its run looked.
    pub looked: Ticks,
    /// Since it was sent.
    pub sent: Ticks,
    /// Somebody else has written the slots since its run looked.
    pub stale: bool,
    pub user: u8,
}

impl World {
    /// The world as it begins.
    pub fn new(setup: &Setup) -> Self {
        let mut world = Self {
            iam: Iam::default(),
            slots: Slots::default(),
            served: None,
            served_before: None,
            followed: None,
            torn: false,
            runs: [None; 2],
            late: [None; 2],
            deliveries: [None; 2],
            signs_with: None,
            user: 0,
            past: Past { deeds_left: setup.deeds, ..Past::default() },
        };
        world.begin(setup);
        world
    }

    fn begin(&mut self, setup: &Setup) {
        use Start::{Empty, Named, NamedWithLast, Unmet, UnmetNewerServed, UnmetOlderServed};
        let old = setup.times.cap();
        let two = match setup.start {
            Empty => return,
            Named | Unmet => false,
            NamedWithLast | UnmetNewerServed | UnmetOlderServed => true,
        };
        let Ok(first) = self.iam.create_key() else { return };
        let mut served = first;
        self.age(setup, old);
        if two && let Ok(second) = self.iam.create_key() {
            if setup.start != UnmetOlderServed {
                self.iam.used(first);
                self.iam.key_mut(first).into_iter().for_each(|key| key.ghost.left = Some(0));
                served = second;
            }
            self.age(setup, old - 1);
        }
        // The newest key is old enough for anything, and younger than the other one.
        if matches!(setup.start, Named | NamedWithLast) && setup.memory != Memory::Dates {
            let last = (served != first).then_some(first);
            self.slots.begin(Names { current: Some(served), last, ..Names::default() }, old - 1);
        }
        self.iam.used(served);
        self.served = Some(served);
        self.followed = setup.follower.then_some(served);
        self.served_before = None;
        self.signs_with = setup.allows.own_key.then_some(served);
        self.settle(setup);
    }

    fn age(&mut self, setup: &Setup, ticks: Ticks) {
        (0..ticks).for_each(|_| self.iam.tick(setup.times.lag, setup.times.cap()));
    }

    /// A tick passes. Runs that have come to their deadline end, and requests that were not answered for
    /// too long will not land any more.
    pub fn tick(&mut self, setup: &Setup) {
        let times = setup.times;
        let (lag, cap) = (times.lag, times.cap());
        let tick = |age: &mut Ticks| *age = age.saturating_add(1).min(cap);
        self.iam.tick(lag, cap);
        self.slots.tick(lag, cap);
        self.served_before = self.served_before.filter(|(_, age)| age.saturating_add(1) < lag);
        self.served_before.iter_mut().for_each(|(_, age)| tick(age));
        for run in self.runs.iter_mut().flatten() {
            tick(&mut run.age);
            if let Some(request) = &mut run.decided {
                tick(&mut request.looked);
            }
        }
        for request in self.late.iter_mut().flatten() {
            tick(&mut request.looked);
            tick(&mut request.sent);
        }
        self.deliveries.iter_mut().flatten().for_each(|(_, age)| tick(age));
        for run in &mut self.runs {
            *run = run.filter(|run| run.age <= times.deadline);
        }
        for late in &mut self.late {
            *late = late.filter(|request| request.sent <= times.timeout);
        }
        for delivery in &mut self.deliveries {
            *delivery = delivery.filter(|(_, age)| *age < times.stray_after.saturating_sub(times.deadline));
        }
        if setup.allows.eager_jobs
            && let Some(served) = self.served
        {
            self.iam.used(served);
        }
        self.settle(setup);
    }

    /// From now on the store serves this key. Whether that is news.
    pub fn serve(&mut self, id: Id) -> bool {
        self.torn = false;
        if self.served == Some(id) {
            return false;
        }
        self.store_changes();
        let before = self.served.replace(id).filter(|before| self.followed != Some(*before));
        self.leaves(before, id);
        true
    }

    /// From now on the second store serves this key.
    pub fn follow(&mut self, id: Id) {
        let before = self.followed.replace(id).filter(|before| self.served != Some(*before));
        self.leaves(before, id);
    }

    /// Jobs get `now` from here on, and `before` from nowhere any more.
    fn leaves(&mut self, before: Option<Id>, now: Id) {
        if let Some(key) = before.filter(|before| *before != now).and_then(|before| self.iam.key_mut(before))
        {
            key.ghost.left = Some(0);
        }
        self.iam.key_mut(now).into_iter().for_each(|key| key.ghost.left = None);
    }

    /// Nobody has seen this change yet.
    fn store_changes(&mut self) {
        self.served_before = Some((self.served, 0));
        self.runs.iter_mut().flatten().for_each(|run| run.saw_store = false);
        self.each_over(Revision::written);
    }

    fn each_over(&mut self, how: impl FnMut(&mut Revision)) {
        let decided = self.runs.iter_mut().flatten().filter_map(|run| run.decided.as_mut());
        let requests = decided.chain(self.late.iter_mut().flatten());
        requests.filter_map(|request| request.over.as_mut()).chain(self.slots.each_over()).for_each(how);
    }

    /// The store is gone, or empty.
    pub fn stop_serving(&mut self) {
        self.store_changes();
        if let Some(key) = self.served.take().and_then(|before| self.iam.key_mut(before)) {
            key.ghost.left = Some(0);
        }
    }

    /// The keys that a job may hold: what is served, and what was served less than a longest job ago.
    pub fn held_by_jobs(&self, setup: &Setup) -> impl Iterator<Item = Id> {
        let job = setup.times.longest_job;
        let left = self.iam.keys().filter(move |key| key.ghost.left.is_some_and(|age| age < job));
        let followed = self.followed.filter(|id| self.served != Some(*id));
        self.served.into_iter().chain(followed).chain(left.map(|key| key.id))
    }

    /// Whether what a run did may still arrive somewhere.
    pub fn on_the_way(&self) -> bool {
        self.late.iter().any(Option::is_some) || self.deliveries.iter().any(Option::is_some)
    }

    /// Forgets what cannot matter any more.
    pub fn settle(&mut self, setup: &Setup) {
        let allows = setup.allows;
        self.iam.settle(!allows.stale_lists, !allows.late_use);
        if !allows.stale_slots || setup.memory != Memory::Ledger {
            self.slots.settle();
        }
        if !(setup.reads || setup.stamps) || !allows.stale_reads {
            self.served_before = None;
        }
        self.past.restored &= self.slots.read(setup.memory).names.current != self.served;
        if setup.times.retire.is_none() {
            self.iam.keys_mut().for_each(|key| key.ghost.off = None);
        }
        if self.served_before.is_none() {
            self.runs.iter_mut().flatten().for_each(|run| run.saw_store = true);
            self.each_over(Revision::settle);
        }
        let job = setup.times.longest_job;
        for key in self.iam.keys_mut() {
            key.ghost.left = key.ghost.left.map(|age| age.min(job));
        }
        if self.iam.changed().is_none() {
            self.runs.iter_mut().flatten().for_each(|run| run.saw_keys = true);
        }
        if self.slots.read_before(setup.memory).is_none() {
            self.runs.iter_mut().flatten().for_each(|run| run.saw_slots = true);
        }
    }

    /// Numbers the keys from 1 again: worlds that differ in names alone are one world.
    pub fn renumber(&mut self) {
        // At most three keys, and a few names of keys that are gone.
        let mut numbers = [0_u8; 256];
        let mut last = 0;
        self.each_id(&mut |id| {
            if let Some(number) = numbers.get_mut(usize::from(id.number())) {
                if *number == 0 {
                    last += 1;
                    *number = last;
                }
                *id = Id::nth(*number);
            }
        });
        self.iam.numbered_up_to(last);
    }

    fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        self.iam.each_id(visit);
        self.slots.each_id(visit);
        let Self { served, followed, served_before, signs_with, past, .. } = self;
        served.iter_mut().for_each(&mut *visit);
        followed.iter_mut().for_each(&mut *visit);
        served_before.iter_mut().filter_map(|(id, _)| id.as_mut()).for_each(&mut *visit);
        for run in self.runs.iter_mut().flatten() {
            run.hand.key_mut().into_iter().for_each(&mut *visit);
            run.word.iter_mut().for_each(&mut *visit);
            run.asked.id_mut().into_iter().for_each(&mut *visit);
            run.decided.iter_mut().for_each(|request| request.each_id(visit));
            run.carried.iter_mut().for_each(|seen| seen.each_id(visit));
        }
        self.late.iter_mut().flatten().for_each(|request| request.each_id(visit));
        self.deliveries.iter_mut().flatten().for_each(|(id, _)| visit(id));
        // Nothing is learned from a name that only these two remember.
        signs_with.iter_mut().for_each(&mut *visit);
        past.broken.iter_mut().flatten().for_each(visit);
    }

    /// The first place that is free, or the last one.
    pub fn put_late(&mut self, request: Request) {
        put(&mut self.late, request);
    }

    pub fn put_delivery(&mut self, id: Id) {
        put(&mut self.deliveries, (id, 0));
    }
}

impl Request {
    fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        self.act.each_id(visit);
        self.names.each_id(visit);
    }
}

impl Act {
    pub fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        match self {
            Self::Adopt { current, last, .. } => {
                visit(current);
                last.iter_mut().for_each(visit);
            }
            Self::Stage(id) | Self::Publish(id) | Self::Promote(id) => visit(id),
            Self::Rest(id) | Self::Restore(id) | Self::Activate(id) => visit(id),
            Self::Deactivate(id) | Self::Delete(id) => visit(id),
            Self::Open | Self::Create => {}
        }
    }
}

fn put<T: Copy>([first, second]: &mut [Option<T>; 2], new: T) {
    if first.is_none() {
        *first = Some(new);
    } else {
        *second = Some(new);
    }
}

impl Setup {
    /// Whether a write of a run that has not seen the latest one is refused.
    pub fn refuses_stale(&self, act: Act) -> bool {
        // Each document store can refuse to create what is there; some compare on each write.
        let adopts = matches!(act, Act::Adopt { .. });
        let swaps = self.store == Store::Swaps && act != Act::Open;
        self.memory == Memory::Document && (adopts || swaps)
    }
}
