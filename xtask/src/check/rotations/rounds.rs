//! Round after round of one run for all users, and what has to be true after each.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bao::Bao;

use crate::accounts::Pair;
use crate::check::flight::engine::Engine;
use crate::check::flight::jobs::{Counts, Jobs, Source};
use crate::check::flight::place::{LONGEST_JOB, MIN_AGE, Place};
use crate::check::flight::program::Program;
use crate::check::flight::store::Store;
use crate::check::random::Random;

/// How much is played.
#[derive(Clone, Copy)]
pub struct Extent {
    pub users: usize,
    pub rounds: usize,
}

/// The store that pairs go to.
pub enum Where {
    SecretsManager,
    OpenBao(Arc<Bao>),
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    pub rotations: usize,
    pub deleted: usize,
    /// What jobs did between a run's start and its end.
    pub starts_amid: usize,
    pub calls_amid: usize,
    pub runs_took: Duration,
    pub jobs: Counts,
}

/// After the first round the LAST key of a user is deleted under the jobs that hold it; this is which.
#[derive(Default)]
pub struct Sabotage(Mutex<Option<String>>);

struct World {
    name: String,
    place: Arc<Place>,
    store: Store,
    program: Program,
    jobs: Jobs,
    users: Vec<String>,
    outcome: Outcome,
}

/// LAST rests for `--min-age` at least: the shortest time between two rotations, and the hardest for jobs.
const BETWEEN: Duration = MIN_AGE.saturating_add(Duration::from_secs(60));
/// Jobs start at so many moments between two rounds.
const STEPS: u32 = 4;
/// What is in flight calls again so soon.
const PACE: Duration = Duration::from_millis(100);

impl Where {
    pub fn name(&self) -> &'static str {
        match self {
            Self::SecretsManager => "Secrets Manager",
            Self::OpenBao(_) => "OpenBao",
        }
    }
}

