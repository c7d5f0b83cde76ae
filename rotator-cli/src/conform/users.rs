//! Each user's keys over time, put together again from what changed and from what was used.

use std::collections::BTreeMap;

use super::collect::{Account, Change, What};
use super::spans::Spans;

/// A user, from one creation to the next: a user who is deleted and made again is another one.
#[derive(Debug, Clone, Default)]
pub struct User {
    /// The account's number.
    pub account: String,
    /// The name, as it was last.
    pub name: String,
    /// The path, where the trail tells it.
    pub path: Option<String>,
    /// CreateUser, where the trail has it.
    pub made: Option<Change>,
    /// DeleteUser, or the CreateUser of another one of that name.
    pub gone: Option<Change>,
    /// The keys, by when they were first seen.
    pub keys: Vec<Key>,
    /// The times of the account's first and last record.
    pub span: (u64, u64),
    /// The trail shows a change of a key, or the user's creation.
    pub changed: bool,
}

/// A key.
#[derive(Debug, Clone, Default)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// CreateAccessKey; `None`: before the trail begins, as far as that shows it.
    pub made: Option<Change>,
    /// Each UpdateAccessKey, in order.
    pub switched: Vec<Change>,
    /// DeleteAccessKey.
    pub gone: Option<Change>,
    /// Uses by jobs.
    pub jobs: Spans,
}

impl Key {
    /// When the trail first mentions it.
    #[must_use]
    pub fn first_seen(&self) -> Option<u64> {
        let first = |change: Option<&Change>| change.map(|change| change.at);
        let all = [
            first(self.made.as_ref()),
            first(self.switched.first()),
            first(self.gone.as_ref()),
            self.jobs.first(),
        ];
        all.into_iter().flatten().min()
    }

    /// The last moment at which it surely was there.
    #[must_use]
    pub fn last_seen(&self) -> Option<u64> {
        let last = |change: Option<&Change>| change.map(|change| change.at);
        let all = [
            last(self.made.as_ref()),
            last(self.switched.last()),
            last(self.gone.as_ref()),
            self.jobs.last(),
        ];
        all.into_iter().flatten().max()
    }

    /// Whether it was made by then, at the latest, and not deleted before.
    #[must_use]
    pub fn there(&self, at: u64) -> bool {
        self.made.as_ref().is_none_or(|made| made.at <= at)
            && self.gone.as_ref().is_none_or(|gone| gone.at >= at)
    }

    /// The stretches in which it worked; 0: from before the trail. The last one may have no end.
    #[must_use]
    pub fn working(&self) -> Vec<(u64, Option<&Change>)> {
        let mut stretches = Vec::new();
        let off_before = self.made.is_none() && self.switched.first().is_some_and(|c| c.what == What::KeyOn);
        let mut since = (!off_before).then(|| self.made.as_ref().map_or(0, |made| made.at));
        for change in &self.switched {
            match change.what {
                What::KeyOff => stretches.extend(since.take().map(|from| (from, Some(change)))),
                What::KeyOn => since = since.or(Some(change.at)),
                What::UserMade | What::UserRenamed | What::KeyMade | What::KeyGone | What::UserGone => {}
            }
        }
        if let Some(from) = since {
            stretches.push((from, self.gone.as_ref()));
        }
        stretches
    }

    /// Each change by which it stopped to work.
    pub fn takings(&self) -> impl Iterator<Item = &Change> {
        self.working().into_iter().filter_map(|(_, taken)| taken)
    }

    /// Since when it is off, if it is at its end.
    #[must_use]
    pub fn off_since(&self) -> Option<&Change> {
        // Switched off twice, it is off since the first time.
        self.switched.iter().rev().take_while(|change| change.what == What::KeyOff).last()
    }
}

/// The users of one account.
#[must_use]
pub fn rebuild(number: &str, account: &Account) -> Vec<User> {
    let mut build = Build { number, span: account.span.unwrap_or_default(), ..Build::default() };
    for change in account.in_order() {
        build.change(change);
    }
    for (id, used) in &account.uses {
        let made = build.key(id).and_then(|key| key.made.clone());
        let jobs = used.by_jobs(made.as_ref());
        build.used(id, used.user(), used.path(), jobs);
    }
    for user in &mut build.users {
        user.keys.sort_by_key(|key| (key.made.is_some(), key.first_seen(), key.id.clone()));
    }
    build.users
}

#[derive(Default)]
struct Build<'a> {
    number: &'a str,
    span: (u64, u64),
    users: Vec<User>,
    /// By the name in lower case: names are unique without regard to case (IAM user guide).
    live: BTreeMap<String, usize>,
    /// By id, which no other key ever has.
    keys: BTreeMap<String, (usize, usize)>,
}

