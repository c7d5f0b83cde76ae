//! Jobs in flight: each takes its pair from the store when it starts, keeps it to its end, and calls with it
//! all along. No call of theirs may be refused.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::sync::Mutex as Gate;
use tokio::task::JoinHandle;

use super::place::Place;
use super::store::Store;
use crate::accounts::Pair;
use crate::check::random::Random;
use crate::check::sdk::refusal;

/// Jobs of one user at the same time.
const AT_ONCE: usize = 3;
const BRIEF: Duration = Duration::from_secs(2);

/// Where jobs take their pairs from.
#[derive(Clone)]
pub enum Source {
    Store(Store),
    /// What the pipeline stored last.
    Pipeline(Arc<Mutex<BTreeMap<String, Pair>>>),
}

/// What the jobs of a world went through.
#[derive(Clone, Default)]
pub struct Counts {
    pub jobs: usize,
    pub to_the_end: usize,
    pub calls: usize,
    /// The check fails if there is one.
    pub refused: Vec<Refused>,
    /// Refused, but so late that the job was longer than the times allow by then.
    pub late: usize,
    /// The connection broke, or the endpoint was at fault: sent again.
    pub unanswered: usize,
}

/// A call that failed, and whose job's.
#[derive(Clone, Debug)]
pub struct Refused {
    pub user: String,
    pub said: String,
}

/// Dropped, they end.
pub struct Jobs {
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

struct Inner {
    place: Arc<Place>,
    source: Source,
    longest: Duration,
    /// Held while calls are made, and while time is moved on: no call is overtaken by the clock.
    flights: Gate<Flights>,
    counts: Mutex<Counts>,
}

struct Flights {
    users: Vec<String>,
    jobs: Vec<Job>,
    random: Random,
}

struct Job {
    user: String,
    key: String,
    client: aws_sdk_sts::Client,
    began: Duration,
    ends: Duration,
    /// Some call again and again; the others only when they start and right before they end, so that
    /// IAM sees no use in between.
    often: bool,
}

impl Jobs {
    /// They begin with the next user that is added.
    pub fn start(
        place: &Arc<Place>,
        source: Source,
        longest: Duration,
        pace: Duration,
        random: Random,
    ) -> Self {
        let flights = Flights { users: Vec::new(), jobs: Vec::new(), random };
        let inner = Arc::new(Inner {
            place: place.clone(),
            source,
            longest,
            flights: Gate::new(flights),
            counts: Mutex::default(),
        });
        let task = tokio::spawn({
            let inner = inner.clone();
            async move {
                loop {
                    inner.round().await;
                    tokio::time::sleep(pace).await;
                }
            }
        });
        Self { inner, task }
    }

    pub async fn add(&self, user: &str) {
        self.inner.flights.lock().await.users.push(user.to_owned());
    }

    /// Starts what is missing, and has every job call.
    pub async fn round(&self) {
        self.inner.round().await;
    }

    /// Time passes. A job whose end falls into it makes its last call at that very moment.
    pub async fn pass(&self, span: Duration) -> Result<()> {
        let Inner { place, .. } = &*self.inner;
        let mut flights = self.inner.flights.lock().await;
        let until = place.now() + span;
        while let Some(next) = flights.jobs.iter().map(|job| job.ends).filter(|ends| *ends < until).min() {
            place.pass(next.saturating_sub(place.now()))?;
            let (over, flying): (Vec<_>, Vec<_>) = flights.jobs.drain(..).partition(|job| job.ends <= next);
            flights.jobs = flying;
            for job in over {
                self.inner.end(&job).await;
            }
        }
        place.pass(until.saturating_sub(place.now()))?;
        match &self.inner.source {
            Source::Store(store) => store.pass(span),
            Source::Pipeline(_) => Ok(()),
        }
    }

    pub fn counts(&self) -> Counts {
        self.inner.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Counts {
    /// Of a counter-check: a check in which nothing can fail shows nothing.
    pub fn must_have_failed(&self, what: &str) -> Result<String> {
        let (failed, calls) = (self.refused.len(), self.calls);
        ensure!(failed > 0, "{what}: none of {calls} calls failed, so this check cannot fail");
        Ok(format!("{failed} of {calls} calls failed"))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a job of {} {}", self.user, self.said)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inner {
    async fn round(&self) {
        let mut flights = self.flights.lock().await;
        for user in flights.users.clone() {
            let flying = flights.jobs.iter().filter(|job| job.user == user).count();
            if flying < AT_ONCE {
                let started = self.begin(&user, &mut flights.random).await;
                flights.jobs.extend(started);
            }
        }
        // Real time passes too, a little.
        let soon = self.place.now() + Duration::from_millis(200);
        let (over, flying): (Vec<_>, Vec<_>) = flights.jobs.drain(..).partition(|job| job.ends <= soon);
        for job in over {
            self.end(&job).await;
        }
        for job in flying.iter().filter(|job| job.often) {
            self.call(job).await;
        }
        flights.jobs = flying;
    }

    async fn begin(&self, user: &str, random: &mut Random) -> Option<Job> {
        // What is fetched may be what was served at any moment from now on.
        let began = self.place.now();
        let pair = match &self.source {
            Source::Store(store) => match store.read(&self.place, user).await {
                Ok(pair) => pair,
                Err(_) => {
                    self.count(|counts| counts.unanswered += 1);
                    None
                }
            },
            Source::Pipeline(pairs) => {
                pairs.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned()
            }
        }?;
        // A third of them are as long as the times allow; a third end soon, so that jobs start at any moment.
        let life = match random.draw() % 6 {
            0..2 => self.longest,
            2..4 => random.span(BRIEF),
            _ => random.span(self.longest),
        };
        let job = Job {
            user: user.to_owned(),
            client: self.place.token_service(&pair),
            key: pair.id,
            began,
            ends: began + life,
            often: random.chance(50),
        };
        self.count(|counts| counts.jobs += 1);
        self.call(&job).await;
        Some(job)
    }

    async fn end(&self, job: &Job) {
        self.call(job).await;
        self.count(|counts| counts.to_the_end += 1);
    }

    async fn call(&self, job: &Job) {
        for _ in 0..4 {
            let answer = job.client.get_caller_identity().send().await;
            let since = self.place.now().saturating_sub(job.began);
            let said = match answer {
                Ok(answer) if answer.arn().is_some_and(|arn| arn.ends_with(&format!("/{}", job.user))) => {
                    return self.count(|counts| counts.calls += 1);
                }
                Ok(answer) => format!("it is {}", answer.arn().unwrap_or("nobody")),
                Err(error) => match refusal(&error) {
                    Some(said) => said,
                    None => {
                        self.count(|counts| counts.unanswered += 1);
                        continue;
                    }
                },
            };
            let late = since > self.longest + Duration::from_secs(1);
            return self.count(|counts| {
                counts.calls += 1;
                if late {
                    counts.late += 1;
                } else {
                    let said = format!("with {}, {since:.1?} after its start: {said}", job.key);
                    counts.refused.push(Refused { user: job.user.clone(), said });
                }
            });
        }
        let said = format!("with {}: no answer four times", job.key);
        self.count(|counts| counts.refused.push(Refused { user: job.user.clone(), said }));
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
