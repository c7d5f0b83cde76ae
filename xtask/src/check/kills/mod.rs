//! Runs killed by SIGKILL at random moments, while jobs are in flight.
//!
//! The built program plays against endpoints that check every signature: an account in memory for each world,
//! and moto. Jobs hold their pairs for up to as long as `--min-age` allows, and none of their calls may be
//! refused. Two counter-checks show that they would be.

mod bad;
mod way;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bao::Bao;

use self::way::Way;
use self::world::{Outcome, Plan, Struck};
use super::flight::jobs::Counts;
use super::flight::place::Place;
use super::flight::program::{Last, Moment};
use super::flight::{joined, runtime};
use super::moto::{self, Moto};
use super::random::{Random, seed};
use super::{Effort, Figure, stores};
use crate::cargo;

/// How much is played on one endpoint.
struct Extent {
    worlds: usize,
    kills: usize,
    at_once: usize,
}

const MEMORY: [Extent; 2] =
    [Extent { worlds: 11, kills: 4, at_once: 2 }, Extent { worlds: 66, kills: 15, at_once: 2 }];
const MOTO: [Extent; 2] =
    [Extent { worlds: 3, kills: 4, at_once: 1 }, Extent { worlds: 25, kills: 16, at_once: 2 }];

/// Worlds take turns.
const WAYS: [Way; 11] = [
    Way::SecretsManager,
    Way::Evidence,
    Way::Confirm,
    Way::File,
    Way::Profile,
    Way::Exec,
    Way::Parameter,
    Way::Vault,
    Way::Kubernetes,
    Way::Gitlab,
    Way::GitHub,
];
/// Where the endpoint is moto. What stands beside it needs it as IAM and no more.
const MOTO_WAYS: [Way; 3] = [Way::SecretsManager, Way::Evidence, Way::Confirm];

/// What a rotation does. `deactivate` is no part of it: the program retires no LAST.
const EFFECTS: [&str; 7] = ["adopt", "open", "create", "stage", "publish", "promote", "delete"];
/// So often at least must each effect have been a killed run's last, and so many kills must have come after
/// an effect for each store, in the deep form.
const AT_LEAST: usize = 5;

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    cargo::run(&["build", "--quiet", "--workspace", "--bins"])?;
    let binaries = cargo::target_directory()?.join("debug");
    let seed = seed();
    println!("seed: {seed} (ROTATOR_CHECK_SEED draws the same again)");
    let moto = match (moto::install(), effort) {
        (Ok(program), _) => Some(program),
        (Err(error), Effort::Deep) => return Err(error),
        (Err(error), Effort::Short) => {
            println!("left out: moto, because {error:#}");
            None
        }
    };
    let bao = Arc::new(Bao::run(&stores::install()?, "http", &[]));
    let mut figures = can_fail(&binaries, moto.as_ref())?;
    let deep = usize::from(effort == Effort::Deep);
    let (memory, on_moto) = thread::scope(|scope| {
        let memory = scope.spawn(|| on_memory(&binaries, &bao, seed, MEMORY.get(deep)));
        let on_moto = moto.map(|program| {
            let (binaries, bao) = (&binaries, &bao);
            scope.spawn(move || on_moto(&program, binaries, bao, seed, MOTO.get(deep)))
        });
        (joined(memory.join()), on_moto.map(|thread| joined(thread.join())))
    });
    let (mut fell, mut idle) = (BTreeMap::new(), Vec::new());
    let ends = [("account in memory", Some(memory)), ("moto, authenticating", on_moto)];
    for (name, outcome) in ends {
        let Some(outcome) = outcome.transpose()? else { continue };
        figures.extend(told(name, &outcome)?);
        idle.extend(
            outcome.struck.iter().filter(|(_, struck)| struck.effects < AT_LEAST).map(|(way, _)| *way),
        );
        for (last, times) in outcome.fell {
            *fell.entry(last).or_insert(0) += times;
        }
    }
    ensure!(effort == Effort::Short || idle.is_empty(), "too few kills fell after an effect: {idle:?}");
    figures.extend(spread(&fell, effort)?);
    Ok(figures)
}

