//! The bystander at the embedded endpoint: sees the account as it truly is, knows what the store serves,
//! and judges each moment and each decision by `CLAIMS`.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use rotator::{
    AccessKeyId, CLAIMS, Decision, Effect, Goal, Holds, Limits, Memory, Moment, Observation, Policy, Refusal,
    Taken,
};
use rotator_cli::drive::{Sight, Step};
use rotator_cli::iam::User;
use rotator_cli::ledger;
use rotator_cli::sandbox::{KeyStatus, Sandbox};
use secrecy::ExposeSecret;

use crate::http::NEIGHBOUR;
use crate::place::{Start, Store, To, Told};
use crate::shelves::Shelf;
use crate::torn::{Got, Torn};

pub struct Bystander {
    user: User,
    store: Store,
    /// Where what is served is read, if no AWS endpoint serves it.
    pub shelf: Option<Shelf>,
    torn: Torn,
    longest_job: Duration,
    /// Keys that a person made before the story began and that a run may have to ask about.
    person_acted: bool,
    word: bool,
    /// Somebody said that they have.
    leaked: Vec<AccessKeyId>,
    /// A run serves this one again first, and names it then.
    restoring: Option<AccessKeyId>,
    pub served: Option<AccessKeyId>,
    left: BTreeMap<AccessKeyId, SystemTime>,
    pub rotations: usize,
    /// The keys that worked when the bystander looked last.
    worked: Vec<AccessKeyId>,
    listed: Vec<AccessKeyId>,
    /// A pair was delivered that the pipeline has not stored yet.
    pub on_the_way: bool,
    neighbour: Vec<String>,
    pub story: Vec<String>,
    pub broken: Option<String>,
}

impl Bystander {
    pub fn begin(
        sandbox: &Sandbox,
        user: &User,
        store: Store,
        policy: &Policy,
        limits: &Limits,
        start: Start,
        served: Option<AccessKeyId>,
    ) -> Self {
        // LAST rests from the time that the promoting run wrote down, by dates even from the newer key's
        // creation; the store may have gone on serving it for the rest of that run.
        let before = if store.memory == Memory::Dates { limits.deadline() } else { Duration::ZERO };
        let slack = limits.request_timeout() + 2 * Limits::CLOCK_ERROR + before;
        let mut bystander = Self {
            user: user.clone(),
            store,
            shelf: None,
            torn: Torn::default(),
            longest_job: policy.min_age - slack,
            person_acted: matches!(start, Start::Two | Start::Ambiguous),
            word: false,
            leaked: Vec::new(),
            restoring: None,
            served,
            left: BTreeMap::new(),
            rotations: 0,
            worked: Vec::new(),
            listed: Vec::new(),
            on_the_way: false,
            neighbour: Vec::new(),
            story: Vec::new(),
            broken: None,
        };
        (bystander.listed, bystander.worked) = bystander.keys(sandbox);
        bystander.neighbour = ids(sandbox, NEIGHBOUR);
        bystander
    }

    /// A run begins, and is told this.
    pub fn told(&mut self, sandbox: &Sandbox, told: &Told, policy: &Policy) {
        self.torn.begun = Some(sandbox.account().now());
        self.word = told.word().is_some();
        if let Goal::Revoke(id) = &policy.goal {
            self.leaked.push(id.clone());
        }
    }

    pub fn saw(&mut self, sandbox: &Sandbox, step: &Step<'_>, policy: &Policy) {
        match step {
            Step::Decided(seen, decision, sight) => {
                let sees = if *sight == Sight::Looked { "sees" } else { "goes on from" };
                self.tell(format!("{sees} {}: {decision}", brief(seen)));
                for claim in CLAIMS {
                    if let Holds::Decision(holds) = claim.holds
                        && !holds(seen, policy, decision)
                    {
                        self.breaks(claim.name);
                    }
                }
                let refused = match decision {
                    // Who said a word is at hand to say it again.
                    Decision::Refuse(refusal) if !self.word => Some(refusal.clone()),
                    Decision::Refuse(_) | Decision::Perform(_) | Decision::Wait(..) | Decision::Done => None,
                };
                if let Decision::Perform(Effect::Restore(id)) = decision {
                    self.restoring = Some(id.clone());
                }
                self.judge(sandbox, refused);
            }
            Step::Became(effect, result) => {
                let became = result.as_ref().map_or_else(ToString::to_string, |()| "done".to_owned());
                self.tell(format!("{effect}: {became}"));
                self.on_the_way |= matches!(effect, Effect::Publish(_));
                self.judge(sandbox, None);
            }
        }
    }

