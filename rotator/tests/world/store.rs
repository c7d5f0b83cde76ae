//! What takes the pairs: which key it serves, and what it answers to whoever asks.

use rotator::{AccessKeyId, Served};

use super::{Run, Time, World, iam::since, run::Blur, slots::Version};

/// When the store was written, by its own dates: so many of the store's grains of time since the world began.
#[derive(Debug, Clone, Default)]
pub struct Writes {
    count: u64,
    /// When it was written last.
    at: Time,
    date: Time,
    /// What it says where that has not arrived yet.
    date_before: Time,
}

impl World {
    /// A run's pair: from now on the store serves this key.
    pub fn serve(&mut self, key: AccessKeyId) {
        if self.put(key.clone()) {
            self.rotated.push(key);
        }
    }

    /// From now on the store serves this key. Whether it served another one.
    pub fn put(&mut self, key: AccessKeyId) -> bool {
        self.dated();
        if self.served.as_ref() == Some(&key) {
            return false;
        }
        self.served_before = (self.served.clone(), self.now);
        if let Some(before) = self.served.replace(key.clone()) {
            self.left.retain(|(id, _)| *id != before);
            self.left.push((before, self.now));
        }
        self.left.retain(|(id, _)| *id != key);
        true
    }

    /// The store was written. Each other write is dated by a host whose clock is one grain of time behind.
    fn dated(&mut self) {
        let Writes { count, date, .. } = self.writes;
        let behind = count % 2;
        let now = self.setup.stamps.map_or(0, |grain| (self.now / grain).saturating_sub(behind));
        self.writes = Writes { count: count + 1, at: self.now, date: now, date_before: date };
        self.runs.iter_mut().flatten().for_each(Run::store_changes);
    }

    /// Nobody writes by hand while a rotation is at work there, nor before all see that it has ended.
    pub fn is_at_work(&self) -> bool {
        let runs = self.runs.iter().any(Option::is_some) || self.on_the_way();
        runs || self.slots.truth().slots.under_way() || self.slots.lags(self.now, self.setup.lag())
    }

    /// How long a put waits, so that its own date is later than all that can be seen there.
    pub fn put_waits(&self) -> Time {
        let apart = |grain: Time| ((self.writes.date + 2) * grain).saturating_sub(self.now);
        self.setup.stamps.filter(|_| self.writes.count > 0).map_or(0, apart)
    }

    /// What the store answers to whoever asks it.
    fn read_store(&self, stale: bool) -> Option<AccessKeyId> {
        let (before, until) = &self.served_before;
        if stale && self.now < until + self.setup.lag() { before.clone() } else { self.served.clone() }
    }

    /// When it was written, as it tells a run, if that may be noted beside PENDING.
    pub fn to_note(&self, run: &Run, blur: Blur, read: &Version) -> Option<Time> {
        let beside = read.named.map(|at| since(at, self.now));
        let notes = read.slots.notes_the_store(beside, self.setup.policy.settle);
        (notes && self.setup.stamps.is_some()).then(|| self.date(run, blur))
    }

    /// When it was written, as it tells a run.
    fn date(&self, run: &Run, blur: Blur) -> Time {
        let Writes { at, date, date_before, .. } = self.writes;
        if run.sees_old_store(blur) && self.now < at + self.setup.lag() { date_before } else { date }
    }

    /// What a run knows of what is served, beside these slots.
    pub fn told(&self, run: &Run, blur: Blur, read: &Version) -> Served {
        let noted = read.over.filter(|_| self.setup.stamps.is_some() && read.slots.pending.is_some());
        match (run.word(), noted) {
            _ if self.setup.reads => Served::Read(self.read_store(run.sees_old_store(blur))),
            (Some(word), _) => Served::Said(word.clone()),
            (None, Some(over)) if over == self.date(run, blur) => Served::Unchanged,
            (None, Some(_)) => Served::Changed,
            (None, None) => Served::Untold,
        }
    }
}
