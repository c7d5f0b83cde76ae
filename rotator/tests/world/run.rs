//! A run: look, decide, perform, look again, as the driver does it.

use core::time::Duration;

use rotator::*;

use super::{Time, World, iam::since, millis};

/// A run in progress.
#[derive(Debug, Clone)]
pub struct Run {
    began: Time,
    hand: Hand,
    writable: bool,
    /// What somebody who knew said when the run began.
    word: Option<AccessKeyId>,
    /// It was begun to say that word, and rotates nothing.
    confirms: bool,
    /// The versions of the slots it has read or written.
    version: usize,
    /// It has seen what the store serves now.
    saw_store: bool,
    /// When the store was written, as it was told last, where that may be noted beside PENDING.
    over: Option<Time>,
    /// What it decided on its last look, and what it had seen.
    decided: Option<Request>,
    /// What it performed last.
    performed: Option<Effect>,
    /// What it goes on from without a look.
    ahead: Option<Observation>,
    wake: Time,
    /// What a driver of its own saw last.
    saw: Option<(Time, Observation)>,
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub struct Request {
    pub effect: Effect,
    pub sent: Time,
    /// The slots and keys that its run had seen.
    pub slots: Slots,
    pub keys: Vec<Key>,
    pub version: usize,
    /// When the store was written, where that is noted beside PENDING.
    pub over: Option<Time>,
    pub user: u32,
    pub looked: Time,
    /// A word was given.
    pub by_word: bool,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It takes hold, and the run hears of it.
    Good,
    /// A clear no.
    Rejected,
    /// The run dies first.
    NeverSent,
    /// It takes hold, and the run dies or gives up.
    Unheard,
    /// The run gives up; the request takes hold so much later, in percent of the request's timeout.
    Late(u8),
    /// A pipeline says yes, and drops the pair. Otherwise as `Good`.
    Dropped,
    /// A pipeline says yes, and stores the pair so much later, in percent of what is left of
    /// `stray_after`. Otherwise as `Good`.
    Slow(u8),
}

/// How well a run sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Blur {
    pub stale_list: bool,
    pub stale_slots: bool,
    pub stale_store: bool,
    pub late_use: bool,
    pub unread: [bool; 2],
}

/// How a look ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Decided(Effect),
    Performed,
    Waits,
    Ended(Option<Decision>),
}

impl World {
    /// A run begins. With a word, somebody who knows says what the store serves now.
    pub fn start(&mut self, who: usize, with_word: bool) {
        let word = match self.setup.memory {
            _ if self.setup.reads => None,
            Memory::Document => None,
            // Who looks at a pipeline sees that it is not through yet.
            Memory::Ledger | Memory::Dates => {
                let with_word = with_word || self.confirms();
                self.served.clone().filter(|_| with_word && self.deliveries.is_empty())
            }
        };
        tell!(self, "{}: run {who} begins, word {word:?}", self.now);
        let stale = self.slots.lags(self.now, self.setup.lag()) || self.iam.lags(self.now, self.setup.lag());
        if let Goal::Revoke(id) = &self.setup.policy.goal {
            self.iam.key_mut(id).into_iter().for_each(|key| key.leaked = true);
        }
        self.two_began |= self.runs[1 - who].is_some() || !self.late.is_empty() || stale;
        self.runs[who] = Some(Run {
            began: self.now,
            hand: Hand::Empty,
            writable: true,
            word,
            confirms: self.confirms(),
            version: 0,
            saw_store: false,
            over: None,
            decided: None,
            performed: None,
            ahead: None,
            wake: 0,
            saw: None,
        });
    }

    /// What a run sees now, for a driver that decides by itself.
    pub fn see(&mut self, who: usize, blur: Blur) -> Observation {
        let Some(mut run) = self.runs[who].take() else { unreachable!() };
        let (version, over, seen) = self.observe(&run, blur);
        run.saw_store |= !blur.stale_store;
        (run.version, run.over, run.saw) = (version, over, Some((self.now, seen.clone())));
        self.runs[who] = Some(run);
        seen
    }

    /// Whether a driver of its own may go on from this. What a store beside a ledger holds is noted after a look.
    pub fn goes_on(&mut self, who: usize, from: &Observation) -> bool {
        let (tells, swaps) = (self.tells(), self.swaps());
        let Some(run) = self.runs[who].as_mut() else { unreachable!() };
        let goes_on = run.spares(tells, swaps);
        if let (Some((_, seen)), true) = (&mut run.saw, goes_on) {
            *seen = from.clone();
        }
        goes_on
    }

