//! What somebody can know of one user who has the journal and nothing else. What it does not show stays at
//! the value that accuses nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rotator::{
    AccessKeyId, Decision, Effect, Facts, Goal, Hand, Limits, Memory, Moment, Observation, Policy, Served,
    Status, Taken,
};

use crate::journal::line::Fate;

/// One user, over all runs of a file. Of keys that are gone nothing is kept.
#[derive(Debug, Default)]
pub struct Bystander {
    /// How much of the file was lost when this was known.
    pub loss: u64,
    /// What the store serves.
    served: Option<AccessKeyId>,
    /// The key's age when it was last known to be served.
    seen_served: BTreeMap<AccessKeyId, Duration>,
    /// The key's age when a run switched it off.
    off: BTreeMap<AccessKeyId, Duration>,
    /// A run of this file made it.
    made: BTreeSet<AccessKeyId>,
    /// The memory named it.
    named: BTreeSet<AccessKeyId>,
    /// Somebody said that it has.
    leaked: BTreeSet<AccessKeyId>,
    /// A run took it while the store served it.
    took_served: Option<AccessKeyId>,
    seen: Option<Facts>,
}

impl Bystander {
    /// Nothing is known after so many losses.
    pub fn after(loss: u64) -> Self {
        Self { loss, ..Self::default() }
    }

    /// Whether a run can have made this key just now.
    pub fn knows(&self, id: &AccessKeyId) -> bool {
        self.seen.as_ref().is_some_and(|facts| facts.keys.iter().any(|key| key.id == *id))
    }

    /// A look, and what is decided. The moment that it is.
    pub fn decided(&mut self, seen: &Observation, policy: &Policy, decision: &Decision) -> Moment {
        let facts = seen.facts();
        self.served = self.serves(facts, policy);
        if let Goal::Revoke(id) = &policy.goal {
            self.leaked.insert(id.clone());
        }
        self.made.extend(facts.hand.key().cloned());
        let slots = &facts.slots;
        self.named.extend([&slots.current, &slots.last, &slots.pending].into_iter().flatten().cloned());
        for key in &facts.keys {
            if key.status == Status::Active {
                self.off.remove(&key.id);
            }
        }
        if let Some(key) = self.served.as_ref().and_then(|id| seen.key(id)) {
            self.seen_served.insert(key.id.clone(), key.age);
        }
        let moment = self.moment(seen, policy, decision);
        if let Some(taken) = moment.taken.as_ref().filter(|taken| taken.served) {
            self.took_served = Some(taken.id.clone());
        }
        self.forget(facts);
        self.seen = Some(facts.clone());
        moment
    }

    /// What became of an effect.
    pub fn became(&mut self, effect: &Effect, fate: &Fate<'_>) {
        let age = |id: &AccessKeyId| {
            self.seen
                .as_ref()
                .and_then(|facts| facts.keys.iter().find(|key| key.id == *id))
                .map(|key| key.age)
        };
        match (effect, fate) {
            (Effect::Deactivate(id), Fate::TookHold(_)) => {
                if let Some(age) = age(id) {
                    self.off.insert(id.clone(), age);
                }
            }
            (Effect::Publish(_) | Effect::Restore(_), Fate::Failed { .. }) => self.served = None,
            (Effect::Restore(id), Fate::TookHold(_)) => self.served = Some(id.clone()),
            (Effect::Activate(id), _) => {
                self.off.remove(id);
            }
            (
                Effect::Adopt { .. }
                | Effect::Open
                | Effect::Create
                | Effect::Stage(_)
                | Effect::Publish(_)
                | Effect::Promote(_)
                | Effect::Rest(_)
                | Effect::Deactivate(_)
                | Effect::Delete(_),
                _,
            ) => {}
        }
    }

    /// What the store serves: what it tells, or what it acknowledged, as long as the memory names that still.
    fn serves(&self, facts: &Facts, policy: &Policy) -> Option<AccessKeyId> {
        match (&facts.served, facts.memory) {
            (Served::Read(told), _) => told.clone(),
            (_, Memory::Document) => facts.slots.current.clone(),
            (_, Memory::Dates) | (Served::Said(_) | Served::Unchanged, _) => None,
            (Served::Untold | Served::Changed, Memory::Ledger) => {
                // What is trusted was delivered, and nobody knows whether it was stored.
                let stored = match &facts.hand {
                    Hand::Stored(id) if !policy.trust => Some(id),
                    Hand::Stored(_) | Hand::Empty | Hand::Asked | Hand::Holds(_) | Hand::Sent(_) => None,
                };
                let named = |id: &&AccessKeyId| {
                    facts.slots.current.as_ref() == Some(*id) || facts.slots.pending.as_ref() == Some(*id)
                };
                stored.or(self.served.as_ref()).filter(named).cloned()
            }
        }
    }

