//! The world as it is: IAM, the memory, the store, and the new key in hand.

mod expect;
mod memory;

use std::time::{Duration, SystemTime};

use rotator::{
    AccessKeyId, Became, Effect, Facts, Key, Observation, Policy, Run, Status, Used, hangs_on_use,
};

use self::expect::Expect;
use self::memory::Read;
use crate::clock::{Deadline, sleep};
use crate::drive::World;
use crate::failure::{Class, Failure};
use crate::iam::{LastUse, ListedKey, User};
use crate::ledger::{OPEN, REST, SLOTS, note, write_open, write_rest, write_slots};
use crate::prove::prove;
use crate::secret::Pair;
use crate::store::documents::Document;
use crate::store::{Adapter, Reading, Serves, Tells, Undelivered};
use crate::target::{Shared, Target};

/// One user's world.
pub struct Live<'a> {
    shared: &'a Shared,
    /// The user.
    pub user: User,
    place: usize,
    word: Option<AccessKeyId>,
    deadline: Deadline,
    run: Run,
    /// The new key's secret, until it is handed over.
    pair: Option<Pair>,
    seen: Facts,
    /// The same keys with dates in the place of ages, for a report.
    listed: Vec<(ListedKey, Option<LastUse>)>,
    /// When the names were last written.
    written_at: Option<SystemTime>,
    document: Document,
    /// What the store told on the last look, where it is beside a ledger.
    reading: Option<Reading>,
    /// Whether that may be noted beside PENDING.
    notes: bool,
    /// What this run wrote and has not seen yet, and how long answers may lag behind it.
    expected: Vec<(Expect, Deadline)>,
    /// Where last use is asked for only if something hangs on it.
    policy: Option<Policy>,
    /// What this knows of the store holds after the last effect, too.
    up_to_date: bool,
    /// Why last use could not be read, if so.
    pub use_unread: Option<Failure>,
}

impl<'a> Live<'a> {
    /// Begins the user's deadline. The word is what somebody says that the store serves; the place is that
    /// in IAM's list.
    #[must_use]
    pub fn begin(shared: &'a Shared, user: User, word: Option<AccessKeyId>, place: usize) -> Self {
        Self {
            deadline: Deadline::begin(shared.limits.deadline()),
            shared,
            user,
            place,
            word,
            run: Run::default(),
            pair: None,
            seen: Facts::default(),
            listed: Vec::new(),
            written_at: None,
            document: Document::default(),
            reading: None,
            notes: false,
            expected: Vec::new(),
            policy: None,
            up_to_date: false,
            use_unread: None,
        }
    }

    /// Asks for a last use only where a decision by this policy hangs on it.
    #[must_use]
    pub fn deciding_by(self, policy: &Policy) -> Self {
        Self { policy: Some(policy.clone()), ..self }
    }

    /// The facts of the last look.
    #[must_use]
    pub fn seen(&self) -> &Facts {
        &self.seen
    }

    /// IAM's list in the last look, and what was read of each key's last use.
    #[must_use]
    pub fn listed(&self) -> &[(ListedKey, Option<LastUse>)] {
        &self.listed
    }

    /// When the names, or a note beside them, were last written, as of the last look.
    #[must_use]
    pub fn written_at(&self) -> Option<SystemTime> {
        self.written_at
    }

    /// What the store holds, if that is no whole pair; for a person.
    #[must_use]
    pub fn torn(&self) -> Option<String> {
        let Reading { serves: Serves::Torn, .. } = self.reading.as_ref()? else { return None };
        let name = &self.user.name;
        Some(format!(
            "{name}: the store holds parts of two pairs, and serves nobody; a later run puts a whole one"
        ))
    }