/// The counter-checks, on each endpoint.
fn can_fail(binaries: &Path, moto: Option<&PathBuf>) -> Result<Vec<Figure>> {
    let runtime = runtime()?;
    let by_dates = "a rotator that goes by dates";
    let memory = async { bad::by_dates(Place::memory(true, Duration::ZERO).await?).await };
    let mut counts = vec![(by_dates.to_owned(), runtime.block_on(memory)?)];
    if let Some(program) = moto {
        let moto = Arc::new(Moto::start(program, &runtime)?);
        let on_moto = async { bad::by_dates(Place::moto(&moto).await).await };
        counts.push((format!("{by_dates}, on moto"), runtime.block_on(on_moto)?));
    }
    let too_long = runtime.block_on(bad::too_long(binaries))?;
    counts.push(("jobs longer than --min-age".to_owned(), too_long));
    let figure = |(what, counts): (String, Counts)| {
        let text = counts.must_have_failed(&what)?;
        Ok(Figure::new(format!("can fail: {what}"), text))
    };
    counts.into_iter().map(figure).collect()
}

fn on_memory(binaries: &Path, bao: &Arc<Bao>, seed: u64, extent: Option<&Extent>) -> Result<Outcome> {
    let extent = extent.context("no extent")?;
    let typical = Typical::of(&WAYS);
    side_by_side(
        extent,
        || Ok(()),
        |number, ()| {
            let mut random = Random::of(seed, number as u64);
            let (way, typical) = typical.turn(number)?;
            let (name, users, way) = (format!("m{number}"), 1 + number % 3, *way);
            let plan = Plan { name, way, users, kills: extent.kills, binaries, bao, typical };
            // Evidence is use that IAM tells of.
            let usage = plan.way == Way::Evidence || random.chance(50);
            let latency = Duration::from_millis(random.draw() % 12);
            runtime()?.block_on(async {
                let place = Place::memory(usage, latency).await?;
                world::play(plan, place, random).await
            })
        },
    )
}

fn on_moto(
    program: &Path,
    binaries: &Path,
    bao: &Arc<Bao>,
    seed: u64,
    extent: Option<&Extent>,
) -> Result<Outcome> {
    let extent = extent.context("no extent")?;
    let typical = Typical::of(&MOTO_WAYS);
    // A clock for each of those that play at the same time.
    let start = || Ok(Arc::new(Moto::start(program, &runtime()?)?));
    side_by_side(extent, start, |number, moto| {
        let random = Random::of(seed, 1_000 + number as u64);
        let (way, typical) = typical.turn(number)?;
        let (name, users, way) = (format!("o{number}"), 1 + number % 3, *way);
        let plan = Plan { name, way, users, kills: extent.kills, binaries, bao, typical };
        runtime()?.block_on(async { world::play(plan, Place::moto(moto).await, random).await })
    })
}

/// How long a rotation takes, for each way. What is known first is the guess.
struct Typical(Vec<(Way, Mutex<Duration>)>);

impl Typical {
    fn of(ways: &[Way]) -> Self {
        Self(ways.iter().map(|way| (*way, Mutex::new(Duration::from_millis(400)))).collect())
    }

    /// The next world's.
    fn turn(&self, number: usize) -> Result<&(Way, Mutex<Duration>)> {
        self.0.iter().cycle().nth(number).context("no way")
    }
}

/// Plays all worlds of an endpoint, some at a time, and adds up what came of them.
fn side_by_side<E>(
    extent: &Extent,
    start: impl Fn() -> Result<E> + Sync,
    play: impl Fn(usize, &E) -> Result<Outcome> + Sync,
) -> Result<Outcome> {
    let next = AtomicUsize::new(0);
    let one_after_the_other = || {
        let (endpoint, mut sum) = (start()?, Outcome::default());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= extent.worlds {
                return Ok(sum);
            }
            // After a failure the others begin no more worlds.
            sum.add(play(number, &endpoint).inspect_err(|_| next.store(extent.worlds, Ordering::Relaxed))?);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..extent.at_once).map(|_| scope.spawn(one_after_the_other)).collect();
        let mut sum = Outcome::default();
        for thread in threads {
            sum.add(joined(thread.join())?);
        }
        ensure!(sum.kills == extent.worlds * extent.kills, "{} kills are not what was planned", sum.kills);
        Ok(sum)
    })
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        for (way, Struck { kills, effects }) in other.struck {
            let struck = self.struck.entry(way).or_default();
            struck.kills += kills;
            struck.effects += effects;
        }
        self.kills_of_confirm += other.kills_of_confirm;
        self.clean_runs += other.clean_runs;
        self.promotions += other.promotions;
        self.left_behind += other.left_behind;
        self.journal_lines += other.journal_lines;
        for (last, times) in other.fell {
            *self.fell.entry(last).or_default() += times;
        }
        for (code, times) in other.told {
            *self.told.entry(code).or_default() += times;
        }
        self.jobs.jobs += other.jobs.jobs;
        self.jobs.to_the_end += other.jobs.to_the_end;
        self.jobs.calls += other.jobs.calls;
        self.jobs.late += other.jobs.late;
        self.jobs.unanswered += other.jobs.unanswered;
        self.jobs.refused.extend(other.jobs.refused);
    }
}