    fn moment(&self, seen: &Observation, policy: &Policy, decision: &Decision) -> Moment {
        let facts = seen.facts();
        let works = self.served.as_ref().and_then(|id| match seen.key(id) {
            _ if self.took_served.as_ref() == Some(id) => Some(false),
            Some(key) if key.status == Status::Active => Some(true),
            // A person switched it off or deleted it, or the list lags.
            Some(_) | None => None,
        });
        let at_rest = !facts.slots.under_way() && facts.hand.key().is_none();
        // Where the two differ, a person may have put another pair.
        let named = match &facts.served {
            Served::Read(Some(told)) if at_rest && facts.slots.current.as_ref() == Some(told) => Some(true),
            Served::Read(_) | Served::Untold | Served::Said(_) | Served::Changed | Served::Unchanged => None,
        };
        Moment {
            served_works: works,
            taken: self.taken(seen, policy, decision),
            longest_job: policy.min_age,
            quarantine: policy.retire,
            named_is_served: named,
            refused: None,
            person_acted: true,
            faultless: false,
        }
    }

    fn taken(&self, seen: &Observation, policy: &Policy, decision: &Decision) -> Option<Taken> {
        let (id, deletes) = match decision {
            Decision::Perform(Effect::Delete(id)) => (id, true),
            Decision::Perform(Effect::Deactivate(id)) => (id, false),
            Decision::Perform(
                Effect::Adopt { .. }
                | Effect::Open
                | Effect::Create
                | Effect::Stage(_)
                | Effect::Publish(_)
                | Effect::Promote(_)
                | Effect::Rest(_)
                | Effect::Restore(_)
                | Effect::Activate(_),
            )
            | Decision::Wait(..)
            | Decision::Done
            | Decision::Refuse(_) => return None,
        };
        let key = seen.key(id);
        // At the most: by the key's own age, and answers lag.
        let slack = policy.settle.saturating_add(2 * Limits::CLOCK_ERROR);
        let since = |ages: &BTreeMap<AccessKeyId, Duration>| {
            Some(key?.age.saturating_sub(*ages.get(id)?).saturating_add(slack))
        };
        let served = self.served.as_ref() == Some(id);
        let used = key.is_some_and(|key| matches!(key.used, rotator::Used::Ago(_)));
        let nameless = seen.facts().memory != Memory::Dates && !self.named.contains(id);
        Some(Taken {
            id: id.clone(),
            served,
            served_until: if served { None } else { since(&self.seen_served) },
            foreign: nameless && used && !self.made.contains(id),
            leaked: self.leaked.contains(id),
            off_for: if deletes { since(&self.off) } else { None },
        })
    }

    /// On how much a claim could be judged in this moment.
    pub fn shows(&self, claim: &str, moment: &Moment) -> bool {
        let taken = moment.taken.as_ref();
        match claim {
            "current-works" => moment.served_works.is_some(),
            "never-takes-served" => taken.is_some() && self.served.is_some(),
            "last-works" => taken.is_some_and(|taken| taken.served_until.is_some() && !taken.leaked),
            "off-before-gone" => {
                moment.quarantine.is_some() && taken.is_some_and(|taken| taken.off_for.is_some())
            }
            "foreign-untouched" => taken.is_some_and(|taken| {
                taken.foreign || self.made.contains(&taken.id) || self.named.contains(&taken.id)
            }),
            "ledger-true" => moment.named_is_served.is_some(),
            // Whether a person acted, and whether anything failed, no journal tells.
            _ => false,
        }
    }

    fn forget(&mut self, facts: &Facts) {
        let there = |id: &AccessKeyId| {
            facts.keys.iter().any(|key| key.id == *id)
                || facts.hand.key() == Some(id)
                || self.served.as_ref() == Some(id)
        };
        self.seen_served.retain(|id, _| there(id));
        self.off.retain(|id, _| there(id));
        for ids in [&mut self.made, &mut self.named, &mut self.leaked] {
            ids.retain(|id| there(id));
        }
    }
}
