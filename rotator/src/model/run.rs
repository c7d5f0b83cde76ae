//! What a run does in a world: look, decide, perform, look again, as the driver does it.

use super::iam::{Id, QUOTA, Ticks};
use super::judge::Events;
use super::memory::{Names, Read, Revision};
use super::mind::{Act, Asked, Held, Mind, Says, Seen, SeenKey, Told, name};
use super::setup::{Looks, Setup, Store, TICK, Wish};
use super::world::{Request, Run, World};
use crate::{Became, Effect, Memory, Status};

/// How well a run sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Blur {
    pub stale_keys: bool,
    pub stale_slots: bool,
    pub stale_read: bool,
    pub late_use: bool,
    pub unread: [bool; 2],
    /// IAM's clock is so many ticks ahead.
    pub clock: i8,
    /// The clock that the slots' time is read against is so many ticks ahead.
    pub slots_clock: i8,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It takes hold, and the run hears of it.
    Good,
    /// It takes hold, and the run does not hear of it.
    Unheard,
    /// It does not take hold, and the run cannot tell.
    Lost,
    /// It takes hold later, or never; the run has given it up.
    Late,
    /// The store says a clear no.
    Rejected,
    /// The first store has it and says so, and the second one does not get it.
    NotFollowed,
    /// The first of two writes takes hold, and the run comes no further.
    Torn,
    /// The same, and the second one lands later, or never.
    TornLate,
    /// The new key does not work everywhere before the deadline.
    Unproved,
    /// CreateAccessKey meets another one, and three keys come of it.
    BeyondQuota,
}

impl World {
    /// A run begins. With a word, somebody who knows says what the store serves now.
    pub fn start(&mut self, setup: &Setup, who: usize, with_word: bool) {
        // Who looks at a pipeline sees that it is not through yet; a document knows by itself.
        let tells = setup.memory == Memory::Document || setup.reads;
        let through = self.deliveries.iter().all(Option::is_none) && !tells;
        let word = self.served.filter(|_| with_word && through);
        let other = self.runs.get(1 - who.min(1)).is_some_and(Option::is_some);
        let lags = self.slots.read_before(setup.memory).is_some() || self.iam.changed().is_some();
        self.past.two_began |= setup.crowds() && (other || self.on_the_way() || lags);
        if let Some(run) = self.runs.get_mut(who) {
            *run = Some(Run {
                age: 0,
                hand: Held::Empty,
                writable: true,
                asked: Asked::Rotate,
                word,
                user: self.user,
                saw_slots: false,
                saw_keys: false,
                saw_store: false,
                decided: None,
                carried: None,
                carried_stale: false,
            });
        }
    }

    /// A run begins that is asked for one key. The name is looked up first, as the command line does it.
    pub fn start_asked(&mut self, setup: &Setup, who: usize, wish: Wish) {
        self.start(setup, who, false);
        let Names { current, last, .. } = self.slots.read(setup.memory).names;
        let asked = match wish {
            Wish::RollBack => last.map(Asked::RollBack),
            Wish::Revive => last.map(Asked::Revive),
            Wish::RevokeCurrent => current.map(Asked::Revoke),
            Wish::RevokeLast => last.map(Asked::Revoke),
        };
        let asked = asked.unwrap_or_default();
        if let Asked::Revoke(id) = asked {
            self.iam.key_mut(id).into_iter().for_each(|key| key.ghost.leaked = true);
        }
        self.runs.get_mut(who).into_iter().flatten().for_each(|run| run.asked = asked);
    }

    /// What this run reads of the slots.
    fn read_slots(&self, setup: &Setup, run: &Run, blur: Blur) -> Read {
        let stale = blur.stale_slots && !run.saw_slots;
        let before = self.slots.read_before(setup.memory).filter(|_| stale);
        before.unwrap_or_else(|| self.slots.read(setup.memory))
    }

