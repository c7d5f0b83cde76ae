//! IAM as one machine user sees it: two keys, a list that may be one change behind, dates of whole
//! ticks, and a last use that comes late.

use core::num::NonZeroU8;

use crate::Status;

/// A count of ticks: what a tick is worth, the policy says.
pub type Ticks = u16;

/// How many keys a user may have. Active and Inactive count alike (IAM user guide, quotas).
pub const QUOTA: usize = 2;

/// A key's number, in the order in which keys are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(NonZeroU8);

impl Id {
    /// The key that was made as the `number`th; zero counts as the first.
    #[must_use]
    pub fn nth(number: u8) -> Self {
        Self(NonZeroU8::new(number).unwrap_or(NonZeroU8::MIN))
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0.get()
    }
}

/// Why IAM says no. The names are IAM's own (IAM API reference, errors of each action).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum No {
    /// There is no such user, or the user has no such key.
    NoSuchEntity,
    /// The user exists.
    EntityAlreadyExists,
    /// The user has two keys.
    LimitExceeded,
    /// The user has keys, and is not deleted before they are.
    DeleteConflict,
}

impl No {
    /// The error code in IAM's answer.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSuchEntity => "NoSuchEntity",
            Self::EntityAlreadyExists => "EntityAlreadyExists",
            Self::LimitExceeded => "LimitExceeded",
            Self::DeleteConflict => "DeleteConflict",
        }
    }
}

/// A key as IAM knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IamKey {
    /// Its number.
    pub id: Id,
    /// Whether its calls are accepted.
    pub status: Status,
    /// Since it was made.
    pub age: Ticks,
    /// Since its last use was taken down.
    pub used: Option<Ticks>,
    /// What a reader gets to whom that record has not come yet.
    pub used_before: Option<Ticks>,
    /// What the bystander knows of it.
    pub ghost: Ghost,
}

/// What no reader of IAM is told, and the bystander who judges a world knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Ghost {
    /// Not all of IAM knows the key yet.
    pub propagating: bool,
    /// Since the store stopped serving it, if it ever served it.
    pub left: Option<Ticks>,
    /// A person made it, and it is nobody else's.
    pub foreign: bool,
    /// It was made while a rotation was open, so it may be taken for a run's.
    pub in_open: bool,
    /// Since a foreign key was used for the first time.
    pub first_used: Option<Ticks>,
    /// Since a run switched it off.
    pub off: Option<Ticks>,
    /// Somebody said that it has leaked.
    pub leaked: bool,
}

/// One user's keys, the eldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iam {
    exists: bool,
    /// One place more than the quota, which is not quite atomic (terraform-provider-aws #39693).
    keys: [Option<IamKey>; QUOTA + 1],
    made: u8,
    /// The latest change, for readers who do not see it yet, and how long ago it was.
    change: Option<(Change, Ticks)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Change {
    Made(Id),
    Gone(IamKey),
    Turned(Id, Status),
}

impl IamKey {
    fn tick(&mut self, lag: Ticks, cap: Ticks, greatest: Ticks) {
        let tick = |age: &mut Ticks| *age = age.saturating_add(1).min(cap);
        let Ghost { left, first_used, off, .. } = &mut self.ghost;
        let ages = [&mut self.used, &mut self.used_before, left, first_used, off];
        ages.into_iter().flatten().for_each(tick);
        self.age = self.age.saturating_add(1).min(greatest);
        if self.used.is_none_or(|age| age >= lag) {
            self.used_before = None;
        }
        self.ghost.propagating = false;
    }
}

impl Default for Iam {
    fn default() -> Self {
        Self { exists: true, keys: [None; QUOTA + 1], made: 0, change: None }
    }
}

impl Iam {
    /// IAM CreateUser.
    ///
    /// # Errors
    /// [`No::EntityAlreadyExists`].
    pub fn create_user(&mut self) -> Result<(), No> {
        if self.exists {
            return Err(No::EntityAlreadyExists);
        }
        self.exists = true;
        Ok(())
    }

    /// IAM DeleteUser.
    ///
    /// # Errors
    /// [`No::NoSuchEntity`], [`No::DeleteConflict`].
    pub fn delete_user(&mut self) -> Result<(), No> {
        self.user()?;
        if self.keys().next().is_some() {
            return Err(No::DeleteConflict);
        }
        (self.exists, self.change) = (false, None);
        Ok(())
    }

    /// IAM CreateAccessKey.
    ///
    /// # Errors
    /// [`No::NoSuchEntity`], [`No::LimitExceeded`].
    pub fn create_key(&mut self) -> Result<Id, No> {
        self.user()?;
        if self.keys().count() >= QUOTA {
            return Err(No::LimitExceeded);
        }
        self.create_key_beyond_quota()
    }

    /// CreateAccessKey as it ends when two calls meet: one key more than the quota.
    ///
    /// # Errors
    /// [`No::NoSuchEntity`], [`No::LimitExceeded`].
    pub fn create_key_beyond_quota(&mut self) -> Result<Id, No> {
        self.user()?;
        let id = Id::nth(self.made.saturating_add(1));
        let key = IamKey {
            id,
            status: Status::Active,
            age: 0,
            used: None,
            used_before: None,
            ghost: Ghost::default(),
        };
        let place = self.keys.iter_mut().find(|place| place.is_none()).ok_or(No::LimitExceeded)?;
        *place = Some(key);
        (self.made, self.change) = (id.number(), Some((Change::Made(id), 0)));
        Ok(id)
    }

