//! Plays every scenario against one LocalStack and counts.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::runtime::{Builder, Runtime};

use crate::accounts::Accounts;
use crate::container::LocalStack;
use crate::scenarios::{self, Scenario};
use crate::stage::Stage;
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

/// How many scenarios passed, and how many did not.
struct Tally {
    passed: usize,
    failed: usize,
}

/// Whether every scenario passed. What keeps them from being played at all is an error.
pub fn run(options: &Options) -> Result<bool> {
    let chosen = choose(options.filter.as_deref())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tally = match &options.endpoint {
        Some(endpoint) => {
            build()?;
            play_all(&runtime, endpoint, options, &chosen)
        }
        None => in_container(&runtime, options, &chosen),
    }?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

fn in_container(runtime: &Runtime, options: &Options, chosen: &[&Scenario]) -> Result<Tally> {
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
    let tally = play_all(runtime, &localstack.endpoint, options, chosen);
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

fn play_all(runtime: &Runtime, endpoint: &str, options: &Options, chosen: &[&Scenario]) -> Result<Tally> {
    let binaries = cargo::target_directory()?.join("debug");
    let accounts = Accounts::new(runtime, endpoint);
    let mut tally = Tally { passed: 0, failed: 0 };
    for scenario in chosen {
        match play(scenario, &accounts, endpoint, &binaries, options.accept) {
            Ok(()) => {
                println!("pass {}", scenario.name);
                tally.passed += 1;
            }
            Err(error) => {
                println!("FAIL {}: {error:#}", scenario.name);
                tally.failed += 1;
            }
        }
    }
    let names: Vec<_> = scenarios::ALL.iter().map(|scenario| scenario.name).collect();
    for orphan in snapshot::orphans(&snapshot::folder(), &names)? {
        println!("FAIL {orphan}: a snapshot without scenario; delete it");
        tally.failed += 1;
    }
    Ok(tally)
}

fn play(
    scenario: &Scenario,
    accounts: &Accounts,
    endpoint: &str,
    binaries: &Path,
    accept: bool,
) -> Result<()> {
    let mut stage = Stage::new(accounts, endpoint, binaries)?;
    let told = (scenario.play)(&mut stage);
    let transcript = stage.transcript();
    told.with_context(|| format!("it stopped after\n{transcript}"))?;
    if accept {
        snapshot::accept(&snapshot::folder(), scenario.name, &transcript)
    } else {
        snapshot::compare(&snapshot::folder(), scenario.name, &transcript)
    }
}