impl Sabotage {
    pub fn deleted(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Plays the rounds; the first call by a job that fails ends them, with the user's history.
pub async fn play(
    name: &str,
    at: &Where,
    binaries: &Path,
    extent: Extent,
    sabotage: Option<&Sabotage>,
    mut random: Random,
) -> Result<Outcome> {
    // Without last use: where IAM tells it, LAST rests for as long as a job uses it.
    let place = Arc::new(Place::memory(false, Duration::ZERO).await?);
    let program = Program::new(binaries)?;
    let store = match at {
        Where::SecretsManager => Store::SecretsManager,
        Where::OpenBao(bao) => Store::Vault(Engine::mount(bao, name, program.home()).await?),
    };
    let (source, draws) = (Source::Store(store.clone()), Random::new(random.draw()));
    let jobs = Jobs::start(&place, source, LONGEST_JOB, PACE, draws);
    let outcome = Outcome::default();
    let mut world = World { name: name.to_owned(), place, store, program, jobs, users: Vec::new(), outcome };
    world.add_users(extent.users).await?;
    // What was named by hand just now might be another run's.
    world.time_passes().await?;
    for round in 1..=extent.rounds {
        world.round(round).await.with_context(|| format!("round {round}"))?;
        if let Some(Sabotage(deleted)) = sabotage.filter(|_| round == 1) {
            let key = world.delete_last().await?;
            *deleted.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        }
        world.time_passes().await?;
    }
    world.outcome.jobs = world.jobs.counts();
    Ok(world.outcome)
}

impl World {
    fn path(&self) -> String {
        format!("/{}/", self.name)
    }

    /// Each has a key, and the store serves it.
    async fn add_users(&mut self, count: usize) -> Result<()> {
        for number in 0..count {
            let user = format!("{}-{number}", self.name);
            self.place.create_user(&self.path(), &user).await?;
            let pair = self.place.create_key(&user).await?;
            self.store.write(&self.place, &user, &pair).await?;
            self.jobs.add(&user).await;
            self.users.push(user);
        }
        Ok(())
    }

    async fn round(&mut self, round: usize) -> Result<()> {
        let before = self.served().await?;
        let mut had = BTreeMap::new();
        for user in &self.users {
            had.insert(user.clone(), self.place.keys(user).await?);
        }
        let amid = self.jobs.counts();
        let path = self.path();
        let words = [vec!["rotate", &path, "--max-users", "100"], self.store.words()].concat();
        let words: Vec<_> = words.into_iter().map(str::to_owned).collect();
        let ran = self.program.run(&self.place, &words, None).await?;
        let after = self.jobs.counts();
        self.outcome.starts_amid += after.jobs - amid.jobs;
        self.outcome.calls_amid += after.calls - amid.calls;
        self.outcome.runs_took += ran.took;
        let rotated = ran.outcomes.iter().filter(|(_, code)| code == "rotated").count();
        ensure!(rotated == self.users.len(), "only {rotated} users were rotated:\n{}", ran.stderr);
        self.outcome.rotations += rotated;
        let now = self.served().await?;
        for user in self.users.clone() {
            let served = |at: &BTreeMap<String, Pair>| at.get(&user).map(|pair| pair.id.clone());
            let (last, current) = served(&before).zip(served(&now)).context("nothing is served")?;
            let mut expected = [last.clone(), current.clone()];
            expected.sort();
            let mut keys = self.place.keys(&user).await?;
            keys.sort();
            ensure!(last != current, "{user}: the store serves {last} as before");
            ensure!(keys == expected, "{user}: {keys:?} are there, and {expected:?} were and are served");
            let gone = had.get(&user).into_iter().flatten().filter(|id| !keys.contains(id)).count();
            ensure!(gone == usize::from(round > 1), "{user}: {gone} keys were deleted in round {round}");
            self.outcome.deleted += gone;
        }
        self.jobs.round().await;
        self.nothing_failed()
    }

    /// What a job gets that starts now; each of these pairs has to work.
    async fn served(&self) -> Result<BTreeMap<String, Pair>> {
        let mut all = BTreeMap::new();
        for user in &self.users {
            let pair = self.store.read(&self.place, user).await.map_err(|said| anyhow!(said))?;
            let pair = pair.with_context(|| format!("nothing is served to {user}"))?;
            let said = self.place.token_service(&pair).get_caller_identity().send().await;
            let arn = said.with_context(|| format!("{} is served to {user} and does not work", pair.id))?.arn;
            ensure!(
                arn.is_some_and(|arn| arn.ends_with(&format!("/{user}"))),
                "{} is somebody else's",
                pair.id
            );
            all.insert(user.clone(), pair);
        }
        Ok(all)
    }

    async fn time_passes(&mut self) -> Result<()> {
        for _ in 0..STEPS {
            self.jobs.round().await;
            self.jobs.pass(BETWEEN / STEPS).await?;
        }
        self.jobs.round().await;
        self.nothing_failed()
    }

    fn nothing_failed(&self) -> Result<()> {
        let Counts { refused, calls, late, unanswered, .. } = self.jobs.counts();
        if let Some(first) = refused.first() {
            let history = self.program.history(&first.user)?;
            bail!("{} of {calls} calls by jobs failed, first: {first}\n{history}", refused.len());
        }
        ensure!(late + unanswered == 0, "{late} calls were too late, {unanswered} were not answered");
        Ok(())
    }

    /// Too early: jobs hold it.
    async fn delete_last(&self) -> Result<String> {
        let user = self.users.first().context("no user")?;
        let keys = self.place.keys(user).await?;
        let current = self.store.read(&self.place, user).await.map_err(|said| anyhow!(said))?;
        let last = keys.into_iter().find(|key| current.as_ref().is_some_and(|current| current.id != *key));
        let last = last.context("no LAST")?;
        self.place.delete_key(user, &last).await?;
        Ok(last)
    }
}