    /// Looks at the account and judges what is there, and what is gone since the last look.
    pub fn judge(&mut self, sandbox: &Sandbox, refused: Option<Refusal>) {
        if let Some(id) = self.shelf.as_ref().and_then(Shelf::serves) {
            self.serve(sandbox, id);
        }
        let got = self.got(sandbox);
        match &got {
            Some(Got::Nothing) if self.served.is_some() => self.breaks("what is served stays there"),
            Some(Got::Nothing) | None => {}
            Some(Got::Pair { id, .. }) => {
                self.torn.since = None;
                self.serve(sandbox, id.clone());
            }
            Some(Got::Torn) => self.tear(sandbox),
        }
        if self.store.to == To::SecretsManager
            && let Some(id) = stored(sandbox, &self.secret(), "AWSCURRENT")
        {
            self.serve(sandbox, id);
        }
        if self.store.to == To::ParameterStore
            && let Some(id) = put(sandbox, &format!("/{}", self.secret()))
        {
            self.serve(sandbox, id);
        }
        let now = sandbox.account().now();
        let (listed, works) = self.keys(sandbox);
        let off = self.worked.iter().filter(|id| !works.contains(id));
        let gone = self.listed.iter().filter(|id| !listed.contains(id));
        let mut taken: Vec<_> = off.chain(gone).cloned().collect();
        taken.sort();
        taken.dedup();
        if self.memory_names(sandbox) == self.served {
            self.restoring.take_if(|id| self.served.as_ref() == Some(id));
        }
        let signs = match got {
            Some(Got::Pair { signs, .. }) => Some(signs),
            Some(Got::Nothing | Got::Torn) | None => None,
        };
        let moment = Moment {
            served_works: signs.or(self.served.as_ref().map(|id| works.contains(id))),
            taken: None,
            longest_job: self.longest_job,
            quarantine: None,
            named_is_served: self.named_is_served(sandbox),
            refused,
            person_acted: self.person_acted,
            faultless: false,
        };
        let takes = taken.into_iter().map(|id| {
            let since = self.left.get(&id).map(|at| now.duration_since(*at).unwrap_or_default());
            let served = self.served.as_ref() == Some(&id);
            let leaked = self.leaked.contains(&id);
            Some(Taken { id, served, served_until: since, foreign: false, leaked, off_for: None })
        });
        let moments: Vec<_> = takes.chain([None]).map(|taken| Moment { taken, ..moment.clone() }).collect();
        for moment in &moments {
            for claim in CLAIMS {
                if let Holds::Moment(holds) = claim.holds
                    && !holds(moment)
                {
                    self.breaks(claim.name);
                }
            }
        }
        if ids(sandbox, NEIGHBOUR) != self.neighbour {
            self.breaks("the neighbour's keys are untouched");
        }
        (self.listed, self.worked) = (listed, works);
    }

    /// From now on the store serves this key.
    pub fn serve(&mut self, sandbox: &Sandbox, id: AccessKeyId) {
        if self.served.as_ref() == Some(&id) {
            return;
        }
        self.tell(format!("the store serves {id}"));
        self.left.remove(&id);
        if let Some(before) = self.served.replace(id) {
            self.left.insert(before, sandbox.account().now());
        }
        self.rotations += 1;
    }

    /// From now on parts of two pairs are there, which serve nobody: that is what is given up where a pair
    /// is stored by two writes, and only where one of them was struck.
    fn tear(&mut self, sandbox: &Sandbox) {
        if !self.store.tears() || !self.torn.struck {
            self.breaks("an id and a secret are of one pair");
        }
        if self.torn.since.is_some() {
            return;
        }
        self.tell("the store holds parts of two pairs".to_owned());
        let now = sandbox.account().now();
        self.torn.since = Some(now);
        self.left.extend(self.served.take().map(|before| (before, now)));
    }

    /// A job starts, and makes a call with what it gets. The key that answers.
    pub fn job(&mut self, sandbox: &Sandbox) -> Option<AccessKeyId> {
        match self.got(sandbox) {
            None => self.served.clone(),
            Some(Got::Nothing) => None,
            Some(Got::Pair { id, signs: true }) => Some(id),
            Some(Got::Pair { .. }) => {
                self.breaks("what jobs get signs");
                None
            }
            Some(Got::Torn) => {
                self.torn.failed += 1;
                None
            }
        }
    }

    /// A run has ended. If it began once nobody can be at work on the torn pair any more, a whole one is there.
    pub fn run_over(&mut self, stray_after: Duration) {
        let (since, begun) = (self.torn.since, self.torn.begun);
        if since.zip(begun).is_some_and(|(since, begun)| begun >= since + stray_after) {
            self.breaks("a later run puts a whole pair");
        }
    }

