//! The reference IAM beside IAMs that others wrote: random sequences of operations, one user each, and
//! after every operation the same answer and the same lists, or a row of the table of known differences.

mod answer;
mod compare;
mod differences;
mod operation;
mod reference;
mod remote;
mod spaces;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use rotator_cli::sandbox::{Sandbox, Settings};
use secrecy::ExposeSecret;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use self::compare::{Met, play, shorten};
use self::differences::{Difference, Endpoint, of};
use self::remote::Remote;
use super::moto::{self, Moto};
use super::{Effort, Figure};
use crate::accounts::{ADMIN, Pair};
use crate::container::LocalStack;
use crate::{docker, image, python};

const LENGTH: usize = 20;
/// The servers are Python, one request at a time for the most part.
const AT_ONCE: u64 = 4;

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    let seed = seed()?;
    println!("seed {seed}; ROTATOR_SEED={seed} plays the same sequences again");
    let check = Check { effort, seed };
    // Said now rather than after minutes of comparing.
    ensure!(
        effort == Effort::Short || docker::available() && python::has_python(),
        "the deep form needs Docker running, and `python3`"
    );
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut figures = check.embedded(&runtime)?;
    figures.extend(check.or_left_out(Endpoint::LocalStack, || check.localstack(&runtime))?);
    figures.extend(check.or_left_out(Endpoint::Moto, || check.moto(&runtime))?);
    if effort == Effort::Deep {
        println!("{}", differences::table());
    }
    Ok(figures)
}

struct Check {
    effort: Effort,
    seed: u64,
}

/// What keeps an endpoint from being asked at all.
struct Missing(anyhow::Error);

impl Check {
    fn sequences(&self) -> u64 {
        match self.effort {
            Effort::Short => 60,
            Effort::Deep => 1_000,
        }
    }

    fn embedded(&self, runtime: &Runtime) -> Result<Vec<Figure>> {
        let sandbox = runtime.block_on(Sandbox::start(Settings::default()))?;
        let admin = sandbox.admin();
        let admin = Pair { id: admin.id.clone(), secret: admin.secret.expose_secret().to_owned() };
        let endpoint = sandbox.endpoint();
        let (stop, stopped) = oneshot::channel::<()>();
        thread::scope(|scope| {
            let compared = scope.spawn(move || {
                let figures = self.compare(Endpoint::Embedded, &endpoint, &admin);
                drop(stop);
                figures
            });
            // The sandbox is served by this runtime, so somebody has to drive it.
            let _ = runtime.block_on(stopped);
            compared.join().unwrap_or_else(|_| bail!("the comparison panicked"))
        })
    }

    fn localstack(&self, runtime: &Runtime) -> Result<Result<Vec<Figure>>, Missing> {
        if !docker::available() {
            return Err(Missing(anyhow::anyhow!("Docker is not running here")));
        }
        let start = || LocalStack::start(runtime, &image::find_or_make()?);
        let localstack = start().map_err(Missing)?;
        let admin = Pair { id: ADMIN.0.into(), secret: ADMIN.1.into() };
        let compared = self.compare(Endpoint::LocalStack, &localstack.endpoint, &admin);
        let removed = localstack.remove(runtime);
        Ok(compared.and_then(|figures| removed.map(|()| figures)))
    }

    fn moto(&self, runtime: &Runtime) -> Result<Result<Vec<Figure>>, Missing> {
        let moto = moto::install().and_then(|python| Moto::start(&python, runtime)).map_err(Missing)?;
        Ok(self.compare(Endpoint::Moto, &moto.url, &moto.admin))
    }

    /// An endpoint that cannot be had is left out of the short form, and fails the deep one.
    fn or_left_out(
        &self,
        endpoint: Endpoint,
        compare: impl FnOnce() -> Result<Result<Vec<Figure>>, Missing>,
    ) -> Result<Vec<Figure>> {
        match (compare(), self.effort) {
            (Ok(compared), _) => compared,
            (Err(Missing(why)), Effort::Deep) => Err(why),
            (Err(Missing(why)), Effort::Short) => {
                println!("left out: {}, because {why:#}", endpoint.name());
                Ok(Vec::new())
            }
        }
    }

    fn compare(&self, endpoint: Endpoint, url: &str, admin: &Pair) -> Result<Vec<Figure>> {
        let begun = Instant::now();
        let known = of(endpoint);
        let work = Work { endpoint, url, admin, known: &known, next: AtomicU64::new(0) };
        let met = self
            .side_by_side(&work)
            .with_context(|| format!("the reference and {} are not compared to the end", endpoint.name()))?;
        for (row, met) in known.iter().zip(&met) {
            println!("{}, {}: {} ({met} times)", endpoint.name(), row.operation, row.instead);
            ensure!(
                *met > 0 || self.effort == Effort::Short,
                "a known difference did not occur, so its row is stale: {}, {}",
                endpoint.name(),
                row.operation
            );
        }
        let value = format!(
            "{} of {LENGTH} operations in {:.0} s, {} known differences met {} times, no other",
            self.sequences(),
            begun.elapsed().as_secs_f64(),
            met.iter().filter(|met| **met > 0).count(),
            met.iter().sum::<u64>()
        );
        Ok(vec![Figure::new(format!("sequences on {}", endpoint.name()), value)])
    }

    /// How often each known difference was met.
    fn side_by_side(&self, work: &Work) -> Result<Met> {
        thread::scope(|scope| {
            let workers: Vec<_> =
                (0..AT_ONCE).map(|worker| scope.spawn(move || self.work(worker, work))).collect();
            let mut all = vec![0; work.known.len()];
            for worker in workers {
                let met = worker.join().unwrap_or_else(|_| bail!("a worker panicked"))?;
                all.iter_mut().zip(met).for_each(|(all, met)| *all += met);
            }
            Ok(all)
        })
    }

    fn work(&self, worker: u64, work: &Work) -> Result<Met> {
        let prefix = format!("differential-{:x}-{worker}", self.seed);
        let mut side = Remote::new(work.endpoint, work.url, work.admin, &prefix)?;
        let mut met = Met::new();
        loop {
            let number = work.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.sequences() {
                return Ok(met);
            }
            let operations = operation::draw(self.seed, number, LENGTH);
            let Err(parting) = play(&mut side, &operations, work.known, &mut met) else { continue };
            // One story is enough.
            work.next.store(self.sequences(), Ordering::Relaxed);
            let story = shorten(&mut side, &operations, work.known, parting).story;
            bail!(
                "they part in sequence {number} of seed {}, in short:\n  {}",
                self.seed,
                story.join("\n  ")
            );
        }
    }
}

/// What the workers have in common.
struct Work<'a> {
    endpoint: Endpoint,
    url: &'a str,
    admin: &'a Pair,
    known: &'a [Difference],
    next: AtomicU64,
}

fn seed() -> Result<u64> {
    match std::env::var("ROTATOR_SEED") {
        Ok(given) => given.parse().with_context(|| format!("ROTATOR_SEED is not a number: `{given}`")),
        Err(_) => {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
            Ok(now.as_micros() as u64 % 1_000_000_000)
        }
    }
}
