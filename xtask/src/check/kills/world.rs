//! One world: a path of machine users, jobs in flight, and a program that is killed again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bao::Bao;
use rotator_cli::clock::sleep;
use serde_json::{Value, json};

use super::way::Way;
use crate::accounts::Pair;
use crate::check::flight::jobs::{Counts, Jobs, Source};
use crate::check::flight::place::{LONGEST_JOB, MIN_AGE, Place, STRAY_AFTER};
use crate::check::flight::program::{Last, Program, Ran};
use crate::check::flight::store::Store;
use crate::check::random::Random;
use crate::stage::pairs;

/// What is asked of a world.
pub struct Plan<'a> {
    pub name: String,
    pub way: Way,
    pub users: usize,
    pub kills: usize,
    pub binaries: &'a Path,
    pub bao: &'a Arc<Bao>,
    /// How long a rotation takes, as the worlds of this kind learn it.
    pub typical: &'a Mutex<Duration>,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    pub kills: usize,
    pub struck: BTreeMap<Way, Struck>,
    pub kills_of_confirm: usize,
    pub fell: BTreeMap<Option<Last>, usize>,
    pub clean_runs: usize,
    pub promotions: usize,
    pub left_behind: usize,
    pub journal_lines: usize,
    /// What users waited for, were refused for or failed by, in runs that were not killed.
    pub told: BTreeMap<String, usize>,
    pub jobs: Counts,
}

/// Kills of runs, and of those the ones that came when a run had begun an effect.
#[derive(Default)]
pub struct Struck {
    pub kills: usize,
    pub effects: usize,
}

pub struct World<'a> {
    plan: Plan<'a>,
    place: Arc<Place>,
    program: Program,
    random: Random,
    jobs: Jobs,
    users: Vec<String>,
    /// `None`: a pipeline stores what was handed over.
    store: Option<Store>,
    /// What the pipeline stored last, and before.
    stored: Arc<Mutex<BTreeMap<String, Pair>>>,
    before: BTreeMap<String, String>,
    /// Pairs that the pipeline lost.
    dropped: BTreeSet<String>,
    /// A user is new, and no run that met it came to its end.
    fresh: bool,
    served: BTreeMap<String, String>,
    outcome: Outcome,
}

/// How often a clean run is tried at the end: each may have to wait for what a dead run left.
const LAST_TRIES: usize = 8;
/// So long may a request of a killed run be on its way on this machine.
const LANDS: Duration = Duration::from_millis(400);

/// Plays a world to its end, where a clean run must rotate every user.
pub async fn play(plan: Plan<'_>, place: Place, mut random: Random) -> Result<Outcome> {
    let name = plan.name.clone();
    let place = Arc::new(place);
    let stored = Arc::new(Mutex::new(BTreeMap::new()));
    let mut program = Program::new(plan.binaries)?;
    let store = plan.way.store(&plan.name, plan.bao, program.home()).await?;
    program.variables = store.as_ref().map(Store::variables).unwrap_or_default();
    let source = store.clone().map_or_else(|| Source::Pipeline(stored.clone()), Source::Store);
    let jobs =
        Jobs::start(&place, source, LONGEST_JOB, Duration::from_millis(250), Random::new(random.draw()));
    let mut world = World {
        plan,
        place,
        program,
        random,
        jobs,
        users: Vec::new(),
        store,
        stored,
        before: BTreeMap::new(),
        dropped: BTreeSet::new(),
        fresh: true,
        served: BTreeMap::new(),
        outcome: Outcome::default(),
    };
    let played = world.play().await;
    world.outcome.jobs = world.jobs.counts();
    if let Err(error) = played {
        return Err(
            error.context(format!("{name}; journal and files are in {}", world.program.keep().display()))
        );
    }
    Ok(world.outcome)
}