    /// What the last effect, which took hold, came to.
    pub fn became(&self, who: usize, effect: &Effect) -> Became {
        let hand = self.runs[who].as_ref().map(|run| &run.hand);
        match (effect, hand) {
            (Effect::Create, Some(Hand::Holds(id))) => Became::Made(id.clone()),
            (Effect::Publish(_) | Effect::Stage(_), Some(Hand::Stored(_))) => Became::Stored,
            (_, _) => Became::Done,
        }
    }

    /// Names cannot be written over names that were not seen.
    fn swaps(&self) -> bool {
        self.setup.memory != Memory::Document || self.setup.compare_and_swap
    }

    fn tells(&self) -> bool {
        self.setup.reads || self.setup.stamps.is_some()
    }

    /// A run does what its own driver decided on. Unless it is `Performed`, nothing was heard of it.
    pub fn act(&mut self, who: usize, effect: &Effect, fate: Fate) -> Step {
        let Some(mut run) = self.runs[who].take() else { unreachable!() };
        let Some((looked, seen)) = &run.saw else { unreachable!() };
        let request = self.request(effect, seen, *looked, &run);
        let step = self.perform(who, &mut run, request, fate);
        if matches!(fate, Fate::Unheard | Fate::Late(_)) {
            let mut carried = rotator::Run { hand: run.hand, writable: run.writable };
            carried.take_down(effect, self.setup.memory, &Became::Unclear);
            run.hand = carried.hand;
        }
        self.runs[who] = Some(run);
        self.judge_now();
        step
    }

    /// Since when a run is at work.
    pub fn began(&self, who: usize) -> Option<Time> {
        self.runs[who].as_ref().map(|run| run.began)
    }

    /// One call of a run: a look, or the request that it decided on.
    pub fn call(&mut self, who: usize, fate: Fate, blur: Blur) -> Step {
        if self.runs[who].is_none() {
            self.start(who, false);
        }
        let Some(mut run) = self.runs[who].take() else { unreachable!() };
        if run.wake > self.now {
            self.pass(run.wake - self.now);
        }
        let had = run.decided.as_ref().map(|request| request.effect.clone());
        let step = match run.decided.take() {
            // No effect begins after the deadline.
            _ if self.now > run.began + millis(self.setup.limits.deadline()) => Step::Ended(None),
            None => self.look(who, &mut run, blur),
            Some(request) => self.perform(who, &mut run, request, fate),
        };
        if !matches!(step, Step::Ended(_)) {
            self.runs[who] = Some(run);
        }
        if let (Step::Performed, Some(effect)) = (&step, had) {
            self.look_ahead(who, &effect);
        }
        self.judge_now();
        step
    }

    /// What the run goes on from without a look, as the driver does it.
    fn look_ahead(&mut self, who: usize, effect: &Effect) {
        let (became, tells, swaps) = (self.became(who, effect), self.tells(), self.swaps());
        let policy = self.policy_of(who);
        let spares = self.setup.spares_looks;
        let Some(run) = self.runs[who].as_mut() else { return };
        let heard = run.performed.as_ref() == Some(effect) && spares && run.spares(tells, swaps);
        let seen = run.saw.as_ref().map(|(_, seen)| seen).filter(|_| heard);
        run.ahead = seen.and_then(|seen| carry(seen, effect, &became, &policy));
    }

    fn policy_of(&self, who: usize) -> Policy {
        let mut policy = self.setup.policy.clone();
        if self.runs[who].as_ref().is_some_and(|run| run.confirms) {
            policy.max_age = Duration::MAX;
        }
        policy
    }

    /// Which version of the slots it sees, what of the store it may note, and all it sees.
    fn observe(&self, run: &Run, blur: Blur) -> (usize, Option<Time>, Observation) {
        let lag = self.setup.lag();
        let stale_slots = blur.stale_slots && self.setup.memory == Memory::Ledger;
        let (version, read) = self.slots.read(self.now, lag, stale_slots, run.version);
        let kept = self.setup.keeps && read.slots.last.is_some();
        let facts = Facts {
            same_user: read.user == self.iam.user || read.written.is_none(),
            keys: self.iam.list(self.now, lag, blur.stale_list, blur.late_use, blur.unread),
            memory: self.setup.memory,
            slots: read.slots.clone(),
            written: read.written.map(|at| since(at, self.now)),
            hand: run.hand.clone(),
            writable: run.writable,
            served: self.told(run, blur, &read),
            kept,
            own: self.signs_with.clone(),
        };
        (version, self.to_note(run, blur, &read), Observation::new(facts).unwrap())
    }