    /// What this run sees.
    pub fn see(&self, setup: &Setup, run: &Run, blur: Blur) -> Seen {
        let Read { names, written, user, over, .. } = self.read_slots(setup, run, blur);
        let listed =
            if blur.stale_keys && !run.saw_keys { self.iam.keys_before() } else { self.iam.listed() };
        let (read, revision) = match self.served_before.filter(|_| blur.stale_read && !run.saw_store) {
            Some((before, _)) => (before, Revision::Before),
            None => (self.served, Revision::Latest),
        };
        let off = |age: Ticks, by: i8| age.saturating_add_signed(i16::from(by));
        let mut keys = [None; QUOTA + 1];
        for ((key, listed), place) in keys.iter_mut().zip(listed).zip(0..) {
            let Some(listed) = listed else { break };
            let late = blur.late_use && listed.used.is_some_and(|age| age < setup.times.lag);
            let recorded = if late { listed.used_before } else { listed.used };
            let used = match blur.unread.get(place) {
                Some(true) => Err(()),
                Some(false) | None => Ok(recorded.map(|age| off(age, blur.clock))),
            };
            let age = off(listed.age, blur.clock);
            *key = Some(SeenKey { id: listed.id, status: listed.status, age, used });
        }
        Seen {
            same_user: user == run.user || written.is_none(),
            own: self.signs_with.filter(|own| keys.iter().flatten().any(|key| key.id == *own)),
            keys,
            names,
            written: written.map(|age| off(age, blur.slots_clock)),
            hand: run.hand,
            writable: run.writable,
            told: match run.word.filter(|_| run.hand.key().is_none()) {
                _ if setup.reads => Told::Read(read),
                Some(id) => Told::Said(id),
                None => match over.filter(|_| names.pending.is_some()) {
                    Some(over) => Told::Changed(over != revision),
                    None => Told::Nothing,
                },
            },
            // The last one that the store served, where it keeps it.
            kept: setup.keeps && names.last.is_some(),
            asked: run.asked,
        }
    }

    /// A run looks, and decides.
    pub fn look(&mut self, setup: &Setup, mind: &mut Mind, who: usize, blur: Blur) -> Events {
        let Some(mut run) = self.runs.get_mut(who).and_then(Option::take) else { return Events::default() };
        let seen = self.see(setup, &run, blur);
        (run.carried, run.carried_stale) = (None, false);
        let beside = self.read_slots(setup, &run, blur).beside.map(|ticks| TICK * u32::from(ticks));
        let lags = blur.stale_read && !run.saw_store && self.served_before.is_some();
        let over = if lags { Revision::Before } else { Revision::Latest };
        run.saw_slots |= !blur.stale_slots;
        run.saw_store |= !blur.stale_read;
        let answer = mind.decide(&seen);
        // Whoever says a word or asks for one key is at hand to be answered.
        let somebody = matches!(seen.told, Told::Said(_)) || seen.asked != Asked::Rotate;
        let events = Events::of_answer(answer, somebody);
        let goes_on = match answer.says {
            Says::Perform(act, names) => {
                let (looked, sent, stale, user) = (0, 0, !run.saw_slots, run.user);
                let noted =
                    setup.notes_late || seen.names.slots().notes_the_store(beside, setup.policy().settle);
                let over = Some(over).filter(|_| setup.stamps && noted && matches!(act, Act::Stage(_)));
                run.decided = Some(Request { act, names, over, looked, sent, stale, user });
                run.carried = Some(seen.without_use()).filter(|_| setup.carries(act));
                true
            }
            Says::Wait(ticks) => run.age.saturating_add(ticks) <= setup.times.deadline,
            Says::Done | Says::Refuse | Says::Nothing => false,
        };
        if let Some(place) = self.runs.get_mut(who).filter(|_| goes_on) {
            *place = Some(run);
        }
        events
    }

    /// A run goes on from its last look and what came of its effect, and decides.
    pub fn carry(&mut self, setup: &Setup, mind: &mut Mind, who: usize) -> Events {
        let Some(mut run) = self.runs.get_mut(who).and_then(Option::take) else { return Events::default() };
        let Some(seen) = run.carried else { return Events::default() };
        let answer = mind.decide(&seen);
        let events = Events::of_answer(answer, false);
        if let Says::Perform(act, names) = answer.says {
            let (looked, sent, user) = (0, 0, run.user);
            let stale = run.carried_stale || !run.saw_slots;
            run.decided = Some(Request { act, names, over: None, looked, sent, stale, user });
            run.carried = Some(seen).filter(|_| setup.carries(act));
            if let Some(place) = self.runs.get_mut(who) {
                *place = Some(run);
            }
        }
        events
    }

