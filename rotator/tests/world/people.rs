//! People: they make keys, use them, break CURRENT, and know what the store serves.

use rotator::{AccessKeyId, Effect, Status};

use super::{Iam, Time, World, millis};

/// What a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Makes a key, if there is room.
    Creates,
    /// Uses the key that a person made last.
    Uses,
    /// Deactivates what is served.
    Deactivates,
    /// Deletes what is served.
    Deletes,
    /// Deletes the user and makes it anew.
    Recreates,
    /// Puts the pair that is served into the store once more.
    PutsAgain,
    /// Puts LAST's pair back into the store, and says so.
    PutsBack,
}

/// What people have done so far.
#[derive(Debug, Clone, Default)]
pub struct Deeds {
    pub created: bool,
    pub broke_served: bool,
    pub recreated: bool,
    /// When somebody last wrote into the store by hand, or what was put back so was named.
    pub wrote: Option<Time>,
    /// Keys whose not working is a person's doing.
    pub broken: Vec<AccessKeyId>,
}

impl Deeds {
    /// Whether a person did anything that a run may have to ask about.
    pub fn any(&self) -> bool {
        self.created || self.broke_served || self.recreated
    }

    /// A key that a word or an adoption names is no longer a person's own; one that was made while
    /// a rotation was being opened, unseen, may be taken for ours.
    pub fn vouch(&self, iam: &mut Iam, effect: &Effect, open: bool, unseen_since: Time) {
        match effect {
            Effect::Adopt { current, last, .. } => {
                for id in [Some(current), last.as_ref()].into_iter().flatten() {
                    iam.key_mut(id).into_iter().for_each(|key| key.by_person = false);
                }
            }
            Effect::Promote(id) => iam.key_mut(id).into_iter().for_each(|key| key.by_person = false),
            Effect::Open | Effect::Create | Effect::Stage(_) | Effect::Publish(_) => {}
            Effect::Rest(_) | Effect::Restore(_) | Effect::Activate(_) => {}
            Effect::Deactivate(_) | Effect::Delete(_) => {}
        }
        if open {
            iam.keys.iter_mut().filter(|key| key.created >= unseen_since).for_each(|key| key.in_open = true);
        }
    }
}

impl World {
    pub fn person(&mut self, does: Person) {
        tell!(self, "{}: a person: {does:?}", self.now);
        let served = self.served.clone();
        match does {
            Person::Creates if self.iam.full() => {}
            Person::Creates => {
                self.people.created = true;
                let open = self.slots.truth().slots.under_way();
                let id = self.iam.add(self.now, 0);
                if let Some(key) = self.iam.key_mut(&id) {
                    (key.by_person, key.in_open) = (true, open);
                }
            }
            // Where nothing is written yet, use is what tells keys apart: the limit of adoption.
            Person::Uses if self.slots.truth().written.is_none() => {}
            Person::Uses => {
                let key = self.iam.keys.iter().rev().find(|key| key.by_person).map(|key| key.id.clone());
                if let Some(id) = key {
                    self.iam.used(&id, self.now, self.setup.coarse);
                }
            }
            Person::Deactivates | Person::Deletes => {
                if let Some(id) = served {
                    self.people.broke_served = true;
                    self.people.broken.push(id.clone());
                    if does == Person::Deletes {
                        self.iam.remove(&id, self.now);
                    } else {
                        self.iam.turn(&id, Status::Inactive, self.now);
                    }
                }
            }
            Person::Recreates => {
                self.people.recreated = true;
                self.people.broken.extend(self.iam.keys.iter().map(|key| key.id.clone()));
                self.people.broken.extend(served);
                self.iam.recreate(self.now);
            }
            Person::PutsAgain | Person::PutsBack if self.is_at_work() => {}
            Person::PutsAgain => {
                if let Some(id) = served {
                    self.put(id);
                    self.people.wrote = Some(self.now);
                    self.hear("put again");
                }
            }
            Person::PutsBack => {
                let last = self.slots.truth().slots.last.clone();
                if let Some(id) = last.filter(|id| self.iam.works(id, self.now)) {
                    self.put(id.clone());
                    (self.people.wrote, self.restored) = (Some(self.now), Some(id));
                    self.hear("put back");
                }
            }
        }
        self.judge_now();
    }

    /// Whoever writes into the store by hand says which key it holds before anything else begins, and
    /// waits until all see that.
    pub fn confirms(&self) -> bool {
        let seen_by_all = |at| self.restored.is_none() && self.now >= at + self.setup.lag();
        self.people.wrote.is_some_and(|at| !seen_by_all(at))
    }

    /// A person who looks at the key and its user deletes it: nobody is served by it.
    pub fn person_deletes(&mut self, id: &AccessKeyId) {
        tell!(self, "{}: a person deletes {id}", self.now);
        self.iam.remove(id, self.now);
    }

    pub fn person_deletes_what_is_not_served(&mut self) {
        let idle = self.iam.keys.iter().find(|key| Some(&key.id) != self.served.as_ref());
        if let Some(id) = idle.map(|key| key.id.clone()) {
            self.person_deletes(&id);
        }
    }

    pub fn rest_of_everything(&self) -> Time {
        let policy = &self.setup.policy;
        let rest = policy.min_age + policy.stray_after + policy.max_age + policy.retire.unwrap_or_default();
        millis(rest) + 2_000
    }
}