    /// What goes wrong from now on is a write into the store.
    pub fn strikes(&mut self) {
        self.torn.struck = true;
    }

    /// How many calls of jobs failed since their pair was torn.
    pub fn failed(&self) -> usize {
        self.torn.failed
    }

    fn got(&self, sandbox: &Sandbox) -> Option<Got> {
        let hosted = self.shelf.as_ref().and_then(Shelf::hosted)?;
        Some(Got::of(hosted.parts(), sandbox))
    }

    pub fn person_deletes_all_but(&mut self, sandbox: &Sandbox, served: Option<&AccessKeyId>) {
        for id in self.listed.clone().into_iter().filter(|id| Some(id) != served) {
            self.tell(format!("a person deletes {id}"));
            sandbox.account().delete_key(&self.user.name, id.as_str()).unwrap();
        }
        (self.listed, self.worked) = self.keys(sandbox);
    }

    pub fn tell(&mut self, line: String) {
        self.story.push(line);
    }

    /// With no rotation under way: whether the memory names what is served. As the memory truly is, not as
    /// a late reader finds it.
    fn named_is_served(&self, sandbox: &Sandbox) -> Option<bool> {
        match self.store.memory {
            Memory::Dates => None,
            // In a file the name is the pair's own id.
            Memory::Document if self.shelf.is_some() => None,
            Memory::Document => {
                // A version's id is what names its key; no other pair may be in it.
                let account = sandbox.account();
                let secret = account.secret(&self.secret()).ok()?;
                let named = secret.at("AWSCURRENT")?.id.strip_prefix("rotator-access-key-id-")?;
                let named = AccessKeyId::parse(named).ok();
                drop(account);
                Some(named == self.served)
            }
            Memory::Ledger => {
                let tags = sandbox.account().tags(&self.user.name).unwrap();
                let ledger = ledger::read(&self.user, &tags).unwrap();
                let silent = ledger.written.is_none() || ledger.slots.under_way() || self.on_the_way;
                let silent = silent || self.restoring.is_some() && self.restoring == self.served;
                let silent = silent || self.torn.since.is_some();
                (!silent).then(|| ledger.slots.current == self.served)
            }
        }
    }

    /// What the tags name as CURRENT.
    fn memory_names(&self, sandbox: &Sandbox) -> Option<AccessKeyId> {
        let tags = sandbox.account().tags(&self.user.name).unwrap();
        ledger::read(&self.user, &tags).unwrap().slots.current
    }

    fn secret(&self) -> String {
        format!("{}/{}", self.user.path.trim_matches('/'), self.user.name)
    }

    /// The user's keys: all, and those that work.
    fn keys(&self, sandbox: &Sandbox) -> (Vec<AccessKeyId>, Vec<AccessKeyId>) {
        let keys = sandbox.account().keys(&self.user.name).unwrap();
        let id = |id: &str| AccessKeyId::parse(id).unwrap();
        let active = keys.iter().filter(|key| key.status == KeyStatus::Active);
        (keys.iter().map(|key| id(&key.id)).collect(), active.map(|key| id(&key.id)).collect())
    }

    fn breaks(&mut self, name: &str) {
        self.tell(format!("NOT {name}"));
        self.broken.get_or_insert_with(|| name.to_owned());
    }
}

fn ids(sandbox: &Sandbox, user: &str) -> Vec<String> {
    let keys = sandbox.account().keys(user).unwrap();
    keys.into_iter().map(|key| format!("{} {:?}", key.id, key.status)).collect()
}

/// The key whose pair a stage of a secret holds.
fn stored(sandbox: &Sandbox, name: &str, stage: &str) -> Option<AccessKeyId> {
    let value = sandbox.account().secret_value(name, stage)?;
    let pair: serde_json::Value = serde_json::from_str(value.expose_secret()).unwrap();
    AccessKeyId::parse(pair.get("AccessKeyId")?.as_str()?).ok()
}

/// The key whose pair a parameter holds.
fn put(sandbox: &Sandbox, name: &str) -> Option<AccessKeyId> {
    let value = sandbox.account().parameter(name).ok()?.versions.pop()?.value;
    let pair: serde_json::Value = serde_json::from_str(value.expose_secret()).unwrap();
    AccessKeyId::parse(pair.get("AccessKeyId")?.as_str()?).ok()
}

fn brief(seen: &Observation) -> String {
    let facts = seen.facts();
    let keys =
        facts.keys.iter().map(|key| format!("{} {:?} {:?} {:?}", key.id, key.status, key.age, key.used));
    let keys: Vec<_> = keys.collect();
    format!("{} | {:?} {:?} | {:?}", keys.join(", "), facts.slots, facts.written, facts.hand)
}