    /// What may become of the request that a run has decided on.
    pub fn fates(&self, setup: &Setup, request: &Request) -> impl Iterator<Item = Fate> {
        let secret = setup.hands_over(request.act);
        let Setup { allows, .. } = *setup;
        let full = self.iam.keys().count() >= QUOTA && self.iam.changed().is_some();
        let pipeline = setup.store == Store::Pipeline && matches!(request.act, Act::Publish(_));
        let unproved = self.unprovable(setup, request.act);
        let proved = setup.proves(request.act).and_then(|id| self.iam.key(id));
        let spreads = proved.is_some_and(|key| key.ghost.propagating);
        let parts = setup.torn && allows.faults && matches!(request.act, Act::Publish(_)) && !unproved;
        [
            (Fate::Good, true),
            (Fate::Unheard, allows.faults && !unproved && !pipeline),
            (Fate::Lost, allows.faults && !unproved && !pipeline),
            (Fate::Late, allows.late_requests && !unproved && !pipeline),
            (Fate::Rejected, allows.rejections && secret && !unproved),
            (
                Fate::NotFollowed,
                setup.follower && allows.faults && matches!(request.act, Act::Publish(_)) && !unproved,
            ),
            (Fate::Torn, parts),
            (Fate::TornLate, parts && allows.late_requests),
            (Fate::Unproved, spreads && !unproved),
            (Fate::BeyondQuota, allows.beyond_quota && full && request.act == Act::Create),
        ]
        .into_iter()
        .filter_map(|(fate, may)| may.then_some(fate))
    }

    /// The request that a run has decided on is sent, and this becomes of it.
    pub fn perform(&mut self, setup: &Setup, mind: &mut Mind, who: usize, fate: Fate) -> Events {
        let decided = self.runs.get_mut(who).and_then(Option::as_mut).and_then(|run| run.decided.take());
        let Some(request) = decided else { return Events::default() };
        let act = request.act;
        let mut events = Events { performed: Some(act), ..Events::default() };
        let became = if fate == Fate::Unproved || self.unprovable(setup, act) {
            if matches!(act, Act::Publish(_)) { Became::Rejected } else { Became::Failed }
        } else {
            // The driver tries until the key works everywhere. The proof is a call, and IAM takes it down.
            if let Some(id) = setup.proves(act) {
                self.iam.key_mut(id).into_iter().for_each(|key| key.ghost.propagating = false);
                self.iam.used(id);
            }
            self.send(setup, &request, fate, &mut events)
        };
        let heard = matches!(became, Became::Done | Became::Made(_) | Became::Stored);
        if let Some(run) = self.runs.get_mut(who).and_then(Option::as_mut) {
            let mut carried = crate::Run { hand: run.hand.into(), writable: run.writable };
            carried.take_down(&Effect::from(act), setup.memory, &became);
            (run.hand, run.writable) = (Held::from(&carried.hand), carried.writable);
            run.carried = run.carried.filter(|_| heard).and_then(|seen| mind.carry(&seen, act, &became));
            run.carried_stale = run.carried.is_some() && request.stale;
            run.saw_slots |= heard && act.writes_slots();
            run.saw_keys |= heard && matches!(act, Act::Activate(_) | Act::Deactivate(_) | Act::Delete(_));
            run.saw_store |= heard && matches!(act, Act::Publish(_) | Act::Restore(_));
            // An adoption that lands late would write old names over new ones: the driver ends there.
            if became == Became::Unclear && matches!(act, Act::Adopt { .. }) {
                self.runs.get_mut(who).into_iter().for_each(|run| *run = None);
            }
        }
        events
    }