impl Build<'_> {
    fn change(&mut self, change: &Change) {
        let lower = change.user.to_lowercase();
        match (change.what, &change.key) {
            (What::UserMade, _) => {
                if let Some(before) = self.live.get(&lower).and_then(|at| self.users.get_mut(*at)) {
                    before.gone.get_or_insert_with(|| change.clone());
                }
                let at = self.add(&change.user);
                if let Some(user) = self.users.get_mut(at) {
                    user.made = Some(change.clone());
                    user.path.clone_from(&change.path);
                    user.changed = true;
                }
            }
            (What::UserRenamed, _) => {
                let at = self.owner(&change.user);
                let name = change.new_name().unwrap_or(&change.user).to_owned();
                self.live.remove(&lower);
                self.live.insert(name.to_lowercase(), at);
                if let Some(user) = self.users.get_mut(at) {
                    user.name = name;
                    user.path = change.path.clone().or(user.path.take());
                }
            }
            (What::UserGone, _) => {
                let at = self.owner(&change.user);
                // Deleted and made again within a second: it is the one before that is gone.
                let again = self.users.get(at).and_then(|user| user.made.as_ref());
                let same_second = again.is_some_and(|made| made.at == change.at);
                let replaced = |user: &&mut User| {
                    let ended = user.gone.as_ref();
                    user.name.to_lowercase() == lower
                        && ended.is_some_and(|gone| gone.at == change.at && gone.what == What::UserMade)
                };
                if same_second && let Some(before) = self.users.iter_mut().find(replaced) {
                    before.gone = Some(change.clone());
                    return;
                }
                if let Some(user) = self.users.get_mut(at) {
                    user.gone = Some(change.clone());
                }
                self.live.remove(&lower);
            }
            (What::KeyMade | What::KeyOff | What::KeyOn | What::KeyGone, Some(id)) => {
                let (user, key) = self.place(id, &change.user);
                let Some(user) = self.users.get_mut(user) else { return };
                user.changed = true;
                let Some(key) = user.keys.get_mut(key) else { return };
                match change.what {
                    What::KeyMade => drop(key.made.get_or_insert_with(|| change.clone())),
                    What::KeyOff | What::KeyOn => key.switched.push(change.clone()),
                    What::KeyGone => drop(key.gone.get_or_insert_with(|| change.clone())),
                    What::UserMade | What::UserRenamed | What::UserGone => {}
                }
            }
            (What::KeyMade | What::KeyOff | What::KeyOn | What::KeyGone, None) => {}
        }
    }

    fn used(&mut self, id: &str, name: &str, path: Option<&str>, jobs: Spans) {
        if !self.keys.contains_key(id) {
            let first = jobs.first().unwrap_or_default();
            let lower = name.to_lowercase();
            let was_there = |user: &User| user.gone.as_ref().is_none_or(|gone| gone.at >= first);
            let owner =
                self.users.iter().position(|user| user.name.to_lowercase() == lower && was_there(user));
            let owner = owner.unwrap_or_else(|| self.owner(name));
            self.add_key(owner, id);
        }
        let Some((user, key)) = self.keys.get(id).copied() else { return };
        let Some(user) = self.users.get_mut(user) else { return };
        if user.path.is_none() {
            user.path = path.map(str::to_owned);
        }
        if let Some(key) = user.keys.get_mut(key) {
            key.jobs = jobs;
        }
    }

    fn key(&self, id: &str) -> Option<&Key> {
        let (user, key) = self.keys.get(id)?;
        self.users.get(*user)?.keys.get(*key)
    }

    /// Where a key stands; a new one is its user's.
    fn place(&mut self, id: &str, name: &str) -> (usize, usize) {
        if let Some(known) = self.keys.get(id) {
            return *known;
        }
        let owner = self.owner(name);
        self.add_key(owner, id)
    }

    fn add_key(&mut self, owner: usize, id: &str) -> (usize, usize) {
        let Some(user) = self.users.get_mut(owner) else { return (owner, 0) };
        let place = (owner, user.keys.len());
        user.keys.push(Key { id: id.to_owned(), ..Key::default() });
        self.keys.insert(id.to_owned(), place);
        place
    }

    fn owner(&mut self, name: &str) -> usize {
        match self.live.get(&name.to_lowercase()) {
            Some(known) => *known,
            None => self.add(name),
        }
    }

    fn add(&mut self, name: &str) -> usize {
        let user = User {
            account: self.number.to_owned(),
            name: name.to_owned(),
            span: self.span,
            ..User::default()
        };
        self.users.push(user);
        self.live.insert(name.to_lowercase(), self.users.len() - 1);
        self.users.len() - 1
    }
}
