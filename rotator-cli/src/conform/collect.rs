//! What is kept of a trail: the few events that change users and keys, and when each key was used.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::spans::Spans;
use super::tool::{Tool, tool_of};
use crate::trail::{Record, Who};

/// All of it.
#[derive(Debug, Default)]
pub struct Collected {
    /// By the account's number; empty where a record does not name it.
    pub accounts: BTreeMap<String, Account>,
    /// What was counted.
    pub counts: Counts,
}

/// Counts over all accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Changes of users and keys that took hold, each once.
    pub changes: u64,
    /// The same event delivered again.
    pub duplicates: u64,
    /// Changes that were refused for want of a permission.
    pub denied: u64,
    /// Changes that failed otherwise.
    pub failed: u64,
    /// Changes of which the record does not say whose key or user it was.
    pub unclear: u64,
    /// Calls by users with long-lived keys, changes of their own keys left out.
    pub uses: u64,
}

/// One account.
#[derive(Debug, Default)]
pub struct Account {
    /// The times of the first and the last record, whatever it is about.
    pub span: Option<(u64, u64)>,
    /// What changed, by event id.
    changes: BTreeMap<String, Change>,
    /// What each key was used for, by its id.
    pub uses: BTreeMap<String, Used>,
    /// There are records about other things than users and keys, or about the deletion of keys: this is no
    /// extract from which deletions were left out.
    pub shows_deletions: bool,
}

/// One change that took hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Seconds since 1970.
    pub at: u64,
    /// What it was.
    pub what: What,
    /// Of which user.
    pub user: String,
    /// Of which key.
    pub key: Option<String>,
    /// The event's id.
    pub id: Option<String>,
    /// Who did it: an ARN.
    pub by: Option<String>,
    /// With what tool, as it says of itself.
    pub tool: Option<Tool>,
    /// Its user agent.
    pub agent: Option<String>,
    /// From where.
    pub from: Option<String>,
    /// The user's new path, or name.
    pub path: Option<String>,
    new_name: Option<String>,
}

/// What can change, in the order in which changes of one second are taken: the one that leaves every key
/// its owner. What is judged of a second is judged at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// CreateUser
    UserMade,
    /// UpdateUser
    UserRenamed,
    /// CreateAccessKey
    KeyMade,
    /// UpdateAccessKey to Inactive
    KeyOff,
    /// UpdateAccessKey to Active
    KeyOn,
    /// DeleteAccessKey
    KeyGone,
    /// DeleteUser
    UserGone,
}

/// When one key was used.
#[derive(Debug, Clone, Default)]
pub struct Used {
    /// The user's name and path, as the last use names them.
    owner: (u64, String, Option<String>),
    /// Every use that can be no proof.
    jobs: Spans,
    /// GetCallerIdentity, by who asked: a proof asks so, and jobs may.
    asked: BTreeMap<(String, String), Spans>,
}

/// So many callers that ask who they are are told apart, for each key.
const CALLERS: usize = 8;

/// A proof comes this soon after the key was made: the time that `rotate` gives one user by default.
const PROOF: u64 = 10 * 60;

impl What {
    /// The call.
    #[must_use]
    pub fn call(self) -> &'static str {
        match self {
            Self::UserMade => "CreateUser",
            Self::UserRenamed => "UpdateUser",
            Self::KeyMade => "CreateAccessKey",
            Self::KeyOff | Self::KeyOn => "UpdateAccessKey",
            Self::KeyGone => "DeleteAccessKey",
            Self::UserGone => "DeleteUser",
        }
    }
}

impl Change {
    /// The user's new name, where it is a renaming.
    #[must_use]
    pub fn new_name(&self) -> Option<&str> {
        self.new_name.as_deref()
    }
}

impl Account {
    /// The changes, in order.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Change> {
        let mut all: Vec<_> = self.changes.values().collect();
        all.sort();
        all
    }

    fn saw(&mut self, at: u64) {
        let (from, to) = self.span.unwrap_or((at, at));
        self.span = Some((from.min(at), to.max(at)));
    }
}

