//! An account of thousands of users on an endpoint that throttles, and what must be true of each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rotator_cli::clock::sleep;
use rotator_cli::sandbox::{Call, KeyStatus, LastUse, Sandbox, Settings};
use secrecy::ExposeSecret;

use crate::accounts::{Pair, REGION};

pub const PATH: &str = "fleet";
/// Each user's secret: this, and its name.
pub const SECRETS: &str = "fleet/";
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Every fifth user has CURRENT alone.
const ALONE: usize = 5;

pub struct Account {
    pub sandbox: Sandbox,
    before: BTreeMap<String, Before>,
    /// Keys that were there when the first run began.
    keys_before: usize,
}

/// A user's keys when the first run began.
struct Before {
    last: Option<String>,
    current: String,
}

/// How far the users have come.
pub struct Progress {
    /// A new pair is served.
    pub rotated: usize,
    /// A key was made, and is not served yet.
    pub in_hand: BTreeSet<String>,
}

impl Account {
    /// Each user's CURRENT was used by jobs yesterday and is a month old; LAST has not been used for a month.
    pub async fn new(users: usize) -> Result<Self> {
        let sandbox = Sandbox::start(Settings::default()).await?;
        let names: Vec<_> = (0..users).map(|number| format!("user-{number:04}")).collect();
        let mut before = BTreeMap::new();
        let mut lasts = BTreeMap::new();
        for (number, user) in names.iter().enumerate() {
            let mut account = sandbox.account();
            account.add_user(user, &format!("/{PATH}/"))?;
            if number % ALONE != 0 {
                let pair = account.create_key(user)?;
                let used = LastUse { at: account.now(), service: "s3".to_owned(), region: REGION.to_owned() };
                account.set_last_used(&pair.id, Some(used))?;
                account.add_secret(&format!("{SECRETS}{user}"), Some(&text(&pair)))?;
                lasts.insert(user.clone(), pair.id);
            }
        }
        sandbox.advance(DAY);
        for user in names {
            let mut account = sandbox.account();
            let (pair, secret) = (account.create_key(&user)?, format!("{SECRETS}{user}"));
            let last = lasts.remove(&user);
            match &last {
                Some(_) => account.put_secret(&secret, &text(&pair))?,
                None => account.add_secret(&secret, Some(&text(&pair)))?,
            }
            before.insert(user, Before { last, current: pair.id });
        }
        sandbox.advance(29 * DAY);
        for Before { current, .. } in before.values() {
            let mut account = sandbox.account();
            let used = LastUse { at: account.now(), service: "s3".to_owned(), region: REGION.to_owned() };
            account.set_last_used(current, Some(used))?;
        }
        sandbox.advance(DAY);
        let keys_before = sandbox.account().issued().len();
        Ok(Self { sandbox, before, keys_before })
    }

    /// From here on so many calls a second are answered, for each action.
    pub fn throttle(&self, rate: u32) {
        self.sandbox.account().settings.rate = Some(rate);
    }

    /// Since the first run began.
    pub fn keys_made(&self) -> usize {
        self.sandbox.account().issued().len() - self.keys_before
    }

    /// What a killed run had sent is done by then.
    pub async fn quiet(&self) {
        let mut seen = None;
        loop {
            let calls = Some(self.sandbox.calls().len());
            if seen == calls {
                return;
            }
            seen = calls;
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Looks at every user amid the runs: what is served works, what was served is there, there are no more than
    /// two keys.
    pub fn look(&self) -> Result<Progress> {
        let mut progress = Progress { rotated: 0, in_hand: BTreeSet::new() };
        for (user, before) in &self.before {
            let keys = self.keys(user)?;
            let served = self.served(user)?;
            ensure!(keys.contains(&before.current), "{user}: what was CURRENT is gone or inactive: {keys:?}");
            ensure!(keys.len() <= 2, "{user} has {} keys", keys.len());
            let known = [Some(&before.current), before.last.as_ref(), Some(&served)];
            if served != before.current {
                ensure!(before.last.as_ref() != Some(&served), "{user}: LAST is served again");
                progress.rotated += 1;
            }
            if keys.iter().any(|key| !known.contains(&Some(key))) {
                progress.in_hand.insert(user.clone());
            }
        }
        Ok(progress)
    }

    /// Every user was rotated, once: its keys are what was CURRENT, and the one that is served.
    pub fn all_rotated(&self) -> Result<()> {
        for (user, before) in &self.before {
            let (keys, served) = (self.keys(user)?, self.served(user)?);
            ensure!(served != before.current, "{user} still gets {served}");
            ensure!(
                keys == [before.current.clone(), served.clone()],
                "{user} has {keys:?} and gets {served}"
            );
            let value = self.sandbox.account().secret_value(&format!("{SECRETS}{user}"), "AWSPREVIOUS");
            let previous = value.and_then(|value| Pair::from_json(value.expose_secret()));
            let previous = previous.with_context(|| format!("{user} has no pair before the one served"))?;
            ensure!(previous.id == before.current, "{user}: {} was served in between", previous.id);
        }
        Ok(())
    }

    /// How often CreateAccessKey made a key, for each user. More than one, beside one for each kill that had the
    /// user in hand, is an error.
    pub fn made(&self, calls: &[Call], in_hand: &[BTreeSet<String>]) -> Result<usize> {
        let mut made: BTreeMap<&str, usize> = BTreeMap::new();
        for call in calls {
            ensure!(call.error != Some("LimitExceeded"), "a third key was asked for: {call:?}");
            if let (Some(_), Some(user)) = (&call.made, &call.user) {
                *made.entry(user).or_default() += 1;
            }
        }
        for user in self.before.keys() {
            let times = made.get(user.as_str()).copied().unwrap_or_default();
            let kills = in_hand.iter().filter(|users| users.contains(user)).count();
            ensure!(times >= 1 && times <= 1 + kills, "{user}: {times} keys, in hand at {kills} kills");
        }
        Ok(made.values().sum())
    }

    /// The id of the pair that the user's secret serves. It works, or this is an error.
    fn served(&self, user: &str) -> Result<String> {
        let account = self.sandbox.account();
        let value = account.secret_value(&format!("{SECRETS}{user}"), "AWSCURRENT");
        let pair = value.and_then(|value| Pair::from_json(value.expose_secret()));
        let pair = pair.with_context(|| format!("{user} is served no pair"))?;
        let (owner, _) = account.key(&pair.id).with_context(|| format!("{user}: {} is gone", pair.id))?;
        ensure!(owner.name == user, "{user} is served the key of {}", owner.name);
        ensure!(account.works(&pair.id, &pair.secret), "{user} is served {}, which does not work", pair.id);
        Ok(pair.id)
    }

    /// Oldest first. All of them must be Active: no run has a reason to switch one off.
    fn keys(&self, user: &str) -> Result<Vec<String>> {
        let keys = self.sandbox.account().keys(user)?;
        let inactive = keys.iter().find(|key| key.status != KeyStatus::Active);
        ensure!(inactive.is_none(), "{user}: {inactive:?} is not Active");
        Ok(keys.into_iter().map(|key| key.id).collect())
    }
}

fn text(pair: &rotator_cli::sandbox::Pair) -> String {
    Pair { id: pair.id.clone(), secret: pair.secret.expose_secret().to_owned() }.to_json()
}