    fn send(&mut self, setup: &Setup, request: &Request, fate: Fate, events: &mut Events) -> Became {
        match (request.act, fate) {
            (_, Fate::Lost) => Became::Unclear,
            (_, Fate::Late) => {
                self.put_late(*request);
                Became::Unclear
            }
            (_, Fate::Torn | Fate::TornLate) => {
                self.stop_serving();
                self.torn = true;
                if fate == Fate::TornLate {
                    self.put_late(*request);
                }
                Became::Unclear
            }
            (_, Fate::Rejected) => Became::Rejected,
            (Act::Publish(id), _) if setup.store == Store::Pipeline => {
                self.put_delivery(id);
                if setup.trust { Became::Stored } else { Became::Done }
            }
            (act, _) => {
                let beyond = fate == Fate::BeyondQuota;
                if let (Act::Publish(id), true) = (act, setup.follower && fate != Fate::NotFollowed) {
                    self.follow(id);
                }
                match (self.land(setup, request, beyond, events), fate) {
                    (Err(()), _) => Became::Failed,
                    (Ok(_), Fate::Unheard) => Became::Unclear,
                    (Ok(Some(id)), _) => Became::Made(name(id)),
                    (Ok(None), _) if setup.hands_over(act) => Became::Stored,
                    (Ok(None), _) => Became::Done,
                }
            }
        }
    }

    /// The request's one commit point. The key it made, if it made one.
    ///
    /// # Errors
    /// It did not take hold.
    pub fn land(
        &mut self,
        setup: &Setup,
        request: &Request,
        beyond_quota: bool,
        events: &mut Events,
    ) -> Result<Option<Id>, ()> {
        match request.act {
            Act::Adopt { .. } | Act::Open | Act::Stage(_) | Act::Promote(_) | Act::Rest(_) => {
                self.write(setup, request, events)?;
            }
            Act::Restore(_) if setup.memory == Memory::Document => self.write(setup, request, events)?,
            Act::Restore(id) => {
                let news = self.serve(id);
                events.rotated |= news;
                self.past.restored |= news;
            }
            Act::Activate(id) => {
                if self.iam.update_key(id, Status::Active).is_ok() {
                    self.iam.key_mut(id).into_iter().for_each(|key| key.ghost.off = None);
                    self.keys_changed();
                }
            }
            Act::Create => {
                let made =
                    if beyond_quota { self.iam.create_key_beyond_quota() } else { self.iam.create_key() };
                let id = made.map_err(drop)?;
                self.keys_changed();
                let open = self.slots.read(setup.memory).names.under_way();
                if let Some(key) = self.iam.key_mut(id) {
                    key.ghost.propagating = setup.allows.propagation;
                    key.ghost.in_open = open;
                }
                return Ok(Some(id));
            }
            Act::Publish(id) => {
                events.rotated |= self.serve(id);
            }
            Act::Deactivate(id) | Act::Delete(id) => {
                let deletes = matches!(request.act, Act::Delete(_));
                events.taken = self.taken(setup, id, request.looked, deletes);
                let taken =
                    if deletes { self.iam.delete_key(id) } else { self.iam.update_key(id, Status::Inactive) };
                // Gone is what was wanted.
                if taken.is_ok() {
                    self.iam
                        .key_mut(id)
                        .into_iter()
                        .for_each(|key| key.ghost.off = key.ghost.off.or(Some(0)));
                    self.keys_changed();
                }
            }
        }
        Ok(None)
    }

    fn write(&mut self, setup: &Setup, request: &Request, events: &mut Events) -> Result<(), ()> {
        let adopts = matches!(request.act, Act::Adopt { .. });
        if request.stale && setup.refuses_stale(request.act) {
            return Err(());
        }
        let truth = self.slots.read(setup.memory);
        self.past.adopted_over |= adopts && truth.written.is_some();
        let open = request.act == Act::Open || (adopts && request.names.open);
        // One call writes the names; in a document that adopts, the note goes with it.
        if let Act::Rest(_) = request.act {
            let status = request.names.resting.unwrap_or(Status::Active);
            self.slots.rest(request.names, status, request.sent, request.user);
        } else if request.act != Act::Open {
            self.slots.write(setup.memory, request.names, request.over, request.sent, request.user);
        }
        if open && (request.act == Act::Open || setup.memory == Memory::Document) {
            self.slots.open(request.names, request.sent, request.user);
        }
        self.slots_changed();
        self.vouch(setup, request);
        if let (Act::Promote(id) | Act::Restore(id), Memory::Document) = (request.act, setup.memory) {
            events.rotated |= self.serve(id);
        }
        Ok(())
    }