fn told(name: &str, outcome: &Outcome) -> Result<Vec<Figure>> {
    let jobs = &outcome.jobs;
    if let Some(first) = jobs.refused.first() {
        bail!(
            "{name}: {} of {} calls made by jobs were refused, first: {first}",
            jobs.refused.len(),
            jobs.calls
        );
    }
    ensure!(jobs.calls > 0 && outcome.promotions > 0, "{name}: no job called, or no key became CURRENT");
    let codes: Vec<_> = outcome.told.iter().map(|(code, times)| format!("{code} {times}")).collect();
    let each = |(way, Struck { kills, effects }): (&Way, &_)| format!("{way:?} {kills} ({effects})");
    let each: Vec<_> = outcome.struck.iter().map(each).collect();
    let rows = [
        ("kills", outcome.kills.to_string()),
        ("of those, for each store (and once something had been done)", each.join(", ")),
        ("of those, amid `rotator confirm`", outcome.kills_of_confirm.to_string()),
        ("runs that were not killed", outcome.clean_runs.to_string()),
        ("keys that became CURRENT", outcome.promotions.to_string()),
        ("jobs", format!("{}, {} of them seen to their end", jobs.jobs, jobs.to_the_end)),
        ("calls made by jobs", jobs.calls.to_string()),
        ("failed calls", jobs.refused.len().to_string()),
        (
            "calls that had to be sent again, or came after the job's time",
            format!("{}, {}", jobs.unanswered, jobs.late),
        ),
        ("keys left over", "0".to_owned()),
        ("private temporary files left by dead runs", outcome.left_behind.to_string()),
        ("lines of journals that verify", outcome.journal_lines.to_string()),
        ("users told", codes.join(", ")),
    ];
    Ok(rows.into_iter().map(|(what, value)| Figure::new(format!("{name}: {what}"), value)).collect())
}

/// Where the kills fell, by the run's last effect.
fn spread(fell: &BTreeMap<Option<Last>, usize>, effort: Effort) -> Result<Vec<Figure>> {
    let times = |effect: &str, moment| {
        let last = Last { effect: effect.to_owned(), moment };
        fell.get(&Some(last)).copied().unwrap_or_default()
    };
    let mut figures =
        vec![Figure::new("kills before any effect", fell.get(&None).copied().unwrap_or_default())];
    let mut missed = Vec::new();
    for effect in EFFECTS {
        let [amid, after, failed] = [Moment::Amid, Moment::After, Moment::Failed].map(|at| times(effect, at));
        let value = format!("{amid} amid, {after} after it took hold, {failed} after it failed");
        figures.push(Figure::new(format!("kills whose run's last effect was {effect}"), value));
        if amid + after < AT_LEAST {
            missed.push(format!("{effect} ({amid} and {after})"));
        }
    }
    let known: usize = EFFECTS
        .iter()
        .map(|effect| {
            times(effect, Moment::Amid) + times(effect, Moment::After) + times(effect, Moment::Failed)
        })
        .sum();
    let all: usize = fell.values().sum();
    let none = fell.get(&None).copied().unwrap_or_default();
    ensure!(known + none == all, "an effect is not in the list of this check");
    ensure!(
        effort == Effort::Short || missed.is_empty(),
        "too few kills fell amid these effects or after them: {}",
        missed.join(", ")
    );
    Ok(figures)
}
