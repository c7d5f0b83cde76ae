//! Plays every scenario against one LocalStack and counts.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, ensure};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::accounts::Accounts;
use crate::check::canary::Ears;
use crate::container::LocalStack;
use crate::scenarios::{self, Scenario};
use crate::stage::{Site, Stage};
use crate::{cargo, docker, image, snapshot};

#[derive(clap::Args, Default)]
pub struct Options {
    /// Start this image instead of the one found or made
    #[arg(long, value_name = "NAME", conflicts_with = "endpoint")]
    image: Option<String>,
    /// Use the LocalStack that runs here, and start none
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Leave LocalStack running and say where
    #[arg(long, conflicts_with = "endpoint")]
    keep: bool,
    /// Play only scenarios whose name contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Write the transcripts as the ones to compare with
    #[arg(long)]
    accept: bool,
}

/// Scenarios are rests for the most part, so several play side by side. More would make LocalStack
/// slower than the programs' deadlines allow.
const AT_ONCE: usize = 4;

/// The stores that a LocalStack has, by the tests of their adapters.
const ADAPTERS: [&str; 2] = ["secretsmanager", "ssm"];
/// The test in each that asks a server that is not ours.
const ON_A_SERVER: &str = "suite::it_conforms_on_a_server_that_is_not_ours";

/// How many scenarios passed, and how many did not.
struct Tally {
    passed: usize,
    failed: usize,
}

/// Whether every scenario passed. What keeps them from being played at all is an error.
pub fn run(options: &Options) -> Result<bool> {
    run_heard(options, None)
}

/// The same, with somebody who hears all that the programs show.
pub fn run_heard(options: &Options, ears: Option<&Ears>) -> Result<bool> {
    let chosen = choose(options.filter.as_deref())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tally = match &options.endpoint {
        Some(endpoint) => {
            build()?;
            play_all(&runtime, endpoint, None, options, &chosen, ears)
        }
        None => in_container(&runtime, options, &chosen, ears),
    }?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

fn in_container(
    runtime: &Runtime,
    options: &Options,
    chosen: &[&Scenario],
    ears: Option<&Ears>,
) -> Result<Tally> {
    ensure!(
        docker::available(),
        "Docker is not running here: start it, or name a running LocalStack with --endpoint"
    );
    let image = match &options.image {
        Some(image) => image.clone(),
        None => image::find_or_make()?,
    };
    build()?;
    let localstack = LocalStack::start(runtime, &image)?;
    let tally = play_all(runtime, &localstack.endpoint, Some(localstack.id()), options, chosen, ears);
    if options.keep {
        localstack.keep();
    } else {
        localstack.remove(runtime)?;
    }
    tally
}

fn choose(filter: Option<&str>) -> Result<Vec<&'static Scenario>> {
    let wanted = filter.unwrap_or_default();
    let chosen: Vec<_> = scenarios::ALL.iter().filter(|scenario| scenario.name.contains(wanted)).collect();
    ensure!(!chosen.is_empty(), "no scenario is called `{wanted}`");
    Ok(chosen)
}

/// The whole workspace, as the other checks build it: another selection would choose other
/// features and compile the SDK once more.
fn build() -> Result<()> {
    cargo::run(&["build", "--quiet", "--workspace", "--bins"])
}

fn play_all(
    runtime: &Runtime,
    endpoint: &str,
    container: Option<&str>,
    options: &Options,
    chosen: &[&Scenario],
    ears: Option<&Ears>,
) -> Result<Tally> {
    let binaries = cargo::target_directory()?.join("debug");
    let accounts = Accounts::new(runtime, endpoint);
    let site = Site { endpoint, binaries: &binaries, container, ears };
    let mut tally = Tally { passed: 0, failed: 0 };
    side_by_side(runtime, &accounts, &site, chosen, |scenario, played| {
        let outcome = played.and_then(|transcript| compare(scenario, &transcript, options.accept));
        match outcome {
            Ok(()) => {
                println!("pass {}", scenario.name);
                tally.passed += 1;
            }
            Err(error) => {
                println!("FAIL {}: {error:#}", scenario.name);
                tally.failed += 1;
            }
        }
    });
    let names: Vec<_> = scenarios::ALL.iter().map(|scenario| scenario.name).collect();
    if let Some(ears) = ears {
        ears.know(accounts.known());
    } else if options.filter.is_none() {
        tally = adapters(endpoint, tally)?;
    }
    for orphan in snapshot::orphans(&snapshot::folder(), &names)? {
        println!("FAIL {orphan}: a snapshot without scenario; delete it");
        tally.failed += 1;
    }
    Ok(tally)
}

/// The checks that each adapter of a store of AWS's stands, on this LocalStack.
fn adapters(endpoint: &str, mut tally: Tally) -> Result<Tally> {
    for store in ADAPTERS {
        let mut tests = cargo::command(&["test", "--quiet", "--package", "rotator-cli", "--locked"]);
        tests.args(["--test", store, "--", "--exact", ON_A_SERVER]).env("ROTATOR_TEST_AWS", endpoint);
        let tests = tests.stderr(Stdio::inherit()).output().context("cannot run cargo")?;
        let said = String::from_utf8_lossy(&tests.stdout);
        if tests.status.success() && said.contains("test result: ok. 1 passed") {
            println!("pass the adapter's checks: {store}");
            tally.passed += 1;
        } else {
            println!("FAIL the adapter's checks: {store}\n{said}");
            tally.failed += 1;
        }
    }
    Ok(tally)
}

/// Plays `AT_ONCE` scenarios at a time, and tells of each in the order of the list.
fn side_by_side(
    runtime: &Runtime,
    accounts: &Accounts,
    site: &Site,
    chosen: &[&Scenario],
    mut tell: impl FnMut(&Scenario, Result<String>),
) {
    let (stop, stopped) = oneshot::channel::<()>();
    let (say, hear) = mpsc::channel();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        // Connections that rest must be looked after too, or the next call finds a closed one.
        scope.spawn(|| runtime.block_on(stopped));
        for _ in 0..AT_ONCE {
            let (say, next) = (say.clone(), &next);
            scope.spawn(move || {
                while let Some((place, scenario)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    chosen.get(place).map(|scenario| (place, scenario))
                } {
                    let _ = say.send((place, play(scenario, accounts, site)));
                }
            });
        }
        drop(say);
        let mut early = BTreeMap::new();
        let mut told = 0;
        for (place, played) in hear {
            early.insert(place, played);
            while let Some((scenario, played)) = chosen.get(told).zip(early.remove(&told)) {
                tell(scenario, played);
                told += 1;
            }
        }
        drop(stop);
    });
}

/// The transcript of one scenario.
fn play(scenario: &Scenario, accounts: &Accounts, site: &Site) -> Result<String> {
    let mut stage = Stage::new(accounts, site)?;
    let told = (scenario.play)(&mut stage);
    let transcript = stage.transcript();
    told.with_context(|| format!("it stopped after\n{transcript}"))?;
    Ok(transcript)
}

fn compare(scenario: &Scenario, transcript: &str, accept: bool) -> Result<()> {
    if accept {
        snapshot::accept(&snapshot::folder(), scenario.name, transcript)
    } else {
        snapshot::compare(&snapshot::folder(), scenario.name, transcript)
    }
}