    /// Another run's requests are out of date now, and nobody has seen this write yet.
    pub fn slots_changed(&mut self) {
        for run in self.runs.iter_mut().flatten() {
            run.saw_slots = false;
            run.carried_stale = run.carried.is_some();
            run.decided.iter_mut().for_each(|request| request.stale = true);
        }
        self.late.iter_mut().flatten().for_each(|request| request.stale = true);
    }

    pub fn keys_changed(&mut self) {
        self.runs.iter_mut().flatten().for_each(|run| run.saw_keys = false);
    }

    /// The effect needs a proof, and the key will never pass it.
    pub fn unprovable(&self, setup: &Setup, act: Act) -> bool {
        let active = |id| self.iam.key(id).is_some_and(|key| key.status == Status::Active);
        setup.proves(act).is_some_and(|id| !active(id))
    }
}

impl Act {
    fn writes_slots(self) -> bool {
        match self {
            Self::Adopt { .. } | Self::Open | Self::Stage(_) | Self::Promote(_) | Self::Rest(_) => true,
            // In a document it does.
            Self::Restore(_) => true,
            Self::Create | Self::Publish(_) => false,
            Self::Activate(_) | Self::Deactivate(_) | Self::Delete(_) => false,
        }
    }
}

impl Setup {
    /// The key whose proof comes before this effect.
    fn proves(&self, act: Act) -> Option<Id> {
        match act {
            Act::Publish(id) | Act::Restore(id) => Some(id),
            Act::Promote(id) if self.memory == Memory::Document => Some(id),
            Act::Adopt { .. } | Act::Open | Act::Create | Act::Stage(_) => None,
            Act::Promote(_) | Act::Rest(_) => None,
            Act::Activate(_) | Act::Deactivate(_) | Act::Delete(_) => None,
        }
    }

    /// Whether the effect carries the secret to the store.
    fn hands_over(&self, act: Act) -> bool {
        match act {
            Act::Publish(_) => true,
            Act::Stage(_) => self.memory == Memory::Document,
            Act::Adopt { .. } | Act::Open | Act::Create | Act::Promote(_) => false,
            Act::Rest(_) | Act::Restore(_) => false,
            Act::Activate(_) | Act::Deactivate(_) | Act::Delete(_) => false,
        }
    }

    /// Whether a run may go on after this effect without a look. What a store beside a ledger holds is looked at
    /// after the rotation was opened, and before its write is named; and only a document that refuses a write over
    /// one that was not seen is written on an old look once there is a key.
    fn carries(&self, act: Act) -> bool {
        match act {
            _ if self.looks == Looks::EachTime => false,
            Act::Delete(_) | Act::Open | Act::Promote(_) => true,
            Act::Create => self.memory == Memory::Dates || self.swaps(),
            Act::Publish(_) => !(self.reads || self.stamps),
            Act::Stage(_) => self.swaps(),
            Act::Adopt { .. } | Act::Rest(_) | Act::Restore(_) => false,
            Act::Activate(_) | Act::Deactivate(_) => false,
        }
    }

    fn swaps(&self) -> bool {
        self.memory == Memory::Document && self.store == Store::Swaps
    }

    /// Whether two runs at a first meeting are a case of their own.
    fn crowds(&self) -> bool {
        use super::setup::Start::{Empty, Named, NamedWithLast, Unmet, UnmetNewerServed, UnmetOlderServed};
        match self.start {
            Empty | Unmet | UnmetNewerServed | UnmetOlderServed => true,
            Named | NamedWithLast => false,
        }
    }
}