    async fn look(&mut self) -> Result<Facts, Failure> {
        let iam = &self.shared.iam;
        let (listed, memory, reading) = tokio::join!(
            iam.keys(&self.user),
            Read::of(self.shared, &self.user),
            memory::reading(self.shared, &self.user),
        );
        let (listed, memory, reading) = (listed?, memory?, reading?);
        self.use_unread = None;
        self.listed = listed.into_iter().map(|key| (key, None)).collect();
        // A word is about keys that were there before this run made one.
        let word = self.word.as_ref().filter(|_| self.run.hand.key().is_none());
        let served = memory.served(reading.as_ref(), word);
        let Read { slots, written, written_at, named, same_user, kept, document, .. } = memory;
        self.notes = slots.notes_the_store(named, self.shared.settle);
        self.written_at = written_at;
        self.document = document;
        self.reading = reading;
        let facts = Facts {
            same_user,
            own: self
                .shared
                .caller
                .key
                .clone()
                .filter(|own| self.listed.iter().any(|(key, _)| key.id == *own)),
            keys: self.keys(),
            memory: self.shared.target.memory(),
            slots,
            written,
            hand: self.run.hand.clone(),
            writable: self.run.writable && self.shared.target.takes(),
            served,
            kept,
        };
        let enough =
            |policy: &Policy| Observation::new(facts.clone()).is_ok_and(|seen| !hangs_on_use(&seen, policy));
        if self.policy.as_ref().is_some_and(enough) {
            return Ok(facts);
        }
        self.ask_for_use().await;
        Ok(Facts { keys: self.keys(), ..facts })
    }

    /// The listed keys, with ages in the place of dates. A use that was not read is unknown.
    fn keys(&self) -> Vec<Key> {
        let clock = &self.shared.iam.clock;
        let key = |(ListedKey { id, status, created }, last): &(ListedKey, Option<LastUse>)| {
            let used = last.as_ref().map_or(Used::Unknown, |last| last.used(clock));
            Key { id: id.clone(), status: *status, age: clock.since(*created), used }
        };
        self.listed.iter().map(key).collect()
    }

    async fn ask_for_use(&mut self) {
        let iam = &self.shared.iam;
        let ask = |at: usize| {
            let key = self.listed.get(at);
            async move {
                match key {
                    Some((key, _)) => Some(iam.last_use(&key.id).await),
                    None => None,
                }
            }
        };
        // Two keys at most: both are asked about at once. A third is refused whatever its use.
        let (first, second) = tokio::join!(ask(0), ask(1));
        for ((_, last), answer) in self.listed.iter_mut().zip(first.into_iter().chain(second)) {
            *last = answer.map_err(|failure| self.use_unread = Some(failure)).ok();
        }
    }

    /// Slots that are about to be true, written where they live.
    async fn write(&mut self, effect: &Effect) -> Result<Became, Fell> {
        let after = self.seen.slots.after(effect, &self.seen.keys);
        let (iam, user) = (&self.shared.iam, &self.user);
        let now: SystemTime = iam.clock.now();
        match (&self.shared.target, effect) {
            (Target::Document(store), _) => store.write(user, &self.document, effect, &after).await?,
            // Notes have tags of their own: one that lands late erases no name.
            (_, Effect::Open) => iam.tag(user, OPEN, &write_open(user, now)).await?,
            (_, Effect::Rest(_)) => iam.tag(user, REST, &write_rest(user, &after, now)).await?,
            (_, _) => {
                let over = self.noted(effect);
                iam.tag(user, SLOTS, &write_slots(user, &after, over.as_deref(), now)).await?;
            }
        }
        self.expect(Expect::Slots(after));
        Ok(Became::Done)
    }

    /// What the store holds over which PENDING is to be put, where that tells later whether it arrived.
    fn noted(&self, effect: &Effect) -> Option<String> {
        let Target::Store(store) = &self.shared.target else { return None };
        let stages = matches!(effect, Effect::Stage(_)) && self.notes;
        let writes = store.promises().tells == Tells::Writes;
        let revision = self.reading.as_ref().filter(|_| stages && writes)?.revision.as_deref()?;
        Some(note(revision))
    }

