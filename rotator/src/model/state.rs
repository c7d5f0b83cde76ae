//! A world as the state diagram has it: which of the user's keys have a name, and how far a rotation has
//! come.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::setup::Setup;
use super::world::World;
use crate::Status;

/// What the memory names, among the keys that are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    current: bool,
    last: Option<Working>,
    pending: bool,
    open: bool,
    /// There is a key without a name.
    unnamed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Working {
    Active,
    Inactive,
}

impl World {
    /// Its state.
    pub fn state(&self, setup: &Setup) -> State {
        let names = self.slots.read(setup.memory).names;
        let listed = |slot: Option<_>| slot.and_then(|id| self.iam.key(id));
        let named = [names.current, names.last, names.pending];
        State {
            current: listed(names.current).is_some(),
            last: listed(names.last).map(|key| match key.status {
                Status::Active => Working::Active,
                Status::Inactive => Working::Inactive,
            }),
            pending: listed(names.pending).is_some(),
            open: names.open,
            unnamed: self.iam.keys().any(|key| !named.contains(&Some(key.id))),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = match self.last {
            Some(Working::Active) => Some("LAST"),
            Some(Working::Inactive) => Some("LAST (Inactive)"),
            None => None,
        };
        let parts = [
            self.current.then_some("CURRENT"),
            last,
            self.open.then_some("open"),
            self.pending.then_some("PENDING"),
            self.unnamed.then_some("unnamed key"),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        f.write_str(&if parts.is_empty() { String::from("no key") } else { parts.join(", ") })
    }
}
