//! People: they make keys, use them, break them, edit the memory, and know what the store serves.

use super::iam::{IamKey, Id};
use super::memory::Names;
use super::mind::Act;
use super::setup::{Deed, Setup};
use super::world::{Request, World};
use crate::{Memory, Status};

impl World {
    /// A person does this, if there is anything to do it to. Whether it was done.
    pub fn person(&mut self, setup: &Setup, deed: Deed) -> bool {
        let names = self.slots.read(setup.memory).names;
        let other = names.pending.or(names.last).filter(|id| self.served != Some(*id));
        let done = match deed {
            Deed::Creates => self.person_creates(names),
            Deed::Uses => self.person_uses(setup),
            Deed::UsesOther => self.person_uses_other(setup),
            Deed::Deactivates => self.served.is_some_and(|id| self.person_breaks(id, false)),
            Deed::Deletes => self.served.is_some_and(|id| self.person_breaks(id, true)),
            Deed::DeactivatesOther => other.is_some_and(|id| self.person_breaks(id, false)),
            Deed::DeletesOther => other.is_some_and(|id| self.person_breaks(id, true)),
            Deed::Activates => self.person_activates(),
            Deed::Recreates => self.person_recreates(setup),
            Deed::Wipes => self.person_edits(setup, |_| None),
            Deed::DropsCurrent => self.person_edits(setup, |names| Some(Names { current: None, ..names })),
            Deed::Swaps => self.person_edits(setup, |names| {
                Some(Names { current: names.last, last: names.current, ..names })
            }),
            Deed::PutsBack => self.person_puts_back(names),
        };
        self.past.acted |= done;
        done
    }

    /// A person who looked deletes a key that nobody is served by.
    pub fn person_deletes(&mut self, id: Id) {
        if self.iam.delete_key(id).is_ok() {
            self.keys_changed();
        }
    }

    fn person_creates(&mut self, names: Names) -> bool {
        let Ok(id) = self.iam.create_key() else { return false };
        self.keys_changed();
        self.past.created = true;
        if let Some(key) = self.iam.key_mut(id) {
            (key.ghost.foreign, key.ghost.in_open) = (true, names.under_way());
        }
        true
    }

    fn person_uses(&mut self, setup: &Setup) -> bool {
        // Where nothing is written yet, use is what tells keys apart: the limit of adoption.
        if self.slots.read(setup.memory).written.is_none() && setup.memory != Memory::Dates {
            return false;
        }
        let Some(id) = self.iam.keys().find(|key| key.ghost.foreign).map(|key| key.id) else { return false };
        self.iam.used(id);
        true
    }

    fn person_uses_other(&mut self, setup: &Setup) -> bool {
        // Of a key that a run made, nobody but the store has the secret before it was served.
        let unmet = self.slots.read(setup.memory).written.is_none() && setup.memory != Memory::Dates;
        let had = |key: &&IamKey| self.served != Some(key.id) && (unmet || key.ghost.left.is_some());
        let other = self.iam.keys().find(had).map(|key| key.id);
        other.into_iter().for_each(|id| self.iam.used(id));
        other.is_some()
    }

    fn person_breaks(&mut self, id: Id, for_good: bool) -> bool {
        let broken =
            if for_good { self.iam.delete_key(id) } else { self.iam.update_key(id, Status::Inactive) };
        if broken.is_err() {
            return false;
        }
        self.keys_changed();
        self.breaks(id);
        true
    }

    fn person_activates(&mut self) -> bool {
        let off = self.iam.keys().find(|key| key.status == Status::Inactive).map(|key| key.id);
        let Some(id) = off else { return false };
        self.keys_changed();
        self.iam.update_key(id, Status::Active).is_ok()
    }

    fn person_recreates(&mut self, setup: &Setup) -> bool {
        let keys: [Option<Id>; 3] = self.iam.listed().map(|key| key.map(|key| key.id));
        keys.into_iter().flatten().chain(self.served).for_each(|id| self.breaks(id));
        self.iam.recreate_user();
        self.user = self.user.saturating_add(1);
        self.past.recreated = true;
        // A user's tags go with the user; a store stays.
        if setup.memory == Memory::Ledger {
            self.slots.wipe();
            self.slots.settle();
        }
        self.keys_changed();
        true
    }

    /// The memory says something else, or nothing, and when that was written.
    fn person_edits(&mut self, setup: &Setup, how: impl Fn(Names) -> Option<Names>) -> bool {
        let read = self.slots.read(setup.memory);
        // IAM's DeleteAccessKey has no condition: nobody can guard what is already on its way.
        let takes = |request: &Request| matches!(request.act, Act::Delete(_) | Act::Deactivate(_));
        let decided = self.runs.iter().flatten().filter_map(|run| run.decided.as_ref());
        let taking = decided.chain(self.late.iter().flatten()).any(takes);
        if setup.memory == Memory::Dates || read.written.is_none() || taking {
            return false;
        }
        match how(read.names) {
            Some(names) if names != read.names => {
                self.slots.write(setup.memory, names, read.over, 0, read.user);
            }
            Some(_) => return false,
            None => self.slots.wipe(),
        }
        self.slots_changed();
        // A document is what jobs read.
        if setup.memory == Memory::Document {
            match self.slots.read(setup.memory).names.current {
                Some(id) => {
                    self.serve(id);
                    if !self.iam.works(id) {
                        self.breaks(id);
                    }
                }
                None => self.stop_serving(),
            }
        }
        true
    }

    fn person_puts_back(&mut self, names: Names) -> bool {
        let taking = |request: &Request| matches!(request.act, Act::Delete(_) | Act::Deactivate(_));
        let decided = self.runs.iter().flatten().filter_map(|run| run.decided.as_ref());
        // As with an edit: what is already on its way cannot be guarded.
        let taken = decided.chain(self.late.iter().flatten()).any(taking);
        let Some(last) = names.last.filter(|id| !taken && self.iam.works(*id)) else { return false };
        self.serve(last)
    }

    fn breaks(&mut self, id: Id) {
        let place = self.past.broken.iter_mut().find(|place| place.is_none_or(|broken| broken == id));
        place.into_iter().for_each(|place| *place = Some(id));
    }

    /// A key that a word or an adoption names is no longer a person's own; one that was made while a
    /// rotation was being opened, unseen, may be taken for a run's.
    pub fn vouch(&mut self, setup: &Setup, request: &Request) {
        let named = match request.act {
            Act::Adopt { current, last, .. } => [Some(current), last],
            Act::Promote(id) => [Some(id), None],
            Act::Open | Act::Create | Act::Stage(_) | Act::Publish(_) => [None; 2],
            Act::Rest(_) | Act::Restore(_) | Act::Activate(_) => [None; 2],
            Act::Deactivate(_) | Act::Delete(_) => [None; 2],
        };
        let open = self.slots.read(setup.memory).names.open;
        let unseen = request.looked.saturating_add(setup.times.lag);
        for key in self.iam.keys_mut() {
            key.ghost.foreign &= !named.contains(&Some(key.id));
            key.ghost.in_open |= open && key.age <= unseen;
        }
    }
}