    async fn stage(&mut self, effect: &Effect) -> Result<Became, Fell> {
        let Target::Document(store) = &self.shared.target else {
            return self.write(effect).await;
        };
        let Some(pair) = &self.pair else { return Err(self.nothing_in_hand().into()) };
        store.stage(&self.user, &self.document, pair).await?;
        self.expect(Expect::Slots(self.seen.slots.after(effect, &self.seen.keys)));
        Ok(Became::Stored)
    }

    async fn promote(&mut self, effect: &Effect, id: &AccessKeyId) -> Result<Became, Fell> {
        let Target::Document(store) = &self.shared.target else {
            return self.write(effect).await;
        };
        let staged = match self.pair.take() {
            Some(pair) if pair.id == *id => pair,
            // A pair that some other run has staged.
            Some(_) | None => store.staged(&self.user, &self.document).await?,
        };
        let after = self.seen.slots.after(effect, &self.seen.keys);
        // Beside the proof, and seconds before the move that it is about.
        let announce = async || store.announce(&self.user, &self.document).await;
        let proved = self.prove_beside(&staged, announce).await;
        let promoted = match proved {
            Ok(()) => store.promote(&self.user, &self.document, &after).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = promoted {
            self.pair = Some(staged);
            return Err(failure.into());
        }
        self.expect(Expect::Slots(after));
        Ok(Became::Done)
    }

    /// LAST is proved, and served again.
    async fn restore(&mut self, effect: &Effect, id: &AccessKeyId) -> Result<Became, Fell> {
        match &self.shared.target {
            Target::Document(store) => {
                let pair = store.previous(&self.user, &self.document).await?;
                self.prove(&pair).await?;
                store.restore(&self.user, &self.document).await?;
                self.expect(Expect::Slots(self.seen.slots.after(effect, &self.seen.keys)));
            }
            Target::Store(store) => {
                let pair = store.previous(&self.user, id).await?.ok_or_else(|| {
                    let doing = format!("serve {id} again from {}", store.name(&self.user));
                    Failure::new(Class::Missing, doing, "the store does not have its pair any more")
                })?;
                self.prove(&pair).await?;
                let Some(over) = &self.reading else { return Err(self.nothing_in_hand().into()) };
                store.put(&self.user, &pair, over).await?;
                self.expect(Expect::Served(id.clone()));
            }
            Target::HandOver { .. } => return Err(self.nothing_in_hand().into()),
        }
        Ok(Became::Done)
    }

    async fn publish(&mut self) -> Result<Became, Fell> {
        let Some(pair) = &self.pair else { return Err(self.nothing_in_hand().into()) };
        if let Err(failure) = self.prove(pair).await {
            // Shown to nobody: the key is taken back while there is time for that.
            return Err(Fell { became: Became::Rejected, failure });
        }
        let became = match &self.shared.target {
            Target::HandOver { to, trust, .. } => {
                let spare = self.deadline.left().saturating_sub(self.shared.limits.request_timeout());
                self.shared.turns.wait(self.place, spare).await;
                let delivered = to.put(&self.user.name, pair);
                self.shared.turns.over(self.place);
                delivered?;
                if *trust { Became::Stored } else { Became::Done }
            }
            Target::Store(store) => {
                let Some(over) = &self.reading else { return Err(self.nothing_in_hand().into()) };
                store.put(&self.user, pair, over).await?;
                if over.serves != Serves::Untold {
                    self.expected
                        .push((Expect::Served(pair.id.clone()), Deadline::begin(self.shared.settle)));
                }
                Became::Stored
            }
            Target::Document(_) => return Err(self.nothing_in_hand().into()),
        };
        self.pair = None;
        Ok(became)
    }

    async fn create(&mut self) -> Result<Became, Fell> {
        let pair = self.shared.iam.create(&self.user).await?;
        let id = pair.id.clone();
        self.pair = Some(pair);
        Ok(Became::Made(id))
    }

    async fn delete(&mut self, id: &AccessKeyId) -> Result<Became, Fell> {
        self.shared.iam.delete(&self.user, id).await?;
        if self.run.hand.key() == Some(id) {
            self.pair = None;
        }
        self.expect(Expect::Gone(id.clone()));
        Ok(Became::Done)
    }

    async fn activate(&mut self, id: &AccessKeyId) -> Result<Became, Fell> {
        self.shared.iam.activate(&self.user, id).await?;
        self.expect(Expect::Turned(id.clone(), Status::Active));
        Ok(Became::Done)
    }

    async fn deactivate(&mut self, id: &AccessKeyId) -> Result<Became, Fell> {
        self.shared.iam.deactivate(&self.user, id).await?;
        self.expect(Expect::Turned(id.clone(), Status::Inactive));
        Ok(Became::Done)
    }

    async fn prove(&self, pair: &Pair) -> Result<(), Failure> {
        self.prove_beside(pair, async || Ok(())).await
    }

    async fn prove_beside(
        &self,
        pair: &Pair,
        beside: impl AsyncFn() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // The store's write must fit in, and if the pair does not work, taking the key back.
        let reserve = 2 * self.shared.limits.request_timeout();
        let (config, limiter) = (&self.shared.caller.config, self.shared.iam.limiter());
        prove(config, limiter, &self.user, pair, &self.deadline, reserve, beside).await
    }

    fn nothing_in_hand(&self) -> Failure {
        Failure::new(
            Class::Setup,
            format!("hand over a key of {}", self.user.name),
            "this run holds no new key",
        )
    }

    fn expect(&mut self, expect: Expect) {
        // Slots that were written over do not show any more.
        if let Expect::Slots(_) = expect {
            self.expected.retain(|(before, _)| !matches!(before, Expect::Slots(_)));
        }
        self.expected.push((expect, Deadline::begin(self.shared.settle)));
    }

    /// Whether what is known here of the store still holds after an effect that took hold.
    fn keeps_up_with(&mut self, effect: &Effect) -> bool {
        match (&self.shared.target, effect) {
            // These are not about what the store holds.
            (_, Effect::Delete(_) | Effect::Promote(_)) => true,
            (Target::HandOver { .. }, _) => true,
            // The next write is refused if somebody else has written since the last look.
            (Target::Document(store), Effect::Create) => store.promises().swaps,
            (Target::Document(_), Effect::Open) => self.document.keeps_up_with_open(),
            (Target::Document(_), Effect::Stage(id)) => self.document.staged(id),
            // What it holds is noted beside PENDING, once the rotation is open.
            (Target::Store(_), Effect::Open) => true,
            (Target::Store(store), Effect::Create | Effect::Publish(_)) => {
                store.promises().tells == Tells::Nothing
            }
            (Target::Document(_) | Target::Store(_), _) => false,
        }
    }

    /// A user whose new key is made is brought to an end even when the run was told to stop.
    pub(crate) fn holds_a_key(&self) -> bool {
        self.run.hand.key().is_some()
    }
}

impl World for Live<'_> {
    /// Looks until what this run wrote is visible, so that no decision rests on an older state.
    async fn observe(&mut self) -> Result<Observation, Failure> {
        let mut nap = Duration::from_millis(100);
        loop {
            if self.shared.stop.is_set() && !self.holds_a_key() {
                return Err(Failure::new(
                    Class::Stopped,
                    format!("go on with {}", self.user.name),
                    "told to stop",
                ));
            }
            let facts = if self.holds_a_key() {
                self.look().await?
            } else {
                let stop = self.shared.stop.clone();
                // A look has no effect, so it may be broken off: it might be waiting for its turn.
                tokio::select! { facts = self.look() => facts?, () = stop.told() => continue }
            };
            // Answers lag no longer than `settle`; after that, what is there is newer than what was written.
            let hidden = |(expected, lag): &(Expect, Deadline)| {
                !expected.visible_in(&facts) && lag.left() > Duration::ZERO
            };
            if !self.expected.iter().any(hidden) {
                self.expected.clear();
                let observation = Observation::new(facts).map_err(|error| {
                    let mend = match &self.shared.target {
                        Target::Document(store) => store.mend(),
                        Target::Store(_) | Target::HandOver { .. } => {
                            "remove the tags `rotator:slots`, `rotator:open` and `rotator:rest` if a person edited them, then run again"
                        }
                    };
                    let doing = format!("understand the state of {}", self.user.name);
                    Failure::new(Class::Setup, doing, format!("{error}; {mend}"))
                })?;
                self.seen = observation.facts().clone();
                return Ok(observation);
            }
            if self.deadline.left() < nap {
                let doing = format!("see the last change to {}", self.user.name);
                return Err(Failure::new(Class::Deadline, doing, "it did not show in time"));
            }
            sleep(nap).await;
            nap = (nap * 2).min(Duration::from_secs(2));
        }
    }