    fn look(&mut self, who: usize, run: &mut Run, blur: Blur) -> Step {
        let carried = run.ahead.take();
        let sees = if carried.is_some() { "goes on from" } else { "sees" };
        let seen = match carried {
            Some(seen) => {
                self.hear("goes on");
                seen
            }
            None => {
                let (version, over, seen) = self.observe(run, blur);
                (run.version, run.over) = (version, over);
                run.saw_store |= !blur.stale_store;
                seen
            }
        };
        let looked = if sees == "sees" { self.now } else { run.saw.as_ref().map_or(self.now, |(at, _)| *at) };
        run.saw = Some((looked, seen.clone()));
        let mut policy = self.setup.policy.clone();
        if run.confirms {
            policy.max_age = Duration::MAX;
        }
        let decision = decide(&seen, &policy);
        tell!(self, "{}: run {who} {sees} {}: {decision}", self.now, brief(seen.facts()));
        self.judge_decision(&seen, &policy, &decision);
        self.decision = Some(decision.clone());
        match decision {
            // A perform that did not take hold ends the run.
            Decision::Perform(effect) if run.performed.as_ref() == Some(&effect) => Step::Ended(None),
            Decision::Perform(effect) => {
                run.decided = Some(self.request(&effect, &seen, looked, run));
                Step::Decided(effect)
            }
            Decision::Wait(_, rest)
                if self.now + millis(rest) < run.began + millis(self.setup.limits.deadline()) =>
            {
                run.wake = self.now + millis(rest).max(1_000);
                Step::Waits
            }
            Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => Step::Ended(Some(decision)),
        }
    }

    fn request(&self, effect: &Effect, seen: &Observation, looked: Time, run: &Run) -> Request {
        let Facts { slots, keys, .. } = seen.facts().clone();
        let (effect, sent, user) = (effect.clone(), self.now, self.iam.user);
        let by_word = seen.facts().served.is_said();
        let (version, over) = (run.version, run.over.filter(|_| matches!(effect, Effect::Stage(_))));
        Request { effect, sent, slots, keys, version, over, user, looked, by_word }
    }