    /// IAM UpdateAccessKey.
    ///
    /// # Errors
    /// [`No::NoSuchEntity`].
    pub fn update_key(&mut self, id: Id, status: Status) -> Result<(), No> {
        self.user()?;
        let key = self.key_mut(id).ok_or(No::NoSuchEntity)?;
        let before = core::mem::replace(&mut key.status, status);
        if before != status {
            self.change = Some((Change::Turned(id, before), 0));
        }
        Ok(())
    }

    /// IAM DeleteAccessKey.
    ///
    /// # Errors
    /// [`No::NoSuchEntity`].
    pub fn delete_key(&mut self, id: Id) -> Result<(), No> {
        self.user()?;
        let place = self.keys.iter_mut().find(|place| place.is_some_and(|key| key.id == id));
        let gone = place.and_then(Option::take).ok_or(No::NoSuchEntity)?;
        self.close_up();
        self.change = Some((Change::Gone(gone), 0));
        Ok(())
    }

    /// The user goes with its keys, and another of its name comes.
    pub fn recreate_user(&mut self) {
        *self = Self { made: self.made, ..Self::default() };
    }

    /// IAM ListAccessKeys, as it is.
    pub fn keys(&self) -> impl Iterator<Item = &IamKey> {
        self.keys.iter().flatten()
    }

    pub(super) fn listed(&self) -> [Option<IamKey>; QUOTA + 1] {
        self.keys
    }

    pub(super) fn keys_mut(&mut self) -> impl Iterator<Item = &mut IamKey> {
        self.keys.iter_mut().flatten()
    }

    /// IAM ListAccessKeys, as a reader sees it whom the latest change has not reached.
    #[must_use]
    pub fn keys_before(&self) -> [Option<IamKey>; QUOTA + 1] {
        let mut before = *self;
        match self.change {
            Some((Change::Made(id), _)) => {
                before
                    .keys
                    .iter_mut()
                    .filter(|place| place.is_some_and(|key| key.id == id))
                    .for_each(|place| *place = None);
                before.close_up();
            }
            Some((Change::Turned(id, status), _)) => {
                before.key_mut(id).into_iter().for_each(|key| key.status = status);
            }
            Some((Change::Gone(key), _)) => {
                if let Some(place) = before.keys.iter_mut().find(|place| place.is_none()) {
                    *place = Some(key);
                }
                before.keys.sort_by_key(|place| place.map_or(u8::MAX, |key| key.id.number()));
            }
            None => {}
        }
        before.keys
    }

    /// How long ago the latest change was, if readers may still miss it.
    #[must_use]
    pub fn changed(&self) -> Option<Ticks> {
        self.change.map(|(_, age)| age)
    }

    /// The key of this number.
    #[must_use]
    pub fn key(&self, id: Id) -> Option<&IamKey> {
        self.keys().find(|key| key.id == id)
    }

    /// Whether calls signed with it are accepted, wherever they arrive.
    #[must_use]
    pub fn works(&self, id: Id) -> bool {
        self.key(id).is_some_and(|key| key.status == Status::Active && !key.ghost.propagating)
    }

    /// A call signed with it is taken down.
    pub fn used(&mut self, id: Id) {
        if let Some(key) = self.key_mut(id).filter(|key| key.status == Status::Active) {
            if key.used != Some(0) {
                (key.used, key.used_before) = (Some(0), key.used);
            }
            if key.ghost.foreign {
                key.ghost.first_used = key.ghost.first_used.or(Some(0));
            }
        }
    }

    /// A tick passes. Answers lag less than `lag` ticks; more than `cap` ticks are all alike.
    pub fn tick(&mut self, lag: Ticks, cap: Ticks) {
        // Even where ages are alike, an elder key stays the elder: from the youngest on, each has a greater
        // one.
        let mut younger: Option<(Ticks, Ticks)> = None;
        for key in self.keys.iter_mut().rev().flatten() {
            let before = key.age;
            let greatest = younger.map_or(cap, |(age, greatest)| greatest + Ticks::from(before > age));
            key.tick(lag, cap, greatest);
            younger = Some((before, greatest));
        }
        if let Some((change, age)) = &mut self.change {
            *age = age.saturating_add(1).min(cap);
            if let Change::Gone(key) = change {
                key.tick(lag, cap, cap);
            }
        }
        self.change = self.change.filter(|(_, age)| *age < lag);
    }

    /// Lets nobody see an older state: where lists and last use are always up to date.
    pub(super) fn settle(&mut self, lists: bool, uses: bool) {
        if lists {
            self.change = None;
        }
        if uses {
            self.keys.iter_mut().flatten().for_each(|key| key.used_before = None);
        }
    }

    pub(super) fn each_id(&mut self, visit: &mut impl FnMut(&mut Id)) {
        self.keys.iter_mut().flatten().for_each(|key| visit(&mut key.id));
        match &mut self.change {
            Some((Change::Gone(key), _)) => visit(&mut key.id),
            Some((Change::Made(id) | Change::Turned(id, _), _)) => visit(id),
            None => {}
        }
    }

    /// The next key gets the number after this one.
    pub(super) fn numbered_up_to(&mut self, last: u8) {
        self.made = last;
    }

    pub(super) fn key_mut(&mut self, id: Id) -> Option<&mut IamKey> {
        self.keys.iter_mut().flatten().find(|key| key.id == id)
    }

    fn user(&self) -> Result<(), No> {
        if self.exists { Ok(()) } else { Err(No::NoSuchEntity) }
    }

    fn close_up(&mut self) {
        self.keys.sort_by_key(|place| place.is_none());
    }
}