    fn goes_on(&mut self, from: &Observation) -> bool {
        // What a stop leads to is said in one place.
        let stop = self.shared.stop.is_set() && !self.holds_a_key();
        let goes_on = self.up_to_date && !stop;
        if goes_on {
            self.seen = from.facts().clone();
        }
        goes_on
    }

    async fn perform(&mut self, effect: &Effect) -> Result<Became, Failure> {
        self.up_to_date = false;
        self.shared.iam.until_its_turn_is_near(effect, &self.deadline).await;
        // Nothing begins that could end after the deadline.
        if self.deadline.left() < self.shared.limits.request_timeout() {
            return Err(Failure::new(Class::Deadline, effect.to_string(), "too little time is left for it"));
        }
        let done = match effect {
            Effect::Adopt { .. } | Effect::Open | Effect::Rest(_) => self.write(effect).await,
            Effect::Create => self.create().await,
            Effect::Stage(_) => self.stage(effect).await,
            Effect::Publish(_) => self.publish().await,
            Effect::Promote(id) => self.promote(effect, id).await,
            Effect::Restore(id) => self.restore(effect, id).await,
            Effect::Activate(id) => self.activate(id).await,
            Effect::Deactivate(id) => self.deactivate(id).await,
            Effect::Delete(id) => self.delete(id).await,
        };
        let (became, failure) = match done {
            Ok(became) => (became, None),
            Err(Fell { became, failure }) => (became, Some(failure)),
        };
        self.run.take_down(effect, self.shared.target.memory(), &became);
        match failure {
            Some(failure) => Err(failure),
            None => {
                self.up_to_date = self.keeps_up_with(effect);
                Ok(became)
            }
        }
    }