impl Used {
    /// The owner's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.owner.1
    }

    /// The owner's path.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.owner.2.as_deref()
    }

    /// Uses by jobs. Left out is what may be the proof of whoever made the key: GetCallerIdentity within ten
    /// minutes of its creation, from the address or by the program that created it.
    #[must_use]
    pub fn by_jobs(&self, made: Option<&Change>) -> Spans {
        let mut jobs = self.jobs.clone();
        for ((from, agent), spans) in &self.asked {
            let there = |made: &&Change| made.from.as_ref() == Some(from);
            let same =
                |made: &&Change| made.agent.as_ref().is_some_and(|own| program(own).eq(program(agent)));
            let maker = made.filter(|made| there(made) || same(made));
            for (first, last) in spans.iter() {
                match maker.map(|made| made.at.saturating_add(PROOF)) {
                    Some(proved) if last <= proved => {}
                    Some(proved) => jobs.add_span(first.max(proved), last),
                    None => jobs.add_span(first, last),
                }
            }
        }
        jobs
    }

    fn add(&mut self, record: &Record<'_>, user: &str) {
        let path = record.who.arn.and_then(|arn| path_of(arn, user));
        let owner = (record.at, user.to_owned(), path);
        if self.owner < owner {
            self.owner = owner;
        }
        if record.name != "GetCallerIdentity" {
            return self.jobs.add(record.at);
        }
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let caller = (word(record.address), word(record.agent));
        self.asked.entry(caller).or_default().add(record.at);
        // The last ones by name make room, so which ones are kept does not depend on the order. With so many
        // of them it is no proof that is seen.
        while self.asked.len() > CALLERS {
            let Some((_, spans)) = self.asked.pop_last() else { break };
            spans.iter().for_each(|(first, last)| self.jobs.add_span(first, last));
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Asked {
    user_name: Option<String>,
    access_key_id: Option<String>,
    status: Option<String>,
    path: Option<String>,
    new_user_name: Option<String>,
    new_path: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Answered {
    access_key: Option<Asked>,
    user: Option<Asked>,
}

impl Collected {
    /// Takes what a record tells of keys.
    pub fn add(&mut self, record: &Record<'_>) {
        let number = record.account.or(record.who.account).unwrap_or_default();
        let account = self.accounts.entry(number.to_owned()).or_default();
        account.saw(record.at);
        let call = record.kind.is_none_or(|kind| kind == "AwsApiCall");
        let iam = record.source == "iam.amazonaws.com";
        let about = (call && iam).then(|| kind_of(record.name)).flatten();
        if about.is_none() || record.name == "DeleteAccessKey" {
            account.shows_deletions = true;
        }
        match about {
            Some(_) if denied(record.error) => self.counts.denied += 1,
            Some(_) if record.error.is_some() => self.counts.failed += 1,
            Some(what) => match change(what, record) {
                Some(change) => {
                    let key = (change.at, change.what, change.user.clone(), change.key.clone());
                    let id = change.id.clone().unwrap_or_else(|| format!("{key:?}"));
                    let known = account.changes.get(&id);
                    self.counts.duplicates += u64::from(known.is_some());
                    self.counts.changes += u64::from(known.is_none());
                    // Two records of one id that differ: the same one, whatever their order.
                    if known.is_none_or(|known| change < *known) {
                        account.changes.insert(id, change);
                    }
                }
                None if record.who.kind == Some("Root") => {}
                None => self.counts.unclear += 1,
            },
            None if call => self.used(record, iam),
            None => {}
        }
    }

    fn used(&mut self, record: &Record<'_>, iam: bool) {
        let Who { kind: Some("IAMUser"), key: Some(key), user: Some(user), account, .. } = record.who else {
            return;
        };
        // Temporary keys begin with ASIA (IAM user guide, "IAM identifiers"). Whoever looks after the keys may
        // sign with one of them, and is no job.
        if !key.starts_with("AKIA") || refused(record.error) || (iam && looks_after_keys(record.name)) {
            return;
        }
        self.counts.uses += 1;
        let number = account.or(record.account).unwrap_or_default();
        let account = self.accounts.entry(number.to_owned()).or_default();
        account.uses.entry(key.to_owned()).or_default().add(record, user);
    }
}

/// A user agent without what differs from one call of a program to the next: the API, the command, the features.
fn program(agent: &str) -> impl Iterator<Item = &str> {
    let of_call = ["api/", "command/", "m/"];
    agent.split_whitespace().filter(move |word| !of_call.iter().any(|start| word.starts_with(start)))
}

fn kind_of(name: &str) -> Option<What> {
    Some(match name {
        "CreateUser" => What::UserMade,
        "UpdateUser" => What::UserRenamed,
        "CreateAccessKey" => What::KeyMade,
        "UpdateAccessKey" => What::KeyOff,
        "DeleteAccessKey" => What::KeyGone,
        "DeleteUser" => What::UserGone,
        _ => return None,
    })
}

fn looks_after_keys(name: &str) -> bool {
    ["ListAccessKeys", "GetAccessKeyLastUsed", "GetUser", "ListUserTags", "TagUser"].contains(&name)
}

fn denied(error: Option<&str>) -> bool {
    error.is_some_and(|error| error.starts_with("AccessDenied") || error.contains("Unauthorized"))
}

/// The call was not let in, so nobody is known to have used the key.
fn refused(error: Option<&str>) -> bool {
    const NOT_LET_IN: [&str; 7] = [
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "AuthFailure",
    ];
    error.is_some_and(|error| NOT_LET_IN.iter().any(|word| error.ends_with(word)))
}

fn change(mut what: What, record: &Record<'_>) -> Option<Change> {
    let asked = record.asked.map(|raw| serde_json::from_str::<Asked>(raw.get())).transpose().ok()?;
    let asked = asked.unwrap_or_default();
    let answered = record.answered.map(|raw| serde_json::from_str::<Answered>(raw.get())).transpose().ok()?;
    let Answered { access_key, user } = answered.unwrap_or_default();
    let (access_key, user) = (access_key.unwrap_or_default(), user.unwrap_or_default());
    // A user that acts on itself is not named in the request.
    let themself = record.who.user.filter(|_| record.who.kind == Some("IAMUser")).map(str::to_owned);
    let (new_name, new_path) = (asked.new_user_name, asked.new_path);
    let name = asked.user_name.or(access_key.user_name).or(user.user_name).or(themself)?;
    let key = match what {
        What::KeyMade => Some(access_key.access_key_id?),
        What::KeyOff | What::KeyOn | What::KeyGone => Some(asked.access_key_id?),
        What::UserMade | What::UserRenamed | What::UserGone => None,
    };
    if what == What::KeyOff && asked.status?.eq_ignore_ascii_case("active") {
        what = What::KeyOn;
    }
    let own = |word: Option<&str>| word.map(str::to_owned);
    Some(Change {
        at: record.at,
        what,
        user: name,
        key,
        id: own(record.id),
        by: own(record.who.arn),
        tool: record.agent.map(tool_of),
        agent: own(record.agent),
        from: own(record.address),
        path: new_path.or(user.path).or(asked.path),
        new_name,
    })
}

/// The path in a user's ARN: `arn:aws:iam::111122223333:user/ci/deploy` is on `/ci/`.
fn path_of(arn: &str, user: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":user/")?;
    let path = rest.strip_suffix(user)?;
    Some(format!("/{path}"))
}
