//! IAM: two keys at most, a list that is one change behind for a while, whole-second dates, and a
//! last use that is coarse, late, or not to be had.

use core::time::Duration;

use rotator::{AccessKeyId, Key, Status, Used};

use super::{Time, id};

/// One user's keys.
#[derive(Debug, Clone, Default)]
pub struct Iam {
    pub keys: Vec<IamKey>,
    before: Vec<IamKey>,
    changed: Time,
    made: u32,
    /// Counts the users of this name, as UserId does.
    pub user: u32,
}

/// A key, and what only a bystander knows of it.
#[derive(Debug, Clone)]
pub struct IamKey {
    pub id: AccessKeyId,
    pub status: Status,
    pub created: Time,
    /// Not all of IAM knows a key as soon as it is made.
    pub usable_from: Time,
    recorded: Option<Time>,
    recorded_before: Option<Time>,
    pub first_used: Option<Time>,
    pub by_person: bool,
    /// Somebody said so.
    pub leaked: bool,
    /// A rotation was open when it was made.
    pub in_open: bool,
}

impl Iam {
    /// Makes a key. The quota is the caller's to check.
    pub fn add(&mut self, now: Time, usable_after: Time) -> AccessKeyId {
        self.made += 1;
        let key = IamKey {
            id: id(self.made),
            status: Status::Active,
            created: now,
            usable_from: now + usable_after,
            recorded: None,
            recorded_before: None,
            first_used: None,
            by_person: false,
            leaked: false,
            in_open: false,
        };
        let id = key.id.clone();
        self.change(now, |keys| keys.push(key));
        id
    }

    pub fn full(&self) -> bool {
        self.keys.len() >= 2
    }

    pub fn key(&self, id: &AccessKeyId) -> Option<&IamKey> {
        self.keys.iter().find(|key| key.id == *id)
    }

    pub fn key_mut(&mut self, id: &AccessKeyId) -> Option<&mut IamKey> {
        self.keys.iter_mut().find(|key| key.id == *id)
    }

    pub fn works(&self, id: &AccessKeyId, now: Time) -> bool {
        self.key(id).is_some_and(|key| key.status == Status::Active && key.usable_from <= now)
    }

    pub fn remove(&mut self, id: &AccessKeyId, now: Time) {
        self.change(now, |keys| keys.retain(|key| key.id != *id));
    }

    pub fn turn(&mut self, id: &AccessKeyId, status: Status, now: Time) {
        self.change(now, |keys| {
            for key in keys.iter_mut().filter(|key| key.id == *id) {
                key.status = status;
            }
        });
    }

    /// The user is deleted and made anew.
    pub fn recreate(&mut self, now: Time) {
        self.user += 1;
        self.change(now, Vec::clear);
        self.before.clear();
    }

    fn change(&mut self, now: Time, how: impl FnOnce(&mut Vec<IamKey>)) {
        self.before = self.keys.clone();
        self.changed = now;
        how(&mut self.keys);
    }

    /// A key is used, and IAM takes it down if the last record is `coarse` old.
    pub fn used(&mut self, id: &AccessKeyId, now: Time, coarse: Time) {
        if let Some(key) = self.key_mut(id).filter(|key| key.status == Status::Active) {
            key.first_used = key.first_used.or(Some(now));
            if key.recorded.is_none_or(|last| now >= last + coarse) {
                key.recorded_before = key.recorded;
                key.recorded = Some(now);
            }
        }
    }

    pub fn lags(&self, now: Time, lag: Time) -> bool {
        now < self.changed + lag
    }

    /// The list as somebody reads it: perhaps stale, perhaps without the last use of the first or the
    /// second key. All times are whole seconds, the time of the answer as well.
    pub fn list(&self, now: Time, lag: Time, stale: bool, late_use: bool, unread: [bool; 2]) -> Vec<Key> {
        let keys = if stale && self.lags(now, lag) { &self.before } else { &self.keys };
        let read = |(key, unread): (&IamKey, bool)| {
            let recorded = match key.recorded {
                Some(at) if late_use && now < at + lag => key.recorded_before,
                recorded => recorded,
            };
            let used = match recorded {
                _ if unread => Used::Unknown,
                None => Used::Never,
                Some(at) => Used::Ago(since(at, now)),
            };
            Key { id: key.id.clone(), status: key.status, age: since(key.created, now), used }
        };
        keys.iter().zip(unread).map(read).collect()
    }
}

/// The age of something, by whole-second dates.
pub fn since(at: Time, now: Time) -> Duration {
    Duration::from_secs((now / 1_000).saturating_sub(at / 1_000))
}
