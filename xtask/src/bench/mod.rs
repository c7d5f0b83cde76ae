//! The figures, proved: `cargo xtask bench`. A program, not a test; what it prints is what one run came to.
//!
//! It measures the optimised binaries, and runs optimised itself: its endpoints must cost nothing that could be
//! taken for the tools' own.

mod documents;
mod fleet;
pub mod measure;
mod micro;
mod place;
pub mod rate;
mod report;
mod size;
mod speed;
mod startup;
mod statistics;
mod tools;
mod trips;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use self::report::{Machine, Report};
use self::tools::Tools;
use crate::cargo;

const MIB: f64 = 1024.0 * 1024.0;
/// The number of the report's shape.
const FORMAT: u32 = 1;

#[derive(clap::Args)]
pub struct Options {
    /// Only these figures
    #[arg(long, value_enum)]
    only: Vec<Group>,
    /// Runs of each tool, in turns; one more is made first and thrown away
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// Two runs, and a fleet of 500 users, of which nothing is said to be met or missed
    #[arg(long)]
    quick: bool,
    /// Build from nothing too, as a user does, into a scratch folder: minutes
    #[arg(long)]
    cold_build: bool,
    /// Run the benches of the pure crate too
    #[arg(long)]
    criterion: bool,
    /// Write the figures into docs/performance.json, from which the documents' tables are printed
    // Of a whole run, so that no figure is picked.
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    save: bool,
    /// This program is the optimised one
    #[arg(long, hide = true)]
    optimised: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Group {
    /// 20 users beside the ancestor, round trips, memory
    Speed,
    /// `--version`
    Startup,
    /// 5,000 users on an endpoint that throttles, memory
    Fleet,
    /// The binaries; with --cold-build also a build from nothing
    Size,
}

/// Whether every figure that was measured is met.
pub fn run(options: &Options) -> Result<bool> {
    let binaries = cargo::target_directory()?.join("release");
    if !options.optimised {
        say("building the release binaries (the first time takes minutes)");
        cargo::run(&["build", "--release", "--locked", "--workspace", "--bins"])?;
        let again = Command::new(binaries.join("xtask"))
            .args(std::env::args_os().skip(1))
            .arg("--optimised")
            .status();
        return Ok(again.context("cannot run the optimised xtask")?.success());
    }
    let report = measured(options, &binaries)?;
    let json = serde_json::to_string_pretty(&report)? + "\n";
    let file = cargo::target_directory()?.join("bench.json");
    fs::write(&file, &json).with_context(|| format!("cannot write {}", file.display()))?;
    if options.save {
        fs::write(cargo::workspace().join(documents::FIGURES), &json).context("cannot save the figures")?;
        say("saved; `cargo xtask docs` prints them into the documents");
    }
    println!("{}", report.text());
    let met = report.met();
    say(if met { "every figure that was measured is met" } else { "not every figure is met" });
    Ok(met)
}

fn measured(options: &Options, binaries: &Path) -> Result<Report> {
    let scratch = cargo::target_directory()?.join("bench");
    fs::create_dir_all(&scratch)?;
    let wanted = |group| options.only.is_empty() || options.only.contains(&group);
    let runs = if options.quick { 2 } else { usize::from(options.runs) };
    let tools = Tools::find(binaries, &scratch);
    if let Err(why) = &tools.ancestor {
        say(&format!("the ancestor is left out: {why}"));
    }
    let (mut rows, mut seconds, mut ways) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    if wanted(Group::Speed) {
        let speed = speed::measure(&tools, &scratch, runs)?;
        rows.extend(speed.rows(&tools));
        (seconds, ways) = (speed.seconds(), speed.ways());
    }
    if wanted(Group::Startup) {
        rows.extend(startup::rows(&tools, &scratch)?);
    }
    if wanted(Group::Fleet) {
        rows.extend(fleet::rows(&tools, &scratch, options.quick)?);
    }
    if wanted(Group::Size) {
        rows.extend(size::rows(binaries, &scratch, options.cold_build)?);
    }
    if options.criterion {
        rows.extend(micro::rows(&cargo::target_directory()?)?);
    }
    let rotator = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Report { format: FORMAT, rotator, machine: machine()?, runs, rows, seconds, ways })
}

fn machine() -> Result<Machine> {
    let rustc =
        Command::new("rustc").arg("--version").output().context("cannot ask rustc for its version")?;
    Ok(Machine {
        cores: std::thread::available_parallelism()?.get(),
        system: format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH),
        rustc: String::from_utf8_lossy(&rustc.stdout).trim().to_owned(),
        python: tools::python_version(),
    })
}

/// On stderr, since stdout has the table.
fn say(text: &str) {
    eprintln!("bench: {text}");
}