impl World<'_> {
    async fn play(&mut self) -> Result<()> {
        for _ in 0..self.plan.users {
            self.add_user().await?;
        }
        while self.outcome.kills < self.plan.kills {
            self.turn().await?;
        }
        self.finish().await
    }

    fn path(&self) -> String {
        format!("/{}/", self.plan.name)
    }

    /// A new machine user, or one whose key a person made, with or without a place in the store.
    async fn add_user(&mut self) -> Result<()> {
        let user = format!("{}-{}", self.plan.name, self.users.len());
        self.place.create_user(&self.path(), &user).await?;
        self.store.iter().for_each(|store| store.meet(&user));
        let by_hand = self.users.is_empty() || self.random.chance(67);
        if by_hand {
            let pair = self.place.create_key(&user).await?;
            if let Some(store) = &self.store {
                // Where nothing is stored, this is the key that is adopted.
                self.served.insert(user.clone(), pair.id.clone());
                if self.random.chance(50) {
                    store.write(&self.place, &user, &pair).await?;
                }
            } else {
                self.stored().insert(user.clone(), pair);
            }
        }
        self.jobs.add(&user).await;
        self.users.push(user);
        self.fresh = true;
        Ok(())
    }

    /// A run that is killed, or now and then one that is not; then what the pipeline and people do; then
    /// time passes.
    async fn turn(&mut self) -> Result<()> {
        let kill = !self.random.chance(20);
        let args = self.rotate();
        self.run(&args, kill).await?;
        self.pipeline().await?;
        self.word(kill).await?;
        self.jobs.round().await;
        if self.users.len() < 4 && self.random.chance(10) {
            self.add_user().await?;
        }
        let hours = |n: u64| Duration::from_secs(n * 3_600);
        let most = match self.random.draw() % 10 {
            0..2 => Duration::ZERO,
            2..4 => hours(2),
            4..7 => hours(15),
            // What a job uses to its end has to rest from there on.
            _ => hours(50),
        };
        let span = self.random.span(most);
        self.jobs.pass(span).await
    }

    fn rotate(&mut self) -> Vec<String> {
        let path = self.path();
        let mut words = vec!["rotate", &path];
        match (&self.store, self.plan.way) {
            (Some(store), _) => words.extend(store.words()),
            (None, Way::Confirm) => words.extend(["-o", "pairs.json", "--handover", "confirm"]),
            (None, _) => words.extend(["-o", "pairs.json", "--handover", "evidence"]),
        }
        if self.random.chance(50) {
            words.extend(["--concurrency", "1"]);
        }
        words.into_iter().map(str::to_owned).collect()
    }

    async fn run(&mut self, args: &[String], kill: bool) -> Result<Ran> {
        let typical = *self.plan.typical.lock().unwrap_or_else(PoisonError::into_inner);
        // Users are adopted once, early in the first run that meets them.
        let most = if self.fresh { typical / 2 } else { typical };
        let moment = kill.then(|| self.random.span(most));
        let ran = self.program.run(&self.place, args, moment).await?;
        self.outcome.promotions += ran.rotated;
        if ran.killed {
            // What it had sent lands now, and not hours later by a clock that is moved on meanwhile.
            sleep(LANDS).await;
            self.outcome.kills += 1;
            let struck = self.outcome.struck.entry(self.plan.way).or_default();
            struck.kills += 1;
            struck.effects += usize::from(ran.last.is_some());
            *self.outcome.fell.entry(ran.last.clone()).or_default() += 1;
        } else {
            self.outcome.clean_runs += 1;
            self.fresh = false;
            if ran.created {
                let mut typical = self.plan.typical.lock().unwrap_or_else(PoisonError::into_inner);
                *typical = (*typical * 3 + ran.took) / 4;
            }
            // What a killed run says may end amid a line.
            self.told(&ran)?;
        }
        self.note_moves().await?;
        Ok(ran)
    }

    /// Only one thing calls for a person here: whether a pair that a dead run handed over was stored.
    fn told(&mut self, ran: &Ran) -> Result<()> {
        for line in ran.stderr.lines() {
            let Some(word) = ["waits", "refused", "failed"].into_iter().find(|word| line.starts_with(word))
            else {
                continue;
            };
            let code = line.rsplit_once('[').and_then(|(_, code)| code.split_once(']')).unwrap_or_default().0;
            *self.outcome.told.entry(format!("{word} {code}")).or_default() += 1;
            let expected = code == "maybe-served" && self.store.is_none();
            ensure!(word != "refused" || expected, "a person is called for:\n{}", ran.stderr);
        }
        Ok(())
    }

    /// Remembers what was served before, for the end.
    async fn note_moves(&mut self) -> Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        for user in &self.users {
            let Ok(Some(pair)) = store.read(&self.place, user).await else { continue };
            let old = self.served.insert(user.clone(), pair.id.clone());
            self.before.extend(old.filter(|old| *old != pair.id).map(|old| (user.clone(), old)));
        }
        Ok(())
    }

    /// The pipeline takes the document as it is, whole in any case, and stores a pair or loses it.
    async fn pipeline(&mut self) -> Result<()> {
        let document = self.program.file("pairs.json");
        if self.store.is_some() || !document.exists() {
            return Ok(());
        }
        let text = std::fs::read_to_string(document)?;
        for (user, pair) in pairs(&text).context("the document is not whole")? {
            let known = self.stored().get(&user).is_some_and(|stored| stored.id == pair.id);
            if known || self.dropped.contains(&pair.id) {
                continue;
            }
            if self.random.chance(60) {
                let old = self.stored().insert(user.clone(), pair);
                self.before.extend(old.map(|old| (user, old.id)));
            } else {
                self.dropped.insert(pair.id);
            }
        }
        Ok(())
    }

    /// Now and then somebody says which key is stored, and tells the truth.
    async fn word(&mut self, may_kill: bool) -> Result<()> {
        if self.store.is_some() {
            return Ok(());
        }
        let often = if self.plan.way == Way::Confirm { 60 } else { 20 };
        if !self.random.chance(often) {
            return Ok(());
        }
        let mut known = self.stored().clone();
        known.retain(|_, _| self.random.chance(70));
        let kill = may_kill && self.outcome.kills < self.plan.kills && self.random.chance(30);
        let killed = self.say(&known, kill).await?;
        self.outcome.kills_of_confirm += usize::from(killed);
        Ok(())
    }

    /// `rotator confirm` with a document that names what is stored, and whether it was killed.
    async fn say(&mut self, known: &BTreeMap<String, Pair>, kill: bool) -> Result<bool> {
        if known.is_empty() {
            return Ok(false);
        }
        let named = known.iter().map(|(user, pair)| (user.clone(), json!({ "AccessKeyId": pair.id })));
        let document = Value::Object(named.collect());
        std::fs::write(self.program.file("stored.json"), document.to_string())?;
        let words = ["confirm", "stored.json"].map(str::to_owned);
        Ok(self.run(&words, kill).await?.killed)
    }

    /// The last jobs end; a clean run must rotate every user, and then only what is or was served is there.
    async fn finish(&mut self) -> Result<()> {
        let mut left: BTreeSet<String> = self.users.iter().cloned().collect();
        let mut said = String::new();
        for _ in 0..LAST_TRIES {
            // A job that holds LAST may use it for so long, and then LAST has to rest.
            self.jobs.pass(2 * MIN_AGE + STRAY_AFTER).await?;
            self.jobs.round().await;
            self.truth().await?;
            let args = self.rotate();
            let ran = self.run(&args, false).await?;
            said = ran.stderr;
            for (user, code) in ran.outcomes {
                if ["rotated", "handed-over"].contains(&code.as_str()) {
                    left.remove(&user);
                }
            }
            self.store_all().await?;
            self.truth().await?;
            if left.is_empty() {
                break;
            }
        }
        ensure!(left.is_empty(), "no clean run rotates {left:?} any more:\n{said}");
        self.jobs.round().await;
        for user in self.users.clone() {
            let served = match self.store {
                Some(_) => self.served.get(&user).cloned(),
                None => self.stored().get(&user).map(|pair| pair.id.clone()),
            };
            let served = served.with_context(|| format!("nothing is served for {user}"))?;
            let keys = self.place.keys(&user).await?;
            ensure!(keys.contains(&served), "{user}: what is served, {served}, does not exist any more");
            let known = |id: &&String| **id == served || self.before.get(&user) == Some(*id);
            let left_over: Vec<_> = keys.iter().filter(|id| !known(id)).collect();
            ensure!(left_over.is_empty(), "{user}: {left_over:?} is left over beside {served}");
        }
        self.outcome.left_behind = self.program.left_behind()?;
        self.outcome.journal_lines = self.program.verified()?;
        Ok(())
    }

    /// From here on the pipeline loses nothing.
    async fn store_all(&mut self) -> Result<()> {
        let document = self.program.file("pairs.json");
        if self.store.is_some() || !document.exists() {
            return Ok(());
        }
        for (user, pair) in pairs(&std::fs::read_to_string(document)?)? {
            let known = self.stored().get(&user).is_some_and(|stored| stored.id == pair.id);
            if !known && !self.dropped.contains(&pair.id) {
                let old = self.stored().insert(user.clone(), pair);
                self.before.extend(old.map(|old| (user, old.id)));
            }
        }
        Ok(())
    }

    /// A word for every user of whom something is stored. Where nothing is, whatever key there is was lost:
    /// a person takes it away.
    async fn truth(&mut self) -> Result<()> {
        if self.store.is_some() {
            return Ok(());
        }
        for user in self.users.clone() {
            if !self.stored().contains_key(&user) {
                for lost in self.place.keys(&user).await? {
                    self.place.delete_key(&user, &lost).await?;
                }
            }
        }
        let known = self.stored().clone();
        self.say(&known, false).await?;
        Ok(())
    }

    fn stored(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Pair>> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