    fn perform(&mut self, who: usize, run: &mut Run, mut request: Request, fate: Fate) -> Step {
        if let Some(key) = self.to_prove(&request.effect) {
            // The driver tries until all of IAM knows the key, or the deadline has come.
            let known = self.iam.key(&key).map_or(0, |key| key.usable_from);
            self.pass(known.saturating_sub(self.now));
            let too_late = self.now > run.began + millis(self.setup.limits.deadline());
            if too_late || !self.iam.works(&key, self.now) {
                return Step::Ended(None);
            }
            self.iam.used(&key, self.now, self.setup.coarse);
            let wait = self.put_waits();
            if self.now + wait > run.began + millis(self.setup.limits.deadline()) {
                return Step::Ended(None);
            }
            if wait > 0 {
                self.hear("put waits");
                self.pass(wait);
            }
        }
        request.sent = self.now;
        let effect = request.effect.clone();
        tell!(self, "{}: run {who}: {effect} ({fate:?})", self.now);
        self.hear(effect.code());
        let to_store = match effect {
            Effect::Publish(_) => true,
            Effect::Stage(_) => self.setup.memory == Memory::Document,
            Effect::Adopt { .. } | Effect::Open | Effect::Create | Effect::Promote(_) => false,
            Effect::Rest(_) | Effect::Restore(_) | Effect::Activate(_) => false,
            Effect::Deactivate(_) | Effect::Delete(_) => false,
        };
        let publishes = matches!(effect, Effect::Publish(_));
        match fate {
            Fate::NeverSent => return Step::Ended(None),
            // Only a clear no to the only attempt says that the store takes nothing.
            Fate::Rejected if to_store => {
                run.writable = false;
                run.performed = None;
                return Step::Performed;
            }
            Fate::Rejected => return Step::Ended(None),
            Fate::Late(percent) => {
                let timeout = millis(self.setup.limits.request_timeout());
                self.late.push((self.now + timeout * u64::from(percent.min(100)) / 100, request));
                if let (true, Some(key)) = (publishes, run.hand.key()) {
                    run.hand = Hand::Sent(key.clone());
                    return Step::Performed;
                }
                return Step::Ended(None);
            }
            Fate::Good | Fate::Unheard | Fate::Dropped | Fate::Slow(_) => {}
        }
        let landed = match (&effect, self.setup.pipeline) {
            (Effect::Publish(key), true) => {
                self.deliver(key, fate);
                run.hand = Hand::Sent(key.clone());
                Ok(None)
            }
            _ => self.land(&request),
        };
        let Ok(made) = landed else { return Step::Ended(None) };
        if fate == Fate::Unheard && !publishes {
            return Step::Ended(None);
        }
        match (&effect, made) {
            (_, Some(key)) => run.hand = Hand::Holds(key),
            (Effect::Publish(key), None) if fate == Fate::Unheard || self.setup.pipeline => {
                run.hand = Hand::Sent(key.clone());
                run.store_changes();
            }
            (Effect::Publish(key), None) => {
                run.hand = Hand::Stored(key.clone());
                run.saw_store = true;
            }
            (Effect::Stage(key), None) if to_store => {
                run.hand = Hand::Stored(key.clone());
                run.version = self.slots.count();
            }
            (
                Effect::Adopt { .. }
                | Effect::Open
                | Effect::Stage(_)
                | Effect::Promote(_)
                | Effect::Rest(_)
                | Effect::Restore(_),
                None,
            ) => {
                run.version = self.slots.count();
            }
            (Effect::Create | Effect::Activate(_) | Effect::Deactivate(_), None) => {}
            (Effect::Delete(key), None) if run.hand.key() == Some(key) => run.hand = Hand::Empty,
            (Effect::Delete(_), None) => {}
        }
        run.performed = Some(effect);
        Step::Performed
    }

    /// The key whose proof comes before this effect.
    fn to_prove(&self, effect: &Effect) -> Option<AccessKeyId> {
        match effect {
            Effect::Publish(key) => Some(key.clone()),
            Effect::Promote(key) if self.setup.memory == Memory::Document => Some(key.clone()),
            Effect::Adopt { .. } | Effect::Open | Effect::Create | Effect::Stage(_) => None,
            Effect::Promote(_) | Effect::Rest(_) | Effect::Restore(_) => None,
            Effect::Activate(_) | Effect::Deactivate(_) | Effect::Delete(_) => None,
        }
    }
}

impl Run {
    /// The store was written since this run may have seen it.
    pub fn store_changes(&mut self) {
        self.saw_store = false;
    }

    /// Whether what it last looked at is all that its last effect leaves to know.
    fn spares(&self, tells: bool, swaps: bool) -> bool {
        match &self.performed {
            Some(Effect::Create | Effect::Stage(_)) if !swaps => false,
            Some(Effect::Create | Effect::Publish(_)) => !tells,
            Some(_) => true,
            None => false,
        }
    }

    /// An answer of the store may be older than its last write. What was seen is not unseen.
    pub fn sees_old_store(&self, blur: Blur) -> bool {
        blur.stale_store && !self.saw_store
    }

    /// The word, for as long as the run has made no key.
    pub fn word(&self) -> Option<&AccessKeyId> {
        self.word.as_ref().filter(|_| self.hand == Hand::Empty)
    }
}

/// An observation in one line.
fn brief(facts: &Facts) -> String {
    let short = |id: &AccessKeyId| id.as_str().trim_start_matches("AKIA").trim_start_matches('_').to_owned();
    let slot = |slot: &Option<AccessKeyId>| slot.as_ref().map_or_else(|| "-".to_owned(), short);
    let key = |key: &Key| format!("{}({:?} {:?} {:?})", short(&key.id), key.status, key.age, key.used);
    let Slots { current, last, pending, open, .. } = &facts.slots;
    format!(
        "{} | current {} last {} pending {} open {open} written {:?} | {:?} word {:?}",
        facts.keys.iter().map(key).collect::<Vec<_>>().join(" "),
        slot(current),
        slot(last),
        slot(pending),
        facts.written,
        facts.hand,
        facts.served,
    )
}