    async fn pause(&mut self, span: Duration, nap: Duration) -> bool {
        let stop = self.shared.stop.is_set() && !self.holds_a_key();
        if stop || span >= self.deadline.left() {
            return false;
        }
        sleep(nap).await;
        true
    }
}

/// An effect of which this run did not hear that it took hold.
struct Fell {
    became: Became,
    failure: Failure,
}

impl From<Failure> for Fell {
    fn from(failure: Failure) -> Self {
        Self { became: if failure.is_unclear() { Became::Unclear } else { Became::Failed }, failure }
    }
}

impl From<Undelivered> for Fell {
    fn from(undelivered: Undelivered) -> Self {
        let (became, failure) = match undelivered {
            // Whatever the reason: the next look leads to taking the key back.
            Undelivered::Rejected(failure) => {
                let action = if let Class::Denied(action) = failure.class { Some(action) } else { None };
                if let Class::StoreRejected(_) = failure.class {
                    (Became::Rejected, failure)
                } else {
                    (Became::Rejected, Failure { class: Class::StoreRejected(action), ..failure })
                }
            }
            // Nobody has seen it, and after another look it can be put.
            Undelivered::Stale(failure) => (Became::Failed, failure),
            Undelivered::Unclear(failure) => (Became::Unclear, failure),
        };
        Self { became, failure }
    }
}
